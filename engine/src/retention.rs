//! What is kept no longer than the configuration says, looked at when an engine starts and once a day.
//!
//! `[journal] keep_days` rules the journal's segments, which go with the snapshots, and who is behind its aliases; `[records]
//! keep_days` rules records and cases.

use crate::store::{Store, StoreError};
use crate::vault::Vault;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tracing::{info, warn};

/// How often is looked.
const LOOK: Duration = Duration::from_secs(24 * 3600);
/// How often is looked whether another day has begun.
const HOUR: Duration = Duration::from_secs(3600);
/// A segment goes when all in it is too old, and a day begins somewhere between two looks.
const DAYS_MORE: u32 = 2;
const DAY_S: u64 = 24 * 3600;
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

/// Forgets who is behind aliases that no journal names any more, unless a profile or a record still names the number, for as long as
/// the engine runs. Without a limit to the journal nobody is forgotten.
pub async fn forget_old_callers(vault: Arc<Vault>, store: Store, keep: Option<Duration>) {
    loop {
        vault.see_the_day();
        let days = keep.map(|keep| u32::try_from(keep.as_secs() / DAY_S).unwrap_or(u32::MAX).saturating_add(DAYS_MORE));
        let pause = match days {
            Some(days) => match forget(&vault, &store, days).await {
                Ok(0) => HOUR,
                Ok(callers) => {
                    info!(callers, "who has not called for longer than [journal] keep_days is forgotten");
                    HOUR
                }
                Err(failure) => {
                    warn!(%failure, "who has not called for long could not be forgotten; it is tried again");
                    REST
                }
            },
            None => HOUR,
        };
        tokio::time::sleep(pause).await;
    }
}

/// Why nobody was forgotten.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the vault cannot be written: {0}")]
    Vault(#[from] io::Error),
}

async fn forget(vault: &Arc<Vault>, store: &Store, days: u32) -> Result<usize, Failure> {
    let old = vault.not_named_for(days);
    if old.is_empty() {
        return Ok(0);
    }
    let named = store.named_of(&old).await?;
    let numbers = old.into_iter().filter(|number| !named.contains(number)).collect();
    let vault = Arc::clone(vault);
    let forgotten = tokio::task::spawn_blocking(move || vault.forget_old(days, &numbers)).await;
    Ok(forgotten.map_err(io::Error::other)??)
}

fn moment_before(keep: Duration) -> i64 {
    let now = jiff::Timestamp::now().as_microsecond();
    now.saturating_sub(i64::try_from(keep.as_micros()).unwrap_or(i64::MAX))
}
