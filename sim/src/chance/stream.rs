//! One stream of chance for each source and purpose.

use rand_pcg::Pcg64;

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Arrivals,
    Handle,
    Patience,
    /// Who a caller is and what the caller does: key pressed, known or not, callback accepted.
    Habits,
    /// Whether and when a caller who hung up calls again.
    Redial,
    /// How an agent takes a ringing.
    Ring,
    /// An agent's day: late, breaks.
    Day,
    /// What a fulfilment service answers.
    Service,
    /// What goes wrong between the world and the desk.
    Trouble,
}

/// The stream of one source and purpose under a seed. Neighbouring seeds and streams share nothing: both halves of the
/// generator are hashes of all three.
pub(crate) fn stream(seed: u64, source: usize, purpose: Purpose) -> Pcg64 {
    generator(key(seed, source, purpose))
}

/// The same for one caller (or agent, or ringing) alone: for what is drawn seldom, or in an order that a policy decides.
pub(crate) fn of_caller(seed: u64, source: usize, purpose: Purpose, caller: u64) -> Pcg64 {
    generator(mix(key(seed, source, purpose) ^ mix(caller)))
}

fn key(seed: u64, source: usize, purpose: Purpose) -> u64 {
    let purpose = match purpose {
        Purpose::Arrivals => 1,
        Purpose::Handle => 2,
        Purpose::Patience => 3,
        Purpose::Habits => 4,
        Purpose::Redial => 5,
        Purpose::Ring => 6,
        Purpose::Day => 7,
        Purpose::Service => 8,
        Purpose::Trouble => 9,
    };
    mix(mix(mix(seed) ^ source as u64) ^ purpose)
}

fn generator(key: u64) -> Pcg64 {
    let wide = |salt| (u128::from(mix(key ^ salt)) << 64) | u128::from(mix(key ^ (salt + 1)));
    Pcg64::new(wide(2), wide(4))
}

/// SplitMix64 (Steele, Lea, Flood 2014).
fn mix(key: u64) -> u64 {
    let z = key.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngExt;

    #[test]
    fn streams_differ_by_seed_source_and_purpose() {
        let first = |seed, source, purpose| stream(seed, source, purpose).random::<u64>();
        let mut all = Vec::new();
        for seed in 0..20 {
            for source in 0..20 {
                for purpose in [Purpose::Arrivals, Purpose::Handle, Purpose::Patience] {
                    all.push(first(seed, source, purpose));
                    assert_eq!(all.last(), Some(&first(seed, source, purpose)));
                }
            }
        }
        let drawn = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), drawn);
    }
}
