//! The desk itself: one state machine, one writer, no lock.

mod agent;
mod ahead;
mod alarms;
mod arrival;
mod call;
mod callback;
mod calls;
mod change;
mod check;
mod choose;
mod comfort;
mod digest;
mod ending;
mod found;
mod glance;
mod idle;
mod instant;
mod known;
mod line_up;
mod look;
mod menu;
mod occupancy;
mod offer;
mod own_agent;
mod reach;
mod reserve;
mod restore;
mod resume;
mod thresholds;
mod verify;
mod warning;

use crate::ordered::Ordered;
use crate::{
    AgentId, CallId, Decision, Effect, Filing, Input, LegEnd, OfferId, PassedOver, Place, PlayId, Queue, QueueId, Refusal, Say,
    Settings, Text, Tick,
};
use agent::Agent;
use alarms::{Clock, Due, Owner};
use alloc::boxed::Box;
use alloc::vec::Vec;
use call::Call;
use calls::Calls;
pub use glance::PlaceInLine;
use idle::Idle;
use known::Known;
use line_up::LineUp;
use reach::Reaches;

/// One routing domain: its lines, menus, queues and agents, and the calls that are live.
///
/// Total: any input at any time is either acted upon or refused; a refused one changes nothing but the time.
pub struct Desk {
    settings: Settings,
    seed: u64,
    now: Tick,
    draining: bool,
    /// Changes of thresholds, offers and places ever made; no number is given twice.
    changes: u64,
    offers_made: u64,
    places_given: u64,
    calls: Calls,
    /// Ringings and talks under way, and whose they are.
    offers: Ordered<OfferId, CallId>,
    /// By queue id.
    line_ups: Vec<LineUp>,
    /// Callers who wait for an agent of their own, by that agent.
    held: Ordered<(AgentId, Tick, Place), CallId>,
    /// Who called before.
    known: Known,
    /// By agent id.
    agents: Vec<Agent>,
    /// In the order of names.
    agents_by_name: Vec<(Text, AgentId)>,
    reaches: Reaches,
    /// Queues that keep idle agents for their own callers.
    reserving: Vec<QueueId>,
    idle: Idle,
    clock: Clock,
}

/// What came of handing inputs to a desk. Reused from one to the next, so that a decision allocates nothing.
#[derive(Debug, Default)]
pub struct Outbox {
    /// Orders, in order.
    pub effects: Vec<Effect>,
    /// Why inputs were not acted upon.
    pub refusals: Vec<Refusal>,
    /// Who was brought together with whom, in order.
    pub decisions: Vec<Decision>,
    /// Whom those decisions passed over; each names its part.
    pub passed_over: Vec<PassedOver>,
}

impl Outbox {
    /// Forgets everything, keeps the room.
    pub fn clear(&mut self) {
        self.effects.clear();
        self.refusals.clear();
        self.decisions.clear();
        self.passed_over.clear();
    }

    fn order(&mut self, effect: Effect) {
        self.effects.push(effect);
    }
}

impl Desk {
    /// A desk with nobody in it and every agent signed out. Refuses settings that contradict themselves.
    /// The seed is for policies that draw lots; it is part of the digest.
    pub fn new(settings: Settings, seed: u64) -> Result<Desk, Refusal> {
        verify::verify(&settings)?;
        let reaches = Reaches::of(&settings);
        Ok(Desk {
            seed,
            now: Tick(0),
            draining: false,
            changes: 0,
            offers_made: 0,
            places_given: 0,
            calls: Calls::default(),
            offers: Ordered::new(),
            line_ups: settings.queues.iter().map(|queue| LineUp::new(&queue.thresholds)).collect(),
            held: Ordered::new(),
            known: Known::default(),
            agents: settings.agents.iter().map(|_| Agent::new()).collect(),
            agents_by_name: change::by_name(&settings),
            idle: Idle::new(settings.queues.len(), reaches.all()),
            reaches,
            reserving: change::reserving(&settings),
            clock: Clock::default(),
            settings,
        })
    }

    /// Takes note of a fact and orders what follows from it. What was due before it happens first. Time never runs
    /// back: an earlier `now` counts as the latest one.
    pub fn handle(&mut self, now: Tick, input: Input, out: &mut Outbox) {
        self.now = self.now.max(now);
        if matches!(input, Input::Restarted) {
            // First of all: what fell due meanwhile must not ring phones that are not there, nor give up on what a
            // fulfilment service could not have answered.
            self.restarted();
        }
        self.ring_alarms(out);
        if let Err(refusal) = self.apply(input, out) {
            out.refusals.push(refusal);
        }
        self.settle_alarms();
        #[cfg(debug_assertions)]
        self.check();
    }

