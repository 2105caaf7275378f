//! Where nothing is, nothing is told.

use super::world::{World, question};
use cabrank_analyze::analyze;

const SEEDS: u64 = 200;
/// Of 200 silent analyses at 5 %, more than so many speak once in a thousand times (binomial).
const SPEAKING_MAX: usize = 20;

#[test]
fn noise_is_silent() {
    let world = World { callers: 1_500, plant: None };
    let speaks = |seed: &u64| {
        let analysis = analyze(&world.cases(*seed), &question(*seed, 256), &|_| ());
        assert!(analysis.comparisons > 60, "seed {seed}: {} comparisons are none", analysis.comparisons);
        analysis.concerns.iter().any(|concern| !concern.findings.is_empty())
    };
    let speaking: Vec<u64> = (0..SEEDS).filter(speaks).collect();
    eprintln!("{speaking:?}");
    assert!(speaking.len() <= SPEAKING_MAX, "{} of {SEEDS} seeds of noise speak: {speaking:?}", speaking.len());
}
