//! An interval on a line through zero: small enough for a row of a table.

use super::canvas::{Area, Drawn, Words, dot, line, patch, picture};
use super::palette::Ink;

const WIDTH_PX: i32 = 160;
const HEIGHT_PX: i32 = 22;
const EDGE_PX: f64 = 4.0;
/// Beyond the ends there is still some of the line.
const ROOM: f64 = 1.15;

/// An estimate with its interval, held against zero.
#[derive(Clone, Debug, PartialEq)]
pub struct Whisker {
    /// What the picture says.
    pub words: Words,
    /// The lower end.
    pub low: f64,
    /// The estimate.
    pub value: f64,
    /// The upper end.
    pub high: f64,
}

impl Whisker {
    /// The text of the picture. Zero stands in the middle, so that the side is seen at once.
    pub fn to_svg(&self) -> String {
        picture((WIDTH_PX, HEIGHT_PX), &self.words, |area| self.draw(area))
    }

    fn draw(&self, area: &Area<'_>) -> Drawn {
        let most = ROOM * self.low.abs().max(self.high.abs()).max(f64::MIN_POSITIVE);
        let (middle, reach) = (f64::from(WIDTH_PX) / 2.0, f64::from(WIDTH_PX) / 2.0 - EDGE_PX);
        let x = |value: f64| middle + reach * (value / most).clamp(-1.0, 1.0);
        let y = f64::from(HEIGHT_PX) / 2.0;
        line(area, &[(EDGE_PX, y), (f64::from(WIDTH_PX) - EDGE_PX, y)], 1.0, Ink::Grid)?;
        line(area, &[(middle, 2.0), (middle, f64::from(HEIGHT_PX) - 2.0)], 1.5, Ink::Axis)?;
        patch(
            area,
            &[(middle, y - 3.0), (x(self.value), y - 3.0), (x(self.value), y + 3.0), (middle, y + 3.0)],
            0.3,
            Ink::Series(0),
        )?;
        line(area, &[(x(self.low), y), (x(self.high), y)], 2.5, Ink::Series(0))?;
        line(area, &[(x(self.low), y - 5.0), (x(self.low), y + 5.0)], 2.0, Ink::Series(0))?;
        line(area, &[(x(self.high), y - 5.0), (x(self.high), y + 5.0)], 2.0, Ink::Series(0))?;
        dot(area, (x(self.value), y), 4.0, true, Ink::Series(0))
    }
}
