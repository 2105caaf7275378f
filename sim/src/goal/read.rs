//! A goal from its words.

use super::pattern::Part;
use super::{Goal, Limit, Pattern, Sense, Side};
use std::str::FromStr;

/// Why a goal cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{words}`: {why}")]
pub struct GoalFault {
    /// The words that cannot be read.
    pub words: String,
    /// Why, and what would be right.
    pub why: &'static str,
}

impl FromStr for Goal {
    type Err = GoalFault;

    fn from_str(text: &str) -> Result<Goal, GoalFault> {
        let (objective, limits) = match split_words(text, "subject to") {
            Some((objective, limits)) => (objective, limit_list(limits)?),
            None => (text, Vec::new()),
        };
        let (sense, objective) = sense(objective.trim())?;
        Ok(Goal { sense, objective: objective.parse()?, limits })
    }
}

fn sense(text: &str) -> Result<(Sense, &str), GoalFault> {
    let begins = |word| text.strip_prefix(word).filter(|rest| rest.starts_with(char::is_whitespace)).map(str::trim);
    if let Some(figure) = begins("min") {
        return Ok((Sense::Min, figure));
    }
    let figure = begins("max").ok_or_else(|| fault(text, "a goal begins with `min` or `max`, then a figure"))?;
    Ok((Sense::Max, figure))
}

fn limit_list(text: &str) -> Result<Vec<Limit>, GoalFault> {
    split_outside_quotes(text, ',').into_iter().map(limit).collect()
}

fn limit(text: &str) -> Result<Limit, GoalFault> {
    let at = outside_quotes(text).find(|(_, c)| matches!(c, '<' | '>' | '=')).map(|(at, _)| at);
    let (figure, rest) = text.split_at(at.ok_or_else(|| fault(text, "a limit is FIGURE >= NUMBER or FIGURE <= NUMBER"))?);
    let (side, bound) = side(rest)?;
    Ok(Limit { figure: figure.parse()?, side, bound: number(bound.trim())? })
}

/// A figure lies exactly on its bound too seldom for `<` to differ from `<=`.
fn side(text: &str) -> Result<(Side, &str), GoalFault> {
    let sides = [(">=", Side::AtLeast), ("<=", Side::AtMost), (">", Side::AtLeast), ("<", Side::AtMost)];
    let found = sides.into_iter().find_map(|(sign, side)| Some((side, text.strip_prefix(sign)?)));
    found.ok_or_else(|| fault(text, "figures are held against a bound by >= or <="))
}

fn number(text: &str) -> Result<f64, GoalFault> {
    let units = [("%", 0.01), ("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0)];
    let unit = units.into_iter().find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, factor)));
    let (digits, factor) = unit.unwrap_or((text, 1.0));
    let number = digits.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    number.map(|number| number * factor).ok_or_else(|| fault(text, "a bound is a number such as 0.8, 80% or 20s"))
}

impl FromStr for Pattern {
    type Err = GoalFault;

    fn from_str(text: &str) -> Result<Pattern, GoalFault> {
        let text = text.trim();
        let parts = split_outside_quotes(text, '.').into_iter().map(part);
        parts.collect::<Option<Vec<_>>>().map(Pattern).ok_or_else(|| {
            fault(text, "a figure is a path in the JSON report, such as agents.cost or queues.*.service_level; a part that is no plain word is put in quotes")
        })
    }
}

fn part(text: &str) -> Option<Part> {
    if text == "*" {
        return Some(Part::Any);
    }
    if let Some(name) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return (!name.contains('"')).then(|| Part::Named(name.to_owned()));
    }
    let plain = !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || "\"*<>=,".contains(c));
    plain.then(|| Part::Named(text.to_owned()))
}

fn split_words<'a>(text: &'a str, words: &str) -> Option<(&'a str, &'a str)> {
    let found = outside_quotes(text).map(|(at, _)| at).find(|at| text[*at..].starts_with(words))?;
    Some((&text[..found], &text[found + words.len()..]))
}

