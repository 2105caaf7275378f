//! A change of thresholds, by whatever door it is asked for: understood, made, and on the disk.

use crate::door::{Busy, Door};
use crate::in_force::{InForce, Now};
use crate::thresholds::{Keys, amended, contradictions};
use cabrank_core::{Change, Input, QueueId, Refusal, Text, Thresholds};
use std::sync::Arc;

/// Why thresholds were not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untuned {
    /// No key was named.
    #[error("`set` names no key; GET /api/v1/queues shows the keys.")]
    NothingNamed,
    /// It would change nothing.
    #[error("This is what is in force already.")]
    AlreadySo,
    /// What is wrong, each with what would be right.
    #[error("{}", .0.join(" "))]
    Faults(Vec<String>),
    /// Somebody else changed them first.
    #[error("Thresholds were changed since; look at GET /api/v1/queues again, and decide anew.")]
    Outdated,
    /// The desk has too much to do.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The desk refuses.
    #[error(transparent)]
    Refused(Refusal),
    /// It was made, and too many others since.
    #[error("Changes come too fast.")]
    TooFast,
}

/// The thresholds that a queue would have after a change of these keys.
///
/// # Errors
/// Nothing would change, or what is wrong.
pub fn understood(in_force: &Now, queue: QueueId, set: &Keys) -> Result<Thresholds, Untuned> {
    let current = in_force.settings.queues.get(usize::from(queue.0)).map(|queue| queue.thresholds.clone()).unwrap_or_default();
    if set.is_empty() {
        return Err(Untuned::NothingNamed);
    }
    let thresholds = amended(&in_force.settings, queue, &current, set).map_err(Untuned::Faults)?;
    if thresholds == current { Err(Untuned::AlreadySo) } else { Ok(thresholds) }
}

/// Makes a change of what was seen as `seen`, and waits until it is on the disk.
///
/// # Errors
/// Why it was not made.
pub async fn make(
    door: &Door,
    in_force: &InForce,
    seen: &Now,
    queues: Vec<(QueueId, Thresholds)>,
    by: Text,
    reason: Text,
) -> Result<Arc<Change>, Untuned> {
    let faults = contradictions(&seen.settings, &queues);
    if !faults.is_empty() {
        return Err(Untuned::Faults(faults));
    }
    let base = seen.changes;
    match door.ask(Input::ThresholdsChanged { base, queues, by, reason }).await? {
        Ok(()) => {}
        Err(Refusal::Outdated) => return Err(Untuned::Outdated),
        Err(Refusal::BadSettings(what)) => return Err(Untuned::Faults(vec![what.to_owned()])),
        Err(refusal) => return Err(Untuned::Refused(refusal)),
    }
    let number = base.saturating_add(1);
    let now = in_force.awaits(number).await;
    now.change(number).ok_or(Untuned::TooFast)
}
