//! Who is calling, as E.164 number or SIP user name (RFC 3325, RFC 3966, ITU-T E.164).

use cabrank_core::Number;
use rsipstack::sip::{Header, HeadersExt, Request, Scheme, Uri, typed};

use crate::number::{self, NUMBER_CHARS_MAX, Region};

/// Reads numbers as they are dialled in one region.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbers(pub Region);

impl Numbers {
    /// Reads in the numbering plans of the world, a tenth of a second's work that the first caller would have to wait for.
    pub(super) fn warm_up(&self) {
        let _ = self.normalise("+14155552671");
    }

    /// E.164 when `user` is a telephone number, else the user part as it stands; nothing when there
    /// is none, or one too long to be either.
    #[must_use]
    pub(super) fn normalise(&self, user: &str) -> Option<Number> {
        // RFC 3966 parameters are no part of the number.
        let user = user.split(';').next().unwrap_or_default().trim();
        number::of_caller(user, self.0)
    }
}

/// The caller's number as the INVITE states it.
///
/// P-Asserted-Identity is read only from trunks that are believed (RFC 3325 5). Nothing is returned
/// for a caller who withholds the number.
#[must_use]
pub(super) fn caller(invite: &Request, believed: bool, numbers: &Numbers) -> Option<Number> {
    let asserted = || numbers.normalise(asserted_user(invite)?.as_str());
    if believed && let Some(number) = asserted() {
        return Some(number);
    }
    let from = invite.from_header().ok()?.uri().ok()?;
    if is_anonymous(&from) { None } else { numbers.normalise(&user_of(&from)?) }
}

/// Every number or name that the INVITE says it comes from, believed or not: what a signature is held against.
#[must_use]
pub(super) fn stated(invite: &Request) -> Vec<String> {
    let from = invite.from_header().ok().and_then(|from| from.uri().ok()).and_then(|uri| user_of(&uri));
    from.into_iter().chain(asserted_user(invite)).collect()
}

/// The user part of an address, which for `tel:` is the whole of it.
#[must_use]
pub(super) fn user_of(uri: &Uri) -> Option<String> {
    match &uri.scheme {
        Some(Scheme::Other(scheme)) if scheme.eq_ignore_ascii_case("tel") => Some(uri.host_with_port.host.to_string()),
        Some(_) | None => uri.user().map(str::to_owned),
    }
}

/// A `tel:` or `sip:` identity of the header, the number preferred.
fn asserted_user(invite: &Request) -> Option<String> {
    let users = invite.headers.iter().filter_map(|header| {
        let Header::PAssertedIdentity(value) = header else { return None };
        Some(value.value())
    });
    let mut users = users.flat_map(addresses).filter_map(|uri| user_of(&uri));
    let first = users.next()?;
    if is_number(&first) { Some(first) } else { users.find(|user| is_number(user)).or(Some(first)) }
}

fn addresses(list: &str) -> Vec<Uri> {
    // A Route header has the same grammar: name-addr, comma, name-addr.
    let list = typed::Route::parse_header_list(list).unwrap_or_default();
    list.into_iter().map(|address| address.uri).collect()
}

/// RFC 3323 4.1.1.3.
fn is_anonymous(from: &Uri) -> bool {
    from.host_with_port.host.to_string().eq_ignore_ascii_case("anonymous.invalid")
        || from.user().is_none_or(|user| user.eq_ignore_ascii_case("anonymous"))
}

/// Whether it looks like a telephone number.
fn is_number(user: &str) -> bool {
    let number = user.strip_prefix('+').unwrap_or(user);
    (3..=NUMBER_CHARS_MAX).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit() || b"-. ()".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn invite(headers: &str) -> Request {
        let text = format!(
            "INVITE sip:taxi@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\n\
             To: <sip:b@b>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n{headers}\r\n"
        );
        Request::try_from(text.as_str()).unwrap()
    }

    fn said(headers: &str, believed: bool) -> Option<String> {
        caller(&invite(headers), believed, &Numbers("SG".parse().unwrap())).map(|n| n.0.to_string())
    }

    #[test]
    fn numbers_become_e164_and_names_stay() {
        let cases = [
            ("+6591234567", Some("+6591234567")),
            ("+65-9123-4567", Some("+6591234567")),
            ("91234567", Some("+6591234567")),
            ("6591234567", Some("+6591234567")),
            ("9123 4567;phone-context=+65", Some("+6591234567")),
            ("alice", Some("alice")),
            ("a101", Some("a101")),
            ("112", Some("112")),
            ("", None),
        ];
        for (user, want) in cases {
            let it = Numbers("SG".parse().unwrap()).normalise(user).map(|n| n.0.to_string());
            assert_eq!(it.as_deref(), want, "{user:?}");
        }
    }

    #[test]
    fn asserted_identity_counts_only_on_a_believed_trunk() {
        let headers = "From: <sip:91234567@x>;tag=1\r\nP-Asserted-Identity: \"A, B\" <sip:boss@x>, <tel:+6598765432>\r\n";
        assert_eq!(said(headers, true).as_deref(), Some("+6598765432"));
        assert_eq!(said(headers, false).as_deref(), Some("+6591234567"));
    }

    #[test]
    fn a_withheld_number_is_nobody() {
        assert_eq!(said("From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1\r\n", true), None);
        assert_eq!(said("From: <sip:192.0.2.9>;tag=1\r\n", true), None);
    }

    proptest! {
        #[test]
        fn foreign_text_never_panics(user in "\\PC{0,140}") {
            let _ = Numbers("SG".parse().unwrap()).normalise(&user);
        }
    }
}
