//! Simulated callers: known ones who want a taxi, strangers who want a human, and people who do not know what they want.

use super::pace::Pace;
use cabrank_sim::Draw;
use cabrank_sim::phone::{Call, Phone, PhoneFault, Sound};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// Calls of the demo at once; more callers than that wait with dialling.
const CALLS_MAX: usize = 500;

/// The doors open on a crowd, so that there is something to see at once: so many callers, this far apart.
const RUSH: usize = 8;
const RUSH_GAP: Duration = Duration::from_millis(700);

const PATIENCE: Duration = Duration::from_secs(180);

/// Everybody who may call.
pub(super) struct Crowd {
    pub(super) phone: Phone,
    pub(super) to: String,
    /// Numbers that the desk knows.
    pub(super) known: Vec<String>,
    pub(super) pace: Pace,
    /// Mean time between two calls, before the pace.
    pub(super) gap: Duration,
    pub(super) seed: u64,
}

/// What the callers met with.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    tally: Arc<Tally>,
}

#[derive(Debug, Default)]
struct Tally {
    dialled: AtomicU64,
    answered: AtomicU64,
    turned_away: AtomicU64,
    failed: AtomicU64,
}

/// One caller's intentions.
struct Caller {
    number: String,
    keys: &'static str,
    /// From the answer to the first key.
    thinks: Duration,
    stays: Duration,
}

impl Crowd {
    pub(super) fn counts(&self) -> Counts {
        Counts::default()
    }

    /// One caller after the other, for ever. Dropped, all hang up.
    pub(super) async fn call(self, counts: Counts) {
        let mut draw = Draw::new(self.seed, 2);
        let mut calls = JoinSet::new();
        for nth in 1_usize.. {
            while calls.len() >= CALLS_MAX {
                calls.join_next().await;
            }
            while calls.try_join_next().is_some() {}
            let caller = self.caller(&mut draw);
            let (phone, to, counts) = (self.phone.clone(), self.to.clone(), counts.clone());
            calls.spawn(async move { counts.note(caller.call(&phone, &to, &counts).await) });
            let gap = if nth < RUSH { RUSH_GAP } else { self.gap };
            sleep(self.pace.about(&mut draw, gap)).await;
        }
    }

    fn caller(&self, draw: &mut Draw) -> Caller {
        let stranger = format!("+659000{:04}", draw.between(0, 9_999));
        let known = draw.chance(80).then(|| draw.one_of(&self.known).cloned()).flatten();
        let keys = match draw.between(0, 19) {
            0..=12 => "1",
            13..=15 => "2",
            16 => "0",
            17 => "72",
            _ => "",
        };
        let stays = if draw.chance(5) { Duration::from_secs(3) } else { PATIENCE };
        Caller {
            number: known.unwrap_or(stranger),
            keys,
            thinks: self.pace.between(draw, 1_500, 6_000),
            stays: self.pace.about(draw, stays).max(Duration::from_secs(2)),
        }
    }
}

impl Caller {
    async fn call(&self, phone: &Phone, to: &str, counts: &Counts) -> Result<(), PhoneFault> {
        counts.tally.dialled.fetch_add(1, Ordering::Relaxed);
        let call = phone.call(to, &self.number).await?;
        counts.tally.answered.fetch_add(1, Ordering::Relaxed);
        call.say(Sound::Tone(600));
        tokio::select! {
            _ = call.ended() => return Ok(()),
            () = self.behave(&call) => {}
        }
        call.hang_up().await.map(drop)
    }

    async fn behave(&self, call: &Call) {
        sleep(self.thinks).await;
        for key in self.keys.chars() {
            call.press(key);
            sleep(self.thinks).await;
        }
        sleep(self.stays).await;
    }
}

impl Counts {
    fn note(&self, result: Result<(), PhoneFault>) {
        match result {
            Ok(()) | Err(PhoneFault::Over) => {}
            Err(PhoneFault::Refused { .. }) => drop(self.tally.turned_away.fetch_add(1, Ordering::Relaxed)),
            Err(
                fault @ (PhoneFault::NotLoopback { .. }
                | PhoneFault::NoSocket { .. }
                | PhoneFault::NoAddress { .. }
                | PhoneFault::NoAnswer
                | PhoneFault::NoCodec
                | PhoneFault::NotLetIn { .. }
                | PhoneFault::Sip(_)),
            ) => {
                tracing::debug!(%fault, "a caller failed");
                self.tally.failed.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let Tally { dialled, answered, turned_away, failed } = &*self.tally;
        write!(f, "{} dialled, {} answered", of(dialled), of(answered))?;
        write!(f, ", {} turned away, {} failed", of(turned_away), of(failed))
    }
}
