//! Whether what was said of the wait was kept.

mod judged;
mod score;

use super::named;
use super::sheet::Sheet;
use crate::scenario::Scenario;
use crate::simulate::{ClassTally, QuoteSample, Tally};
use cabrank_core::{LEVELS, Permille, Span, Thresholds};
use jiff::civil::DateTime;
use judged::{Judged, patience};
use score::Score;

/// Lengths of the line when a caller joins, told together: the longest of each, and its name.
pub const LINE_BINS: [(u32, &str); 7] =
    [(0, "0"), (2, "1-2"), (5, "3-5"), (10, "6-10"), (20, "11-20"), (50, "21-50"), (u32::MAX, "51+")];

/// The confidence of a queue that says nothing of the wait.
const CONFIDENCE: Permille = Permille(800);

pub(super) fn write(sheet: &mut Sheet<'_>, tally: &Tally, scenario: &Scenario) {
    let mut scores = Scores::default();
    for (n, (queue, settings)) in tally.queues.iter().zip(&scenario.settings.queues).enumerate() {
        let level = quoted_level(&settings.thresholds);
        let queue_name = named(&settings.name, n);
        for (n, (class, named_as)) in queue.classes.iter().zip(&settings.thresholds.classes).enumerate() {
            let score = scores.note(class, level, scenario.begins);
            scores.by_class.push((queue_name.clone(), named(&named_as.name, n), score));
        }
    }
    scores.write(sheet, &hours_counted(scenario));
}

/// The place in [`LEVELS`] of the one that is nearest to the confidence at which the queue quotes.
pub(crate) fn quoted_level(thresholds: &Thresholds) -> usize {
    let confidence = thresholds.quote.map_or(CONFIDENCE, |quote| quote.confidence);
    let off = |level: &usize| LEVELS[*level].0.abs_diff(confidence.0);
    (0..LEVELS.len()).min_by_key(off).unwrap_or(0)
}

#[derive(Default)]
struct Scores {
    all: Score,
    by_class: Vec<(String, String, Score)>,
    by_hour: [Score; 24],
    by_line: [Score; LINE_BINS.len()],
}

impl Scores {
    /// Counts the quotes of a class, and gives the score of the class alone.
    fn note(&mut self, class: &ClassTally, level: usize, begins: DateTime) -> Score {
        let (patience, mut alone) = (patience(&class.quotes), Score::default());
        for quote in &class.quotes {
            let judged = Judged::of(quote, level, &patience);
            alone.note(&judged);
            self.by_hour[hour(quote.joined_at, begins)].note(&judged);
            self.by_line[line_bin(quote)].note(&judged);
        }
        self.all.add(&alone);
        alone
    }

    fn write(&self, sheet: &mut Sheet<'_>, hours: &[usize]) {
        self.all.write(sheet);
        let mut by_class = sheet.under("by_class");
        for (queue, class, score) in &self.by_class {
            score.write(&mut by_class.under(queue.clone()).under(class.clone()));
        }
        let mut by_hour = sheet.under("by_hour");
        for hour in hours {
            self.by_hour[*hour].write(&mut by_hour.under(format!("{hour:02}")));
        }
        let mut by_line = sheet.under("by_queue_length");
        for ((_, name), score) in LINE_BINS.iter().zip(&self.by_line) {
            score.write(&mut by_line.under(*name));
        }
    }
}

/// The hours of the day in which callers count, in the order in which they come.
fn hours_counted(scenario: &Scenario) -> Vec<usize> {
    let first = hour(scenario.warm_up, scenario.begins);
    let into_first = (second_of_day(scenario.begins) + scenario.warm_up.as_secs()) % 3600;
    let counted = scenario.duration.0.saturating_sub(scenario.warm_up.0).div_ceil(1_000_000);
    let hours = (into_first + counted).div_ceil(3600).min(24) as usize;
    (first..first + hours).map(|hour| hour % 24).collect()
}

/// The hour of the day so long after the beginning.
fn hour(after: Span, begins: DateTime) -> usize {
    ((second_of_day(begins) + after.as_secs()) / 3600 % 24) as usize
}

fn second_of_day(moment: DateTime) -> u64 {
    let part = |part: i8| u64::from(part.unsigned_abs());
    part(moment.hour()) * 3600 + part(moment.minute()) * 60 + part(moment.second())
}

fn line_bin(quote: &QuoteSample) -> usize {
    LINE_BINS.partition_point(|(longest, _)| *longest < quote.in_line)
}
