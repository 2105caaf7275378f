//! What happens, told to whoever listens: a ring of events in memory, from which each listener reads at its own pace.
//!
//! Nobody is waited for and nothing is kept for anybody: who is too slow finds that what comes next is gone, and begins anew.

use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Events that can be told again to who comes back.
const KEPT_MAX: usize = 8_192;
/// For so long it is noted what comes for those who have left: who lost the connection comes back.
const AWAITED_FOR: Duration = Duration::from_secs(60);

/// The events of one run of the engine. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Events(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Made anew at each start: another run's events are not these.
    run: u32,
    ring: Mutex<Ring>,
    /// The number of the newest event; closed with the engine.
    newest: watch::Sender<Newest>,
    listeners: Heard,
}

/// How many listen to what.
#[derive(Debug, Default)]
struct Heard {
    all: AtomicUsize,
    calls: AtomicUsize,
    agents: AtomicUsize,
    /// When one left last who listened to more than the wallboard.
    left_at: Mutex<Option<Instant>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Newest {
    Number(u64),
    /// There will be none any more.
    Closed,
}

#[derive(Debug, Default)]
struct Ring {
    /// Of the newest event; the first one is 1.
    number: u64,
    kept: VecDeque<Arc<Event>>,
    /// The newest event that cannot be told again, however often it is asked for.
    lost: u64,
}

/// What happened.
#[derive(Debug, PartialEq, Eq)]
pub struct Event {
    /// Which one it is.
    pub id: EventId,
    /// What kind it is, and of whom it tells.
    pub topic: Topic,
    /// The document that goes with it, JSON.
    pub data: String,
}

/// Kinds of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The whole wallboard. It says all that earlier ones said.
    Board,
    /// A call went on to another state.
    Call,
    /// An agent did.
    Agent,
}

/// What an event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Topic {
    /// The wallboard.
    Board,
    /// A call.
    Call,
    /// The agent of that name.
    Agent(String),
}

impl Topic {
    /// Of which kind that is.
    pub fn kind(&self) -> Kind {
        match self {
            Topic::Board => Kind::Board,
            Topic::Call => Kind::Call,
            Topic::Agent(_) => Kind::Agent,
        }
    }
}

/// What somebody wants to hear of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wants {
    /// The wallboard alone.
    Board,
    /// The wallboard and calls.
    Calls,
    /// Calls alone.
    OnlyCalls,
    /// That agent alone.
    Agent(String),
}

impl Wants {
    fn wants(&self, topic: &Topic) -> bool {
        match (self, topic) {
            (Wants::Board | Wants::Calls, Topic::Board) | (Wants::Calls | Wants::OnlyCalls, Topic::Call) => true,
            (Wants::Agent(wanted), Topic::Agent(agent)) => wanted == agent,
            (Wants::Board, Topic::Call | Topic::Agent(_))
            | (Wants::Calls, Topic::Agent(_))
            | (Wants::OnlyCalls, Topic::Board | Topic::Agent(_))
            | (Wants::Agent(_), Topic::Board | Topic::Call) => false,
        }
    }

    /// Each wallboard says all that earlier ones said: to miss some is nothing.
    fn may_miss(&self) -> bool {
        *self == Wants::Board
    }
}

impl Kind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Board => "board",
            Kind::Call => "call",
            Kind::Agent => "agent",
        }
    }
}

/// Which event: the engine's run, and the number in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventId {
    run: u32,
    number: u64,
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}-{}", self.run, self.number)
    }
}

impl FromStr for EventId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (run, number) = text.split_once('-').ok_or(())?;
        Ok(EventId { run: u32::from_str_radix(run, 16).map_err(drop)?, number: number.parse().map_err(drop)? })
    }
}

impl Events {
    /// None yet.
    pub fn new(run: u32) -> Events {
        let (newest, _) = watch::channel(Newest::Number(0));
        Events(Arc::new(Inner { run, ring: Mutex::default(), newest, listeners: Heard::default() }))
    }

    /// Tells all who listen.
    pub fn tell(&self, topic: Topic, data: String) {
        let mut ring = self.0.ring.lock().unwrap_or_else(PoisonError::into_inner);
        ring.number += 1;
        if topic == Topic::Board {
            ring.kept.retain(|event| event.topic != Topic::Board);
        }
        let id = EventId { run: self.0.run, number: ring.number };
        ring.kept.push_back(Arc::new(Event { id, topic, data }));
        ring.let_go();
        self.0.newest.send_replace(Newest::Number(ring.number));
    }

