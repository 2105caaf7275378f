//! The field of a chart, its edges and the lines to read values along.

use super::axis::Axis;
use super::canvas::{Anchor, Area, Drawn, line, write};
use super::palette::Ink;

/// Where the field lies, in pixels, and which values its edges stand for.
pub(super) struct Frame<'a> {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) x: Edge<'a>,
    pub(super) y: Edge<'a>,
}

/// An edge.
pub(super) struct Edge<'a> {
    pub(super) axis: &'a Axis,
    pub(super) from: f64,
    pub(super) to: f64,
    /// How many values are written along it, about.
    pub(super) few: usize,
}

impl Edge<'_> {
    /// How far along a value lies: 0 to 1 on the edge. What is too far out is held at twice the edge's length.
    fn along(&self, value: f64) -> f64 {
        ((value - self.from) / (self.to - self.from).max(f64::MIN_POSITIVE)).clamp(-1.0, 2.0)
    }

    fn ticks(&self) -> Vec<(f64, String)> {
        let ticks = self.axis.ticks((self.from, self.to), self.few);
        let step = ticks.windows(2).map(|pair| pair[1] - pair[0]).next().unwrap_or(1.0);
        ticks.into_iter().map(|tick| (tick, self.axis.label(tick, step))).collect()
    }
}

impl Frame<'_> {
    /// Where a point lies, in pixels.
    pub(super) fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.left + self.width * self.x.along(x), self.top + self.height * (1.0 - self.y.along(y)))
    }

    /// The edges, and the lines along which values are read.
    pub(super) fn draw(&self, area: &Area<'_>) -> Drawn {
        let (right, bottom) = (self.left + self.width, self.top + self.height);
        for (tick, label) in self.y.ticks() {
            let (_, y) = self.at((self.x.from, tick));
            line(area, &[(self.left, y), (right, y)], 1.0, Ink::Grid)?;
            write(area, &label, (self.left - 8.0, y), Anchor::Right, Ink::Text)?;
        }
        for (tick, label) in self.x.ticks() {
            let (x, _) = self.at((tick, self.y.from));
            line(area, &[(x, bottom), (x, bottom + 5.0)], 1.0, Ink::Axis)?;
            write(area, &label, (x, bottom + 9.0), Anchor::Top, Ink::Text)?;
        }
        line(area, &[(self.left, bottom), (right, bottom)], 1.25, Ink::Axis)
    }
}
