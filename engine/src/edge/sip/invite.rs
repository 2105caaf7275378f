//! The INVITEs that ring an agent, from the caller and with the context, and call a caller back, from the line.

use std::net::SocketAddr;

use cabrank_core::{AgentId, CallId, Caller, Context};
use rsipstack::sip::{Auth, Header, HeadersExt as _, Method, Param, Request, Scheme, Transport, Uri, Version, typed};
use rsipstack::transport::SipAddr;

use super::dialog::{new_tag, own_contact, via};
use super::edge::Edge;
use super::methods::{ALLOW, SDP, SUPPORTED};
use super::path::{Link, Path};
use super::reply::PRODUCT;
use super::session_timer::{Refresher, SessionTimer};
use super::settings::Phone;
use super::transactions::Way;
use super::uui;

/// How often a call of our own may be forwarded (RFC 3261 8.1.1.6).
pub(super) const HOPS: u32 = 70;
/// Longest address of a page that is carried, in bytes: the INVITE stays within a datagram.
const PAGE_BYTES_MAX: usize = 1_024;
/// Longest caller's name shown, in characters.
const NAME_CHARS_MAX: usize = 64;

/// A phone that can be rung.
pub(super) struct Target {
    /// What it calls itself.
    pub contact: Uri,
    /// How it is reached.
    pub way: Way,
    /// Our address as it should see it.
    pub own: SocketAddr,
    /// The transport used.
    pub transport: Transport,
}

impl Edge {
    /// Where an agent's phone can be rung now.
    pub(super) fn target_of(&self, agent: AgentId) -> Option<Target> {
        let phone = self.phones.agents.get(usize::try_from(agent.0).ok()?)?;
        match &phone.phone {
            Phone::Registers { .. } => self.registered_target(&phone.name),
            Phone::Fixed { contact } => self.fixed_target(contact),
            Phone::Nowhere => None,
        }
    }

    /// A registered phone is rung where its REGISTER came from, through whatever NAT is between.
    fn registered_target(&self, name: &str) -> Option<Target> {
        let binding = self.phones.registrar.binding(name, self.now_ms())?;
        let path = binding.path.clone();
        let transport = path.transport();
        let own = self.wire.sockets.own_addr(transport, path.addr);
        Some(Target { contact: binding.contact.clone(), way: Way::Open(path), own, transport })
    }

