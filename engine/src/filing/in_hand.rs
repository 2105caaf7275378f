//! What is being changed, by somebody here or on its way to the store.

use crate::store::Entry;
use cabrank_core::{CallId, CaseId, Matter};
use dashmap::DashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::watch;

/// What is changed as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The record of a call.
    Record(CallId),
    /// A case.
    Case(CaseId),
}

impl From<&Matter> for Subject {
    fn from(matter: &Matter) -> Subject {
        match matter {
            Matter::Record { call, .. } => Subject::Record(*call),
            Matter::CaseOpened { case, .. } | Matter::Case { case, .. } => Subject::Case(*case),
        }
    }
}

/// Everything that is in somebody's hand, and how far the store follows the desk. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct InHand(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    hands: DashMap<Subject, Hands>,
    /// Calls that have ended, and those of them whose records are kept: these come in the same order.
    ended: AtomicU64,
    recorded: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Hands {
    /// More than one only for what a crash left on its way to the store.
    count: usize,
    /// Gone when the last hand lets go.
    let_go: watch::Sender<()>,
}

/// One hand on something.
#[derive(Debug)]
pub(super) struct Hold {
    in_hand: InHand,
    subject: Subject,
    /// The store lets go of it.
    left: bool,
}

impl InHand {
    /// What is on its way to the store from the journal is in hand until it is there.
    pub fn is_coming(&self, entry: &Entry) {
        match entry {
            Entry::Filing(filing) => self.0.hands.entry(Subject::from(&filing.matter)).or_default().count += 1,
            Entry::Record(_) => self.record_is_coming(),
            Entry::Amendment { .. } | Entry::Change(_) | Entry::Ride { .. } => {}
        }
    }

    /// A call is over, and its record on its way to the store.
    pub fn record_is_coming(&self) {
        self.0.ended.fetch_add(1, Ordering::Relaxed);
    }

    /// That is kept, or nobody need wait for it any more.
    pub fn is_kept(&self, entry: &Entry) {
        match entry {
            Entry::Filing(filing) => self.let_go(Subject::from(&filing.matter)),
            Entry::Record(_) => self.0.recorded.send_modify(|recorded| *recorded += 1),
            Entry::Amendment { .. } | Entry::Change(_) | Entry::Ride { .. } => {}
        }
    }

    /// Comes back when the records of all calls that have ended by now are kept.
    pub(super) async fn records_are_kept(&self) {
        let ended = self.0.ended.load(Ordering::Relaxed);
        // It fails when the sender is gone, and that is here.
        let _ = self.0.recorded.subscribe().wait_for(|recorded| *recorded >= ended).await;
    }

    /// Takes it as soon as nobody else has it.
    pub(super) async fn take(&self, subject: Subject) -> Hold {
        while !self.try_take(subject) {
            self.free(subject).await;
        }
        Hold { in_hand: self.clone(), subject, left: false }
    }

    /// Comes back when nobody has it in hand; at once if nobody has.
    fn free(&self, subject: Subject) -> impl Future<Output = ()> + Send + use<> {
        let let_go = self.0.hands.get(&subject).map(|hands| hands.let_go.subscribe());
        async move {
            if let Some(mut let_go) = let_go {
                // It fails when the sender is gone, which is what is waited for.
                let _ = let_go.changed().await;
            }
        }
    }

    fn try_take(&self, subject: Subject) -> bool {
        match self.0.hands.entry(subject) {
            dashmap::Entry::Occupied(_) => false,
            dashmap::Entry::Vacant(room) => {
                room.insert(Hands { count: 1, ..Hands::default() });
                true
            }
        }
    }

    fn let_go(&self, subject: Subject) {
        self.0.hands.remove_if_mut(&subject, |_, hands| {
            hands.count = hands.count.saturating_sub(1);
            hands.count == 0
        });
    }
}

impl Hold {
    /// Comes back when nobody has it in hand any more.
    pub(super) fn kept(&self) -> impl Future<Output = ()> + Send + use<> {
        self.in_hand.free(self.subject)
    }

    /// What was filed is on its way: the store lets go of it once it has it.
    pub(super) fn leave_to_the_store(mut self) {
        self.left = true;
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if !self.left {
            self.in_hand.let_go(self.subject);
        }
    }
}
