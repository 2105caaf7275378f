//! Many of a kind, side by side.

use super::axis::Axis;
use super::canvas::{Anchor, Area, Drawn, Words, dot, line, picture, width_px, write};
use super::frame::{Edge, Frame};
use super::palette::Ink;

const WIDTH_PX: i32 = 600;
const ROW_PX: f64 = 44.0;
const LABEL_MAX_PX: f64 = 200.0;

/// Those who are alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// What they are called together.
    pub name: String,
    /// The value of each, in any order.
    pub values: Vec<f64>,
}

/// A row of dots for each group, each rising from the least value to the greatest. Nobody is named.
#[derive(Clone, Debug, PartialEq)]
pub struct Dots {
    /// What the picture says.
    pub words: Words,
    /// What runs from left to right.
    pub axis: Axis,
    /// The groups, one below the other.
    pub groups: Vec<Group>,
}

impl Dots {
    /// The text of the picture.
    pub fn to_svg(&self) -> String {
        let height = (self.groups.len().max(1) as f64 * ROW_PX + 44.0) as i32;
        picture((WIDTH_PX, height), &self.words, |area| self.draw(area))
    }

    fn draw(&self, area: &Area<'_>) -> Drawn {
        let left = self.groups.iter().map(|group| width_px(&group.name)).fold(0.0, f64::max).min(LABEL_MAX_PX) + 20.0;
        let (from, to) = self.axis.span(self.groups.iter().flat_map(|group| &group.values).copied());
        let frame = Frame {
            left,
            top: 6.0,
            width: f64::from(WIDTH_PX) - left - 24.0,
            height: self.groups.len() as f64 * ROW_PX,
            x: Edge { axis: &self.axis, from, to, few: 6 },
            y: Edge { axis: &Axis::Share, from: 0.0, to: 1.0, few: 0 },
        };
        self.draw_edge(area, &frame)?;
        for (row, group) in self.groups.iter().enumerate() {
            draw_group(area, &frame, group, frame.top + row as f64 * ROW_PX)?;
        }
        Ok(())
    }

    fn draw_edge(&self, area: &Area<'_>, frame: &Frame<'_>) -> Drawn {
        let ticks = self.axis.ticks((frame.x.from, frame.x.to), frame.x.few);
        let step = ticks.windows(2).map(|pair| pair[1] - pair[0]).next().unwrap_or(1.0);
        let bottom = frame.top + frame.height;
        for tick in ticks {
            let (x, _) = frame.at((tick, 0.0));
            line(area, &[(x, frame.top), (x, bottom)], 1.0, Ink::Grid)?;
            write(area, &self.axis.label(tick, step), (x, bottom + 9.0), Anchor::Top, Ink::Text)?;
        }
        line(area, &[(frame.left, bottom), (frame.left + frame.width, bottom)], 1.25, Ink::Axis)
    }
}

fn draw_group(area: &Area<'_>, frame: &Frame<'_>, group: &Group, top: f64) -> Drawn {
    let mut values = group.values.clone();
    values.sort_by(f64::total_cmp);
    write(area, &group.name, (frame.left - 10.0, top + ROW_PX / 2.0), Anchor::Right, Ink::Text)?;
    let rises = ROW_PX * 0.7 / (values.len().max(2) - 1) as f64;
    for (rank, value) in values.iter().enumerate() {
        let (x, _) = frame.at((*value, 0.0));
        let y = if values.len() == 1 { top + ROW_PX / 2.0 } else { top + ROW_PX * 0.85 - rank as f64 * rises };
        dot(area, (x, y), if values.len() > 40 { 2.25 } else { 3.5 }, true, Ink::Series(0))?;
    }
    Ok(())
}
