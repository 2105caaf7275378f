//! `[quic]` and `[[quic.peer]]`.

use super::names::Places;
use super::proof::Said;
use super::section::Section;
use super::value::{Value, shown};
use crate::{CertificateFiles, Identity, Proof, Quic, QuicPeer, QuicRole, Surroundings};
use cabrank_core::Span;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;

const PEERS_MAX: usize = 1_000;
const RESUME: RangeInclusive<Span> = Span(0)..=Span::secs(3600);
const IDLE: RangeInclusive<Span> = Span::secs(1)..=Span::secs(600);
const SESSIONS: RangeInclusive<u32> = 1..=65_536;
const CALLS: RangeInclusive<u32> = 1..=100_000;

pub(super) fn read(root: &Section<'_>, base: &dyn Surroundings) -> Quic {
    let section = root.section("quic");
    let quic = Quic {
        listen: section.find("listen").map_or_else(usual_place, |value| listen(&value)),
        certificate: certificate(&section),
        resume_for: section.duration("resume_for", RESUME, Span::secs(30)),
        idle_timeout: section.duration("idle_timeout", IDLE, Span::secs(15)),
        sessions_max: section.count("sessions_max", SESSIONS, 4_096),
        calls_max: section.count("calls_max", CALLS, 20_000),
        peers: peers(&section, base),
    };
    section.close();
    quic
}

fn usual_place() -> Option<SocketAddr> {
    Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 4433)))
}

/// Nothing for `none`.
fn listen(value: &Value<'_>) -> Option<SocketAddr> {
    value.read("an address with its port, such as \"127.0.0.1:4433\", or \"none\"", |text| match text {
        "none" => Ok(None),
        _ => match text.parse::<SocketAddr>() {
            Ok(addr) if addr.port() == 0 => Err("has port 0, where nobody finds it"),
            Ok(addr) => Ok(Some(addr)),
            Err(_) => Err("is no address with its port"),
        },
    })?
}

fn certificate(section: &Section<'_>) -> Option<CertificateFiles> {
    let path = |value: Value<'_>| value.text().map(PathBuf::from);
    match (section.find("certificate"), section.find("key")) {
        (None, None) => None,
        (Some(chain), Some(key)) => Some(CertificateFiles { chain: path(chain)?, key: path(key)? }),
        (Some(alone), None) | (None, Some(alone)) => {
            alone.wrong(format!("`{}` stands alone", shown(&alone.key)), "`certificate` and `key` go together, or are left out");
            None
        }
    }
}

fn peers(section: &Section<'_>, base: &dyn Surroundings) -> Vec<QuicPeer> {
    let mut names = Places::new("peer");
    let sections = section.sections("peer", "quic.peer", PEERS_MAX);
    sections.into_iter().filter_map(|section| peer(section, &mut names, base)).collect()
}

fn peer(section: Section<'_>, names: &mut Places, base: &dyn Surroundings) -> Option<QuicPeer> {
    let name = section.need("name", "\"pbx\"").and_then(|value| {
        let name = value.name()?;
        names.take(&value, &name);
        Some(name)
    });
    let role = section.need("role", "\"gateway\"").and_then(|value| {
        value.word(&[("gateway", QuicRole::Gateway), ("supervisor", QuicRole::Supervisor), ("load", QuicRole::Load)])
    });
    let identity = section.find("identity").and_then(|value| identity(&value, role));
    let proof = proof(&section, base);
    section.close();
    Some(QuicPeer { name: name?, role: role?, identity: identity.unwrap_or(Identity::Untrusted), proof: proof? })
}

fn identity(value: &Value<'_>, role: Option<QuicRole>) -> Option<Identity> {
    if role == Some(QuicRole::Supervisor) {
        value.wrong("a supervisor offers no calls", "leave `identity` out");
        return None;
    }
    value.word(&[("attested", Identity::Attested), ("trusted", Identity::Trusted), ("untrusted", Identity::Untrusted)])
}

/// What the peer proves itself with; that there is nothing is a fault.
fn proof(section: &Section<'_>, base: &dyn Surroundings) -> Option<Proof> {
    match super::proof::proof(section, base) {
        Said::Something(proof) => proof,
        Said::Nothing => {
            section.wrong(
                "nothing proves who this is",
                "add `token_file = \"secrets/…\"`, or `certificate = \"sha256:…\"`, the fingerprint of the client's certificate",
            );
            None
        }
    }
}
