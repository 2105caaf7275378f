//! What is varied, and how far.

use std::fmt;
use std::str::FromStr;

/// A key of `--set` and the values it may take.
#[derive(Clone, Debug, PartialEq)]
pub struct Vary {
    /// The key.
    pub key: String,
    /// The values.
    pub range: Range,
}

/// The values of a key, in order; each has a number, from 0 on.
#[derive(Clone, Debug, PartialEq)]
pub enum Range {
    /// Numbers from the lowest to the highest in equal steps.
    Numbers {
        /// The lowest, in units of the last decimal.
        low: i64,
        /// The highest, likewise; more than the lowest.
        high: i64,
        /// Decimals after the point.
        decimals: u32,
        /// What stands behind the number: nothing, or a unit of time.
        unit: &'static str,
    },
    /// One of these words, which have no order; two at least.
    Words(Vec<String>),
}

/// One value for each key that is varied, by number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point(pub Vec<u64>);

/// Everything that is varied.
#[derive(Clone, Debug, PartialEq)]
pub struct Space(pub Vec<Vary>);

/// Why it is not known what is to be varied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{words}`: {why}")]
pub struct VaryFault {
    /// The words that cannot be read.
    pub words: String,
    /// Why, and what would be right.
    pub why: &'static str,
}

/// More decimals than that are not told apart.
const DECIMALS_MAX: u32 = 6;

/// Units of time as they are written, the unit in whose steps such a length is varied, and how many of those it is.
const UNITS: [(&str, &str, i64); 4] = [("ms", "ms", 1), ("s", "s", 1), ("m", "s", 60), ("h", "s", 3600)];

impl Range {
    /// How many values there are.
    pub fn size(&self) -> u64 {
        match self {
            Range::Numbers { low, high, .. } => high.abs_diff(*low) + 1,
            Range::Words(words) => words.len() as u64,
        }
    }

    /// A value as `--set` takes it.
    pub fn value(&self, number: u64) -> String {
        match self {
            Range::Numbers { low, decimals, unit, .. } => {
                format!("{}{unit}", decimal(low.saturating_add_unsigned(number), *decimals))
            }
            Range::Words(words) => words.get(number as usize).cloned().unwrap_or_default(),
        }
    }

    /// Whether values near each other are alike.
    pub fn is_ordered(&self) -> bool {
        match self {
            Range::Numbers { .. } => true,
            Range::Words(_) => false,
        }
    }
}

fn decimal(units: i64, decimals: u32) -> String {
    if decimals == 0 {
        return units.to_string();
    }
    let (sign, units, one) = (if units < 0 { "-" } else { "" }, units.unsigned_abs(), 10_u64.pow(decimals));
    format!("{sign}{}.{:0width$}", units / one, units % one, width = decimals as usize)
}

impl Space {
    /// How many points there are, so far as that can be counted.
    pub fn size(&self) -> u64 {
        self.0.iter().fold(1, |size, vary| size.saturating_mul(vary.range.size()))
    }

    /// The assignments of a point: keys and values.
    pub fn assignments(&self, point: &Point) -> Vec<(String, String)> {
        let pairs = self.0.iter().zip(&point.0);
        pairs.map(|(vary, number)| (vary.key.clone(), vary.range.value(*number))).collect()
    }

    /// A point as it is shown.
    pub fn shown(&self, point: &Point) -> String {
        let pairs = self.assignments(point).into_iter().map(|(key, value)| format!("{key}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }
}

impl FromStr for Vary {
    type Err = VaryFault;

    fn from_str(text: &str) -> Result<Vary, VaryFault> {
        let fault = |why| VaryFault { words: text.trim().to_owned(), why };
        let (key, values) = text.split_once('=').ok_or_else(|| fault("write KEY=LOW..HIGH, or KEY=ONE|OTHER"))?;
        if key.trim().is_empty() {
            return Err(fault("the key before `=` is missing"));
        }
        let range = match values.split_once("..") {
            Some((low, high)) => numbers(low.trim(), high.trim()).map_err(fault)?,
            None => words(values).map_err(fault)?,
        };
        Ok(Vary { key: key.trim().to_owned(), range })
    }
}

fn words(text: &str) -> Result<Range, &'static str> {
    let words: Vec<String> = text.split('|').map(|word| word.trim().to_owned()).collect();
    let twice = |(place, word): (usize, &String)| words[..place].contains(word);
    if words.len() < 2 || words.iter().any(String::is_empty) || words.iter().enumerate().any(twice) {
        return Err("there must be two different values at least: LOW..HIGH, or ONE|OTHER");
    }
    Ok(Range::Words(words))
}

fn numbers(low: &str, high: &str) -> Result<Range, &'static str> {
    let (low, high) = (Written::read(low)?, Written::read(high)?);
    if low.unit.is_empty() != high.unit.is_empty() {
        return Err("both ends need a unit of time, or none: 10s..60s, 3..8");
    }
    let unit = if "ms" == low.unit || "ms" == high.unit { "ms" } else { low.unit };
    let decimals = low.decimals.max(high.decimals);
    let decimals = if decimals == 0 || !unit.is_empty() { decimals } else { (decimals + 1).min(DECIMALS_MAX) };
    let (low, high) = (low.units(decimals, unit)?, high.units(decimals, unit)?);
    if low < high { Ok(Range::Numbers { low, high, decimals, unit }) } else { Err("the first end must be less than the second") }
}

/// A number as somebody wrote it.
struct Written<'a> {
    digits: &'a str,
    decimals: u32,
    unit: &'static str,
    /// How many of its unit it stands for.
    times: i64,
}

