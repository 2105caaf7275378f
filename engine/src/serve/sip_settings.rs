//! The configuration as the SIP edge takes it.

use crate::edge::sip::{AgentPhone, Algorithm, Listen, ListenOn, Phone, SipLimits, SipSettings, Trunk, Trust};
use crate::number::Region;
use cabrank_settings::{Config, Digest, Identity, Transport};
use rsipstack::sip::Uri;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// An address that the SIP library cannot read.
#[derive(Debug, thiserror::Error)]
#[error("the address {address} of {whose} cannot be used; write it as {right}")]
pub struct AddressUnreadable {
    whose: String,
    address: String,
    right: &'static str,
}

/// What the SIP edge is told; with `bind`, on that address instead of the configured ones.
///
/// # Errors
/// An address that the SIP library cannot read.
pub(super) fn from(config: &Config, bind: Option<IpAddr>) -> Result<SipSettings, AddressUnreadable> {
    let phones = config.desk.agents.iter().zip(&config.agents);
    Ok(SipSettings {
        listen: listen(config, bind),
        trunks: config.sip.trunks.iter().map(trunk).collect::<Result<_, _>>()?,
        lines: config.desk.lines.iter().map(|line| line.number.clone()).collect(),
        queues: config.desk.queues.iter().map(|queue| queue.name.clone()).collect(),
        agents: phones.map(|(agent, phone)| agent_phone(agent, phone)).collect::<Result<_, _>>()?,
        realm: config.sip.realm.to_string(),
        region: Region::from(config.region),
        trust: config.trust.as_ref().map(trust),
        digest: config.sip.digest.iter().map(algorithm).collect(),
        limits: SipLimits {
            session_s: seconds(config.sip.session_expires),
            expires_s_min: seconds(config.sip.registration_min),
            expires_s_max: seconds(config.sip.registration_max),
            ..SipLimits::default()
        },
    })
}

/// The addresses that media may be sent from: those that SIP listens on; for an unspecified one, all of this machine's of its
/// kind.
///
/// # Errors
/// The system does not say what addresses it has.
pub(super) fn media_ips(config: &Config, bind: Option<IpAddr>) -> io::Result<Vec<IpAddr>> {
    let mut ips = Vec::new();
    for Listen { addr, .. } in listen(config, bind) {
        if addr.ip().is_unspecified() {
            ips.extend(if_addrs::get_if_addrs()?.iter().map(if_addrs::Interface::ip).filter(|ip| ip.is_ipv4() == addr.is_ipv4()));
        } else {
            ips.push(addr.ip());
        }
    }
    ips.sort_unstable();
    ips.dedup();
    Ok(ips)
}

fn listen(config: &Config, bind: Option<IpAddr>) -> Vec<Listen> {
    let wanted = config.sip.listen.iter().map(|listen| Listen {
        transport: match listen.transport {
            Transport::Udp => ListenOn::Udp,
            Transport::Tcp => ListenOn::Tcp,
        },
        addr: bind.map_or(listen.addr, |ip| SocketAddr::new(ip, listen.addr.port())),
    });
    let mut listen: Vec<Listen> = Vec::new();
    for one in wanted {
        if !listen.contains(&one) {
            listen.push(one);
        }
    }
    listen
}

fn trust(trust: &cabrank_settings::Trust) -> cabrank_trust::Settings {
    cabrank_trust::Settings {
        roots: trust.roots.clone(),
        sources: cabrank_trust::Sources::new(trust.x5u_hosts.iter().cloned()),
        source_roots: trust.x5u_roots.clone(),
        freshness_s: trust.freshness.as_secs(),
        verify_within: trust.verify_within,
        fetch_within: trust.fetch_within,
        certificates_max: usize::try_from(trust.certificates_max).unwrap_or(usize::MAX),
        keep_certificates_s: trust.keep_certificates_for.as_secs(),
    }
}

fn algorithm(digest: &Digest) -> Algorithm {
    match digest {
        Digest::Sha256 => Algorithm::Sha256,
        Digest::Md5 => Algorithm::Md5,
    }
}

fn seconds(interval: Duration) -> u32 {
    u32::try_from(interval.as_secs()).unwrap_or(u32::MAX)
}

fn trunk(trunk: &cabrank_settings::Trunk) -> Result<Trunk, AddressUnreadable> {
    let outbound = trunk.outbound.as_ref().map(|place| uri(place, &format!("trunk {}", trunk.name), "sip:HOST:PORT"));
    Ok(Trunk {
        name: trunk.name.to_string(),
        from: trunk.from.clone(),
        trust: match trunk.identity {
            Identity::Trusted => Trust::Trusted,
            Identity::Untrusted => Trust::Untrusted,
            Identity::Attested => Trust::Attested,
        },
        outbound: outbound.transpose()?,
    })
}

fn uri(address: &cabrank_settings::SipUri, whose: &str, right: &'static str) -> Result<Uri, AddressUnreadable> {
    let address = address.to_string();
    Uri::try_from(address.as_str()).map_err(|_| AddressUnreadable { whose: whose.to_owned(), address, right })
}

fn agent_phone(agent: &cabrank_core::Agent, phone: &cabrank_settings::Phone) -> Result<AgentPhone, AddressUnreadable> {
    let phone = match phone {
        cabrank_settings::Phone::Registers(password) => Phone::Registers { password: password.expose().to_owned() },
        cabrank_settings::Phone::At(contact) => {
            Phone::Fixed { contact: uri(contact, &format!("agent {}", agent.name), "sip:USER@HOST:PORT")? }
        }
        cabrank_settings::Phone::Program => Phone::Nowhere,
    };
    Ok(AgentPhone { name: agent.name.clone(), phone })
}
