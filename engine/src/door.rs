//! The one way to a desk: facts go in here, or the answer is [`Busy`] at once. Nobody else sees the desk.

use cabrank_core::{Input, Refusal, View};
use crossbeam::channel::{Sender, TrySendError};
use std::time::Instant;
use tokio::sync::oneshot;

/// A door to one desk's lane. Cheap to clone; never blocks.
#[derive(Clone, Debug)]
pub struct Door {
    lane: Sender<Submission>,
}

/// What passes through a door.
#[derive(Debug)]
pub enum Submission {
    /// A fact.
    Told {
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
    /// A wish to look.
    Look(oneshot::Sender<View>),
}

/// The lane has as much before it as it can hold, or it is gone: SIP 503 with Retry-After, HTTP 503.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the desk is busy; try again shortly")]
pub struct Busy;

impl Door {
    /// A door to the lane that reads the other end.
    pub fn new(lane: Sender<Submission>) -> Door {
        Door { lane }
    }

    /// Hands in a fact.
    pub fn submit(&self, input: Input) -> Result<(), Busy> {
        self.send(Submission::Told { input, due: Instant::now() })
    }

    /// Hands in a fact and waits for the desk's word on it.
    pub async fn ask(&self, input: Input) -> Result<Result<(), Refusal>, Busy> {
        let (reply, answer) = oneshot::channel();
        self.send(Submission::Asked { input, reply })?;
        answer.await.map_err(|_| Busy)
    }

    /// A picture of the desk as it is now.
    pub async fn look(&self) -> Result<View, Busy> {
        let (reply, answer) = oneshot::channel();
        self.send(Submission::Look(reply))?;
        answer.await.map_err(|_| Busy)
    }

    fn send(&self, submission: Submission) -> Result<(), Busy> {
        self.lane.try_send(submission).map_err(|error| match error {
            TrySendError::Full(_) | TrySendError::Disconnected(_) => Busy,
        })
    }
}
