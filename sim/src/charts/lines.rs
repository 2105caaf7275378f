//! Lines over time, over waits, over shares.

use super::axis::{Axis, is_drawable};
use super::canvas::{Area, Drawn, Words, dot, line, patch, picture};
use super::frame::{Edge, Frame};
use super::legend::{self, Swatch};
use super::palette::Ink;
use super::thin::thin;

const SIZE_PX: (i32, i32) = (600, 300);
const LEFT_PX: f64 = 64.0;
const RIGHT_PX: f64 = 28.0;
const BOTTOM_PX: f64 = 32.0;
/// More points than that cannot be told apart on the picture.
const POINTS_MAX: usize = 600;

/// A line with what belongs to it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// What it is called.
    pub name: String,
    /// From left to right.
    pub points: Vec<(f64, f64)>,
    /// From where to where most replications lie, or an interval: x, low, high; from left to right.
    pub band: Vec<(f64, f64, f64)>,
    /// Points are marked, and bands are drawn as bars through them.
    pub marked: bool,
}

/// What the lines are held against.
#[derive(Clone, Debug, PartialEq)]
pub enum Reference {
    /// This value, at every place.
    Level(String, f64),
    /// From corner to corner: what is said is what is.
    Diagonal(String),
}

/// Lines over something.
#[derive(Clone, Debug, PartialEq)]
pub struct LineChart {
    /// What it says.
    pub words: Words,
    /// What runs from left to right.
    pub x: Axis,
    /// What runs upwards.
    pub y: Axis,
    /// From where to where it runs upwards; as the values need, if none.
    pub y_span: Option<(f64, f64)>,
    /// From where to where it runs to the right; as the values need, if none.
    pub x_span: Option<(f64, f64)>,
    /// The lines.
    pub series: Vec<Series>,
    /// What they are held against.
    pub reference: Option<Reference>,
    /// Up to here nothing is counted (the warm-up), if anywhere.
    pub uncounted_until: Option<f64>,
}

impl LineChart {
    /// The text of the picture.
    pub fn to_svg(&self) -> String {
        picture(SIZE_PX, &self.words, |area| self.draw(area))
    }

    fn draw(&self, area: &Area<'_>) -> Drawn {
        let names = self.names();
        let width = f64::from(SIZE_PX.0) - LEFT_PX - RIGHT_PX;
        let top = legend::rows(&names, width).1 as f64 * legend::ROW_PX + 12.0;
        let ((x_from, x_to), (y_from, y_to)) = (self.x_span(), self.y_span());
        let frame = Frame {
            left: LEFT_PX,
            top,
            width,
            height: f64::from(SIZE_PX.1) - top - BOTTOM_PX,
            x: Edge { axis: &self.x, from: x_from, to: x_to, few: 7 },
            y: Edge { axis: &self.y, from: y_from, to: y_to, few: 5 },
        };
        self.draw_uncounted(area, &frame)?;
        frame.draw(area)?;
        self.draw_reference(area, &frame)?;
        for (n, series) in self.series.iter().enumerate() {
            series.draw_band(area, &frame, Ink::Series(n))?;
        }
        for (n, series) in self.series.iter().enumerate() {
            series.draw(area, &frame, Ink::Series(n))?;
        }
        legend::draw(area, &names, (LEFT_PX, 2.0), width)
    }

    fn names(&self) -> Vec<(String, Swatch)> {
        let series = self.series.iter().enumerate().map(|(n, series)| (series.name.clone(), Swatch::Line(Ink::Series(n))));
        let reference = self.reference.as_ref().map(|reference| match reference {
            Reference::Level(name, _) | Reference::Diagonal(name) => (name.clone(), Swatch::Line(Ink::Target)),
        });
        series.chain(reference).filter(|(name, _)| !name.is_empty()).collect()
    }

    fn x_span(&self) -> (f64, f64) {
        self.x_span.unwrap_or_else(|| {
            let xs = self.series.iter().flat_map(|series| &series.points).map(|(x, _)| *x).filter(|x| is_drawable(*x));
            let (low, high) = xs.fold((f64::MAX, f64::MIN), |(low, high), x| (low.min(x), high.max(x)));
            if low < high { (low, high) } else { (0.0, 1.0) }
        })
    }

    fn y_span(&self) -> (f64, f64) {
        self.y_span.unwrap_or_else(|| {
            let points = self.series.iter().flat_map(|series| &series.points).map(|(_, y)| *y);
            let bands = self.series.iter().flat_map(|series| &series.band).map(|(_, _, high)| *high);
            let level = match &self.reference {
                Some(Reference::Level(_, level)) => Some(*level),
                Some(Reference::Diagonal(_)) | None => None,
            };
            self.y.span(points.chain(bands).chain(level))
        })
    }

    fn draw_uncounted(&self, area: &Area<'_>, frame: &Frame<'_>) -> Drawn {
        let Some(until) = self.uncounted_until.filter(|until| *until > frame.x.from) else { return Ok(()) };
        let (right, _) = frame.at((until, 0.0));
        let bottom = frame.top + frame.height;
        patch(area, &[(frame.left, frame.top), (right, frame.top), (right, bottom), (frame.left, bottom)], 0.12, Ink::Axis)
    }

    fn draw_reference(&self, area: &Area<'_>, frame: &Frame<'_>) -> Drawn {
        let places = match &self.reference {
            None => return Ok(()),
            Some(Reference::Level(_, level)) => [(frame.x.from, *level), (frame.x.to, *level)],
            Some(Reference::Diagonal(_)) => [(frame.x.from, frame.y.from), (frame.x.to, frame.y.to)],
        };
        line(area, &places.map(|place| frame.at(place)), 1.75, Ink::Target)
    }
}

impl Series {
    fn draw(&self, area: &Area<'_>, frame: &Frame<'_>, ink: Ink) -> Drawn {
        let places: Vec<(f64, f64)> = thin(&self.points, POINTS_MAX).into_iter().map(|point| frame.at(point)).collect();
        line(area, &places, 2.25, ink)?;
        if self.marked || places.len() == 1 {
            places.iter().try_for_each(|place| dot(area, *place, 4.0, true, ink))?;
        }
        Ok(())
    }

    fn draw_band(&self, area: &Area<'_>, frame: &Frame<'_>, ink: Ink) -> Drawn {
        if self.marked {
            let bar = |(x, low, high): &(f64, f64, f64)| line(area, &[frame.at((*x, *low)), frame.at((*x, *high))], 1.5, ink);
            return self.band.iter().try_for_each(bar);
        }
        let upper = self.band.iter().map(|(x, _, high)| frame.at((*x, *high)));
        let lower = self.band.iter().rev().map(|(x, low, _)| frame.at((*x, *low)));
        let around: Vec<(f64, f64)> = upper.chain(lower).collect();
        if around.is_empty() { Ok(()) } else { patch(area, &around, 0.18, ink) }
    }
}
