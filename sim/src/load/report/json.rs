//! Loads as JSON.

use super::super::figures::{Bin, Figures, Latency, Lengths};
use super::{LoadReport, SHARES, Shares, Step, in_load_s};
use crate::load::bounds::Bounds;
use crate::load::limit::{Found, Verdict};
use crate::load::schedule::Phase;
use crate::report::Tree;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;

pub(super) fn of(report: &LoadReport) -> String {
    let mut tree = Tree::empty();
    let figures = report.figures();
    tree.put(&["run"], run(report));
    tree.put(&["calls"], calls(figures, in_load_s(&report.performed, lasting(report))));
    tree.put(&["agents"], agents(figures));
    tree.put(&["latencies_ms"], latencies(figures));
    tree.put(&["over_time"], over_time(figures));
    tree.put(&["protocol"], object(report.counts.iter().map(|(name, count)| ((*name).to_owned(), leaf(json!(count))))));
    if let Some((found, bounds)) = &report.search {
        tree.put(&["limit"], limit(found, bounds));
    }
    tree.text()
}

/// How long callers came, in this report's figures.
pub(super) fn lasting(report: &LoadReport) -> std::time::Duration {
    let phases = report.setting.phases.iter();
    if report.search.is_some() { phases.map(|phase| phase.lasting).max() } else { Some(phases.map(|phase| phase.lasting).sum()) }
        .unwrap_or_default()
}

fn object(members: impl IntoIterator<Item = (String, Tree)>) -> Tree {
    Tree::Object(members.into_iter().collect())
}

fn named<const N: usize>(members: [(&str, Value); N]) -> Tree {
    object(members.map(|(name, value)| (name.to_owned(), leaf(value))))
}

fn leaf(value: Value) -> Tree {
    Tree::Leaf(value)
}

fn run(report: &LoadReport) -> Tree {
    let setting = &report.setting;
    let phase = |phase: &Phase| json!({"rate": phase.rate, "for_s": phase.lasting.as_secs_f64()});
    named([
        ("target", json!(setting.target)),
        ("seed", json!(setting.seed)),
        ("phases", Value::Array(setting.phases.iter().map(phase).collect())),
        ("agents", json!(setting.agents)),
        ("lasted_s", json!(report.performed.lasted.as_secs_f64())),
        ("interrupted", json!(report.performed.interrupted)),
        ("generator_cpu", json!(report.cpu.generator)),
        ("watched_cpu", json!(report.cpu.watched)),
    ])
}

fn calls(figures: &Figures, in_load_s: f64) -> Tree {
    let Figures { due, redials, called, answered, served, dismissed, abandoned, unfinished, .. } = figures;
    let mut tree = named([
        ("due", json!(due)),
        ("redials", json!(redials)),
        ("called", json!(called)),
        ("called_per_s", json!(*called as f64 / in_load_s)),
        ("answered", json!(answered)),
        ("served", json!(served)),
        ("dismissed", json!(dismissed)),
        ("abandoned", json!(abandoned)),
        ("unfinished", json!(unfinished)),
        ("at_once_max", json!(figures.on_line.1)),
    ]);
    tree.put(&["refused"], by_kind(&figures.refused));
    tree.put(&["failed"], by_kind(&figures.failed));
    tree
}

fn by_kind(kinds: &BTreeMap<Cow<'static, str>, u64>) -> Tree {
    let by = kinds.iter().map(|(kind, count)| (kind.to_string(), leaf(json!(count))));
    let total: u64 = kinds.values().sum();
    object([("total".to_owned(), leaf(json!(total))), ("by".to_owned(), object(by))])
}

fn agents(figures: &Figures) -> Tree {
    let mut tree = named([("rings", json!(figures.rings)), ("strays", json!(figures.strays))]);
    tree.put(&["failed"], by_kind(&figures.agents_failed));
    tree
}

fn latencies(figures: &Figures) -> Tree {
    object(Latency::ALL.map(|latency| (latency.key().to_owned(), lengths(figures.latency(latency)))))
}

fn lengths(lengths: &Lengths) -> Tree {
    let some = lengths.count() > 0;
    let value = |ms: f64| if some { json!(ms) } else { Value::Null };
    let shares = SHARES.map(|(name, share)| (name, value(lengths.at_ms(share))));
    let [p50, p90, p99, p99_9] = shares;
    named([("count", json!(lengths.count())), p50, p90, p99, p99_9, ("max", value(lengths.max_ms()))])
}

fn over_time(figures: &Figures) -> Tree {
    let (length, bins) = figures.bins();
    let one = |(place, bin): (usize, &Bin)| {
        let Bin { called, answered, connected, refused, abandoned, failed, on_line_max } = bin;
        let at_s = place as f64 * length.as_secs_f64();
        named([
            ("at_s", json!(at_s)),
            ("called", json!(called)),
            ("answered", json!(answered)),
            ("connected", json!(connected)),
            ("refused", json!(refused)),
            ("abandoned", json!(abandoned)),
            ("failed", json!(failed)),
            ("at_once_max", json!(on_line_max)),
        ])
    };
    let bins = Tree::List(bins.iter().enumerate().map(one).collect());
    object([("bin_s".to_owned(), leaf(json!(length.as_secs_f64()))), ("bins".to_owned(), bins)])
}

fn limit(found: &Found<Step>, bounds: &Bounds) -> Tree {
    let broke = found.broke.map(|(rate, why)| json!({"rate": rate, "why": why.told()}));
    let mut tree = named([
        ("sustained_rate", json!(found.sustained)),
        ("broke", broke.unwrap_or(Value::Null)),
        ("generator_is_the_limit", json!(found.broke.is_some_and(|(_, why)| why == Verdict::GeneratorIsTheLimit))),
    ]);
    tree.put(
        &["bounds"],
        named([
            ("failed", json!(bounds.failed)),
            ("refused", json!(bounds.refused)),
            ("answer_p99_ms", json!(bounds.answer_p99.as_secs_f64() * 1e3)),
            ("agent_rung_p99_ms", json!(bounds.rung_p99.map(|most| most.as_secs_f64() * 1e3))),
            ("generator_late_p99_ms", json!(bounds.late_p99.as_secs_f64() * 1e3)),
        ]),
    );
    tree.put(&["steps"], Tree::List(found.steps.iter().map(step).collect()));
    tree
}

fn step((rate, verdict, step): &(f64, Verdict, Step)) -> Tree {
    let Shares { generator, watched } = step.cpu;
    let figures = &step.performed.figures;
    let mut tree = named([
        ("rate", json!(rate)),
        ("verdict", json!(verdict.told())),
        ("generator_cpu", json!(generator)),
        ("watched_cpu", json!(watched)),
    ]);
    tree.put(&["calls"], calls(figures, step.performed.lasted.as_secs_f64().max(1e-9)));
    tree.put(&["latencies_ms"], latencies(figures));
    tree
}
