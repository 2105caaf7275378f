//! A picture, from its strokes to its text.

use super::palette::{Ink, themed};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// What a picture is drawn on; in units of which [`SCALE`] make a pixel.
pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// Nothing but the text of the picture can fail to take a stroke.
pub(super) type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// Strokes lie on whole units; a finer grid keeps curves smooth.
pub(super) const SCALE: i32 = 4;
const FONT: &str = "system-ui, sans-serif";
/// Of the words in a picture, in pixels.
pub(super) const WORDS_PX: f64 = 12.5;
/// The library divides by it.
const FONT_FACTOR: f64 = 1.24;

/// What a picture says to whoever cannot see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// What it is, in a few words.
    pub title: String,
    /// What it shows, in a sentence.
    pub description: String,
}

/// The text of a picture of so many pixels.
pub(super) fn picture(size: (i32, i32), words: &Words, draw: impl FnOnce(&Area<'_>) -> Drawn) -> String {
    let mut drawn = String::new();
    {
        let area = SVGBackend::with_string(&mut drawn, ((size.0 * SCALE) as u32, (size.1 * SCALE) as u32)).into_drawing_area();
        let told = draw(&area).and_then(|()| area.present());
        if told.is_err() {
            return format!("<p>{}: this could not be drawn.</p>", escaped(&words.title));
        }
    }
    let strokes = drawn.split_once('>').map_or("", |(_, strokes)| strokes);
    format!("{}{}", head(size, words), themed(strokes.to_owned()))
}

fn head((width, height): (i32, i32), words: &Words) -> String {
    let (title, description) = (escaped(&words.title), escaped(&words.description));
    format!(
        "<svg class=\"chart\" viewBox=\"0 0 {} {}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{title}. \
         {description}\" xmlns=\"http://www.w3.org/2000/svg\">\n<title>{title}</title>\n<desc>{description}</desc>\n",
        width * SCALE,
        height * SCALE
    )
}

/// For the text of a page or picture.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// Which point of the words is given.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    /// The left end, at half height.
    Left,
    /// The right end, at half height.
    Right,
    /// The middle of the upper edge.
    Top,
}

/// Writes words; the place is in pixels.
pub(super) fn write(area: &Area<'_>, words: &str, (x, y): (f64, f64), anchor: Anchor, ink: Ink) -> Drawn {
    let at = match anchor {
        Anchor::Left => Pos::new(HPos::Left, VPos::Center),
        Anchor::Right => Pos::new(HPos::Right, VPos::Center),
        Anchor::Top => Pos::new(HPos::Center, VPos::Top),
    };
    let size = WORDS_PX * f64::from(SCALE) * FONT_FACTOR;
    let plain: String = words.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    let style = (FONT, size).into_font().color(&ink.colour()).pos(at);
    area.draw(&Text::new(plain, units((x, y)), style))
}

/// Draws a line through these places, in pixels.
pub(super) fn line(area: &Area<'_>, places: &[(f64, f64)], width_px: f64, ink: Ink) -> Drawn {
    let places: Vec<(i32, i32)> = places.iter().map(|place| units(*place)).collect();
    area.draw(&PathElement::new(places, ink.colour().stroke_width(wide(width_px))))
}

/// Fills what these places, in pixels, enclose; the page shines through.
pub(super) fn patch(area: &Area<'_>, places: &[(f64, f64)], opacity: f64, ink: Ink) -> Drawn {
    let places: Vec<(i32, i32)> = places.iter().map(|place| units(*place)).collect();
    area.draw(&Polygon::new(places, ink.colour().mix(opacity).filled()))
}

/// A dot, or a ring.
pub(super) fn dot(area: &Area<'_>, place: (f64, f64), radius_px: f64, filled: bool, ink: Ink) -> Drawn {
    let style = if filled { ink.colour().filled() } else { ink.colour().stroke_width(wide(1.5)) };
    area.draw(&Circle::new(units(place), wide(radius_px) as i32, style))
}

fn wide(px: f64) -> u32 {
    (px * f64::from(SCALE)).round() as u32
}

/// What is no number, or far off the picture, is drawn at its edge.
fn units((x, y): (f64, f64)) -> (i32, i32) {
    let unit = |px: f64| (px * f64::from(SCALE)).round().clamp(-1e5, 1e5) as i32;
    (unit(x), unit(y))
}

/// About how wide words are, in pixels.
pub(super) fn width_px(words: &str) -> f64 {
    words.chars().count() as f64 * WORDS_PX * 0.56
}
