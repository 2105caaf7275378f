//! The colours, for light pages and dark ones.

use plotters::style::RGBColor;
use std::fmt::Write;

/// What a stroke is for. The picture is drawn in a stand-in for each, which is replaced in the text of it by a variable of the
/// page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// Words and numbers.
    Text,
    /// Axes and rules.
    Axis,
    /// Lines to read values along.
    Grid,
    /// A target, a diagonal: what the rest is held against.
    Target,
    /// The n-th of what is shown; after the last colour the first comes again.
    Series(usize),
}

struct Colour {
    variable: &'static str,
    light: &'static str,
    dark: &'static str,
    /// In the units of the picture.
    dashes: &'static str,
}

const SERIES: usize = 6;
const COLOURS: [Colour; 4 + SERIES] = [
    colour("text", "#1f2933", "#e6e9ec", ""),
    colour("axis", "#6b7680", "#8d99a5", ""),
    colour("grid", "#dfe4e8", "#2c343c", ""),
    colour("target", "#5a6570", "#aab4be", "16 12"),
    colour("1", "#0072b2", "#56b4e9", ""),
    colour("2", "#d55e00", "#e69f00", "36 12"),
    colour("3", "#6036cd", "#a05ff9", "8 10"),
    colour("4", "#143b42", "#bef48e", "44 10 8 10"),
    colour("5", "#a7573f", "#dc347d", "20 8"),
    colour("6", "#6b0904", "#f4d2d3", "8 6 8 18"),
];

const fn colour(variable: &'static str, light: &'static str, dark: &'static str, dashes: &'static str) -> Colour {
    Colour { variable, light, dark, dashes }
}

impl Ink {
    fn place(self) -> usize {
        match self {
            Ink::Text => 0,
            Ink::Axis => 1,
            Ink::Grid => 2,
            Ink::Target => 3,
            Ink::Series(n) => 4 + n % SERIES,
        }
    }

    /// The stand-in.
    pub(super) fn colour(self) -> RGBColor {
        RGBColor(1, 2, self.place() as u8)
    }
}

/// The stand-ins replaced by variables, and by colours for a white page where there are none.
pub(super) fn themed(mut svg: String) -> String {
    for (place, colour) in COLOURS.iter().enumerate() {
        let paint = format!("var(--chart-{}, {})", colour.variable, colour.light);
        let dashes = match colour.dashes {
            "" => String::new(),
            dashes => format!(" stroke-dasharray=\"{dashes}\""),
        };
        svg = svg.replace(&format!("fill=\"#0102{place:02X}\""), &format!("fill=\"{paint}\""));
        svg = svg.replace(&format!("stroke=\"#0102{place:02X}\""), &format!("stroke=\"{paint}\"{dashes}"));
    }
    svg
}

/// The style sheet of a page that holds charts: the colours, on a light page and on a dark one.
pub fn style_sheet() -> String {
    format!(
        ":root {{{}}}\n@media (prefers-color-scheme: dark) {{ :root {{{}}} }}\n.chart {{ display: block; width: 100%; height: auto; }}\n",
        variables(|colour| colour.light),
        variables(|colour| colour.dark)
    )
}

fn variables(of: impl Fn(&Colour) -> &'static str) -> String {
    COLOURS.iter().fold(String::new(), |mut sheet, colour| {
        let _ = write!(sheet, " --chart-{}: {};", colour.variable, of(colour));
        sheet
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGES: [&str; 2] = ["#ffffff", "#14181d"];

    fn linear(hex: &str) -> [f64; 3] {
        [1, 3, 5].map(|at| {
            let part = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal")) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn dot(row: [f64; 3], rgb: [f64; 3]) -> f64 {
        row.iter().zip(rgb).map(|(a, b)| a * b).sum()
    }

    /// As WCAG 2 defines it.
    fn contrast(one: &str, other: &str) -> f64 {
        let luminance = |hex| dot([0.2126, 0.7152, 0.0722], linear(hex)) + 0.05;
        let (one, other) = (luminance(one), luminance(other));
        one.max(other) / one.min(other)
    }

    /// How colours look to the red-blind, green-blind and blue-blind (Machado, Oliveira, Fernandes 2009), and to others.
    const SIGHTS: [[[f64; 3]; 3]; 4] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    ];

    /// CIE 1976.
    fn lab(rgb: [f64; 3]) -> [f64; 3] {
        let root = |t: f64| if t > 0.008856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
        let x = root(dot([0.4124, 0.3576, 0.1805], rgb) / 0.9505);
        let y = root(dot([0.2126, 0.7152, 0.0722], rgb));
        let z = root(dot([0.0193, 0.1192, 0.9505], rgb) / 1.089);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    fn apart(one: &str, other: &str, sight: [[f64; 3]; 3]) -> f64 {
        let seen = |hex| lab(sight.map(|row| dot(row, linear(hex)).clamp(0.0, 1.0)));
        seen(one).iter().zip(seen(other)).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
    }

    #[test]
    fn words_and_lines_stand_out_from_the_page() {
        for colour in &COLOURS {
            let needed = match colour.variable {
                "text" => 7.0,
                "grid" => 1.2,
                _ => 3.0,
            };
            for (page, ink) in PAGES.iter().zip([colour.light, colour.dark]) {
                assert!(contrast(page, ink) >= needed, "{} on {page}: {}", colour.variable, contrast(page, ink));
            }
        }
    }

    #[test]
    fn whoever_sees_fewer_colours_tells_series_apart() {
        let themes: [fn(&Colour) -> &'static str; 2] = [|colour| colour.light, |colour| colour.dark];
        for theme in themes {
            let series: Vec<&str> = COLOURS[4..].iter().map(theme).collect();
            for (n, one) in series.iter().enumerate() {
                for other in &series[n + 1..] {
                    let least = SIGHTS.iter().map(|sight| apart(one, other, *sight)).fold(f64::MAX, f64::min);
                    assert!(least > 20.0, "{one} and {other} are {least:.1} apart");
                }
            }
        }
    }
}
