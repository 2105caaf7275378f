//! What a search found, for a person and for a program.

use super::output::Shown;
use crate::charts::Mark;
use crate::figures::{Estimate, Estimates};
use crate::goal::Goal;
use crate::report::{self, Cell, Document, Front, Look, Section, Table, Unit, told};
use crate::scenario::Scenario;
use crate::tune::{Candidate, Confirmed, End, Fate, Feasibility, Field, Plan, Point, Space, Tuned};
use serde_json::{Map, Value, json};
use std::io::{self, StdoutLock};
use std::time::Duration;

/// The error with which a candidate is said to keep its limits for certain.
const ERROR: f64 = 0.05;

/// What a search found.
pub(super) struct Finding<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) space: &'a Space,
    pub(super) goal: &'a Goal,
    pub(super) plan: Plan,
    pub(super) tuned: &'a Tuned,
    /// All figures of the best on its fresh days.
    pub(super) figures: &'a Estimates,
    pub(super) wall: Duration,
}

impl Finding<'_> {
    /// What it came to, in sentences.
    fn verdict(&self) -> Vec<String> {
        let Tuned { candidates, confirmed, .. } = self.tuned;
        vec![match self.tuned.best(self.goal) {
            Some(best) => self.surety(&best.as_candidate()).to_owned(),
            None if !confirmed.is_empty() => {
                format!("No candidate kept the limits on days that the search had not seen; {} tried to.", confirmed.len())
            }
            None if self.tuned.end == End::Interrupted => "Interrupted before anything was certain.".to_owned(),
            None if self.any_feasible() => {
                "No replications were left for the best to prove itself: take a greater --budget.".to_owned()
            }
            None => format!("Nothing is feasible: none of {} candidates keeps all limits.", candidates.len()),
        }]
    }

    fn surety(&self, best: &Candidate) -> &'static str {
        if self.goal.limits.is_empty() {
            return "There are no limits; the best is the one with the best objective.";
        }
        match best.feasibility(self.goal, ERROR) {
            Feasibility::Surely => "The best keeps all limits on fresh days, and the intervals are clear of them.",
            Feasibility::Likely | Feasibility::Unlikely | Feasibility::SurelyNot => {
                "The best keeps all limits on the mean of fresh days, but an interval reaches across one: more --reps may tell."
            }
        }
    }

    fn any_feasible(&self) -> bool {
        self.tuned
            .candidates
            .iter()
            .any(|one| !one.measured.is_empty() && one.tightest(self.goal).is_none_or(|slack| slack >= 0.0))
    }

    /// Figures of the limits of a candidate, each with what it must be.
    fn limits(&self, one: &Candidate) -> Vec<(String, String, Estimate)> {
        let mut seen: Vec<((usize, String), Vec<f64>)> = Vec::new();
        for slack in one.measured.iter().flat_map(|measured| &measured.slacks) {
            let key = (slack.limit, slack.figure.to_string());
            match seen.iter_mut().find(|(known, _)| *known == key) {
                Some((_, values)) => values.push(slack.value),
                None => seen.push((key, vec![slack.value])),
            }
        }
        let limit = |place: usize| format!("{} {}", self.goal.limits[place].side, self.goal.limits[place].bound);
        seen.into_iter().map(|((place, figure), values)| (figure, limit(place), Estimate::of(&values))).collect()
    }

    fn end(&self) -> &'static str {
        match self.tuned.end {
            End::Exhausted => "nothing better was in reach",
            End::Budget => "the budget was used up",
            End::Interrupted => "it was interrupted",
        }
    }

    fn run_json(&self) -> Value {
        let impossible = self.tuned.candidates.iter().filter(|one| matches!(one.fate, Fate::Impossible(_))).count();
        json!({
            "scenario": self.scenario.name,
            "seed": self.scenario.seed,
            "budget": self.plan.budget,
            "replications_each": self.plan.each,
            "candidates": self.tuned.candidates.len(),
            "impossible": impossible,
            "replications": self.tuned.spent,
            "replications_saved": self.tuned.saved(self.plan.each),
            "ended": self.end(),
            "wall_s": self.wall.as_secs_f64(),
        })
    }

    fn set_json(&self, one: &Candidate) -> Value {
        let pairs = self.space.assignments(&one.point).into_iter();
        Value::Object(pairs.map(|(key, value)| (key, Value::String(value))).collect::<Map<_, _>>())
    }

    fn candidate_json(&self, one: &Candidate, objective: Option<Estimate>) -> Value {
        let limits = self
            .limits(one)
            .into_iter()
            .map(|(figure, limit, seen)| json!({ "figure": figure, "limit": limit, "value": seen.value, "ci95": seen.ci95 }));
        let tried = !one.measured.is_empty();
        json!({
            "set": self.set_json(one),
            "replications": one.measured.len(),
            "objective": objective.as_ref().map(estimate_json),
            "tightest_slack": one.tightest(self.goal),
            "limits": limits.collect::<Vec<_>>(),
            "keeps_limits": tried.then(|| word(one.feasibility(self.goal, ERROR))),
            "fate": fate(&one.fate),
            "why": if let Fate::Impossible(why) = &one.fate { Some(why) } else { None },
        })
    }

    fn fresh_json(&self, one: &Confirmed) -> Value {
        let one = one.as_candidate();
        self.candidate_json(&one, Some(Estimate::of(&one.objectives())))
    }

    fn best_json(&self) -> Option<Value> {
        let mut value = self.fresh_json(self.tuned.best(self.goal)?);
        let fields = value.as_object_mut()?;
        fields.remove("fate");
        fields.remove("why");
        fields.insert(
            "figures".to_owned(),
            self.figures.0.iter().map(|(path, seen)| (path.to_string(), estimate_json(seen))).collect(),
        );
        fields.insert("first_seed".to_owned(), json!(self.scenario.seed.wrapping_add(u64::from(self.plan.each))));
        Some(value)
    }

    fn document(&self) -> Document {
        let mut document = self.front().document();
        document.sections.splice(0..0, self.best_section());
        document
    }

    fn best_section(&self) -> Option<Section> {
        let best = self.tuned.best(self.goal)?.as_candidate();
        let mut table = Table::of(&["figure", "on fresh days", "wanted"]);
        let objective = figure(&Estimate::of(&best.objectives()));
        table.row([self.goal.objective.to_string(), objective, self.goal.sense.to_string()].map(Cell::plain));
        for (name, limit, seen) in self.limits(&best) {
            table.row([name, figure(&seen), limit].map(Cell::plain));
        }
        let (days, first) = (self.plan.each, self.scenario.seed.wrapping_add(u64::from(self.plan.each)));
        let fresh = format!("{days} replications from seed {first}, which the search had not seen");
        Some(Section {
            title: format!("The best: {}", self.space.shown(&best.point)),
            tables: vec![table],
            definitions: vec![("Fresh days".to_owned(), fresh)],
            figures: Vec::new(),
        })
    }

    fn front(&self) -> Front {
        let run = [
            ("candidates", self.tuned.candidates.len().to_string()),
            ("replications", self.tuned.spent.to_string()),
            ("saved by races", self.tuned.saved(self.plan.each).to_string()),
            ("ended because", self.end().to_owned()),
        ];
        let on_front: Vec<&Point> = self.tuned.front(self.goal).into_iter().map(|one| &one.point).collect();
        let best = self.tuned.best(self.goal).map(|best| &best.point);
        let field = Field::of(&self.tuned.candidates, self.goal);
        let shown = |one: &Candidate| {
            Some(report::Candidate {
                settings: self.space.assignments(&one.point),
                objective: field.objective(one)?,
                slack: one.tightest_slacks(self.goal).map(|slacks| Estimate::of(&slacks)),
                mark: match () {
                    () if best == Some(&one.point) => Mark::Best,
                    () if on_front.contains(&&one.point) => Mark::Front,
                    () => Mark::Beaten,
                },
            })
        };
        let mut candidates: Vec<report::Candidate> = self.tuned.candidates.iter().filter_map(shown).collect();
        candidates.sort_by(|one, other| self.goal.sense.worse_by(one.objective.value, other.objective.value).total_cmp(&0.0));
        Front {
            scenario: self.scenario.name.clone(),
            goal: self.goal.to_string(),
            facts: run.map(|(name, value)| (name.to_owned(), value)).into(),
            remarks: self.verdict(),
            objective: self.goal.objective.to_string(),
            slack: "left to the tightest limit, as a share of it".to_owned(),
            candidates,
        }
    }
}

