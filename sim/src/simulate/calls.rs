//! The callers who are there, by call.

use crate::scenario::Entrance;
use cabrank_core::{AgentId, CallId, Caller, Digit, OfferId, ServiceId, Span};
use std::collections::VecDeque;

/// A caller, from the call's beginning to its record.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) source: u32,
    /// Which caller of the source.
    pub(super) nth: u64,
    /// How often this caller called before, on the same matter.
    pub(super) attempt: u16,
    /// Where the call comes in, if not where its source says.
    pub(super) to: Option<Box<Entrance>>,
    /// Who calls, if the call may be followed by another one of the same caller.
    pub(super) who: Option<Box<Caller>>,
    pub(super) handle: Span,
    pub(super) patience: Option<Span>,
    pub(super) leg: Leg,
    /// How often an agent was rung for it.
    pub(super) rings: u16,
    /// How often the menu was said.
    pub(super) menus: u16,
    /// What was asked for, if an instant service was.
    pub(super) service: Option<ServiceId>,
    /// Whether the caller has decided about a callback.
    pub(super) asked_for_callback: bool,
    /// What the caller presses in the menu, and how long after it was said, where a trace says so.
    pub(super) presses: Option<(Digit, Span)>,
    /// The wait that counts, until it is settled.
    pub(super) books: super::books::Entry,
}

/// Where a caller is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leg {
    /// In the menu, or with a fulfilment service.
    Menu,
    /// In line.
    InLine,
    /// With an agent.
    Talking(OfferId),
    /// To be called back.
    Away,
    /// Gone; a record may still be owed.
    Gone,
}

/// The calls that are not over, by number.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// The number of the first one.
    first: u64,
    calls: VecDeque<Option<Call>>,
    pub(super) live: usize,
}

impl Calls {
    pub(super) fn add(&mut self, call: Call) -> CallId {
        self.calls.push_back(Some(call));
        self.live += 1;
        CallId(self.first + self.calls.len() as u64 - 1)
    }

    pub(super) fn of(&mut self, call: CallId) -> Option<&mut Call> {
        self.calls.get_mut(usize::try_from(call.0.checked_sub(self.first)?).ok()?)?.as_mut()
    }

    pub(super) fn remove(&mut self, call: CallId) -> Option<Call> {
        let removed = self.calls.get_mut(usize::try_from(call.0.checked_sub(self.first)?).ok()?)?.take();
        self.live -= usize::from(removed.is_some());
        while let Some(None) = self.calls.front() {
            self.calls.pop_front();
            self.first += 1;
        }
        removed
    }

    /// Those who have a leg.
    pub(super) fn with_leg(&self) -> Vec<CallId> {
        let there = |call: &Option<Call>| call.as_ref().is_some_and(|call| !matches!(call.leg, Leg::Away | Leg::Gone));
        let numbered = self.calls.iter().enumerate().filter(|(_, call)| there(call));
        numbered.map(|(place, _)| CallId(self.first + place as u64)).collect()
    }
}

/// A ringing, and whose it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ringing {
    pub(super) call: CallId,
    pub(super) agent: AgentId,
}

/// Ringings by number, which the desk counts from 1.
#[derive(Debug, Default)]
pub(super) struct Ringings(Vec<Ringing>);

impl Ringings {
    pub(super) fn add(&mut self, offer: OfferId, ringing: Ringing) {
        self.0.resize(offer.0 as usize, ringing);
        if let Some(slot) = self.0.last_mut() {
            *slot = ringing;
        }
    }

    pub(super) fn of(&self, offer: OfferId) -> Option<Ringing> {
        self.0.get((offer.0 as usize).checked_sub(1)?).copied()
    }
}
