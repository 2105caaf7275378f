//! Looks on while a journal is run through the core again, and writes down who stood in which line and what came of it.

use super::calls::Calls;
use super::day::{Day, Happened, RingEnded};
use super::sessions::Sessions;
use crate::scenario::PlannedChange;
use crate::simulate::Witness;
use cabrank_core::{AgentId, CallId, Declined, Desk, Effect, Input, OfferId, Outbox, Say, Settings, Tick};
use std::collections::BTreeMap;

/// Writes down a day.
#[derive(Debug)]
pub(super) struct Watch {
    settings: Settings,
    begins: Tick,
    calls: Calls,
    rings: BTreeMap<OfferId, Ring>,
    sessions: Sessions,
    changes: Vec<PlannedChange>,
    happened: Happened,
}

/// An agent's phone rings.
#[derive(Clone, Copy, Debug)]
struct Ring {
    call: CallId,
    agent: AgentId,
    at: Tick,
}

impl Watch {
    /// From this moment on. Who is on the line by then came before anybody looked, and is left out.
    pub(super) fn from(now: Tick, desk: &Desk) -> Watch {
        let settings = desk.settings();
        Watch {
            settings: settings.clone(),
            begins: now,
            calls: Calls::default(),
            rings: BTreeMap::new(),
            sessions: Sessions::from(now, settings.agents.len(), desk),
            changes: Vec::new(),
            happened: Happened::default(),
        }
    }

    /// What was seen until the journal ended.
    pub(super) fn close(self, ends: Tick) -> Day {
        let (stands, callbacks, unfinished) = self.calls.close();
        Day {
            settings: self.settings,
            begins: self.begins,
            ends,
            stands,
            agents: self.sessions.close(ends),
            changes: self.changes,
            callbacks,
            happened: Happened { unfinished, ..self.happened },
        }
    }

    fn fact(&mut self, at: Tick, input: &Input, out: &Outbox, desk: &Desk) {
        match input {
            Input::CallOffered { call, line, open, caller } => {
                if self.calls.comes(*call, *line, *open, caller) {
                    self.happened.calls += 1;
                }
            }
            Input::CallerHungUp { call, how } => self.calls.hangs_up(*call, *how),
            Input::AgentDeclined { offer, how } => self.declined(at, *offer, *how, desk),
            Input::AgentHungUp { offer, how } => {
                if let Some(agent) = self.calls.agent_hung_up(at, *offer, *how) {
                    self.dropped(agent);
                }
            }
            Input::AgentReturned { offer, .. } if out.refusals.is_empty() => {
                self.happened.given_back += u64::from(self.calls.given_back(at, *offer));
            }
            Input::DigitPressed { call, digit } => self.calls.presses(*call, *digit),
            Input::CallerAnswered { call } => self.calls.picked_up(at, *call),
            Input::CallerUnreached { call, .. } => self.calls.not_reached(*call),
            Input::SettingsChanged { settings, .. } if out.refusals.is_empty() => self.begin_anew(at, settings, desk),
            Input::CallerFound { call, profile, .. } if out.refusals.is_empty() => self.calls.is_found(*call, profile),
            Input::Restarted => self.happened.restarts += 1,
            Input::AgentReturned { .. }
            | Input::SettingsChanged { .. }
            | Input::PromptEnded { .. }
            | Input::HoldChanged { .. }
            | Input::DispatchAnswered { .. }
            | Input::CallerFound { .. }
            | Input::AgentRinging { .. }
            | Input::AgentAnswered { .. }
            | Input::PhoneReached { .. }
            | Input::PhoneLost { .. }
            | Input::AgentAsked { .. }
            | Input::PromiseSettled { .. }
            | Input::RecordResolved { .. }
            | Input::Filed { .. }
            | Input::ThresholdsChanged { .. }
            | Input::DrainAsked { .. }
            | Input::CallResumed { .. }
            | Input::PhoneResumed { .. }
            | Input::Woke => {}
        }
    }

