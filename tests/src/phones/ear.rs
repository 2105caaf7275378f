//! What a telephone hears, and for how long it heard nothing.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

#[derive(Debug)]
pub(super) struct Ear {
    pub(super) voice: u16,
    pub(super) sources: BTreeSet<u32>,
    pub(super) packets: usize,
    last: Instant,
    longest: Duration,
}

impl Default for Ear {
    fn default() -> Ear {
        Ear { voice: 0, sources: BTreeSet::new(), packets: 0, last: Instant::now(), longest: Duration::ZERO }
    }
}

impl Ear {
    pub(super) fn hear(&mut self, packet: &[u8]) {
        let (Some(ssrc), Some(voice)) = (packet.get(8..12), packet.get(12..14)) else { return };
        self.voice = u16::from_be_bytes(voice.try_into().unwrap_or_default());
        self.sources.insert(u32::from_be_bytes(ssrc.try_into().unwrap_or_default()));
        self.packets += 1;
        self.longest = self.longest.max(self.last.elapsed());
        self.last = Instant::now();
    }

    pub(super) fn mark(&mut self) {
        (self.packets, self.longest) = (0, Duration::ZERO);
    }

    pub(super) fn gap(&self) -> Duration {
        self.longest.max(self.last.elapsed())
    }
}
