//! A journal of real calls, run through the core again and lived through again.
//!
//! [`exact`] tells the core the very same inputs: it comes to the very same decisions. For anything else a [`Stage`] is made of
//! what the journal tells of the day: who joined which line when, how patient the callers were and how long their talks
//! took, when agents were there and how they picked up. A [`Hindcast`] lives through that day with unchanged settings and is
//! held against what really was; only then a [`Prediction`] says what others would have made of it.
//!
//! What a journal cannot tell is drawn anew in every replication: how much longer they would have waited whom an agent took
//! (Kaplan and Meier 1958), how long the talks would have been of those who hung up, how long each phone rings. What
//! happens in menus is not lived through: settings of queues do not reach there. Who called again is the next call,
//! whatever the settings are.

mod calls;
mod crowd;
mod day;
mod error;
mod exact;
mod hindcast;
mod judge;
mod lasting;
mod phones;
mod policy;
mod prediction;
mod real;
mod sessions;
mod since;
mod speeds;
mod stage;
mod watch;

pub use day::{AgentDay, Callbacks, Day, Happened, Left, RingEnded, Stand, Talk};
pub use error::Unreadable;
pub use exact::{Exact, exact};
pub use hindcast::{Compared, Hindcast, Lived, Unit};
pub use judge::{Tolerance, UnreadableTolerance};
pub use lasting::Lasting;
pub use policy::Policy;
pub use prediction::{Predicted, Prediction};
pub use since::stage_since;
pub use stage::Stage;

use std::path::Path;
use watch::Watch;

/// Reads the journal in the data directory `data`, and makes its day ready to be lived through again. A running engine is not
/// disturbed.
///
/// # Errors
/// There is no journal, it cannot be read, or it tells of no day.
pub fn stage(data: &Path) -> Result<(Exact, Stage), Unreadable> {
    let (exact, watch) = exact::rerun_for(data, |state| Watch::from(state.tick, &state.desk))?;
    let day = watch.close(exact.ends);
    let stage = Stage::of(day, exact.beginning.epoch, data)?;
    Ok((exact, stage))
}
