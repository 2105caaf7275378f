//! Dialog state (RFC 3261 12), ours rather than the library's: what a request inside it needs.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::LazyLock;

use rsipstack::sip::{Header, HeadersExt, Method, Param, Request, Response, Transport, Uri, Version, typed};

use super::listen::Sockets;
use super::note::{self, SEQ_LEAP};
use super::path::Path;
use super::reply::PRODUCT;
use super::tag;

/// Routes a dialog may record; a longer set is refused.
const ROUTES_MAX: usize = 16;
/// Every branch of this process begins so, and nobody else's, another Cabrank's included: RFC 3261's cookie and our mark, by
/// which a loop is recognised.
pub(super) fn branch_mark() -> &'static str {
    static MARK: LazyLock<String> = LazyLock::new(|| format!("z9hG4bKcabrank-{:08x}-", rand::random::<u32>()));
    &MARK
}

/// What names a dialog on our side: its Call-ID and our tag.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct DialogKey {
    /// The Call-ID.
    pub call_id: String,
    /// Our tag.
    pub tag: String,
}

/// A dialog, early or confirmed.
#[derive(Debug, Clone)]
pub(super) struct Dialog {
    /// What names it on our side.
    pub key: DialogKey,
    /// The other side's tag.
    pub remote_tag: String,
    /// Where its messages come from.
    pub path: Path,
    /// Our own address as the other side should use it.
    pub own: SocketAddr,
    /// Whether the other side takes UPDATE.
    pub takes_update: bool,
    local: String,
    remote: String,
    target: Uri,
    routes: Vec<String>,
    local_seq: u32,
    remote_seq: Option<u32>,
}

/// Why a message makes no dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoDialog {
    /// No Contact, or one that cannot be read.
    #[error("Contact is missing or cannot be read")]
    Contact,
    /// A From, To or Call-ID that cannot be read.
    #[error("From, To or Call-ID cannot be read")]
    Identity,
    /// A Record-Route that cannot be read, or too many of them.
    #[error("Record-Route cannot be read")]
    Routes,
}

impl Dialog {
    /// The dialog an INVITE makes when we answer it with `tag` (RFC 3261 12.1.1).
    ///
    /// # Errors
    /// [`NoDialog`]: answer 400.
    pub(super) fn as_server(invite: &Request, tag: &str, path: Path, own: SocketAddr) -> Result<Dialog, NoDialog> {
        let from = invite.from_header().map_err(|_| NoDialog::Identity)?;
        let to = invite.to_header().map_err(|_| NoDialog::Identity)?;
        Ok(Dialog {
            key: DialogKey { call_id: call_id(invite)?, tag: tag.to_owned() },
            remote_tag: tag_of(from.value())?,
            path,
            own,
            takes_update: takes_update(invite),
            local: format!("{};tag={tag}", to.value()),
            remote: from.value().to_owned(),
            target: contact(invite)?,
            routes: routes(invite)?,
            local_seq: 0,
            remote_seq: invite.cseq_header().ok().and_then(|cseq| cseq.seq().ok()),
        })
    }

    /// The dialog a 2xx to an INVITE of ours makes (RFC 3261 12.1.2). It repeats all we said.
    ///
    /// # Errors
    /// [`NoDialog`]: the answer cannot be acknowledged.
    pub(super) fn as_client(answer: &Response, path: Path, own: SocketAddr) -> Result<Dialog, NoDialog> {
        let from = answer.from_header().map_err(|_| NoDialog::Identity)?;
        let to = answer.to_header().map_err(|_| NoDialog::Identity)?;
        let cseq = answer.cseq_header().map_err(|_| NoDialog::Identity)?;
        let mut routes = routes(answer)?;
        routes.reverse();
        Ok(Dialog {
            key: DialogKey { call_id: call_id(answer)?, tag: tag_of(from.value())? },
            remote_tag: tag_of(to.value())?,
            path,
            own,
            takes_update: takes_update(answer),
            local: from.value().to_owned(),
            remote: to.value().to_owned(),
            target: contact(answer)?,
            routes,
            local_seq: cseq.seq().map_err(|_| NoDialog::Identity)?,
            remote_seq: None,
        })
    }

