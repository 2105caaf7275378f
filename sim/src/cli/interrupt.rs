//! Ctrl-C: the first asks for what there is so far, the second ends it all.

use super::Unusable;
use std::sync::atomic::{AtomicBool, Ordering};

/// The exit code of whoever was interrupted: 128 and the number of the signal.
pub(super) const INTERRUPTED: u8 = 130;

static STOP: AtomicBool = AtomicBool::new(false);

/// From now on the first Ctrl-C sets what is returned.
pub(super) fn heed() -> Result<&'static AtomicBool, Unusable> {
    let heeded = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(INTERRUPTED));
        }
    });
    heeded.map(|()| &STOP).map_err(|error| Unusable::because(format!("Ctrl-C cannot be heeded: {error}")))
}
