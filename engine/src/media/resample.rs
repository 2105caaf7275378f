//! Any rate becomes a telephone's: what a telephone cannot carry is filtered out, or it would be heard as noise.

use super::codec::SAMPLES_PER_SECOND;
use std::f64::consts::PI;

/// Where the filter lets nothing through any more, in Hz; below half of the telephone's rate, for it is not infinitely steep.
const CUTOFF_HZ: f64 = 3_600.0;

/// Zero crossings of the filter on either side: the more, the steeper.
const LOBES: f64 = 12.0;

/// The same sound at 8,000 samples a second.
pub(super) fn resampled(samples: &[i16], rate: u32) -> Vec<i16> {
    if rate == SAMPLES_PER_SECOND {
        return samples.to_vec();
    }
    let step = f64::from(rate) / f64::from(SAMPLES_PER_SECOND);
    let count = (samples.len() as f64 / step).floor() as usize;
    (0..count).map(|n| at(samples, n as f64 * step, 2.0 * CUTOFF_HZ / f64::from(rate))).collect()
}

/// The sound at a moment between samples, by a windowed sinc; `cutoff` in half-cycles a sample.
fn at(samples: &[i16], moment: f64, cutoff: f64) -> i16 {
    let reach = LOBES / cutoff;
    let (first, last) = ((moment - reach).ceil().max(0.0) as usize, (moment + reach).floor().max(0.0) as usize);
    let near = samples.iter().enumerate().take(last.saturating_add(1)).skip(first);
    let sum: f64 = near.map(|(n, sample)| f64::from(*sample) * weight(n as f64 - moment, cutoff, reach)).sum();
    // `as` keeps within bounds.
    sum.round() as i16
}

fn weight(distance: f64, cutoff: f64, reach: f64) -> f64 {
    let turn = PI * cutoff * distance;
    let sinc = if turn.abs() < 1e-9 { 1.0 } else { turn.sin() / turn };
    let window = 0.5 + 0.5 * (PI * distance / reach).cos();
    cutoff * sinc * window
}

#[cfg(test)]
mod tests {
    use super::{PI, resampled};

    fn tone(hz: f64, rate: u32) -> Vec<i16> {
        (0..rate).map(|n| (10_000.0 * (2.0 * PI * hz * f64::from(n) / f64::from(rate)).sin()) as i16).collect()
    }

    fn loudness(samples: &[i16]) -> f64 {
        let middle = &samples[samples.len() / 4..samples.len() * 3 / 4];
        (middle.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / middle.len() as f64).sqrt()
    }

    #[test]
    fn a_voice_stays_as_it_was_and_what_would_be_noise_is_gone() {
        for rate in [11_025, 16_000, 22_050, 44_100, 48_000] {
            for hz in [300.0, 1_000.0, 2_500.0] {
                let kept = resampled(&tone(hz, rate), rate);
                let worst = kept.iter().zip(tone(hz, 8_000)).skip(200).take(7_000).map(|(a, b)| (a - b).abs()).max();
                assert!(worst < Some(500), "{hz} Hz from {rate} Hz: off by {worst:?}");
            }
            assert!(loudness(&resampled(&tone(4_900.0, rate), rate)) < 200.0, "4,900 Hz from {rate} Hz are heard");
        }
    }
}
