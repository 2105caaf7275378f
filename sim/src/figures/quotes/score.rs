//! What became of many quotes.

use super::judged::Judged;
use crate::figures::sheet::Sheet;
use cabrank_core::LEVELS;

/// The names of [`LEVELS`] in the report.
const NAMES: [&str; LEVELS.len()] = ["0.5", "0.8", "0.9", "0.95"];

/// What became of many quotes: sums by weight.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Score {
    quoted: u64,
    said_s: f64,
    kept: [f64; LEVELS.len()],
    known: [f64; LEVELS.len()],
    loss_s: f64,
    answered: f64,
}

impl Score {
    pub(super) fn note(&mut self, judged: &Judged) {
        self.quoted += 1;
        self.said_s += judged.said_s;
        for (level, (kept, weight)) in judged.kept.iter().enumerate().filter_map(|(level, kept)| Some((level, (*kept)?))) {
            self.known[level] += weight;
            self.kept[level] += if kept { weight } else { 0.0 };
        }
        if let Some((loss_s, weight)) = judged.loss_s {
            self.loss_s += loss_s * weight;
            self.answered += weight;
        }
    }

    pub(super) fn add(&mut self, other: &Score) {
        self.quoted += other.quoted;
        self.said_s += other.said_s;
        for level in 0..LEVELS.len() {
            self.kept[level] += other.kept[level];
            self.known[level] += other.known[level];
        }
        self.loss_s += other.loss_s;
        self.answered += other.answered;
    }

    /// The share of the quotes at a level that were kept; none if that is known of none.
    pub(super) fn coverage(&self, level: usize) -> Option<f64> {
        (self.known[level] > 0.0).then(|| self.kept[level] / self.known[level])
    }

    pub(super) fn write(&self, sheet: &mut Sheet<'_>) {
        let mut coverage = sheet.under("coverage");
        for (level, name) in NAMES.iter().enumerate() {
            coverage.put(*name, self.coverage(level));
        }
        sheet.put("pinball_s", (self.answered > 0.0).then(|| self.loss_s / self.answered));
        sheet.put("mean_quote_s", (self.quoted > 0).then(|| self.said_s / self.quoted as f64));
        sheet.count("quoted", self.quoted);
    }
}
