//! What changes make of the same days.

use super::definitions::aim;
use super::document::{Cell, Document, Figure, Look, Section, Table};
use super::json::{self, Tree};
use super::numbers::{Unit, told, told_difference};
use super::{Band, Curves, Definitions, QueueCurves, Replication, Run};
use crate::charts::{Axis, LineChart, Reference, Series, Words};
use crate::figures::{Difference, Differences, Estimates, Figures};
use crate::scenario::Scenario;
use serde_json::json;
use std::io::{self, Write};
use std::time::Duration;

/// A base and what changes make of it, over the same seeds.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The base's run; calls and time are those of all variants together.
    pub run: Run,
    /// What the base is called.
    pub base: String,
    /// The base's curves.
    pub curves: Curves,
    /// The variants.
    pub variants: Vec<Variant>,
    /// What the figures mean, by the base's settings.
    pub definitions: Definitions,
}

/// A variant.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// What it is called: what was set.
    pub name: String,
    /// Its figures less those of the base.
    pub differences: Differences,
    /// Its curves.
    pub curves: Curves,
}

/// What is told of every queue and class, and of all.
const OF_CALLERS: [(&str, &[&str], Unit); 7] = [
    ("service level", &["service_level"], Unit::Share),
    ("mean wait, s", &["wait_s", "mean"], Unit::Seconds),
    ("P90 wait, s", &["wait_s", "p90"], Unit::Seconds),
    ("P99 wait, s", &["wait_s", "p99"], Unit::Seconds),
    ("ASA, s", &["asa_s"], Unit::Seconds),
    ("abandonment", &["abandonment"], Unit::Share),
    ("max wait / target", &["max_wait_over_target"], Unit::Ratio),
];
const OF_ALL: [(&str, &[&str], Unit); 7] = [
    ("occupancy", &["agents", "occupancy"], Unit::Share),
    ("agents' cost", &["agents", "cost"], Unit::Ratio),
    ("evenness of idle shares", &["agents", "idle_share", "jain"], Unit::Ratio),
    ("skips", &["fairness", "skips"], Unit::Count),
    ("evenness of wait / target", &["fairness", "jain_wait_over_target"], Unit::Ratio),
    ("quotes kept of 80 %", &["quotes", "coverage", "0.8"], Unit::Share),
    ("mean quote, s", &["quotes", "mean_quote_s"], Unit::Seconds),
];

impl Comparison {
    /// Of a base and its variants: what each is called, its scenario and its replications, by the same seeds in the same order.
    /// All together took so long.
    pub fn of(
        base: (&str, &Scenario, &[Replication]),
        variants: &[(&str, &Scenario, &[Replication])],
        wall: Duration,
    ) -> Comparison {
        let figures = |replications: &[Replication]| replications.iter().map(|one| one.figures.clone()).collect::<Vec<Figures>>();
        let (name, scenario, replications) = base;
        let of_base = figures(replications);
        let variant = |(name, scenario, replications): &(&str, &Scenario, &[Replication])| Variant {
            name: (*name).to_owned(),
            differences: Estimates::paired(&of_base, &figures(replications)),
            curves: Curves::of(scenario, replications),
        };
        let mut run = Run::of(scenario, replications, wall);
        run.calls += variants.iter().flat_map(|(_, _, replications)| *replications).map(|one| one.calls).sum::<u64>();
        Comparison {
            run,
            base: name.to_owned(),
            curves: Curves::of(scenario, replications),
            variants: variants.iter().map(variant).collect(),
            definitions: Definitions::of(scenario),
        }
    }

    /// As JSON: each variant's figures at their paths, as `{"base", "variant", "difference"}` of `{"value", "ci95"}`.
    pub fn to_json(&self) -> String {
        let mut tree = Tree::empty();
        tree.put(&["run"], json::of_run(&self.run));
        tree.put(&["base"], Tree::Leaf(json!(self.base)));
        let variants: Vec<(String, Tree)> = self.variants.iter().map(|one| (one.name.clone(), one.tree())).collect();
        tree.put(&["variants"], Tree::Object(variants));
        tree.text()
    }

