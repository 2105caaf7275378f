//! What other thresholds would make of today: the simulator on the engine's own journal, beside the calls and never in their way.
//!
//! The day since midnight in the desk's timezone (while it has few calls: the last 24 hours) is made a stage, lived through as it was and
//! held against what really was (the hindcast). A question is answered by living through the same day with the same seeds twice: under
//! the thresholds in force, all day long, and under others. Stage and unchanged days are kept for a while; an answer takes no longer than one
//! and a half seconds of simulating, and the interval tells what so many seeds are worth.
//!
//! All of that is done by this program run once more, as a process of the lowest priority that is begun with the first question and
//! asked one at a time: it may be slow, run out of memory or die, and never harms a call. Few questions wait, and one that nobody waits
//! for any more is dropped.

mod aftermath;
mod aside;
mod budget;
mod document;
mod keeper;
mod kept;
mod seer;
#[cfg(test)]
pub(crate) mod tests;
mod words;

pub use aftermath::{Aftermath, Held, Side, Verdict, Was};
pub use aside::{Aside, see};
pub use document::{Effect, Figure, Foreseen, Hindcasted, Level, Off, Unit};

use crate::in_force::InForce;
use cabrank_core::{Settings, Thresholds};
use jiff::tz::TimeZone;
use keeper::Keeper;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

/// Questions that wait while one is answered.
const WAITING_MAX: usize = 3;
/// Answers that are remembered.
const REMEMBERED_MAX: usize = 16;

/// The thresholds of every queue as they are, and as they might be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// As they are, by queue id.
    #[serde(with = "words")]
    pub before: Vec<Thresholds>,
    /// As they might be.
    #[serde(with = "words")]
    pub after: Vec<Thresholds>,
}

/// Why nothing was foreseen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
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
    /// Whoever foresees has died or hangs; the log says why.
    #[error("Whoever foresees has just died and is begun anew; try again in a moment.")]
    Broken,
}

/// Whoever foresees. Clones are the same one; it ends with the last of them.
#[derive(Clone, Debug)]
pub struct Foresight(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    in_force: InForce,
    asks: mpsc::Sender<Ask>,
    remembered: Mutex<VecDeque<(Question, Arc<Foreseen>)>>,
}

/// What is asked.
enum Ask {
    /// To be ready for questions about what is in force.
    MakeReady(Vec<Thresholds>),
    /// A question.
    Foresee(Box<Question>, oneshot::Sender<Result<Foreseen, Unforeseen>>),
}

impl Foresight {
    /// From the journal in this data directory; days begin at midnight in `zone`. Must be called within a tokio runtime.
    pub fn new(data: PathBuf, in_force: InForce, zone: TimeZone, aside: Aside) -> Foresight {
        let (asks, asked) = mpsc::channel(WAITING_MAX);
        tokio::spawn(Keeper::new(aside, data, zone).run(asked));
        Foresight(Arc::new(Inner { in_force, asks, remembered: Mutex::default() }))
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
            TrySendError::Closed(_) => Unforeseen::Broken,
        })?;
        let foreseen = Arc::new(answer.await.unwrap_or(Err(Unforeseen::Broken))?);
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
