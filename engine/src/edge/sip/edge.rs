//! The edge itself: one task owns every leg, so nothing is locked and nothing races.
//!
//! It hears transactions, the desk's effects and the media's facts, decides at once, and leaves
//! all waiting to others: what is sent again to the transactions, time to a tick.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use cabrank_core::{AgentId, CallId, Effect, Input, LineId, QueueId, Text, View};
use rsipstack::platform::CancellationToken;
use tokio::sync::mpsc::Receiver;
use tokio::time::{Duration, MissedTickBehavior, interval};

use super::attest::Verifying;
use super::callback::Origins;
use super::digest::{Authenticator, Secret};
use super::event::{Event, TryId};
use super::legs::Legs;
use super::note::Noted;
use super::number::Numbers;
use super::parked::Parked;
use super::path::Path;
use super::registrar::Registrar;
use super::settings::{AgentPhone, House, Phone, SipLimits, SipSettings};
use super::transactions::{Transactions, Wire};
use super::trunk::Trunks;
use crate::edge::{Believed, CallIds, Desk, Left, Missing, Origin};
use crate::media::{Fact, Media};

/// How often what waits for time is looked at.
const TICK: Duration = Duration::from_millis(20);
/// What is taken from one queue before the others have their turn.
const TOGETHER: usize = 16;

/// How many ticks pass between two looks at what may come late.
const SWEEP_TICKS: u64 = 50;

/// How many ticks pass between two looks at the desk.
const LOOK_TICKS: u64 = 750;

/// The edge.
pub(super) struct Edge {
    /// The desk's door.
    pub desk: Desk,
    /// What is asked of the house.
    pub house: Arc<dyn House>,
    /// The media below.
    pub media: Media,
    /// The transactions.
    pub transactions: Transactions,
    /// The way out, and our sockets.
    pub wire: Wire,
    /// All legs.
    pub legs: Legs,
    /// The trunks.
    pub trunks: Trunks,
    /// How numbers are read.
    pub numbers: Numbers,
    /// What bounds us.
    pub limits: SipLimits,
    /// Dialled numbers.
    pub lines: HashMap<String, LineId>,
    /// The same, by id.
    pub line_names: Vec<Text>,
    /// The queues, by name.
    pub queues: HashMap<String, QueueId>,
    /// The agents' phones.
    pub phones: Phones,
    /// Whether new calls are turned away.
    pub draining: Arc<AtomicBool>,
    /// Re-INVITEs that wait for an ACK.
    pub(super) parked: Parked,
    /// Calls whose signatures are being verified.
    pub(super) verifying: Verifying,
    /// By which trunk calls came in.
    pub(super) origins: Origins,
    /// What the desk believed in and was not there.
    pub(super) missing: Missing,
    /// What was noted last of each leg.
    pub(super) noted: Noted,
    /// For how long more has been coming than is taken.
    pub(super) behind: Duration,
    /// Since when messages are taken: those that came while legs of before a restart were put up again found nobody behind.
    pub(super) takes_since: Instant,
    clock: Instant,
    calls: CallIds,
    tries: u64,
}

/// The agents' phones and how they prove themselves.
pub(super) struct Phones {
    /// The agents, by id.
    pub agents: Vec<AgentPhone>,
    /// Their ids, by name.
    pub ids: HashMap<Arc<str>, AgentId>,
    /// The secrets of those who register.
    pub secrets: HashMap<Arc<str>, Secret>,
    /// Where they are.
    pub registrar: Registrar<Path>,
    /// Who they are.
    pub authenticator: Authenticator,
}

impl Phones {
    fn new(settings: &SipSettings) -> Phones {
        let ids = settings.agents.iter().zip(0..).map(|(agent, id)| (agent.name.clone(), AgentId(id))).collect();
        let secrets = settings.agents.iter().filter_map(|agent| match &agent.phone {
            Phone::Registers { password } => Some((agent.name.clone(), Secret::new(&agent.name, &settings.realm, password))),
            Phone::Fixed { .. } | Phone::Nowhere => None,
        });
        Phones {
            agents: settings.agents.clone(),
            ids,
            secrets: secrets.collect(),
            registrar: Registrar::new(settings.limits.expires_s_min..=settings.limits.expires_s_max),
            authenticator: Authenticator::new(&settings.realm, settings.digest.clone(), rand::random()),
        }
    }
}

/// What reaches the edge.
pub(super) struct Inlets {
    /// Messages, and what tasks report.
    pub events: Receiver<Event>,
    /// What the desk orders.
    pub effects: Receiver<Effect>,
    /// What the media heard.
    pub facts: Receiver<Fact>,
    /// The end.
    pub stop: CancellationToken,
}

