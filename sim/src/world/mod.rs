//! The world around a desk in virtual time: callers, agents, their phones, a fulfilment service, and trouble.
//!
//! It hands out facts ([`World::next`]) and hears what the desk made of them ([`World::heard`]). It never looks into
//! the desk, and what it reports may be late, twice, or no longer true, as with real edges.

mod agenda;
mod agents;
mod callbacks;
mod callers;
mod habits;
mod supervisors;
mod trouble;

use crate::Draw;
use agenda::{Agenda, Plan};
use agents::{AgentLeg, LegStage, Temper};
use cabrank_core::{CallId, CallerGone, Effect, Input, OfferId, PlayId, QueueId, Settings, Span, Thresholds, Tick};
use callbacks::Callbacks;
use callers::CallerLeg;
use habits::Habits;
use std::collections::BTreeMap;
use supervisors::Supervisors;

/// The world around a desk.
#[derive(Debug)]
pub struct World {
    settings: Settings,
    habits: Habits,
    now: Tick,
    agenda: Agenda,
    calls: BTreeMap<CallId, CallerLeg>,
    offers: BTreeMap<OfferId, AgentLeg>,
    callbacks: Callbacks,
    supervisors: Supervisors,
    tempers: Vec<Temper>,
    calls_made: u64,
    offers_seen: u64,
    callers: Draw,
    agents: Draw,
    services: Draw,
    trouble: Draw,
    clock: Draw,
}

impl World {
    /// The world of that seed around a desk of these settings.
    pub fn new(seed: u64, settings: Settings) -> World {
        let mut world = World {
            habits: Habits::drawn(&mut Draw::new(seed, 1)),
            settings: settings.clone(),
            now: Tick(0),
            agenda: Agenda::default(),
            calls: BTreeMap::new(),
            offers: BTreeMap::new(),
            callbacks: Callbacks::default(),
            supervisors: Supervisors::new(seed, &settings),
            tempers: Vec::new(),
            calls_made: 0,
            offers_seen: 0,
            callers: Draw::new(seed, 2),
            agents: Draw::new(seed, 3),
            services: Draw::new(seed, 4),
            trouble: Draw::new(seed, 5),
            clock: Draw::new(seed, 6),
        };
        world.tempers_for(&settings);
        world.begins();
        world
    }

    fn begins(&mut self) {
        self.agents_come();
        self.agenda.plan(Tick(0), Plan::Arrival);
        self.agenda.plan(self.habits.closing, Plan::Closing);
        for (every_ms, plan) in [
            (self.habits.garbage_every_ms, Plan::Garbage),
            (self.habits.crash_every_ms, Plan::Crash),
            (self.habits.change_every_ms, Plan::Change),
            (self.habits.tune_every_ms, Plan::Tune),
        ] {
            if let Some(every_ms) = every_ms {
                let first = self.trouble.about(every_ms);
                self.plan_until_closing(first, plan);
            }
        }
    }

    /// The next thing that happens, given when the desk wants to be woken; nothing once all is over.
    pub fn next(&mut self, wake: Option<Tick>) -> Option<(Tick, Input)> {
        let late = self.clock.millis(0, self.habits.late_ms_max);
        let wake = wake.map(|due| due.plus(late).max(self.now));
        loop {
            match (self.agenda.next_at(), wake) {
                (Some(at), Some(wake)) if wake <= at => return Some(self.woke(wake)),
                (None, Some(wake)) => return Some(self.woke(wake)),
                (None, None) => return None,
                (Some(_), Some(_) | None) => {}
            }
            if let Some(input) = self.unfold() {
                return Some((self.now, input));
            }
        }
    }

    fn woke(&mut self, at: Tick) -> (Tick, Input) {
        self.now = at;
        (at, Input::Woke)
    }

