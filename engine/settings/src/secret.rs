//! A password that shows itself to nobody by accident.

use std::fmt;

/// A password. Neither `Debug` nor any log line shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Passwords longer than this are taken for something else (a key file, a device).
    pub const LENGTH_MAX: usize = 1024;

    /// A password of 1 to [`Secret::LENGTH_MAX`] bytes in one line; the line's end is not part of it. Says otherwise what
    /// is wrong with it.
    pub(crate) fn new(text: &str) -> Result<Secret, &'static str> {
        let text = text.trim_end_matches(['\r', '\n']);
        match text {
            "" => Err("is empty"),
            long if long.len() > Secret::LENGTH_MAX => Err("is longer than 1024 bytes"),
            odd if odd.chars().any(char::is_control) => Err("has more than one line, or control characters"),
            plain => Ok(Secret(plain.to_owned())),
        }
    }

    /// The password itself, for computing a digest and nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
