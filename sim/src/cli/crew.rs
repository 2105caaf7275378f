//! How many hands do the work.

use super::{Unusable, interrupt};
use crate::replications::Crew;
use clap::Args;
use std::num::NonZeroUsize;

#[derive(Args)]
pub(super) struct CrewArgs {
    /// Threads; as many as there are cores, without it. The figures do not depend on it.
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

impl CrewArgs {
    /// The crew; it stops at Ctrl-C.
    pub(super) fn crew(&self) -> Result<Crew<'static>, Unusable> {
        let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Ok(Crew::new(self.threads.unwrap_or_else(cores), interrupt::heed()?))
    }
}
