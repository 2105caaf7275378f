//! Whether whoever calls can reach a human: each way out of a line ends in a queue that somebody serves.

use super::names::Names;
use super::report::Report;
use cabrank_core::{Agent, QueueId, Text};
use std::collections::BTreeSet;
use std::ops::Range;

/// The ways from lines to queues.
#[derive(Default)]
pub(super) struct Exits {
    line: Text,
    ways: Vec<Way>,
}

struct Way {
    at: Range<usize>,
    line: Text,
    path: String,
    queue: QueueId,
}

impl Exits {
    /// The ways that follow start at this line.
    pub(super) fn enter(&mut self, line: &Text) {
        self.line = line.clone();
    }

    /// There is a way to that queue.
    pub(super) fn note(&mut self, at: Range<usize>, path: &str, queue: QueueId) {
        self.ways.push(Way { at, line: self.line.clone(), path: path.to_owned(), queue });
    }

    /// Names each way that ends where nobody is; one way for each line and queue. Of an agent whose skills could not be
    /// read nobody knows whom it serves: that fault comes first.
    pub(super) fn check(&self, report: &Report, agents: &[Agent], queues: &Names) {
        if agents.iter().any(|agent| agent.skills.is_empty()) {
            return;
        }
        let served: BTreeSet<QueueId> = agents.iter().flat_map(|agent| &agent.skills).map(|skill| skill.queue).collect();
        let mut told = BTreeSet::new();
        for way in self.ways.iter().filter(|way| !served.contains(&way.queue)) {
            if told.insert((&way.line, way.queue)) {
                way.trap(report, &queues.at(usize::from(way.queue.0)));
            }
        }
    }
}

impl Way {
    fn trap(&self, report: &Report, queue: &str) {
        let path = format!("line `{}` → {} → queue `{queue}` → nobody", self.line, self.path);
        let right = format!("give an agent the skill: `skills = {{ {queue} = 1 }}`");
        report.absent(self.at.clone(), format!("no human can be reached: {path}"), right);
    }
}
