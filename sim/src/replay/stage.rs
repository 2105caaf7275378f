//! The scenario that a day makes: the same callers at the same moments, the same agents' sessions, and for what nobody saw, a
//! draw of its own in every replication.

use super::Unreadable;
use super::crowd::Crowd;
use super::day::{AgentDay, Day, Stand};
use super::phones::Phones;
use super::policy::Policy;
use super::speeds::speeds;
use crate::chance::{Law, Purpose, of_caller};
use crate::scenario::{
    Arrivals, Callback, Callers, CallersOwn, Entrance, Keys, Limits, Origin, PlannedChange, Roster, Scenario, TraceCall, Window,
};
use cabrank_core::{ClassId, QueueId, Settings, Span, Text, Tick};
use cabrank_journal::UnixMicros;
use jiff::civil::DateTime;
use rand::RngExt;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// What is said to callers takes so long; callers who stand in line already hear little of it.
const PROMPT: Span = Span::secs(2);

/// A day made ready to be lived through again.
#[derive(Debug)]
pub struct Stage {
    day: Day,
    epoch: UnixMicros,
    crowd: Crowd,
    speeds: Vec<f64>,
    agents: Vec<Roster>,
}

impl Stage {
    /// Of a day that a journal in `data` tells of, whose tick 0 was at `epoch`.
    ///
    /// # Errors
    /// Nobody stood in a line, no talk came to its end, or the classes of a queue were changed.
    pub fn of(day: Day, epoch: UnixMicros, data: &Path) -> Result<Stage, Unreadable> {
        if day.stands.is_empty() {
            return Err(Unreadable::NoCalls(data.to_owned()));
        }
        same_classes(&day)?;
        let speeds = speeds(&day);
        let crowd = Crowd::of(&day, &speeds);
        if !crowd.knows_talks() {
            return Err(Unreadable::NoTalks(data.to_owned()));
        }
        let agents = rosters(&day, &speeds);
        Ok(Stage { day, epoch, crowd, speeds, agents })
    }

    /// What the journal tells.
    pub fn day(&self) -> &Day {
        &self.day
    }

    /// The moment of the journal's tick 0, in microseconds since 1970 (UTC).
    pub fn epoch(&self) -> UnixMicros {
        self.epoch
    }

    /// How fast each agent is, by agent id: 1 where nothing can be said.
    pub fn speeds(&self) -> &[f64] {
        &self.speeds
    }

    /// How patient callers of a kind are.
    pub fn patience(&self, queue: QueueId, class: ClassId) -> &super::Lasting {
        self.crowd.patience(queue, class)
    }

    /// The wall clock at the beginning of the day, in UTC.
    pub fn begins(&self) -> DateTime {
        let us = self.epoch.0.saturating_add(self.day.begins.0);
        let at = i64::try_from(us).ok().and_then(|us| jiff::Timestamp::from_microsecond(us).ok());
        at.unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_zoned(jiff::tz::TimeZone::UTC).datetime()
    }

    /// The day under a policy. With each seed those who were never seen to hang up have another patience, and those who were
    /// never heard another talk; the same seed gives the same people under every policy.
    pub fn scenario(&self, seed: u64, policy: &Policy) -> Scenario {
        Scenario {
            name: "replay".to_owned(),
            settings: policy.settings.clone(),
            begins: self.begins(),
            open: vec![Vec::new(); policy.settings.lines.len()],
            seed,
            warm_up: Span(0),
            duration: Span(self.day.ends.since(self.day.begins).0.saturating_add(1)),
            replications: 1,
            callers: self.callers(seed),
            agents: self.agents.clone(),
            services: Vec::new(),
            prompt: PROMPT,
            changes: policy.changes.iter().map(|change| self.moved(change)).collect(),
            trouble: None,
            limits: Limits::default(),
        }
    }

    fn callers(&self, seed: u64) -> Vec<Callers> {
        let mut calls: BTreeMap<(QueueId, ClassId), Vec<TraceCall>> = BTreeMap::new();
        for (nth, stand) in self.day.stands.iter().enumerate() {
            calls.entry((stand.queue, stand.class)).or_default().push(self.traced(seed, nth as u64, stand));
        }
        calls.into_iter().map(|(kind, calls)| self.source(kind, calls.into())).collect()
    }

    fn traced(&self, seed: u64, nth: u64, stand: &Stand) -> TraceCall {
        let uniform = |purpose| of_caller(seed, 0, purpose, nth).random::<f64>();
        let caller = CallersOwn { caller: stand.caller.clone(), pressed: None };
        TraceCall {
            at: moved(stand.joined_at, self.day.begins),
            to: None,
            handle: Some(self.crowd.talk_of(stand, &self.speeds, uniform(Purpose::Handle))),
            patience: self.crowd.patience_of(stand, uniform(Purpose::Patience)),
            caller: Some(caller),
        }
    }

