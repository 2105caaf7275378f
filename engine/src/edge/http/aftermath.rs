//! What came of changes, beside what was foreseen of them.

use super::problem::Problem;
use super::queues::find;
use super::server::Api;
use crate::epoch::now_micros;
use crate::foresight::{Aftermath, Foreseen, Was};
use crate::store::{ChangedQueue, KeptChange, LineCounts, WhichLine};
use crate::thresholds::amended;
use cabrank_core::{QueueId, Span, Thresholds};
use std::collections::HashMap;

/// Newer changes that are looked through for the next one of a queue.
const NEWER_MAX: u32 = 1_000;

/// What came of changes, by their numbers and queues.
pub(super) type Aftermaths = HashMap<(u64, String), Aftermath>;

/// What came of these changes, newest first, as far as something was foreseen of them.
pub(super) async fn of(api: &Api, changes: &[KeptChange]) -> Result<Aftermaths, Problem> {
    let (Some(newest), Some(oldest)) = (changes.first(), changes.last()) else { return Ok(Aftermaths::new()) };
    let foreseen: HashMap<u64, Foreseen> = api.store().predictions(oldest.number, newest.number).await?.into_iter().collect();
    let mut aftermaths = Aftermaths::new();
    if foreseen.is_empty() {
        return Ok(aftermaths);
    }
    let mut ends = ends_of(api, newest).await?;
    for change in changes {
        for changed in &change.queues {
            let until = ends.insert(changed.queue.clone(), change.made_at);
            let Some(foreseen) = foreseen.get(&change.number) else { continue };
            if let Some(aftermath) = came(api, changed, change.made_at, until, foreseen).await? {
                aftermaths.insert((change.number, changed.queue.clone()), aftermath);
            }
        }
    }
    Ok(aftermaths)
}

/// When each queue was changed next after that change.
async fn ends_of(api: &Api, newest: &KeptChange) -> Result<HashMap<String, i64>, Problem> {
    let mut ends = HashMap::new();
    if newest.number < api.in_force().now().changes {
        let newer = api.store().changes(u64::MAX, NEWER_MAX).await?;
        for change in newer.iter().take_while(|change| change.number > newest.number) {
            ends.extend(change.queues.iter().map(|changed| (changed.queue.clone(), change.made_at)));
        }
    }
    Ok(ends)
}

async fn came(
    api: &Api,
    changed: &ChangedQueue,
    from: i64,
    until: Option<i64>,
    foreseen: &Foreseen,
) -> Result<Option<Aftermath>, Problem> {
    let in_force = api.in_force().now();
    let Ok(queue) = find(&in_force, &changed.queue) else { return Ok(None) };
    let Ok(thresholds) = amended(&in_force.settings, queue, &Thresholds::default(), &changed.after) else { return Ok(None) };
    let micros = |span: Span| i64::try_from(span.0).unwrap_or(i64::MAX);
    let which = WhichLine {
        queue: changed.queue.clone(),
        from,
        until: until.unwrap_or_else(now_micros),
        within_us: micros(thresholds.service_level.within),
        short_us: micros(thresholds.short_abandon),
    };
    let mut counts = api.store().line_counts(&which).await?;
    if until.is_none() {
        add_talking(api, queue, from, &thresholds, &mut counts).await;
    }
    Ok(Aftermath::of(foreseen, &changed.queue, &Was::of(&counts, which.until.saturating_sub(from), &thresholds)))
}

/// Who talks has no record yet: without them a line would seem to be left by those alone who hang up.
async fn add_talking(api: &Api, queue: QueueId, from: i64, thresholds: &Thresholds, counts: &mut LineCounts) {
    // A busy desk shows itself the next time.
    let Ok(view) = api.view().await else { return };
    for call in view.calls.iter().filter(|call| call.queue == Some(queue)) {
        let (Some(queued_at), Some(connected_at)) = (call.queued_at, call.connected_at) else { continue };
        if api.epoch().unix_micros(queued_at) >= from {
            let wait = connected_at.since(queued_at);
            counts.ends.offered += 1;
            counts.ends.answered += 1;
            counts.waited += 1;
            counts.waited_us += wait.0;
            counts.ends.within += u64::from(wait <= thresholds.service_level.within);
        }
    }
}
