//! Charts: from plain series to the text of an SVG picture.
//!
//! All have one style. Colours can be told apart by the colour-blind, and lines also by their dashes; on a page they follow its
//! style sheet ([`style_sheet`]), and alone they suit a white page. Every chart has a title and a description for who cannot see
//! it.

mod axis;
mod bars;
mod canvas;
mod clock;
mod dots;
mod frame;
mod legend;
mod lines;
mod palette;
mod scatter;
#[cfg(test)]
mod tests;
mod thin;
mod whisker;

pub use axis::Axis;
pub use bars::{Bar, Bars};
pub use canvas::Words;
pub(crate) use canvas::escaped;
pub use dots::{Dots, Group};
pub use lines::{LineChart, Reference, Series};
pub use palette::style_sheet;
pub use scatter::{Mark, Point, Scatter};
pub use thin::thin;
pub use whisker::Whisker;
