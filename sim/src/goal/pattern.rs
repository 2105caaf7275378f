//! A figure's path with stars in it.

use crate::figures::Path;
use std::fmt;

/// A path to figures, in which a star stands for any part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(pub(super) Vec<Part>);

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Any,
    Named(String),
}

impl Pattern {
    /// Whether it fits a path: part by part.
    pub fn fits(&self, path: &Path) -> bool {
        let fits = |(part, name): (&Part, &String)| match part {
            Part::Any => true,
            Part::Named(wanted) => wanted == name,
        };
        self.0.len() == path.0.len() && self.0.iter().zip(&path.0).all(fits)
    }

    /// The path that looks most like it, for whoever mistyped one.
    pub fn nearest<'a>(&self, paths: impl IntoIterator<Item = &'a Path>) -> Option<String> {
        let wanted = self.to_string();
        let spelled = paths.into_iter().map(|path| shown(&path.0));
        let scored = spelled.map(|path| (strsim::jaro_winkler(&wanted, &path), path));
        scored.max_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, path)| path)
    }
}

/// A path as it is written in a goal.
pub(crate) fn shown(parts: &[String]) -> String {
    parts.iter().map(|part| quoted(part)).collect::<Vec<_>>().join(".")
}

fn quoted(part: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    if !part.is_empty() && part.chars().all(plain) { part.to_owned() } else { format!("\"{part}\"") }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.0.iter().map(|part| match part {
            Part::Any => "*".to_owned(),
            Part::Named(name) => quoted(name),
        });
        f.write_str(&parts.collect::<Vec<_>>().join("."))
    }
}
