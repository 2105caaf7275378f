//! Why a journal cannot be replayed.

use cabrank_core::Refusal;
use std::path::PathBuf;

/// Why a journal cannot be replayed: a short paragraph that says what, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// There is no journal, or it cannot be believed.
    #[error(transparent)]
    Journal(cabrank_journal::Error),
    /// The core that runs now refuses what the desk began with.
    #[error(
        "this version of the core refuses the settings that the journal begins with: {0}; replay it with the version that wrote it"
    )]
    Refused(#[from] Refusal),
    /// Nothing was ever told to the desk.
    #[error("the journal in {} is empty: the engine was started and nothing happened; name the data directory of one that took calls", .0.display())]
    Empty(PathBuf),
    /// Nobody ever joined a queue.
    #[error("the journal in {} holds no call that joined a queue, so there is no day to simulate; its inputs alone can be run again with --exact", .0.display())]
    NoCalls(PathBuf),
    /// No talk was ever ended.
    #[error("the journal in {} holds no talk with an agent that came to its end, so nobody knows how long talks are; its inputs alone can be run again with --exact", .0.display())]
    NoTalks(PathBuf),
    /// A queue's classes were not the same all day.
    #[error(
        "the classes of queue '{queue}' were changed during the day: its callers cannot be counted by class; its inputs alone can be run again with --exact"
    )]
    ClassesChanged {
        /// The queue's name.
        queue: String,
    },
}

impl From<cabrank_journal::Error> for Unreadable {
    fn from(error: cabrank_journal::Error) -> Unreadable {
        if let cabrank_journal::Error::Settings(refusal) = error {
            Unreadable::Refused(refusal)
        } else {
            Unreadable::Journal(error)
        }
    }
}
