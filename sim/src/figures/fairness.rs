//! Who was served before whom, and by which rule.

use super::named;
use super::queues::mean_s;
use super::sheet::Sheet;
use crate::scenario::Scenario;
use crate::simulate::Tally;
use crate::statistics::jain;
use cabrank_core::{ClassId, QueueId};
use std::collections::BTreeMap;

/// The rules that may explain a skip.
pub const RULES: [&str; 5] = ["order", "preferred-agent", "reserve", "just-missed", "callback"];

type Class = (QueueId, ClassId);

pub(super) fn write(sheet: &mut Sheet<'_>, tally: &Tally, scenario: &Scenario) {
    let explained: u64 = tally.fairness.skips.values().sum();
    let all = explained + tally.fairness.unexplained;
    sheet.count("skips", all);
    // Whoever skips is skipped past: over all calls there are as many slips.
    sheet.count("slips", all);
    sheet.count("unexplained_skips", tally.fairness.unexplained);
    sheet.put("max_wait_over_target", max_over_target(tally));
    sheet.put("jain_wait_over_target", jain_wait_over_target(tally, scenario));
    write_rules(&mut sheet.under("by_rule"), tally);
    write_pairs(&mut sheet.under("pairs"), tally, scenario);
}

fn max_over_target(tally: &Tally) -> Option<f64> {
    let classes = tally.queues.iter().flat_map(|queue| &queue.classes);
    classes.filter(|class| class.offered > 0).map(|class| class.max_over_target).max_by(f64::total_cmp)
}

fn jain_wait_over_target(tally: &Tally, scenario: &Scenario) -> Option<f64> {
    let queues = tally.queues.iter().zip(&scenario.settings.queues);
    let classes = queues.flat_map(|(queue, settings)| queue.classes.iter().zip(&settings.thresholds.classes));
    let shares = classes.filter(|(_, class)| class.target.0 > 0);
    let shares = shares.filter_map(|(tally, class)| Some(mean_s(&tally.waits)? * 1e6 / class.target.0 as f64));
    let shares: Vec<f64> = shares.collect();
    (!shares.is_empty()).then(|| jain(&shares))
}

/// Every rule is told, as it may have been at work in another replication.
fn write_rules(sheet: &mut Sheet<'_>, tally: &Tally) {
    let mut by_rule: BTreeMap<&str, u64> = BTreeMap::new();
    for (skipped, times) in &tally.fairness.skips {
        *by_rule.entry(skipped.rule).or_default() += times;
    }
    for rule in RULES {
        sheet.count(rule, by_rule.remove(rule).unwrap_or(0));
    }
    by_rule.into_iter().for_each(|(rule, times)| sheet.count(rule, times));
}

fn write_pairs(sheet: &mut Sheet<'_>, tally: &Tally, scenario: &Scenario) {
    let mut pairs: BTreeMap<(Class, Class), u64> = BTreeMap::new();
    for (skipped, times) in &tally.fairness.skips {
        *pairs.entry((skipped.by, skipped.of)).or_default() += times;
    }
    for ((by, of), times) in pairs {
        sheet.count(format!("{}→{}", class_name(scenario, by), class_name(scenario, of)), times);
    }
}

fn class_name(scenario: &Scenario, (queue, class): Class) -> String {
    let (queue_place, class_place) = (usize::from(queue.0), usize::from(class.0));
    let settings = scenario.settings.queues.get(queue_place);
    let class = settings.and_then(|queue| queue.thresholds.classes.get(class_place)).map_or("", |class| &class.name);
    let queue = settings.map_or("", |queue| &queue.name);
    format!("{}/{}", named(queue, queue_place), named(class, class_place))
}
