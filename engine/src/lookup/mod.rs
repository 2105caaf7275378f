//! Who calls from a number that nobody here knows: a service outside (the company's CRM) is asked while the greeting plays.
//!
//! No call ever waits for it. What comes in time, and before the caller was led on, the desk takes for the caller's profile for this
//! one call; the next call from the number is asked about anew. Whatever else comes (silence, a redirect, 50 MB, lies) leaves the
//! caller as unknown as before, and is counted in `/metrics`.
//!
//! The request is `POST {"call","line","number"}`, signed like the outgoing webhooks where `[lookup]` has a secret. The answer is 200
//! and one JSON object, read by the rules of `PUT /api/v1/profiles/{number}`: `name`, `language`, `class`, `preferred_agent`, and any
//! further member, or member of `fields`, is a field of the profile. 204 and 404 mean that nobody is known there.

mod answer;
mod crm;
mod tally;

pub use crm::Crm;
pub use tally::{Outcome, Tally};

use crate::directory::Directory;
use crate::door::Door;
use crate::in_force::InForce;
use cabrank_core::{CallId, Input, LineId, Number, Profile, Refusal, Settings, Text};
use std::sync::Arc;
use tokio::sync::mpsc::Receiver;
use tokio::task::JoinSet;
use tracing::{debug, warn};

/// Questions under way at once; one more is not asked, and its caller stays unknown.
const AT_ONCE_MAX: usize = 64;

/// Who is to be found out about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The call.
    pub call: CallId,
    /// The line that was dialled.
    pub line: LineId,
    /// The number.
    pub number: Number,
}

/// Finds out who calls.
#[derive(Clone, Debug)]
pub struct LookUps {
    /// The desk.
    pub door: Door,
    /// Who is asked.
    pub crm: Arc<Crm>,
    /// Where what was found is kept while it is of use.
    pub directory: Arc<Directory>,
    /// The classes that there are.
    pub in_force: InForce,
    /// What came of it.
    pub tally: Arc<Tally>,
}

impl LookUps {
    /// Works until the other end is closed.
    pub async fn run(self, mut wanted: Receiver<Wanted>) {
        let mut at_work = JoinSet::new();
        loop {
            tokio::select! {
                next = wanted.recv() => match next {
                    Some(next) if at_work.len() < AT_ONCE_MAX => {
                        let at_it = self.clone();
                        at_work.spawn(async move { at_it.find(next).await });
                    }
                    Some(_) => self.tally.count(Outcome::Skipped),
                    None => break,
                },
                Some(_) = at_work.join_next(), if !at_work.is_empty() => {}
            }
        }
    }

    async fn find(&self, wanted: Wanted) {
        let (call, outcome) = (wanted.call, self.outcome(wanted).await);
        self.tally.count(outcome);
        match outcome {
            Outcome::Found | Outcome::Nobody | Outcome::TooLate => {
                debug!(%call, outcome = outcome.word(), "a caller was looked up")
            }
            Outcome::Silent
            | Outcome::Unreachable
            | Outcome::Redirected
            | Outcome::Failed
            | Outcome::TooLong
            | Outcome::Nonsense
            | Outcome::Skipped => warn!(%call, outcome = outcome.word(), "a caller could not be looked up"),
        }
    }

    async fn outcome(&self, wanted: Wanted) -> Outcome {
        match self.crm.ask(&wanted).await {
            Ok(Some(profile)) => self.tell(wanted, known_here(profile, &self.in_force.now().settings)).await,
            Ok(None) => Outcome::Nobody,
            Err(miss) => miss,
        }
    }

    /// It is kept first: whoever is shown what follows from it is shown who it is. What the desk has no use for is not kept.
    async fn tell(&self, wanted: Wanted, profile: Profile) -> Outcome {
        let Wanted { call, number, .. } = wanted;
        let profile = Arc::new(profile);
        self.directory.keep_found(&number, &profile);
        let taken = self.door.ask(Input::CallerFound { call, profile: Arc::clone(&profile), within: self.crm.deadline() }).await;
        if taken == Ok(Ok(())) {
            return Outcome::Found;
        }
        self.directory.drop_found(&number, &profile);
        if let Ok(Err(refusal)) = taken
            && !matches!(refusal, Refusal::FoundTooLate | Refusal::UnknownCall)
        {
            debug!(%call, %refusal, "the desk has no use for what was found");
        }
        Outcome::TooLate
    }
}

/// A class that no queue has is none.
fn known_here(profile: Profile, settings: &Settings) -> Profile {
    let mut classes = settings.queues.iter().flat_map(|queue| &queue.thresholds.classes);
    let class = if classes.any(|class| class.name == profile.class) { profile.class } else { Text::default() };
    Profile { class, ..profile }
}

#[cfg(test)]
mod tests;
