//! Crashes at moments that a seed names, and what must be true of the journal after each.

use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::engine::{Engine, cabrank, path, printed};
use crate::wait::until;

/// How many rounds a test makes: `CABRANK_CRASHES`, 200 in a soak, else so many.
pub fn rounds(usual: u64) -> u64 {
    let asked = std::env::var("CABRANK_CRASHES").ok().and_then(|text| text.parse().ok());
    let soak = std::env::var_os("CABRANK_SOAK").map(|_| 200);
    asked.or(soak).unwrap_or(usual)
}

/// Chance that a seed repeats (SplitMix64).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The dice of a seed.
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end.max(1)
    }

    /// So many milliseconds, fewer than `end`.
    pub fn ms_below(&mut self, end: u64) -> Duration {
        Duration::from_micros(self.below(end * 1_000))
    }
}

/// `kill -9`, so long from now, whatever the test does meanwhile. The value waits for it.
pub fn kill_in(engine: &Engine, time: Duration) -> std::thread::JoinHandle<()> {
    let id = engine.id().to_string();
    std::thread::spawn(move || {
        std::thread::sleep(time);
        let killed = Command::new("kill").args(["-s", "KILL", &id]).status();
        assert!(killed.is_ok_and(|status| status.success()), "the engine was gone before it was killed");
    })
}

/// What a journal replays to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// Inputs.
    pub entries: u64,
    /// The desk's digest after them.
    pub digest: String,
}

/// The journal of an engine that was killed is sound (but for a torn tail), and replays twice to the same. Both digests are
/// held against those noted while it was live.
pub fn replays(engine: &Engine) -> Replayed {
    let data = path(engine.data());
    let check = cabrank(&["journal", "check", data]);
    assert!(check.status.success() || printed(&check).contains("no whole entry"), "{}", printed(&check));
    let once = replay(data);
    assert_eq!(once, replay(data));
    once
}

fn replay(data: &str) -> Replayed {
    let output = cabrank(&["replay", data, "--json"]);
    assert!(output.status.success(), "{}", printed(&output));
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", printed(&output)));
    let digest = shown["digest"].as_str().expect("a digest").to_owned();
    Replayed { entries: shown["entries"].as_u64().expect("a count"), digest }
}

/// The engine is started again, and finds that very desk.
pub fn restarts_as(engine: &mut Engine, replayed: &Replayed) {
    let before = engine.log().len();
    engine.restart();
    let said = format!("digest=\"{}\"", replayed.digest);
    until(Duration::from_secs(5), &format!("the engine to say that it found the desk {}", replayed.digest), || {
        engine.log().get(before..)?.contains(&said).then_some(())
    });
}
