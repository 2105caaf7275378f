//! Callers' numbers as people write them: E.164 for telephones, the user part for SIP users.

use cabrank_core::Number;
use phonenumber::country;
use std::fmt;

/// The longest number or SIP user name, in characters.
pub const NUMBER_CHARS_MAX: usize = 64;

/// All-digit names up to this long are extensions when they are no telephone number.
const EXTENSION_DIGITS_MAX: usize = 6;

/// How numbers without a country code are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region(country::Id);

impl From<country::Id> for Region {
    fn from(country: country::Id) -> Self {
        Region(country)
    }
}

impl std::str::FromStr for Region {
    type Err = UnknownRegion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Region).map_err(|_| UnknownRegion(text.to_owned()))
    }
}

/// No such region.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no region; give two letters of ISO 3166, such as SG")]
pub struct UnknownRegion(String);

/// Why a text is no caller's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberFault {
    /// There is none.
    Empty,
    /// It is too long.
    TooLong,
    /// It reads like a telephone number, but no such numbers exist.
    NoSuchNumber,
    /// It is neither a telephone number nor a SIP user name.
    NoUserName,
}

impl fmt::Display for NumberFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NumberFault::Empty => f.write_str("it is empty; give a telephone number or a SIP user name"),
            NumberFault::TooLong => write!(f, "it is longer than {NUMBER_CHARS_MAX} characters; check the row's quotes"),
            NumberFault::NoSuchNumber => {
                f.write_str("no such telephone number can exist; write it with its country code, as in +6591234567")
            }
            NumberFault::NoUserName => {
                f.write_str("it is neither a telephone number nor a SIP user name; of an address write only what is before the @")
            }
        }
    }
}

impl std::error::Error for NumberFault {}

/// Reads a number as it is kept everywhere: E.164 (`+6591234567`), or a bare SIP user name.
pub fn parse(text: &str, region: Region) -> Result<Number, NumberFault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(NumberFault::Empty);
    }
    if text.chars().count() > NUMBER_CHARS_MAX {
        return Err(NumberFault::TooLong);
    }
    if text.chars().all(is_dialled) { telephone(text, region) } else { user_name(text) }
}

/// Has the tables of the world's telephone numbers read. Their first use does it, which takes longer than many calls: who calls
/// first would wait for it, and others be turned away.
pub fn make_ready(region: Region) {
    // Only that it was looked up matters.
    let _ = telephone("+6591234567", region);
}

/// A caller's number as a switch states it: E.164 when it is a telephone number, else as it stands; nothing when there is none,
/// or one too long to be either.
pub fn of_caller(text: &str, region: Region) -> Option<Number> {
    match parse(text, region) {
        Ok(number) => Some(number),
        Err(NumberFault::NoSuchNumber | NumberFault::NoUserName) => Some(Number(text.trim().into())),
        Err(NumberFault::Empty | NumberFault::TooLong) => None,
    }
}

fn is_dialled(c: char) -> bool {
    c.is_ascii_digit() || "+ -().\u{a0}".contains(c)
}

fn telephone(text: &str, region: Region) -> Result<Number, NumberFault> {
    match phonenumber::parse(Some(region.0), text) {
        Ok(number) if number.is_valid() => Ok(Number(number.format().mode(phonenumber::Mode::E164).to_string().into())),
        Ok(_) | Err(_) => extension(text),
    }
}

fn extension(text: &str) -> Result<Number, NumberFault> {
    let is_extension = text.len() <= EXTENSION_DIGITS_MAX && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_extension { Ok(Number(text.into())) } else { Err(NumberFault::NoSuchNumber) }
}

/// RFC 3261, 25.1: `user`, without escapes.
fn user_name(text: &str) -> Result<Number, NumberFault> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.!~*'()&=+$,;?/".contains(c);
    if text.chars().all(fits) { Ok(Number(text.into())) } else { Err(NumberFault::NoUserName) }
}

#[cfg(test)]
mod tests {
    use super::{NumberFault, Region, parse};
    use proptest::prelude::*;

    fn read(text: &str) -> Result<String, NumberFault> {
        let singapore: Region = "SG".parse().expect("SG is a region");
        parse(text, singapore).map(|number| number.0.to_string())
    }

    #[test]
    fn telephone_numbers_become_e164() {
        for text in ["+6591234567", "9123 4567", " (65) 9123-4567 ", "+65 9123 4567"] {
            assert_eq!(read(text).as_deref(), Ok("+6591234567"), "{text}");
        }
        assert_eq!(read("+44 20 7946 0018").as_deref(), Ok("+442079460018"));
    }

    #[test]
    fn sip_users_stay_as_they_are() {
        for text in ["alice", "a101", "101", "taxi.rank_7"] {
            assert_eq!(read(text).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_is_no_number_is_told_apart() {
        assert_eq!(read("  "), Err(NumberFault::Empty));
        assert_eq!(read("+651234567890123"), Err(NumberFault::NoSuchNumber));
        assert_eq!(read("alice@example.net"), Err(NumberFault::NoUserName));
        assert_eq!(read(&"9".repeat(65)), Err(NumberFault::TooLong));
    }

    #[test]
    fn a_region_has_two_letters_of_iso_3166() {
        assert!("XQ".parse::<Region>().is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics_and_what_is_read_reads_the_same_again(text in "\\PC{0,80}|[+0-9 ()-]{0,40}") {
            if let Ok(once) = read(&text) {
                prop_assert_eq!(read(&once), Ok(once.clone()));
            }
        }
    }
}
