//! The configuration as the QUIC edge takes it.

use crate::edge::http::Tokens;
use crate::edge::quic::{
    Believed, CertificateSource, Menus, Peer, PeerRole, Program, Proof, QuicLimits, QuicSettings, TokenCheck,
};
use crate::number::Region;
use cabrank_settings::{CertificateFiles, Config, Identity, Phone, QuicPeer, QuicRole};
use sha2::{Digest, Sha256};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

/// What the QUIC edge is told, unless it is switched off; with `bind`, on that address instead of the configured one. A certificate
/// of its own lies beside the configuration, one that is made in the data directory.
pub(super) fn from(config: &Config, bind: Option<IpAddr>, beside: &Path, data: &Path, tokens: Tokens) -> Option<QuicSettings> {
    let listen = config.quic.listen?;
    let desk = &config.desk;
    Some(QuicSettings {
        listen: bind.map_or(listen, |ip| SocketAddr::new(ip, listen.port())),
        certificate: certificate(config.quic.certificate.as_ref(), beside, data),
        peers: config.quic.peers.iter().map(peer).collect(),
        agents: (0..desk.agents.len()).map(|at| program(config, at)).collect(),
        is_admin: TokenCheck(Arc::new(move |token| tokens.is_admin(token))),
        desk: desk.name.clone(),
        lines: desk.lines.iter().map(|line| line.number.clone()).collect(),
        menus: Menus::new(desk.lines.iter().map(|line| &line.menu)),
        queues: desk.queues.iter().map(|queue| queue.name.clone()).collect(),
        language: config.language.clone(),
        region: Region::from(config.region),
        limits: QuicLimits {
            sessions_max: usize::try_from(config.quic.sessions_max).unwrap_or(usize::MAX),
            calls_max: usize::try_from(config.quic.calls_max).unwrap_or(usize::MAX),
            resume_for: config.quic.resume_for,
            idle_timeout: config.quic.idle_timeout,
            ..QuicLimits::default()
        },
    })
}

fn certificate(files: Option<&CertificateFiles>, beside: &Path, data: &Path) -> CertificateSource {
    match files {
        Some(files) => CertificateSource::Files { chain: beside.join(&files.chain), key: beside.join(&files.key) },
        None => CertificateSource::Made(data.to_owned()),
    }
}

fn peer(peer: &QuicPeer) -> Peer {
    let believed = match peer.identity {
        Identity::Trusted => Believed::Always,
        Identity::Attested => Believed::IfAttested,
        Identity::Untrusted => Believed::Never,
    };
    let role = match peer.role {
        QuicRole::Gateway => PeerRole::Gateway(believed),
        QuicRole::Supervisor => PeerRole::Supervisor,
        QuicRole::Load => PeerRole::Load(believed),
    };
    Peer { name: peer.name.clone(), role, proof: proof(&peer.proof) }
}

/// An agent's program says what it is told to, or knows the phone's password.
fn program(config: &Config, at: usize) -> Program {
    let phone = config.agents.get(at);
    let own = config.programs.get(at).and_then(Option::as_ref).map(proof);
    let phones = || if let Some(Phone::Registers(password)) = phone { Some(token(password.expose())) } else { None };
    let address = if let Some(Phone::At(address)) = phone { address.to_string() } else { String::new() };
    Program {
        name: config.desk.agents.get(at).map(|agent| agent.name.clone()).unwrap_or_default(),
        proof: own.or_else(phones),
        address: address.into(),
        by_program: matches!(phone, Some(Phone::Program)),
    }
}

fn proof(proof: &cabrank_settings::Proof) -> Proof {
    match proof {
        cabrank_settings::Proof::Token(secret) => token(secret.expose()),
        cabrank_settings::Proof::Certificate(sha256) => Proof::Certificate((*sha256).into()),
    }
}

fn token(secret: &str) -> Proof {
    Proof::Token(Sha256::digest(secret.as_bytes()).into())
}
