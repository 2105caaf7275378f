//! Loads as pictures: latencies by their nines, what came and went over time, the steps of a search.

use super::super::figures::{Bin, Figures, Latency, Lengths};
use super::Step;
use crate::charts::{Axis, LineChart, Series, Words};
use crate::load::limit::Found;
use crate::report::{Cell, Figure, Table, grouped};

/// What is shorter cannot be told apart on the picture: a hundredth of a millisecond.
const SHORTEST_MS: f64 = 0.01;

/// Places along a curve of percentiles, in nines.
const PLACES: usize = 120;

/// Every latency over its share.
pub(super) fn percentiles(figures: &Figures) -> Option<Figure> {
    let seen: Vec<(Latency, &Lengths)> = Latency::ALL
        .into_iter()
        .map(|latency| (latency, figures.latency(latency)))
        .filter(|(_, seen)| seen.count() > 0)
        .collect();
    let nines_max = seen.iter().map(|(_, seen)| nines_of(seen)).fold(1.0, f64::max);
    let series: Vec<Series> = seen.iter().map(|(latency, seen)| curve(latency.name(), seen)).collect();
    let values = || series.iter().flat_map(|series| &series.points).map(|(_, y)| *y);
    let (low, high) = (values().fold(f64::MAX, f64::min), values().fold(f64::MIN, f64::max));
    let at = |seen: &Lengths, share: f64| grouped(seen.at_ms(share), 1);
    let described: Vec<String> = seen
        .iter()
        .map(|(latency, seen)| format!("{}: P50 {} ms, P99 {} ms", latency.name(), at(seen, 0.5), at(seen, 0.99)))
        .collect();
    let caption = "Latencies by percentile".to_owned();
    let chart = LineChart {
        words: Words { title: caption.clone(), description: format!("From due moments. {}.", described.join("; ")) },
        x: Axis::Nines,
        y: Axis::Decades,
        x_span: Some((0.0, nines_max)),
        y_span: Some((low.floor(), high.ceil().max(low.floor() + 1.0))),
        series: series.clone(),
        reference: None,
        uncounted_until: None,
    };
    (!seen.is_empty()).then(|| Figure { caption, svg: chart.to_svg(), table: Table::default() })
}

/// One value in so many has how many nines.
fn nines_of(lengths: &Lengths) -> f64 {
    (lengths.count().max(1) as f64).log10().max(1.0)
}

fn curve(name: &str, lengths: &Lengths) -> Series {
    let last = nines_of(lengths);
    let place = |n: usize| {
        let nines = last * n as f64 / PLACES as f64;
        let ms = if n == PLACES { lengths.max_ms() } else { lengths.at_ms(1.0 - 10_f64.powf(-nines)) };
        (nines, ms.max(SHORTEST_MS).log10())
    };
    Series { name: name.to_owned(), points: (0..=PLACES).map(place).collect(), ..Series::default() }
}

/// What is counted in a part of the time.
type Of = fn(&Bin) -> f64;

/// What came and went, and how many were there.
pub(super) fn over_time(figures: &Figures) -> Vec<Figure> {
    let (length, bins) = figures.bins();
    if bins.len() < 2 {
        return Vec::new();
    }
    let (per, at) = (length.as_secs_f64(), |place: usize| (place as f64 + 0.5) * length.as_secs_f64());
    let series = |name: &str, of: Of| Series {
        name: name.to_owned(),
        points: bins.iter().enumerate().map(|(place, bin)| (at(place), of(bin))).collect(),
        ..Series::default()
    };
    let rates: [(&str, Of); 6] = [
        ("called", |bin| bin.called as f64),
        ("answered by the desk", |bin| bin.answered as f64),
        ("answered by an agent", |bin| bin.connected as f64),
        ("refused", |bin| bin.refused as f64),
        ("lost patience", |bin| bin.abandoned as f64),
        ("failed", |bin| bin.failed as f64),
    ];
    let happened = |(n, (_, of)): &(usize, &(&str, Of))| *n < 3 || bins.iter().any(|bin| of(bin) > 0.0);
    let shown = rates.iter().enumerate().filter(happened).map(|(_, (name, of))| Series {
        points: series(name, *of).points.into_iter().map(|(x, y)| (x, y / per)).collect(),
        ..series(name, *of)
    });
    let at_once = series("", |bin| bin.on_line_max as f64);
    vec![
        chart("Calls a second over time", "What came and what became of it.", shown.collect()),
        chart("Calls at once over time", "Callers on the line, at the most in each part of the time.", vec![at_once]),
    ]
}

fn chart(caption: &str, description: &str, series: Vec<Series>) -> Figure {
    let mut table = Table::of(&["seconds"]);
    table.columns.extend(series.iter().map(|one| if one.name.is_empty() { "calls".to_owned() } else { one.name.clone() }));
    let rows = series.first().map_or(0, |one| one.points.len());
    for n in 0..rows {
        let at = series.first().and_then(|one| one.points.get(n)).map_or(0.0, |(x, _)| *x);
        let values = series.iter().map(|one| Cell::plain(one.points.get(n).map_or(String::new(), |(_, y)| grouped(*y, 0))));
        table.row([Cell::plain(grouped(at, 1))].into_iter().chain(values));
    }
    let chart = LineChart {
        words: Words { title: caption.to_owned(), description: description.to_owned() },
        x: Axis::Number("s".to_owned()),
        y: Axis::Number(String::new()),
        x_span: None,
        y_span: None,
        series,
        reference: None,
        uncounted_until: None,
    };
    Figure { caption: caption.to_owned(), svg: chart.to_svg(), table }
}

/// The latency of each step of a search over its rate.
pub(super) fn steps(found: &Found<Step>) -> Option<Figure> {
    let mut steps: Vec<_> = found.steps.iter().collect();
    steps.sort_by(|(one, _, _), (other, _, _)| one.total_cmp(other));
    let series = |latency: Latency, share: f64, name: &str| Series {
        name: name.to_owned(),
        points: steps
            .iter()
            .map(|(rate, _, step)| (*rate, step.performed.figures.latency(latency)))
            .filter(|(_, seen)| seen.count() > 0)
            .map(|(rate, seen)| (rate, seen.at_ms(share).max(SHORTEST_MS).log10()))
            .collect(),
        band: Vec::new(),
        marked: true,
    };
    let all = vec![
        series(Latency::Answer, 0.5, "answer, P50"),
        series(Latency::Answer, 0.99, "answer, P99"),
        series(Latency::Rung, 0.99, "agent rung, P99"),
        series(Latency::Lateness, 0.99, "generator late, P99"),
    ];
    let all: Vec<Series> = all.into_iter().filter(|series| !series.points.is_empty()).collect();
    let values = || all.iter().flat_map(|series| &series.points).map(|(_, y)| *y);
    let (low, high) = (values().fold(f64::MAX, f64::min), values().fold(f64::MIN, f64::max));
    let caption = "Latencies over the rate".to_owned();
    let chart = LineChart {
        words: Words { title: caption.clone(), description: "Each rate that was tried; calls a second.".to_owned() },
        x: Axis::Number("calls a second".to_owned()),
        y: Axis::Decades,
        x_span: None,
        y_span: Some((low.floor(), high.ceil().max(low.floor() + 1.0))),
        series: all.clone(),
        reference: None,
        uncounted_until: None,
    };
    (!all.is_empty()).then(|| Figure { caption, svg: chart.to_svg(), table: Table::default() })
}
