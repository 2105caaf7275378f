//! Other systems that are told of what happens here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cabrank_core::Text;
use std::fmt;
use url::Url;

/// What a secret begins with where it is written down (Standard Webhooks).
const PREFIX: &str = "whsec_";

/// Another system that is told of what happens, by webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// Its name; none has two.
    pub name: Text,
    /// Where it listens.
    pub url: Url,
    /// What it is told of; at least one, none twice.
    pub events: Vec<Event>,
    /// What messages to it are signed with.
    pub key: SigningKey,
}

/// What others are told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// A call ended, and its record is kept.
    CallEnded,
    /// A taxi was promised, and is on its way.
    TaxiDispatched,
    /// A case was opened.
    CaseOpened,
    /// A case was closed: the customer is to be told what became of it.
    CaseClosed,
    /// The time of a follow-up has come.
    FollowUpDue,
}

impl Event {
    /// Every one there is.
    pub const ALL: [Event; 5] =
        [Event::CallEnded, Event::TaxiDispatched, Event::CaseOpened, Event::CaseClosed, Event::FollowUpDue];

    /// The word for it, which never changes.
    pub fn word(self) -> &'static str {
        match self {
            Event::CallEnded => "call.ended",
            Event::TaxiDispatched => "taxi.dispatched",
            Event::CaseOpened => "case.opened",
            Event::CaseClosed => "case.closed",
            Event::FollowUpDue => "follow-up.due",
        }
    }

    /// The event of that word.
    pub fn from_word(word: &str) -> Option<Event> {
        Event::ALL.into_iter().find(|event| event.word() == word)
    }
}

/// A key that a webhook and its receiver share. Neither `Debug` nor any log line shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey(Vec<u8>);

impl SigningKey {
    /// The key of a secret as Standard Webhooks write it.
    ///
    /// # Errors
    /// What is wrong with it, in a few words.
    pub fn parse(secret: &str) -> Result<SigningKey, &'static str> {
        let text = secret.strip_prefix(PREFIX).ok_or("does not begin with `whsec_`")?;
        let key = STANDARD.decode(text).map_err(|_| "is no Base64 behind `whsec_`")?;
        if (24..=64).contains(&key.len()) { Ok(SigningKey(key)) } else { Err("is no 24 to 64 bytes long") }
    }

    /// The key itself, for signing and nothing else.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::SigningKey;

    #[test]
    fn a_key_is_read_and_never_shown() {
        let key = SigningKey::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a key");
        assert_eq!((key.expose().len(), format!("{key:?}")), (24, "SigningKey(…)".to_owned()));
        for secret in ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_short", "whsec_********************************"]
        {
            assert!(SigningKey::parse(secret).is_err(), "{secret}");
        }
    }
}
