//! Numbers and addresses in the one form in which they are compared (RFC 8224 section 8.3 to 8.5).

/// Longest number, in digits; E.164 has fifteen, and some plans hold more.
const DIGITS_MAX: usize = 32;

/// The call that a signature is held against.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Call {
    /// The numbers that the INVITE says it comes from, digits only.
    pub origins: Vec<String>,
    /// The numbers that were dialled, digits only.
    pub numbers: Vec<String>,
    /// The addresses that were dialled, as [`canonical_address`] writes them.
    pub addresses: Vec<String>,
}

impl Call {
    pub(crate) fn is_from(&self, origin: &String) -> bool {
        self.origins.contains(origin)
    }

    pub(crate) fn is_to(&self, numbers: &[String], addresses: &[String]) -> bool {
        self.numbers.iter().any(|number| numbers.contains(number)) || self.addresses.iter().any(|addr| addresses.contains(addr))
    }
}

/// A telephone number's digits, `*` and `#`: no plus, nothing that is there for the eye. None if it is no number.
#[must_use]
pub fn canonical_number(number: &str) -> Option<String> {
    let number = number.strip_prefix('+').unwrap_or(number);
    let digits: String = number.chars().filter(|c| !"-. ()".contains(*c)).collect();
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'*' || b == b'#');
    (plain && (1..=DIGITS_MAX).contains(&digits.len())).then_some(digits)
}

/// `user@host` of a SIP address: the host in lower case, no port, no parameters. None if it has no user.
#[must_use]
pub fn canonical_address(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once(':')?;
    let known = scheme.eq_ignore_ascii_case("sip") || scheme.eq_ignore_ascii_case("sips");
    let (user, place) = rest.split(['?']).next()?.rsplit_once('@').filter(|_| known)?;
    let user = user.split([';', ':']).next().unwrap_or_default();
    let place = place.split(';').next().unwrap_or_default();
    let host = if place.starts_with('[') { place.split_inclusive(']').next() } else { place.split(':').next() }?;
    (!user.is_empty() && !host.is_empty()).then(|| format!("{user}@{}", host.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_their_digits() {
        for (written, want) in
            [("+65 9123-4567", Some("6591234567")), ("(65)9123.4567", Some("6591234567")), ("*31#", Some("*31#"))]
        {
            assert_eq!(canonical_number(written).as_deref(), want);
        }
        for odd in ["", "+", "++65", "alice", "65\u{661}", &"1".repeat(33)] {
            assert_eq!(canonical_number(odd), None, "{odd:?}");
        }
    }

    #[test]
    fn addresses_are_user_and_host() {
        for (written, want) in [
            ("sip:taxi@X.example:5060;transport=tcp", Some("taxi@x.example")),
            ("SIPS:taxi;x=1@[::1]:5061?a=b", Some("taxi@[::1]")),
            ("sip:x.example", None),
            ("tel:+65", None),
            ("sip:@x", None),
        ] {
            assert_eq!(canonical_address(written).as_deref(), want, "{written}");
        }
    }

    proptest! {
        #[test]
        fn a_canonical_number_stays_what_it_is(number in "\\PC{0,40}") {
            if let Some(digits) = canonical_number(&number) {
                prop_assert_eq!(canonical_number(&digits), Some(digits));
            }
            let _ = canonical_address(&number);
        }
    }
}
