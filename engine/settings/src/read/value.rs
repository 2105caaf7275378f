//! A value of the file, read into a type that can hold nothing wrong; what does not fit is reported, once.

use super::names::nearest;
use super::report::Report;
use super::section::Section;
use cabrank_core::{Permille, Span, Text};
use jiff::SignedDuration;
use std::ops::{Range, RangeInclusive};
use toml::de::DeValue;

/// Longest text taken for a value.
const TEXT_LENGTH_MAX: usize = 4096;
/// Longest name of anything.
const NAME_LENGTH_MAX: usize = 64;

/// A value of the file with its key and place.
pub struct Value<'r> {
    /// Where its faults go.
    pub report: &'r Report,
    /// Its key, or that of the list it stands in.
    pub key: String,
    /// Where it stands in the text.
    pub at: Range<usize>,
    /// What it is.
    pub raw: &'r DeValue<'r>,
}

impl<'r> Value<'r> {
    /// A fault of this value.
    pub fn wrong(&self, what: impl Into<String>, right: impl Into<String>) {
        self.report.wrong(self.at.clone(), what, right);
    }

    /// A notice on this value.
    pub fn notice(&self, what: impl Into<String>) {
        self.report.notice(self.at.clone(), what);
    }

    fn not_a<T>(&self, wanted: &str, right: &str) -> Option<T> {
        self.wrong(format!("`{}` is {}, not {wanted}", shown(&self.key), kind(self.raw)), right);
        None
    }