pub(super) fn split_outside_quotes(text: &str, by: char) -> Vec<&str> {
    let mut from = 0;
    let mut pieces = Vec::new();
    for (at, c) in outside_quotes(text) {
        if c == by {
            pieces.push(&text[from..at]);
            from = at + c.len_utf8();
        }
    }
    pieces.push(&text[from..]);
    pieces
}

fn outside_quotes(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let mut quoted = false;
    text.char_indices().filter(move |(_, c)| {
        quoted ^= *c == '"';
        !quoted
    })
}

fn fault(words: &str, why: &'static str) -> GoalFault {
    GoalFault { words: words.trim().to_owned(), why }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::Path;

    fn path(parts: &[&str]) -> Path {
        Path(parts.iter().map(|part| (*part).to_owned()).collect())
    }

    #[test]
    fn a_goal_is_read_and_written() {
        let text = "min agents.cost subject to queues.*.classes.*.service_level >= 0.8, fairness.max_wait_over_target <= 3";
        let goal: Goal = text.parse().unwrap();
        assert_eq!(goal.to_string(), text);
        assert_eq!(goal.limits.len(), 2);
        assert!(goal.limits[0].figure.fits(&path(&["queues", "a", "classes", "b", "service_level"])));
        assert!(!goal.limits[0].figure.fits(&path(&["queues", "a", "service_level"])));
        assert_eq!("max  queues.a.service_level".parse::<Goal>().unwrap().sense, Sense::Max);
    }

    #[test]
    fn bounds_have_units() {
        for (text, bound) in [("80%", 0.8), ("20s", 20.0), ("1.5m", 90.0), ("250ms", 0.25), ("-1", -1.0), ("2h", 7200.0)] {
            let goal: Goal = format!("max a.b subject to c<{text}").parse().unwrap();
            assert!((goal.limits[0].bound - bound).abs() < 1e-12, "{text} is {}", goal.limits[0].bound);
        }
    }

    #[test]
    fn a_part_in_quotes_may_hold_anything() {
        let goal: Goal = r#"min queues."a.b, subject to".asa_s subject to queues."<=".asa_s <= 4"#.parse().unwrap();
        assert!(goal.objective.fits(&path(&["queues", "a.b, subject to", "asa_s"])));
        assert!(goal.limits[0].figure.fits(&path(&["queues", "<=", "asa_s"])));
        assert_eq!(goal.to_string().parse::<Goal>().unwrap(), goal);
    }

    #[test]
    fn what_is_no_goal_is_refused() {
        let faulty = [
            "",
            "min",
            "cost",
            "minimise agents.cost",
            "min a..b",
            "min a subject to",
            "min a subject to b",
            "min a subject to b = 3",
            "min a subject to b <= x",
            "min a subject to b <= nan",
            "min a subject to b <= 1,",
            "min a b",
            "min \"a",
        ];
        for text in faulty {
            assert!(text.parse::<Goal>().is_err(), "{text}");
        }
    }

    #[test]
    fn whoever_mistypes_is_told_the_nearest() {
        let paths = [path(&["agents", "cost"]), path(&["queues", "taxi line", "asa_s"])];
        assert_eq!("agent.cost".parse::<Pattern>().unwrap().nearest(&paths).unwrap(), "agents.cost");
        assert_eq!("queues.taxi.asa".parse::<Pattern>().unwrap().nearest(&paths).unwrap(), "queues.\"taxi line\".asa_s");
    }

    proptest::proptest! {
        #[test]
        fn no_words_are_too_much(text in "\\PC*") {
            if let Ok(goal) = text.parse::<Goal>() {
                assert_eq!(goal.to_string().parse::<Goal>().unwrap(), goal);
            }
        }

        #[test]
        fn nor_are_words_that_look_like_a_goal(text in "(min|max) [a*.\"<>=, ]{0,12}( subject to [a*.\"<>=,0-9 %ms]{0,16})?") {
            if let Ok(goal) = text.parse::<Goal>() {
                assert_eq!(goal.to_string().parse::<Goal>().unwrap(), goal);
            }
        }
    }
}
