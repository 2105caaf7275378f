//! What of a name is spoken.

use cabrank_core::{Profile, Text};
use sha2::{Digest, Sha256};

/// The longest text that is spoken, in characters.
const CHARS_MAX: usize = 80;

/// A name to be spoken, in a language.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Phrase {
    pub(super) text: Text,
    pub(super) language: Text,
}

impl Phrase {
    /// The name in a profile: letters and digits, and what stands between them. It never begins with what a program could take for
    /// an option.
    pub(super) fn of(profile: &Profile, language: &Text) -> Option<Phrase> {
        let sounded = |c: char| if c.is_alphanumeric() || "'’.-".contains(c) { c } else { ' ' };
        let text: String = profile.name.chars().take(CHARS_MAX).map(sounded).collect();
        let text = text.trim_matches(|c: char| !c.is_alphanumeric()).split_whitespace().collect::<Vec<_>>().join(" ");
        let language = if profile.language.is_empty() { language } else { &profile.language };
        (!text.is_empty()).then(|| Phrase { text: text.into(), language: language.clone() })
    }

    /// What tells it, rendered by that command, from any other.
    pub(super) fn digest(&self, command: &[String]) -> String {
        let mut hash = Sha256::new();
        for part in command.iter().map(String::as_str).chain([&*self.language, &*self.text]) {
            hash.update(part.len().to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
