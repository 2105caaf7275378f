//! What other thresholds would make of today: the simulator on the engine's own journal, beside the calls and never in their way.
//!
//! The day since midnight in the desk's timezone (while it has few calls: the last 24 hours) is made a stage, lived through as it was and
//! held against what really was (the hindcast). A question is answered by living through the same day with the same seeds twice: under
//! the thresholds in force, all day long, and under others. Stage and unchanged days are kept for a while, so that an answer takes no
//! longer than one and a half seconds of simulating; the interval tells what so many seeds are worth.
//!
//! All of that is the work of one thread, and of threads that it starts for one question at a time, all of the lowest priority: the
//! desk, the edges and tokio's workers come first. Few questions wait, and one that nobody waits for any more is dropped.

mod aftermath;
mod budget;
mod document;
mod kept;
mod seer;
#[cfg(test)]
pub(crate) mod tests;

pub use aftermath::{Aftermath, Held, Side, Verdict, Was};
pub use document::{Effect, Figure, Foreseen, Hindcasted, Level, Off, Unit};

use crate::in_force::InForce;
use cabrank_core::{Settings, Thresholds};
use jiff::tz::TimeZone;
use seer::Seer;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

/// Questions that wait while one is answered.
const WAITING_MAX: usize = 3;
/// Answers that are remembered.
const REMEMBERED_MAX: usize = 16;

/// The thresholds of every queue as they are, and as they might be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// As they are, by queue id.
    pub before: Vec<Thresholds>,
    /// As they might be.
    pub after: Vec<Thresholds>,
}

/// Why nothing was foreseen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unforeseen {
    /// Others have asked before.
    #[error("Others ask just now what changes would do; try again in a moment.")]
    Busy,
    /// The day is too long to be lived through in the time that there is.
    #[error("The day is so busy that it could not be lived through in time; `cabrank-sim replay` has more of it.")]
    TooLong,
    /// Too little has happened.
    #[error("Too little has happened yet to foresee anything: {0}")]
    TooLittle(String),
    /// Callers cannot be counted by class.
    #[error(
        "The classes of queue '{0}' are not those of the day that is lived through, so its callers cannot be counted by class."
    )]
    ClassesChanged(String),
    /// The desk takes no such thresholds.
    #[error("The desk would refuse: {0}.")]
    Refused(String),
    /// The journal cannot be read; the log says why.
    #[error("The journal cannot be read; the engine's log says why.")]
    Unreadable,
}

/// Whoever foresees. Clones are the same one; it ends with the last of them.
#[derive(Clone, Debug)]
pub struct Foresight(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    in_force: InForce,
    asks: SyncSender<Ask>,
    ends: Arc<AtomicBool>,
    remembered: Mutex<VecDeque<(Question, Arc<Foreseen>)>>,
}

/// What the thread is asked.
enum Ask {
    /// To be ready for questions about what is in force.
    MakeReady(Vec<Thresholds>),
    /// A question.
    Foresee(Box<Question>, oneshot::Sender<Result<Foreseen, Unforeseen>>),
}

impl Foresight {
    /// From the journal in this data directory; days begin at midnight in `zone`.
    pub fn new(data: PathBuf, in_force: InForce, zone: TimeZone) -> Foresight {
        let (asks, asked) = sync_channel(WAITING_MAX);
        let ends = Arc::new(AtomicBool::new(false));
        let seer = Seer::new(data, zone, Arc::clone(&ends));
        let started = std::thread::Builder::new().name("foresight".to_owned()).spawn(move || seer.run(&asked));
        if let Err(failure) = started {
            tracing::error!(%failure, "nothing will be foreseen: there is no thread for it");
        }
        Foresight(Arc::new(Inner { in_force, asks, ends, remembered: Mutex::default() }))
    }

    /// Somebody is going to ask.
    pub fn make_ready(&self) {
        // Who is asked already gets ready anyway.
        let _ = self.0.asks.try_send(Ask::MakeReady(all(&self.0.in_force.now().settings)));
    }

    /// What would come of it.
    ///
    /// # Errors
    /// [`Unforeseen`].
    pub async fn foresee(&self, question: Question) -> Result<Arc<Foreseen>, Unforeseen> {
        let (reply, answer) = oneshot::channel();
        let ask = Ask::Foresee(Box::new(question.clone()), reply);
        self.0.asks.try_send(ask).map_err(|refused| match refused {
            TrySendError::Full(_) => Unforeseen::Busy,
            TrySendError::Disconnected(_) => Unforeseen::Unreadable,
        })?;
        let foreseen = Arc::new(answer.await.unwrap_or(Err(Unforeseen::Unreadable))?);
        self.remember(question, Arc::clone(&foreseen));
        Ok(foreseen)
    }

    /// What was foreseen of just this question lately.
    pub fn remembered(&self, question: &Question) -> Option<Arc<Foreseen>> {
        let remembered = self.0.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.iter().rev().find(|(asked, _)| asked == question).map(|(_, foreseen)| Arc::clone(foreseen))
    }

    fn remember(&self, question: Question, foreseen: Arc<Foreseen>) {
        let mut remembered = self.0.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.push_back((question, foreseen));
        if remembered.len() > REMEMBERED_MAX {
            remembered.pop_front();
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
    }
}

impl Question {
    /// With these settings in force, what if these queues had other thresholds?
    pub fn of(settings: &Settings, changed: impl IntoIterator<Item = (cabrank_core::QueueId, Thresholds)>) -> Question {
        let before = all(settings);
        let mut after = before.clone();
        for (queue, thresholds) in changed {
            if let Some(slot) = after.get_mut(usize::from(queue.0)) {
                *slot = thresholds;
            }
        }
        Question { before, after }
    }
}

fn all(settings: &Settings) -> Vec<Thresholds> {
    settings.queues.iter().map(|queue| queue.thresholds.clone()).collect()
}
