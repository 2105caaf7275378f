//! The media edge: RTP playing, listening for digits, relaying. The one device that stands below the edges.

mod codec;
mod counters;
mod dialling;
mod event;
mod latch;
mod orders;
mod playback;
mod presses;
mod prompts;
mod splice;
mod stream;
mod timeline;
mod wire;

#[cfg(test)]
mod tests;

pub use codec::{Codec, SAMPLES_PER_SECOND};
pub use counters::StreamStats;
pub use event::Digit;
pub use orders::{Direction, Fact, PLAY_CLIPS_MAX, PlayId, Remote, StreamId};
pub use prompts::{ClipId, Library, LibraryError, PromptFault};
