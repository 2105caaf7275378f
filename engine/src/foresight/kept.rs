//! The day that is lived through, and what is known of it already.

use super::budget::{Budget, ENOUGH, SEEDS_MAX, Watchful};
use super::document::Foreseen;
use super::{Question, Unforeseen};
use cabrank_core::{Settings, Thresholds};
use cabrank_journal::UnixMicros;
use cabrank_sim::replay::{Hindcast, Lived, Policy, Prediction, Stage, Unreadable, stage_since};
use cabrank_sim::replications::Crew;
use jiff::{Span, Timestamp};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// With fewer callers than that since midnight, the last 24 hours are lived through.
const A_DAY: usize = 100;
/// With fewer callers than that nothing is said.
const CALLERS_MIN: usize = 20;
/// The first seed; any would do.
const SEED: u64 = 1;
/// Threads at the most: the machine is there for the calls.
const THREADS_MAX: usize = 4;

/// A day, and what is known of it already.
pub(super) struct Kept {
    made: Instant,
    in_haste: bool,
    stage: Stage,
    /// As it was, lived through.
    as_it_was: Lived,
    hindcast: Hindcast,
    /// Thresholds that are asked about, in force all day.
    base: (Vec<Thresholds>, Lived),
}

/// How one question is worked at.
struct Work<'a> {
    budget: &'a Budget,
    in_vain: &'a dyn Fn() -> bool,
}

impl Kept {
    /// Of the journal as it is now; today began at `midnight`. As it was it is lived through for so long, at least twice.
    pub(super) fn of(data: &Path, midnight: Timestamp, room: Duration, in_vain: &dyn Fn() -> bool) -> Result<Kept, Unforeseen> {
        let stage = todays(data, midnight)?;
        let budget = Budget::of(room);
        let work = Work { budget: &budget, in_vain };
        let policy = Policy::as_it_was(stage.day());
        let mut as_it_was = Lived::default();
        while budget.has_room(as_it_was.figures.len()) {
            work.live_on(&stage, &policy, &mut as_it_was)?;
        }
        let hindcast = Hindcast::of(&stage, &as_it_was);
        Ok(Kept {
            made: Instant::now(),
            in_haste: room < ENOUGH,
            stage,
            as_it_was,
            hindcast,
            base: (Vec::new(), Lived::default()),
        })
    }

    /// How long ago it was made.
    pub(super) fn age(&self) -> Duration {
        self.made.elapsed()
    }

    /// Whether there was too little time to live through it as often as is worth it.
    pub(super) fn is_made_in_haste(&self) -> bool {
        self.in_haste
    }

    /// Whether the desk has still those queues.
    pub(super) fn has_as_many_queues(&self, thresholds: &[Thresholds]) -> bool {
        self.settings().queues.len() == thresholds.len()
    }

    /// Lives through the day under thresholds that will be asked about.
    pub(super) fn prepare(&mut self, before: &[Thresholds], in_vain: &dyn Fn() -> bool) -> Result<(), Unforeseen> {
        self.same_classes(before)?;
        let budget = Budget::of(ENOUGH);
        let (mut base, policy) = (self.take_base(before), self.policy(before));
        while base.figures.len() < self.as_it_was.figures.len() && budget.has_room(base.figures.len()) {
            Work { budget: &budget, in_vain }.live_on(&self.stage, &policy, &mut base)?;
        }
        self.base = (before.to_vec(), base);
        Ok(())
    }

    /// What would come of it, as sure as can be in so much time.
    pub(super) fn foresee(
        &mut self,
        question: &Question,
        room: Duration,
        in_vain: &dyn Fn() -> bool,
    ) -> Result<Foreseen, Unforeseen> {
        self.same_classes(&question.before)?;
        self.same_classes(&question.after)?;
        let budget = Budget::of(room);
        let work = Work { budget: &budget, in_vain };
        let (before, after) = (self.policy(&question.before), self.policy(&question.after));
        let (mut base, mut changed) = (self.take_base(&question.before), Lived::default());
        while budget.has_room(changed.figures.len()) {
            if base.figures.len() <= changed.figures.len() {
                work.live_on(&self.stage, &before, &mut base)?;
            }
            work.live_on(&self.stage, &after, &mut changed)?;
        }
        if changed.whole().len() < 2 {
            return Err(Unforeseen::TooLong);
        }
        let prediction = Prediction::of(&self.hindcast, &base, &changed);
        self.base = (question.before.clone(), base);
        let seeds = changed.figures.len();
        Ok(Foreseen::of(&self.stage, &self.hindcast, &prediction, seeds, budget.spent()))
    }

