//! Transactions (RFC 3261 17, RFC 6026): what is sent again until it is answered, and what is answered again when it is
//! asked again.
//!
//! The library has its own, each a task with channels and half a dozen timers: most of what a call costs. These are rows
//! in tables that belong to the one task that owns every leg: a message is looked up, and whatever follows is done at once.
//! They decide nothing.
//!
//! - `serving`: requests that came in. `asking`: requests of ours.
//! - `name`: what tells a transaction. `alarms`: when something is due. `wire`: the way out.

mod alarms;
mod asking;
mod name;
mod serving;
mod wire;

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Instant;

use rsipstack::sip::{Method, Request, Response};
use rsipstack::transport::SipAddr;

use super::event::{LegId, RingId};
use super::path::Path;
use alarms::{Alarm, Alarms};
use asking::Client;
use serving::Server;

pub(super) use name::mark_source;
pub(super) use wire::Wire;

/// A request's octets.
#[must_use]
pub(super) fn octets(request: &Request) -> Vec<u8> {
    wire::request(request).to_vec()
}

/// T2 of RFC 3261 17.1.2.2, in T1.
const T2_T1: u64 = 8;
/// All waiting ends after so many T1.
const END_T1: u64 = 64;
/// Timer C (RFC 3261 16.6): beyond every ring time of the desk, in milliseconds.
const TIMER_C_MS: u64 = 300_000;
/// Answers are remembered up to so many times the transactions that may run at once: a flood must not fill the memory.
const REMEMBERED: usize = 8;

/// A transaction of this edge; never the same twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct TxId(u64);

/// How a request finds its peer.
#[derive(Debug, Clone)]
pub(super) enum Way {
    /// Along a path known already.
    Open(Path),
    /// To a name or address still to be connected to.
    Named(SipAddr),
}

/// A request that waits for our answer.
#[derive(Debug)]
pub(super) struct Incoming {
    /// The request.
    pub original: Request,
    /// The way back.
    pub path: Path,
    id: TxId,
}

impl Incoming {
    /// What its responses are sent by.
    #[must_use]
    pub(super) fn id(&self) -> TxId {
        self.id
    }
}

/// What a request that came in is to the edge.
#[derive(Debug)]
pub(super) enum Taken {
    /// One to be answered.
    New(Box<Incoming>),
    /// The ACK to a 2xx of ours, with the body it carried.
    Acked(LegId, Vec<u8>),
    /// A CANCEL for an INVITE that is not answered yet; it has been answered itself.
    Cancelled(LegId),
    /// Nothing new: it came before, or comes too late.
    Nothing,
}

/// What a response that came in is to the edge.
#[derive(Debug)]
pub(super) enum Answered {
    /// An answer to an INVITE of ours, which is over with a final one.
    Ring(RingId, Box<Response>),
    /// The final answer to a request of ours inside a dialog.
    Refreshed(LegId, Method, Box<Response>),
    /// A 2xx to an INVITE of ours whose transaction is over: a retransmission or a fork.
    StrayOk(Box<Response>),
    /// Nothing new.
    Nothing,
}

/// A transaction that ended without what it waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// A 2xx of ours was never acknowledged (RFC 3261 13.3.1.4).
    Unacked(LegId),
    /// An INVITE of ours had no final answer, or could not be sent.
    Ring(RingId),
    /// A request of ours inside a dialog was not answered in time.
    Refresh(LegId, Method),
}

/// All transactions.
pub(super) struct Transactions {
    wire: Wire,
    clock: Instant,
    t1_ms: u64,
    running_max: usize,
    tables: RefCell<Tables>,
}

#[derive(Default)]
struct Tables {
    newest: u64,
    running: usize,
    servers: HashMap<TxId, Server>,
    by_request: HashMap<Box<str>, TxId>,
    /// INVITEs answered with 2xx, by what their ACK names.
    by_ack: HashMap<Box<str>, TxId>,
    clients: HashMap<TxId, Client>,
    by_own: HashMap<Box<str>, TxId>,
    alarms: Alarms,
}

impl Transactions {
    /// None yet. `running_max` bounds what opens something new.
    pub(super) fn new(wire: Wire, t1_ms: u64, running_max: usize) -> Transactions {
        Transactions { wire, clock: Instant::now(), t1_ms, running_max, tables: RefCell::default() }
    }

    /// What is due is done, and who waited in vain is told.
    pub(super) fn tick(&self) -> Vec<Ended> {
        let (now_ms, mut tables) = (self.now_ms(), self.tables.borrow_mut());
        let mut ended = Vec::new();
        while let Some((id, alarm)) = tables.alarms.due(now_ms) {
            match alarm {
                Alarm::Again => self.send_again(&mut tables, id),
                Alarm::End => ended.extend(self.end_server(&mut tables, id).or_else(|| self.end_client(&mut tables, id))),
            }
        }
        ended
    }

    fn send_again(&self, tables: &mut Tables, id: TxId) {
        let t2_ms = self.t1_ms * T2_T1;
        let again = match tables.servers.get_mut(&id) {
            Some(server) => server.again(t2_ms),
            None => tables.clients.get_mut(&id).and_then(|client| client.again(t2_ms)),
        };
        if let Some((packet, path, pause_ms)) = again {
            self.wire.send(&packet, &path, None);
            tables.alarms.set(self.now_ms(), pause_ms, id, Alarm::Again);
        }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.clock.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn end_ms(&self) -> u64 {
        self.t1_ms * END_T1
    }
}

impl Tables {
    fn new_id(&mut self) -> TxId {
        self.newest += 1;
        TxId(self.newest)
    }
}
