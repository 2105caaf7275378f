//! `[sip]` and `[[sip.trunk]]`.

use super::names::Places;
use super::section::Section;
use super::value::{Value, shown};
use crate::{Digest, Identity, Listen, Sip, SipUri, Surroundings, Transport, Trunk};
use cabrank_core::{Span, Text};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;

const LISTEN_MAX: usize = 64;
const TRUNKS_MAX: usize = 200;
const NETS_MAX: usize = 500;
const REGISTRATION: RangeInclusive<Span> = Span::secs(5)..=Span::secs(24 * 3600);
const SESSION: RangeInclusive<Span> = Span::secs(90)..=Span::secs(24 * 3600); // RFC 4028 section 5: never below 90 s

pub(super) fn read(root: &Section<'_>, desk: &Text, can_verify: bool, base: &dyn Surroundings) -> Sip {
    let section = root.section("sip");
    let sip = Sip {
        listen: section.find("listen").map_or_else(usual_places, |value| listen_all(&value)),
        trunks: trunks(&section, can_verify, base),
        realm: section.find("realm").and_then(|value| value.name()).unwrap_or_else(|| desk.clone()),
        session_expires: section.duration("session_expires", SESSION, Span::secs(1800)),
        registration_min: section.duration("registration_min", REGISTRATION, Span::secs(60)),
        registration_max: section.duration("registration_max", REGISTRATION, Span::secs(3600)),
        digest: section.find("digest").map_or_else(|| vec![Digest::Sha256, Digest::Md5], |value| digest(&value)),
    };
    if sip.registration_max < sip.registration_min {
        section.wrong("`registration_max` is less than `registration_min`", "the minimum comes first");
    }
    section.close();
    sip
}

fn digest(value: &Value<'_>) -> Vec<Digest> {
    let words = [("sha-256", Digest::Sha256), ("md5", Digest::Md5)];
    let mut hashes: Vec<Digest> = Vec::new();
    for hash in value.list(words.len()).unwrap_or_default().iter().filter_map(|item| item.word(&words)) {
        if !hashes.contains(&hash) {
            hashes.push(hash);
        }
    }
    if value.raw.as_array().is_some_and(|list| list.is_empty()) {
        value.wrong("phones are offered no hash", "such as [\"sha-256\", \"md5\"], or [\"md5\"] for phones that know no other");
    }
    hashes
}

fn usual_places() -> Vec<Listen> {
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, 5060));
    vec![Listen { transport: Transport::Udp, addr }, Listen { transport: Transport::Tcp, addr }]
}

fn listen_all(value: &Value<'_>) -> Vec<Listen> {
    let mut places = Places::new("address");
    let mut all = Vec::new();
    for item in value.list(LISTEN_MAX).unwrap_or_default() {
        let Some(listen) = listen(&item) else { continue };
        places.take(&item, &format!("{}:{}", listen.transport, listen.addr));
        all.push(listen);
    }
    if value.raw.as_array().is_some_and(|list| list.is_empty()) {
        value.wrong("there is nothing to listen on", "such as \"udp:127.0.0.1:5060\"");
    }
    all
}

fn listen(value: &Value<'_>) -> Option<Listen> {
    value.read("such as \"udp:127.0.0.1:5060\" or \"tcp:[::1]:5060\"", |text| {
        let (transport, addr) = text.split_once(':').ok_or("is not a transport, then an address with its port")?;
        let transport = match transport {
            "udp" => Transport::Udp,
            "tcp" => Transport::Tcp,
            "tls" | "wss" => return Err("needs TLS, which is not built yet: `udp:` and `tcp:` are"),
            _ => return Err("has a transport that is neither `udp` nor `tcp`"),
        };
        let addr: SocketAddr = addr.parse().map_err(|_| "has no address with its port")?;
        if addr.port() == 0 { Err("has port 0, where nobody can call") } else { Ok(Listen { transport, addr }) }
    })
}

