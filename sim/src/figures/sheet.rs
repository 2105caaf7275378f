//! Figures are written down under headings.

use super::{Figures, Path};

/// A place in the report under which figures are written.
pub(super) struct Sheet<'a> {
    figures: &'a mut Figures,
    at: Vec<String>,
}

impl<'a> Sheet<'a> {
    /// The whole report.
    pub(super) fn over(figures: &'a mut Figures) -> Sheet<'a> {
        Sheet { figures, at: Vec::new() }
    }

    /// A heading below this one.
    pub(super) fn under(&mut self, part: impl Into<String>) -> Sheet<'_> {
        let mut at = self.at.clone();
        at.push(part.into());
        Sheet { figures: self.figures, at }
    }

    /// Writes a figure, if there is one and it is a number.
    pub(super) fn put(&mut self, part: impl Into<String>, value: impl Into<Option<f64>>) {
        let Some(value) = value.into().filter(|value| value.is_finite()) else { return };
        let mut path = Vec::with_capacity(self.at.len() + 1);
        path.extend_from_slice(&self.at);
        path.push(part.into());
        self.figures.0.push((Path(path), value));
    }

    /// Writes a number of calls or of whatever else is counted.
    pub(super) fn count(&mut self, part: impl Into<String>, count: u64) {
        self.put(part, count as f64);
    }
}
