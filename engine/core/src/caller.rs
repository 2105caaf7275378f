//! Who is calling, as far as the outside could tell when the call came in.

use crate::Text;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

/// Characters of a number that a log may show.
const SHOWN: usize = 2;

/// A caller's number in E.164 (`+6591234567`), or a bare SIP user name. Its `Debug` is masked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(pub Text);

impl Number {
    /// The number as it may stand in a log.
    pub fn masked(&self) -> Masked<'_> {
        Masked(&self.0)
    }
}

/// Whatever is printed for whoever looks for a fault may end up in a log.
impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Number({})", self.masked())
    }
}

/// A number as it may stand in a log: all but the last two characters are asterisks, and all of one that has no more.
#[derive(Clone, Copy)]
pub struct Masked<'a>(&'a str);

impl fmt::Display for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.chars().count();
        let hidden = if count > SHOWN { count - SHOWN } else { count };
        (0..hidden).try_for_each(|_| f.write_str("*"))?;
        self.0.chars().skip(hidden).try_for_each(|shown| fmt::Write::write_char(f, shown))
    }
}

impl fmt::Debug for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Whether the number may be believed, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The trunk vouches for it.
    Trusted,
    /// Anybody could have sent it.
    Untrusted,
    /// A provider signed for it, and the signature was verified (STIR/SHAKEN).
    Attested(Attestation),
    /// A provider's signature was asked for, and this is why there is none to go by.
    Unproven(Flaw),
}

impl Trust {
    /// Whether the number may be acted on without asking the caller.
    pub fn is_sure(self) -> bool {
        match self {
            Trust::Trusted | Trust::Attested(Attestation::Full) => true,
            Trust::Untrusted | Trust::Attested(Attestation::Partial | Attestation::Gateway) | Trust::Unproven(_) => false,
        }
    }
}

/// What a provider signs for (RFC 8588 section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attestation {
    /// A: it knows the caller, and that the number is the caller's.
    Full,
    /// B: it knows the caller, not whether the number is the caller's.
    Partial,
    /// C: it knows where the call entered its network, no more.
    Gateway,
}

/// Why a call has no verified signature to go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Nobody signed.
    Unsigned,
    /// What is signed is something else than who calls (another `ppt` than `shaken`).
    NotShaken,
    /// Two providers signed, or one twice: nobody can say which holds.
    Ambiguous,
    /// The signature's header is longer than any honest one.
    Oversized,
    /// The signature's header cannot be read.
    Malformed,
    /// The compact form, which cannot hold what SHAKEN signs.
    CompactForm,
    /// Another algorithm than ES256.
    ForeignAlgorithm,
    /// It was signed too long ago.
    Stale,
    /// It was signed at a time that is yet to come.
    FromTheFuture,
    /// Another caller was signed for.
    WrongOrigin,
    /// A call to somebody else was signed for.
    WrongDestination,
    /// The certificate lies where none is fetched from.
    ForeignSource,
    /// The certificate could not be fetched.
    Unreachable,
    /// What was fetched is no certificate that can be used.
    CertificateUnusable,
    /// No configured authority stands behind the certificate.
    UnknownAuthority,
    /// The certificate, or one above it, has expired.
    CertificateExpired,
    /// The certificate, or one above it, is not valid yet.
    CertificateNotYetValid,
    /// The certificate does not say whose numbers its owner may sign for.
    NoNumbers,
    /// The certificate's owner may not sign for this number.
    NotItsNumber,
    /// The signature is not that of the certificate's owner, or not over this.
    BadSignature,
    /// The same signature came before, with another call.
    Replayed,
    /// Verification took too long.
    NotInTime,
    /// Nobody configured whose signatures count.
    NotSetUp,
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
            (Some(number), _) if self.trust.is_sure() => Some(KnownBy::TrustedNumber(number.0.clone())),
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

#[cfg(test)]
mod tests {
    use super::{Caller, Number};
    use alloc::format;

    #[test]
    fn a_log_shows_two_digits_of_a_number_however_it_is_printed() {
        let shown = |number: &str| format!("{}", Number(number.into()).masked());
        assert_eq!(["+6591234567", "bea", "42", "7", ""].map(shown), ["*********67", "*ea", "**", "*", ""]);
        let caller = Caller { number: Some(Number("+6591234567".into())), ..Caller::unknown() };
        assert!(format!("{caller:?} {caller:#?}").matches("67").count() == 2 && !format!("{caller:?}").contains("567"));
    }
}
