//! What is wrong with a scenario: in its own file, in the desk's, in what `--set` said.

use miette::{Diagnostic, LabeledSpan, Severity, SourceCode};
use std::fmt;

/// Why a scenario cannot be simulated: all that is wrong, by file; at least one fault.
#[derive(Debug)]
pub struct Faults {
    files: Vec<cabrank_settings::Faults>,
}

impl Faults {
    /// Those of one file.
    pub(super) fn of(file: cabrank_settings::Faults) -> Faults {
        Faults { files: vec![file] }
    }

    /// Those of some files, if there are any.
    pub(super) fn any(files: Vec<cabrank_settings::Faults>) -> Result<(), Faults> {
        if files.is_empty() { Ok(()) } else { Err(Faults { files }) }
    }

    /// The faulty files.
    pub fn files(&self) -> &[cabrank_settings::Faults] {
        &self.files
    }

    /// All faults, file by file, in the order of each.
    pub fn iter(&self) -> impl Iterator<Item = &cabrank_settings::Fault> {
        self.files.iter().flatten()
    }

    /// A single faulty file speaks for itself.
    fn alone(&self) -> Option<&cabrank_settings::Faults> {
        if let [file] = &*self.files { Some(file) } else { None }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, file) in self.files.iter().enumerate() {
            f.write_str(if n > 0 { "; " } else { "" })?;
            file.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

impl Diagnostic for Faults {
    fn severity(&self) -> Option<Severity> {
        self.alone().and_then(Diagnostic::severity)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.alone().and_then(Diagnostic::source_code)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.alone().and_then(Diagnostic::labels)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        match self.alone() {
            Some(file) => file.related(),
            None => Some(Box::new(self.files.iter().map(|file| file as &dyn Diagnostic))),
        }
    }
}