    fn order(&mut self, at: Tick, effect: &Effect, desk: &Desk) {
        match effect {
            Effect::Ring { offer, agent, context } => {
                self.calls.joins(at, context.call, context.queue, context.class);
                self.rings.insert(*offer, Ring { call: context.call, agent: *agent, at });
            }
            Effect::Connect { call, offer } => self.connected(at, *call, *offer),
            Effect::StopRinging { offer, .. } => self.stopped(at, *offer, desk),
            Effect::Release { offer, .. } => self.calls.released(at, *offer),
            Effect::Say { call, what, .. } => self.said(at, *call, *what),
            Effect::CallBack { call, .. } => self.calls.dialled(at, *call),
            Effect::Note(change) => {
                let queues = change.queues.iter().map(|(queue, _, after)| (*queue, after.clone())).collect();
                self.changes.push(PlannedChange { at, queues });
            }
            Effect::Write(record) => {
                if !self.calls.is_over(at, record) {
                    self.happened.beside_queues += 1;
                }
            }
            Effect::Refuse { .. }
            | Effect::Answer { .. }
            | Effect::Music { .. }
            | Effect::HangUp { .. }
            | Effect::Warn { .. }
            | Effect::Dispatch(_)
            | Effect::LookUp { .. }
            | Effect::Amend { .. }
            | Effect::File(_)
            | Effect::Announce { .. } => {}
        }
    }

    fn said(&mut self, at: Tick, call: CallId, what: Say) {
        match what {
            Say::TooMany => self.calls.finds_no_room(at, call, &self.settings),
            Say::NobodyCame => self.calls.turned_away(at, call),
            Say::WillCallBack => self.calls.asks_for_a_callback(at, call),
            Say::PleaseWait(prospect) | Say::StillWaiting(prospect) | Say::LongerThanSaid(prospect) => {
                if prospect.callback {
                    self.calls.may_be_called_back(call);
                }
            }
            Say::Welcome { .. }
            | Say::MenuAgain { .. }
            | Say::OneMoment
            | Say::Sent { .. }
            | Say::Goodbye
            | Say::NotNow
            | Say::NeedDetails
            | Say::ToHuman
            | Say::CalledBack
            | Say::Returned
            | Say::AgentLost
            | Say::Closed => {}
        }
    }

    fn connected(&mut self, at: Tick, call: CallId, offer: OfferId) {
        let Some(ring) = self.rings.remove(&offer) else { return };
        self.rang(at, ring, RingEnded::PickedUp);
        self.calls.answered(at, call, offer, ring.agent);
    }

    fn declined(&mut self, at: Tick, offer: OfferId, how: Declined, desk: &Desk) {
        let Some(ring) = self.rings.remove(&offer) else { return };
        self.rang(at, ring, RingEnded::Declined);
        match how {
            Declined::Busy | Declined::Declined | Declined::Unavailable => self.sessions.may_be_away(at, ring.agent, desk),
            Declined::Failed => {}
        }
    }

    /// The caller is gone, or nobody picked up in time.
    fn stopped(&mut self, at: Tick, offer: OfferId, desk: &Desk) {
        let Some(ring) = self.rings.remove(&offer) else { return };
        if self.calls.has_hung_up(ring.call) {
            return self.rang(at, ring, RingEnded::CalledOff);
        }
        self.rang(at, ring, RingEnded::RangOut);
        self.sessions.may_be_away(at, ring.agent, desk);
    }

    fn rang(&mut self, at: Tick, ring: Ring, ended: RingEnded) {
        if let Some(day) = self.sessions.of(ring.agent) {
            day.rings.push((at.since(ring.at), ended));
        }
    }

    fn dropped(&mut self, agent: AgentId) {
        if let Some(day) = self.sessions.of(agent) {
            day.dropped += 1;
        }
    }

    /// Settings are replaced only while nobody is there: the day to be simulated begins here.
    fn begin_anew(&mut self, now: Tick, settings: &Settings, desk: &Desk) {
        let before = self.happened.before + self.happened.calls;
        self.sessions = Sessions::from(now, settings.agents.len(), desk);
        self.settings = settings.clone();
        self.begins = now;
        self.calls = Calls::default();
        self.rings.clear();
        self.changes.clear();
        self.happened = Happened { before, ..Happened::default() };
    }
}

impl Witness for Watch {
    fn told(&mut self, at: Tick, input: &Input, out: &Outbox, desk: &Desk) {
        self.fact(at, input, out, desk);
        out.effects.iter().for_each(|effect| self.order(at, effect, desk));
        self.calls.look_for_joiners(at, desk);
        self.sessions.told(at, input, desk);
    }
}
