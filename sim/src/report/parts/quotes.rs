//! Whether what was said of the wait was kept.

use super::definition;
use crate::charts::{Axis, Bar, Bars, LineChart, Reference, Series, Words};
use crate::figures::LINE_BINS;
use crate::report::Report;
use crate::report::document::{Cell, Figure, Section, Table};
use crate::report::numbers::{Unit, grouped, told};

const LEVELS: [(&str, f64); 4] = [("0.5", 0.5), ("0.8", 0.8), ("0.9", 0.9), ("0.95", 0.95)];
/// More lines than that cannot be told apart.
const LINES_MAX: usize = 5;

pub(in crate::report) fn quotes(report: &Report) -> Section {
    let classes = classes(report);
    let mut by_class = table("");
    add(report, &mut by_class, Cell::plain("all"), &["quotes"]);
    for (queue, class) in &classes {
        add(report, &mut by_class, Cell::within(format!("{queue}/{class}")), &["quotes", "by_class", queue, class]);
    }
    let lengths: Vec<&str> = LINE_BINS.iter().map(|(_, name)| *name).collect();
    let hours: Vec<String> = (0..24).map(|hour| format!("{hour:02}")).collect();
    let hours: Vec<&str> = hours.iter().map(String::as_str).collect();
    let bins = [
        ("Kept by callers in line on joining", "by_queue_length", lengths, ""),
        ("Kept by hour of the day", "by_hour", hours, ":00"),
    ];
    let by_bin = bins.iter().filter_map(|(caption, under, bins, unit)| binned(report, caption, under, bins, unit));
    Section {
        title: "Quotes".to_owned(),
        tables: vec![by_class],
        definitions: vec![
            definition(
                "50 % … 95 %",
                "percent of waits within the bound reckoned at that confidence when the caller joined. Who hung up \
                 before it is neither kept nor broken: who stayed counts for them, by 1 / P(patience longer) (Kaplan-Meier, by class)",
            ),
            definition(
                "Pinball",
                "mean loss of the bound at the confidence nearest to that of the queue: the less the better, least \
                 for the true quantile; over answered calls by the same weights",
            ),
            definition("Quote", "mean bound at that confidence, over all quoted"),
        ],
        figures: calibration(report, &classes).into_iter().chain(by_bin).collect(),
    }
}

fn classes(report: &Report) -> Vec<(String, String)> {
    let queues = report.definitions.queues.iter();
    queues.flat_map(|queue| queue.classes.iter().map(|(class, _)| (queue.name.clone(), class.clone()))).collect()
}

fn table(caption: &str) -> Table {
    Table::of(&["", "quoted", "50 %", "80 %", "90 %", "95 %", "pinball, s", "quote, s"]).called(caption)
}

/// Only if anybody was quoted there.
fn add(report: &Report, table: &mut Table, name: Cell, path: &[&str]) {
    if report.value(path, &["quoted"]).is_none_or(|quoted| quoted == 0.0) {
        return;
    }
    let quoted = report.cell(path, &["quoted"], Unit::Count);
    let kept = LEVELS.map(|(level, _)| report.cell(path, &["coverage", level], Unit::Share));
    let rest = ["pinball_s", "mean_quote_s"].map(|figure| report.cell(path, &[figure], Unit::Seconds));
    table.row([name, quoted].into_iter().chain(kept).chain(rest));
}

/// The share of 80 % quotes that were kept, by whatever the callers are told apart.
fn binned(report: &Report, caption: &str, under: &str, bins: &[&str], unit: &str) -> Option<Figure> {
    let (mut numbers, mut bars) = (table(""), Vec::new());
    for bin in bins {
        add(report, &mut numbers, Cell::plain(format!("{bin}{unit}")), &["quotes", under, bin]);
        let kept = report.estimates.at(&["quotes", under, bin, "coverage", "0.8"]);
        bars.extend(kept.map(|kept| Bar {
            name: format!("{bin}{unit}"),
            value: kept.value,
            interval: kept.ci95.map(|(low, high)| (low.max(0.0), high.min(1.0))),
            told: told(kept, Unit::Share),
        }));
    }
    let described =
        "Of the bounds at 80 %, the share that was kept, with its interval: the nearer to the dashed line, the truer.";
    let words = Words { title: caption.to_owned(), description: described.to_owned() };
    let svg = Bars { words, bars, reference: Some(0.8) }.to_svg();
    (!numbers.rows.is_empty()).then(|| Figure { caption: caption.to_owned(), svg, table: numbers })
}

fn calibration(report: &Report, classes: &[(String, String)]) -> Option<Figure> {
    let caption = "What was said and what was kept".to_owned();
    let paths: Vec<(String, Vec<&str>)> = classes
        .iter()
        .filter(|_| classes.len() <= LINES_MAX && classes.len() > 1)
        .map(|(queue, class)| (format!("{queue}/{class}"), vec!["quotes", "by_class", queue.as_str(), class.as_str()]))
        .collect();
    let all = [("all".to_owned(), vec!["quotes"])];
    let series: Vec<Series> = all.iter().chain(&paths).filter_map(|(name, path)| line(report, name, path)).collect();
    let kept = series.iter().flat_map(|line| &line.points).map(|(_, kept)| *kept);
    let least = (kept.fold(0.4, f64::min) * 10.0).floor() / 10.0;
    let mut numbers = Table::of(&["said", "kept, %"]);
    for (name, said) in LEVELS {
        numbers.row([
            Cell::plain(format!("{} %", grouped(said * 100.0, 0))),
            report.cell(&["quotes", "coverage"], &[name], Unit::Share),
        ]);
    }
    let chart = LineChart {
        words: Words {
            title: caption.clone(),
            description:
                "The share of waits within the bound over the confidence at which it was reckoned. On the diagonal as many are \
                 kept as were said; below it, fewer."
                    .to_owned(),
        },
        x: Axis::Share,
        y: Axis::Share,
        y_span: Some((least, 1.0)),
        x_span: Some((least, 1.0)),
        series,
        reference: Some(Reference::Diagonal("kept as said".to_owned())),
        uncounted_until: None,
    };
    (!chart.series.is_empty()).then(|| Figure { caption, svg: chart.to_svg(), table: numbers })
}

fn line(report: &Report, name: &str, path: &[&str]) -> Option<Series> {
    let at = |level: &str| {
        let path: Vec<&str> = path.iter().copied().chain(["coverage", level]).collect();
        report.estimates.at(&path)
    };
    let points: Vec<(f64, f64)> = LEVELS.iter().filter_map(|(level, said)| Some((*said, at(level)?.value))).collect();
    let interval = |(level, said): &(&str, f64)| at(level)?.ci95.map(|(low, high)| (*said, low, high));
    let band = LEVELS.iter().filter_map(interval).collect();
    (!points.is_empty()).then(|| Series { name: name.to_owned(), points, band, marked: true })
}
