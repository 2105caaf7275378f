//! How long callers waited.

use super::{definition, rows};
use crate::charts::{Axis, LineChart, Series, Words};
use crate::report::document::{Cell, Figure, Section, Table};
use crate::report::numbers::{Unit, grouped};
use crate::report::{Band, QueueCurves, Report};

const FIGURES: [&str; 6] = ["mean", "p50", "p90", "p95", "p99", "max"];
/// This share of each class's waits lies within the picture.
const SHOWN_SHARE: f64 = 0.99;

pub(in crate::report) fn waits(report: &Report) -> Section {
    Section {
        title: "Waits".to_owned(),
        tables: vec![table(report, "wait_s", "All callers, seconds"), table(report, "answered_wait_s", "Answered, seconds")],
        definitions: vec![
            definition(
                "Wait",
                "from joining the queue until an agent is connected or the caller is gone, however that ended; of those \
                 called back, until they asked for it",
            ),
            definition("P90", "nine of ten waits are no longer"),
            definition("Max", "the mean over the replications of the longest wait of each"),
        ],
        figures: report.curves.queues.iter().filter_map(figure).collect(),
    }
}

fn table(report: &Report, which: &str, caption: &str) -> Table {
    let mut table = Table::of(&["", "mean", "P50", "P90", "P95", "P99", "max"]).called(caption);
    for row in rows(&report.definitions) {
        let waits = FIGURES.iter().map(|figure| report.cell(&row.path, &[which, figure], Unit::Seconds));
        table.row([row.name.clone()].into_iter().chain(waits));
    }
    table
}

fn figure(curves: &QueueCurves) -> Option<Figure> {
    let classes: Vec<&(String, Vec<(f64, Band)>)> = curves.waits_s.iter().filter(|(_, waits)| !waits.is_empty()).collect();
    let shown = |waits: &[(f64, Band)]| {
        waits.iter().filter(|(share, _)| *share <= SHOWN_SHARE).map(|(_, band)| band.mean).fold(0.0, f64::max)
    };
    let longest = classes.iter().map(|(_, waits)| shown(waits)).fold(0.0, f64::max);
    let caption = format!("Waits by class: {}", curves.name);
    let median = |(name, waits): &&(String, Vec<(f64, Band)>)| {
        let at = |share: f64| waits.iter().find(|(at, _)| *at >= share).map_or(0.0, |(_, band)| band.mean);
        format!(
            "{name}: half wait no longer than {} s, nine of ten no longer than {} s",
            grouped(at(0.5), 0),
            grouped(at(0.9), 0)
        )
    };
    let described: Vec<String> = classes.iter().map(median).collect();
    let chart = LineChart {
        words: Words {
            title: caption.clone(),
            description: format!("The share of callers who wait no longer. {}.", described.join("; ")),
        },
        x: Axis::Number("s".to_owned()),
        y: Axis::Share,
        y_span: Some((0.0, 1.0)),
        x_span: Some((0.0, if longest > 0.0 { longest } else { 1.0 })),
        series: classes.iter().map(|(name, waits)| series(name, waits, longest)).collect(),
        reference: None,
        uncounted_until: None,
    };
    (!classes.is_empty()).then(|| Figure { caption, svg: chart.to_svg(), table: numbers(&classes) })
}

/// The share over the wait, as far as the picture reaches. Whoever does not wait at all is where the line begins.
fn series(name: &str, waits: &[(f64, Band)], longest: f64) -> Series {
    let inside = waits.iter().filter(|(_, band)| band.mean <= longest);
    let mut points: Vec<(f64, f64)> = inside.map(|(share, band)| (band.mean, *share)).collect();
    let at_once = points.iter().take_while(|(wait, _)| *wait == 0.0).count();
    points.drain(..at_once.saturating_sub(1));
    Series { name: name.to_owned(), points, band: Vec::new(), marked: false }
}

fn numbers(classes: &[&(String, Vec<(f64, Band)>)]) -> Table {
    let mut table = Table::of(&["no longer wait"]);
    table.columns.extend(classes.iter().map(|(name, _)| format!("{name}, s")));
    for share in [0.1, 0.25, 0.5, 0.75, 0.8, 0.9, 0.95, 0.99] {
        let wait = |(_, waits): &&(String, Vec<(f64, Band)>)| {
            let band = waits.iter().find(|(at, _)| *at >= share - 1e-9).map(|(_, band)| *band);
            Cell::plain(band.map_or("–".to_owned(), |band| grouped(band.mean, 1)))
        };
        let name = Cell::plain(format!("{} %", grouped(share * 100.0, 0)));
        table.row([name].into_iter().chain(classes.iter().map(wait)));
    }
    table
}