    /// Where a phone or a trunk at a known address is called.
    pub(super) fn fixed_target(&self, contact: &Uri) -> Option<Target> {
        let named = contact.params.iter().find_map(|param| {
            let Param::Transport(transport) = param else { return None };
            Some(*transport)
        });
        let transport = named.unwrap_or(Transport::Udp);
        let addr = SocketAddr::try_from(contact.host_with_port.clone());
        // A name is looked up when it is rung; until then only the family matters, and IPv4 is likelier.
        let towards = addr.as_ref().copied().unwrap_or(SocketAddr::from(([192, 0, 2, 1], 5060)));
        let own = self.wire.sockets.own_addr(transport, towards);
        let way = match (transport, addr) {
            (Transport::Udp, Ok(addr)) => Way::Open(Path { link: Link::Udp(self.wire.sockets.udp_towards(addr)?.clone()), addr }),
            (_, _) => Way::Named(SipAddr { r#type: Some(transport), addr: contact.host_with_port.clone() }),
        };
        Some(Target { contact: contact.clone(), way, own, transport })
    }

    /// The INVITE to an agent, with the context.
    pub(super) fn invite_to(&self, target: &Target, context: &Context, hops: u32, body: Vec<u8>) -> Request {
        let context_header = uui::value(self.house.context(context).as_bytes());
        if context_header.is_none() {
            tracing::warn!(call = %context.call, "the context is too long for User-to-User; the agent rings without");
        }
        // RFC 3261 20.9; a phone without a screen passes it over.
        let page = self.house.page(context).filter(|page| page.len() <= PAGE_BYTES_MAX);
        let page = page.map(|page| Header::CallInfo(format!("<{page}>;purpose=info").into()));
        let more = context_header.map(|value| Header::UserToUser(value.into())).into_iter().chain(page).collect();
        let from = from_of(&context.caller, target.own);
        // Ours is one more hop, so that a loop through us ends (RFC 3261 16.6 step 3).
        self.invite(target, context.call, from, hops.saturating_sub(1), more, body)
    }

    /// The INVITE that calls a caller back, from the line that was dialled.
    pub(super) fn invite_back(&self, target: &Target, call: CallId, line: &str, body: Vec<u8>) -> Request {
        let from = typed::From { display_name: None, uri: uri_at(line, target.own), params: Vec::new() };
        self.invite(target, call, from, HOPS, Vec::new(), body)
    }

    fn invite(&self, target: &Target, call: CallId, from: typed::From, hops: u32, more: Vec<Header>, body: Vec<u8>) -> Request {
        let session = SessionTimer { interval_s: self.limits.session_s, refresher: Refresher::Us };
        let from = from.with_tag(new_tag().into());
        let mut headers = vec![
            via(target.own, target.transport),
            Header::MaxForwards(hops.into()),
            from.into(),
            Header::To(format!("<{}>", target.contact).into()),
            Header::CallId(format!("{:016x}-{}", rand::random::<u64>(), call).into()),
            Header::CSeq("1 INVITE".into()),
            own_contact(target.own, target.transport),
            Header::UserAgent(PRODUCT.into()),
            Header::Allow(ALLOW.into()),
            Header::Supported(SUPPORTED.into()),
            Header::ContentType(SDP.into()),
        ];
        headers.extend(session.request_headers());
        headers.extend(more);
        headers.push(Header::ContentLength((body.len() as u32).into()));
        let uri = target.contact.clone();
        Request { method: Method::Invite, uri, version: Version::V2, headers: headers.into(), body }
    }
}

/// The CANCEL of an INVITE (RFC 3261 9.1).
#[must_use]
pub(super) fn cancel_of(invite: &Request) -> Option<Request> {
    let seq = invite.cseq_header().ok()?.seq().ok()?;
    let copied = invite.headers.iter().filter(|header| {
        matches!(
            header,
            Header::Via(_) | Header::From(_) | Header::To(_) | Header::CallId(_) | Header::Route(_) | Header::MaxForwards(_)
        )
    });
    let mut headers: Vec<Header> = copied.cloned().collect();
    headers.push(Header::CSeq(format!("{seq} CANCEL").into()));
    headers.push(Header::ContentLength(0.into()));
    let uri = invite.uri.clone();
    Some(Request { method: Method::Cancel, uri, version: Version::V2, headers: headers.into(), body: Vec::new() })
}

/// The same INVITE with a longer session interval, as a request of its own (RFC 4028 7.3).
#[must_use]
#[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum: all else is alike here")]
pub(super) fn with_longer_session(invite: &Request, interval_s: u32) -> Option<Request> {
    let seq = invite.cseq_header().ok()?.seq().ok()?.checked_add(1)?;
    let mut longer = invite.clone();
    for header in longer.headers.iter_mut() {
        match header {
            Header::CSeq(cseq) => *cseq = format!("{seq} INVITE").into(),
            Header::Via(via) => *via = fresh_branch(via.value()).into(),
            Header::SessionExpires(value) => *value = format!("{interval_s};refresher=uac").into(),
            Header::MinSE(value) => *value = interval_s.to_string().into(),
            _ => {}
        }
    }
    Some(longer)
}

fn fresh_branch(via: &str) -> String {
    let mark = super::dialog::branch_mark();
    let sent_by = via.split(';').next().unwrap_or_default();
    format!("{sent_by};branch={mark}{:016x};rport", rand::random::<u64>())
}

/// From: the caller's number and name, so that the phone shows who calls.
fn from_of(caller: &Caller, own: SocketAddr) -> typed::From {
    let user = caller.number.as_ref().map_or("anonymous", |number| &*number.0);
    let display_name = caller.profile.as_ref().map(|profile| shown(&profile.name)).filter(|name| !name.is_empty());
    typed::From { display_name, uri: uri_at(user, own), params: Vec::new() }
}

fn uri_at(user: &str, place: SocketAddr) -> Uri {
    let auth = Some(Auth { user: user.to_owned(), password: None });
    Uri { scheme: Some(Scheme::Sip), auth, host_with_port: place.into(), ..Uri::default() }
}

/// A name that may stand between quotes.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control() && *c != '"' && *c != '\\').take(NAME_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invite() -> Request {
        let text = "INVITE sip:a@192.0.2.9 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKcab1;rport\r\n\
            Max-Forwards: 69\r\nFrom: <sip:b@192.0.2.1>;tag=1\r\nTo: <sip:a@192.0.2.9>\r\nCall-ID: c\r\n\
            CSeq: 1 INVITE\r\nSession-Expires: 1800;refresher=uac\r\nMin-SE: 90\r\nContent-Length: 0\r\n\r\n";
        Request::try_from(text).unwrap()
    }

    #[test]
    fn a_cancel_copies_the_branch_and_the_number() {
        let cancel = cancel_of(&invite()).unwrap();
        assert_eq!(cancel.via_header().unwrap().value(), invite().via_header().unwrap().value());
        assert_eq!(cancel.cseq_header().unwrap().value(), "1 CANCEL");
        assert!(cancel.body.is_empty());
    }

    #[test]
    fn a_longer_session_is_another_request() {
        let longer = with_longer_session(&invite(), 3600).unwrap();
        assert_eq!(longer.cseq_header().unwrap().value(), "2 INVITE");
        assert_eq!(longer.session_expires_header().unwrap().value(), "3600;refresher=uac");
        assert_ne!(longer.via_header().unwrap().value(), invite().via_header().unwrap().value());
    }

    #[test]
    fn a_name_cannot_break_out_of_its_quotes() {
        assert_eq!(shown("A\"\r\nVia: x\\"), "AVia: x");
    }
}