    /// As tables.
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
        let mut remarks = self.run.remarks();
        remarks.push(format!(
            "Differences are of each variant less the base ({}), seed by seed; ● where their interval excludes zero.",
            self.base
        ));
        let mut sections: Vec<Section> = self.variants.iter().map(|one| self.section(one)).collect();
        sections.push(Section { title: "Over the day".to_owned(), figures: self.figures(), ..Section::default() });
        Document { title: format!("{}: compared", self.run.scenario), facts: self.run.facts(), remarks, sections }
    }

    fn section(&self, variant: &Variant) -> Section {
        let mut tables = Vec::new();
        for queue in &self.definitions.queues {
            let path = vec!["queues", queue.name.as_str()];
            tables.push(of_variant(variant, &queue.name, &path, &OF_CALLERS));
            for (class, _) in queue.classes.iter().filter(|_| queue.classes.len() > 1) {
                let path: Vec<&str> = path.iter().copied().chain(["classes", class.as_str()]).collect();
                tables.push(of_variant(variant, &format!("{}/{class}", queue.name), &path, &OF_CALLERS));
            }
        }
        tables.push(of_variant(variant, "Agents, fairness, quotes", &[], &OF_ALL));
        Section {
            title: format!("{} against {}", variant.name, self.base),
            tables,
            definitions: vec![("Service level".to_owned(), self.definitions.service_level())],
            figures: Vec::new(),
        }
    }

    fn figures(&self) -> Vec<Figure> {
        let queues = self.definitions.queues.iter().enumerate();
        queues
            .flat_map(|(n, queue)| {
                let level =
                    Reference::Level(format!("aim: {}", aim(queue.service_level)), f64::from(queue.service_level.share.0) / 1e3);
                let length = self.over_the_day("Callers in line", n, |curves| &curves.length, Axis::Number("callers".to_owned()));
                let mut service = self.over_the_day("Service level", n, |curves| &curves.service_level, Axis::Share);
                (service.y_span, service.reference) = (Some((0.0, 1.0)), Some(level));
                [length, service]
            })
            .filter(|chart| chart.series.iter().any(|series| !series.points.is_empty()))
            .map(|chart| Figure { caption: chart.words.title.clone(), svg: chart.to_svg(), table: Table::default() })
            .collect()
    }

    fn over_the_day(&self, what: &str, queue: usize, of: fn(&QueueCurves) -> &Vec<(f64, Band)>, y: Axis) -> LineChart {
        let all = [(&self.base, &self.curves)].into_iter().chain(self.variants.iter().map(|one| (&one.name, &one.curves)));
        let series = all.filter_map(|(name, curves)| {
            let points = of(curves.queues.get(queue)?).iter().map(|(at, band)| (*at, band.mean)).collect();
            Some(Series { name: name.clone(), points, ..Series::default() })
        });
        let name = self.definitions.queues.get(queue).map_or("", |queue| &queue.name);
        LineChart {
            words: Words {
                title: format!("{what} over the day: {name}"),
                description: "The mean over the replications, of the base and of each variant.".to_owned(),
            },
            x: Axis::Clock(self.curves.begins),
            y,
            y_span: None,
            x_span: Some((0.0, self.curves.duration_s)),
            series: series.collect(),
            reference: None,
            uncounted_until: Some(self.curves.warm_up_s),
        }
    }
}

fn of_variant(variant: &Variant, caption: &str, under: &[&str], figures: &[(&str, &[&str], Unit)]) -> Table {
    let mut table = Table::of(&["", "base", "variant", "difference", ""]).called(caption);
    for (name, path, unit) in figures {
        let path: Vec<&str> = under.iter().chain(*path).copied().collect();
        let Some(of) = variant.differences.at(&path) else { continue };
        let clear = if of.is_clear() { "●" } else { "" };
        let cells = [told(&of.a, *unit), told(&of.b, *unit), told_difference(&of.difference, *unit), clear.to_owned()];
        table.row([Cell::plain(*name)].into_iter().chain(cells.map(Cell::plain)));
    }
    table
}

impl Variant {
    fn tree(&self) -> Tree {
        let mut tree = Tree::empty();
        for (path, Difference { a, b, difference }) in &self.differences.0 {
            let members = [("base", a), ("variant", b), ("difference", difference)];
            let members = members.map(|(name, estimate)| (name.to_owned(), json::of_estimate(estimate)));
            tree.put(&path.0, Tree::Object(members.into()));
        }
        tree
    }
}
