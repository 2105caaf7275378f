//! Rows of a CSV file that a scenario names.

use super::house::House;
use cabrank_core::Span;
use cabrank_settings::reading::{Value, shown};
use std::fs::File;
use std::path::Path;

/// So many bad rows are told, and how many more there are.
const BAD_ROWS_MAX: usize = 5;

/// The rows of a file, blanks round the fields left out.
pub(super) struct Rows {
    name: String,
    rows: Vec<(u64, csv::StringRecord)>,
}

/// What is wrong with a row, and what would be right.
pub(super) struct Fault {
    what: String,
    right: String,
}

impl Fault {
    pub(super) fn new(what: impl Into<String>, right: impl Into<String>) -> Fault {
        Fault { what: what.into(), right: right.into() }
    }
}

impl Rows {
    /// The file that the value names, beside the scenario's; what cannot be read is a fault.
    pub(super) fn read(value: &Value<'_>, house: &House, rows_max: usize) -> Option<Rows> {
        let path = house.folder().join(value.text()?);
        let name = shown(&path.display().to_string());
        match rows(&path, rows_max) {
            Ok(rows) => Some(Rows { name, rows }),
            Err(error) => {
                value.wrong(format!("`{name}` cannot be read: {error}"), "a CSV file; its path starts where the scenario lies");
                None
            }
        }
    }

    /// How the file is called in messages.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The fields of the first row.
    pub(super) fn first(&self) -> Vec<&str> {
        self.rows.first().map(|(_, row)| row.iter().collect()).unwrap_or_default()
    }

    /// Reads each row, which comes with its place from 0; whether all were good. Bad ones are told with their line.
    pub(super) fn each(&self, value: &Value<'_>, mut read: impl FnMut(usize, &[&str]) -> Result<(), Fault>) -> bool {
        let mut bad = 0;
        for (n, (line, row)) in self.rows.iter().enumerate() {
            let fields: Vec<&str> = row.iter().collect();
            if let Err(Fault { what, right }) = read(n, &fields) {
                bad += 1;
                if bad <= BAD_ROWS_MAX {
                    value.wrong(format!("`{}`, row {line}: {what}", self.name), right);
                }
            }
        }
        if bad > BAD_ROWS_MAX {
            value.wrong(format!("`{}`: {} more bad rows", self.name, bad - BAD_ROWS_MAX), "see those above");
        }
        bad == 0
    }
}

fn rows(path: &Path, rows_max: usize) -> Result<Vec<(u64, csv::StringRecord)>, String> {
    // Looked at first: to open a pipe into which nobody writes takes for ever.
    if !path.metadata().map_err(|error| error.to_string())?.is_file() {
        return Err("it is no plain file".to_owned());
    }
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).comment(Some(b'#')).from_reader(file);
    let mut rows = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| error.to_string())?;
        if rows.len() == rows_max {
            return Err(format!("it has more than {rows_max} rows"));
        }
        rows.push((row.position().map_or(0, csv::Position::line), row));
    }
    Ok(rows)
}

/// A length of time in seconds.
pub(super) fn seconds(field: &str, max: Span) -> Result<Span, Fault> {
    let right = || format!("seconds, from 0 to {}", max.as_secs());
    let Ok(seconds) = field.parse::<f64>() else {
        return Err(Fault::new(format!("`{}` is no number of seconds", shown(field)), right()));
    };
    let us = (seconds * 1e6).round();
    if (0.0..=max.0 as f64).contains(&us) {
        Ok(Span(us as u64))
    } else {
        Err(Fault::new(format!("`{}` is out of bounds", shown(field)), right()))
    }
}
