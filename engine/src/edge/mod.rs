//! The edges: bytes in, facts to the desk; orders from the desk, bytes out.
//!
//! An edge sees two doors and nothing else of the desk: it hands in an input (or is told the desk
//! is busy) and receives effects. Edges never import each other.

pub mod http;
pub mod sip;
