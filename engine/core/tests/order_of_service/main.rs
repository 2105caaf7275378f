//! Who is served next, and by whom.

mod callbacks;
mod desks;
#[path = "../rig/mod.rs"]
mod rig;
mod rules;
