//! Digest authentication (RFC 7616, RFC 8760), the client's side, so that it can be right or wrong on purpose.

use md5::Md5;
use sha2::{Digest as _, Sha256};

/// The hash in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// MD5
    Md5,
    /// SHA-256
    Sha256,
}

/// A challenge taken from a 401.
#[derive(Clone, Debug)]
pub struct Challenge {
    /// The whole value of `WWW-Authenticate`.
    pub text: String,
    /// Its algorithm.
    pub algorithm: Algorithm,
}

/// All challenges of a 401, in order.
pub fn challenges(answer: &str) -> Vec<Challenge> {
    let values = answer.lines().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("WWW-Authenticate").then(|| value.trim().to_owned())
    });
    values.map(|text| Challenge { algorithm: algorithm(&text), text }).collect()
}

impl Challenge {
    /// A parameter such as `nonce`, without its quotes.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let parameters = self.text.split_once(' ').map_or("", |(_, rest)| rest);
        parameters.split(',').find_map(|parameter| {
            let (found, value) = parameter.trim().split_once('=')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim_matches('"'))
        })
    }

    /// The `Authorization` line that answers it for a REGISTER, as the `count`th use of its nonce.
    pub fn authorization(&self, user: &str, password: &str, uri: &str, count: u32) -> String {
        let (realm, nonce) = (self.required("realm"), self.required("nonce"));
        let hash = |text: String| self.hash(&text);
        let secret = hash(format!("{user}:{realm}:{password}"));
        let request = hash(format!("REGISTER:{uri}"));
        let response = hash(format!("{secret}:{nonce}:{count:08x}:c0ffee:auth:{request}"));
        let algorithm = match self.algorithm {
            Algorithm::Md5 => "MD5",
            Algorithm::Sha256 => "SHA-256",
        };
        format!(
            "Authorization: Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", \
             response=\"{response}\", algorithm={algorithm}, qop=auth, nc={count:08x}, cnonce=\"c0ffee\""
        )
    }

    fn required(&self, name: &str) -> &str {
        self.parameter(name).unwrap_or_else(|| panic!("no {name} in {}", self.text))
    }

    fn hash(&self, text: &str) -> String {
        match self.algorithm {
            Algorithm::Md5 => hex(&Md5::digest(text)),
            Algorithm::Sha256 => hex(&Sha256::digest(text)),
        }
    }
}

fn algorithm(text: &str) -> Algorithm {
    if text.to_uppercase().contains("SHA-256") { Algorithm::Sha256 } else { Algorithm::Md5 }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
