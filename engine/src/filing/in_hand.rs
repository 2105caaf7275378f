//! What is being changed, by somebody here or on its way to the store.

use crate::store::Entry;
use cabrank_core::{CallId, CaseId, Matter};
use dashmap::DashMap;
use std::sync::Arc;
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

/// Everything that is in somebody's hand. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct InHand(Arc<DashMap<Subject, Hands>>);

#[derive(Debug)]
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
        if let Some(subject) = subject(entry) {
            self.0.entry(subject).or_insert_with(Hands::none).count += 1;
        }
    }

    /// That is kept, or nobody need wait for it any more.
    pub fn is_kept(&self, entry: &Entry) {
        if let Some(subject) = subject(entry) {
            self.let_go(subject);
        }
    }

    /// Takes it as soon as nobody else has it.
    pub(super) async fn take(&self, subject: Subject) -> Hold {
        while let Err(mut others) = self.try_take(subject) {
            // It fails when the sender is gone, which is what is waited for.
            let _ = others.changed().await;
        }
        Hold { in_hand: self.clone(), subject, left: false }
    }

    fn try_take(&self, subject: Subject) -> Result<(), watch::Receiver<()>> {
        match self.0.entry(subject) {
            dashmap::Entry::Occupied(hands) => Err(hands.get().let_go.subscribe()),
            dashmap::Entry::Vacant(room) => {
                room.insert(Hands { count: 1, ..Hands::none() });
                Ok(())
            }
        }
    }

    fn let_go(&self, subject: Subject) {
        self.0.remove_if_mut(&subject, |_, hands| {
            hands.count = hands.count.saturating_sub(1);
            hands.count == 0
        });
    }
}

impl Hands {
    fn none() -> Hands {
        Hands { count: 0, let_go: watch::Sender::new(()) }
    }
}

impl Hold {
    /// Comes back when nobody has it in hand any more.
    pub(super) fn kept(&self) -> impl Future<Output = ()> + Send + use<> {
        let hands = self.in_hand.0.get(&self.subject).map(|hands| hands.let_go.subscribe());
        async move {
            if let Some(mut hands) = hands {
                let _ = hands.changed().await;
            }
        }
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

fn subject(entry: &Entry) -> Option<Subject> {
    match entry {
        Entry::Filing(filing) => Some(Subject::from(&filing.matter)),
        Entry::Record(_) | Entry::Amendment { .. } | Entry::Change(_) | Entry::Ride { .. } => None,
    }
}
