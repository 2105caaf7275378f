//! From where certificates may be fetched.

use cabrank_core::Flaw;
use url::Url;

/// Longest address, in bytes.
const X5U_BYTES_MAX: usize = 512;
const HTTPS: u16 = 443;

/// The hosts that hold certificates, each with its port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources(Vec<(String, u16)>);

impl Sources {
    /// These hosts, lower case, each with its port.
    pub fn new(hosts: impl IntoIterator<Item = (String, u16)>) -> Sources {
        Sources(hosts.into_iter().collect())
    }

    /// The address to fetch from, if it is https on one of these hosts and holds no credentials.
    ///
    /// # Errors
    /// [`Flaw::ForeignSource`].
    pub fn address(&self, x5u: &str) -> Result<Url, Flaw> {
        let parsed = Some(x5u).filter(|x5u| x5u.len() <= X5U_BYTES_MAX).and_then(|x5u| Url::parse(x5u).ok());
        parsed.filter(|url| self.has(url)).ok_or(Flaw::ForeignSource)
    }

    fn has(&self, url: &Url) -> bool {
        let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        let port = url.port().unwrap_or(HTTPS);
        let known = |host: &str| self.0.iter().any(|(known, at)| known == host && *at == port);
        url.scheme() == "https" && plain && url.host_str().is_some_and(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_https_on_a_listed_host_is_fetched() {
        let sources = Sources::new([("c.example".to_owned(), 443), ("c.example".to_owned(), 8443)]);
        for good in ["https://c.example/a.pem", "https://C.Example:443/a", "https://c.example:8443/a?b"] {
            assert!(sources.address(good).is_ok(), "{good}");
        }
        let long = format!("https://c.example/{}", "a".repeat(512));
        for bad in [
            "http://c.example/a.pem",
            "https://c.example:444/a",
            "https://c.example.evil/a",
            "https://evil/c.example",
            "https://c.example@evil/a",
            "https://u:p@c.example/a",
            "https://c.example/a#b",
            "https://c.example./a",
            "file:///etc/passwd",
            "c.example/a",
            "",
            long.as_str(),
        ] {
            assert_eq!(sources.address(bad), Err(Flaw::ForeignSource), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn foreign_text_never_panics(text in "\\PC{0,80}") {
            let _ = Sources::default().address(&text);
        }
    }
}