    /// As it is noted for a restart.
    #[must_use]
    pub(super) fn noted(&self) -> note::Dialog {
        note::Dialog {
            call_id: self.key.call_id.clone(),
            tag: self.key.tag.clone(),
            remote_tag: self.remote_tag.clone(),
            path: Some(self.path.noted()),
            own: self.own.to_string(),
            takes_update: self.takes_update,
            local: self.local.clone(),
            remote: self.remote.clone(),
            target: self.target.to_string(),
            routes: self.routes.clone(),
            local_seq: self.local_seq,
            remote_seq: self.remote_seq,
        }
    }

    /// The dialog that a restart has left. Our numbers go on beyond all that may have been used since it was noted.
    #[must_use]
    pub(super) fn resumed(noted: note::Dialog, sockets: &Sockets) -> Option<Dialog> {
        let target = Uri::try_from(noted.target.as_str()).ok()?;
        let path = sockets.path(noted.path.as_ref()?)?;
        // A new connection goes where the other side says it listens.
        let listens = SocketAddr::try_from(target.host_with_port.clone()).ok().filter(|_| path.is_reliable());
        let addr = listens.unwrap_or(path.addr);
        Some(Dialog {
            key: DialogKey { call_id: noted.call_id, tag: noted.tag },
            remote_tag: noted.remote_tag,
            path: path.towards(addr),
            own: noted.own.parse().ok()?,
            takes_update: noted.takes_update,
            local: noted.local,
            remote: noted.remote,
            target,
            routes: noted.routes.into_iter().take(ROUTES_MAX).collect(),
            local_seq: noted.local_seq.checked_add(SEQ_LEAP)?,
            remote_seq: noted.remote_seq,
        })
    }

    /// Takes a request of the other side into account: its number must grow (RFC 3261 12.2.2), a
    /// target refresh moves the target, and where it came from is the way back.
    pub(super) fn accept(&mut self, request: &Request, path: Path) -> bool {
        let Some(seq) = request.cseq_header().ok().and_then(|cseq| cseq.seq().ok()) else { return false };
        if self.remote_seq.is_some_and(|last| seq <= last) {
            return false;
        }
        self.remote_seq = Some(seq);
        self.path = path;
        if matches!(request.method, Method::Invite | Method::Update) {
            self.retarget(request);
        }
        true
    }

    /// A target refresh moves the remote target (RFC 3261 12.2.1.2); one without Contact does not.
    pub(super) fn retarget(&mut self, message: &impl HeadersExt) {
        if let Ok(target) = contact(message) {
            self.target = target;
        }
    }

    /// The next request of ours in this dialog.
    pub(super) fn request(&mut self, method: Method, more: Vec<Header>, body: Vec<u8>) -> Request {
        self.local_seq += 1;
        self.build(method, self.local_seq, more, body)
    }

    /// The ACK to a 2xx of our INVITE with number `seq`: a request of its own (RFC 3261 13.2.2.4).
    #[must_use]
    pub(super) fn ack(&self, seq: u32) -> Request {
        self.build(Method::Ack, seq, Vec::new(), Vec::new())
    }

    /// The number of our latest request.
    #[must_use]
    pub(super) fn seq(&self) -> u32 {
        self.local_seq
    }

    /// How we are reached in this dialog.
    #[must_use]
    pub(super) fn contact(&self) -> Header {
        own_contact(self.own, self.path.transport())
    }

    /// Where our requests go: the way the other side came, unless a proxy put itself in between.
    ///
    /// Through a proxy the way its messages come is its own address as well, so both agree; a
    /// recorded IP address is preferred since a proxy may send from another socket.
    #[must_use]
    pub(super) fn next_hop(&self) -> SocketAddr {
        let first = self.routes.first().and_then(|route| typed::Route::parse(route).ok());
        let recorded = first.and_then(|route| SocketAddr::try_from(route.uri.host_with_port).ok());
        recorded.unwrap_or(self.path.addr)
    }