    /// The next thing planned, if it comes to pass.
    fn unfold(&mut self) -> Option<Input> {
        let (at, plan) = self.agenda.pop()?;
        self.now = self.now.max(at);
        match plan {
            Plan::Fact(input) => (self.is_possible(&input) || self.clock.chance(self.habits.crossing)).then_some(input),
            Plan::Arrival => Some(self.arrival()),
            Plan::Redial(line, caller) => Some(self.calls(line, caller)),
            Plan::Whim(place) if place < self.settings.agents.len() => Some(self.whim(place)),
            Plan::Whim(_) => None,
            Plan::Garbage => Some(self.garbage()),
            Plan::Crash => Some(self.crash()),
            Plan::Change => Some(self.change()),
            Plan::Tune => Some(self.tune()),
            Plan::Closing => {
                self.everybody_leaves();
                None
            }
        }
    }

    /// Hears what the desk made of an input.
    pub fn heard(&mut self, input: &Input, refused: bool, effects: &[Effect]) {
        if !refused {
            self.learn(input);
        }
        for effect in effects {
            self.obey(effect);
        }
    }

    fn plan_fact(&mut self, after: Span, input: Input) {
        let at = self.habits.grained(self.now.plus(after)).max(self.now);
        self.agenda.plan(at, Plan::Fact(input));
    }

    fn plan_until_closing(&mut self, after: Span, plan: Plan) {
        let at = self.habits.grained(self.now.plus(after)).max(self.now.plus(Span(1)));
        if at < self.habits.closing {
            self.agenda.plan(at, plan);
        }
    }

    /// Whether a planned fact can still happen as far as the world goes.
    fn is_possible(&self, input: &Input) -> bool {
        let leg = |call: &CallId| self.calls.get(call);
        match input {
            Input::PromptEnded { call, play } => leg(call).is_some_and(|leg| leg.play == Some(*play)),
            Input::DigitPressed { call, .. } | Input::CallerHungUp { call, .. } => leg(call).is_some(),
            Input::HoldChanged { call, .. } => leg(call).is_some_and(|leg| leg.with.is_some()),
            Input::AgentRinging { offer } | Input::AgentAnswered { offer } | Input::AgentDeclined { offer, .. } => {
                self.offers.get(offer).is_some_and(|leg| leg.stage == LegStage::Ringing)
            }
            Input::AgentHungUp { offer, .. } | Input::AgentReturned { offer, .. } => {
                self.offers.get(offer).is_some_and(|leg| leg.stage == LegStage::Answered)
            }
            Input::CallerAnswered { call } | Input::CallerUnreached { call, .. } => self.callbacks.is_dialled(*call),
            Input::CallOffered { .. }
            | Input::ThresholdsChanged { .. }
            | Input::DispatchAnswered { .. }
            | Input::CallerFound { .. }
            | Input::PhoneReached { .. }
            | Input::PhoneLost { .. }
            | Input::AgentAsked { .. }
            | Input::PromiseSettled { .. }
            | Input::RecordResolved { .. }
            | Input::Filed { .. }
            | Input::SettingsChanged { .. }
            | Input::DrainAsked { .. }
            | Input::Restarted
            | Input::CallResumed { .. }
            | Input::PhoneResumed { .. }
            | Input::Woke => true,
        }
    }

    fn learn(&mut self, input: &Input) {
        match input {
            Input::CallOffered { call, line, caller, .. } => {
                let from = (*line, caller.clone());
                self.calls.insert(*call, CallerLeg { from, play: None, with: None });
            }
            Input::CallerHungUp { call, how } => self.caller_hung_up(*call, *how),
            Input::CallerAnswered { call } => self.picks_up(*call),
            Input::CallerUnreached { call, .. } => self.callbacks.dial_is_over(*call),
            Input::AgentAnswered { offer } => self.agent_has_answered(*offer),
            Input::AgentDeclined { offer, .. } | Input::AgentHungUp { offer, .. } => self.agent_leg_ends(*offer),
            Input::SettingsChanged { settings, .. } => self.another_day(settings),
            Input::ThresholdsChanged { queues, .. } => self.thresholds_are(queues),
            Input::PromptEnded { .. }
            | Input::DigitPressed { .. }
            | Input::AgentReturned { .. }
            | Input::HoldChanged { .. }
            | Input::DispatchAnswered { .. }
            | Input::CallerFound { .. }
            | Input::AgentRinging { .. }
            | Input::PhoneReached { .. }
            | Input::PhoneLost { .. }
            | Input::AgentAsked { .. }
            | Input::PromiseSettled { .. }
            | Input::RecordResolved { .. }
            | Input::Filed { .. }
            | Input::DrainAsked { .. }
            | Input::Restarted
            | Input::CallResumed { .. }
            | Input::PhoneResumed { .. }
            | Input::Woke => {}
        }
    }

