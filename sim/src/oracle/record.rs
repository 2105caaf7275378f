//! One end and one record for each call, and the record says what happened.

use super::books::{Leg, Life};
use super::known::owned;
use super::said::is_settled_right;
use super::{Oracle, Rule, Verdict, must};
use cabrank_core::{CallId, Digit, Outcome, Record, Tick};

impl Oracle {
    pub(super) fn write(&mut self, record: &Record, at: Tick) -> Verdict {
        let joined = record.outcome != Outcome::Joined || self.calls_again(record.call);
        must(joined, Rule::CallbackOnce, || format!("call {} was joined with no other", record.call))?;
        let life = self.life(record.call)?;
        must(!life.written, Rule::OneRecord, || format!("call {} is written twice", record.call))?;
        if life.callback.pending && life.leg == Leg::Away {
            life.ended_at = Some(at);
        }
        must(life.ended_at.is_some(), Rule::OneRecord, || format!("call {} is written before its end", record.call))?;
        says_who(life, record)?;
        says_when(life, record)?;
        says_how(life, record)?;
        says_what_was_said(life, record)?;
        life.written = true;
        if record.outcome != Outcome::Joined {
            self.known.callback_is_over(record.call);
        }
        Ok(())
    }

    /// Whether another call of the same caller is live.
    fn calls_again(&self, call: CallId) -> bool {
        let Some(caller) = self.lives.get(&call).and_then(|life| life.caller.known_by()) else { return false };
        let owns = |life: &Life| life.caller.known_by().is_some_and(|other| owned(&other).contains(&caller));
        self.lives.iter().any(|(other, life)| *other != call && !life.written && owns(life))
    }
}

fn says_who(life: &Life, record: &Record) -> Verdict {
    let same =
        record.line == life.line && record.caller == life.caller && record.proved == life.proved && record.agent == life.taken_by;
    let counted = record.offers == life.rings && record.callbacks == life.callback.tries;
    must(same && counted && is_part_of(record.pressed.as_slice(), &life.keys), Rule::RecordIsTrue, || {
        format!("{record:?} for {life:?}")
    })
}

fn says_when(life: &Life, record: &Record) -> Verdict {
    let joined = life.join.map(|join| (join.at, join.queue));
    let same = record.offered_at == life.offered_at
        && Some(record.ended_at) == life.ended_at
        && record.connected_at == life.connected_at
        && record.queued_at.zip(record.queue) == joined;
    let talked = life.connected_at.map(|at| record.ended_at.since(at)).unwrap_or_default();
    must(same && record.held <= talked, Rule::RecordIsTrue, || format!("{record:?} for {life:?}"))
}

fn says_how(life: &Life, record: &Record) -> Verdict {
    let gone = life.leg == Leg::Gone;
    let fits = match record.outcome {
        Outcome::ServedInstantly => life.eta.is_some(),
        Outcome::ServedByAgent => life.connected_at.is_some(),
        Outcome::LeftInMenu => gone && life.join.is_none() && life.eta.is_none(),
        Outcome::Abandoned => gone && life.join.is_some(),
        Outcome::WaitedTooLong => life.join.is_some(),
        Outcome::Closed | Outcome::QueueFull => life.join.is_none() && life.leg != Leg::Refused,
        Outcome::Refused => life.leg == Leg::Refused,
        Outcome::Joined => life.callback.pending,
        Outcome::CallbackCancelled => life.callback.cancelled,
        Outcome::CallbackFailed => life.callback.pending && life.leg == Leg::Away,
        Outcome::CutOff => gone,
    };
    let promised = record.promise.is_some() == life.eta.is_some();
    must(fits && promised, Rule::RecordIsTrue, || format!("{record:?} for {life:?}"))
}

fn says_what_was_said(life: &Life, record: &Record) -> Verdict {
    let right = is_settled_right(record.quote, life.said, record.ended_at);
    must(right, Rule::RecordIsTrue, || format!("{:?} was said, and is {:?} in the record", life.said, record.quote))
}

/// Whether the keys kept were pressed, in that order; what is pressed in a talk is not kept.
fn is_part_of(kept: &[Digit], pressed: &[Digit]) -> bool {
    let mut pressed = pressed.iter();
    kept.iter().all(|key| pressed.any(|other| other == key))
}
