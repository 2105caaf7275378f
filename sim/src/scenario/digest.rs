//! By what two scenarios are known to be the same.

use super::Scenario;
use std::fmt::{self, Write};

/// FNV-1a, 64 bits, fed with what `Debug` writes: nothing that is simulated has a field that it leaves out.
struct Hash(u64);

impl Write for Hash {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        Ok(())
    }
}

impl Scenario {
    /// A hash of all that is simulated: equal for equal desks, callers, agents and conditions, whatever files they were read
    /// from. The seed, the number of replications and the name have no part in it.
    pub fn digest(&self) -> u64 {
        let Scenario {
            name: _,
            settings,
            begins,
            open,
            seed: _,
            warm_up,
            duration,
            replications: _,
            callers,
            agents,
            services,
            prompt,
            changes,
            trouble,
            limits,
        } = self;
        let mut hash = Hash(0xcbf2_9ce4_8422_2325);
        let times = (begins, open, warm_up, duration, prompt);
        // A hash takes all that is written.
        let _ = write!(hash, "{settings:?}{times:?}{callers:?}{agents:?}{services:?}{changes:?}{trouble:?}{limits:?}");
        hash.0
    }
}
