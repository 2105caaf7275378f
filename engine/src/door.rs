//! The one way to a desk: facts go in here, or the answer is [`Busy`] at once. Nobody else sees the desk.

use crate::backlog::Backlog;
use crate::veil::Veil;
use cabrank_core::{CallId, Input, Matter, Number, QueueId, Refusal, Span, View};
use cabrank_journal::Note;
use crossbeam::channel::{Sender, TrySendError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// A door to one desk's lane. Cheap to clone; never blocks.
#[derive(Clone, Debug)]
pub struct Door {
    lane: Sender<Submission>,
    backlog: Backlog,
    veil: Veil,
}

/// What passes through a door.
#[derive(Debug)]
pub enum Submission {
    /// A fact.
    Told {
        /// What its author wants to find again after a restart; it is journalled before the fact.
        note: Option<Box<Note>>,
        /// The fact.
        input: Input,
        /// When it came to pass, for the latency figures.
        due: Instant,
    },
    /// A fact whose author wants to know whether the desk took it, once it is journalled.
    Asked {
        /// The fact.
        input: Input,
        /// Where the answer goes.
        reply: oneshot::Sender<Result<(), Refusal>>,
    },
    /// What an edge wants to find again after a restart; the desk is not told.
    Noted(Box<Note>),
    /// A wish to look.
    Look(oneshot::Sender<View>),
    /// A wish to know where a caller stands.
    Place {
        /// The call.
        call: CallId,
        /// Where the answer goes; nothing if the call is not in line.
        reply: oneshot::Sender<Option<Place>>,
    },
    /// A wish that a number's alias be forgotten.
    Forget {
        /// The number.
        number: Number,
        /// Where the answer goes: whether it had one.
        reply: oneshot::Sender<Result<bool, NotForgotten>>,
    },
    /// A wish for the lane's figures.
    Count(oneshot::Sender<Figures>),
    /// Nothing new: see what is due.
    Nudge,
    /// The end: what is journalled leaves, nothing more is taken.
    Close,
}

/// Where a caller stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The queue.
    pub queue: QueueId,
    /// Callers who would be served before, as of now.
    pub ahead: u32,
    /// How long the caller has waited, a place that was kept included.
    pub waited: Span,
}

/// What a lane has done since it started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Facts the desk was told.
    pub inputs: u64,
    /// Of these, how many it refused.
    pub refused: u64,
    /// Facts that could not be journalled and were dropped.
    pub dropped: u64,
    /// New calls turned away because the desk was behind.
    pub turned_away: u64,
    /// A hash over all decisions since the lane started: equal for equal decisions, the simulator's included.
    pub decisions_digest: u64,
    /// Median time from a fact to its orders leaving; promises, which wait for the disk, are not counted.
    pub latency_p50: Duration,
    /// The 99th percentile of the same.
    pub latency_p99: Duration,
    /// The longest of the same.
    pub latency_max: Duration,
}

/// The lane has as much before it as it can hold, or it is gone: SIP 503 with Retry-After, HTTP 503.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the desk is busy; try again shortly")]
pub struct Busy;

