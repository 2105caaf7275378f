//! A word of its own: a caller's name, say, that is in no library.

use super::codec::{Codec, SAMPLES_PER_SECOND};
use super::prompts::ClipId;
use super::resample::resampled;
use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

/// Something that is played once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sound {
    /// A clip of the library.
    Clip(ClipId),
    /// A word that is in none.
    Word(Word),
}

/// A short recording, ready to be sent. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word(Arc<[u8]>);

impl From<ClipId> for Sound {
    fn from(clip: ClipId) -> Sound {
        Sound::Clip(clip)
    }
}

impl From<Word> for Sound {
    fn from(word: Word) -> Sound {
        Sound::Word(word)
    }
}

impl Word {
    /// Reads a WAV file: PCM of 16 bits, one or two channels, 8,000 to 48,000 Hz, not longer than `longest`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(wav: &[u8], longest: Duration) -> Result<Word, String> {
        let reader = hound::WavReader::new(Cursor::new(wav)).map_err(|error| format!("no WAV file: {error}"))?;
        let spec = reader.spec();
        let is_pcm = spec.sample_format == hound::SampleFormat::Int && spec.bits_per_sample == 16;
        if !is_pcm || !matches!(spec.channels, 1 | 2) || !(SAMPLES_PER_SECOND..=48_000).contains(&spec.sample_rate) {
            return Err("the WAV file is not PCM of 16 bits, with one or two channels and 8,000 to 48,000 Hz".to_owned());
        }
        let channels = usize::from(spec.channels);
        let samples_max = usize::try_from(u128::from(spec.sample_rate) * longest.as_millis() / 1_000).unwrap_or(usize::MAX);
        let interleaved = reader.into_samples::<i16>().take((samples_max + 1).saturating_mul(channels));
        let interleaved: Vec<i16> =
            interleaved.collect::<Result<_, _>>().map_err(|error| format!("cut short or damaged: {error}"))?;
        let samples: Vec<i16> = interleaved.chunks_exact(channels).map(mixed).collect();
        match samples.len() {
            0 => Err("there is no sound in it".to_owned()),
            count if count > samples_max => Err(format!("it is longer than {} s", longest.as_secs_f64())),
            _short => Ok(Word::of(&resampled(&samples, spec.sample_rate))),
        }
    }

    /// The word of these samples, 8,000 a second.
    #[must_use]
    pub fn of(samples: &[i16]) -> Word {
        Word(samples.iter().map(|sample| Codec::Pcmu.encode(*sample)).collect())
    }

    /// How much memory it takes, in octets; also its length in samples.
    #[must_use]
    pub fn octets(&self) -> usize {
        self.0.len()
    }

    /// As it is sent by [`Word::CODEC`].
    pub(super) fn coded(&self) -> &[u8] {
        &self.0
    }

    /// How it is coded.
    pub(super) const CODEC: Codec = Codec::Pcmu;
}

fn mixed(frame: &[i16]) -> i16 {
    let sum: i32 = frame.iter().copied().map(i32::from).sum();
    let count = i32::try_from(frame.len().max(1)).unwrap_or(1);
    // The mean of samples is a sample.
    i16::try_from(sum / count).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Word;
    use std::io::Cursor;
    use std::time::Duration;

    const LONGEST: Duration = Duration::from_secs(2);

    fn wav(rate: u32, channels: u16, bits: u16, frames: u32) -> Vec<u8> {
        let spec = hound::WavSpec { channels, sample_rate: rate, bits_per_sample: bits, sample_format: hound::SampleFormat::Int };
        let mut file = Cursor::new(Vec::new());
        let mut writer = hound::WavWriter::new(&mut file, spec).expect("a writer");
        (0..frames * u32::from(channels)).for_each(|_| writer.write_sample(100_i16).expect("written"));
        writer.finalize().expect("written");
        file.into_inner()
    }

    #[test]
    fn what_speech_commands_write_is_read() {
        for (rate, channels) in [(8_000, 1), (16_000, 1), (22_050, 1), (44_100, 2), (48_000, 2)] {
            let word = Word::read(&wav(rate, channels, 16, rate), LONGEST).expect("a word");
            assert!((7_990..=8_000).contains(&word.octets()), "{} samples from {rate} Hz", word.octets());
        }
    }

    #[test]
    fn what_is_no_word_is_refused() {
        for (file, said) in [
            (b"RIFF".to_vec(), "no WAV file"),
            (wav(8_000, 1, 16, 0), "no sound"),
            (wav(8_000, 1, 16, 16_001), "longer than 2 s"),
            (wav(7_999, 1, 16, 100), "16 bits"),
            (wav(8_000, 3, 16, 100), "16 bits"),
        ] {
            let told = Word::read(&file, LONGEST).expect_err(said);
            assert!(told.contains(said), "{told}");
        }
    }
}
