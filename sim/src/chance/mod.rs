//! Chance: laws to draw from, and a stream of its own for every source and purpose.
//!
//! Everything about the n-th caller of a source is drawn from the streams of that source, whatever a policy does: common
//! random numbers, so that two policies are compared over the same people.

mod law;
mod stream;

pub use law::Law;
pub(crate) use law::Sampler;
pub(crate) use stream::{Purpose, of_caller, stream};
