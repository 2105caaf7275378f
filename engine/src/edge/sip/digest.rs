//! Digest authentication as a server (RFC 7616, RFC 8760): SHA-256 preferred, MD5 for older phones.
//!
//! A nonce is its own proof: time, serial number and an HMAC over both and the source address, so
//! that issuing one costs no memory and a flood of unanswered challenges fills nothing. Memory is
//! spent only on nonces that were answered correctly, to refuse replays of their counter.

use std::net::IpAddr;

use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::Md5;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use super::credentials::Credentials;
use super::nonce::{Freshness, Nonces};

/// The hash a challenge names and an answer uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RFC 7616; offered first.
    Sha256,
    /// RFC 2617; what older phones speak.
    Md5,
}

impl Algorithm {
    /// As written in the header.
    #[must_use]
    pub(super) fn name(self) -> &'static str {
        match self {
            Algorithm::Sha256 => "SHA-256",
            Algorithm::Md5 => "MD5",
        }
    }

    fn parse(name: &str) -> Option<Algorithm> {
        [Algorithm::Sha256, Algorithm::Md5].into_iter().find(|a| a.name().eq_ignore_ascii_case(name))
    }

    /// Lower-case hexadecimal hash of the parts, joined by colons.
    fn hash(self, parts: &[&str]) -> String {
        match self {
            Algorithm::Sha256 => hash_of::<Sha256>(parts),
            Algorithm::Md5 => hash_of::<Md5>(parts),
        }
    }
}

/// The secrets of one user, already hashed with the realm; the password itself is not kept.
#[derive(Clone)]
pub(super) struct Secret {
    sha256: String,
    md5: String,
}

impl Secret {
    /// Hashes `user`'s password for `realm`.
    #[must_use]
    pub(super) fn new(user: &str, realm: &str, password: &str) -> Secret {
        Secret { sha256: Algorithm::Sha256.hash(&[user, realm, password]), md5: Algorithm::Md5.hash(&[user, realm, password]) }
    }

    fn ha1(&self, algorithm: Algorithm) -> &str {
        match algorithm {
            Algorithm::Sha256 => &self.sha256,
            Algorithm::Md5 => &self.md5,
        }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// What the credentials of a request are worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// They are right, and fresh; here is the user.
    Genuine(String),
    /// Ask (again): none were given, or none we can check. `stale`: right, but of an old nonce.
    Challenge {
        /// Tells the phone that its password is right and only the nonce is old (RFC 7616 3.3).
        stale: bool,
    },
    /// They are wrong. The same verdict, after the same work, whether or not the user exists.
    Forged,
    /// They cannot be read: 400.
    Malformed,
}

/// Checks credentials and makes challenges for one realm.
pub(super) struct Authenticator {
    realm: String,
    offered: Vec<Algorithm>,
    nonces: Nonces,
    /// Stands in for the secret of users who do not exist, so that they cost the same work.
    nobody: Secret,
}

impl Authenticator {
    /// `key` signs the nonces: at least 128 random bits, new at each start.
    #[must_use]
    pub(super) fn new(realm: &str, offered: Vec<Algorithm>, key: [u8; 32]) -> Authenticator {
        let nobody = Secret::new("nobody", realm, &hex(&key));
        Authenticator { realm: realm.to_owned(), offered, nonces: Nonces::new(key), nobody }
    }

    /// The values of the `WWW-Authenticate` headers, in the order preferred (RFC 8760 2.4).
    pub(super) fn challenges(&mut self, source: IpAddr, stale: bool, now_ms: u64) -> Vec<String> {
        let nonce = self.nonces.issue(source, now_ms);
        let challenge = |algorithm: &Algorithm| {
            let mut it =
                format!("Digest realm=\"{}\", nonce=\"{nonce}\", algorithm={}, qop=\"auth\"", self.realm, algorithm.name());
            if stale {
                it.push_str(", stale=true");
            }
            it
        };
        self.offered.iter().map(challenge).collect()
    }

