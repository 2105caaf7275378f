//! Reads profiles from CSV or JSON lines. Which of them it is shows in the first character.

use super::check;
use super::fault::{BadRows, RowFault, Unreadable};
use crate::number::Region;
use cabrank_core::{Number, Profile};
use csv::ByteRecord;
use serde_json::Value;
use std::collections::HashMap;
use std::io::{self, BufRead, Chain, Read, Take};

/// The most rows taken from one file.
const ROWS_MAX: u64 = 2_000_000;
/// The most bytes taken from one file.
const BYTES_MAX: u64 = 1 << 30;
/// What may stand between columns.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// A file whose first line was looked at.
type Whole<'f, R> = Chain<&'f [u8], Take<R>>;

/// What a file of profiles holds.
#[derive(Debug, Default)]
pub struct Reading {
    /// The good rows, in the order of the file; no number twice.
    pub profiles: Vec<(Number, Profile)>,
    /// The others.
    pub bad: BadRows,
    first_line_of: HashMap<Number, u64>,
}

/// Reads a whole file of profiles and checks every row. The text is UTF-8, with a byte order mark or without; columns are separated
/// by commas, semicolons or tabs, whichever the first line has.
///
/// # Errors
/// When it cannot be read as rows at all; a bad row is no error here but stands in [`Reading::bad`].
pub fn read(input: impl BufRead, region: Region) -> Result<Reading, Unreadable> {
    let mut input = input.take(BYTES_MAX);
    let first = first_line(&mut input)?;
    if first.starts_with(&[0xff, 0xfe]) || first.starts_with(&[0xfe, 0xff]) {
        return Err(Unreadable::Utf16);
    }
    let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&first);
    let whole = text.chain(input);
    if text.trim_ascii_start().first() == Some(&b'{') {
        json_lines(whole, region)
    } else {
        csv_rows(whole, separator(text), region)
    }
}

/// Up to the end of the first line that is not blank: what comes through a pipe may come in small pieces.
fn first_line(input: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut first = Vec::new();
    while first.trim_ascii().is_empty() && input.read_until(b'\n', &mut first)? > 0 {}
    Ok(first)
}

/// The one that leaves a column `number`; a comma where none does.
fn separator(header: &[u8]) -> u8 {
    let is_number = |name: &[u8]| matches!(name.trim_ascii(), b"number" | b"\"number\"");
    let leaves_number = |separator: u8| header.split(|byte| *byte == separator).any(is_number);
    SEPARATORS.into_iter().find(|separator| header.contains(separator) && leaves_number(*separator)).unwrap_or(b',')
}

impl Reading {
    fn take(&mut self, line: u64, row: Result<(Number, Profile), RowFault>) {
        match row.and_then(|(number, profile)| self.first_of_its_number(line, number, profile)) {
            Ok(good) => self.profiles.push(good),
            Err(fault) => self.bad.add(fault),
        }
    }

    fn first_of_its_number(&mut self, line: u64, number: Number, profile: Profile) -> Result<(Number, Profile), RowFault> {
        if let Some(first) = self.first_line_of.get(&number) {
            let what = format!("the number stands in line {first} already; keep one of the two rows");
            return Err(RowFault { line, column: Some("number".to_owned()), what });
        }
        self.first_line_of.insert(number.clone(), line);
        Ok((number, profile))
    }

    fn is_full(&self) -> bool {
        self.profiles.len() as u64 + self.bad.rows >= ROWS_MAX
    }
}

fn too_large(line: u64) -> Unreadable {
    Unreadable::TooLarge { line, rows_max: ROWS_MAX, bytes_max: BYTES_MAX }
}

fn csv_rows(input: Whole<'_, impl BufRead>, separator: u8, region: Region) -> Result<Reading, Unreadable> {
    let mut rows = csv::ReaderBuilder::new().delimiter(separator).flexible(true).has_headers(false).from_reader(input);
    let mut reading = Reading::default();
    let mut raw = ByteRecord::new();
    if !rows.read_byte_record(&mut raw).map_err(csv_failed)? {
        return Err(Unreadable::Header("the file is empty; begin with the line number,name,language,class".to_owned()));
    }
    let columns = columns(&raw)?;
    while rows.read_byte_record(&mut raw).map_err(csv_failed)? {
        let line = raw.position().map_or(0, csv::Position::line);
        if reading.is_full() {
            return Err(too_large(line));
        }
        reading.take(line, csv_row(line, &columns, &raw, region));
    }
    let line = rows.position().line();
    if is_cut(&rows.into_inner()) { Err(too_large(line)) } else { Ok(reading) }
}

