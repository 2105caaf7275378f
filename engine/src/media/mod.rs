//! The media edge: RTP playing, listening for digits, relaying. The one device that stands below the edges.

mod codec;
mod event;
mod prompts;

pub use codec::{Codec, SAMPLES_PER_SECOND};
pub use event::Digit;
pub use prompts::{ClipId, Library, LibraryError, PromptFault};
