//! Reading clips into frames.

use super::codec::Codec;
use super::prompts::{ClipId, Library};

/// Clips, one after the other without a seam, read frame by frame.
#[derive(Debug)]
pub(super) struct Playback {
    clips: Vec<ClipId>,
    clip: usize,
    sample: usize,
    repeats: Repeats,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repeats {
    Once,
    ForEver,
}

impl Playback {
    pub(super) fn once(clips: Vec<ClipId>) -> Playback {
        Playback { clips, clip: 0, sample: 0, repeats: Repeats::Once }
    }

    pub(super) fn for_ever(clip: ClipId) -> Playback {
        Playback { clips: vec![clip], clip: 0, sample: 0, repeats: Repeats::ForEver }
    }

    /// Fills the frame, with silence after the end of the last clip; `false` if there was nothing left at all.
    ///
    /// The codec may change between frames: a sample is an octet in either.
    pub(super) fn fill(&mut self, library: &Library, codec: Codec, frame: &mut [u8]) -> bool {
        let mut filled = 0;
        while filled < frame.len() {
            let rest = self.rest(library, codec);
            if rest.is_empty() {
                if self.next_clip(filled) {
                    continue;
                }
                break;
            }
            let into = frame.get_mut(filled..).unwrap_or_default();
            let count = rest.len().min(into.len());
            into.iter_mut().zip(rest).for_each(|(to, octet)| *to = *octet);
            self.sample += count;
            filled += count;
        }
        frame.iter_mut().skip(filled).for_each(|octet| *octet = codec.silence());
        filled > 0
    }

    fn rest<'l>(&self, library: &'l Library, codec: Codec) -> &'l [u8] {
        let clip = self.clips.get(self.clip).and_then(|clip| library.octets(*clip, codec));
        clip.and_then(|octets| octets.get(self.sample..)).unwrap_or_default()
    }

    /// Goes on to the next clip; `false` if there is none, or only an endless row of empty ones.
    fn next_clip(&mut self, filled: usize) -> bool {
        let heard_something = self.sample > 0 || filled > 0;
        self.sample = 0;
        self.clip += 1;
        if self.clip >= self.clips.len() && self.repeats == Repeats::ForEver && heard_something {
            self.clip = 0;
        }
        self.clip < self.clips.len()
    }
}