    fn source(&self, (queue, class): (QueueId, ClassId), calls: Arc<[TraceCall]>) -> Callers {
        Callers {
            name: name_of(&self.day.settings, queue, class),
            to: Entrance::Queue(queue, class),
            arrivals: Arrivals::Trace(calls),
            handle: Law::Constant(Span(0)),
            patience: None,
            // Who called again stands in the journal as the next call.
            redial: None,
            origin: Origin { regulars: None, known: 0.0 },
            keys: Keys { one: 0.0, two: 0.0, other: 0.0, after: Law::Constant(Span(0)) },
            callback: callback(&self.day),
            cut_off: 0.0,
        }
    }

    fn moved(&self, change: &PlannedChange) -> PlannedChange {
        PlannedChange { at: moved(change.at, self.day.begins), queues: change.queues.clone() }
    }
}

fn moved(at: Tick, begins: Tick) -> Tick {
    Tick(at.since(begins).0)
}

/// A queue and class by their names.
pub(super) fn name_of(settings: &Settings, queue: QueueId, class: ClassId) -> Text {
    let Some(queue) = settings.queues.get(usize::from(queue.0)) else { return Text::default() };
    let class = queue.thresholds.classes.get(usize::from(class.0)).map(|class| &*class.name).unwrap_or_default();
    if class.is_empty() { queue.name.clone() } else { format!("{}/{class}", queue.name).into() }
}

/// Callers are counted by class: no change may have renamed them.
fn same_classes(day: &Day) -> Result<(), Unreadable> {
    for (queue, after) in day.changes.iter().flat_map(|change| &change.queues) {
        let Some(before) = day.settings.queues.get(usize::from(queue.0)) else { continue };
        let names = |thresholds: &cabrank_core::Thresholds| -> Vec<Text> {
            thresholds.classes.iter().map(|class| class.name.clone()).collect()
        };
        if names(&before.thresholds) != names(after) {
            return Err(Unreadable::ClassesChanged { queue: before.name.to_string() });
        }
    }
    Ok(())
}

fn callback(day: &Day) -> Option<Callback> {
    let seen = &day.callbacks;
    let picked_up = seen.picked_up_after.len() as u32;
    (seen.accepted > 0).then(|| Callback {
        accepted: share(seen.accepted, seen.offered.max(seen.accepted)),
        reached: if picked_up + seen.unreached == 0 { 1.0 } else { share(picked_up, picked_up + seen.unreached) },
        picks_up_after: one_of(&seen.picked_up_after),
    })
}

fn share(of: u32, all: u32) -> f64 {
    if all == 0 { 0.0 } else { f64::from(of) / f64::from(all) }
}

fn one_of(seen: &[Span]) -> Law {
    if seen.is_empty() { Law::Constant(Span(0)) } else { Law::Empirical(seen.into()) }
}

fn rosters(day: &Day, speeds: &[f64]) -> Vec<Roster> {
    let all = Phones::of(&day.agents);
    let roster = |(place, agent): (usize, &AgentDay)| Roster {
        group: group(&day.settings, place),
        present: agent.present.iter().filter_map(|window| since_the_beginning(window, day.begins)).collect(),
        breaks: agent.breaks.iter().map(|pause| shifted(pause, day.begins)).collect(),
        late: None,
        speed: speeds.get(place).copied().unwrap_or(1.0),
        phone: all.phone(agent),
        cost_per_hour: 1.0,
    };
    day.agents.iter().enumerate().map(roster).collect()
}

fn since_the_beginning(window: &Window, begins: Tick) -> Option<Window> {
    let shifted = Window { from: moved(window.from, begins), until: moved(window.until, begins) };
    (shifted.from < shifted.until).then_some(shifted)
}

fn shifted(pause: &crate::scenario::Break, begins: Tick) -> crate::scenario::Break {
    let at = moved(pause.begins.from, begins);
    crate::scenario::Break { begins: Window { from: at, until: at }, lasts: pause.lasts }
}

/// Agents of equal skills are alike.
fn group(settings: &Settings, place: usize) -> Text {
    let Some(agent) = settings.agents.get(place) else { return Text::default() };
    let named = |skill: &cabrank_core::Skill| {
        let queue = settings.queues.get(usize::from(skill.queue.0)).map(|queue| &*queue.name).unwrap_or_default();
        format!("{queue} {}", skill.level)
    };
    agent.skills.iter().map(named).collect::<Vec<_>>().join(", ").into()
}
