//! Which line is what.

use super::canvas::{Anchor, Area, Drawn, dot, line, width_px, write};
use super::palette::Ink;

/// One line of it, in pixels.
pub(super) const ROW_PX: f64 = 20.0;
const SWATCH_PX: f64 = 26.0;
const GAP_PX: f64 = 18.0;

/// What a name stands beside.
#[derive(Clone, Copy)]
pub(super) enum Swatch {
    Line(Ink),
    Dot(Ink),
    Ring(Ink),
}

/// Where each name goes, and how many rows that makes.
pub(super) fn rows(names: &[(String, Swatch)], width: f64) -> (Vec<(f64, usize)>, usize) {
    let (mut x, mut row, mut places) = (0.0, 0, Vec::new());
    for (name, _) in names {
        let needed = SWATCH_PX + 8.0 + width_px(name);
        if x > 0.0 && x + needed > width {
            (x, row) = (0.0, row + 1);
        }
        places.push((x, row));
        x += needed + GAP_PX;
    }
    (places, if names.is_empty() { 0 } else { row + 1 })
}

pub(super) fn draw(area: &Area<'_>, names: &[(String, Swatch)], (left, top): (f64, f64), width: f64) -> Drawn {
    let (places, _) = rows(names, width);
    for ((name, swatch), (x, row)) in names.iter().zip(places) {
        let (x, y) = (left + x, top + (row as f64 + 0.5) * ROW_PX);
        match swatch {
            Swatch::Line(ink) => line(area, &[(x, y), (x + SWATCH_PX, y)], 2.5, *ink)?,
            Swatch::Dot(ink) => dot(area, (x + SWATCH_PX / 2.0, y), 4.0, true, *ink)?,
            Swatch::Ring(ink) => dot(area, (x + SWATCH_PX / 2.0, y), 4.0, false, *ink)?,
        }
        write(area, name, (x + SWATCH_PX + 8.0, y), Anchor::Left, Ink::Text)?;
    }
    Ok(())
}
