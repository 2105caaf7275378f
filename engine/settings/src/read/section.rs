//! A table of the file, read key by key; what nobody asked for is an unknown key.

use super::report::Report;
use super::value::Value;
use cabrank_core::{Span, Text};
use std::cell::RefCell;
use std::ops::{Range, RangeInclusive};
use std::time::Duration;
use toml::de::{DeTable, DeValue};

/// A table of the file.
pub struct Section<'r> {
    /// Where its faults go.
    pub report: &'r Report,
    /// Where it stands in the text.
    pub at: Range<usize>,
    title: String,
    table: Option<&'r DeTable<'r>>,
    asked: RefCell<Vec<&'static str>>,
    refused: RefCell<Vec<String>>,
}

impl<'r> Section<'r> {
    /// That table, or none, which has no keys; the title stands in messages.
    pub fn new(report: &'r Report, at: Range<usize>, title: String, table: Option<&'r DeTable<'r>>) -> Section<'r> {
        Section { report, at, title, table, asked: RefCell::default(), refused: RefCell::default() }
    }

    /// The value of that key, if the file has it.
    pub fn find(&self, key: &'static str) -> Option<Value<'r>> {
        self.asked.borrow_mut().push(key);
        self.table?.get(key).map(|raw| Value { report: self.report, key: key.to_owned(), at: raw.span(), raw: raw.get_ref() })
    }

    /// Where the value of that key stands; where the section does if the file has none.
    pub fn place(&self, key: &str) -> Range<usize> {
        self.table.and_then(|table| table.get(key)).map_or_else(|| self.at.clone(), toml::Spanned::span)
    }

    /// The value of that key; that it is missing is a fault. `such_as` is an example.
    pub fn need(&self, key: &'static str, such_as: &str) -> Option<Value<'r>> {
        let found = self.find(key);
        if found.is_none() {
            let what = format!("{} has no `{key}`", self.title);
            self.report.absent(self.at.clone(), what, format!("add `{key} = {such_as}`"));
        }
        found
    }

    /// A fault of the section as a whole.
    pub fn wrong(&self, what: impl Into<String>, right: impl Into<String>) {
        self.report.wrong(self.at.clone(), what, right);
    }

    /// A table below this one; an empty one if the file has none.
    pub fn section(&self, key: &'static str) -> Section<'r> {
        let title = format!("[{key}]");
        let found = self.find(key).and_then(|value| value.section(title.clone()));
        found.unwrap_or_else(|| Section::new(self.report, self.at.clone(), title, None))
    }

    /// A list of tables, `[[title]]` each; empty if the file has none.
    pub fn sections(&self, key: &'static str, title: &str, count_max: usize) -> Vec<Section<'r>> {
        let Some(value) = self.find(key) else { return Vec::new() };
        if let DeValue::Table(_) = value.raw {
            value.wrong(format!("`[{title}]` is one of a list"), format!("write `[[{title}]]`"));
            return value.section(format!("[{title}]")).into_iter().collect();
        }
        let items = value.list(count_max).unwrap_or_default();
        items.into_iter().filter_map(|item| item.section(format!("[[{title}]]"))).collect()
    }

    /// Every key with its value, in the order of the file.
    pub fn entries(&self) -> Vec<Value<'r>> {
        let mut entries: Vec<_> = self.table.into_iter().flatten().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let value = |key: &str, raw: &'r toml::Spanned<DeValue<'r>>| Value {
            report: self.report,
            key: key.to_owned(),
            at: raw.span(),
            raw: raw.get_ref(),
        };
        entries.into_iter().map(|(key, raw)| value(key.get_ref(), raw)).collect()
    }

    /// Says what is wrong with a key that has no place here, and is done with it.
    pub fn refuse(&self, key: &str, what: impl Into<String>, right: impl Into<String>) {
        let Some((found, _)) = self.table.and_then(|table| table.get_key_value(key)) else { return };
        self.report.wrong(found.span(), what, right);
        self.refused.borrow_mut().push(key.to_owned());
    }

    /// Names that key if nobody asked for it, although it is not there.
    pub fn know(&self, key: &str) {
        if !self.asked.borrow().contains(&key) {
            self.unknown(self.at.clone(), key);
        }
    }

    fn unknown(&self, at: Range<usize>, key: &str) {
        let right = super::names::nearest(key, self.asked.borrow().iter().copied());
        self.report.wrong(at, format!("unknown key `{}` in {}", super::value::shown(key), self.title), right);
    }

    /// Names every key that nobody asked for.
    pub fn close(self) {
        let (asked, refused) = (self.asked.borrow(), self.refused.borrow());
        for (key, _) in self.table.into_iter().flatten() {
            let name: &str = key.get_ref();
            if !asked.contains(&name) && !refused.iter().any(|done| done == name) {
                self.unknown(key.span(), name);
            }
        }
    }

    /// A length of time with a default.
    pub fn span(&self, key: &'static str, within: RangeInclusive<Span>, default: Span) -> Span {
        self.find(key).and_then(|value| value.span(within)).unwrap_or(default)
    }

    /// A length of time as the edges want it, with a default.
    pub fn duration(&self, key: &'static str, within: RangeInclusive<Span>, default: Span) -> Duration {
        super::duration(self.span(key, within, default))
    }

    /// A count with a default.
    pub fn count(&self, key: &'static str, within: RangeInclusive<u32>, default: u32) -> u32 {
        self.find(key).and_then(|value| value.count(within)).unwrap_or(default)
    }

    /// The `name` every section of a list has.
    pub fn name(&self) -> Text {
        self.need("name", "\"…\"").and_then(|value| value.name()).unwrap_or_default()
    }
}
