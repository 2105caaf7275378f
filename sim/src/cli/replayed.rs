//! What a replay came to, in each form.

use super::output::Shown;
use crate::figures::{Estimate, Path};
use crate::replay::{Compared, Exact, Hindcast, Predicted, Prediction, Stage, Tolerance, Unit};
use crate::report::{self, Cell, Document, Look, Section, Table, told};
use serde_json::{Map, Value, json};
use std::io::{self, StdoutLock};

/// The exact inputs run through the core again.
pub(super) struct Again<'a>(pub(super) &'a Exact);

/// What a replay came to.
pub(super) struct Replayed<'a> {
    pub(super) exact: &'a Exact,
    pub(super) stage: &'a Stage,
    pub(super) hindcast: Hindcast,
    pub(super) tolerance: Tolerance,
    /// The figures in which the hindcast is off.
    pub(super) off: Vec<Compared>,
    /// Replications that were asked for.
    pub(super) asked: usize,
    /// What was set.
    pub(super) sets: &'a [String],
    pub(super) prediction: Option<Prediction>,
}

impl Replayed<'_> {
    /// Why the hindcast is off, and what that means.
    pub(super) fn reasons(&self) -> Vec<String> {
        let mut reasons: Vec<String> = self.off.iter().map(|compared| self.reason(compared)).collect();
        if !reasons.is_empty() && !self.sets.is_empty() && self.prediction.is_none() {
            reasons.push(
                "nothing is predicted from a day that the simulation does not reproduce; --anyway predicts all the same"
                    .to_owned(),
            );
        }
        reasons
    }

    fn reason(&self, compared: &Compared) -> String {
        let Compared { path, unit, real, simulated, .. } = compared;
        let (real, simulated) = (alone(*real, *unit), alone(simulated.value, *unit));
        format!(
            "the hindcast is off in {path}: {simulated} simulated, {real} in truth; that is beyond chance and beyond {}",
            self.tolerance
        )
    }

    fn document(&self) -> Document {
        let prediction = self.prediction.as_ref().map(|prediction| section_of_prediction(prediction, self.sets));
        Document {
            title: format!("{}: replayed", self.stage.day().settings.name),
            facts: facts(self.exact).into_iter().chain(facts_of_day(self.stage)).collect(),
            remarks: self.remarks(),
            sections: [section_of_hindcast(&self.hindcast, &self.off)].into_iter().chain(prediction).collect(),
        }
    }

    fn remarks(&self) -> Vec<String> {
        let complete = self.hindcast.replications;
        let stopped =
            (complete < self.asked).then(|| format!("Stopped: {complete} of {} replications are complete.", self.asked));
        let holds = match self.off.len() {
            0 => "The hindcast holds: with unchanged settings the simulated day is the real one, as far as chance allows."
                .to_owned(),
            off => format!("The hindcast is off in {off} figures: the simulated day is not the real one."),
        };
        stopped.into_iter().chain([holds]).chain(self.reservations()).collect()
    }

    /// What the simulated day leaves out.
    fn reservations(&self) -> Vec<String> {
        let happened = self.stage.day().happened;
        let told = |count: u64, what: &str| (count > 0).then(|| format!("{count} {what}"));
        [
            told(happened.unfinished, "calls were not over when the journal ended: who was still in line is left out."),
            told(
                happened.given_back,
                "calls were given back to a line by their agents: each stand counts as a caller of its own.",
            ),
            told(happened.restarts, "restarts of the engine: callers are cut off when they were, whatever is set."),
            told(happened.before, "calls came before the settings were last replaced: the day begins after them."),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

fn facts(exact: &Exact) -> Vec<(String, String)> {
    let torn = exact.torn_tail.map(|cut| ("torn tail", cut.to_string()));
    let removed = exact.goes_on_at.map(|first| ("begins with entry", format!("{first}; what came before was removed")));
    let facts = [
        ("inputs", exact.inputs.to_string()),
        ("decisions", exact.decisions.to_string()),
        ("effects", exact.effects.to_string()),
        ("refusals", exact.refusals.to_string()),
        ("records", exact.records.to_string()),
        ("live calls", exact.calls_live.to_string()),
        ("digest", format!("{:016x}", exact.desk_digest)),
        ("decisions' digest", format!("{:016x}", exact.decisions_digest)),
    ];
    removed.into_iter().chain(facts).chain(torn).map(|(name, value)| (name.to_owned(), value)).collect()
}

fn facts_of_day(stage: &Stage) -> Vec<(String, String)> {
    let day = stage.day();
    let hours = day.ends.since(day.begins).0 as f64 / 3.6e9;
    let present = day.agents.iter().filter(|agent| !agent.present.is_empty()).count();
    let facts = [
        ("from", format!("{} UTC, for {hours:.1} h", stage.begins())),
        ("calls", format!("{}, of which {} never joined a queue", day.happened.calls, day.happened.beside_queues)),
        ("agents", format!("{present} on duty at some time")),
        ("changes", format!("{} of thresholds", day.changes.len())),
    ];
    facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn section_of_hindcast(hindcast: &Hindcast, off: &[Compared]) -> Section {
    let mut table = Table::of(&["", "real", "simulated", "error", "a day", ""]);
    for compared in &hindcast.figures {
        let Compared { path, unit, real, simulated, day99 } = compared;
        let is_off = off.iter().any(|other| other.path == *path);
        let verdict = match (is_off, compared.within()) {
            (true, _) => "off",
            (false, true) => "within",
            (false, false) => "outside, but by little",
        };
        let cells =
            [alone(*real, *unit), told(simulated, reported(*unit)), signed(compared.error(), *unit), between(*day99, *unit)];
        let cells = [name(path)].into_iter().chain(cells.into_iter().map(Cell::plain));
        table.row(cells.chain([Cell::judged(verdict, !is_off)]));
    }
    let definitions = [
        (
            "Simulated",
            "The mean over the replications, with its 95 % interval. Service level, wait and abandonment are those of `cabrank-sim run`; waits in seconds.",
        ),
        (
            "A day",
            "Where one real day lies if the simulation is right: a prediction interval at 99 % for all these figures together.",
        ),
    ];
    Section {
        title: format!("Hindcast: unchanged settings, {} replications", hindcast.replications),
        tables: vec![table],
        definitions: definitions.map(|(word, meaning)| (word.to_owned(), meaning.to_owned())).into(),
        figures: Vec::new(),
    }
}

fn section_of_prediction(prediction: &Prediction, sets: &[String]) -> Section {
    let mut table = Table::of(&["", "unchanged", "changed", "difference", "on a day", "hindcast's error"]);
    for predicted in &prediction.figures {
        let Predicted { path, unit, difference, day95, hindcast_error } = predicted;
        let clear = if difference.is_clear() { " ●" } else { "" };
        let sign = if difference.difference.value > 0.0 { "+" } else { "" };
        let cells = [
            told(&difference.a, reported(*unit)),
            told(&difference.b, reported(*unit)),
            format!("{sign}{}{clear}", told(&difference.difference, reported(*unit))),
            between(*day95, *unit),
            signed(*hindcast_error, *unit),
        ];
        table.row([name(path)].into_iter().chain(cells.into_iter().map(Cell::plain)));
    }
    let definitions = [
        ("Difference", "Changed less unchanged, seed by seed, with the 95 % interval of its mean; ● where that excludes zero."),
        ("On a day", "Where the difference on this one day lies, at 95 %."),
        ("Hindcast's error", "Simulated less real with unchanged settings: a difference that is smaller is worth little."),
    ];
    Section {
        title: format!("Prediction: {}", sets.join("; ")),
        tables: vec![table],
        definitions: definitions.map(|(word, meaning)| (word.to_owned(), meaning.to_owned())).into(),
        figures: Vec::new(),
    }
}

/// A queue's figures bear its name, those of its classes stand below.
fn name(path: &Path) -> Cell {
    let below = path.after(&["queues"]).unwrap_or(&path.0);
    match below {
        [queue, classes, class, rest @ ..] if classes == "classes" => Cell::within(format!("{queue}/{class} {}", words(rest))),
        [queue, rest @ ..] => Cell::plain(format!("{queue} {}", words(rest))),
        [] => Cell::plain(path.to_string()),
    }
}

fn words(path: &[String]) -> String {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match *path {
        ["offered"] => "calls".to_owned(),
        ["wait_s", "mean"] => "mean wait, s".to_owned(),
        ["service_level"] => "service level".to_owned(),
        _ => path.join(" "),
    }
}

fn reported(unit: Unit) -> report::Unit {
    match unit {
        Unit::Calls => report::Unit::Count,
        Unit::Seconds => report::Unit::Seconds,
        Unit::Share => report::Unit::Share,
    }
}

fn alone(value: f64, unit: Unit) -> String {
    told(&Estimate { value, ci95: None, replications: 1 }, reported(unit))
}

fn signed(value: f64, unit: Unit) -> String {
    format!("{}{}", if value > 0.0 { "+" } else { "" }, alone(value, unit))
}

fn between(interval: Option<(f64, f64)>, unit: Unit) -> String {
    interval.map_or_else(String::new, |(low, high)| format!("{} to {}", alone(low, unit), alone(high, unit)))
}

impl Shown for Again<'_> {
    fn print(&self, out: &mut StdoutLock<'_>, look: Look) -> io::Result<()> {
        self.document().print(out, look)
    }

    fn json(&self) -> String {
        format!("{:#}", json!({ "exact": exact_json(self.0) }))
    }

    fn html(&self) -> String {
        self.document().to_html()
    }
}

impl Again<'_> {
    fn document(&self) -> Document {
        let title = format!("{}: the same inputs again", self.0.beginning.settings.name);
        Document { title, facts: facts(self.0), ..Document::default() }
    }
}

impl Shown for Replayed<'_> {
    fn print(&self, out: &mut StdoutLock<'_>, look: Look) -> io::Result<()> {
        self.document().print(out, look)
    }

    fn json(&self) -> String {
        let hindcast = json!({
            "replications": self.hindcast.replications,
            "tolerance": self.tolerance.share(),
            "holds": self.off.is_empty(),
            "off": self.off.iter().map(|compared| compared.path.to_string()).collect::<Vec<_>>(),
            "figures": by_path(self.hindcast.figures.iter().map(|compared| (&compared.path, compared_json(compared)))),
        });
        let prediction = self.prediction.as_ref().map(|prediction| {
            let figures = prediction.figures.iter().map(|predicted| (&predicted.path, predicted_json(predicted)));
            json!({ "set": self.sets, "figures": by_path(figures) })
        });
        let day = day_json(self.stage);
        format!("{:#}", json!({ "exact": exact_json(self.exact), "day": day, "hindcast": hindcast, "prediction": prediction }))
    }

    fn html(&self) -> String {
        self.document().to_html()
    }
}

