//! Reading clips into frames.

use super::codec::{Codec, transcode};
use super::prompts::{ClipId, Library};
use super::word::{Sound, Word};

/// Clips, one after the other without a seam, read frame by frame.
#[derive(Debug)]
pub(super) struct Playback {
    sounds: Vec<Sound>,
    sound: usize,
    sample: usize,
    repeats: Repeats,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repeats {
    Once,
    ForEver,
}

impl Playback {
    pub(super) fn once(sounds: Vec<Sound>) -> Playback {
        Playback { sounds, sound: 0, sample: 0, repeats: Repeats::Once }
    }

    pub(super) fn for_ever(clip: ClipId) -> Playback {
        Playback { sounds: vec![clip.into()], sound: 0, sample: 0, repeats: Repeats::ForEver }
    }

    /// Fills the frame, with silence after the end of the last clip; `false` if there was nothing left at all.
    ///
    /// The codec may change between frames: a sample is an octet in either.
    pub(super) fn fill(&mut self, library: &Library, codec: Codec, frame: &mut [u8]) -> bool {
        let mut filled = 0;
        while filled < frame.len() {
            let (rest, coded) = self.rest(library, codec);
            if rest.is_empty() {
                if self.next_clip(filled) {
                    continue;
                }
                break;
            }
            let into = frame.get_mut(filled..).unwrap_or_default();
            let count = rest.len().min(into.len());
            transcode(rest, coded, into, codec);
            self.sample += count;
            filled += count;
        }
        frame.iter_mut().skip(filled).for_each(|octet| *octet = codec.silence());
        filled > 0
    }

    /// What is left of the present sound, and how it is coded.
    fn rest<'l>(&'l self, library: &'l Library, codec: Codec) -> (&'l [u8], Codec) {
        let (octets, coded) = match self.sounds.get(self.sound) {
            Some(Sound::Clip(clip)) => (library.octets(*clip, codec).unwrap_or_default(), codec),
            Some(Sound::Word(word)) => (word.coded(), Word::CODEC),
            None => (&[][..], codec),
        };
        (octets.get(self.sample..).unwrap_or_default(), coded)
    }

    /// Goes on to the next clip; `false` if there is none, or only an endless row of empty ones.
    fn next_clip(&mut self, filled: usize) -> bool {
        let heard_something = self.sample > 0 || filled > 0;
        self.sample = 0;
        self.sound += 1;
        if self.sound >= self.sounds.len() && self.repeats == Repeats::ForEver && heard_something {
            self.sound = 0;
        }
        self.sound < self.sounds.len()
    }
}
