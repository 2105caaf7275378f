//! A known caller whose number is in doubt may prove who calls by a code that only this caller knows, instead of being sent to a
//! human. Two tries a call, and few wrong ones an hour over all calls of a number, however many there are at once.
//!
//! The desk is told neither what is keyed in nor what would be right, only whether it was: the door asks [`Desk::proving`] of
//! every key, and keeps those that are secret.

use super::alarms::Due;
use super::call::{Call, Stage};
use super::calls::Calls;
use super::instant::missing;
use super::{Desk, Outbox};
use crate::code::code_struct;
use crate::{CallId, Caller, Choice, Key, LineId, Number, Proof, QueueId, Refusal, Say, ServiceId, Span, Text, Tick, WhyHuman};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

/// Wrong codes that end a call's tries.
pub(super) const WRONG_A_CALL_MAX: u8 = 2;

/// Wrong codes of one number after which nobody is asked who calls from it,
const WRONG_A_NUMBER_MAX: usize = 5;

/// so long.
const WRONG_COUNTS_FOR: Span = Span::secs(60 * 60);

/// Numbers of which wrong codes are remembered. Beyond it nobody is asked: whoever can fill this could otherwise have it forget.
const NUMBERS_MAX: usize = 10_000;

/// Who proved who calls, and who did not.
#[derive(Default)]
pub(super) struct Proofs {
    /// Live calls whose caller keyed in the right code.
    right: BTreeSet<CallId>,
    /// When wrong codes came, by number: the last few.
    wrong: BTreeMap<Number, Vec<Tick>>,
}

impl Proofs {
    pub(super) fn is_proved(&self, call: CallId) -> bool {
        self.right.contains(&call)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.right.is_empty() && self.wrong.is_empty()
    }

    /// The call is over; what its number did wrong stays.
    pub(super) fn forget(&mut self, call: CallId) {
        self.right.remove(&call);
    }

    /// Whether they are of these calls, and within bounds; what came out of bytes need not be.
    pub(super) fn are_of(&self, calls: &Calls) -> bool {
        let bounded = self.wrong.values().all(|wrong| (1..=WRONG_A_NUMBER_MAX).contains(&wrong.len()) && wrong.is_sorted());
        bounded && self.wrong.len() <= NUMBERS_MAX && self.right.iter().all(|call| calls.contains(call))
    }

    /// Whether nobody may be asked who calls from this number.
    fn is_shut(&self, number: &Number, now: Tick) -> bool {
        match self.wrong.get(number) {
            Some(wrong) => wrong.iter().filter(|at| counts(**at, now)).count() >= WRONG_A_NUMBER_MAX,
            None if self.wrong.len() < NUMBERS_MAX => false,
            None => self.wrong.values().filter(|wrong| is_remembered(wrong, now)).count() >= NUMBERS_MAX,
        }
    }

    fn note_wrong(&mut self, number: &Number, now: Tick) {
        if !self.wrong.contains_key(number) && self.wrong.len() >= NUMBERS_MAX {
            self.wrong.retain(|_, wrong| is_remembered(wrong, now));
        }
        if let Some(wrong) = self.wrong.get_mut(number) {
            if wrong.len() >= WRONG_A_NUMBER_MAX {
                wrong.remove(0);
            }
            wrong.push(now);
        } else if self.wrong.len() < NUMBERS_MAX {
            self.wrong.insert(number.clone(), Vec::from([now]));
        }
    }
}

impl Desk {
    /// Who is being asked for a code on this call, and the field of the profile that holds it. While anybody is, the call's keys are
    /// secret: only a first 0 is for the desk, and [`Input::CallerProved`](crate::Input::CallerProved) says what came of the others.
    pub fn proving(&self, call: CallId) -> Option<(&Caller, &Text)> {
        let call = self.calls.get(&call)?;
        let Stage::Proving { chosen, .. } = call.stage else { return None };
        self.instant(call.line, chosen).map(|(_, _, proof)| (&call.caller, &proof.field))
    }