    /// The moment at which [`Input::Woke`] is owed, if nothing else happens before.
    pub fn next_wake(&self) -> Option<Tick> {
        self.clock.next()
    }

    /// What the desk is made of.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    fn apply(&mut self, input: Input, out: &mut Outbox) -> Result<(), Refusal> {
        match input {
            Input::CallOffered { call, line, open, caller } => self.call_offered(call, line, open, caller, out),
            Input::PromptEnded { call, play } => self.prompt_ended(call, play, out),
            Input::DigitPressed { call, digit } => self.digit_pressed(call, digit, out),
            Input::CallerHungUp { call, how } => self.caller_hung_up(call, how, out),
            Input::CallerAnswered { call } => self.caller_answered(call, out),
            Input::CallerUnreached { call, how: _ } => self.caller_unreached(call, out),
            Input::HoldChanged { call, by, held } => self.hold_changed(call, by, held),
            Input::DispatchAnswered { call, answer } => self.dispatch_answered(call, answer, out),
            Input::CallerFound { call, profile, within } => self.caller_found(call, profile, within),
            Input::AgentRinging { offer } => self.agent_ringing(offer),
            Input::AgentAnswered { offer } => self.agent_answered(offer, out),
            Input::AgentDeclined { offer, how } => self.agent_declined(offer, how, out),
            Input::AgentHungUp { offer, how: LegEnd::HungUp } => self.agent_hung_up(offer, out),
            Input::AgentHungUp { offer, how: LegEnd::Lost } => self.agent_lost(offer, out),
            Input::AgentReturned { offer, queue } => self.agent_returned(offer, queue, out),
            Input::PhoneReached { agent } => self.phone_reached(agent, out),
            Input::PhoneLost { agent, how } => self.phone_lost(agent, how),
            Input::AgentAsked { agent, wish, by: _ } => self.agent_asked(agent, wish, out),
            Input::PromiseSettled { call, kept, by } => {
                self.promise_settled(call, kept, by, out);
                Ok(())
            }
            Input::RecordResolved { call, resolution, by } => {
                self.record_resolved(call, resolution, by, out);
                Ok(())
            }
            Input::Filed { matter, by } => {
                out.order(Effect::File(Box::new(Filing { at: self.now, matter: *matter, by })));
                Ok(())
            }
            Input::SettingsChanged { settings, by: _, reason: _ } => self.settings_changed(*settings),
            Input::ThresholdsChanged { base, queues, by, reason } => self.thresholds_changed(base, queues, by, reason, out),
            Input::DrainAsked { by: _ } => {
                self.draining = true;
                Ok(())
            }
            Input::CallResumed { call } => self.call_resumed(call, out),
            Input::PhoneResumed { agent } => self.phone_resumed(agent, out),
            Input::Restarted | Input::Woke => Ok(()),
        }
    }

    /// Everything that is due by now, in the order in which it fell due.
    fn ring_alarms(&mut self, out: &mut Outbox) {
        self.settle_alarms();
        while let Some(owner) = self.clock.take_due(self.now) {
            match owner {
                Owner::Call(call) => match self.take_what_is_due(call) {
                    Some(Due::Stage) => self.stage_is_over(call, out),
                    Some(Due::Dispatch) => self.dispatch_is_late(call, out),
                    Some(Due::Comfort) => self.comfort(call, out),
                    Some(Due::Opening) => self.opens(call, out),
                    None => {}
                },
                Owner::Agent(agent) => self.agent_is_back(agent, out),
                Owner::Queue(queue) => self.look_ahead(queue, out),
            }
            self.settle_alarms();
        }
    }

    fn call(&mut self, call: CallId) -> Result<&mut Call, Refusal> {
        self.calls.get_mut(&call).ok_or(Refusal::UnknownCall)
    }

    /// The queue of a live call; queues are not replaced while there is one.
    fn queue(&self, queue: QueueId) -> &Queue {
        &self.settings.queues[usize::from(queue.0)]
    }

    fn say(&mut self, id: CallId, what: Say, out: &mut Outbox) {
        if let Some(play) = self.next_play(id) {
            out.order(Effect::Say { call: id, play, what });
        }
    }

    fn music(&mut self, id: CallId, out: &mut Outbox) {
        if let Some(play) = self.next_play(id) {
            out.order(Effect::Music { call: id, play });
        }
    }

    fn next_play(&mut self, id: CallId) -> Option<PlayId> {
        let call = self.calls.get_mut(&id)?;
        call.play = PlayId(call.play.0.wrapping_add(1));
        Some(call.play)
    }
}