/// Why a caller is not forgotten.
#[derive(Debug, thiserror::Error)]
pub enum NotForgotten {
    /// The desk holds a call of theirs, or is to call them back.
    #[error("a call of this number is going on, or it is to be called back; try again when that is over")]
    OnTheLine,
    /// The file of aliases cannot be written.
    #[error("the file of callers' aliases cannot be written: {0}")]
    Disk(#[from] std::io::Error),
    /// The desk is busy.
    #[error(transparent)]
    Busy(#[from] Busy),
}

impl Door {
    /// A door to the lane that reads the other end, and shows there how far it is behind.
    pub fn new(lane: Sender<Submission>, backlog: Backlog) -> Door {
        Door { lane, backlog, veil: Veil::none() }
    }

    /// The same door behind a veil: the desk is not told who calls, and whoever asks here is.
    #[must_use]
    pub fn behind(self, veil: Veil) -> Door {
        Door { veil, ..self }
    }

    /// Hands in a new call. A desk that is behind takes none, so that whoever is here already does not have to wait.
    ///
    /// # Errors
    /// [`Busy`]: the call has not happened.
    pub fn offer(&self, input: Input) -> Result<(), Busy> {
        self.offer_noted(None, input)
    }

    /// The same with what its author wants to find again after a restart.
    ///
    /// # Errors
    /// [`Busy`]: the call has not happened, and nothing is noted.
    pub fn offer_noted(&self, note: Option<Box<Note>>, input: Input) -> Result<(), Busy> {
        if !self.backlog.admits() {
            return Err(Busy);
        }
        let due = Instant::now();
        // Not before it is admitted: who is turned away is given no alias.
        let note = note.and_then(|note| self.seal(number_of(&input), *note)).map(Box::new);
        self.send(Submission::Told { note, input: self.veil.input(input), due })
    }

    /// A note of a call by this number as it is journalled. Nothing, and a word in the log, if it cannot be sealed: its leg is lost
    /// at a restart, nothing before.
    pub fn seal(&self, number: Option<&Number>, note: Note) -> Option<Note> {
        let sealed = self.veil.seal(number, note);
        if sealed.is_none() {
            tracing::error!("what an edge notes cannot be sealed and is dropped");
        }
        sealed
    }

    /// A matter as it is journalled: nobody can read any more what is said in it once one of these callers is forgotten. Nothing if
    /// it cannot be sealed.
    pub fn seal_matter(&self, about: &[Number], matter: Matter) -> Option<Matter> {
        self.veil.seal_matter(about, matter)
    }

    /// Hands in what an edge wants to find again after a restart: journalled before every fact that is handed in later.
    ///
    /// # Errors
    /// [`Busy`]: it is not noted.
    pub fn keep(&self, note: Box<Note>) -> Result<(), Busy> {
        self.send(Submission::Noted(note))
    }

    /// How far the desk is behind, and how its disk is.
    pub fn backlog(&self) -> &Backlog {
        &self.backlog
    }

    /// Counts a new call that an edge turned away because it was itself behind.
    pub fn turn_away(&self) {
        self.backlog.turn_away();
    }

    /// Hands in a fact.
    pub fn submit(&self, input: Input) -> Result<(), Busy> {
        let due = Instant::now();
        self.send(Submission::Told { note: None, input: self.veil.input(input), due })
    }

    /// Hands in a fact and waits for the desk's word on it.
    pub async fn ask(&self, input: Input) -> Result<Result<(), Refusal>, Busy> {
        let (reply, answer) = oneshot::channel();
        self.send(Submission::Asked { input: self.veil.input(input), reply })?;
        answer.await.map_err(|_| Busy)
    }

    /// A picture of the desk as it is now.
    pub async fn look(&self) -> Result<View, Busy> {
        let (reply, answer) = oneshot::channel();
        self.send(Submission::Look(reply))?;
        answer.await.map(|view| self.veil.view(view)).map_err(|_| Busy)
    }

    /// Where a caller stands; nothing if the call is not in line.
    pub async fn place(&self, call: CallId) -> Result<Option<Place>, Busy> {
        let (reply, answer) = oneshot::channel();
        self.send(Submission::Place { call, reply })?;
        answer.await.map_err(|_| Busy)
    }

    /// What the lane has done so far.
    pub async fn count(&self) -> Result<Figures, Busy> {
        let (reply, answer) = oneshot::channel();
        self.send(Submission::Count(reply))?;
        answer.await.map_err(|_| Busy)
    }

    /// Makes whoever has this number nobody in journal and snapshots: the alias that stands there can no longer be lifted. Says
    /// whether there was one. May be asked again when it fails.
    ///
    /// # Errors
    /// [`NotForgotten`].
    pub async fn forget(&self, number: Number) -> Result<bool, NotForgotten> {
        let (reply, answer) = oneshot::channel();
        self.send(Submission::Forget { number, reply })?;
        let had = answer.await.map_err(|_| Busy)??;
        let veil = self.veil.clone();
        tokio::task::spawn_blocking(move || veil.wipe()).await.map_err(std::io::Error::other)??;
        Ok(had)
    }

    /// Ends the lane, once what was submitted before is done. Waits for room, so it is for plain threads.
    pub fn close(&self) {
        // Gone already is closed, too.
        let _ = self.lane.send(Submission::Close);
    }

    fn send(&self, submission: Submission) -> Result<(), Busy> {
        self.lane.try_send(submission).map_err(|error| match error {
            TrySendError::Full(_) | TrySendError::Disconnected(_) => Busy,
        })
    }
}

fn number_of(input: &Input) -> Option<&Number> {
    if let Input::CallOffered { caller, .. } = input { caller.number.as_ref() } else { None }
}
