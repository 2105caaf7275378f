//! The other side, for tests and benches: authorities, providers who sign, and hosts that hold their certificates.

mod host;
mod paper;

pub use host::{Answer, Host};
pub use paper::{Authority, Curve, Numbers, Paper, Provider, Validity};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What is signed, every part as it is written, so that tests can write what no provider would.
#[derive(Clone, Debug)]
pub struct Signing {
    /// The protected header, JSON.
    pub head: String,
    /// The claims, JSON.
    pub claims: String,
    /// Where the header says that the certificate lies.
    pub x5u: String,
}

impl Signing {
    /// An honest one: this attestation (`A`, `B`, `C`) of a call from one number to another, signed at that second.
    #[must_use]
    pub fn new(attestation: &str, from: &str, to: &str, at_s: u64, x5u: &str) -> Signing {
        let (from, to) = (from.trim_start_matches('+'), to.trim_start_matches('+'));
        let origid = format!("123e4567-e89b-12d3-a456-{at_s:012}");
        Signing {
            head: format!(r#"{{"alg":"ES256","ppt":"shaken","typ":"passport","x5u":"{x5u}"}}"#),
            claims: format!(
                r#"{{"attest":"{attestation}","dest":{{"tn":["{to}"]}},"iat":{at_s},"orig":{{"tn":"{from}"}},"origid":"{origid}"}}"#
            ),
            x5u: x5u.to_owned(),
        }
    }

    /// The same with `from` in the protected header replaced by `to`.
    #[must_use]
    pub fn head_with(mut self, from: &str, to: &str) -> Signing {
        self.head = self.head.replace(from, to);
        self
    }

    /// The same with `from` in the claims replaced by `to`.
    #[must_use]
    pub fn claims_with(mut self, from: &str, to: &str) -> Signing {
        self.claims = self.claims.replace(from, to);
        self
    }

    /// The token, signed by that provider.
    #[must_use]
    pub fn token(&self, provider: &Provider) -> String {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(&self.head), URL_SAFE_NO_PAD.encode(&self.claims));
        let signature = URL_SAFE_NO_PAD.encode(provider.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    /// The Identity header's value, signed by that provider.
    #[must_use]
    pub fn header(&self, provider: &Provider) -> String {
        header(&self.token(provider), &self.x5u)
    }
}

/// The Identity header's value around a token.
#[must_use]
pub fn header(token: &str, x5u: &str) -> String {
    format!("{token};info=<{x5u}>;alg=ES256;ppt=\"shaken\"")
}