fn trunks(section: &Section<'_>, can_verify: bool, base: &dyn Surroundings) -> Vec<Trunk> {
    let mut names = Places::new("trunk");
    let mut nets = Places::new("network");
    let sections = section.sections("trunk", "sip.trunk", TRUNKS_MAX);
    if sections.is_empty() {
        section.report.notice(section.at.clone(), "there is no [[sip.trunk]]: nobody may call without registering");
    }
    sections.into_iter().map(|section| trunk(section, &mut names, &mut nets, can_verify, base)).collect()
}

fn trunk(section: Section<'_>, names: &mut Places, nets: &mut Places, can_verify: bool, base: &dyn Surroundings) -> Trunk {
    if let Some(value) = section.need("name", "\"carrier\"")
        && let Some(name) = value.name()
    {
        names.take(&value, &name);
    }
    let identity = section.find("identity").and_then(|value| identity(&value, can_verify)).unwrap_or(Identity::Untrusted);
    let from = section.need("from", "[\"192.0.2.0/24\"]").map(|value| from(&value, identity, nets)).unwrap_or_default();
    let outbound = section.find("outbound").and_then(|value| outbound(&value));
    let trunk = Trunk { name: section.name(), from, identity, outbound };
    if let Some(value) = section.find("register") {
        register(&value, base);
    }
    section.close();
    trunk
}

fn identity(value: &Value<'_>, can_verify: bool) -> Option<Identity> {
    let words = [("attested", Identity::Attested), ("trusted", Identity::Trusted), ("untrusted", Identity::Untrusted)];
    let identity = value.word(&words)?;
    if identity == Identity::Attested && !can_verify {
        value.notice(
            "`identity = \"attested\"` counts as untrusted: there is no [trust] that says whose signatures count (`roots`)",
        );
    }
    Some(identity)
}

fn outbound(value: &Value<'_>) -> Option<SipUri> {
    let uri = value.read("such as \"sip:sbc.example.net:5060\" or \"sip:192.0.2.7;transport=tcp\"", str::parse::<SipUri>)?;
    if uri.user.is_some() {
        value.wrong(format!("`{uri}` calls one user"), "name the place alone: the caller's number is put in front of it");
        return None;
    }
    Some(uri)
}

fn from(value: &Value<'_>, identity: Identity, nets: &mut Places) -> Vec<IpNet> {
    let mut all = Vec::new();
    for item in value.list(NETS_MAX).unwrap_or_default() {
        let Some(net) = net(&item) else { continue };
        nets.take(&item, &net.to_string());
        if net.prefix_len() == 0 && identity == Identity::Trusted {
            item.notice(format!("`{net}` is everybody: whoever calls is let in, and the number is believed"));
        }
        all.push(net);
    }
    if value.raw.as_array().is_some_and(|list| list.is_empty()) {
        value.wrong("a trunk from nowhere", "name the networks it sends from, such as \"192.0.2.0/24\"");
    }
    all
}

fn net(value: &Value<'_>) -> Option<IpNet> {
    let net = value.read("a network such as \"192.0.2.0/24\" or \"2001:db8::/32\", or one address", |text| {
        let alone = text.parse::<IpAddr>().map(IpNet::from);
        alone.or_else(|_| text.parse::<IpNet>()).map_err(|_| "is no network")
    })?;
    if net.trunc() == net {
        return Some(net);
    }
    let right = format!("`{}` for the network, `{}` for the one address", net.trunc(), net.addr());
    value.wrong(format!("`{net}` is an address with the length of a network"), right);
    None
}

/// Nothing registers anywhere yet; what is said about it has to be right all the same.
fn register(value: &Value<'_>, base: &dyn Surroundings) {
    let Some(section) = value.section("register".to_owned()) else { return };
    section
        .need("server", "\"sip.example.net\"")
        .and_then(|value| value.read("a host, such as \"sip.example.net\"", |text| format!("sip:{text}").parse::<SipUri>()));
    section.need("user", "\"…\"").and_then(|value| value.text());
    super::agent::password(&section, base);
    value.notice(format!("`{}` is not done yet: the carrier has to send calls here by itself", shown(&value.key)));
    section.close();
}
