//! What came of scenarios, as a table in Markdown.

use super::{Effort, Judged};
use cabrank_core::{Denominator, ServiceLevel, Span};
use cabrank_sim::figures::Estimate;
use cabrank_sim::report::{Definitions, QueueDefinition, Unit, told};
use cabrank_sim::verify::Check;
use std::fmt::Write;

const COLUMNS: [&str; 9] = [
    "scenario",
    "queue / class",
    "target",
    "service level",
    "longest wait / target",
    "unexplained skips",
    "Jain of wait / target",
    "80 % quotes kept",
    "",
];

type Row = [String; COLUMNS.len()];

/// The table of these scenarios, and below it in words what was missed.
pub fn markdown(judged: &[Judged]) -> String {
    let mut text = String::new();
    line(&mut text, &COLUMNS.map(str::to_owned));
    line(&mut text, &COLUMNS.map(|_| "---".to_owned()));
    judged.iter().flat_map(rows).for_each(|row| line(&mut text, &row));
    let said: Vec<String> = judged.iter().flat_map(said).collect();
    if !said.is_empty() {
        let _ = write!(text, "\n{}\n", said.join("\n"));
    }
    text
}

/// What was looked at, for whoever reads the table.
pub fn caption(judged: &[Judged], effort: Effort) -> String {
    let steps: u64 = judged.iter().map(|judged| judged.steps).sum();
    format!(
        "{} replications of each scenario, means with 95 % intervals over them (Student's t); the oracle looked at {steps} steps. \
         Service level: calls answered within the time, of those that the row of the queue names. Quotes kept: callers who \
         hung up count by survival weighting, never as kept. Jain's index: over the mean of wait / target of each class.",
        effort.replications
    )
}

fn line(text: &mut String, cells: &Row) {
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}

/// A row of the scenario, one a queue, and one a class where there is more than one.
fn rows(judged: &Judged) -> Vec<Row> {
    let queues = Definitions::of(&judged.scenario).queues;
    let mut rows = vec![whole(judged)];
    for queue in &queues {
        rows.push(of_queue(judged, queue));
        if queue.classes.len() > 1 {
            rows.extend(queue.classes.iter().map(|(class, target)| of_class(judged, queue, class, *target)));
        }
    }
    rows
}

fn whole(judged: &Judged) -> Row {
    let Judged { scenario, .. } = judged;
    let verdict = if judged.broken().next().is_some() { "**BROKEN**" } else { "fair" };
    [
        scenario.name.clone(),
        format!("all, {} × {} h", scenario.replications, scenario.duration.as_secs() / 3_600),
        String::new(),
        String::new(),
        judged.told(&["fairness", "max_wait_over_target"], Unit::Ratio),
        judged.told(&["fairness", "unexplained_skips"], Unit::Count),
        judged.told(&["fairness", "jain_wait_over_target"], Unit::Ratio),
        judged.told(&["quotes", "coverage", "0.8"], Unit::Share),
        verdict.to_owned(),
    ]
}

fn of_queue(judged: &Judged, queue: &QueueDefinition) -> Row {
    let name = queue.name.as_str();
    let figure = ["queues", name, "service_level"];
    let check = judged.checks.iter().find(|check| check.figure == path(&figure));
    let quotes = match queue.classes.as_slice() {
        [(class, _)] => judged.quotes(name, class),
        [] | [_, _, ..] => String::new(),
    };
    [
        String::new(),
        name.to_owned(),
        aim(queue.service_level),
        format!("{} of {}", judged.told(&figure, Unit::Share), of_what(queue.service_level.of)),
        judged.told(&["queues", name, "max_wait_over_target"], Unit::Ratio),
        String::new(),
        String::new(),
        quotes,
        check.map_or("not seen", verdict).to_owned(),
    ]
}

fn of_class(judged: &Judged, queue: &QueueDefinition, class: &str, target: Span) -> Row {
    let figure = |figure| ["queues", queue.name.as_str(), "classes", class, figure];
    [
        String::new(),
        format!("{} / {class}", queue.name),
        seconds(target),
        judged.told(&figure("service_level"), Unit::Share),
        judged.told(&figure("max_wait_over_target"), Unit::Ratio),
        String::new(),
        String::new(),
        judged.quotes(&queue.name, class),
        String::new(),
    ]
}

impl Judged {
    fn quotes(&self, queue: &str, class: &str) -> String {
        self.told(&["quotes", "by_class", queue, class, "coverage", "0.8"], Unit::Share)
    }

    fn told(&self, path: &[&str], unit: Unit) -> String {
        self.seen.at(path).map_or("none".to_owned(), |estimate: &Estimate| told(estimate, unit))
    }
}

fn path(parts: &[&str]) -> String {
    cabrank_sim::figures::Path::of(parts).to_string()
}

fn verdict(check: &Check) -> &'static str {
    if check.verdict.is_miss() { "**MISSED**" } else { "pass" }
}

fn aim(level: ServiceLevel) -> String {
    format!("{} % in {}", f64::from(level.share.0) / 10.0, seconds(level.within))
}

fn seconds(span: Span) -> String {
    format!("{} s", span.0 as f64 / 1e6)
}

fn of_what(of: Denominator) -> &'static str {
    match of {
        Denominator::OfferedButShort => "(offered − abandoned short)",
        Denominator::Offered => "offered",
        Denominator::Answered => "answered",
        Denominator::AnsweredAndAbandonedLate => "(answered + abandoned late)",
    }
}

/// What was missed in a scenario, an item each.
fn said(judged: &Judged) -> Vec<String> {
    let of = |what: &'static str, check: &Check| {
        let seen = check.seen.as_ref().map_or("unknown".to_owned(), |seen| told(seen, Unit::Ratio));
        let more = check.more.as_ref().map(|more| format!("; {more}")).unwrap_or_default();
        format!("- {}: {what}: {} is {seen}, wanted is {}{more}", judged.scenario.name, check.what, check.limits)
    };
    let broken = judged.broken().map(|check| of("**a rule is broken**", check));
    broken.chain(judged.missed().map(|check| of("missed", check))).collect()
}