    /// Why a caller whose number is in doubt is not asked for a code.
    pub(super) fn keeps_from_proving(&self, call: &Call, chosen: Key, service: ServiceId) -> Option<WhyHuman> {
        let (Some(profile), Some(number)) = (&call.caller.profile, &call.caller.number) else {
            return Some(WhyHuman::UnknownCaller);
        };
        let proof = self.instant(call.line, chosen).map(|(_, _, proof)| proof);
        let in_vain = missing(profile, &self.settings.services[usize::from(service.0)]).is_some();
        if in_vain || !proof.is_some_and(|proof| profile.holds_code(&proof.field)) {
            Some(WhyHuman::UntrustedNumber)
        } else {
            self.proofs.is_shut(number, self.now).then_some(WhyHuman::TooManyWrongCodes)
        }
    }

    pub(super) fn ask_for_code(&mut self, id: CallId, chosen: Key, out: &mut Outbox) {
        self.enter(id, Stage::Proving { chosen, wrong: 0 });
        self.say(id, Say::Prove, out);
    }

    /// The caller was asked; the time runs.
    pub(super) fn await_code(&mut self, id: CallId, chosen: Key) {
        let within = self.calls.get(&id).and_then(|call| self.instant(call.line, chosen)).map(|(_, _, proof)| proof.within);
        self.set_alarm(id, Due::Stage, self.now.plus(within.unwrap_or_default()));
    }

    pub(super) fn caller_proved(&mut self, id: CallId, right: bool, out: &mut Outbox) -> Result<(), Refusal> {
        let call = self.calls.get(&id).ok_or(Refusal::UnknownCall)?;
        let (Stage::Proving { chosen, wrong }, Some(number)) = (call.stage, call.caller.number.clone()) else {
            return Err(Refusal::OutOfPlace);
        };
        let Some((service, otherwise, _)) = self.instant(call.line, chosen) else { return Err(Refusal::OutOfPlace) };
        if self.proofs.is_shut(&number, self.now) {
            // Other calls have used up the tries meanwhile: not even the right one counts, or calls at once would be tries for free.
            self.join(id, otherwise, WhyHuman::TooManyWrongCodes, out);
        } else if right {
            self.proofs.right.insert(id);
            self.dispatch(id, service, otherwise, out);
        } else {
            self.proofs.note_wrong(&number, self.now);
            self.code_was_wrong(id, Stage::Proving { chosen, wrong: wrong.saturating_add(1) }, otherwise, out);
        }
        Ok(())
    }

    /// No code, or no wish to key one in.
    pub(super) fn rather_a_human(&mut self, id: CallId, chosen: Key, why: WhyHuman, out: &mut Outbox) {
        let Some(line) = self.calls.get(&id).map(|call| call.line) else { return };
        let otherwise = self.instant(line, chosen).map_or(self.line(line).human, |(_, otherwise, _)| otherwise);
        self.join(id, otherwise, why, out);
    }

    /// Whether a line's option serves at once those who prove who they are.
    pub(super) fn offers_proof(&self, line: LineId, chosen: Key) -> bool {
        usize::from(line.0) < self.settings.lines.len() && self.instant(line, chosen).is_some()
    }

    fn code_was_wrong(&mut self, id: CallId, stage: Stage, otherwise: QueueId, out: &mut Outbox) {
        if matches!(stage, Stage::Proving { wrong, .. } if wrong < WRONG_A_CALL_MAX) {
            self.enter(id, stage);
            self.say(id, Say::ProveAgain, out);
        } else {
            self.join(id, otherwise, WhyHuman::WrongCode, out);
        }
    }

    /// What an option asks for, where its doubts lead, and how they can be dispelled.
    fn instant(&self, line: LineId, chosen: Key) -> Option<(ServiceId, QueueId, &Proof)> {
        match self.line(line).menu.choice(chosen)? {
            Choice::Instant { service, otherwise, proof } => proof.as_ref().map(|proof| (*service, *otherwise, proof)),
            Choice::Queue(_) => None,
        }
    }
}

fn counts(wrong: Tick, now: Tick) -> bool {
    now.since(wrong) < WRONG_COUNTS_FOR
}

fn is_remembered(wrong: &[Tick], now: Tick) -> bool {
    wrong.last().is_some_and(|last| counts(*last, now))
}

code_struct! {
    Proofs { right, wrong }
}
