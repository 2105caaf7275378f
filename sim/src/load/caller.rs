//! What a caller does: calls, listens, presses, waits as long as patience lasts, talks, hangs up. Sans I/O.

use super::clock::Moment;
use super::figures::{Figures, Latency, Outcome};
use super::target::{CallNo, Order};
use std::borrow::Cow;
use std::time::Duration;

/// One call of a caller.
#[derive(Debug)]
pub(super) struct Caller {
    /// Which of the people it is.
    pub(super) person: u64,
    /// The number shown.
    pub(super) number: Box<str>,
    /// When the call was due.
    pub(super) due: Moment,
    /// What is pressed.
    pub(super) key: Option<char>,
    /// From the answer to the key.
    pub(super) thinks: Duration,
    stage: Stage,
    press_due: Option<Moment>,
    rung: bool,
}

/// How far a call is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    /// Not answered.
    Calling,
    /// Answered: listens, presses, waits.
    Waiting,
    /// The desk served the caller at once.
    Served,
    /// Talks with an agent.
    Talking,
    /// Has hung up, and this is what it came to.
    Leaving(Outcome),
}

impl Caller {
    pub(super) fn new(person: u64, number: Box<str>, due: Moment, key: Option<char>, thinks: Duration) -> Caller {
        Caller { person, number, due, key, thinks, stage: Stage::Calling, press_due: None, rung: false }
    }

    /// The desk answered. When the key is to be pressed, if one is.
    pub(super) fn answered(&mut self, at: Moment, figures: &mut Figures) -> Option<Moment> {
        if self.stage != Stage::Calling {
            return None;
        }
        self.stage = Stage::Waiting;
        figures.took(Latency::Answer, at.since(self.due));
        figures.answered(at);
        self.press_due = self.key.map(|_| at.after(self.thinks));
        self.press_due
    }

    /// It is time to press.
    pub(super) fn press(&self, call: CallNo) -> Option<Order<'static>> {
        self.key.filter(|_| self.stage == Stage::Waiting).map(|key| Order::Press(call, key))
    }

    /// An agent is rung for this call. Only the first ringing counts: what follows is the agents' doing.
    pub(super) fn rung(&mut self, at: Moment, figures: &mut Figures) {
        if self.rung || matches!(self.stage, Stage::Leaving(_)) {
            return;
        }
        self.rung = true;
        figures.took(Latency::Rung, at.since(self.due));
        if let Some(pressed) = self.press_due {
            figures.took(Latency::KeyToRung, at.since(pressed));
        }
    }

    /// An agent has answered.
    pub(super) fn connected(&mut self, at: Moment, figures: &mut Figures) {
        match self.stage {
            Stage::Calling | Stage::Waiting | Stage::Served => {
                self.stage = Stage::Talking;
                figures.connected(at);
            }
            Stage::Talking | Stage::Leaving(_) => {}
        }
    }

    /// The desk served the caller at once.
    pub(super) fn served(&mut self) {
        if matches!(self.stage, Stage::Calling | Stage::Waiting) {
            self.stage = Stage::Served;
        }
    }

    /// Patience is over: hangs up, if nobody has come yet.
    pub(super) fn loses_patience(&mut self, call: CallNo) -> Option<Order<'static>> {
        match self.stage {
            Stage::Calling | Stage::Waiting => Some(self.leave(call, Outcome::Abandoned)),
            Stage::Served | Stage::Talking | Stage::Leaving(_) => None,
        }
    }

    /// The load is over: hangs up, whatever there was.
    pub(super) fn is_sent_home(&mut self, call: CallNo) -> Option<Order<'static>> {
        (!matches!(self.stage, Stage::Leaving(_))).then(|| self.leave(call, Outcome::Unfinished))
    }

    fn leave(&mut self, call: CallNo, outcome: Outcome) -> Order<'static> {
        self.stage = Stage::Leaving(outcome);
        Order::HangUp(call)
    }

    /// The call is over. `instant`: the keys after which a call that ends without an agent was served.
    pub(super) fn over(&self, instant: &[char]) -> Outcome {
        match &self.stage {
            Stage::Leaving(outcome) => outcome.clone(),
            Stage::Talking => Outcome::Answered,
            Stage::Served => Outcome::Served,
            Stage::Waiting if !self.rung && self.key.is_some_and(|key| instant.contains(&key)) => Outcome::Served,
            Stage::Waiting => Outcome::Dismissed,
            Stage::Calling => Outcome::Failed(Cow::Borrowed("ended before it was answered")),
        }
    }

    /// The desk would not take the call.
    pub(super) fn refused(&self, at: Moment, why: Cow<'static, str>, figures: &mut Figures) -> Outcome {
        match &self.stage {
            Stage::Leaving(outcome) => outcome.clone(),
            Stage::Calling | Stage::Waiting | Stage::Served | Stage::Talking => {
                figures.took(Latency::Refusal, at.since(self.due));
                Outcome::Refused(why)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: CallNo = CallNo(1);

    fn caller(key: Option<char>) -> Caller {
        Caller::new(0, "+651".into(), Moment(1_000_000), key, Duration::from_millis(5))
    }

    fn at_ms(ms: u64) -> Moment {
        Moment(ms * 1_000_000)
    }

    #[test]
    fn an_agents_ringing_is_measured_from_the_due_moment_and_from_the_key_once() {
        let (mut caller, mut figures) = (caller(Some('2')), Figures::default());
        assert_eq!(caller.answered(at_ms(11), &mut figures), Some(at_ms(16)));
        assert_eq!(caller.press(CALL), Some(Order::Press(CALL, '2')));
        caller.rung(at_ms(21), &mut figures);
        caller.rung(at_ms(900), &mut figures);
        caller.connected(at_ms(901), &mut figures);
        let max = |latency| figures.latency(latency).max_ms();
        assert_eq!([max(Latency::Answer), max(Latency::Rung), max(Latency::KeyToRung)].map(f64::round), [10.0, 20.0, 5.0]);
        assert_eq!(caller.over(&['1']), Outcome::Answered);
    }

    #[test]
    fn who_ends_without_an_agent_was_served_only_after_an_instant_key() {
        for (key, outcome) in [(Some('1'), Outcome::Served), (Some('2'), Outcome::Dismissed), (None, Outcome::Dismissed)] {
            let mut caller = caller(key);
            caller.answered(at_ms(2), &mut Figures::default());
            assert_eq!(caller.over(&['1']), outcome);
        }
    }

    #[test]
    fn patience_is_over_once_and_not_in_a_talk() {
        let (mut patient, mut figures) = (caller(None), Figures::default());
        patient.answered(at_ms(2), &mut figures);
        patient.connected(at_ms(3), &mut figures);
        assert_eq!(patient.loses_patience(CALL), None);
        let mut impatient = caller(None);
        assert_eq!(impatient.loses_patience(CALL), Some(Order::HangUp(CALL)));
        assert_eq!(impatient.loses_patience(CALL), None);
        assert_eq!(impatient.is_sent_home(CALL), None);
        assert_eq!(impatient.over(&[]), Outcome::Abandoned);
        assert_eq!(impatient.refused(at_ms(9), "487".into(), &mut figures), Outcome::Abandoned);
    }
}
