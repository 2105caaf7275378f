//! Reads the `Authorization` header of digest authentication (RFC 7616 3.4).

/// Longest header worth reading, in bytes.
const HEADER_BYTES_MAX: usize = 2048;

/// What a phone answered to a challenge.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Credentials {
    /// Who it says it is.
    pub username: String,
    /// The realm it answers for.
    pub realm: String,
    /// The nonce it was given.
    pub nonce: String,
    /// The address it says it asked for; hashed as written.
    pub uri: String,
    /// Its proof, in hexadecimal.
    pub response: String,
    /// Its own nonce.
    pub cnonce: String,
    /// The hash it used; absent means MD5.
    pub algorithm: Option<String>,
    /// The protection it used.
    pub qop: Option<String>,
    /// How often it has used the nonce, as written (eight hexadecimal digits).
    pub count_text: String,
    /// The same as a number, when it is one.
    pub count: Option<u32>,
}

impl Credentials {
    /// Reads a header value; `None` when it is not digest, breaks the grammar or lacks a part.
    #[must_use]
    pub(super) fn parse(header: &str) -> Option<Credentials> {
        let (scheme, mut rest) = header.trim().split_once(char::is_whitespace)?;
        if !scheme.eq_ignore_ascii_case("Digest") || header.len() > HEADER_BYTES_MAX {
            return None;
        }
        let mut it = Credentials::default();
        loop {
            rest = rest.trim_start_matches(|c: char| c == ',' || c.is_whitespace());
            if rest.is_empty() {
                break;
            }
            let (name, tail) = rest.split_once('=')?;
            let (value, tail) = value_of(tail.trim_start())?;
            it.take(name.trim(), value);
            rest = tail;
        }
        it.whole().then_some(it)
    }

    fn take(&mut self, name: &str, value: String) {
        match name.to_ascii_lowercase().as_str() {
            "username" => self.username = value,
            "realm" => self.realm = value,
            "nonce" => self.nonce = value,
            "uri" => self.uri = value,
            "response" => self.response = value,
            "cnonce" => self.cnonce = value,
            "algorithm" => self.algorithm = Some(value),
            "qop" => self.qop = Some(value),
            "nc" => {
                self.count = u32::from_str_radix(&value, 16).ok();
                self.count_text = value;
            }
            // Unknown parameters are to be ignored (RFC 7616 3.4).
            _ => {}
        }
    }

    fn whole(&self) -> bool {
        [&self.username, &self.realm, &self.nonce, &self.uri].iter().all(|part| !part.is_empty())
    }
}

/// One value, quoted or not, and what follows it.
fn value_of(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(',').unwrap_or(text.len());
        let (value, rest) = text.split_at(end);
        return Some((value.trim().to_owned(), rest));
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, quoted.get(at + 1..)?)),
            '\\' => value.push(chars.next()?.1),
            plain => value.push(plain),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quotes_escapes_commas_and_odd_spacing_are_read() {
        let it = Credentials::parse(
            "digest  username=\"a, \\\"b\\\"\" ,realm = \"r\",nonce=\"n\",, uri=\"sip:x;a=b\", nc=0000010f, QOP=auth",
        )
        .unwrap();
        assert_eq!(it.username, "a, \"b\"");
        assert_eq!((it.realm.as_str(), it.uri.as_str()), ("r", "sip:x;a=b"));
        assert_eq!((it.count, it.qop.as_deref()), (Some(0x10f), Some("auth")));
    }

    proptest! {
        #[test]
        fn foreign_text_never_panics(text in "(Digest )?[ -~\\\\\"=,é]{0,120}") {
            let _ = Credentials::parse(&text);
        }
    }
}
