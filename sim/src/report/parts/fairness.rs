//! Who was served before whom, and by which rule.

use super::definition;
use crate::charts::{Bar, Bars, Words};
use crate::report::Report;
use crate::report::document::{Cell, Figure, Section, Table};
use crate::report::numbers::{Unit, told};

pub(in crate::report) fn fairness(report: &Report) -> Section {
    let mut table = Table::of(&["", "skips", "unexplained", "max wait / target", "evenness"]);
    let unexplained = report.value(&["fairness"], &["unexplained_skips"]).unwrap_or(0.0);
    table.row([
        Cell::plain("all"),
        report.cell(&["fairness"], &["skips"], Unit::Count),
        Cell::judged(report.told(&["fairness"], &["unexplained_skips"], Unit::Count), unexplained == 0.0),
        report.cell(&["fairness"], &["max_wait_over_target"], Unit::Ratio),
        report.cell(&["fairness"], &["jain_wait_over_target"], Unit::Ratio),
    ]);
    Section {
        title: "Fairness".to_owned(),
        tables: vec![table, by_rule(report), pairs(report)],
        definitions: vec![
            definition("Skip", "a caller is served who came later, by an agent who might have taken the other: the other slips"),
            definition("Unexplained", "no configured rule gave precedence: a defect"),
            definition("Evenness", "Jain's index over the classes, 1 if all wait the same share of their targets on the mean"),
        ],
        figures: figure(report).into_iter().collect(),
    }
}

fn by_rule(report: &Report) -> Table {
    let mut table = Table::of(&["rule", "skips"]).called("Skips by the rule that explains them");
    for (rule, estimate) in report.estimates.under(&["fairness", "by_rule"]) {
        table.row([Cell::plain(rule.concat()), Cell::plain(told(estimate, Unit::Count))]);
    }
    table
}

fn pairs(report: &Report) -> Table {
    let mut table = Table::of(&["served first → passed over", "skips"]).called("Skips by class");
    for (pair, estimate) in report.estimates.under(&["fairness", "pairs"]) {
        table.row([Cell::plain(pair.concat().replace('→', " → ")), Cell::plain(told(estimate, Unit::Count))]);
    }
    table
}

fn figure(report: &Report) -> Option<Figure> {
    let caption = "Overtakes by rule".to_owned();
    let rules = report.estimates.under(&["fairness", "by_rule"]).map(|(rule, estimate)| (rule.concat(), estimate));
    let unexplained =
        report.estimates.at(&["fairness", "unexplained_skips"]).map(|estimate| ("unexplained".to_owned(), estimate));
    let bars: Vec<Bar> = rules
        .chain(unexplained)
        .map(|(name, estimate)| Bar { name, value: estimate.value, interval: estimate.ci95, told: told(estimate, Unit::Count) })
        .collect();
    let most = bars.iter().max_by(|a, b| a.value.total_cmp(&b.value))?;
    let description = format!("In a replication, most callers were overtaken by the rule {}: {} times.", most.name, most.told);
    let words = Words { title: caption.clone(), description };
    Some(Figure { caption, svg: Bars { words, bars, reference: None }.to_svg(), table: Table::default() })
}
