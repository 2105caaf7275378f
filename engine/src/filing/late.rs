//! Cases that were not closed in time are raised to the next level.
//!
//! The time that passes is seen here and not by the desk: the desk knows no cases, and need not remember them for years. What is
//! journalled is the rise itself, by the same way as a person's, so that a replay raises what was raised and nothing else. Should a
//! crash come between the two, the case is still late afterwards.

use super::{Files, Subject, Unfiled};
use crate::epoch::Epoch;
use crate::store::{KeptCase, Store, StoreError};
use cabrank_core::{CaseWord, Matter};
use std::time::Duration;
use tracing::{info, warn};

/// How often is looked.
const LOOK: Duration = Duration::from_secs(5);
/// Cases raised in one look.
const TOGETHER: u32 = 100;
/// Who raises them.
const BY: &str = "engine";

/// Raises late cases for as long as the engine runs.
pub async fn raise_late_cases(store: Store, files: Files, epoch: Epoch) {
    loop {
        tokio::time::sleep(LOOK).await;
        if let Err(failure) = look(&store, &files, epoch).await {
            warn!(%failure, "late cases could not be looked for");
        }
    }
}

/// Raises the cases that are late now. Returns how many.
pub(super) async fn look(store: &Store, files: &Files, epoch: Epoch) -> Result<usize, StoreError> {
    let now = jiff::Timestamp::now().as_microsecond();
    let mut raised = 0;
    for late in store.late_cases(now, TOGETHER).await? {
        match raise(store, files, epoch, &late, now).await? {
            Ok(()) => raised += 1,
            Err(unfiled) => warn!(case = %late.case, %unfiled, "a late case was not raised yet"),
        }
    }
    Ok(raised)
}

async fn raise(store: &Store, files: &Files, epoch: Epoch, late: &KeptCase, now: i64) -> Result<Result<(), Unfiled>, StoreError> {
    let held = match files.take(Subject::Case(late.case)).await {
        Ok(held) => held,
        Err(unfiled) => return Ok(Err(unfiled)),
    };
    // It may have been closed, or given more time, before it was in hand.
    let Some(case) = store.case(late.case).await?.filter(|case| is_late(case, now)) else { return Ok(Ok(())) };
    let level = case.level.saturating_add(1);
    info!(case = %case.case, level, "a case was not closed by its time, and is raised");
    let due = epoch.tick(case.due_at.unwrap_or(now));
    Ok(held.file(Matter::Case { case: case.case, words: vec![CaseWord::Late { due, level }] }, BY.into()).await)
}

fn is_late(case: &KeptCase, now: i64) -> bool {
    case.open && case.due_at.is_some_and(|due| due < now) && case.late_of != case.due_at
}