    /// Whether anybody listens to events of that kind.
    pub fn are_heard(&self, kind: Kind) -> bool {
        let count = match kind {
            Kind::Board => &self.0.listeners.all,
            Kind::Call => &self.0.listeners.calls,
            Kind::Agent => &self.0.listeners.agents,
        };
        count.load(Ordering::Relaxed) > 0
    }

    /// Whether anybody listens to more than the wallboard, or did a moment ago.
    pub fn are_awaited(&self) -> bool {
        let left_at = *self.0.listeners.left_at.lock().unwrap_or_else(PoisonError::into_inner);
        self.are_heard(Kind::Call) || self.are_heard(Kind::Agent) || left_at.is_some_and(|at| at.elapsed() < AWAITED_FOR)
    }

    /// From here on nobody notes what comes, or nobody did until now: who comes back for it begins anew.
    pub fn leave_a_gap(&self) {
        let mut ring = self.0.ring.lock().unwrap_or_else(PoisonError::into_inner);
        ring.number += 1;
        ring.lost = ring.number;
    }

    /// There will be none any more: whoever listens is told that this is the end.
    pub fn close(&self) {
        self.0.newest.send_replace(Newest::Closed);
    }

    /// Listens from after that event on, if what came since can still be told; else to the newest wallboard, if it is wanted, and to
    /// what comes from now on.
    pub fn listen(&self, after: Option<EventId>, wants: Wants) -> Listener {
        let ring = self.0.ring.lock().unwrap_or_else(PoisonError::into_inner);
        let resumed = after.filter(|id| id.run == self.0.run && (ring.lost..=ring.number).contains(&id.number));
        let first = match resumed {
            Some(_) => None,
            None => ring.kept.iter().find(|event| event.topic == Topic::Board && wants.wants(&event.topic)).cloned(),
        };
        let heard = resumed.map_or(ring.number, |id| id.number);
        for count in self.0.listeners.of(&wants) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        Listener { events: self.clone(), newest: self.0.newest.subscribe(), heard, first, wants }
    }
}

impl Heard {
    /// Where somebody who wants that is counted.
    fn of(&self, wants: &Wants) -> impl Iterator<Item = &AtomicUsize> {
        let own = match wants {
            Wants::Board => None,
            Wants::Calls | Wants::OnlyCalls => Some(&self.calls),
            Wants::Agent(_) => Some(&self.agents),
        };
        own.into_iter().chain([&self.all])
    }
}

impl Ring {
    fn let_go(&mut self) {
        while self.kept.len() > KEPT_MAX {
            let Some(oldest) = self.kept.pop_front() else { return };
            if oldest.topic != Topic::Board {
                self.lost = oldest.id.number;
            }
        }
    }
}

/// One who listens.
#[derive(Debug)]
pub struct Listener {
    events: Events,
    newest: watch::Receiver<Newest>,
    /// The number of the last event that was heard.
    heard: u64,
    /// What is told before anything else.
    first: Option<Arc<Event>>,
    /// What is wanted.
    wants: Wants,
}

impl Listener {
    /// The next event. Nothing once the engine ends, or when what comes next is gone: begin anew.
    pub async fn next(&mut self) -> Option<Arc<Event>> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        loop {
            let newest = *self.newest.borrow_and_update();
            match (newest, self.kept()?) {
                (_, Some(event)) => return Some(event),
                (Newest::Closed, None) => return None,
                (Newest::Number(_), None) => self.newest.changed().await.ok()?,
            }
        }
    }

    /// The next event if it is there already; none at all if it is gone.
    fn kept(&mut self) -> Option<Option<Arc<Event>>> {
        let ring = self.events.0.ring.lock().unwrap_or_else(PoisonError::into_inner);
        if self.heard < ring.lost && !self.wants.may_miss() {
            return None;
        }
        let news = ring.kept.partition_point(|event| event.id.number <= self.heard);
        let next = ring.kept.range(news..).find(|event| self.wants.wants(&event.topic)).cloned();
        self.heard = next.as_ref().map_or(ring.number, |event| event.id.number);
        Some(next)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        for count in self.events.0.listeners.of(&self.wants) {
            count.fetch_sub(1, Ordering::Relaxed);
        }
        if !self.wants.may_miss() {
            let mut left_at = self.events.0.listeners.left_at.lock().unwrap_or_else(PoisonError::into_inner);
            *left_at = Some(Instant::now());
        }
    }
}

#[cfg(test)]
mod tests;
