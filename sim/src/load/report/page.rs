//! Loads as tables.

use super::super::figures::{Figures, Latency, Lengths};
use super::pictures;
use super::{LoadReport, SHARES, Step};
use crate::load::limit::{Found, Verdict};
use crate::report::{Cell, Document, Section, Table, grouped};
use std::borrow::Cow;
use std::collections::BTreeMap;

pub(super) fn document(report: &LoadReport) -> Document {
    Document {
        title: format!("Load on {}", report.setting.target),
        facts: facts(report),
        remarks: remarks(report),
        sections: vec![limit(report), calls(report), latencies(report.figures()), wrong(report.figures()), protocol(report)],
    }
}

fn facts(report: &LoadReport) -> Vec<(String, String)> {
    let (setting, figures) = (&report.setting, report.figures());
    let rates: Vec<String> = setting.phases.iter().map(|phase| rate(phase.rate)).collect();
    let each = setting.phases.first().map_or(0.0, |phase| phase.lasting.as_secs_f64());
    let share = |share: Option<f64>| share.map(|share| format!("{} % of one core", grouped(share * 100.0, 0)));
    let called = if report.search.is_some() { "from" } else { "calls due a second" };
    let facts = [
        (called, Some(rates.join(", "))),
        ("for", Some(format!("{} s each", grouped(each, 0)))),
        ("seed", Some(setting.seed.to_string())),
        ("agents", Some(setting.agents.to_string())),
        ("calls", Some(grouped(figures.due as f64, 0))),
        ("took", Some(format!("{} s", grouped(report.performed.lasted.as_secs_f64(), 1)))),
        ("generator", share(report.cpu.generator)),
        ("watched process", share(report.cpu.watched)),
    ];
    facts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn remarks(report: &LoadReport) -> Vec<String> {
    let mut remarks = Vec::new();
    if let Some((found, bounds)) = &report.search {
        remarks.push(told(found));
        remarks.push(format!("Sustained is: {}.", bounds.told()));
    }
    if report.performed.interrupted {
        remarks.push("Interrupted: these are the figures so far.".to_owned());
    }
    remarks.push(
        "Every latency counts from the moment at which its call was due, whether or not we came to make it then: what keeps callers \
         waiting shows here, and how late the generator itself was stands beside it."
            .to_owned(),
    );
    remarks
}

fn told(found: &Found<Step>) -> String {
    let broke = found.broke.map(|(at, why)| match why {
        Verdict::GeneratorIsTheLimit => {
            format!("at {} a second the generator is the limit: what the desk would do is not known", rate(at))
        }
        Verdict::Sustained | Verdict::Failures | Verdict::Refusals | Verdict::Slow | Verdict::Interrupted => {
            format!("at {} a second {}", rate(at), if why == Verdict::Slow { "it is too slow" } else { why.told() })
        }
    });
    match (found.sustained, broke) {
        (Some(sustained), Some(broke)) => format!("Sustained: {} calls a second; {broke}.", rate(sustained)),
        (Some(sustained), None) => format!("Sustained: {} calls a second, the highest rate that was tried.", rate(sustained)),
        (None, Some(broke)) => format!("No rate was sustained: even {broke}."),
        (None, None) => "No rate was tried to its end.".to_owned(),
    }
}

fn rate(rate: f64) -> String {
    grouped(rate, if rate < 20.0 { 1 } else { 0 })
}

fn ms(lengths: &Lengths, of: impl Fn(&Lengths) -> f64) -> Cell {
    if lengths.count() == 0 {
        return Cell::plain("–");
    }
    let ms = of(lengths);
    Cell::plain(grouped(ms, if ms < 10.0 { 2 } else { usize::from(ms < 1_000.0) }))
}

fn limit(report: &LoadReport) -> Section {
    let Some((found, _)) = &report.search else { return Section::default() };
    let columns = [
        "calls a second",
        "came to",
        "calls",
        "refused",
        "failed",
        "answer P50",
        "P99",
        "rung P99",
        "late P99",
        "CPU",
        "watched",
    ];
    let mut table = Table::of(&columns);
    let mut steps: Vec<_> = found.steps.iter().collect();
    steps.sort_by(|(one, _, _), (other, _, _)| one.total_cmp(other));
    for (at, verdict, step) in steps {
        let figures = &step.performed.figures;
        let of = |latency: Latency, share: f64| ms(figures.latency(latency), |lengths| lengths.at_ms(share));
        let cpu =
            |share: Option<f64>| Cell::plain(share.map_or("–".to_owned(), |share| format!("{} %", grouped(share * 100.0, 0))));
        table.row([
            Cell::plain(rate(*at)),
            Cell::judged(verdict.told(), *verdict == Verdict::Sustained),
            Cell::plain(grouped(figures.due as f64, 0)),
            Cell::plain(grouped((figures.refused_in_all() + figures.dismissed) as f64, 0)),
            Cell::plain(grouped(figures.failed_in_all() as f64, 0)),
            of(Latency::Answer, 0.5),
            of(Latency::Answer, 0.99),
            of(Latency::Rung, 0.99),
            of(Latency::Lateness, 0.99),
            cpu(step.cpu.generator),
            cpu(step.cpu.watched),
        ]);
    }
    Section {
        title: "Search for the limit".to_owned(),
        tables: vec![table.called("Rates that were tried; times in ms")],
        definitions: vec![
            definition("CPU, watched", "processor time of the generator and of the watched process, of one core"),
            definition("Rung", "from the due moment to the agent's ringing: with a menu that includes the caller's own time"),
        ],
        figures: pictures::steps(found).into_iter().collect(),
    }
}

fn calls(report: &LoadReport) -> Section {
    let figures = report.figures();
    let mut table = Table::of(&["", "calls", "of those due"]);
    let mut row = |name: Cell, count: u64| {
        let share = format!("{} %", grouped(count as f64 / figures.due.max(1) as f64 * 100.0, 2));
        table.row([name, Cell::plain(grouped(count as f64, 0)), Cell::plain(share)]);
    };
    row(Cell::plain("due"), figures.due);
    row(Cell::within("calls of people who called again"), figures.redials);
    row(Cell::plain("an agent answered"), figures.answered);
    row(Cell::plain("served at once"), figures.served);
    row(Cell::plain("let go without an agent"), figures.dismissed);
    row(Cell::plain("refused"), figures.refused_in_all());
    figures.refused.iter().for_each(|(why, count)| row(Cell::within(why.to_string()), *count));
    row(Cell::plain("lost patience"), figures.abandoned);
    row(Cell::plain("on the line at the end"), figures.unfinished);
    row(if figures.failed.is_empty() { Cell::plain("failed") } else { Cell::judged("failed", false) }, figures.failed_in_all());
    Section {
        title: "Calls".to_owned(),
        tables: vec![table],
        definitions: vec![
            definition("Served at once", "the desk ended the call without an agent after a key that asks for instant service"),
            definition("On the line at the end", "sent home by us when the time was over: neither served nor failed"),
            definition("Calls at once", format!("{} at the most", grouped(figures.on_line.1 as f64, 0))),
        ],
        figures: pictures::over_time(figures),
    }
}

fn latencies(figures: &Figures) -> Section {
    let mut table = Table::of(&["", "calls", "P50", "P90", "P99", "P99.9", "max"]).called("From the due moment, ms");
    for latency in Latency::ALL {
        let lengths = figures.latency(latency);
        let shares = SHARES.map(|(_, share)| ms(lengths, |lengths| lengths.at_ms(share)));
        let name = [Cell::plain(latency.name()), Cell::plain(grouped(lengths.count() as f64, 0))];
        table.row(name.into_iter().chain(shares).chain([ms(lengths, Lengths::max_ms)]));
    }
    Section {
        title: "Latencies".to_owned(),
        tables: vec![table],
        definitions: vec![
            definition("From the key", "counts from the moment at which the key was due; its first packet, not its last"),
            definition("Generator late", "from the due moment to our call: our own part of every other latency"),
        ],
        figures: pictures::percentiles(figures).into_iter().collect(),
    }
}

fn wrong(figures: &Figures) -> Section {
    let mut table = Table::of(&["", "times"]);
    let mut all = |kinds: &BTreeMap<Cow<'static, str>, u64>| {
        kinds.iter().for_each(|(kind, count)| table.row([Cell::judged(kind.to_string(), false), Cell::plain(count.to_string())]));
    };
    all(&figures.failed);
    all(&figures.agents_failed);
    Section {
        title: "What went wrong".to_owned(),
        tables: [table].into_iter().filter(|table| !table.rows.is_empty()).collect(),
        ..Section::default()
    }
}

fn protocol(report: &LoadReport) -> Section {
    let mut table = Table::of(&["", "times"]);
    let figures = report.figures();
    let rings = [("ringings of agents", figures.rings), ("ringings for no call of ours", figures.strays)];
    for (name, count) in rings.iter().chain(&report.counts) {
        table.row([Cell::plain(*name), Cell::plain(grouped(*count as f64, 0))]);
    }
    Section { title: "Behind it".to_owned(), tables: vec![table], ..Section::default() }
}

fn definition(word: &str, meaning: impl Into<String>) -> (String, String) {
    (word.to_owned(), meaning.into())
}
