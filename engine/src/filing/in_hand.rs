//! What is being changed, by somebody here or on its way to the store.

use crate::store::Entry;
use cabrank_core::{CallId, CaseId, Matter};
use dashmap::DashMap;
use std::sync::Arc;
use tokio::sync::watch;

/// What is changed as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The end of a call, of which its record tells. Nobody takes it in hand but the store.
    End(CallId),
    /// What people say in the record of a call.
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

#[derive(Debug, Default)]
struct Hands {
    /// More than one where something else of it is on its way to the store.
    count: usize,
    /// Gone when the last hand lets go; there once anybody waits for that.
    let_go: Option<watch::Sender<()>>,
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
            self.comes(subject);
        }
    }

    /// A call is over, and its record on its way to the store.
    pub fn record_is_coming(&self, call: CallId) {
        self.comes(Subject::End(call));
    }

    /// That is kept, or nobody need wait for it any more.
    pub fn is_kept(&self, entry: &Entry) {
        if let Some(subject) = subject(entry) {
            self.let_go(subject);
        }
    }

    /// Takes it as soon as nobody else has it.
    pub(super) async fn take(&self, subject: Subject) -> Hold {
        while !self.try_take(subject) {
            self.free(subject).await;
        }
        Hold { in_hand: self.clone(), subject, left: false }
    }

    /// Comes back when nobody has it in hand; at once if nobody has.
    pub(super) fn free(&self, subject: Subject) -> impl Future<Output = ()> + Send + use<> {
        let let_go = self.0.get_mut(&subject).map(|mut hands| hands.awaited());
        async move {
            if let Some(mut let_go) = let_go {
                // It fails when the sender is gone, which is what is waited for.
                let _ = let_go.changed().await;
            }
        }
    }

    fn comes(&self, subject: Subject) {
        self.0.entry(subject).or_default().count += 1;
    }

    fn try_take(&self, subject: Subject) -> bool {
        match self.0.entry(subject) {
            dashmap::Entry::Occupied(_) => false,
            dashmap::Entry::Vacant(room) => {
                room.insert(Hands { count: 1, let_go: None });
                true
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
    fn awaited(&mut self) -> watch::Receiver<()> {
        self.let_go.get_or_insert_default().subscribe()
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

fn subject(entry: &Entry) -> Option<Subject> {
    match entry {
        Entry::Filing(filing) => Some(Subject::from(&filing.matter)),
        Entry::Record(record) => Some(Subject::End(record.call)),
        Entry::Amendment { .. } | Entry::Change(_) | Entry::Ride { .. } => None,
    }
}
