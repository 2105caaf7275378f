//! Where a browser's request comes from: only our own pages may act for who is signed in, and only under names that are ours.
//!
//! A name that an attacker makes point here (DNS rebinding) is none of ours. Addresses in figures cannot be made to.

use super::problem::Problem;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, header};
use std::net::IpAddr;

/// The names under which browsers reach the pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts {
    /// `desk.example`, or `desk.example:8443`, if there is such a name.
    public: Option<String>,
    by_tls: bool,
}

impl Hosts {
    /// By addresses in figures, as localhost, and under the public address `https://desk.example` if there is one.
    pub fn new(public: Option<&str>) -> Hosts {
        let public = public.unwrap_or_default();
        let (scheme, host) = public.split_once("://").unwrap_or(("http", public));
        let host = host.trim_end_matches('/').to_ascii_lowercase();
        Hosts { public: (!host.is_empty()).then_some(host), by_tls: scheme.eq_ignore_ascii_case("https") }
    }

    /// Whether browsers reach the pages by https.
    pub fn by_tls(&self) -> bool {
        self.by_tls
    }

    /// Who asks. We speak no TLS: where pages come by it a proxy stands before us, and its word is the last one of `X-Forwarded-For`.
    pub(super) fn who_asks(&self, headers: &HeaderMap, peer: IpAddr) -> IpAddr {
        if self.by_tls { client_ip::rightmost_x_forwarded_for(headers).unwrap_or(peer) } else { peer }
    }

    fn knows(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        if self.public.as_deref() == Some(host.as_str()) {
            return true;
        }
        let Ok(authority) = host.parse::<Authority>() else { return false };
        let name = authority.host().trim_start_matches('[').trim_end_matches(']');
        name == "localhost" || name.parse::<IpAddr>().is_ok()
    }

    fn origin(&self, host: &str) -> String {
        let is_public = self.public.as_deref().is_some_and(|public| public.eq_ignore_ascii_case(host));
        let scheme = if is_public && self.by_tls { "https" } else { "http" };
        format!("{scheme}://{}", host.to_ascii_lowercase())
    }
}

/// Whether the request names us.
pub(super) fn is_known_host(headers: &HeaderMap, hosts: &Hosts) -> Result<(), Problem> {
    if hosts.knows(host(headers)) {
        return Ok(());
    }
    let detail = "This name is not known here: put the address that browsers use into the configuration, as `url` of [http].";
    Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, detail))
}

/// Whether a page of ours asks.
pub(super) fn is_our_page(headers: &HeaderMap, hosts: &Hosts) -> Result<(), Problem> {
    let origin = headers.get(header::ORIGIN).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let elsewhere = headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin");
    if !elsewhere && origin.eq_ignore_ascii_case(&hosts.origin(host(headers))) {
        return Ok(());
    }
    Err(Problem::new(StatusCode::FORBIDDEN, "Another site's page asked for this; only our own may."))
}

fn host(headers: &HeaderMap) -> &str {
    headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Hosts, is_known_host, is_our_page};
    use axum::http::HeaderMap;
    use std::net::IpAddr;

    fn asked(host: &str, origin: &str) -> HeaderMap {
        let pairs = [("host", host), ("origin", origin)];
        pairs
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value")))
            .collect()
    }

    #[test]
    fn only_names_of_ours_and_figures_are_known() {
        let hosts = Hosts::new(Some("https://desk.example"));
        for known in ["desk.example", "DESK.example", "127.0.0.1:8080", "localhost:8080", "[::1]:8080", "192.0.2.7"] {
            assert!(is_known_host(&asked(known, ""), &hosts).is_ok(), "{known}");
        }
        for unknown in ["", "evil.example", "desk.example.evil.example", "localhost.evil.example:8080", "desk.example:81", "a b"]
        {
            assert!(is_known_host(&asked(unknown, ""), &hosts).is_err(), "{unknown}");
        }
    }

    #[test]
    fn behind_a_proxy_who_asks_is_who_the_proxy_says_and_nobody_else_is_believed() {
        let (proxy, other) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([192, 0, 2, 7]));
        let said =
            |text: &str| [("x-forwarded-for".parse().expect("a name"), text.parse().expect("a value"))].into_iter().collect();
        let told: HeaderMap = said("203.0.113.9, 192.0.2.7");
        assert_eq!(Hosts::new(Some("https://desk.example")).who_asks(&told, proxy), other);
        for hosts in [Hosts::default(), Hosts::new(Some("http://desk.example"))] {
            assert_eq!(hosts.who_asks(&told, proxy), proxy, "{hosts:?}");
        }
        for nobody in ["", "192.0.2.7, somebody"] {
            assert_eq!(Hosts::new(Some("https://desk.example")).who_asks(&said(nobody), proxy), proxy, "{nobody}");
        }
    }

    #[test]
    fn only_our_own_page_acts() {
        let hosts = Hosts::new(Some("https://desk.example"));
        assert!(is_our_page(&asked("desk.example", "https://desk.example"), &hosts).is_ok());
        assert!(is_our_page(&asked("127.0.0.1:8080", "http://127.0.0.1:8080"), &hosts).is_ok());
        for (host, origin) in [
            ("desk.example", ""),
            ("desk.example", "http://desk.example"),
            ("desk.example", "https://evil.example"),
            ("127.0.0.1:8080", "http://127.0.0.1:8081"),
            ("127.0.0.1:8080", "null"),
        ] {
            assert!(is_our_page(&asked(host, origin), &hosts).is_err(), "{host} {origin}");
        }
        let mut from_elsewhere = asked("desk.example", "https://desk.example");
        from_elsewhere.insert("sec-fetch-site", "cross-site".parse().expect("a value"));
        assert!(is_our_page(&from_elsewhere, &hosts).is_err());
    }
}
