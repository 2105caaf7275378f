//! What was simulated, how often and how fast.

use super::Replication;
use super::numbers::grouped;
use crate::scenario::Scenario;
use cabrank_core::{Desk, Span};
use std::time::Duration;

/// What was simulated, how often and how fast.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The scenario's name.
    pub scenario: String,
    /// The seed of the first replication.
    pub seed: u64,
    /// Replications that are complete.
    pub replications: usize,
    /// Replications that were asked for.
    pub asked: usize,
    /// The digest of a desk with these settings to which nothing has happened; 0 if no desk takes them.
    pub config_digest: u64,
    /// The digest of all decisions: that of the one replication, or of the digests of all in their order.
    pub decisions_digest: u64,
    /// Calls that came in, in all replications, those of the warm-up included.
    pub calls: u64,
    /// How long it took.
    pub wall: Duration,
    /// For so long from the beginning nothing was counted.
    pub warm_up: Span,
    /// For so long callers came.
    pub duration: Span,
}

impl Run {
    /// Of these replications, which took so long together.
    pub fn of(scenario: &Scenario, replications: &[Replication], wall: Duration) -> Run {
        Run {
            scenario: scenario.name.clone(),
            seed: replications.first().map_or(scenario.seed, |first| first.seed),
            replications: replications.len(),
            asked: scenario.replications as usize,
            config_digest: Desk::new(scenario.settings.clone(), 0).map_or(0, |desk| desk.digest()),
            decisions_digest: digest(replications.iter().map(|one| one.decisions_digest)),
            calls: replications.iter().map(|one| one.calls).sum(),
            wall,
            warm_up: scenario.warm_up,
            duration: scenario.duration,
        }
    }

    /// Calls lived through in a second.
    pub fn calls_per_s(&self) -> f64 {
        self.calls as f64 / self.wall.as_secs_f64().max(1e-9)
    }

    pub(super) fn facts(&self) -> Vec<(String, String)> {
        let last = self.seed.wrapping_add(self.replications.saturating_sub(1) as u64);
        let seeds = if self.replications > 1 { format!("{} to {last}", self.seed) } else { self.seed.to_string() };
        let day = format!("{}, of which the first {} are not counted", length(self.duration), length(self.warm_up));
        let speed = format!("{:.1} s, {} calls/s", self.wall.as_secs_f64(), grouped(self.calls_per_s(), 0));
        [
            ("replications", self.replications.to_string()),
            ("seeds", seeds),
            ("each", if self.warm_up.0 > 0 { day } else { length(self.duration) }),
            ("calls", grouped(self.calls as f64, 0)),
            ("took", speed),
            ("config digest", format!("{:016x}", self.config_digest)),
            ("decisions digest", format!("{:016x}", self.decisions_digest)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    pub(super) fn remarks(&self) -> Vec<String> {
        let stopped = (self.replications < self.asked)
            .then(|| format!("Stopped: {} of {} replications are complete.", self.replications, self.asked));
        let what = match self.replications {
            0 => "Nothing was simulated to the end: there are no figures.",
            1 => "One replication: no interval can be given. How much chance had a hand in these figures is not known.",
            _ => "After ± stands half the width of the 95 % interval over the replications (Student's t).",
        };
        stopped.into_iter().chain([what.to_owned()]).collect()
    }
}

/// One digest is told as it is, so that it can be held against that of an engine that was told the same.
fn digest(mut digests: impl Iterator<Item = u64>) -> u64 {
    let first = digests.next().unwrap_or(0);
    digests.fold(first, |all, one| (all.rotate_left(5) ^ one).wrapping_mul(0x0000_0100_0000_01b3))
}

/// A length of time with its unit, in the largest units that are whole.
pub(super) fn length(span: Span) -> String {
    let s = span.0 as f64 / 1e6;
    match span.as_secs() {
        _ if !span.0.is_multiple_of(1_000_000) => format!("{s} s"),
        0 => "0 s".to_owned(),
        s if s % 86_400 == 0 => format!("{} d", s / 86_400),
        s if s % 3_600 == 0 => format!("{} h", s / 3_600),
        s if s % 60 == 0 && s < 7_200 => format!("{} min", s / 60),
        s if s % 60 == 0 => format!("{} h {} min", s / 3_600, s % 3_600 / 60),
        s => format!("{s} s"),
    }
}