impl Shown for Finding<'_> {
    fn print(&self, out: &mut StdoutLock<'_>, look: Look) -> io::Result<()> {
        self.document().print(out, look)
    }

    fn json(&self) -> String {
        let field = Field::of(&self.tuned.candidates, self.goal);
        let raced = |one: &Candidate| self.candidate_json(one, field.objective(one));
        let all = self.tuned.candidates.iter().map(raced).collect::<Vec<_>>();
        let front = self.tuned.front(self.goal).into_iter().map(raced).collect::<Vec<_>>();
        let failed = self.tuned.confirmed.iter().filter(|one| !one.keeps_limits(self.goal));
        let failed = failed.map(|one| self.fresh_json(one)).collect::<Vec<_>>();
        let vary: Vec<String> = self.space.0.iter().map(ToString::to_string).collect();
        let told = json!({
            "run": self.run_json(),
            "goal": self.goal.to_string(),
            "vary": vary,
            "feasible": self.tuned.best(self.goal).is_some(),
            "best": self.best_json(),
            "failed_on_fresh_days": failed,
            "front": front,
            "candidates": all,
        });
        format!("{told:#}")
    }

    fn html(&self) -> String {
        self.document().to_html()
    }
}

fn figure(seen: &Estimate) -> String {
    told(seen, Unit::Ratio)
}

fn estimate_json(estimate: &Estimate) -> Value {
    json!({ "value": estimate.value, "ci95": estimate.ci95 })
}

fn word(feasibility: Feasibility) -> &'static str {
    match feasibility {
        Feasibility::Surely => "kept",
        Feasibility::Likely => "kept, narrowly",
        Feasibility::Unlikely => "missed, narrowly",
        Feasibility::SurelyNot => "missed",
    }
}

fn fate(fate: &Fate) -> &'static str {
    match fate {
        Fate::Racing => "raced to the end",
        Fate::Worse => "dropped: worse",
        Fate::Infeasible => "dropped: breaks a limit",
        Fate::Impossible(_) => "impossible",
    }
}
