//! What is kept no longer than the configuration says, looked at when an engine starts and once a day.
//!
//! `[journal] keep_days` rules the journal's segments, which go with the snapshots, and who is behind its aliases; `[records]
//! keep_days` rules records and cases.

use crate::store::Store;
use std::time::Duration;
use tracing::{info, warn};

/// How often is looked.
const LOOK: Duration = Duration::from_secs(24 * 3600);
/// How long a store that fails is left alone.
const REST: Duration = Duration::from_secs(60);

/// Removes records and cases that are older than so long, for as long as the engine runs.
pub async fn remove_old_records(store: Store, keep: Option<Duration>) {
    let Some(keep) = keep else { return };
    loop {
        let pause = match store.remove_before(moment_before(keep)).await {
            Ok(aged) => {
                if aged.records + aged.cases > 0 {
                    info!(records = aged.records, cases = aged.cases, "what is older than [records] keep_days is removed");
                }
                LOOK
            }
            Err(failure) => {
                warn!(%failure, "what is too old could not be removed; it is tried again");
                REST
            }
        };
        tokio::time::sleep(pause).await;
    }
}

fn moment_before(keep: Duration) -> i64 {
    let now = jiff::Timestamp::now().as_microsecond();
    now.saturating_sub(i64::try_from(keep.as_micros()).unwrap_or(i64::MAX))
}
