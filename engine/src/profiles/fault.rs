//! What can be wrong with a file of profiles, told so that it can be put right.

use std::fmt;

/// How many bad rows are told one by one; the rest is counted.
pub(super) const FAULTS_TOLD_MAX: usize = 1_000;

/// What is wrong with one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The line of the file on which the row begins, counted from 1.
    pub line: u64,
    /// The column, if the fault is in one.
    pub column: Option<String>,
    /// What is wrong, and what would be right.
    pub what: String,
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(f, "line {}, column `{column}`: {}", self.line, self.what),
            None => write!(f, "line {}: {}", self.line, self.what),
        }
    }
}

/// Every bad row: the first thousand by name, all by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BadRows {
    /// The first of them, in the order of the file.
    pub told: Vec<RowFault>,
    /// How many rows are bad.
    pub rows: u64,
}

impl BadRows {
    /// Counts one more bad row.
    pub(super) fn add(&mut self, fault: RowFault) {
        self.rows += 1;
        if self.told.len() < FAULTS_TOLD_MAX {
            self.told.push(fault);
        }
    }
}

impl fmt::Display for BadRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.told {
            writeln!(f, "{fault}")?;
        }
        match self.rows.saturating_sub(self.told.len() as u64) {
            0 => Ok(()),
            more => writeln!(f, "and {more} more bad rows"),
        }
    }
}

/// Why a file as a whole is no file of profiles.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// Reading failed.
    #[error("reading failed: {0}")]
    Io(#[from] std::io::Error),
    /// The text is UTF-16.
    #[error("line 1: the file is UTF-16; save it as UTF-8 (in a spreadsheet: \"CSV UTF-8\")")]
    Utf16,
    /// The first line does not name the columns.
    #[error("line 1: {0}")]
    Header(String),
    /// There is more of it than is taken at once.
    #[error("line {line}: more than {rows_max} rows or {bytes_max} bytes; split the file")]
    TooLarge {
        /// Where it became too much.
        line: u64,
        /// Rows that are taken.
        rows_max: u64,
        /// Bytes that are taken.
        bytes_max: u64,
    },
}
