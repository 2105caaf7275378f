//! What kind of day it is. Every kind of trouble is left out of some days, so that others show undisturbed.

use crate::Draw;
use cabrank_core::{Span, Tick};

/// What kind of day it is.
#[derive(Clone, Debug)]
pub(super) struct Habits {
    /// When the last caller may call.
    pub(super) closing: Tick,
    /// Mean time between two callers, milliseconds.
    pub(super) arrival_every_ms: u64,
    /// Mean time between two whims of one agent, milliseconds.
    pub(super) whim_every_ms: u64,
    /// How many of a hundred facts that an order has overtaken are reported all the same.
    pub(super) crossing: u32,
    /// Mean time between two inputs that make no sense, milliseconds.
    pub(super) garbage_every_ms: Option<u64>,
    /// Mean time between two crashes, milliseconds.
    pub(super) crash_every_ms: Option<u64>,
    /// Mean time between two changes of settings, milliseconds.
    pub(super) change_every_ms: Option<u64>,
    /// Mean time between two changes of thresholds, milliseconds.
    pub(super) tune_every_ms: Option<u64>,
    /// So many people call, each again and again.
    pub(super) people: u64,
    /// How many of a hundred who dropped out call again.
    pub(super) redial: u32,
    /// Callers use their keys wildly.
    pub(super) fumbling: u32,
    /// Moments are multiples of this: a coarse clock makes many things happen at once.
    pub(super) grain: Span,
    /// How late the desk may be woken.
    pub(super) late_ms_max: u64,
}

impl Habits {
    pub(super) fn drawn(draw: &mut Draw) -> Habits {
        Habits {
            closing: Tick(0).plus(draw.millis(60_000, 600_000)),
            arrival_every_ms: draw.between(1_000, 20_000),
            whim_every_ms: draw.between(10_000, 200_000),
            crossing: if draw.chance(60) { draw.between(5, 50) as u32 } else { 0 },
            garbage_every_ms: sometimes(draw, 30, 500, 20_000),
            crash_every_ms: sometimes(draw, 25, 60_000, 300_000),
            change_every_ms: sometimes(draw, 30, 5_000, 120_000),
            tune_every_ms: sometimes(draw, 40, 3_000, 120_000),
            people: draw.between(3, 40),
            redial: draw.between(0, 80) as u32,
            fumbling: draw.between(0, 60) as u32,
            grain: *draw.one_of(&[Span(1), Span::millis(20), Span::secs(1)]).unwrap_or(&Span(1)),
            late_ms_max: if draw.chance(40) { draw.between(1, 2_000) } else { 0 },
        }
    }

    /// The moment on this day's clock.
    pub(super) fn grained(&self, at: Tick) -> Tick {
        let grain = self.grain.0.max(1);
        Tick(at.0 - at.0 % grain)
    }
}

fn sometimes(draw: &mut Draw, percent: u32, low_ms: u64, high_ms: u64) -> Option<u64> {
    draw.chance(percent).then(|| draw.between(low_ms, high_ms))
}
