//! What one thing costs in another.

use super::axis::{Axis, is_drawable};
use super::canvas::{Anchor, Area, Drawn, Words, dot, line, picture, write};
use super::frame::{Edge, Frame};
use super::legend::{self, Swatch};
use super::palette::Ink;

const SIZE_PX: (i32, i32) = (720, 420);
const LEFT_PX: f64 = 76.0;
const TOP_PX: f64 = 32.0;

/// What a point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// Tried, and beaten in both.
    Beaten,
    /// On the front: nothing tried is better in both.
    Front,
    /// What is proposed.
    Best,
}

/// A point with its intervals.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// From left to right.
    pub x: f64,
    /// Upwards.
    pub y: f64,
    /// The interval of `x`, if there is one.
    pub x_ci95: Option<(f64, f64)>,
    /// The interval of `y`, if there is one.
    pub y_ci95: Option<(f64, f64)>,
    /// What it is.
    pub mark: Mark,
    /// What is written beside it; nothing if it is empty.
    pub name: String,
}

/// What one thing costs in another: points, and the front of those that nothing beats.
#[derive(Clone, Debug, PartialEq)]
pub struct Scatter {
    /// What it says.
    pub words: Words,
    /// What runs from left to right, and what it is called.
    pub x: (Axis, String),
    /// What runs upwards, and what it is called.
    pub y: (Axis, String),
    /// The points.
    pub points: Vec<Point>,
    /// A value of `y` that counts: the limit, with its name.
    pub limit: Option<(String, f64)>,
}

impl Scatter {
    /// The text of the picture.
    pub fn to_svg(&self) -> String {
        picture(SIZE_PX, &self.words, |area| self.draw(area))
    }

    fn draw(&self, area: &Area<'_>) -> Drawn {
        let (x_from, x_to) = around(self.points.iter().map(|point| point.x));
        let limit = self.limit.iter().map(|(_, value)| *value);
        let (y_from, y_to) = around(self.points.iter().map(|point| point.y).chain(limit));
        let frame = Frame {
            left: LEFT_PX,
            top: TOP_PX + 22.0,
            width: f64::from(SIZE_PX.0) - LEFT_PX - 24.0,
            height: f64::from(SIZE_PX.1) - TOP_PX - 22.0 - 56.0,
            x: Edge { axis: &self.x.0, from: x_from, to: x_to, few: 7 },
            y: Edge { axis: &self.y.0, from: y_from, to: y_to, few: 5 },
        };
        frame.draw(area)?;
        let bottom = f64::from(SIZE_PX.1) - 22.0;
        write(area, &self.x.1, (frame.left + frame.width / 2.0, bottom), Anchor::Top, Ink::Text)?;
        write(area, &format!("↑ {}", self.y.1), (8.0, TOP_PX + 8.0), Anchor::Left, Ink::Text)?;
        if let Some((_, value)) = &self.limit {
            line(area, &[frame.at((x_from, *value)), frame.at((x_to, *value))], 1.75, Ink::Target)?;
        }
        self.draw_front(area, &frame)?;
        self.draw_points(area, &frame)?;
        legend::draw(area, &self.names(), (LEFT_PX, 2.0), frame.width)
    }

    fn names(&self) -> Vec<(String, Swatch)> {
        let has = |mark: Mark| self.points.iter().any(|point| point.mark == mark);
        let marks = [
            (Mark::Best, "best", Swatch::Dot(Ink::Series(1))),
            (Mark::Front, "front", Swatch::Dot(Ink::Series(0))),
            (Mark::Beaten, "beaten in both", Swatch::Ring(Ink::Axis)),
        ];
        let marks = marks.into_iter().filter(|(mark, ..)| has(*mark)).map(|(_, name, swatch)| (name.to_owned(), swatch));
        marks.chain(self.limit.iter().map(|(name, _)| (name.clone(), Swatch::Line(Ink::Target)))).collect()
    }

    fn draw_front(&self, area: &Area<'_>, frame: &Frame<'_>) -> Drawn {
        let mut front: Vec<&Point> = self.points.iter().filter(|point| point.mark != Mark::Beaten).collect();
        front.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
        let places: Vec<(f64, f64)> = front.iter().map(|point| frame.at((point.x, point.y))).collect();
        line(area, &places, 1.75, Ink::Series(0))
    }

    /// The most telling ones last, above the others.
    fn draw_points(&self, area: &Area<'_>, frame: &Frame<'_>) -> Drawn {
        let mut points: Vec<&Point> = self.points.iter().collect();
        points.sort_by_key(|point| point.mark);
        points.into_iter().try_for_each(|point| point.draw(area, frame))
    }
}

impl Point {
    fn draw(&self, area: &Area<'_>, frame: &Frame<'_>) -> Drawn {
        let at = frame.at((self.x, self.y));
        let (ink, filled, radius) = match self.mark {
            Mark::Beaten => (Ink::Axis, false, 3.0),
            Mark::Front => (Ink::Series(0), true, 4.5),
            Mark::Best => (Ink::Series(1), true, 6.5),
        };
        if self.mark != Mark::Beaten {
            let held = |value: f64, edge: &Edge<'_>| value.clamp(edge.from, edge.to);
            if let Some((low, high)) = self.x_ci95.map(|(low, high)| (held(low, &frame.x), held(high, &frame.x))) {
                line(area, &[frame.at((low, self.y)), frame.at((high, self.y))], 1.25, Ink::Axis)?;
            }
            if let Some((low, high)) = self.y_ci95.map(|(low, high)| (held(low, &frame.y), held(high, &frame.y))) {
                line(area, &[frame.at((self.x, low)), frame.at((self.x, high))], 1.25, Ink::Axis)?;
            }
        }
        dot(area, at, radius, filled, ink)?;
        write(area, &self.name, (at.0 + radius + 5.0, at.1 - 10.0), Anchor::Left, Ink::Text)
    }
}

/// From a little below the least to a little above the greatest.
fn around(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values
        .filter(|value| is_drawable(*value))
        .fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return (0.0, 1.0);
    }
    let margin = ((high - low) * 0.08).max(high.abs() * 0.02).max(1e-6);
    (low - margin, high + margin)
}
