//! `--set key=value`: another scenario than the file's.

use std::fmt;
use std::str::FromStr;

/// One thing that is otherwise than the files say: `key=value`.
///
/// `queue.<name>.<key>` is a key of the desk's `[[queue]]` (`queue.booking.class.regular=15s`); any other key is one of
/// the scenario (`duration=2h`, `callers.0.arrivals.poisson.per_hour=1300`). One of several is meant by its name or its
/// place from 0, all of them by `*`. A name with a dot stands in quotes. The value is read as TOML; what is none, or
/// stands for text, is text. `x1.2` multiplies a number, a length of time or a list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    keys: Vec<String>,
    value: String,
    said: String,
}

/// Why a text is no assignment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableSet {
    /// Nothing is said.
    #[error("nothing is assigned: such as `queue.booking.target=30s`")]
    Nothing,
    /// No `=`.
    #[error("`{0}` assigns nothing: write `key=value`, such as `duration=2h`")]
    NoValue(String),
    /// No key, or a part of it is empty, or a quote is not closed.
    #[error("`{0}` is no key: write its parts with `.` between them, such as `queue.booking.target`")]
    Key(String),
}

impl Set {
    /// The value that these keys shall have.
    ///
    /// # Errors
    /// The key cannot be one.
    pub fn new(key: &str, value: &str) -> Result<Set, UnreadableSet> {
        let (key, value) = (key.trim(), value.trim());
        let keys = parts(key).ok_or_else(|| UnreadableSet::Key(key.to_owned()))?;
        Ok(Set { keys, value: value.to_owned(), said: format!("{key}={value}") })
    }

    /// Assignments between `;`: at least one.
    ///
    /// # Errors
    /// The first that is none.
    pub fn parse_many(text: &str) -> Result<Vec<Set>, UnreadableSet> {
        let sets: Vec<Set> =
            outside_quotes(text, ';').filter(|part| !part.trim().is_empty()).map(str::parse).collect::<Result<_, _>>()?;
        if sets.is_empty() { Err(UnreadableSet::Nothing) } else { Ok(sets) }
    }

    /// The parts of the key; at least one.
    pub(super) fn keys(&self) -> &[String] {
        &self.keys
    }

    /// The value as it was said.
    pub(super) fn value(&self) -> &str {
        &self.value
    }

    /// If it is a desk's: the queue's name, or `*`, and the key within its `[[queue]]`.
    pub(super) fn of_queue(&self) -> Option<(&str, &[String])> {
        let [first, name, rest @ ..] = &*self.keys else { return None };
        (first == "queue").then_some((name, rest))
    }
}

impl FromStr for Set {
    type Err = UnreadableSet;

    fn from_str(text: &str) -> Result<Set, UnreadableSet> {
        let mut halves = outside_quotes(text, '=');
        let key = halves.next().unwrap_or_default();
        match text.get(key.len() + 1..) {
            Some(value) => Set::new(key, value),
            None => Err(UnreadableSet::NoValue(text.to_owned())),
        }
    }
}

/// As it was said.
impl fmt::Display for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said)
    }
}

/// Cuts at each such sign that stands outside of quotes.
fn outside_quotes(text: &str, sign: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c| {
        quoted ^= c == '"';
        c == sign && !quoted
    })
}

fn parts(key: &str) -> Option<Vec<String>> {
    outside_quotes(key, '.').map(|part| part_of(part.trim())).collect()
}

fn part_of(part: &str) -> Option<String> {
    let bare = part.strip_prefix('"').map_or(Some(part), |rest| rest.strip_suffix('"'))?;
    (!bare.is_empty() && !bare.contains('"')).then(|| bare.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_says_what_it_was_told() {
        let set: Set = " queue.\"a.b\".class.regular = 15s ".parse().expect("readable");
        assert_eq!(set.of_queue(), Some(("a.b", &["class".to_owned(), "regular".to_owned()][..])));
        assert_eq!((set.value(), &*set.to_string()), ("15s", "queue.\"a.b\".class.regular=15s"));
        assert_eq!("note=a=b".parse::<Set>().expect("readable").value(), "a=b");
    }

    #[test]
    fn many_stand_between_semicolons() {
        let many = Set::parse_many("a=1; b.c=\"x;y\" ;").expect("readable");
        assert_eq!(many.iter().map(Set::to_string).collect::<Vec<_>>(), ["a=1", "b.c=\"x;y\""]);
        assert_eq!(Set::parse_many(" ; "), Err(UnreadableSet::Nothing));
    }

    #[test]
    fn what_assigns_nothing_is_refused() {
        for text in ["", "a", "=1", "a..b=1", ".=1", "\"a=1", "a.\"\"=1", "a\"b\"=1"] {
            assert!(text.parse::<Set>().is_err(), "{text:?} was taken");
        }
    }
}
