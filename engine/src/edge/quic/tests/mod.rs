//! The edge with a real desk behind it, without journal and store.

mod busy;
mod interleavings;
mod retry;
mod rig;
