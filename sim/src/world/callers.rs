//! Callers: who they are, what they press, how long they stay.

use super::World;
use super::agenda::Plan;
use crate::thresholds::CLASSES;
use cabrank_core::{
    CallId, Caller, CallerGone, Digit, Input, LegEnd, LineId, Number, OfferId, PlayId, Profile, QueueId, Say, Side, Span, Text,
    Trust,
};
use std::sync::Arc;

/// The leg of a caller who is on the line.
#[derive(Clone, Debug)]
pub(super) struct CallerLeg {
    /// The line that was dialled, and by whom.
    pub(super) from: (LineId, Caller),
    /// The newest thing to be heard.
    pub(super) play: Option<PlayId>,
    /// Connected with the agent's leg of this ringing.
    pub(super) with: Option<OfferId>,
}

impl World {
    /// A new caller, and the plan for the one after.
    pub(super) fn arrival(&mut self) -> Input {
        let gap = self.callers.about(self.habits.arrival_every_ms);
        self.plan_until_closing(gap, Plan::Arrival);
        let (line, caller) = (self.dialled(), self.who());
        self.calls(line, caller)
    }

    /// Somebody calls.
    pub(super) fn calls(&mut self, line: LineId, caller: Caller) -> Input {
        self.calls_made += 1;
        let call = CallId(self.calls_made);
        self.plan_end(call);
        Input::CallOffered { call, line, open: self.callers.chance(90), caller }
    }

    /// Who dropped out, or waits to be called back, may call again.
    pub(super) fn may_redial(&mut self, (line, caller): (LineId, Caller), likely: u32) {
        if self.callers.chance(likely) {
            let after = self.callers.about(20_000);
            self.plan_until_closing(after, Plan::Redial(line, caller));
        }
    }

    fn dialled(&mut self) -> LineId {
        let last = self.settings.lines.len().saturating_sub(1) as u64;
        LineId(self.callers.between(0, last) as u16)
    }

    fn who(&mut self) -> Caller {
        let token = self.callers.chance(8).then(|| Text::from(format!("token-{}", self.callers.between(0, 5))));
        if self.callers.chance(20) {
            return Caller { token, ..Caller::unknown() };
        }
        let person = self.callers.between(0, self.habits.people);
        Caller {
            number: Some(Number(Text::from(format!("+65912300{person:02}")))),
            trust: if self.callers.chance(75) { Trust::Trusted } else { Trust::Untrusted },
            token,
            profile: self.callers.chance(75).then(|| Arc::new(profile(person))),
        }
    }

    /// Some leave at once, some soon, some only when they must.
    pub(super) fn plan_end(&mut self, call: CallId) {
        let stay = match self.callers.between(0, 9) {
            0 => self.callers.millis(0, 3_000),
            1..=4 => self.callers.about(30_000),
            _ => self.callers.about(300_000),
        };
        let how = if self.callers.chance(90) { CallerGone::HungUp } else { CallerGone::Lost };
        self.plan_fact(stay, Input::CallerHungUp { call, how });
    }

    /// The caller hears something said: it comes to its end, and the caller may do something about it.
    pub(super) fn caller_hears(&mut self, call: CallId, play: PlayId, what: Say) {
        let length = self.length(what);
        if self.callers.chance(97) {
            self.plan_fact(length, Input::PromptEnded { call, play });
        }
        let (likely, reach_ms) = match what {
            Say::Welcome { .. } | Say::MenuAgain { .. } => (80, 6_000),
            Say::Sent { .. } => (40, 2_000),
            Say::CalledBack => (70, 12_000),
            Say::PleaseWait(prospect) | Say::StillWaiting(prospect) | Say::LongerThanSaid(prospect) if prospect.callback => {
                (50, 3_000)
            }
            Say::OneMoment
            | Say::Goodbye
            | Say::NotNow
            | Say::NeedDetails
            | Say::ToHuman
            | Say::PleaseWait(_)
            | Say::StillWaiting(_)
            | Say::LongerThanSaid(_)
            | Say::WillCallBack
            | Say::Returned
            | Say::AgentLost
            | Say::Closed
            | Say::NobodyCame
            | Say::TooMany => (self.habits.fumbling / 4, 0),
        };
        if self.callers.chance(likely) {
            self.plan_key(call, length.plus(Span::millis(reach_ms)));
        }
    }

