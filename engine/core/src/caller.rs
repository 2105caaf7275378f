//! Who is calling, as far as the outside could tell when the call came in.

use crate::Text;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A caller's number in E.164 (`+6591234567`), or a bare SIP user name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(pub Text);

/// Whether the number may be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The trunk vouches for it.
    Trusted,
    /// Anybody could have sent it.
    Untrusted,
}

/// Who is calling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The number, unless it was withheld.
    pub number: Option<Number>,
    /// Whether that number may be believed.
    pub trust: Trust,
    /// What the caller's own device sent to be known by when it calls again, where the number is withheld or cannot be believed.
    pub token: Option<Text>,
    /// What the company knows of who calls from this number.
    pub profile: Option<Arc<Profile>>,
}

/// By what a caller is known again: a token is never taken for a number, nor a number that anybody could have sent for one
/// that the trunk vouches for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KnownBy {
    /// A number that may be believed.
    TrustedNumber(Text),
    /// What the caller's own device sent; whoever has it is the same caller.
    Token(Text),
    /// A number that anybody could have sent.
    UntrustedNumber(Text),
}

impl KnownBy {
    /// Whether nobody else is taken for this caller.
    pub fn is_sure(&self) -> bool {
        !matches!(self, KnownBy::UntrustedNumber(_))
    }

    /// Under what a place or a callback may stand that is this caller's: what the caller is known by, and the bare number of
    /// whose number may be believed.
    pub fn claims(&self) -> impl Iterator<Item = KnownBy> {
        let bare = if let KnownBy::TrustedNumber(number) = self { Some(KnownBy::UntrustedNumber(number.clone())) } else { None };
        core::iter::once(self.clone()).chain(bare)
    }
}

/// What the company knows of a caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// The caller's name, as it is greeted and shown.
    pub name: Text,
    /// Language tag (`en`), or empty.
    pub language: Text,
    /// Service class (`regular`), or empty for the queue's default.
    pub class: Text,
    /// The agent this caller would rather talk to, by name, or empty.
    pub preferred_agent: Text,
    /// Everything else (`pickup`, ...), by field name in ascending order.
    pub fields: Vec<(Text, Text)>,
}

impl Profile {
    /// The field of that name, if it holds anything.
    pub fn field(&self, name: &str) -> Option<&str> {
        let at = self.fields.binary_search_by(|(key, _)| (**key).cmp(name)).ok()?;
        self.fields.get(at).map(|(_, value)| &**value).filter(|value| !value.trim().is_empty())
    }
}

impl Caller {
    /// By what the caller is known again, if by anything.
    pub fn known_by(&self) -> Option<KnownBy> {
        match (&self.number, &self.token) {
            (Some(number), _) if self.trust == Trust::Trusted => Some(KnownBy::TrustedNumber(number.0.clone())),
            (_, Some(token)) => Some(KnownBy::Token(token.clone())),
            (Some(number), None) => Some(KnownBy::UntrustedNumber(number.0.clone())),
            (None, None) => None,
        }
    }

    /// A caller of whom nothing is known.
    pub fn unknown() -> Caller {
        Caller { number: None, trust: Trust::Untrusted, token: None, profile: None }
    }
}
