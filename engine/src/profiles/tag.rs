//! What tells one form of a profile from another.

use cabrank_core::Profile;
use sha2::{Digest, Sha256};
use std::fmt;

/// A digest of everything in a profile: equal profiles, equal tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag([u8; 16]);

impl Tag {
    /// The tag of a profile.
    #[must_use]
    pub fn of(profile: &Profile) -> Tag {
        let known = [&profile.name, &profile.language, &profile.class, &profile.preferred_agent];
        let further = profile.fields.iter().flat_map(|(name, value)| [name, value]);
        let mut hash = Sha256::new();
        for text in known.into_iter().chain(further) {
            // The length first: "ab" and "c" are not "a" and "bc".
            hash.update(text.len().to_be_bytes());
            hash.update(text.as_bytes());
        }
        let mut tag = [0; 16];
        tag.copy_from_slice(&hash.finalize()[..16]);
        Tag(tag)
    }

    /// Reads a tag as it is written: 32 hexadecimal digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Tag> {
        let is_tag = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = is_tag.then(|| u128::from_str_radix(text, 16).ok()).flatten()?;
        Some(Tag(number.to_be_bytes()))
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}
