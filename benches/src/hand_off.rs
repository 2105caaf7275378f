//! A fact goes to another thread and an order comes back: through the real lane, and through bare channels of the same kind.

use crate::journalled::beginning;
use crate::taxi::{Callers, hung_up, phones, pressed};
use cabrank::door::Door;
use cabrank::filing::InHand;
use cabrank::in_force::InForce;
use cabrank::lane::{Clock, Digests, Lane, Outlets, unix_micros_now};
use cabrank::store::Entry;
use cabrank::veil::Veil;
use cabrank_core::{CallId, Desk, Effect, Tick};
use cabrank_journal::{Journal, Options, OsDisk};
use crossbeam::channel::{self, Receiver, Sender};
use std::path::Path;
use std::thread::JoinHandle;
use tempfile::TempDir;
use tokio::sync::mpsc;

/// As many as the lane and the engine hold on the way.
const ROOM: usize = 16_384;

/// A running lane with the taxi desk, all agents idle, and a journal on the disk.
pub struct RunningLane {
    /// Taken when it ends.
    lane: Option<Lane>,
    door: Door,
    orders: mpsc::Receiver<Effect>,
    records: mpsc::Receiver<Entry>,
    in_hand: InHand,
    callers: Callers,
    calls: u64,
    _data: TempDir,
}

impl RunningLane {
    /// Starts one, its journal below `under`.
    pub fn start(under: &Path) -> RunningLane {
        let data = tempfile::tempdir_in(under).expect("a directory can be made");
        let beginning = beginning();
        let desk = Desk::new(beginning.settings.clone(), beginning.seed).expect("the settings fit");
        let journal = Journal::create(OsDisk, data.path(), &beginning, Options::default()).expect("a journal can be begun");
        let digests = Digests::open(data.path()).expect("digests can be noted");
        let (sip, orders) = mpsc::channel(ROOM);
        let (store, records) = mpsc::channel(ROOM);
        let (dispatch, _) = mpsc::channel(1);
        let in_force = InForce::new(beginning.settings, 0);
        let in_hand = InHand::default();
        let outlets =
            Outlets { sip, quic: None, dispatch, look_ups: None, store, in_hand: in_hand.clone(), in_force, veil: Veil::none() };
        let (syncer, clock) = (journal.syncer(), Clock::resume(unix_micros_now(), Tick(0)));
        let lane = Lane::start(desk, journal, syncer, clock, digests, outlets, || {}).expect("a thread can be had");
        let door = lane.door();
        phones().for_each(|input| door.submit(input).expect("there is room"));
        RunningLane { lane: Some(lane), door, orders, records, in_hand, callers: Callers::default(), calls: 0, _data: data }
    }

    /// A caller comes and hears the menu; not timed.
    pub fn arrive(&mut self) -> CallId {
        self.offer();
        self.await_welcome();
        sip_call(self.calls)
    }

    /// The decision: the caller presses 2, and an idle agent is to be rung.
    pub fn decide(&mut self, call: CallId) {
        self.door.submit(pressed(call, 2)).expect("there is room");
        while !matches!(self.order(), Effect::Ring { .. }) {}
    }

    /// The caller hangs up, the agent is idle again and the record is written.
    pub fn settle(&mut self, call: CallId) {
        self.door.submit(hung_up(call)).expect("there is room");
        let record = self.records.blocking_recv().expect("the lane runs");
        self.in_hand.is_kept(&record);
        while self.orders.try_recv().is_ok() {}
    }

    /// So many calls are offered at once, and all are welcomed.
    pub fn offer_all(&mut self, calls: u64) {
        (0..calls).for_each(|_| self.offer());
        (0..calls).for_each(|_| self.await_welcome());
    }

    /// The last so many calls hang up.
    pub fn settle_all(&mut self, calls: u64) {
        (self.calls - calls..self.calls).for_each(|before| self.settle(sip_call(before + 1)));
    }

    fn offer(&mut self) {
        self.calls += 1;
        let call = sip_call(self.calls);
        self.door.submit(self.callers.offered(call)).expect("there is room");
    }

    fn await_welcome(&mut self) {
        while !matches!(self.order(), Effect::Say { .. }) {}
    }

    fn order(&mut self) -> Effect {
        self.orders.blocking_recv().expect("the lane runs")
    }
}

/// The ids of calls that came in by SIP are even: their orders go there.
fn sip_call(number: u64) -> CallId {
    CallId(number * 2)
}

impl Drop for RunningLane {
    fn drop(&mut self) {
        self.door.close();
        // Nobody takes orders any more: the lane must not wait for room.
        self.orders.close();
        self.records.close();
        if let Some(lane) = self.lane.take() {
            lane.join();
        }
    }
}

/// A thread that sends back what it gets: what any hand-off between two threads costs, with nothing done in between.
pub struct Echo {
    there: Option<Sender<u64>>,
    back: Back,
    thread: Option<JoinHandle<()>>,
}

/// The way back.
enum Back {
    Crossbeam(Receiver<u64>),
    Tokio(mpsc::Receiver<u64>),
}

impl Echo {
    /// Crossbeam's channels both ways.
    pub fn crossbeam() -> Echo {
        let (back, from) = channel::bounded(ROOM);
        Echo::start(Back::Crossbeam(from), move |ball| back.send(ball).is_ok())
    }

    /// Crossbeam's there, tokio's back: the channels of the lane.
    pub fn crossbeam_and_tokio() -> Echo {
        let (back, from) = mpsc::channel(ROOM);
        Echo::start(Back::Tokio(from), move |ball| back.blocking_send(ball).is_ok())
    }

    fn start(back: Back, send: impl Fn(u64) -> bool + Send + 'static) -> Echo {
        let (there, balls) = channel::bounded(ROOM);
        let thread = std::thread::spawn(move || balls.iter().take_while(|ball| send(*ball)).for_each(drop));
        Echo { there: Some(there), back, thread: Some(thread) }
    }

    /// So many there at once, and all back.
    pub fn play(&mut self, balls: u64) {
        if let Some(there) = &self.there {
            (0..balls).for_each(|ball| there.try_send(ball).expect("there is room"));
        }
        (0..balls).for_each(|_| self.back.take());
    }
}

impl Back {
    fn take(&mut self) {
        let ball = match self {
            Back::Crossbeam(back) => back.recv().ok(),
            Back::Tokio(back) => back.blocking_recv(),
        };
        assert!(ball.is_some(), "the other thread runs");
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.there = None;
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the echo ends in order");
        }
    }
}
