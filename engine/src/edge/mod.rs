//! The edges: bytes in, facts to the desk; orders from the desk, bytes out.
//!
//! An edge sees two doors and nothing else of the desk: it hands in an input (or is told the desk
//! is busy) and receives effects. Edges never import each other; what they share stands here.

mod calls;
mod desk;
mod heal;
pub mod http;
mod left;
mod noted;
pub mod quic;
pub mod sip;

pub use calls::{CallIds, Origin};
pub(crate) use desk::Desk;
pub(crate) use heal::{Believed, Missing};
pub use left::Left;
pub(crate) use noted::Kind;

use cabrank_core::{LineId, Number, Profile};
use std::sync::Arc;

/// What every edge by which calls come in asks of the house. Answers come from memory: none may block.
pub trait House: Send + Sync + 'static {
    /// What is known of the caller with this number.
    fn profile(&self, number: &Number) -> Option<Arc<Profile>>;
    /// Whether a line's hours say open now.
    fn is_open(&self, line: LineId) -> bool;
}
