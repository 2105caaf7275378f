//! What verification came to, in each form.

use super::output::Shown;
use crate::figures::Estimate;
use crate::report::{Cell, Document, Look, Section, Table, Unit, told};
use crate::scenario::Scenario;
use crate::verify::{Check, Verdict};
use serde_json::{Value, json};
use std::io::{self, StdoutLock};

/// What verification came to.
pub(super) struct Verified<'a> {
    pub(super) scenario: &'a Scenario,
    /// Replications that are complete.
    pub(super) replications: usize,
    pub(super) checks: Vec<Check>,
}

impl Verified<'_> {
    /// Why it is not as it should be, a sentence for each check that was missed.
    pub(super) fn reasons(&self) -> Vec<String> {
        self.missed().map(reason).collect()
    }

    fn missed(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.verdict.is_miss())
    }

    fn document(&self) -> Document {
        let facts = [("replications", self.replications.to_string()), ("from seed", self.scenario.seed.to_string())];
        let mut table = Table::of(&["", "figure", "limit", ""]);
        for check in &self.checks {
            let seen = check.seen.as_ref().map_or("none".to_owned(), figure);
            let verdict = Cell::judged(word(check.verdict), !check.verdict.is_miss());
            table.row([Cell::plain(&check.what), Cell::plain(seen), Cell::plain(check.limits.to_string()), verdict]);
        }
        let narrowly = "the interval reaches across the limit, or there is none: more replications may tell";
        Document {
            title: format!("{}: verified", self.scenario.name),
            facts: facts.map(|(name, value)| (name.to_owned(), value)).into(),
            remarks: self.remarks(),
            sections: vec![Section {
                title: "Checks".to_owned(),
                tables: vec![table],
                definitions: vec![("Narrowly".to_owned(), narrowly.to_owned())],
                figures: Vec::new(),
            }],
        }
    }

    fn remarks(&self) -> Vec<String> {
        let asked = self.scenario.replications as usize;
        let stopped =
            (self.replications < asked).then(|| format!("Stopped: {} of {asked} replications are complete.", self.replications));
        let one = (self.replications == 1).then(|| "One replication: no interval can be given.".to_owned());
        let missed = self.missed().count();
        let outcome = if missed == 0 {
            "Nothing was missed.".to_owned()
        } else {
            format!("{missed} of {} checks were missed.", self.checks.len())
        };
        stopped.into_iter().chain(one).chain([outcome]).collect()
    }
}

impl Shown for Verified<'_> {
    fn print(&self, out: &mut StdoutLock<'_>, look: Look) -> io::Result<()> {
        self.document().print(out, look)
    }

    fn json(&self) -> String {
        let run = json!({ "scenario": self.scenario.name, "seed": self.scenario.seed, "replications": self.replications });
        let checks: Vec<Value> = self.checks.iter().map(check_json).collect();
        format!("{:#}", json!({ "run": run, "kept": self.missed().count() == 0, "checks": checks }))
    }

    fn html(&self) -> String {
        self.document().to_html()
    }
}

fn check_json(check: &Check) -> Value {
    json!({
        "what": check.what,
        "figure": check.figure,
        "value": check.seen.map(|seen| seen.value),
        "ci95": check.seen.and_then(|seen| seen.ci95),
        "least": check.limits.low,
        "most": check.limits.high,
        "verdict": word(check.verdict),
        "kept": !check.verdict.is_miss(),
        "more": check.more,
    })
}

fn reason(check: &Check) -> String {
    let seen = check.seen.as_ref().map_or("unknown".to_owned(), figure);
    let clear = match check.verdict {
        Verdict::Missed => "the interval is clear of the limit",
        Verdict::MissedNarrowly => "the interval reaches across the limit, or there is none: more replications may tell",
        Verdict::Kept | Verdict::KeptNarrowly | Verdict::Unjudged => "",
    };
    let more = check.more.as_ref().map(|more| format!("; {more}")).unwrap_or_default();
    format!("{} is {seen}, wanted is {}; {clear}{more}", check.what, check.limits)
}

fn figure(seen: &Estimate) -> String {
    told(seen, Unit::Ratio)
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Kept => "kept",
        Verdict::KeptNarrowly => "kept, narrowly",
        Verdict::MissedNarrowly => "missed, narrowly",
        Verdict::Missed => "missed",
        Verdict::Unjudged => "not seen",
    }
}