fn by_path<'a>(figures: impl Iterator<Item = (&'a Path, Value)>) -> Value {
    Value::Object(figures.map(|(path, value)| (path.to_string(), value)).collect::<Map<_, _>>())
}

fn exact_json(exact: &Exact) -> Value {
    json!({
        "goes_on_at": exact.goes_on_at.map(|first| first.0),
        "inputs": exact.inputs,
        "decisions": exact.decisions,
        "effects": exact.effects,
        "refusals": exact.refusals,
        "records": exact.records,
        "calls_live": exact.calls_live,
        "desk_digest": format!("{:016x}", exact.desk_digest),
        "decisions_digest": format!("{:016x}", exact.decisions_digest),
        "torn_tail": exact.torn_tail.map(|cut| cut.to_string()),
    })
}

fn day_json(stage: &Stage) -> Value {
    let (day, happened) = (stage.day(), stage.day().happened);
    json!({
        "begins": stage.begins().to_string(),
        "duration_s": day.ends.since(day.begins).0 as f64 / 1e6,
        "calls": happened.calls,
        "beside_queues": happened.beside_queues,
        "unfinished": happened.unfinished,
        "given_back": happened.given_back,
        "restarts": happened.restarts,
        "before": happened.before,
        "changes": day.changes.len(),
        "agents": speeds(stage),
    })
}

fn speeds(stage: &Stage) -> Value {
    let agents = stage.day().settings.agents.iter().zip(stage.speeds());
    Value::Object(agents.map(|(agent, speed)| (agent.name.to_string(), json!({ "speed": speed }))).collect::<Map<_, _>>())
}

fn compared_json(compared: &Compared) -> Value {
    json!({
        "real": compared.real,
        "simulated": estimate_json(&compared.simulated),
        "error": compared.error(),
        "day99": compared.day99,
        "within": compared.within(),
    })
}

fn predicted_json(predicted: &Predicted) -> Value {
    json!({
        "unchanged": estimate_json(&predicted.difference.a),
        "changed": estimate_json(&predicted.difference.b),
        "difference": estimate_json(&predicted.difference.difference),
        "clear": predicted.difference.is_clear(),
        "day95": predicted.day95,
        "hindcast_error": predicted.hindcast_error,
    })
}

fn estimate_json(estimate: &Estimate) -> Value {
    json!({ "value": estimate.value, "ci95": estimate.ci95 })
}
