//! Who makes the pictures: one for all who look, five a second at the most, and none while nobody looks.

use super::agents::AgentWatch;
use super::calls::CallWatch;
use super::curve::{Curve, Flow};
use super::ledger::Ledger;
use super::picture::{Picture, Scene};
use crate::door::{Busy, Door};
use crate::epoch::Epoch;
use crate::events::{Events, Topic};
use crate::glance::Glance;
use crate::in_force::InForce;
use crate::lane::Clock;
use crate::names::Names;
use cabrank_core::{QueueId, Tick, View};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// How often those who listen are told, if anything has changed.
pub(crate) const EVERY: Duration = Duration::from_millis(250);
/// A picture is made anew when it is older than this: a little less, or every other turn would find one that is just not old enough.
const OLD: Duration = Duration::from_millis(200);

/// What pictures are made of.
#[derive(Debug)]
pub struct Sources {
    /// The way to the desk, and how far it is behind.
    pub door: Door,
    /// The thresholds in force.
    pub in_force: InForce,
    /// What the desk's ticks count from.
    pub epoch: Epoch,
    /// Its clock.
    pub clock: Clock,
    /// What became of calls.
    pub ledger: Arc<Ledger>,
}

/// The wallboard of one desk.
#[derive(Debug)]
pub struct Board {
    sources: Sources,
    glance: Glance,
    newest: Mutex<Option<(Instant, Arc<Shown>)>>,
    told: Mutex<Told>,
}

/// What was told last.
#[derive(Debug, Default)]
struct Told {
    board: Option<Arc<Shown>>,
    /// Nothing while nobody wants to hear of calls and agents.
    watched: Option<(CallWatch, AgentWatch)>,
}

/// A picture, and the same as a JSON document.
#[derive(Debug)]
pub struct Shown {
    /// The picture.
    pub picture: Picture,
    /// The document.
    pub json: String,
}

impl Board {
    pub(crate) fn new(sources: Sources, glance: Glance) -> Board {
        Board { sources, glance, newest: Mutex::new(None), told: Mutex::default() }
    }

    /// The picture of now, or of a quarter of a second ago at the most. Equal pictures are one.
    ///
    /// # Errors
    /// [`Busy`]: the desk does not show itself in time.
    pub async fn picture(&self) -> Result<Arc<Shown>, Busy> {
        // Whoever comes while a picture is made wants just that one. The lock is one that may be held meanwhile.
        let mut newest = self.newest.lock().await;
        if let Some((at, shown)) = &*newest
            && at.elapsed() < OLD
        {
            return Ok(Arc::clone(shown));
        }
        let picture = self.make(&*self.glance.recent().await?);
        let before = newest.take().map(|(_, shown)| shown);
        let same = before.filter(|before| before.picture == picture);
        let shown = same.unwrap_or_else(|| Arc::new(Shown { json: written(&picture), picture }));
        *newest = Some((Instant::now(), Arc::clone(&shown)));
        Ok(shown)
    }

    /// Tells of the picture of now, of calls and of agents, so far as they are others than were told last.
    ///
    /// # Errors
    /// [`Busy`]: the desk does not show itself in time.
    pub async fn tell(&self, events: &Events) -> Result<(), Busy> {
        let mut told = self.told.lock().await;
        let shown = self.picture().await?;
        if !told.board.as_ref().is_some_and(|before| Arc::ptr_eq(before, &shown)) {
            events.tell(Topic::Board, shown.json.clone());
            told.board = Some(shown);
        }
        if events.are_awaited() {
            let view = self.glance.recent().await?;
            told.news(&view, &Names::new(self.sources.in_force.now().settings), events);
        } else if told.watched.take().is_some() {
            events.leave_a_gap();
        }
        Ok(())
    }

    /// The last hour of a queue, or of all together.
    ///
    /// # Errors
    /// [`Busy`]: the desk does not show itself in time.
    pub async fn curve(&self, queue: Option<QueueId>) -> Result<Curve, Busy> {
        let view = self.glance.recent().await?;
        let settings = self.sources.in_force.now().settings;
        let now_us = self.sources.epoch.unix_micros(self.now(&view));
        let flow = self.sources.ledger.read(settings.queues.len(), |lines, _| {
            let wanted = lines.iter().enumerate().filter(|(n, _)| queue.is_none_or(|queue| usize::from(queue.0) == *n));
            Flow::of(wanted.map(|(_, line)| line))
        });
        let waiting = view.queues.iter().filter(|one| queue.is_none_or(|queue| one.queue == queue));
        let waiting = waiting.map(|queue| u64::from(queue.waiting)).sum();
        let name = queue.map(|queue| crate::names::queue(&settings, queue).to_owned());
        Ok(flow.with_live(&view, queue, self.sources.epoch, now_us).into_curve(name, waiting, now_us))
    }

    fn make(&self, view: &View) -> Picture {
        let Sources { in_force, epoch, ledger, .. } = &self.sources;
        let settings = in_force.now().settings;
        let midnight = Timestamp::now().to_zoned(ledger.zone().clone()).start_of_day();
        let midnight = midnight.map_or(Tick(0), |midnight| epoch.tick(midnight.timestamp().as_microsecond()));
        let scene = Scene { view, settings: &settings, now: self.now(view), epoch: *epoch, notices: self.notices(view) };
        ledger.read(settings.queues.len(), |lines, served_at_once| scene.picture(lines, served_at_once, midnight))
    }

    fn notices(&self, view: &View) -> Vec<String> {
        let backlog = self.sources.door.backlog();
        let told = [
            (view.draining, "The desk is closing down: new calls are turned away."),
            (backlog.is_short(), "The journal's disk is full: new calls are turned away."),
            (!backlog.takes_calls() && !backlog.is_short(), "The desk is behind: new calls are turned away."),
        ];
        told.into_iter().filter(|(is_so, _)| *is_so).map(|(_, notice)| notice.to_owned()).collect()
    }

    /// A quiet desk's own view may be older.
    fn now(&self, view: &View) -> Tick {
        self.sources.clock.now().max(view.at)
    }
}

impl Told {
    fn news(&mut self, view: &View, names: &Names, events: &Events) {
        let Some((calls, agents)) = &mut self.watched else {
            // What was so before anybody listened is no news.
            let (mut calls, mut agents) = (CallWatch::default(), AgentWatch::default());
            drop((calls.changes(view, names), agents.changes(view, names)));
            self.watched = Some((calls, agents));
            return;
        };
        for change in calls.changes(view, names) {
            events.tell(Topic::Call, written(&change));
        }
        for change in agents.changes(view, names) {
            events.tell(Topic::Agent(change.agent.clone()), written(&change));
        }
    }
}

/// Figures and texts always have a form in JSON.
fn written(told: &impl Serialize) -> String {
    serde_json::to_string(told).unwrap_or_default()
}
