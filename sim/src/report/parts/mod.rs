//! The sections of a report.

mod agents;
mod checks;
mod day;
mod fairness;
mod misses;
mod queues;
mod quotes;
mod waits;

pub(super) use agents::agents;
pub(super) use checks::checks;
pub(super) use day::lines;
pub(super) use fairness::fairness;
pub(super) use misses::misses;
pub(super) use queues::queues;
pub(super) use quotes::quotes;
pub(super) use waits::waits;

use super::document::Cell;
use super::numbers::{Unit, told_bare};
use super::{Definitions, QueueDefinition, Report};
use cabrank_core::Span;

/// A queue or one of its classes: the name of its row, the path of its figures, and whose it is.
struct Row<'a> {
    name: Cell,
    path: Vec<&'a str>,
    queue: &'a QueueDefinition,
    is_class: bool,
}

impl Row<'_> {
    /// The hold-time target of the class; none of a queue with several.
    fn target(&self) -> Option<Span> {
        let alone = !self.is_class && self.queue.classes.len() == 1;
        let last = self.path.last().copied().unwrap_or("");
        self.queue.classes.iter().find(|(class, _)| alone || (self.is_class && class == last)).map(|(_, target)| *target)
    }
}

/// The queues, each followed by its classes; a class that is alone is its queue.
fn rows(definitions: &Definitions) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for queue in &definitions.queues {
        let path = vec!["queues", queue.name.as_str()];
        rows.push(Row { name: Cell::plain(&queue.name), path: path.clone(), queue, is_class: false });
        for (class, _) in queue.classes.iter().filter(|_| queue.classes.len() > 1) {
            let path = path.iter().copied().chain(["classes", class.as_str()]).collect();
            rows.push(Row { name: Cell::within(class), path, queue, is_class: true });
        }
    }
    rows
}

impl Report {
    /// The estimate at this path as it is told where the unit is known; a dash if there is none.
    fn told(&self, path: &[&str], rest: &[&str], unit: Unit) -> String {
        let path: Vec<&str> = path.iter().chain(rest).copied().collect();
        self.estimates.at(&path).map_or("–".to_owned(), |estimate| told_bare(estimate, unit))
    }

    fn cell(&self, path: &[&str], rest: &[&str], unit: Unit) -> Cell {
        Cell::plain(self.told(path, rest, unit))
    }

    fn value(&self, path: &[&str], rest: &[&str]) -> Option<f64> {
        let path: Vec<&str> = path.iter().chain(rest).copied().collect();
        self.estimates.at(&path).map(|estimate| estimate.value)
    }
}

fn definition(word: &str, meaning: impl Into<String>) -> (String, String) {
    (word.to_owned(), meaning.into())
}
