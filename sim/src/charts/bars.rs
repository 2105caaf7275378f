//! Bars, one below the other.

use super::axis::Axis;
use super::canvas::{Anchor, Area, Drawn, Words, line, patch, picture, width_px, write};
use super::palette::Ink;

const WIDTH_PX: i32 = 600;
const ROW_PX: f64 = 34.0;
const LABEL_MAX_PX: f64 = 220.0;
const VALUE_PX: f64 = 110.0;

/// A bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// What it is called.
    pub name: String,
    /// How long it is.
    pub value: f64,
    /// From where to where it may reach in truth.
    pub interval: Option<(f64, f64)>,
    /// What is written beside it.
    pub told: String,
}

/// Bars, one below the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    /// What the picture says.
    pub words: Words,
    /// The bars; values from zero on.
    pub bars: Vec<Bar>,
    /// A value to hold them against.
    pub reference: Option<f64>,
}

impl Bars {
    /// The text of the picture.
    pub fn to_svg(&self) -> String {
        let height = (self.bars.len().max(1) as f64 * ROW_PX + 8.0) as i32;
        picture((WIDTH_PX, height), &self.words, |area| self.draw(area))
    }

    fn draw(&self, area: &Area<'_>) -> Drawn {
        let left = self.bars.iter().map(|bar| width_px(&bar.name)).fold(0.0, f64::max).min(LABEL_MAX_PX) + 16.0;
        let width = f64::from(WIDTH_PX) - left - VALUE_PX;
        let (_, most) = Axis::Number(String::new()).span(self.bars.iter().map(Bar::most).chain(self.reference));
        for (n, bar) in self.bars.iter().enumerate() {
            let y = 4.0 + (n as f64 + 0.5) * ROW_PX;
            let x = |value: f64| left + width * (value / most).clamp(0.0, 1.0);
            let half = ROW_PX * 0.3;
            let around = [(left, y - half), (x(bar.value), y - half), (x(bar.value), y + half), (left, y + half)];
            patch(area, &around, 0.85, Ink::Series(0))?;
            if let Some((low, high)) = bar.interval {
                line(area, &[(x(low), y), (x(high), y)], 2.0, Ink::Text)?;
            }
            write(area, &bar.name, (left - 8.0, y), Anchor::Right, Ink::Text)?;
            // Beyond the line that they are held against, lest it go through the words.
            let end = x(bar.most().max(self.reference.unwrap_or(0.0)));
            write(area, &bar.told, (end + 8.0, y), Anchor::Left, Ink::Text)?;
        }
        if let Some(value) = self.reference {
            let x = left + width * (value / most).clamp(0.0, 1.0);
            line(area, &[(x, 4.0), (x, 4.0 + self.bars.len() as f64 * ROW_PX)], 1.75, Ink::Target)?;
        }
        line(area, &[(left, 4.0), (left, 4.0 + self.bars.len() as f64 * ROW_PX)], 1.25, Ink::Axis)
    }
}

impl Bar {
    fn most(&self) -> f64 {
        self.interval.map_or(self.value, |(_, high)| high.max(self.value))
    }
}
