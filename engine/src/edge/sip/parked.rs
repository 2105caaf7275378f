//! A re-INVITE that seems to come before the ACK it follows.
//!
//! The ACK reaches the edge through its transaction's task, the re-INVITE directly: sent one right
//! after the other, they may change places here. So such a re-INVITE waits a moment for its ACK
//! before it is told to come again (RFC 3261 14.2).

use std::collections::HashMap;

use rsipstack::sip::StatusCode;

use super::edge::Edge;
use super::event::LegId;
use super::leg::Exchange;
use super::reply::retry_after;
use super::transactions::Incoming;

/// How long the ACK is waited for, in milliseconds.
const WAIT_MS: u64 = 100;

/// Re-INVITEs that wait for an ACK, one a leg at the most.
#[derive(Default)]
pub(super) struct Parked(HashMap<LegId, (Incoming, u64)>);

impl Edge {
    /// Takes a re-INVITE, at once or when the ACK before it has come.
    pub(super) fn on_reinvite(&mut self, leg: LegId, tx: Incoming) {
        let until_ms = self.now_ms() + WAIT_MS;
        let waits = match self.legs.talk(leg).map(|talk| talk.exchange) {
            Some(Exchange::Ack | Exchange::AckWithAnswer) => !self.parked.0.contains_key(&leg),
            Some(Exchange::Idle | Exchange::Ours | Exchange::OurAck) | None => false,
        };
        if waits {
            self.parked.0.insert(leg, (tx, until_ms));
        } else {
            self.reinvite(leg, tx);
        }
    }

    /// The ACK has come: what waited for it goes on.
    pub(super) fn unpark(&mut self, leg: LegId) {
        if let Some((tx, _)) = self.parked.0.remove(&leg) {
            self.reinvite(leg, tx);
        }
    }

    /// Sends away what has waited for too long.
    pub(super) fn clear_parked(&mut self, now_ms: u64) {
        let late: Vec<LegId> =
            self.parked.0.iter().filter(|(_, (_, until_ms))| *until_ms <= now_ms).map(|(leg, _)| *leg).collect();
        for leg in late {
            if let Some((tx, _)) = self.parked.0.remove(&leg) {
                self.refuse(tx, StatusCode::ServerInternalError, vec![retry_after(rand::random_range(0..=10))]);
            }
        }
    }
}
