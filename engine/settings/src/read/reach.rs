//! Whether whoever calls can reach a human: each way out of a line ends in a queue that somebody serves.
//!
//! A queue is served if an agent has the skill at a level that is open before the longest wait ends, or if it overflows by
//! then to a queue that an agent has the skill for. 0, silence and mistakes lead where the first option leads.

use super::report::Report;
use super::value::written;
use cabrank_core::{Choice, Closed, Line, Menu, QueueId, Settings, Span, Text, Thresholds};
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
    /// The ways of settings that no file is known of.
    pub(super) fn of(desk: &Settings) -> Exits {
        let mut exits = Exits::default();
        desk.lines.iter().for_each(|line| exits.walk(line));
        exits
    }

    /// The ways that follow start at this line.
    pub(super) fn enter(&mut self, line: &Text) {
        self.line = line.clone();
    }

    /// There is a way to that queue.
    pub(super) fn note(&mut self, at: Range<usize>, path: &str, queue: QueueId) {
        self.ways.push(Way { at, line: self.line.clone(), path: path.to_owned(), queue });
    }

    fn walk(&mut self, line: &Line) {
        self.enter(&line.number);
        for (key, choice) in [("1", &line.menu.one), ("2", &line.menu.two)] {
            match choice {
                Some(Choice::Instant { otherwise, .. }) => self.note(0..0, &format!("press {key} → otherwise"), *otherwise),
                Some(Choice::Queue(queue)) => self.note(0..0, &format!("press {key}"), *queue),
                None => {}
            }
        }
        let human = if line.menu == Menu::default() { "after the greeting" } else { "0, silence or mistakes" };
        self.note(0..0, human, line.human);
        match line.closed {
            Closed::Queue(queue) => self.note(0..0, "outside the hours", queue),
            Closed::Message => {}
        }
    }

    /// Names each way that ends where nobody is; one way for each line and queue. Of a queue that is not `sound`, its own
    /// faults come first.
    pub(super) fn check(&self, report: &Report, desk: &Settings, sound: impl Fn(QueueId) -> bool) {
        let levels = best_levels(desk);
        let mut told = BTreeSet::new();
        for way in self.ways.iter().filter(|way| sound(way.queue)) {
            if let Some(trap) = trap(desk, &levels, way.queue)
                && told.insert((&way.line, way.queue))
            {
                let path = format!("line `{}` → {} → {}", way.line, way.path, trap.path);
                report.absent(way.at.clone(), format!("no human can be reached: {path}"), trap.right);
            }
        }
    }

    /// The queues that nobody serves and no line leads to.
    pub(super) fn idle_queues<'d>(&self, desk: &'d Settings) -> impl Iterator<Item = (usize, &'d Text)> {
        let levels = best_levels(desk);
        let led_to: BTreeSet<QueueId> = self.ways.iter().map(|way| way.queue).collect();
        let queues = desk.queues.iter().enumerate();
        let idle = move |place: usize| !led_to.contains(&id(place)) && trap(desk, &levels, id(place)).is_some();
        queues.filter(move |(place, _)| idle(*place)).map(|(place, queue)| (place, &queue.name))
    }
}

/// Why nobody comes.
struct Trap {
    path: String,
    right: String,
}

fn id(place: usize) -> QueueId {
    QueueId(u16::try_from(place).unwrap_or(u16::MAX))
}

/// The best level at which anybody has the skill, by queue.
fn best_levels(desk: &Settings) -> Vec<Option<u8>> {
    let mut levels: Vec<Option<u8>> = vec![None; desk.queues.len()];
    for skill in desk.agents.iter().flat_map(|agent| &agent.skills) {
        if let Some(best) = levels.get_mut(usize::from(skill.queue.0)) {
            *best = Some(best.map_or(skill.level, |level| level.min(skill.level)));
        }
    }
    levels
}

fn trap(desk: &Settings, levels: &[Option<u8>], queue: QueueId) -> Option<Trap> {
    let level = |queue: QueueId| levels.get(usize::from(queue.0)).copied().flatten();
    let here = desk.queues.get(usize::from(queue.0))?;
    let thresholds = &here.thresholds;
    let in_time = |after| after < thresholds.max_wait;
    let own = level(queue).and_then(|level| thresholds.opens_after(level)).is_some_and(in_time);
    let helped = thresholds.overflow.is_some_and(|overflow| level(overflow.queue).is_some() && in_time(overflow.after));
    if own || helped {
        return None;
    }
    let (fate, right) = fate(&here.name, thresholds, level(queue));
    let end = thresholds.overflow.map_or(fate, |overflow| {
        let helper = desk.queues.get(usize::from(overflow.queue.0)).map(|queue| &*queue.name).unwrap_or_default();
        let late = level(overflow.queue).map(|_| too_late("overflow begins", overflow.after, thresholds));
        format!(" → overflow → queue `{helper}` → nobody{}", late.unwrap_or_default())
    });
    Some(Trap { path: format!("queue `{}`{end}", here.name), right })
}

/// Why none of the queue's own agents comes, `level` being their best; and what would help.
fn fate(name: &str, thresholds: &Thresholds, level: Option<u8>) -> (String, String) {
    let Some(level) = level else {
        return (" → nobody".to_owned(), format!("give an agent the skill: `skills = {{ {name} = 1 }}`"));
    };
    let closed = match thresholds.opens_after(level) {
        None => format!(": the best agent is of level {level}, to which `widen` never opens"),
        Some(after) => too_late(&format!("`widen` opens level {level}"), after, thresholds),
    };
    let right = format!("give an agent a better level, or open level {level} to the queue sooner with `widen`");
    (format!(" → nobody{closed}"), right)
}

fn too_late(what: &str, after: Span, thresholds: &Thresholds) -> String {
    format!(": {what} after {}, and nobody waits longer than {}", written(after), written(thresholds.max_wait))
}
