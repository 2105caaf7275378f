//! Numbers as a person reads them: no more digits than are known.

use crate::figures::Estimate;

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Calls, callers, or whatever is whole in each replication.
    Count,
    /// Seconds.
    Seconds,
    /// A share of 1, told in percent.
    Share,
    /// A plain number.
    Ratio,
}

impl Unit {
    fn scale(self) -> f64 {
        match self {
            Unit::Share => 100.0,
            Unit::Count | Unit::Seconds | Unit::Ratio => 1.0,
        }
    }

    /// What stands after the number.
    fn sign(self) -> &'static str {
        match self {
            Unit::Share => " %",
            Unit::Count | Unit::Seconds | Unit::Ratio => "",
        }
    }

    fn decimals_max(self) -> usize {
        match self {
            Unit::Count => 1,
            Unit::Seconds | Unit::Share => 2,
            Unit::Ratio => 4,
        }
    }
}

/// An estimate, with half the width of its interval to two digits: `13.2 ± 1.4`.
pub fn told(estimate: &Estimate, unit: Unit) -> String {
    let (value, half) = (estimate.value * unit.scale(), estimate.half_width().map(|half| half * unit.scale()));
    let Some(half) = half else { return format!("{}{}", grouped(value, alone(value, unit)), unit.sign()) };
    // What is the same in all replications but for the last bits of its sums does not scatter.
    let half = if half < value.abs() * 1e-9 { 0.0 } else { half };
    let decimals = if half > 0.0 {
        (1.0 - half.log10().floor()).clamp(0.0, unit.decimals_max() as f64) as usize
    } else {
        alone(value, unit)
    };
    format!("{} ± {}{}", grouped(value, decimals), grouped(half, decimals), unit.sign())
}

/// The same without the unit, for a column whose name says it.
pub(super) fn told_bare(estimate: &Estimate, unit: Unit) -> String {
    let mut told = told(estimate, unit);
    told.truncate(told.len() - unit.sign().len());
    told
}

/// A difference, with its sign.
pub(super) fn told_difference(estimate: &Estimate, unit: Unit) -> String {
    let told = told(estimate, unit);
    let is_zero = told.split('±').next().is_some_and(|value| !value.contains(|c: char| ('1'..='9').contains(&c)));
    if estimate.value > 0.0 && !is_zero { format!("+{told}") } else { told }
}

/// Decimals of a number of which nobody knows how sure it is: three digits.
fn alone(value: f64, unit: Unit) -> usize {
    if value == 0.0 || (unit == Unit::Count && value.fract() == 0.0) {
        return 0;
    }
    (2.0 - value.abs().log10().floor()).clamp(0.0, unit.decimals_max() as f64) as usize
}

/// With so many decimals, and a comma before every three digits.
pub(crate) fn grouped(value: f64, decimals: usize) -> String {
    let written = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = written.split_at(written.find('.').unwrap_or(written.len()));
    let zero = written.chars().all(|c| c == '0' || c == '.');
    let sign = if value < 0.0 && !zero { "−" } else { "" };
    let mut grouped = String::new();
    for (n, digit) in whole.chars().enumerate() {
        let left = whole.len() - n;
        if n > 0 && left.is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(value: f64, half: Option<f64>) -> Estimate {
        Estimate { value, ci95: half.map(|half| (value - half, value + half)), replications: 2 }
    }

    #[test]
    fn digits_go_as_far_as_is_known() {
        let told = |value, half, unit| told(&estimate(value, half), unit);
        assert_eq!(told(13.2468, Some(1.4321), Unit::Seconds), "13.2 ± 1.4");
        assert_eq!(told(0.824_31, Some(0.006_2), Unit::Share), "82.43 ± 0.62 %");
        assert_eq!(told(20_012.4, Some(143.2), Unit::Count), "20,012 ± 143");
        assert_eq!(told(1_234_567.0, None, Unit::Count), "1,234,567");
        assert_eq!(told(0.000_4, None, Unit::Ratio), "0.0004");
        assert_eq!(told(13.2468, None, Unit::Seconds), "13.2");
        assert_eq!(told(0.0, Some(0.0), Unit::Ratio), "0 ± 0");
        assert_eq!(told(336.0, Some(1e-13), Unit::Ratio), "336 ± 0");
        assert_eq!(told(-0.3, Some(12.0), Unit::Count), "0 ± 12");
    }

    #[test]
    fn a_difference_has_its_sign() {
        let told = |value| told_difference(&estimate(value, Some(0.5)), Unit::Seconds);
        assert_eq!([told(2.0), told(-2.0), told(1e-9)], ["+2.00 ± 0.50", "−2.00 ± 0.50", "0.00 ± 0.50"]);
    }
}
