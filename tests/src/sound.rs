//! Sounds: written for telephones to say, and recognised in what telephones heard.

use std::f64::consts::TAU;
use std::path::Path;

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};
use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

/// Samples a second of all that a telephone carries.
pub const RATE: u32 = 8_000;

const SPEC: WavSpec = WavSpec { channels: 1, sample_rate: RATE, bits_per_sample: 16, sample_format: SampleFormat::Int };

/// Samples at 8 kHz, one channel.
pub type Samples = Vec<f64>;

/// Reads a WAV file; panics unless it is 8 kHz, 16 bit, mono.
pub fn read(path: &Path) -> Samples {
    let reader = WavReader::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    assert_eq!(reader.spec(), SPEC, "{} has another format", path.display());
    reader.into_samples::<i16>().map_while(Result::ok).map(f64::from).collect()
}

/// Writes a WAV file.
pub fn write(path: &Path, samples: &[f64]) {
    let mut writer = WavWriter::create(path, SPEC).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    for &sample in samples {
        writer.write_sample(sample as i16).expect("a sample");
    }
    writer.finalize().expect("a WAV file");
}

/// A sine tone of `hertz`, 12 dB below full scale.
pub fn tone(hertz: f64, seconds: f64) -> Samples {
    let samples = (seconds * f64::from(RATE)) as usize;
    (0..samples).map(|n| 8_000.0 * (TAU * hertz * n as f64 / f64::from(RATE)).sin()).collect()
}

/// The share of the energy at `hertz`, from 0 to 1, in the loudest second (Goertzel).
pub fn tone_share(samples: &[f64], hertz: f64) -> f64 {
    let second = RATE as usize;
    samples
        .windows(second)
        .step_by(second / 4)
        .max_by(|a, b| energy(a).total_cmp(&energy(b)))
        .map_or(0.0, |loudest| goertzel_share(loudest, hertz))
}

/// How well `recording` contains `prompt`, from 0 to 1: the mean over the prompt's half seconds of the best
/// normalised cross-correlation, so that a lost packet or a slipped clock costs one half second and not the whole.
pub fn likeness(recording: &[f64], prompt: &[f64]) -> f64 {
    let piece = RATE as usize / 2;
    let loud_enough = mean_square(prompt) / 10.0;
    let search = Search::over(recording, piece);
    let found: Vec<f64> = prompt
        .chunks_exact(piece)
        .filter(|chunk| mean_square(chunk) > loud_enough)
        .map(|chunk| search.best_correlation(chunk))
        .collect();
    found.iter().sum::<f64>() / found.len().max(1) as f64
}

fn goertzel_share(samples: &[f64], hertz: f64) -> f64 {
    let total = energy(samples);
    if total <= 0.0 {
        return 0.0;
    }
    let turn = 2.0 * (TAU * hertz / f64::from(RATE)).cos();
    let (mut last, mut before) = (0.0, 0.0);
    for sample in samples {
        (last, before) = (sample + turn * last - before, last);
    }
    let power = last * last + before * before - turn * last * before;
    2.0 * power / (samples.len() as f64 * total)
}

fn energy(samples: &[f64]) -> f64 {
    samples.iter().map(|s| s * s).sum()
}

fn mean_square(samples: &[f64]) -> f64 {
    energy(samples) / samples.len().max(1) as f64
}

/// A recording made ready to look for pieces of one length in it.
struct Search {
    spectrum: Vec<Complex<f64>>,
    forward: std::sync::Arc<dyn Fft<f64>>,
    backward: std::sync::Arc<dyn Fft<f64>>,
    energies: Vec<f64>,
}

impl Search {
    fn over(recording: &[f64], piece: usize) -> Search {
        let size = (recording.len() + piece).next_power_of_two();
        let mut planner = FftPlanner::new();
        let forward = planner.plan_fft_forward(size);
        let backward = planner.plan_fft_inverse(size);
        let mut spectrum = padded(recording, size);
        forward.process(&mut spectrum);
        let energies = recording.windows(piece).map(energy_of_window(recording, piece)).collect();
        Search { spectrum, forward, backward, energies }
    }

    fn best_correlation(&self, piece: &[f64]) -> f64 {
        let size = self.spectrum.len();
        let mut product = padded(piece, size);
        self.forward.process(&mut product);
        for (p, r) in product.iter_mut().zip(&self.spectrum) {
            *p = r * p.conj();
        }
        self.backward.process(&mut product);
        let piece_energy = energy(piece);
        self.energies
            .iter()
            .zip(&product)
            .filter(|(window, _)| **window > piece_energy / 100.0)
            .map(|(window, dot)| dot.re / size as f64 / (window * piece_energy).sqrt())
            .fold(0.0, f64::max)
    }
}

/// Window energies in one pass: each is the one before, less the sample that left, plus the one that came.
fn energy_of_window<'a>(recording: &'a [f64], piece: usize) -> impl FnMut(&[f64]) -> f64 + 'a {
    let mut sum = None;
    let mut start = 0;
    move |window| {
        let now = match sum {
            None => energy(window),
            Some(before) => {
                let left: f64 = recording[start - 1];
                let came = recording[start + piece - 1];
                before - left * left + came * came
            }
        };
        sum = Some(now);
        start += 1;
        now
    }
}

fn padded(samples: &[f64], size: usize) -> Vec<Complex<f64>> {
    let mut buffer: Vec<Complex<f64>> = samples.iter().map(|&re| Complex { re, im: 0.0 }).collect();
    buffer.resize(size, Complex { re: 0.0, im: 0.0 });
    buffer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(seed: u32, samples: usize) -> Samples {
        let mut state = seed;
        (0..samples)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                f64::from(state >> 16) - 32_768.0
            })
            .collect()
    }

    #[test]
    fn a_prompt_is_found_where_it_was_said_and_nowhere_else() {
        let (prompt, other) = (noise(1, 20_000), noise(2, 20_000));
        let recording = [noise(3, 9_001), prompt.iter().map(|s| s / 3.0).collect(), noise(4, 5_000)].concat();
        assert!(likeness(&recording, &prompt) > 0.95);
        assert!(likeness(&recording, &other) < 0.2);
        assert_eq!(likeness(&[], &prompt), 0.0);
    }

    #[test]
    fn a_tone_is_told_from_its_neighbours() {
        let heard = [vec![0.0; 4_000], tone(700.0, 2.0)].concat();
        assert!(tone_share(&heard, 700.0) > 0.95);
        assert!(tone_share(&heard, 900.0) < 0.05);
        assert_eq!(tone_share(&[0.0; 9_000], 700.0), 0.0);
    }
}
