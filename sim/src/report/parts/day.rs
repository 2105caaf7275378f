//! How long the lines were.

use super::definition;
use super::queues::over_the_day;
use crate::charts::{Axis, LineChart, Series, Words};
use crate::report::document::{Cell, Figure, Section, Table};
use crate::report::numbers::{Unit, grouped};
use crate::report::{Band, Curves, QueueCurves, Report};
use jiff::SignedDuration;

pub(in crate::report) fn lines(report: &Report) -> Section {
    let mut table = Table::of(&["", "mean", "longest"]);
    for queue in &report.definitions.queues {
        let path = ["queues", queue.name.as_str(), "queue_length"];
        let [mean, max] =
            [("mean", Unit::Seconds), ("max", Unit::Count)].map(|(figure, unit)| report.cell(&path, &[figure], unit));
        table.row([Cell::plain(&queue.name), mean, max]);
    }
    Section {
        title: "Callers in line".to_owned(),
        tables: vec![table],
        definitions: vec![
            definition("In line", "waiting, or an agent's phone rings for them; not who is to be called back"),
            definition("Longest", "the mean over the replications of the longest line of each"),
        ],
        figures: report.curves.queues.iter().filter_map(|queue| figure(report, queue)).collect(),
    }
}

fn figure(report: &Report, curves: &QueueCurves) -> Option<Figure> {
    let caption = format!("Callers in line over the day: {}", curves.name);
    let most = curves.length.iter().map(|(at, band)| (band.mean, *at)).max_by(|a, b| a.0.total_cmp(&b.0))?;
    let chart = LineChart {
        words: Words {
            title: caption.clone(),
            description: format!(
                "On the mean over the replications, the line is longest about {}, with {} callers.",
                time(&report.curves, most.1),
                grouped(most.0, 1)
            ),
        },
        y: Axis::Number("callers".to_owned()),
        series: vec![Series {
            name: "mean callers in line, and 8 of 10 days".to_owned(),
            points: curves.length.iter().map(|(at, band)| (*at, band.mean)).collect(),
            band: curves.length.iter().map(|(at, band)| (*at, band.low, band.high)).collect(),
            marked: false,
        }],
        ..over_the_day(&report.curves)
    };
    let table = table(&report.curves, &curves.length, "callers", Unit::Seconds);
    Some(Figure { caption, svg: chart.to_svg(), table })
}

/// The numbers of a picture over the day.
pub(super) fn table(curves: &Curves, parts: &[(f64, Band)], what: &str, unit: Unit) -> Table {
    let mut table = Table::of(&["about", what, "1 of 10 days below", "1 of 10 days above"]);
    let (scale, sign) = if unit == Unit::Share { (100.0, " %") } else { (1.0, "") };
    let cell = |value: f64| Cell::plain(format!("{}{sign}", grouped(value * scale, 1)));
    for (at, band) in parts {
        table.row([Cell::plain(time(curves, *at)), cell(band.mean), cell(band.low), cell(band.high)]);
    }
    table
}

fn time(curves: &Curves, after_s: f64) -> String {
    let moment = curves.begins.checked_add(SignedDuration::from_secs(after_s as i64));
    let pattern = if curves.duration_s > 86_400.0 { "%a %H:%M" } else { "%H:%M" };
    moment.map_or(String::new(), |moment| moment.strftime(pattern).to_string())
}
