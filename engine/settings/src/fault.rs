//! What is wrong with a configuration, where, and what would be right.

use miette::{Diagnostic, NamedSource, SourceSpan};
use std::fmt;

/// One thing that is wrong.
#[derive(Clone, Debug, thiserror::Error, Diagnostic)]
#[error("line {line}: {what}")]
#[diagnostic(help("{right}"))]
pub struct Fault {
    /// Where, counted from 1.
    pub line: usize,
    /// What is wrong, in one sentence.
    pub what: String,
    /// What would be right.
    pub right: String,
    #[label("here")]
    pub(crate) span: SourceSpan,
}

impl Fault {
    /// The same in a text that begins so much later.
    pub(crate) fn moved(self, bytes: usize, lines: usize) -> Fault {
        let start = self.span.offset().saturating_sub(bytes);
        Fault { line: self.line.saturating_sub(lines), span: (start..start + self.span.len()).into(), ..self }
    }
}

/// All that is wrong with one file, in its order; at least one fault.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub struct Faults {
    #[source_code]
    source_code: NamedSource<String>,
    #[related]
    faults: Vec<Fault>,
    more: usize,
}

impl Faults {
    pub(crate) fn new(file_name: &str, text: &str, faults: Vec<Fault>, more: usize) -> Faults {
        Faults { source_code: NamedSource::new(file_name, text.to_owned()).with_language("TOML"), faults, more }
    }

    /// A file that nobody reads to its end.
    pub(crate) fn too_long(file_name: &str) -> Faults {
        Faults::unread(file_name, "the file is longer than 4 MiB", "is it a configuration at all?")
    }

    /// A file of which nothing was read, and why.
    pub fn unread(file_name: &str, what: impl Into<String>, right: impl Into<String>) -> Faults {
        let fault = Fault { line: 1, what: what.into(), right: right.into(), span: (0..0).into() };
        Faults::new(file_name, "", vec![fault], 0)
    }

    /// The faults, in the order of the file.
    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.faults.iter()
    }
}

impl<'a> IntoIterator for &'a Faults {
    type Item = &'a Fault;
    type IntoIter = std::slice::Iter<'a, Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.faults.len();
        let noun = if count == 1 { "fault" } else { "faults" };
        write!(f, "{} has {count} {noun}", self.source_code.name())?;
        if self.more > 0 { write!(f, ", and {} more that are not shown", self.more) } else { Ok(()) }
    }
}

/// Something that is no fault but should be known: asked for and not done yet, or not advisable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Where, counted from 1.
    pub line: usize,
    /// What is so.
    pub what: String,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}