/// Whether more is there than is taken.
fn is_cut(file: &Whole<'_, impl BufRead>) -> bool {
    file.get_ref().1.limit() == 0
}

fn csv_failed(error: csv::Error) -> Unreadable {
    Unreadable::Io(io::Error::other(error))
}

fn columns(header: &ByteRecord) -> Result<Vec<String>, Unreadable> {
    let mut columns: Vec<String> = Vec::new();
    for name in header {
        let name =
            std::str::from_utf8(name).map_err(|_| Unreadable::Header("the text is not UTF-8; save it as UTF-8".to_owned()))?;
        let name = name.trim().to_owned();
        if name.is_empty() {
            return Err(Unreadable::Header(format!("column {} has no name; name it or remove it", columns.len() + 1)));
        }
        if columns.contains(&name) {
            return Err(Unreadable::Header(format!("two columns are named `{}`; rename one", name.escape_debug())));
        }
        columns.push(name);
    }
    if columns.iter().any(|name| name == "number") { Ok(columns) } else { Err(no_number_column(&columns)) }
}

fn no_number_column(columns: &[String]) -> Unreadable {
    let hint = if columns.iter().any(|name| name.contains('|')) { "; separate the columns with commas" } else { "" };
    Unreadable::Header(format!("there is no column `number`; the first line names the columns, as in number,name,pickup{hint}"))
}

fn csv_row(line: u64, columns: &[String], raw: &ByteRecord, region: Region) -> Result<(Number, Profile), RowFault> {
    if raw.len() != columns.len() {
        let what = format!("it has {} values for {} columns; values with commas need quotes", raw.len(), columns.len());
        return Err(RowFault { line, column: None, what });
    }
    let mut values = Vec::with_capacity(columns.len());
    for (column, value) in columns.iter().zip(raw) {
        let value = std::str::from_utf8(value).map_err(|_| RowFault {
            line,
            column: Some(column.clone()),
            what: "the text is not UTF-8; save the file as UTF-8".to_owned(),
        })?;
        values.push((column.as_str(), value));
    }
    check::row(line, values.into_iter(), region)
}

fn json_lines(mut input: Whole<'_, impl BufRead>, region: Region) -> Result<Reading, Unreadable> {
    let mut reading = Reading::default();
    let mut raw = Vec::new();
    for line in 1.. {
        raw.clear();
        if input.read_until(b'\n', &mut raw)? == 0 {
            break;
        }
        if reading.is_full() || is_cut(&input) {
            return Err(too_large(line));
        }
        if !raw.trim_ascii().is_empty() {
            reading.take(line, json_row(line, &raw, region));
        }
    }
    Ok(reading)
}

fn json_row(line: u64, raw: &[u8], region: Region) -> Result<(Number, Profile), RowFault> {
    let object: serde_json::Map<String, Value> = serde_json::from_slice(raw).map_err(|error| RowFault {
        line,
        column: None,
        what: format!("no JSON object: {error}; write one per line, as in {{\"number\":\"+6591234567\",\"name\":\"Ann\"}}"),
    })?;
    let values = object.iter().map(|(name, value)| json_value(line, name, value)).collect::<Result<Vec<_>, _>>()?;
    check::row(line, values.iter().map(|(name, value)| (name.trim(), value.as_str())), region)
}

/// A profile out of the members of a JSON object, whose number is known.
///
/// # Errors
/// What is wrong with it, in the member that comes first.
pub fn from_json<'a>(members: impl Iterator<Item = (&'a String, &'a Value)>) -> Result<Profile, RowFault> {
    let values = members.map(|(name, value)| json_value(0, name, value)).collect::<Result<Vec<_>, _>>()?;
    check::profile(0, values.iter().map(|(name, value)| (name.trim(), value.as_str())))
}

fn json_value<'a>(line: u64, name: &'a str, value: &Value) -> Result<(&'a str, String), RowFault> {
    let text = match value {
        Value::Null => String::new(),
        Value::Bool(yes) => yes.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) => {
            let what = "a list or object; write a text".to_owned();
            return Err(RowFault { line, column: Some(name.escape_debug().to_string()), what });
        }
    };
    Ok((name, text))
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
