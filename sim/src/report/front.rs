//! What a search over settings came to: the front of the trade-off.

use super::document::{Cell, Document, Figure, Look, Section, Table};
use super::json::{self, Tree};
use super::numbers::{Unit, told};
use crate::charts::{Axis, Mark, Point, Scatter, Words};
use crate::figures::Estimate;
use serde_json::{Value, json};
use std::io::{self, Write};

/// What a search over settings came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Front {
    /// What was simulated.
    pub scenario: String,
    /// What was searched for.
    pub goal: String,
    /// How it was searched: names and values.
    pub facts: Vec<(String, String)>,
    /// What must be known to read it, such as that nothing keeps all limits.
    pub remarks: Vec<String>,
    /// What the objective is called.
    pub objective: String,
    /// What the slack is called: what is left to the tightest limit; negative if it is not kept.
    pub slack: String,
    /// What was tried, in the order in which it is to be told.
    pub candidates: Vec<Candidate>,
}

/// Settings that were tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// What was set: key and value.
    pub settings: Vec<(String, String)>,
    /// What it costs.
    pub objective: Estimate,
    /// What is left to the tightest limit; none if there is no limit.
    pub slack: Option<Estimate>,
    /// Where it stands.
    pub mark: Mark,
}

impl Front {
    /// As JSON, in the order of the candidates.
    pub fn to_json(&self) -> String {
        let mut tree = Tree::empty();
        tree.put(&["scenario"], Tree::Leaf(json!(self.scenario)));
        tree.put(&["goal"], Tree::Leaf(json!(self.goal)));
        for (name, value) in &self.facts {
            tree.put(&["search", name], Tree::Leaf(json!(value)));
        }
        tree.put(&["remarks"], Tree::Leaf(json!(self.remarks)));
        let candidates: Vec<Tree> = self.candidates.iter().map(Candidate::tree).collect();
        tree.put(&["candidates"], Tree::List(candidates));
        tree.text()
    }

    /// As a table: the best, and what else is on the front.
    ///
    /// # Errors
    /// Whatever `out` says.
    pub fn print(&self, out: &mut impl Write, look: Look) -> io::Result<()> {
        self.document().print(out, look)
    }

    /// As a page that needs nothing else.
    pub fn to_html(&self) -> String {
        self.document().to_html()
    }

    /// What there is to tell, for whoever adds to it.
    pub fn document(&self) -> Document {
        let section = Section {
            title: "The front".to_owned(),
            tables: vec![self.table(|candidate| candidate.mark != Mark::Beaten)],
            definitions: vec![
                ("Front".to_owned(), "whatever nothing tried beats in both".to_owned()),
                (self.slack.clone(), "negative where a limit is missed".to_owned()),
            ],
            figures: vec![self.figure()],
        };
        let facts = [("goal".to_owned(), self.goal.clone())].into_iter().chain(self.facts.iter().cloned()).collect();
        Document { title: format!("{}: tuned", self.scenario), facts, remarks: self.remarks.clone(), sections: vec![section] }
    }

    fn table(&self, shown: impl Fn(&Candidate) -> bool) -> Table {
        let keys = self.candidates.first().map(|one| one.settings.iter().map(|(key, _)| key.as_str())).into_iter().flatten();
        let columns: Vec<&str> = [""].into_iter().chain(keys).chain([self.objective.as_str(), self.slack.as_str()]).collect();
        let mut table = Table::of(&columns);
        for candidate in self.candidates.iter().filter(|one| shown(one)) {
            let name = match candidate.mark {
                Mark::Best => "best",
                Mark::Front => "front",
                Mark::Beaten => "beaten",
            };
            let slack = candidate.slack.map(|slack| Cell::judged(told(&slack, Unit::Ratio), slack.value >= 0.0));
            let values = candidate.settings.iter().map(|(_, value)| Cell::plain(value));
            let objective = Cell::plain(told(&candidate.objective, Unit::Ratio));
            table.row([Cell::plain(name)].into_iter().chain(values).chain([objective, slack.unwrap_or_default()]));
        }
        table
    }

    fn figure(&self) -> Figure {
        let caption = format!("{} against {}", self.slack, self.objective);
        let point = |candidate: &Candidate| Point {
            x: candidate.objective.value,
            y: candidate.slack.map_or(0.0, |slack| slack.value),
            x_ci95: candidate.objective.ci95,
            y_ci95: candidate.slack.and_then(|slack| slack.ci95),
            mark: candidate.mark,
            name: String::new(),
        };
        let on_front = self.candidates.iter().filter(|one| one.mark != Mark::Beaten).count();
        let scatter = Scatter {
            words: Words {
                title: caption.clone(),
                description: format!(
                    "{} settings were tried; {on_front} of them are beaten by none in both.",
                    self.candidates.len()
                ),
            },
            x: (Axis::Number(String::new()), self.objective.clone()),
            y: (Axis::Number(String::new()), self.slack.clone()),
            points: self.candidates.iter().map(point).collect(),
            limit: Some(("limit".to_owned(), 0.0)),
        };
        Figure { caption, svg: scatter.to_svg(), table: self.table(|_| true) }
    }
}

impl Candidate {
    fn tree(&self) -> Tree {
        let mut tree = Tree::empty();
        for (key, value) in &self.settings {
            tree.put(&["set", key], Tree::Leaf(json!(value)));
        }
        tree.put(&["objective"], json::of_estimate(&self.objective));
        tree.put(&["slack"], self.slack.as_ref().map_or(Tree::Leaf(Value::Null), json::of_estimate));
        let mark = match self.mark {
            Mark::Best => "best",
            Mark::Front => "front",
            Mark::Beaten => "beaten",
        };
        tree.put(&["mark"], Tree::Leaf(json!(mark)));
        tree
    }
}
