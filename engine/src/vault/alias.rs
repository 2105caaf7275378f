//! What stands for a caller's number wherever it is written down.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cabrank_core::Text;
use std::fmt;

/// How every alias begins.
const MARK: char = '~';

/// 128 random bits: it says nothing of whom it stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Alias(pub(super) [u8; 16]);

impl Alias {
    /// One that nobody has yet.
    pub(super) fn drawn() -> Alias {
        Alias(rand::random())
    }

    /// As it stands in place of a number: `~` and 22 characters.
    pub fn text(self) -> Text {
        format!("{MARK}{}", URL_SAFE_NO_PAD.encode(self.0)).into()
    }

    /// Reads it back; nothing if the text is no alias.
    pub fn read(text: &str) -> Option<Alias> {
        let mut bits = [0; 16];
        // As many characters as stand for 16 octets: fewer or more come to another length.
        let read = URL_SAFE_NO_PAD.decode_slice(text.strip_prefix(MARK)?, &mut bits).ok()?;
        (read == bits.len()).then_some(Alias(bits))
    }
}

impl fmt::Debug for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::Alias;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_alias_is_read_back_and_nothing_else_is_one(bits in any::<[u8; 16]>(), text in "~?\\PC{0,30}") {
            prop_assert_eq!(Alias::read(&Alias(bits).text()), Some(Alias(bits)));
            if let Some(alias) = Alias::read(&text) {
                prop_assert_eq!(&*alias.text(), text);
            }
        }
    }
}
