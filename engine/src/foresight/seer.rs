//! The thread that foresees.

use super::kept::Kept;
use super::{Ask, Foreseen, Question, Unforeseen};
use cabrank_core::Thresholds;
use jiff::tz::TimeZone;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Duration;

/// A day older than that is made anew once a question is answered.
const AGED: Duration = Duration::from_secs(60);
/// A day older than that is made anew before.
const OLD: Duration = Duration::from_secs(300);
/// The lowest priority there is: it gets what nobody else wants.
const NICE: i32 = 19;

/// Whoever foresees, on a thread of its own.
pub(super) struct Seer {
    data: PathBuf,
    zone: TimeZone,
    ends: Arc<AtomicBool>,
    kept: Option<Kept>,
}

impl Seer {
    pub(super) fn new(data: PathBuf, zone: TimeZone, ends: Arc<AtomicBool>) -> Seer {
        Seer { data, zone, ends, kept: None }
    }

    /// Answers until nobody can ask any more.
    pub(super) fn run(mut self, asked: &Receiver<Ask>) {
        // Of this thread, on Linux, and of those that it starts.
        if let Err(failure) = rustix::process::setpriority_process(None, NICE) {
            tracing::warn!(%failure, "what is foreseen is not of low priority");
        }
        for ask in asked {
            match ask {
                Ask::MakeReady(in_force) => self.make_ready(&in_force),
                Ask::Foresee(question, reply) => {
                    let ends = Arc::clone(&self.ends);
                    let in_vain = || reply.is_closed() || ends.load(Ordering::Relaxed);
                    if in_vain() {
                        continue;
                    }
                    let foreseen = self.foresee(&question, &in_vain);
                    // Whoever asked may be gone.
                    let _ = reply.send(foreseen);
                    self.renew(&question.before);
                }
            }
        }
    }

    fn make_ready(&mut self, in_force: &[Thresholds]) {
        self.renew(in_force);
        let ends = Arc::clone(&self.ends);
        let in_vain = || ends.load(Ordering::Relaxed);
        let ready = self.day(in_force, OLD, &in_vain).and_then(|kept| kept.prepare(in_force, &in_vain));
        if let Err(why) = ready {
            tracing::debug!(%why, "nothing can be foreseen yet");
        }
    }

    fn renew(&mut self, in_force: &[Thresholds]) {
        let ends = Arc::clone(&self.ends);
        let in_vain = || ends.load(Ordering::Relaxed);
        if self.kept.is_some() && !in_vain() {
            // A day that cannot be made is told to whoever asks next.
            let _ = self.day(in_force, AGED, &in_vain).and_then(|kept| kept.prepare(in_force, &in_vain));
        }
    }

    fn foresee(&mut self, question: &Question, in_vain: &dyn Fn() -> bool) -> Result<Foreseen, Unforeseen> {
        self.day(&question.before, OLD, in_vain)?.foresee(question, in_vain)
    }

    /// The day that is kept, or one that is made now.
    fn day(&mut self, queues: &[Thresholds], age_max: Duration, in_vain: &dyn Fn() -> bool) -> Result<&mut Kept, Unforeseen> {
        let kept = self.kept.take().filter(|kept| kept.age() <= age_max && kept.has_as_many_queues(queues));
        let kept = match kept {
            Some(kept) => kept,
            None => Kept::of(&self.data, &self.zone, in_vain)?,
        };
        if !kept.has_as_many_queues(queues) {
            return Err(Unforeseen::TooLittle("the desk's queues have just been replaced.".to_owned()));
        }
        Ok(self.kept.insert(kept))
    }
}