    fn build(&self, method: Method, seq: u32, more: Vec<Header>, body: Vec<u8>) -> Request {
        let mut headers = Vec::with_capacity(10 + more.len() + self.routes.len());
        headers.push(via(self.own, self.path.transport()));
        let (uri, routes) = self.route();
        headers.extend(routes);
        headers.push(Header::MaxForwards(70.into()));
        headers.push(Header::From(self.local.as_str().into()));
        headers.push(Header::To(self.remote.as_str().into()));
        headers.push(Header::CallId(self.key.call_id.as_str().into()));
        headers.push(Header::CSeq(format!("{seq} {method}").into()));
        headers.push(Header::UserAgent(PRODUCT.into()));
        headers.extend(more);
        headers.push(Header::ContentLength((body.len() as u32).into()));
        Request { method, uri, version: Version::V2, headers: headers.into(), body }
    }

    /// Request-URI and Route headers (RFC 3261 12.2.1.1), a strict router in front included.
    fn route(&self) -> (Uri, Vec<Header>) {
        let strict = self.routes.first().and_then(|first| {
            let uri = typed::Route::parse(first).ok()?.uri;
            (!uri.params.iter().any(|param| matches!(param, Param::Lr))).then_some(uri)
        });
        let Some(router) = strict else {
            return (self.target.clone(), self.routes.iter().map(|route| Header::Route(route.as_str().into())).collect());
        };
        let rest = self.routes.iter().skip(1).cloned();
        let all = rest.chain([format!("<{}>", self.target)]);
        (router, all.map(|route| Header::Route(route.into())).collect())
    }
}

/// A Via of ours with a new branch; the answer comes back to the source port (RFC 3581).
#[must_use]
pub(super) fn via(own: SocketAddr, transport: Transport) -> Header {
    Header::Via(format!("SIP/2.0/{transport} {own};branch={}{:016x};rport", branch_mark(), rand::random::<u64>()).into())
}

/// Our Contact on `own`.
#[must_use]
pub(super) fn own_contact(own: SocketAddr, transport: Transport) -> Header {
    let suffix = if transport == Transport::Tcp { ";transport=tcp" } else { "" };
    Header::Contact(format!("<sip:{own}{suffix}>").into())
}

/// A new tag of ours.
#[must_use]
pub(super) fn new_tag() -> String {
    format!("{:016x}", rand::random::<u64>())
}

/// The key a request or response inside a dialog names, with the other side's tag.
#[must_use]
pub(super) fn named_by_request(request: &Request) -> Option<(DialogKey, String)> {
    let tag = tag::of(request.to_header().ok()?.value()).ok()??.into_owned();
    let remote = tag::of(request.from_header().ok()?.value()).ok()??.into_owned();
    Some((DialogKey { call_id: call_id(request).ok()?, tag }, remote))
}

/// As [`named_by_request`], for the answer to a request of ours.
#[must_use]
pub(super) fn named_by_answer(answer: &Response) -> Option<(DialogKey, String)> {
    let tag = tag::of(answer.from_header().ok()?.value()).ok()??.into_owned();
    let remote = tag::of(answer.to_header().ok()?.value()).ok()??.into_owned();
    Some((DialogKey { call_id: call_id(answer).ok()?, tag }, remote))
}

fn call_id(message: &impl HeadersExt) -> Result<String, NoDialog> {
    message.call_id_header().map(|id| id.value().to_owned()).map_err(|_| NoDialog::Identity)
}

fn tag_of(value: &str) -> Result<String, NoDialog> {
    let tag = tag::of(value).ok().flatten();
    tag.map(Cow::into_owned).filter(|tag| !tag.is_empty()).ok_or(NoDialog::Identity)
}

fn contact(message: &impl HeadersExt) -> Result<Uri, NoDialog> {
    let contacts = message.typed_contact_headers().map_err(|_| NoDialog::Contact)?;
    contacts.into_iter().next().map(|contact| contact.uri).ok_or(NoDialog::Contact)
}

fn takes_update(message: &impl HeadersExt) -> bool {
    message.headers().iter().any(|header| {
        let Header::Allow(methods) = header else { return false };
        methods.value().split(',').any(|method| method.trim() == "UPDATE")
    })
}

fn routes(message: &impl HeadersExt) -> Result<Vec<String>, NoDialog> {
    let routes = message.typed_record_route_headers().map_err(|_| NoDialog::Routes)?;
    if routes.len() > ROUTES_MAX {
        return Err(NoDialog::Routes);
    }
    Ok(routes.iter().map(ToString::to_string).collect())
}
