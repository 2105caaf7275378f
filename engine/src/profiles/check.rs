//! One row of a file of profiles: a caller's number and what is known of who calls from it.

use super::fault::RowFault;
use crate::number::{self, Region};
use crate::words::cut;
use cabrank_core::{Number, Profile, Text};

/// The longest name of a caller, in characters.
const NAME_CHARS_MAX: usize = 200;
/// The longest language tag, class or agent, in characters.
const WORD_CHARS_MAX: usize = 64;
/// The longest further field, in characters.
const FIELD_CHARS_MAX: usize = 1_000;
/// The most fields one profile may have.
const FIELDS_MAX: usize = 64;
/// As much of a bad value as is repeated to the reader, in characters.
const REPEATED_CHARS_MAX: usize = 40;

/// Checks a row of named values. Whitespace around them means nothing; an empty value is as good as none.
///
/// # Errors
/// What is wrong with it, in the column that comes first.
pub fn row<'a>(
    line: u64,
    values: impl Iterator<Item = (&'a str, &'a str)>,
    region: Region,
) -> Result<(Number, Profile), RowFault> {
    let mut number = None;
    let mut profile = Profile::default();
    for (column, value) in values {
        if column == "number" {
            number = Some(caller_number(line, value.trim(), region)?);
        } else {
            take(&mut profile, line, column, value)?;
        }
    }
    let profile = whole(profile, line)?;
    let number = number.ok_or_else(|| in_column(line, "number", "it is missing; every row needs one".to_owned()))?;
    Ok((number, profile))
}

/// The same of values none of which is the number.
///
/// # Errors
/// What is wrong with it, in the column that comes first.
pub(super) fn profile<'a>(line: u64, mut values: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Profile, RowFault> {
    let mut profile = Profile::default();
    values.try_for_each(|(column, value)| take(&mut profile, line, column, value))?;
    whole(profile, line)
}

fn take(profile: &mut Profile, line: u64, column: &str, value: &str) -> Result<(), RowFault> {
    let value = value.trim();
    if value.is_empty() { Ok(()) } else { place(profile, column, value).map_err(|what| in_column(line, column, what)) }
}

fn whole(mut profile: Profile, line: u64) -> Result<Profile, RowFault> {
    profile.fields.sort();
    if let Some([twice, _]) =
        profile.fields.windows(2).find_map(|pair| <&[_; 2]>::try_from(pair).ok().filter(|[a, b]| a.0 == b.0))
    {
        return Err(in_column(line, &twice.0, "it is given twice; keep one".to_owned()));
    }
    if profile.fields.len() > FIELDS_MAX {
        return Err(RowFault { line, column: None, what: format!("it has more than {FIELDS_MAX} fields; leave some out") });
    }
    Ok(profile)
}

fn caller_number(line: u64, value: &str, region: Region) -> Result<Number, RowFault> {
    number::parse(value, region).map_err(|fault| in_column(line, "number", format!("{}{fault}", repeated(value))))
}

fn place(profile: &mut Profile, column: &str, value: &str) -> Result<(), String> {
    match column {
        "name" => profile.name = bounded(value, NAME_CHARS_MAX)?,
        "language" => profile.language = language(value)?,
        "class" => profile.class = bounded(value, WORD_CHARS_MAX)?,
        "preferred_agent" => profile.preferred_agent = bounded(value, WORD_CHARS_MAX)?,
        further => {
            let named = (bounded(further, WORD_CHARS_MAX)?, bounded(value, FIELD_CHARS_MAX)?);
            profile.fields.push(named);
        }
    }
    Ok(())
}

fn bounded(value: &str, chars_max: usize) -> Result<Text, String> {
    if value.chars().nth(chars_max).is_some() {
        return Err(format!("{}it is longer than {chars_max} characters; shorten it", repeated(value)));
    }
    if value.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(format!("{}it holds control characters; remove them", repeated(value)));
    }
    Ok(value.into())
}

/// BCP 47, as far as it says what characters a tag has.
fn language(value: &str) -> Result<Text, String> {
    let is_tag = value.split('-').all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if is_tag && value.len() <= WORD_CHARS_MAX {
        Ok(value.into())
    } else {
        Err(format!("{}that is no language tag; write it like en or zh-SG", repeated(value)))
    }
}

fn repeated(value: &str) -> String {
    if value.is_empty() {
        return String::new();
    }
    let shown = cut(value, REPEATED_CHARS_MAX);
    let more = if shown.len() < value.len() { "..." } else { "" };
    format!("\"{}{more}\": ", shown.escape_debug())
}

fn in_column(line: u64, column: &str, what: String) -> RowFault {
    RowFault { line, column: Some(cut(column, REPEATED_CHARS_MAX).escape_debug().to_string()), what }
}
