//! Keys that are part of a code. They are kept here, in memory alone, until they make one, and are then forgotten: the journal, the
//! desk and the log never see them, only whether the code was right.
//!
//! A code ends with `#`, or when it is as long as the right one. Nobody is told anything of one that has not ended, and one that has
//! counts: no try is for free, neither by hanging up before the `#` nor by `*`, which begins anew. A first 0 is no part of a code,
//! which begins with another digit: it goes to the desk, and leads to a human. A restart forgets what was keyed in so far; the caller
//! is asked anew.

use crate::veil::Veil;
use cabrank_core::{CallId, Desk, Digit, Input, Span, Tick};
use std::collections::BTreeMap;

/// The longest code.
const DIGITS_MAX: usize = 12;

/// Keys that follow one of a code within so long are still part of it, even where the desk has gone on meanwhile.
const TRAILS_FOR: Span = Span::secs(2);

/// With so many calls, and at every doubling, those are dropped of which nothing more is expected.
const SWEEP_FROM: usize = 64;

/// What was keyed in, by call.
#[derive(Default)]
pub(super) struct Secrets(BTreeMap<CallId, Keyed>);

/// What was keyed in of one code.
#[derive(Default)]
struct Keyed {
    digits: [u8; DIGITS_MAX],
    /// More than [`DIGITS_MAX`] where it was too many.
    count: usize,
    last: Tick,
}

impl Secrets {
    /// What the desk is told of a fact: of a key that is part of a code nothing, or what came of the code.
    pub(super) fn sift(&mut self, input: Input, desk: &Desk, veil: &Veil, now: Tick) -> Option<Input> {
        let Input::DigitPressed { call, digit } = input else { return Some(input) };
        let Some((caller, field)) = desk.proving(call) else { return self.after(call, digit, now) };
        if digit == Digit::Number(0) && self.0.get(&call).is_none_or(|keyed| keyed.count == 0) {
            self.0.remove(&call);
            return Some(input);
        }
        self.sweep(desk, now);
        let keyed = self.0.entry(call).or_default();
        keyed.last = now;
        let is_ended = keyed.take(digit);
        let is_code = veil.is_code(caller, field, keyed.digits());
        let right = is_code.or(is_ended.then_some(false))?;
        // Its `#` may follow.
        keyed.clear();
        Some(Input::CallerProved { call, right })
    }

    /// What comes when nobody is asked for a code any more: its last keys, or others.
    fn after(&mut self, call: CallId, digit: Digit, now: Tick) -> Option<Input> {
        match self.0.get_mut(&call) {
            Some(keyed) if now.since(keyed.last) < TRAILS_FOR => {
                keyed.last = now;
                if digit == Digit::Pound {
                    self.0.remove(&call);
                }
                None
            }
            Some(_) | None => {
                self.0.remove(&call);
                Some(Input::DigitPressed { call, digit })
            }
        }
    }

    fn sweep(&mut self, desk: &Desk, now: Tick) {
        if self.0.len() >= SWEEP_FROM && self.0.len().is_power_of_two() {
            self.0.retain(|call, keyed| desk.proving(*call).is_some() || now.since(keyed.last) < TRAILS_FOR);
        }
    }
}

impl Keyed {
    /// Says whether this key ends the code, however long it is.
    fn take(&mut self, digit: Digit) -> bool {
        match digit {
            Digit::Number(number) => {
                if let Some(room) = self.digits.get_mut(self.count) {
                    *room = b'0'.saturating_add(number);
                }
                self.count = self.count.saturating_add(1);
                false
            }
            Digit::Star => {
                self.clear();
                false
            }
            Digit::Pound => self.count > 0,
            Digit::Letter(_) => false,
        }
    }

    /// Nothing, which is no code, where it was too many.
    fn digits(&self) -> &[u8] {
        self.digits.get(..self.count).unwrap_or_default()
    }

    fn clear(&mut self) {
        *self = Keyed { last: self.last, ..Keyed::default() };
    }
}

#[cfg(test)]
#[path = "secrets_tests.rs"]
mod tests;