impl Written<'_> {
    fn read(text: &str) -> Result<Written<'_>, &'static str> {
        let unit = UNITS.into_iter().find_map(|(suffix, unit, times)| Some((text.strip_suffix(suffix)?, unit, times)));
        let (digits, unit, times) = unit.unwrap_or((text, "", 1));
        let digits = digits.trim();
        let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let number = digits.strip_prefix('-').unwrap_or(digits);
        let plain = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == '.');
        if !plain || decimals > DECIMALS_MAX as usize || digits.parse::<f64>().is_err() {
            return Err("each end is a number, with six decimals at most, or a length of time: 3..8, 0.2..0.8, 10s..2m");
        }
        Ok(Written { digits, decimals: decimals as u32, unit, times })
    }

    /// The same in units of the last decimal of `unit`.
    fn units(&self, decimals: u32, unit: &str) -> Result<i64, &'static str> {
        const TOO_GREAT: &str = "that is too great a number";
        let (whole, fraction) = self.digits.split_once('.').unwrap_or((self.digits, ""));
        let digits = format!("{whole}{fraction:0<width$}", width = decimals as usize);
        let finer = if unit == "ms" && self.unit == "s" { 1000 } else { 1 };
        let units = digits.parse::<i64>().ok().and_then(|units| units.checked_mul(self.times)?.checked_mul(finer));
        units.filter(|units| units.unsigned_abs() < 1 << 52).ok_or(TOO_GREAT)
    }
}

impl fmt::Display for Vary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.range {
            Range::Numbers { .. } => {
                write!(f, "{}={}..{}", self.key, self.range.value(0), self.range.value(self.range.size() - 1))
            }
            Range::Words(words) => write!(f, "{}={}", self.key, words.join("|")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(text: &str) -> (u64, String, String) {
        let vary: Vary = text.parse().unwrap();
        (vary.range.size(), vary.range.value(0), vary.range.value(vary.range.size() - 1))
    }

    #[test]
    fn ranges_are_numbers_lengths_or_words() {
        let read = [
            ("agents.0.count=3..8", 6, "3", "8"),
            ("k=-2..2", 5, "-2", "2"),
            ("k=0.1..0.9", 81, "0.10", "0.90"),
            ("k=0..1.5", 151, "0.00", "1.50"),
            ("k = 10s .. 60s", 51, "10s", "60s"),
            ("k=30s..2m", 91, "30s", "120s"),
            ("k=1h..2h", 3601, "3600s", "7200s"),
            ("k=500ms..1s", 501, "500ms", "1000ms"),
            ("k=0.5s..1.5s", 11, "0.5s", "1.5s"),
            ("order=fifo|proportional", 2, "fifo", "proportional"),
        ];
        for (text, size, low, high) in read {
            assert_eq!(ends(text), (size, low.to_owned(), high.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_range_is_refused() {
        let faulty = [
            "",
            "k",
            "=1..2",
            "k=",
            "k=1",
            "k=2..1",
            "k=1..1",
            "k=1..2s",
            "k=x..y",
            "k=..",
            "k=1..nan",
            "k=a|",
            "k=a|a",
            "k=1e3..2e3",
            "k=1.2.3..4",
            "k=0..99999999999999999999",
            "k=--1..2",
        ];
        for text in faulty {
            assert!(text.parse::<Vary>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_point_is_shown_as_it_would_be_set() {
        let space = Space(vec!["a=3..8".parse().unwrap(), "o=x|y".parse().unwrap()]);
        assert_eq!((space.size(), space.shown(&Point(vec![2, 1])).as_str()), (12, "a=5; o=y"));
    }

    proptest::proptest! {
        #[test]
        fn no_words_are_too_much(text in "[a-z.]{0,3}=?[0-9.smh|-]{0,12}(\\.\\.)?[0-9.smh|-]{0,12}") {
            if let Ok(vary) = text.parse::<Vary>() {
                assert!(vary.range.size() >= 2);
                assert!(vary.to_string().parse::<Vary>().is_ok(), "{vary}");
            }
        }
    }
}