    /// Judges the `Authorization` header of a request with this `method`.
    ///
    /// `secret_of` finds the secret of a user; its own time must not depend on the answer.
    pub(super) fn judge<'a>(
        &mut self,
        header: &str,
        method: &str,
        source: IpAddr,
        now_ms: u64,
        secret_of: impl FnOnce(&str) -> Option<&'a Secret>,
    ) -> Verdict {
        let Some(given) = Credentials::parse(header) else { return Verdict::Malformed };
        let Some((algorithm, count)) = self.checkable(&given) else {
            return Verdict::Challenge { stale: false };
        };
        let secret = secret_of(&given.username);
        let right = response(&given, algorithm, method, secret.unwrap_or(&self.nobody));
        let equal = bool::from(right.as_bytes().ct_eq(given.response.to_ascii_lowercase().as_bytes()));
        if !(equal && secret.is_some()) {
            return Verdict::Forged;
        }
        match self.nonces.spend(&given.nonce, count, source, now_ms) {
            Freshness::Fresh => Verdict::Genuine(given.username),
            Freshness::Stale => Verdict::Challenge { stale: true },
        }
    }

    /// Credentials of another realm, algorithm or protection cannot be checked: ask again.
    fn checkable(&self, given: &Credentials) -> Option<(Algorithm, u32)> {
        let algorithm = Algorithm::parse(given.algorithm.as_deref().unwrap_or("MD5"))?;
        let with_auth = given.qop.as_deref().is_some_and(|qop| qop.eq_ignore_ascii_case("auth"));
        (given.realm == self.realm && with_auth && self.offered.contains(&algorithm)).then_some((algorithm, given.count?))
    }
}

/// RFC 7616 3.4.1 with qop=auth. The nonce count is hashed as it was written.
fn response(given: &Credentials, algorithm: Algorithm, method: &str, secret: &Secret) -> String {
    let ha2 = algorithm.hash(&[method, &given.uri]);
    let qop = given.qop.as_deref().unwrap_or_default();
    algorithm.hash(&[secret.ha1(algorithm), &given.nonce, &given.count_text, &given.cnonce, qop, &ha2])
}

fn hash_of<D: sha2::Digest>(parts: &[&str]) -> String {
    let mut digest = D::new();
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            digest.update(b":");
        }
        digest.update(part.as_bytes());
    }
    hex(digest.finalize().as_ref())
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let nibbles = bytes.iter().flat_map(|b| [b >> 4, b & 15]);
    nibbles.map(|n| char::from(DIGITS[usize::from(n)])).collect()
}

