//! The Identity header field (RFC 8224 section 4): one signature, and beside it where the certificate lies.

use crate::passport::{Head, SHAKEN};
use cabrank_core::Flaw;

/// The longest header that is looked at, in bytes; an honest one has under a thousand.
const HEADER_BYTES_MAX: usize = 4_096;
/// Headers that are looked at.
const HEADERS_MAX: usize = 8;

/// One Identity header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity<'a> {
    /// The signed token.
    pub token: &'a str,
    /// Where the certificate lies.
    pub info: &'a str,
    algorithm: Option<&'a str>,
    kind: Option<&'a str>,
}

/// The one header that says who calls.
pub(crate) fn pick(headers: &[String]) -> Result<Identity<'_>, Flaw> {
    if headers.len() > HEADERS_MAX {
        return Err(Flaw::Oversized);
    }
    let read: Vec<Result<Identity<'_>, Flaw>> = headers.iter().map(|header| Identity::read(header)).collect();
    let mut shaken = read.iter().flatten().filter(|identity| identity.is_shaken());
    match (shaken.next(), shaken.next()) {
        (Some(_), Some(_)) => Err(Flaw::Ambiguous),
        (Some(identity), None) => identity.checked(),
        (None, _) => Err(read.into_iter().find_map(Result::err).unwrap_or(if headers.is_empty() {
            Flaw::Unsigned
        } else {
            Flaw::NotShaken
        })),
    }
}

impl<'a> Identity<'a> {
    fn read(header: &'a str) -> Result<Identity<'a>, Flaw> {
        if header.len() > HEADER_BYTES_MAX {
            return Err(Flaw::Oversized);
        }
        let mut parts = parts(header)?.into_iter();
        let token = parts.next().map(str::trim).filter(|token| is_token(token)).ok_or(Flaw::Malformed)?;
        let (mut info, mut algorithm, mut kind) = (None, None, None);
        for part in parts {
            let (name, value) = part.split_once('=').ok_or(Flaw::Malformed)?;
            let (name, value) = (name.trim(), value.trim());
            let (place, value) = match () {
                () if name.eq_ignore_ascii_case("info") => (&mut info, between(value, '<', '>').ok_or(Flaw::Malformed)?),
                () if name.eq_ignore_ascii_case("alg") => (&mut algorithm, bare(value)),
                () if name.eq_ignore_ascii_case("ppt") => (&mut kind, bare(value)),
                // RFC 8224 section 4 lets others be added.
                () => continue,
            };
            if place.replace(value).is_some() {
                return Err(Flaw::Malformed);
            }
        }
        Ok(Identity { token, info: info.ok_or(Flaw::Malformed)?, algorithm, kind })
    }

    /// By its own word; without one, by the word of the token.
    fn is_shaken(&self) -> bool {
        match self.kind {
            Some(kind) => kind == SHAKEN,
            None => Head::of_token(self.token).is_ok_and(|head| head.is_shaken()),
        }
    }

    fn checked(self) -> Result<Identity<'a>, Flaw> {
        if self.algorithm.is_some_and(|algorithm| algorithm != "ES256") { Err(Flaw::ForeignAlgorithm) } else { Ok(self) }
    }
}

/// What stands between semicolons that are in no quotes and no angle brackets.
fn parts(header: &str) -> Result<Vec<&str>, Flaw> {
    let (mut quoted, mut bracketed, mut from) = (false, false, 0);
    let mut parts = Vec::new();
    for (at, byte) in header.bytes().enumerate() {
        match byte {
            b'"' if !bracketed => quoted = !quoted,
            b'<' if !quoted => bracketed = true,
            b'>' if !quoted => bracketed = false,
            b';' if !quoted && !bracketed => {
                parts.push(header.get(from..at).ok_or(Flaw::Malformed)?);
                from = at + 1;
            }
            // One header a signature: a list is nothing that RFC 8224 knows.
            b',' if !quoted && !bracketed => return Err(Flaw::Malformed),
            _ => {}
        }
    }
    parts.push(header.get(from..).ok_or(Flaw::Malformed)?);
    if quoted || bracketed { Err(Flaw::Malformed) } else { Ok(parts) }
}

fn is_token(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.=".contains(&b))
}

fn between(value: &str, open: char, close: char) -> Option<&str> {
    value.strip_prefix(open)?.strip_suffix(close)
}

fn bare(value: &str) -> &str {
    between(value, '"', '"').unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn picked(headers: &[&str]) -> Result<(String, String), Flaw> {
        let headers: Vec<String> = headers.iter().map(|header| (*header).to_owned()).collect();
        pick(&headers).map(|identity| (identity.token.to_owned(), identity.info.to_owned()))
    }

    #[test]
    fn the_shaken_one_is_picked() {
        let shaken = "a.b.c;info=<https://x.example/a;b>;alg=ES256;ppt=\"shaken\"";
        let div = "d.e.f;info=<https://x.example/d>;alg=ES256;ppt=div";
        let want = Ok(("a.b.c".to_owned(), "https://x.example/a;b".to_owned()));
        assert_eq!(picked(&[shaken]), want);
        assert_eq!(picked(&[div, shaken]), want);
        assert_eq!(picked(&[shaken, shaken]), Err(Flaw::Ambiguous));
        assert_eq!(picked(&[div]), Err(Flaw::NotShaken));
        assert_eq!(picked(&[]), Err(Flaw::Unsigned));
        assert_eq!(picked(&[shaken; 9]), Err(Flaw::Oversized));
        assert_eq!(picked(&[&format!("{shaken};x={}", "y".repeat(4_100))]), Err(Flaw::Oversized));
    }

    #[test]
    fn what_is_not_the_grammar_is_refused() {
        for odd in [
            "",
            ";info=<https://x.example/>;ppt=shaken",
            "a.b.c;ppt=shaken",
            "a.b.c;info=https://x.example/;ppt=shaken",
            "a.b.c;info=<https://x.example/>;info=<https://y.example/>;ppt=shaken",
            "a.b.c;info=<https://x.example/;ppt=shaken",
            "a.b.c;info=<https://x.example/>;ppt=\"shaken",
            "a.b.c;info=<https://x.example/>;ppt=shaken,a.b.c;info=<https://x.example/>",
            "a b c;info=<https://x.example/>;ppt=shaken",
            "a.b.c;info",
        ] {
            assert_eq!(picked(&[odd]), Err(Flaw::Malformed), "{odd:?}");
        }
    }

    proptest! {
        #[test]
        fn foreign_text_never_panics(headers in prop::collection::vec("[a-zA-Z0-9.;=<>\",é ]{0,60}", 0..10)) {
            let _ = pick(&headers);
        }
    }
}