    /// Text in quotes.
    pub fn text(&self) -> Option<&'r str> {
        let Some(text) = self.raw.as_str() else { return self.not_a("text", "write it in quotes") };
        if text.len() <= TEXT_LENGTH_MAX {
            return Some(text);
        }
        self.wrong(format!("`{}` is longer than {TEXT_LENGTH_MAX} bytes", shown(&self.key)), "say it shorter");
        None
    }

    /// Text that some reader understands. Its error goes on after the text: "… is no region".
    pub fn read<T, E: ToString>(&self, right: &str, read: impl FnOnce(&'r str) -> Result<T, E>) -> Option<T> {
        let text = self.text()?;
        let read = read(text);
        read.map_err(|error| self.wrong(format!("`{}` {}", shown(text), error.to_string()), right)).ok()
    }

    /// A name: what can stand in a SIP address, a file name and a log line alike.
    pub fn name(&self) -> Option<Text> {
        let text = self.text()?;
        if is_name(text) {
            return Some(text.into());
        }
        let right = format!("1 to {NAME_LENGTH_MAX} letters, digits, `-`, `_` and `.`, the first one a letter or digit");
        self.wrong(format!("`{}` cannot be a name", shown(text)), right);
        None
    }

    /// One of a few words.
    pub fn word<T: Copy>(&self, words: &[(&str, T)]) -> Option<T> {
        let text = self.text()?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let right = nearest(text, words.iter().map(|(word, _)| *word));
            self.wrong(format!("`{}` is no `{}`", shown(text), shown(&self.key)), right);
        }
        found
    }

    /// A length of time within bounds.
    pub fn span(&self, within: RangeInclusive<Span>) -> Option<Span> {
        if let DeValue::Integer(number) = self.raw {
            let right = format!("with its unit, in quotes: `{} = \"{number}s\"`", shown(&self.key));
            self.wrong(format!("`{}` has no unit", shown(&self.key)), right);
            return None;
        }
        self.span_of(self.text()?, within)
    }

    /// A length of time within bounds, from a part of this value.
    pub fn span_of(&self, text: &str, within: RangeInclusive<Span>) -> Option<Span> {
        match read_span(text) {
            Err(Unreadable { what, right }) => self.wrong(format!("`{}` {what}", shown(text)), right),
            Ok(span) if within.contains(&span) => return Some(span),
            Ok(_) => {
                let bounds = format!("from {} to {}", written(*within.start()), written(*within.end()));
                self.wrong(format!("`{}` is out of bounds for `{}`", shown(text), shown(&self.key)), bounds);
            }
        }
        None
    }

    /// A whole number within bounds.
    pub fn count(&self, within: RangeInclusive<u32>) -> Option<u32> {
        let bounds = format!("a whole number from {} to {}", within.start(), within.end());
        let DeValue::Integer(number) = self.raw else { return self.not_a("a whole number", &bounds) };
        let count = u32::from_str_radix(number.as_str(), number.radix()).ok().filter(|count| within.contains(count));
        if count.is_none() {
            self.wrong(format!("{} is out of bounds for `{}`", shown(number.as_str()), shown(&self.key)), bounds);
        }
        count
    }

    /// A share, more than nothing and less than all.
    pub fn share(&self) -> Option<Permille> {
        let right = "a number between 0 and 1, such as 0.8; thousandths count";
        let DeValue::Float(number) = self.raw else { return self.not_a("a share", right) };
        let permille = number.as_str().parse::<f64>().map_or(f64::NAN, |share| (share * 1000.0).round());
        let share = (1.0..=999.0).contains(&permille).then_some(Permille(permille as u16));
        if share.is_none() {
            self.wrong(format!("{} is out of bounds for `{}`", shown(number.as_str()), shown(&self.key)), right);
        }
        share
    }

    /// A number within bounds, whole or not.
    pub fn number(&self, within: RangeInclusive<f64>) -> Option<f64> {
        let right = format!("a number from {} to {}", within.start(), within.end());
        let (written, number) = match self.raw {
            DeValue::Integer(number) => {
                (number.as_str(), i64::from_str_radix(number.as_str(), number.radix()).map_or(f64::NAN, |n| n as f64))
            }
            DeValue::Float(number) => (number.as_str(), number.as_str().parse::<f64>().unwrap_or(f64::NAN)),
            DeValue::String(_) | DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => {
                return self.not_a("a number", &right);
            }
        };
        let number = Some(number).filter(|number| within.contains(number));
        if number.is_none() {
            self.wrong(format!("{} is out of bounds for `{}`", shown(written), shown(&self.key)), right);
        }
        number
    }

    /// A list of so many values at most; what is beyond is not read.
    pub fn list(&self, count_max: usize) -> Option<Vec<Value<'r>>> {
        let Some(items) = self.raw.as_array() else { return self.not_a("a list", "write it in `[` and `]`") };
        if items.len() > count_max {
            let right = format!("at most {count_max} have a place here");
            self.wrong(format!("`{}` has {} entries", shown(&self.key), items.len()), right);
        }
        let value = |raw: &'r toml::Spanned<DeValue<'r>>| Value {
            report: self.report,
            key: self.key.clone(),
            at: raw.span(),
            raw: raw.get_ref(),
        };
        Some(items.iter().take(count_max).map(value).collect())
    }

    /// A table.
    pub fn section(&self, title: String) -> Option<Section<'r>> {
        let DeValue::Table(table) = self.raw else {
            return self.not_a("a table", "write it as `{ key = value }`, or as a `[section]` of its own");
        };
        Some(Section::new(self.report, self.at.clone(), title, Some(table)))
    }
}

/// Foreign text as it may stand in a message: cut, and nothing unprintable.
pub fn shown(text: &str) -> String {
    let cut: String = text.chars().take(60).flat_map(char::escape_debug).collect();
    if text.chars().nth(60).is_some() { cut + "…" } else { cut }
}

/// Whether that can be a name.
pub fn is_name(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    text.len() <= NAME_LENGTH_MAX && text.bytes().all(plain) && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
}

struct Unreadable {
    what: &'static str,
    right: String,
}

fn read_span(text: &str) -> Result<Span, Unreadable> {
    if let Ok(number) = text.trim().parse::<f64>() {
        let right = format!("say of what, such as \"{number}s\"");
        return Err(Unreadable { what: "has no unit", right });
    }
    let unreadable =
        || Unreadable { what: "is no length of time", right: "such as \"20s\", \"3m\", \"1h30m\" or \"500ms\"".to_owned() };
    let span: SignedDuration = text.parse().map_err(|_| unreadable())?;
    if span.is_negative() {
        return Err(Unreadable { what: "is less than nothing", right: "leave out the `-`".to_owned() });
    }
    u64::try_from(span.as_micros()).map(Span).map_err(|_| unreadable())
}

/// A length of time as it is written in a file.
pub fn written(span: Span) -> String {
    format!("{:#}", SignedDuration::from_micros(i64::try_from(span.0).unwrap_or(i64::MAX)))
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a truth value",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
