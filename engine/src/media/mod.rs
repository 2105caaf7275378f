//! The media edge: RTP playing, listening for digits, relaying. The one device that stands below the edges.
//!
//! It is used by the SIP edge alone, knows nothing of SIP or of the desk, and decides nothing: orders go in
//! through [`Media`], [`Fact`]s come out. G.711 (PCMU, PCMA) and telephone events (RFC 4733) at 8 kHz; no
//! jitter buffer, no mixing. RTCP is neither sent nor read: no far end of a telephone call needs it, and what it
//! would tell is in [`StreamStats`].
//!
//! # How it stands
//! - `stream` is one leg without a socket: packets in, packets out, facts out, the time given. All that is hard
//!   is in here, in parts of one job each: `latch` (who is believed), `presses` (digits heard), `dialling`
//!   (digits sent), `playback` (clips into frames), `timeline` and `splice` (one continuous stream for the
//!   receiver, whatever it is fed from).
//! - `thread` is the shell around it: sockets, epoll and the `schedule`, an absolute 20 ms tick in four phases.
//!   No task and no timer a stream; one receive buffer a thread.
//! - `handle` is the door: bounded channels, `ports` and their quarantine. No call in it waits.
//!
//! # What must never be
//! A wait in a tick; an allocation per packet (but for a relay across two threads); a packet from anybody but
//! the far end passed on; a sequence number used twice for different packets.

mod codec;
mod counters;
mod descriptors;
mod dialling;
mod event;
mod handle;
mod latch;
mod orders;
mod playback;
mod ports;
mod presses;
mod prompts;
mod resample;
mod schedule;
mod settings;
mod splice;
mod stream;
mod thread;
mod timeline;
mod wire;
mod word;

#[cfg(test)]
mod tests;

pub use codec::{Codec, SAMPLES_PER_SECOND};
pub use counters::StreamStats;
pub use event::Digit;
pub use handle::{Media, OpenError, OrderError};
pub use orders::{Direction, Fact, PLAY_CLIPS_MAX, PlayId, Remote, StreamId};
pub use prompts::{ClipId, Library, LibraryError, PromptFault};
pub use schedule::TickReport;
pub use settings::{MediaSettings, StartError};
pub use word::{Sound, Word};
