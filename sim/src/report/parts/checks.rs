//! Whether the books balance.

use super::definition;
use crate::report::Report;
use crate::report::document::{Cell, Section, Table};
use crate::report::numbers::Unit;

pub(in crate::report) fn checks(report: &Report) -> Section {
    let mut table = Table::of(&["check", "residual"]);
    for (name, figure) in [("Little's law, callers", "littles_law_residual"), ("work conservation", "conservation_residual")] {
        table.row([Cell::plain(name), report.cell(&["checks"], &[figure], Unit::Ratio)]);
    }
    Section {
        title: "Checks".to_owned(),
        tables: vec![table],
        definitions: vec![
            definition(
                "Little's law",
                "mean callers in line, as the desk counts them, − arrival rate × mean wait, as the callers waited: \
                 its interval must hold zero",
            ),
            definition("Work conservation", "agents' time idle in vain / their time present: nothing is lost where it is zero"),
        ],
        figures: Vec::new(),
    }
}
