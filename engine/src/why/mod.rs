//! Why a call waited and who served it: the journal through the core again, with an eye on that one call.
//!
//! Nothing is remembered for this while calls are routed. The same settings and inputs give the same decisions, and each
//! decision leaves with its reasons.

mod chosen;
mod happening;
mod moments;
mod overtaken;
mod sentences;
mod story;
mod watch;

pub use happening::{Because, Happening, NotAgent, Passed, Wait};
pub use story::{Moment, QuoteTold, Story, Totals};

use crate::epoch::{Epoch, timestamp};
use cabrank_core::{CallId, Desk, Input, Outbox};
use cabrank_journal::{Entry, Error, Reader, Seq};
use std::path::Path;
use watch::Watch;

/// Why there is no story.
#[derive(Debug, thiserror::Error)]
pub enum WhyError {
    /// The journal cannot be read.
    #[error("{0}")]
    Journal(#[from] Error),
    /// Whoever asked is gone.
    #[error("nobody waits for the answer any more")]
    Unwanted,
    /// The call came never, or after what was read.
    #[error("there is no call {call} among the {entries} entries of this journal; `cabrank replay` counts them")]
    Unknown {
        /// The call asked for.
        call: CallId,
        /// Entries looked through.
        entries: u64,
    },
    /// The call came never, or after what was read, or before what still stands.
    #[error(
        "there is no call {call} among the {entries} entries of this journal, which begins with entry {first}: what came before \
         was removed (`[journal] keep_days`)"
    )]
    UnknownSince {
        /// The call asked for.
        call: CallId,
        /// Entries looked through.
        entries: u64,
        /// The first entry that stands.
        first: Seq,
    },
}

/// The story of a call, from the journal in the data directory `data`. A running engine is not disturbed.
///
/// # Errors
/// [`WhyError`].
pub fn tell(data: &Path, call: CallId) -> Result<Story, WhyError> {
    tell_while(data, call, || true)
}

/// The same, as long as somebody wants to know.
///
/// # Errors
/// [`WhyError`].
pub fn tell_while(data: &Path, call: CallId, wanted: impl Fn() -> bool) -> Result<Story, WhyError> {
    let reader = Reader::open(data)?;
    let start = reader.start();
    let epoch = Epoch::new(timestamp(i64::try_from(start.epoch.0).unwrap_or(i64::MAX)));
    let first = reader.first();
    let mut replay = Replay { desk: reader.state()?.desk, watch: Watch::new(call, epoch), entries: 0 };
    for entry in reader {
        if !wanted() {
            return Err(WhyError::Unwanted);
        }
        replay.tell(entry?);
        if replay.watch.is_over() {
            break;
        }
    }
    let Replay { desk, watch, entries } = replay;
    watch.story(&desk).ok_or(match first {
        Seq::FIRST => WhyError::Unknown { call, entries },
        first => WhyError::UnknownSince { call, entries, first },
    })
}

struct Replay {
    desk: Desk,
    watch: Watch,
    entries: u64,
}

impl Replay {
    /// What was due rings first, as in the desk itself; apart, so that it can be told from what the input did.
    fn tell(&mut self, entry: Entry) {
        self.entries += 1;
        let due = self.desk.next_wake().is_some_and(|at| at <= entry.tick);
        if due && !matches!(entry.input, Input::Restarted | Input::Woke) {
            self.watch.see(&mut self.desk, entry.tick, Input::Woke, &mut Outbox::default());
        }
        self.watch.see(&mut self.desk, entry.tick, entry.input, &mut Outbox::default());
    }
}

#[cfg(test)]
mod days;
#[cfg(test)]
mod tests;
