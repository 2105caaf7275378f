//! Who calls: so many numbers with one beginning, or people from a file.

use rand::RngExt;
use rand_pcg::Pcg64;
use std::collections::HashSet;
use std::fmt::Write;

/// So often somebody is looked for who is not on the line already.
const TRIES: usize = 32;

/// Everybody who may call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum People {
    /// Numbers with this beginning, and as many digits more as so many of them need.
    Numbered {
        /// The beginning.
        prefix: String,
        /// How many; at least one.
        count: u64,
    },
    /// These numbers; at least one.
    Named(Vec<String>),
}

impl People {
    fn count(&self) -> u64 {
        match self {
            People::Numbered { count, .. } => (*count).max(1),
            People::Named(numbers) => numbers.len().max(1) as u64,
        }
    }

    /// The number of one of them.
    #[must_use]
    pub fn number(&self, person: u64) -> Box<str> {
        match self {
            People::Numbered { prefix, count } => {
                let digits = (count.max(&1) - 1).to_string().len();
                let mut number = String::with_capacity(prefix.len() + digits);
                // Text takes whatever is written to it.
                let _ = write!(number, "{prefix}{person:0digits$}");
                number.into()
            }
            People::Named(numbers) => numbers.get(person as usize).map_or("", String::as_str).into(),
        }
    }

    /// Somebody, by chance: if it can be, one who is not on the line. Two calls of one number cannot be told apart by it.
    pub(super) fn somebody(&self, chance: &mut Pcg64, on_line: &HashSet<u64>) -> u64 {
        let mut person = 0;
        for _ in 0..TRIES {
            person = chance.random_range(0..self.count());
            if !on_line.contains(&person) {
                break;
            }
        }
        person
    }

    /// The people of a table with a column `number`, as the desk's profiles are.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<People, String> {
        let mut rows = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
        let header = rows.headers().map_err(|error| error.to_string())?;
        let column = header.iter().position(|name| name == "number").ok_or("it has no column `number`")?;
        let numbers = rows.records().map(|row| Ok(row.map_err(|error| error.to_string())?.get(column).unwrap_or("").to_owned()));
        let numbers = numbers.collect::<Result<Vec<String>, String>>()?;
        let numbers: Vec<String> = numbers.into_iter().filter(|number| !number.is_empty()).collect();
        if let Some(bad) = numbers.iter().find(|number| !number.bytes().all(is_of_user)) {
            return Err(format!("`{}` is no number and no SIP user name", bad.escape_debug()));
        }
        if numbers.is_empty() { Err("it names nobody".to_owned()) } else { Ok(People::Named(numbers)) }
    }
}

/// Whether that may stand in the user part of a SIP address as it is (RFC 3261, 25.1, without `%`).
pub(super) fn is_of_user(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,?/".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::{Purpose, stream};

    #[test]
    fn numbers_are_all_different_and_of_one_length() {
        let people = People::Numbered { prefix: "+6580".into(), count: 1_001 };
        let numbers: HashSet<Box<str>> = (0..1_001).map(|person| people.number(person)).collect();
        assert_eq!(numbers.len(), 1_001);
        assert!(numbers.iter().all(|number| number.len() == 9 && number.starts_with("+6580")));
    }

    #[test]
    fn who_is_on_the_line_is_only_taken_if_there_is_hardly_anybody_else() {
        let people = People::Numbered { prefix: String::new(), count: 4 };
        let mut chance = stream(1, 0, Purpose::Habits);
        let on_line = HashSet::from([0, 1, 3]);
        assert!((0..20).all(|_| people.somebody(&mut chance, &on_line) == 2));
        let all = HashSet::from([0, 1, 2, 3]);
        assert!(people.somebody(&mut chance, &all) < 4);
    }

    #[test]
    fn people_are_read_from_profiles() {
        let people = People::read("number,name\n+6591234567,Ms Tan\nalice,Alice\n").expect("two");
        assert_eq!(people, People::Named(vec!["+6591234567".into(), "alice".into()]));
        for bad in ["", "name\nx\n", "number\n", "number\n\"a b\"\n", "number\n\"a\r\nb\"\n"] {
            assert!(People::read(bad).is_err(), "{bad:?}");
        }
    }
}
