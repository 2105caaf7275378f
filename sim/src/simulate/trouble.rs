//! What goes wrong between the world and the desk: facts lost, late or doubled, and crashes.

use super::Witness;
use super::agenda::Due;
use super::floor::{About, Floor};
use super::lines::with_straight_lines;
use super::sources::happens;
use super::tally::Tally;
use crate::chance::{Purpose, stream};
use crate::scenario::Trouble;
use cabrank_core::{CallerGone, Desk, Input, Outbox, Span, Tick};
use rand::RngExt;
use rand_distr::{Distribution, Exp1};
use rand_pcg::Pcg64;

/// The edge's sweep finds out within so long that a leg is gone of whose end the desk never heard.
const SWEPT_AFTER: Span = Span::secs(30);
/// Phones register again within so long after a crash.
const PHONES_BACK_WITHIN_MS: u64 = 20_000;

/// The road from the world to the desk.
pub(super) struct Road {
    trouble: Option<Trouble>,
    chance: Pcg64,
    /// Facts that are held up, and what they are about.
    stragglers: Vec<Option<(Input, About)>>,
    /// All that the desk was told, if it may crash.
    journal: Vec<(Tick, Input)>,
    lost: u64,
    recoveries: u64,
    recoveries_differ: u64,
}

enum Passage {
    Straight,
    Twice,
    Late(Span),
    Lost,
}

impl Road {
    pub(super) fn new(trouble: Option<&Trouble>, seed: u64) -> Road {
        Road {
            trouble: trouble.cloned(),
            chance: stream(seed, 0, Purpose::Trouble),
            stragglers: Vec::new(),
            journal: Vec::new(),
            lost: 0,
            recoveries: 0,
            recoveries_differ: 0,
        }
    }

    /// What the desk was told, for its recovery.
    pub(super) fn remember(&mut self, now: Tick, input: &Input) {
        if self.crashes() {
            self.journal.push((now, input.clone()));
        }
    }

    pub(super) fn tell(&self, tally: &mut Tally) {
        tally.facts_lost = self.lost;
        tally.recoveries = self.recoveries;
        tally.recoveries_differ = self.recoveries_differ;
    }

    fn crashes(&self) -> bool {
        self.trouble.as_ref().is_some_and(|trouble| trouble.crash_every.is_some())
    }

    fn passage(&mut self, input: &Input) -> Passage {
        let Some(trouble) = self.trouble.as_ref().filter(|_| travels(input)) else { return Passage::Straight };
        if happens(&mut self.chance, trouble.lost) {
            Passage::Lost
        } else if happens(&mut self.chance, trouble.late) {
            Passage::Late(trouble.late_by.sampler().draw(&mut self.chance))
        } else if happens(&mut self.chance, trouble.doubled) {
            Passage::Twice
        } else {
            Passage::Straight
        }
    }
}

impl<W: Witness> Floor<'_, W> {
    /// Sends a fact to the desk: it may not come, or late, or twice.
    pub(super) fn send(&mut self, input: Input, about: About) {
        match self.road.passage(&input) {
            Passage::Straight => self.hand(input, about),
            Passage::Twice => {
                self.hand(input.clone(), about);
                self.hand(input, about);
            }
            Passage::Late(by) => self.hold_up(input, about, by),
            Passage::Lost => {
                self.road.lost += 1;
                if is_end_of_a_leg(&input) {
                    self.hold_up(input, about, SWEPT_AFTER);
                }
            }
        }
    }

    pub(super) fn straggler(&mut self, place: usize) {
        if let Some((input, about)) = self.road.stragglers.get_mut(place).and_then(Option::take) {
            self.hand(input, about);
            self.reply();
        }
    }

    pub(super) fn foresee_crash(&mut self) {
        let Some(every) = self.road.trouble.as_ref().and_then(|trouble| trouble.crash_every) else { return };
        let factor: f64 = Exp1.sample(&mut self.road.chance);
        let at = self.now.plus(Span((every.0 as f64 * factor) as u64));
        if at < Tick(self.scenario.duration.0) {
            self.agenda.foresee(at, Due::Crash);
        }
    }

    /// The engine dies and comes back: the desk is what its journal makes of it, legs are gone, phones register again.
    pub(super) fn crash(&mut self) {
        self.foresee_crash();
        self.recover();
        self.tell(Input::Restarted, About::Else);
        for call in self.calls.with_leg() {
            self.loses_leg(call, CallerGone::EngineRestarted);
        }
        for agent in self.staff.on_duty() {
            self.look_at_agent(agent);
            let back = Span::millis(self.road.chance.random_range(0..PHONES_BACK_WITHIN_MS));
            self.agenda.foresee(self.now.plus(back), Due::PhoneBack(agent));
        }
    }

    fn recover(&mut self) {
        let Ok(mut desk) = Desk::new(with_straight_lines(&self.scenario.settings), self.seed) else { return };
        let mut out = Outbox::default();
        for (at, input) in &self.road.journal {
            out.clear();
            desk.handle(*at, input.clone(), &mut out);
        }
        self.road.recoveries += 1;
        self.road.recoveries_differ += u64::from(desk.digest() != self.desk.digest());
        self.desk = desk;
    }

    fn hold_up(&mut self, input: Input, about: About, by: Span) {
        self.road.stragglers.push(Some((input, about)));
        self.agenda.foresee(self.now.plus(by), Due::Straggler(self.road.stragglers.len() as u32 - 1));
    }
}

/// Whether a fact comes over a road on which something may go wrong; what is asked of the API is answered or asked again.
fn travels(input: &Input) -> bool {
    match input {
        Input::PromptEnded { .. }
        | Input::DigitPressed { .. }
        | Input::CallerHungUp { .. }
        | Input::DispatchAnswered { .. }
        | Input::CallerFound { .. }
        | Input::CallerAnswered { .. }
        | Input::CallerUnreached { .. }
        | Input::AgentRinging { .. }
        | Input::AgentAnswered { .. }
        | Input::AgentDeclined { .. }
        | Input::AgentHungUp { .. } => true,
        Input::CallOffered { .. }
        | Input::HoldChanged { .. }
        | Input::AgentReturned { .. }
        | Input::PhoneReached { .. }
        | Input::PhoneLost { .. }
        | Input::AgentAsked { .. }
        | Input::PromiseSettled { .. }
        | Input::RecordResolved { .. }
        | Input::Filed { .. }
        | Input::SettingsChanged { .. }
        | Input::ThresholdsChanged { .. }
        | Input::DrainAsked { .. }
        | Input::Restarted
        | Input::CallResumed { .. }
        | Input::PhoneResumed { .. }
        | Input::Woke => false,
    }
}

fn is_end_of_a_leg(input: &Input) -> bool {
    matches!(input, Input::CallerHungUp { .. } | Input::AgentHungUp { .. } | Input::CallerUnreached { .. })
}