    fn plan_key(&mut self, call: CallId, within: Span) {
        let after = Span(self.callers.between(0, within.0));
        let digit = self.key();
        self.plan_fact(after, Input::DigitPressed { call, digit });
    }

    fn key(&mut self) -> Digit {
        if self.callers.chance(self.habits.fumbling) {
            return match self.callers.between(0, 15) {
                n @ 0..=9 => Digit::Number(n as u8),
                10 | 11 => Digit::Star,
                12 | 13 => Digit::Pound,
                n => Digit::Letter((n - 14) as u8),
            };
        }
        Digit::Number(*self.callers.one_of(&[1, 1, 1, 2, 2, 0]).unwrap_or(&0))
    }

    fn length(&mut self, what: Say) -> Span {
        match what {
            Say::Welcome { .. } | Say::MenuAgain { .. } | Say::Sent { .. } => self.callers.millis(3_000, 9_000),
            Say::OneMoment
            | Say::Goodbye
            | Say::NotNow
            | Say::NeedDetails
            | Say::ToHuman
            | Say::PleaseWait(_)
            | Say::StillWaiting(_)
            | Say::LongerThanSaid(_)
            | Say::WillCallBack
            | Say::CalledBack
            | Say::Returned
            | Say::AgentLost
            | Say::Closed
            | Say::NobodyCame
            | Say::TooMany => self.callers.millis(500, 4_000),
        }
    }

    /// A talk begins: it will be held now and then, and one of them ends it.
    pub(super) fn talk_begins(&mut self, call: CallId, offer: OfferId) {
        let talk = self.callers.about(40_000);
        let end = match self.callers.between(0, 9) {
            0..=4 => Input::AgentHungUp { offer, how: LegEnd::HungUp },
            5 => Input::AgentHungUp { offer, how: LegEnd::Lost },
            6 if self.callers.chance(60) => {
                let queues = self.settings.queues.len() as u64;
                Input::AgentReturned { offer, queue: QueueId(self.callers.between(0, queues - 1) as u16) }
            }
            6 => Input::CallerHungUp { call, how: CallerGone::Lost },
            _ => Input::CallerHungUp { call, how: CallerGone::HungUp },
        };
        self.plan_fact(talk, end);
        if self.callers.chance(30) {
            self.plan_hold(call, talk);
        }
    }

    fn plan_hold(&mut self, call: CallId, talk: Span) {
        let by = if self.callers.chance(50) { Side::Agent } else { Side::Caller };
        let held_after = Span(self.callers.between(0, talk.0));
        let back_after = Span(self.callers.between(held_after.0, talk.0.saturating_mul(2)));
        self.plan_fact(held_after, Input::HoldChanged { call, by, held: true });
        self.plan_fact(back_after, Input::HoldChanged { call, by, held: false });
    }

    /// Whoever is still on the line goes within a minute.
    pub(super) fn everybody_leaves(&mut self) {
        let there = self.calls.keys().copied().collect::<Vec<_>>();
        for call in there {
            let after = self.callers.millis(0, 60_000);
            self.plan_fact(after, Input::CallerHungUp { call, how: CallerGone::HungUp });
        }
    }
}

/// One person is always the same.
pub(super) fn profile(person: u64) -> Profile {
    let pickup = (!person.is_multiple_of(3)).then(|| (Text::from("pickup"), Text::from("12 Orchard Road")));
    Profile {
        name: Text::from(format!("Person {person}")),
        language: Text::from("en"),
        class: Text::from(CLASSES[(person % CLASSES.len() as u64) as usize]),
        preferred_agent: Text::from(*["a0", "", "a1", "", ""].get((person % 5) as usize).unwrap_or(&"")),
        fields: pickup.into_iter().collect(),
    }
}
