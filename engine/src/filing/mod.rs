//! Writing something down of a call or a case: one hand at a time, and kept before it is acknowledged.
//!
//! The journal is the truth and the store follows it, a moment later. Whoever changes a record or a case takes it in hand, looks at
//! it in the store, and files the change; until the store has it nobody else gets it in hand, so that what was seen is what is
//! changed (`If-Match`). What a crash left on its way to the store is in hand until it is there.
//!
//! What people say in it in their own words is sealed before it is journalled, under the secret of each caller of whom it speaks:
//! when one of them is erased, nobody can read it any more.

mod callers;
mod in_hand;
mod late;
pub mod said;

pub use in_hand::{InHand, Subject};
pub use late::raise_late_cases;

use crate::door::Door;
use crate::store::Store;
use cabrank_core::{Input, Matter, Text};
use in_hand::Hold;
use std::time::Duration;

/// How long somebody waits for a record that another has in hand.
const HELD_MAX: Duration = Duration::from_secs(4);
/// How long the disk and the store may take.
const KEPT_WITHIN: Duration = Duration::from_secs(5);

/// How far the store may be behind for those who look for calls that have just ended.
const BEHIND_MAX: Duration = Duration::from_secs(1);

/// Whoever writes something down does it here. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Files {
    door: Door,
    in_hand: InHand,
    store: Store,
}

/// Why something was not written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfiled {
    /// Somebody else has it in hand, or the store is behind.
    #[error("somebody else is changing this, or the store is behind; look again shortly")]
    InHand,
    /// The desk has too much to do; nothing was written down.
    #[error("the desk is busy; try again shortly")]
    Busy,
    /// It is in the journal, and the store does not have it yet.
    #[error("the change is journalled, and the store does not have it yet; look again before sending it once more")]
    NotKeptYet,
}

/// The store is far behind the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the store is behind: if there was such a call, its record is on its way; look again shortly")]
pub struct Behind;

/// A record or a case in one's own hand.
#[derive(Debug)]
pub struct Held {
    door: Door,
    store: Store,
    hold: Hold,
}

impl Files {
    /// Files that pass through this door; whoever writes to the store tells `in_hand`.
    pub fn new(door: Door, in_hand: InHand, store: Store) -> Files {
        Files { door, in_hand, store }
    }

    /// Takes that in hand. It is let go of when what comes back is dropped, or once what is filed is kept.
    ///
    /// # Errors
    /// [`Unfiled::InHand`].
    pub async fn take(&self, subject: Subject) -> Result<Held, Unfiled> {
        let hold = tokio::time::timeout(HELD_MAX, self.in_hand.take(subject)).await.map_err(|_| Unfiled::InHand)?;
        Ok(Held { door: self.door.clone(), store: self.store.clone(), hold })
    }

    /// Comes back when the store has the records of all calls that have ended by now, or is far behind.
    ///
    /// # Errors
    /// [`Behind`].
    pub async fn caught_up(&self) -> Result<(), Behind> {
        tokio::time::timeout(BEHIND_MAX, self.in_hand.records_are_kept()).await.map_err(|_| Behind)
    }
}

impl Held {
    /// Files a matter of what is in hand. When it comes back the matter is on the disk and in the store.
    ///
    /// # Errors
    /// [`Unfiled::Busy`], [`Unfiled::InHand`]: nothing was filed. [`Unfiled::NotKeptYet`]: it was, and is kept later.
    pub async fn file(self, matter: Matter, by: Text) -> Result<(), Unfiled> {
        let Held { door, store, hold } = self;
        let about = callers::callers(&store, &door, &matter).await?;
        let matter = door.seal_matter(&about, matter).ok_or(Unfiled::Busy)?;
        let kept = hold.kept();
        // Whoever asked may go away meanwhile; whether it was filed has to be known all the same.
        let filing = tokio::spawn(async move {
            let told = door.ask(Input::Filed { matter: Box::new(matter), by }).await;
            let filed = matches!(told, Ok(Ok(())));
            if filed {
                hold.leave_to_the_store();
            }
            filed
        });
        if !filing.await.unwrap_or(false) {
            return Err(Unfiled::Busy);
        }
        tokio::time::timeout(KEPT_WITHIN, kept).await.map_err(|_| Unfiled::NotKeptYet)
    }
}

#[cfg(test)]
mod tests;
