//! Whoever looks on.

use cabrank_core::{Desk, Input, Outbox, Tick};

/// Whoever looks on while a scenario is lived through.
pub trait Witness {
    /// Whether [`told`](Witness::told) must be called at all: nothing is copied for who does not look.
    const LOOKS: bool = true;

    /// The desk was told a fact and has ordered what follows from it.
    fn told(&mut self, at: Tick, input: &Input, out: &Outbox, desk: &Desk);

    /// Whether to go on; asked now and then.
    fn goes_on(&mut self) -> bool {
        true
    }
}

/// Nobody looks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unseen;

impl Witness for Unseen {
    const LOOKS: bool = false;

    fn told(&mut self, _at: Tick, _input: &Input, _out: &Outbox, _desk: &Desk) {}
}
