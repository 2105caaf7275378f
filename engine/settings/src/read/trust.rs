//! `[trust]`: whose signatures vouch for a caller's number, and where their certificates lie.

use super::names::Places;
use super::section::Section;
use super::value::{Value, shown};
use crate::{Surroundings, Trust};
use cabrank_core::Span;
use rustls_pki_types::CertificateDer;
use std::ops::RangeInclusive;
use url::Url;

const HOSTS_MAX: usize = 1_000;
const FRESHNESS: RangeInclusive<Span> = Span::secs(1)..=Span::secs(3600);
const VERIFY: RangeInclusive<Span> = Span::millis(10)..=Span::secs(5);
const FETCH: RangeInclusive<Span> = Span::millis(100)..=Span::secs(60);
const KEEP: RangeInclusive<Span> = Span::secs(60)..=Span::secs(7 * 24 * 3600);
const CERTIFICATES: RangeInclusive<u32> = 1..=100_000;

/// Nothing where the file has no `[trust]`.
pub(super) fn read(root: &Section<'_>, base: &dyn Surroundings) -> Option<Trust> {
    let section = root.find("trust")?.section("[trust]".to_owned())?;
    let roots = section.need("roots", "\"sti-ca.pem\"").and_then(|value| certificates(&value, base));
    let hosts = section.need("x5u_hosts", "[\"certificates.example.net\"]").map(|value| hosts(&value));
    let x5u_roots = section.find("x5u_roots").and_then(|value| certificates(&value, base));
    let trust = Trust {
        roots: roots.unwrap_or_default(),
        x5u_hosts: hosts.unwrap_or_default(),
        x5u_roots,
        freshness: section.duration("freshness", FRESHNESS, Span::secs(60)),
        verify_within: section.duration("verify_within", VERIFY, Span::millis(500)),
        fetch_within: section.duration("fetch_within", FETCH, Span::secs(5)),
        certificates_max: section.count("certificates_max", CERTIFICATES, 1_000),
        keep_certificates_for: section.duration("keep_certificates_for", KEEP, Span::secs(24 * 3600)),
    };
    section.close();
    Some(trust)
}

fn certificates(value: &Value<'_>, base: &dyn Surroundings) -> Option<Vec<CertificateDer<'static>>> {
    let path = value.text()?;
    let found = base.certificates(path);
    let right = "a file of certificates of authorities in PEM; the path starts where the configuration lies";
    found.map_err(|error| value.wrong(format!("`{}` cannot be used: {error}", shown(path)), right)).ok()
}

fn hosts(value: &Value<'_>) -> Vec<(String, u16)> {
    let mut places = Places::new("host");
    let mut all = Vec::new();
    for item in value.list(HOSTS_MAX).unwrap_or_default() {
        let Some((host, port)) = host(&item) else { continue };
        places.take(&item, &format!("{host}:{port}"));
        all.push((host, port));
    }
    if value.raw.as_array().is_some_and(|list| list.is_empty()) {
        value.wrong("no certificate can be fetched from nowhere", "name the hosts, such as \"certificates.example.net\"");
    }
    all
}

/// 443 unless it names a port.
fn host(value: &Value<'_>) -> Option<(String, u16)> {
    value.read("a host, such as \"certificates.example.net\", or \"certificates.example.net:8443\"", |text| {
        let alone = !text.contains(['/', '@', '?', '#', '\\']);
        let url = Url::parse(&format!("https://{text}")).ok().filter(|_| alone).ok_or("is no host")?;
        let host = url.host_str().ok_or("is no host")?;
        Ok::<_, &str>((host.to_owned(), url.port().unwrap_or(443)))
    })
}
