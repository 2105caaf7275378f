//! `cabrank check`: every fault at once.

use super::{Outcome, Unusable};
use crate::assets::{ConfigError, Source};

pub(super) fn run(source: &Source) -> Result<Outcome, Unusable> {
    match source.config() {
        Ok(config) => {
            for notice in &config.notices {
                println!("{}: note: {notice}", source.name());
            }
            println!("{}: no fault", source.name());
            Ok(Outcome::Done)
        }
        Err(error) => Err(explained(error)),
    }
}

/// The faults as a person reads them: each with its line, the place marked, and what would be right.
pub(super) fn explained(error: ConfigError) -> Unusable {
    match error {
        ConfigError::Unreadable { .. } => Unusable::because(error),
        ConfigError::Faults(faults) => Unusable::because(format!("{:?}", miette::Report::new(*faults))),
    }
}
