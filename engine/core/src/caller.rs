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
    /// What the caller's own device sent to be known by when it calls again, where the number is withheld or shared.
    pub token: Option<Text>,
    /// What the company knows of who calls from this number.
    pub profile: Option<Arc<Profile>>,
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
    /// By what the caller is known again, and whether that may be believed: a token was given to this caller alone.
    pub fn known_by(&self) -> Option<(&Text, Trust)> {
        match (&self.token, &self.number) {
            (Some(token), _) => Some((token, Trust::Trusted)),
            (None, Some(number)) => Some((&number.0, self.trust)),
            (None, None) => None,
        }
    }

    /// A caller of whom nothing is known.
    pub fn unknown() -> Caller {
        Caller { number: None, trust: Trust::Untrusted, token: None, profile: None }
    }
}
