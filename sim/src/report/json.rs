//! Reports as JSON, in the order of the figures.

use super::{Definitions, Report, Run, definitions};
use crate::figures::{Estimate, Path};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};

/// JSON whose objects keep their order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    Leaf(Value),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    pub(crate) fn empty() -> Tree {
        Tree::Object(Vec::new())
    }

    /// Puts a value at this path, whatever stood there.
    pub(crate) fn put(&mut self, path: &[impl AsRef<str>], tree: Tree) {
        let Some((first, rest)) = path.split_first() else {
            *self = tree;
            return;
        };
        if !matches!(self, Tree::Object(_)) {
            *self = Tree::empty();
        }
        let Tree::Object(members) = self else { return };
        let first = first.as_ref();
        let place = members.iter().rposition(|(name, _)| name == first).unwrap_or_else(|| {
            members.push((first.to_owned(), Tree::empty()));
            members.len() - 1
        });
        members[place].1.put(rest, tree);
    }

    pub(crate) fn text(&self) -> String {
        // Names are text and values are numbers and text: all of which JSON can say.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Tree::Leaf(value) => value.serialize(serializer),
            Tree::List(items) => serializer.collect_seq(items),
            Tree::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                members.iter().try_for_each(|(name, tree)| map.serialize_entry(name, tree))?;
                map.end()
            }
        }
    }
}

pub(super) fn of_report(report: &Report) -> String {
    let mut tree = Tree::empty();
    tree.put(&["run"], of_run(&report.run));
    for (path, estimate) in &report.estimates.0 {
        tree.put(&path.0, of_estimate(estimate));
    }
    name_denominators(&mut tree, report.estimates.0.iter().map(|(path, _)| path), &report.definitions);
    tree.text()
}

pub(super) fn of_run(run: &Run) -> Tree {
    let members = [
        ("scenario", json!(run.scenario)),
        ("seed", json!(run.seed)),
        ("replications", json!(run.replications)),
        ("replications_asked", json!(run.asked)),
        ("config_digest", json!(format!("{:016x}", run.config_digest))),
        ("decisions_digest", json!(format!("{:016x}", run.decisions_digest))),
        ("calls", json!(run.calls)),
        ("wall_s", json!(run.wall.as_secs_f64())),
        ("calls_per_s", json!(run.calls_per_s())),
        ("warm_up_s", json!(run.warm_up.0 as f64 / 1e6)),
        ("duration_s", json!(run.duration.0 as f64 / 1e6)),
    ];
    Tree::Object(members.map(|(name, value)| (name.to_owned(), Tree::Leaf(value))).into())
}

pub(super) fn of_estimate(estimate: &Estimate) -> Tree {
    let ci95 = estimate.ci95.map(|(low, high)| json!([low, high]));
    let members = [("value", json!(estimate.value)), ("ci95", ci95.unwrap_or(Value::Null))];
    Tree::Object(members.map(|(name, value)| (name.to_owned(), Tree::Leaf(value))).into())
}

/// Of every service level that there is, says of what it is a share, and in what time.
pub(super) fn name_denominators<'a>(tree: &mut Tree, paths: impl Iterator<Item = &'a Path>, definitions: &Definitions) {
    let levels = paths.filter(|path| path.0.last().is_some_and(|last| last == "service_level"));
    for Path(parts) in levels {
        let queue = parts.get(1).and_then(|name| definitions.queues.iter().find(|queue| queue.name == *name));
        let Some(queue) = queue else { continue };
        let of = |part: &str| parts.iter().cloned().chain([part.to_owned()]).collect::<Vec<_>>();
        tree.put(&of("denominator"), Tree::Leaf(json!(definitions::word(queue.service_level.of))));
        tree.put(&of("seconds"), Tree::Leaf(json!(queue.service_level.within.0 as f64 / 1e6)));
    }
}
