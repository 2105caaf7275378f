//! What a value along an edge means and how it is written.

use super::clock;
use jiff::civil::DateTime;

/// What a value along an edge means.
#[derive(Clone, Debug, PartialEq)]
pub enum Axis {
    /// A plain number, of this unit ("s", "callers").
    Number(String),
    /// A share of 1, written in percent.
    Share,
    /// Seconds after this moment, written as the time of day.
    Clock(DateTime),
    /// A share by its nines: 0 is none, 1 is 90 %, 2 is 99 %, and so on.
    Nines,
    /// Milliseconds by their decimal logarithm.
    Decades,
}

impl Axis {
    /// Round values between two others, a few more than `few` at the most.
    pub(super) fn ticks(&self, (low, high): (f64, f64), few: usize) -> Vec<f64> {
        let step = match self {
            Axis::Number(_) | Axis::Share => round_step((high - low) / few.max(1) as f64),
            Axis::Nines | Axis::Decades => ((high - low) / (few + 1).max(1) as f64).ceil().max(1.0),
            Axis::Clock(_) => clock::step((high - low) / few.max(1) as f64),
        };
        let origin = match self {
            Axis::Number(_) | Axis::Share | Axis::Nines | Axis::Decades => 0.0,
            Axis::Clock(begins) => -clock::second_of_day(*begins),
        };
        let first = ((low - origin) / step - 1e-9).ceil();
        (0..100).map(|n| origin + (first + f64::from(n)) * step).take_while(|tick| *tick <= high + step * 1e-9).collect()
    }

    /// How a value of those ticks is written.
    pub(super) fn label(&self, value: f64, step: f64) -> String {
        match self {
            Axis::Number(unit) if unit.is_empty() || unit.len() > 2 => number(value, step),
            Axis::Number(unit) => format!("{} {unit}", number(value, step)),
            Axis::Share => format!("{} %", number(value * 100.0, step * 100.0)),
            Axis::Clock(begins) => clock::label(*begins, value),
            Axis::Nines => nines(value),
            Axis::Decades if value >= 3.0 => format!("{} s", 10_f64.powf(value - 3.0).round()),
            Axis::Decades => format!("{:.*} ms", (-value).max(0.0) as usize, 10_f64.powf(value)),
        }
    }

    /// From zero, or from below it, to a round value that is no less than the greatest.
    pub(super) fn span(&self, values: impl Iterator<Item = f64>) -> (f64, f64) {
        let (low, high) = values
            .filter(|value| is_drawable(*value))
            .fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
        let step = round_step((high - low).max(1e-9) / 4.0);
        ((low / step).floor() * step, (high / step).ceil().max(1.0) * step)
    }
}

/// Whether a value has a place on a picture: it is a number, and not one that would flatten all others.
pub(super) fn is_drawable(value: f64) -> bool {
    value.abs() <= 1e12
}

/// 1, 2 or 5 times a power of ten, no less than this.
fn round_step(least: f64) -> f64 {
    if !(least.is_finite() && least > 0.0) {
        return 1.0;
    }
    let power = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0, 10.0].map(|times| times * power).into_iter().find(|step| *step >= least * 0.999).unwrap_or(least)
}

/// `99.9 %` for 3.
fn nines(value: f64) -> String {
    let decimals = (value.round() - 2.0).max(0.0) as usize;
    format!("{:.decimals$} %", 100.0 - 10_f64.powf(2.0 - value.round()))
}

fn number(value: f64, step: f64) -> String {
    if value.abs() >= 1e6 {
        return format!("{}M", number(value / 1e6, step / 1e6));
    }
    let decimals = (-step.abs().log10().floor()).clamp(0.0, 6.0) as usize;
    let value = if value.abs() < step * 1e-6 { 0.0 } else { value };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ticks_are_round() {
        assert_eq!(Axis::Share.ticks((0.0, 1.0), 5), [0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0]);
        let clock = Axis::Clock(jiff::civil::date(2026, 11, 20).at(18, 40, 0, 0));
        let labels: Vec<String> = clock.ticks((0.0, 6.0 * 3600.0), 6).iter().map(|tick| clock.label(*tick, 3600.0)).collect();
        assert_eq!(labels, ["19:00", "20:00", "21:00", "22:00", "23:00", "00:00"]);
        assert_eq!(Axis::Number("s".to_owned()).label(0.25, 0.05), "0.25 s");
    }

    #[test]
    fn nines_and_decades_are_told_as_what_they_stand_for() {
        let told =
            |axis: Axis, (low, high)| axis.ticks((low, high), 5).iter().map(|tick| axis.label(*tick, 1.0)).collect::<Vec<_>>();
        assert_eq!(told(Axis::Nines, (0.0, 4.3)), ["0 %", "90 %", "99 %", "99.9 %", "99.99 %"]);
        assert_eq!(told(Axis::Decades, (-1.2, 4.0)), ["0.1 ms", "1 ms", "10 ms", "100 ms", "1 s", "10 s"]);
    }

    proptest! {
        #[test]
        fn there_are_a_few_ticks_and_all_lie_within(low in -1e6..1e6_f64, length in 1e-3..1e6_f64, few in 2..9_usize) {
            let high = low + length;
            for axis in [Axis::Share, Axis::Clock(jiff::civil::date(2026, 1, 5).at(7, 30, 0, 0))] {
                let ticks = axis.ticks((low, high), few);
                prop_assert!(ticks.len() <= few + 2, "{} ticks", ticks.len());
                prop_assert!(ticks.iter().all(|tick| (low - length * 1e-6..=high + length * 1e-6).contains(tick)));
            }
        }

        #[test]
        fn a_span_holds_zero_and_all_values(values in prop::collection::vec(-1e6..1e6_f64, 0..20)) {
            let (low, high) = Axis::Share.span(values.iter().copied());
            prop_assert!(low <= 0.0 && high > 0.0 && low < high);
            prop_assert!(values.iter().all(|value| low - 1e-3 <= *value && *value <= high + 1e-3));
        }
    }
}
