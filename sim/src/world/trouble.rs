//! What goes wrong: services that refuse, inputs that make no sense, crashes, drains, changes of settings.

use super::World;
use super::agenda::Plan;
use super::callers::profile;
use crate::changed_settings;
use cabrank_core::{
    AgentId, CallId, Caller, CallerGone, Declined, Digit, Dispatch, DispatchAnswer, DispatchFailure, Input, LegEnd, LineId,
    OfferId, PhoneLost, PlayId, QueueId, Side, Span, Wish,
};
use std::sync::Arc;

impl World {
    /// The fulfilment service answers in its own time, or not at all.
    pub(super) fn service_is_asked(&mut self, dispatch: &Dispatch) {
        let call = dispatch.call;
        let answer = match self.services.between(0, 19) {
            0..=12 => DispatchAnswer::Accepted { eta: self.services.millis(0, 1_800_000), reference: "ref".into() },
            13 | 14 => DispatchAnswer::Refused { reason: "no car".into() },
            15 => DispatchAnswer::Failed(DispatchFailure::TimedOut),
            16 => DispatchAnswer::Failed(DispatchFailure::Unreachable),
            17 => DispatchAnswer::Failed(DispatchFailure::Nonsense),
            _ => return,
        };
        let after = self.services.about(800);
        self.plan_fact(after, Input::DispatchAnswered { call, answer });
        if self.services.chance(50) {
            let kept = self.services.chance(80);
            let later = after.plus(self.services.about(60_000));
            self.plan_fact(later, Input::PromiseSettled { call, kept, by: "fleet".into() });
        }
    }

    /// Somebody outside may know who calls, and says so in time, too late or twice.
    pub(super) fn caller_is_looked_up(&mut self, call: CallId) {
        let times = [0, 1, 1, 1, 2][self.services.between(0, 4) as usize];
        for _ in 0..times {
            let person = self.services.between(0, self.habits.people);
            let found = Input::CallerFound { call, profile: Arc::new(profile(person)), within: Span::millis(150) };
            let after = self.services.about(100);
            self.plan_fact(after, found);
        }
    }

    /// Whether a garbage input comes now, and the plan for the next.
    pub(super) fn garbage(&mut self) -> Input {
        if let Some(every_ms) = self.habits.garbage_every_ms {
            let gap = self.trouble.about(every_ms);
            self.plan_until_closing(gap, Plan::Garbage);
        }
        self.any_input()
    }

    fn any_input(&mut self) -> Input {
        let (call, offer, agent) = (self.some_call(), self.some_offer(), self.some_agent());
        let by = "nobody".into();
        let coin = self.trouble.chance(50);
        match self.trouble.between(0, 21) {
            0 => Input::CallOffered { call, line: self.some_line(), open: coin, caller: Caller::unknown() },
            1 => Input::PromptEnded { call, play: PlayId(self.trouble.between(0, 12) as u32) },
            2 => Input::DigitPressed { call, digit: Digit::Number(self.trouble.between(0, 255) as u8) },
            3 => Input::CallerHungUp { call, how: CallerGone::EngineRestarted },
            4 => Input::HoldChanged { call, by: if coin { Side::Agent } else { Side::Caller }, held: self.trouble.chance(50) },
            5 => Input::DispatchAnswered { call, answer: self.some_answer() },
            6 => Input::AgentRinging { offer },
            7 => Input::AgentAnswered { offer },
            8 => Input::AgentDeclined { offer, how: if coin { Declined::Busy } else { Declined::Failed } },
            9 => Input::AgentHungUp { offer, how: if coin { LegEnd::HungUp } else { LegEnd::Lost } },
            10 => Input::PhoneReached { agent },
            11 => Input::PhoneLost { agent, how: PhoneLost::Expired },
            12 => Input::AgentAsked { agent, wish: if coin { Wish::Ready } else { Wish::SignOut }, by },
            13 => Input::PromiseSettled { call, kept: coin, by },
            14 => Input::RecordResolved { call, resolution: "overtaken by events".into(), by },
            15 => Input::CallerAnswered { call },
            16 => Input::CallerUnreached { call, how: Declined::Busy },
            17 => Input::AgentReturned { offer, queue: QueueId(self.trouble.between(0, 3) as u16) },
            18 => Input::CallResumed { call },
            19 => Input::PhoneResumed { agent },
            20 => Input::CallerFound { call, profile: Arc::default(), within: if coin { Span(0) } else { Span(u64::MAX) } },
            _ => Input::Woke,
        }
    }

    fn some_answer(&mut self) -> DispatchAnswer {
        match self.trouble.between(0, 2) {
            0 => DispatchAnswer::Accepted { eta: Span(self.trouble.any()), reference: "".into() },
            1 => DispatchAnswer::Refused { reason: "".into() },
            _ => DispatchAnswer::Failed(DispatchFailure::Nonsense),
        }
    }

    fn some_call(&mut self) -> CallId {
        if self.trouble.chance(5) { CallId(self.trouble.any()) } else { CallId(self.trouble.between(0, self.calls_made)) }
    }

    fn some_offer(&mut self) -> OfferId {
        OfferId(self.trouble.between(0, self.offers_seen.saturating_add(1)))
    }

    fn some_agent(&mut self) -> AgentId {
        AgentId(self.trouble.between(0, self.settings.agents.len() as u64) as u32)
    }

    fn some_line(&mut self) -> LineId {
        LineId(self.trouble.between(0, self.settings.lines.len() as u64) as u16)
    }

    /// The engine stops (sometimes drained first) and comes back: its callers are gone or still there, and so are its phones.
    pub(super) fn crash(&mut self) -> Input {
        if let Some(every_ms) = self.habits.crash_every_ms {
            let gap = self.trouble.about(every_ms);
            self.plan_until_closing(gap, Plan::Crash);
        }
        if self.trouble.chance(40) {
            self.plan_return(Span::secs(5));
            return Input::DrainAsked { by: "operator".into() };
        }
        self.plan_aftermath(Span(0));
        Input::Restarted
    }

    fn plan_return(&mut self, after: Span) {
        self.plan_fact(after, Input::Restarted);
        self.plan_aftermath(after);
    }

    fn plan_aftermath(&mut self, after: Span) {
        let there = self.calls.keys().copied().collect::<Vec<_>>();
        for call in there {
            let gone = Input::CallerHungUp { call, how: CallerGone::EngineRestarted };
            let fact = if self.trouble.chance(50) { Input::CallResumed { call } } else { gone };
            self.plan_fact(after, fact);
        }
        for place in 0..self.settings.agents.len() {
            if self.trouble.chance(30) {
                self.plan_fact(after, Input::PhoneResumed { agent: AgentId(place as u32) });
            }
            let back = after.plus(self.trouble.millis(100, 20_000));
            self.plan_sign_in(place, back);
        }
    }

    /// Somebody changes the settings; a desk with live calls refuses.
    pub(super) fn change(&mut self) -> Input {
        if let Some(every_ms) = self.habits.change_every_ms {
            let gap = self.trouble.about(every_ms);
            self.plan_until_closing(gap, Plan::Change);
        }
        let settings = Box::new(changed_settings(&mut self.trouble, &self.settings));
        Input::SettingsChanged { settings, by: "supervisor".into(), reason: "a new day".into() }
    }
}
