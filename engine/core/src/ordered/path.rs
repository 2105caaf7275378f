//! The way down a tree, which a change goes back up.

use super::nodes::Side;

/// No way down is longer: a child has three quarters of its parent's weight at most, and 2^32 is below 1 after 78 such steps.
pub(super) const DEPTH_MAX: usize = 80;

/// The nodes passed on the way down, and on which side of each it went on.
pub(super) struct Path {
    slots: [u32; DEPTH_MAX],
    sides: [Side; DEPTH_MAX],
    depth: usize,
}

impl Path {
    pub(super) fn new() -> Path {
        Path { slots: [0; DEPTH_MAX], sides: [Side::Before; DEPTH_MAX], depth: 0 }
    }

    pub(super) fn push(&mut self, slot: u32, side: Side) {
        if let (Some(last_slot), Some(last_side)) = (self.slots.get_mut(self.depth), self.sides.get_mut(self.depth)) {
            (*last_slot, *last_side) = (slot, side);
            self.depth += 1;
        }
    }

    pub(super) fn pop(&mut self) -> Option<(u32, Side)> {
        self.depth = self.depth.checked_sub(1)?;
        Some((*self.slots.get(self.depth)?, *self.sides.get(self.depth)?))
    }
}