    fn settings(&self) -> &Settings {
        &self.stage.day().settings
    }

    /// These thresholds all day long.
    fn policy(&self, thresholds: &[Thresholds]) -> Policy {
        let mut settings = self.settings().clone();
        for (queue, thresholds) in settings.queues.iter_mut().zip(thresholds) {
            queue.thresholds = thresholds.clone();
        }
        Policy { settings, changes: Vec::new() }
    }

    fn take_base(&mut self, thresholds: &[Thresholds]) -> Lived {
        let (of, lived) = std::mem::take(&mut self.base);
        if of == thresholds {
            lived
        } else if self.policy(thresholds) == Policy::as_it_was(self.stage.day()) {
            self.as_it_was.clone()
        } else {
            Lived::default()
        }
    }

    /// Callers are counted by class.
    fn same_classes(&self, thresholds: &[Thresholds]) -> Result<(), Unforeseen> {
        let names = |thresholds: &Thresholds| -> Vec<_> { thresholds.classes.iter().map(|class| class.name.clone()).collect() };
        let both = self.settings().queues.iter().zip(thresholds);
        let other = both.into_iter().find(|(queue, thresholds)| names(&queue.thresholds) != names(thresholds));
        other.map_or(Ok(()), |(queue, _)| Err(Unforeseen::ClassesChanged(queue.name.to_string())))
    }
}

impl Work<'_> {
    /// As many further seeds as there are threads.
    fn live_on(&self, stage: &Stage, policy: &Policy, lived: &mut Lived) -> Result<(), Unforeseen> {
        let threads = threads();
        let stop = AtomicBool::new(false);
        let crew = Crew::new(threads, &stop);
        let mut onlooker = Watchful { stop: &stop, in_vain: self.in_vain, budget: self.budget };
        let done = lived.figures.len();
        let rounds = threads.get().min(SEEDS_MAX.saturating_sub(done)).max(1);
        let further = Lived::of(stage, policy, SEED + done as u64, rounds as u32, &crew, &mut onlooker);
        lived.append(further.map_err(|refusal| Unforeseen::Refused(refusal.to_string()))?.only_compared());
        if crew.stopped() { Err(Unforeseen::TooLong) } else { Ok(()) }
    }
}

/// One core is left to the calls, where there is more than one.
fn threads() -> NonZeroUsize {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    NonZeroUsize::new(cores.saturating_sub(1).min(THREADS_MAX)).unwrap_or(NonZeroUsize::MIN)
}

/// The day since midnight, or a longer one while that has few callers.
fn todays(data: &Path, midnight: Timestamp) -> Result<Stage, Unforeseen> {
    let now = Timestamp::now();
    match stage_since(data, micros(midnight)) {
        Ok(stage) if stage.day().stands.len() >= A_DAY => return Ok(stage),
        Ok(_) | Err(Unreadable::Empty(_) | Unreadable::NoCalls(_) | Unreadable::NoTalks(_)) => {}
        Err(why) => return Err(unforeseen(why)),
    }
    let yesterday = now.checked_sub(Span::new().hours(24)).unwrap_or(now).min(midnight);
    let stage = stage_since(data, micros(yesterday)).map_err(unforeseen)?;
    match stage.day().stands.len() {
        callers if callers < CALLERS_MIN => {
            Err(Unforeseen::TooLittle(format!("{callers} callers stood in line since yesterday, and {CALLERS_MIN} are needed.")))
        }
        _ => Ok(stage),
    }
}

fn micros(moment: Timestamp) -> UnixMicros {
    UnixMicros(u64::try_from(moment.as_microsecond()).unwrap_or(0))
}

fn unforeseen(why: Unreadable) -> Unforeseen {
    match why {
        Unreadable::Empty(_) | Unreadable::NoCalls(_) => Unforeseen::TooLittle(format!(
            "nobody stood in line and left it since yesterday, and {CALLERS_MIN} callers are needed."
        )),
        Unreadable::NoTalks(_) => Unforeseen::TooLittle(
            "no talk with an agent has come to its end since yesterday, so nobody knows how long talks are.".to_owned(),
        ),
        Unreadable::ClassesChanged { queue } => Unforeseen::ClassesChanged(queue),
        why @ (Unreadable::Journal(_) | Unreadable::Refused(_)) => {
            tracing::error!(%why, "the journal cannot be lived through");
            Unforeseen::Unreadable
        }
    }
}