    fn obey(&mut self, effect: &Effect) {
        match effect {
            Effect::Refuse { call, .. } => self.caller_is_gone(*call),
            Effect::HangUp { call, .. } => {
                self.callbacks.dial_is_over(*call);
                self.caller_is_gone(*call);
            }
            Effect::Say { call, play, what } => {
                self.newest_play(*call, *play);
                self.caller_hears(*call, *play, *what);
                self.may_be_promised(*call, *what);
            }
            Effect::Music { call, play } => self.newest_play(*call, *play),
            Effect::Ring { offer, agent, context } => {
                self.offers_seen = self.offers_seen.max(offer.0);
                self.offers.insert(*offer, AgentLeg { call: context.call, stage: LegStage::Ringing });
                self.phone_rings(*offer, *agent);
            }
            Effect::StopRinging { offer, .. } | Effect::Release { offer, .. } => self.agent_leg_ends(*offer),
            Effect::Connect { call, offer } => self.connected(*call, *offer),
            Effect::LookUp { call, .. } => self.caller_is_looked_up(*call),
            Effect::Dispatch(dispatch) => self.service_is_asked(dispatch),
            Effect::CallBack { call, .. } => self.caller_is_dialled(*call),
            Effect::Write(record) => self.callbacks.is_over(record.call),
            Effect::Answer { .. }
            | Effect::Warn { .. }
            | Effect::Note(_)
            | Effect::Amend { .. }
            | Effect::File(_)
            | Effect::Announce { .. } => {}
        }
    }

    fn connected(&mut self, call: CallId, offer: OfferId) {
        if let Some(leg) = self.calls.get_mut(&call).filter(|leg| leg.with != Some(offer)) {
            leg.with = Some(offer);
            self.talk_begins(call, offer);
        }
    }

    fn agent_has_answered(&mut self, offer: OfferId) {
        if let Some(leg) = self.offers.get_mut(&offer) {
            leg.stage = LegStage::Answered;
        }
    }

    fn newest_play(&mut self, call: CallId, play: PlayId) {
        if let Some(leg) = self.calls.get_mut(&call) {
            leg.play = Some(play);
        }
    }

    fn caller_hung_up(&mut self, call: CallId, how: CallerGone) {
        let from = self.calls.get(&call).map(|leg| leg.from.clone());
        self.caller_is_gone(call);
        if let Some(from) = from.filter(|_| how != CallerGone::EngineRestarted || self.habits.redial > 40) {
            self.may_redial(from, self.habits.redial);
        }
    }

    fn caller_is_gone(&mut self, call: CallId) {
        self.calls.remove(&call);
    }

    fn agent_leg_ends(&mut self, offer: OfferId) {
        let caller = self.offers.remove(&offer).and_then(|leg| self.calls.get_mut(&leg.call));
        if let Some(leg) = caller.filter(|leg| leg.with == Some(offer)) {
            leg.with = None;
        }
    }

    fn thresholds_are(&mut self, queues: &[(QueueId, Thresholds)]) {
        for (queue, thresholds) in queues {
            if let Some(slot) = self.settings.queues.get_mut(usize::from(queue.0)) {
                slot.thresholds = thresholds.clone();
            }
        }
        self.supervisors.saw_a_change(&self.settings);
    }

    /// New settings are in force: agents come on duty again as the new list says.
    fn another_day(&mut self, settings: &Settings) {
        self.settings = settings.clone();
        self.supervisors.saw_new_settings(settings);
        self.tempers_for(settings);
        self.agents_come();
    }
}