/// HMAC-SHA-256 of the parts.
pub(super) fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// What a phone answers to a challenge that gave it `nonce`.
#[cfg(test)]
pub(super) fn answer_for_tests(user: &str, realm: &str, password: &str, algorithm: Algorithm, nonce: &str) -> String {
    let bare = format!(
        "Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"sip:{realm}\", algorithm={}, qop=auth, \
         nc=00000001, cnonce=\"c\", response=",
        algorithm.name()
    );
    let given = Credentials::parse(&format!("{bare}\"\"")).unwrap_or_default();
    let right = response(&given, algorithm, "REGISTER", &Secret::new(user, realm, password));
    format!("{bare}\"{right}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));

    fn example(algorithm: &str, response: &str) -> Credentials {
        let header = format!(
            "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", \
             algorithm={algorithm}, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, \
             cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, response=\"{response}\", \
             opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
        );
        Credentials::parse(&header).unwrap()
    }

    /// RFC 7616 3.9.1.
    #[test]
    fn the_examples_of_rfc_7616_come_out() {
        let secret = Secret::new("Mufasa", "http-auth@example.org", "Circle of Life");
        let sha = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1";
        let md5 = "8ca523f5e9506fed4657c9700eebdbec";
        assert_eq!(response(&example("SHA-256", sha), Algorithm::Sha256, "GET", &secret), sha);
        assert_eq!(response(&example("MD5", md5), Algorithm::Md5, "GET", &secret), md5);
    }

    /// RFC 2617 3.5.
    #[test]
    fn the_example_of_rfc_2617_comes_out() {
        let header = "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", \
            nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", qop=auth, nc=00000001, \
            cnonce=\"0a4f113b\", response=\"6629fae49393a05397450978507c4ef1\"";
        let given = Credentials::parse(header).unwrap();
        let secret = Secret::new("Mufasa", "testrealm@host.com", "Circle Of Life");
        assert_eq!(response(&given, Algorithm::Md5, "GET", &secret), given.response);
    }

    struct Phone {
        desk: Authenticator,
        secret: Secret,
    }

    impl Phone {
        fn new() -> Phone {
            Phone {
                desk: Authenticator::new("taxi", vec![Algorithm::Sha256, Algorithm::Md5], [7; 32]),
                secret: Secret::new("a101", "taxi", "pw"),
            }
        }

        fn nonce(&mut self, now_ms: u64) -> String {
            let first = self.desk.challenges(SOURCE, false, now_ms).remove(0);
            first.split("nonce=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
        }

        fn header(&self, nonce: &str, user: &str, password: &str, algorithm: Algorithm, nc: u32) -> String {
            let bare = format!(
                "Digest username=\"{user}\", realm=\"taxi\", nonce=\"{nonce}\", uri=\"sip:desk\", \
                 algorithm={}, qop=auth, nc={nc:08x}, cnonce=\"c\", response=",
                algorithm.name()
            );
            let given = Credentials::parse(&format!("{bare}\"\"")).unwrap();
            let right = response(&given, algorithm, "REGISTER", &Secret::new(user, "taxi", password));
            format!("{bare}\"{right}\"")
        }

        fn judge(&mut self, header: &str, source: IpAddr, now_ms: u64) -> Verdict {
            let secret = self.secret.clone();
            self.desk.judge(header, "REGISTER", source, now_ms, |user| (user == "a101").then_some(&secret))
        }
    }

    #[test]
    fn sha_256_is_offered_first_and_both_are_accepted() {
        let mut phone = Phone::new();
        let offered = phone.desk.challenges(SOURCE, true, 0);
        let [first, second] = offered.as_slice() else { panic!("two are offered: {offered:?}") };
        assert!(first.contains("algorithm=SHA-256") && first.contains("qop=\"auth\""), "{first}");
        assert!(second.contains("algorithm=MD5") && second.contains("stale=true"), "{second}");
        for algorithm in [Algorithm::Sha256, Algorithm::Md5] {
            let nonce = phone.nonce(0);
            let header = phone.header(&nonce, "a101", "pw", algorithm, 1);
            assert_eq!(phone.judge(&header, SOURCE, 10), Verdict::Genuine("a101".into()));
        }
    }

    #[test]
    fn a_wrong_password_and_an_unknown_user_get_the_same_verdict() {
        let mut phone = Phone::new();
        let nonce = phone.nonce(0);
        for (user, password) in [("a101", "wrong"), ("ghost", "pw"), ("nobody", "pw")] {
            let header = phone.header(&nonce, user, password, Algorithm::Sha256, 1);
            assert_eq!(phone.judge(&header, SOURCE, 10), Verdict::Forged);
        }
    }

    #[test]
    fn a_replay_an_old_nonce_and_a_foreign_source_are_stale() {
        let mut phone = Phone::new();
        let nonce = phone.nonce(0);
        let header = phone.header(&nonce, "a101", "pw", Algorithm::Sha256, 1);
        let stale = Verdict::Challenge { stale: true };
        assert_eq!(phone.judge(&header, IpAddr::from([192, 0, 2, 8]), 10), stale);
        assert_eq!(phone.judge(&header, SOURCE, 10), Verdict::Genuine("a101".into()));
        assert_eq!(phone.judge(&header, SOURCE, 11), stale);
        let next = phone.header(&nonce, "a101", "pw", Algorithm::Sha256, 0x1_00);
        assert_eq!(phone.judge(&next, SOURCE, 12), Verdict::Genuine("a101".into()));
        let late = phone.header(&nonce, "a101", "pw", Algorithm::Sha256, 0x1_01);
        assert_eq!(phone.judge(&late, SOURCE, 10_000_000), stale);
    }

    #[test]
    fn what_cannot_be_checked_is_asked_again_and_nonsense_is_malformed() {
        let mut phone = Phone::new();
        let nonce = phone.nonce(0);
        let good = phone.header(&nonce, "a101", "pw", Algorithm::Sha256, 1);
        let ask = Verdict::Challenge { stale: false };
        for header in [
            good.replace("qop=auth, ", ""),
            good.replace("realm=\"taxi\"", "realm=\"bus\""),
            good.replace("SHA-256", "SHA-512-256"),
        ] {
            assert_eq!(phone.judge(&header, SOURCE, 10), ask, "{header}");
        }
        for header in ["", "Basic YTpi", "Digest", "Digest username", "Digest username=\"a"] {
            assert_eq!(phone.judge(header, SOURCE, 10), Verdict::Malformed, "{header}");
        }
    }
}