impl Edge {
    /// An edge with nothing in it yet.
    pub(super) fn new(settings: &SipSettings, desk: Desk, house: Arc<dyn House>, media: Media, wire: Wire) -> Edge {
        let lines = settings.lines.iter().zip(0..).map(|(number, id)| (number.to_string(), LineId(id)));
        let queues = settings.queues.iter().zip(0..).map(|(name, id)| (name.to_string(), QueueId(id)));
        Edge {
            desk,
            house,
            media,
            transactions: Transactions::new(wire.clone(), settings.limits.t1_ms, settings.limits.transactions_max),
            wire,
            legs: Legs::default(),
            trunks: Trunks::new(settings.trunks.clone()),
            numbers: Numbers(settings.region),
            limits: settings.limits,
            lines: lines.collect(),
            line_names: settings.lines.clone(),
            queues: queues.collect(),
            phones: Phones::new(settings),
            draining: Arc::new(AtomicBool::new(false)),
            parked: Parked::default(),
            verifying: Verifying::default(),
            origins: Origins::default(),
            missing: Missing::of(Origin::Sip),
            noted: Noted::default(),
            behind: Duration::ZERO,
            takes_since: Instant::now(),
            clock: Instant::now(),
            calls: CallIds::new(Origin::Sip),
            tries: 0,
        }
    }

    /// Works until it is told to stop, then ends every leg.
    pub(super) async fn run(mut self, mut inlets: Inlets) {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut ticks = 0;
        let (mut events, mut effects) = (Vec::with_capacity(TOGETHER), Vec::with_capacity(TOGETHER));
        self.takes_since = Instant::now();
        loop {
            tokio::select! {
                1.. = inlets.events.recv_many(&mut events, TOGETHER) => events.drain(..).for_each(|event| self.on_event(event)),
                1.. = inlets.effects.recv_many(&mut effects, TOGETHER) => effects.drain(..).for_each(|it| self.on_effect(it)),
                Some(fact) = inlets.facts.recv() => self.on_fact(fact),
                _ = tick.tick() => {
                    ticks += 1;
                    self.on_tick(ticks);
                }
                () = inlets.stop.cancelled() => break,
            }
            self.note_changes();
        }
        self.end_all();
        self.note_changes();
    }

    /// Begins, with what a restart has left if there was one.
    pub(super) fn begin(&mut self, left: Option<&Left>) {
        match left {
            Some(left) => self.resume(left),
            None => self.report_fixed_phones(),
        }
    }

    /// A phone at a fixed address never registers: it is there from the start.
    fn report_fixed_phones(&mut self) {
        for (agent, id) in self.phones.agents.iter().zip(0..) {
            match agent.phone {
                Phone::Fixed { .. } => self.desk.tell(Input::PhoneReached { agent: AgentId(id) }),
                Phone::Registers { .. } | Phone::Nowhere => {}
            }
        }
    }

    /// Milliseconds since the edge began.
    #[must_use]
    pub(super) fn now_ms(&self) -> u64 {
        u64::try_from(self.clock.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// 64*T1 from now, in milliseconds of the edge's clock.
    #[must_use]
    pub(super) fn in_64_t1(&self) -> u64 {
        self.now_ms() + self.limits.t1_ms * 64
    }

    /// Whether new calls are turned away.
    #[must_use]
    pub(super) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// An id for a new call.
    pub(super) fn new_call(&mut self) -> CallId {
        self.calls.next()
    }

    /// A name for a new attempt to reach a caller.
    pub(super) fn new_try(&mut self) -> TryId {
        self.tries += 1;
        TryId(self.tries)
    }

    fn on_event(&mut self, event: Event) {
        match event {
            Event::Arrived(arrival) => self.on_arrival(*arrival),
            Event::Found(id, path) => self.transactions.found(id, *path),
            Event::Unsent(id) => {
                if let Some(ended) = self.transactions.unsent(id) {
                    self.on_ended(ended);
                }
            }
            Event::Looked(view) => self.on_look(&view),
            Event::Verified(call, verdict) => self.on_verified(call, *verdict),
        }
    }

    fn on_tick(&mut self, ticks: u64) {
        self.desk.catch_up();
        for ended in self.transactions.tick() {
            self.on_ended(ended);
        }
        self.clear_parked(self.now_ms());
        self.take_unverified();
        if ticks.is_multiple_of(SWEEP_TICKS) {
            self.sweep();
        }
        if ticks.is_multiple_of(LOOK_TICKS) {
            self.look();
        }
    }

    /// Has a look at the desk; one that is busy is left alone.
    fn look(&self) {
        let (desk, events) = (self.desk.door(), self.wire.events.clone());
        tokio::spawn(async move {
            if let Ok(view) = desk.look().await {
                let _ = events.send(Event::Looked(Box::new(view))).await;
            }
        });
    }

    /// Compares the desk's picture with the legs.
    fn on_look(&mut self, view: &View) {
        let legs = &self.legs;
        let exists = |leg| match leg {
            Believed::Ringing(offer) | Believed::Talking(offer) => legs.has_agent(offer),
            Believed::Caller(call) => legs.has_caller(call),
        };
        for fact in self.missing.look(view, exists) {
            self.desk.tell(fact);
        }
        let live: BTreeSet<CallId> = view.calls.iter().map(|call| call.call).collect();
        self.origins.keep(|call| live.contains(&call) || self.legs.has_caller(call));
    }

    fn sweep(&mut self) {
        let now_ms = self.now_ms();
        self.legs.forget_parted(now_ms);
        self.lapse_phones(now_ms);
        self.turn_away_unheard();
        for leg in self.legs.due(now_ms) {
            self.on_session_due(leg);
        }
    }
}
