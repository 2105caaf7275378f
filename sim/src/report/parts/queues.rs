//! How many came, what became of them, and whether the service level was reached.

use super::{Row, definition, rows};
use crate::charts::{Axis, LineChart, Reference, Series, Words};
use crate::report::definitions::aim;
use crate::report::document::{Cell, Figure, Section, Table};
use crate::report::numbers::Unit;
use crate::report::run::length;
use crate::report::{Curves, QueueCurves, Report};

pub(in crate::report) fn queues(report: &Report) -> Section {
    Section {
        title: "Queues and classes".to_owned(),
        tables: vec![outcomes(report), other_ends(report), service(report)],
        definitions: vec![
            definition("Service level", report.definitions.service_level()),
            definition("Abandoned", "hung up while waiting, the short ones included"),
            definition("Short", format!("hung up sooner than {}", report.definitions.short_abandon())),
            definition("Abandonment", "(abandoned − short) / offered"),
            definition("ASA", "mean wait of answered calls, without those called back"),
            definition("Max wait / target", "the longest wait over its class's target: the mean over the replications"),
        ],
        figures: report.curves.queues.iter().filter_map(|queue| service_level(report, queue)).collect(),
    }
}

fn outcomes(report: &Report) -> Table {
    let mut table = Table::of(&["", "offered", "answered", "abandoned", "short", "abandonment, %"]);
    for row in rows(&report.definitions) {
        let counts = ["offered", "answered", "abandoned", "short_abandoned"];
        let counts = counts.map(|figure| report.cell(&row.path, &[figure], Unit::Count));
        let abandonment = report.cell(&row.path, &["abandonment"], Unit::Share);
        table.row([row.name].into_iter().chain(counts).chain([abandonment]));
    }
    table
}

fn service(report: &Report) -> Table {
    let mut table = Table::of(&["", "service level, %", "aim", "ASA, s", "max wait / target", "target"]);
    for row in rows(&report.definitions) {
        let Row { name, path, queue, is_class } = &row;
        let level = report.told(path, &["service_level"], Unit::Share);
        let aimed = f64::from(queue.service_level.share.0) / 1e3;
        let reached = report.value(path, &["service_level"]).is_none_or(|level| level >= aimed);
        table.row([
            name.clone(),
            if *is_class { Cell::plain(level) } else { Cell::judged(level, reached) },
            Cell::plain(if *is_class { String::new() } else { aim(queue.service_level) }),
            report.cell(path, &["asa_s"], Unit::Seconds),
            report.cell(path, &["max_wait_over_target"], Unit::Ratio),
            Cell::plain(row.target().map_or(String::new(), length)),
        ]);
    }
    table
}

/// Only where there are such ends.
fn other_ends(report: &Report) -> Table {
    const ENDS: [(&str, &str); 3] =
        [("turned_away", "turned away"), ("called_back", "asked for a callback"), ("cut_off", "cut off")];
    let mut table = Table::of(&["other ends", ENDS[0].1, ENDS[1].1, ENDS[2].1]);
    for row in rows(&report.definitions) {
        if ENDS.iter().any(|(end, _)| report.value(&row.path, &[end]).is_some_and(|value| value > 0.0)) {
            let ends = ENDS.map(|(end, _)| report.cell(&row.path, &[end], Unit::Count));
            table.row([row.name].into_iter().chain(ends));
        }
    }
    table
}

fn service_level(report: &Report, curves: &QueueCurves) -> Option<Figure> {
    let queue = report.definitions.queues.iter().find(|queue| queue.name == curves.name)?;
    let caption = format!("Service level over the day: {}", curves.name);
    let aimed = f64::from(queue.service_level.share.0) / 1e3;
    let below = curves.service_level.iter().filter(|(_, band)| band.mean < aimed).count();
    let chart = LineChart {
        words: Words {
            title: caption.clone(),
            description: format!(
                "The aim is {}. In {below} of {} parts of the day the mean lies below it.",
                aim(queue.service_level),
                curves.service_level.len()
            ),
        },
        y: Axis::Share,
        y_span: Some((0.0, 1.0)),
        series: vec![Series {
            name: "mean, and 8 of 10 days".to_owned(),
            points: curves.service_level.iter().map(|(at, band)| (*at, band.mean)).collect(),
            band: curves.service_level.iter().map(|(at, band)| (*at, band.low, band.high)).collect(),
            marked: false,
        }],
        reference: Some(Reference::Level(format!("aim: {}", aim(queue.service_level)), aimed)),
        ..over_the_day(&report.curves)
    };
    let table = super::day::table(&report.curves, &curves.service_level, "service level", Unit::Share);
    (!curves.service_level.is_empty()).then(|| Figure { caption, svg: chart.to_svg(), table })
}

/// An empty chart over the day.
pub(super) fn over_the_day(curves: &Curves) -> LineChart {
    LineChart {
        words: Words::default(),
        x: Axis::Clock(curves.begins),
        y: Axis::Number(String::new()),
        y_span: None,
        x_span: Some((0.0, curves.duration_s)),
        series: Vec::new(),
        reference: None,
        uncounted_until: Some(curves.warm_up_s),
    }
}
