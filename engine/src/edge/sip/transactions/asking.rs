//! Requests of ours (RFC 3261 17.1, RFC 6026 7.2).

use rsipstack::sip::{Header, HeadersExt as _, Method, Request, Response, StatusCodeKind};

use super::super::event::{LegId, RingId};
use super::super::path::Path;
use super::alarms::Alarm;
use super::wire::{self, Packet};
use super::{Answered, Ended, TIMER_C_MS, Tables, Transactions, TxId, Way, name};

/// A request of ours and what it waits for.
#[derive(Debug)]
pub(super) struct Client {
    name: Box<str>,
    packet: Packet,
    /// Where it goes; `None` until a way is found.
    path: Option<Path>,
    purpose: Purpose,
    /// An INVITE, for the ACK to its refusal.
    invite: Option<Box<Request>>,
    /// A provisional answer came.
    is_heard: bool,
    /// A final answer came, and it was refused.
    is_refused: bool,
    /// The ACK to the refusal, repeated whenever the refusal is.
    ack: Option<Packet>,
    pause_ms: u64,
    until_ms: u64,
}

/// Who waits for the answer.
#[derive(Debug, Clone, Copy)]
enum Purpose {
    Ring(RingId),
    Refresh(LegId, Method),
    /// Nobody.
    Tell,
}

impl Client {
    /// What is to be sent again, if anything, and the pause after it.
    pub(super) fn again(&mut self, t2_ms: u64) -> Option<(Packet, Path, u64)> {
        let is_invite = self.invite.is_some();
        if self.is_refused || (is_invite && self.is_heard) {
            return None;
        }
        // RFC 3261 17.1.1.2: an INVITE's pause doubles without end, any other's to T2.
        self.pause_ms = match (is_invite, self.is_heard) {
            (true, _) => self.pause_ms * 2,
            (false, false) => (self.pause_ms * 2).min(t2_ms),
            (false, true) => t2_ms,
        };
        Some((self.packet.clone(), self.path.clone()?, self.pause_ms))
    }

    fn ended(&self) -> Option<Ended> {
        match self.purpose {
            Purpose::Ring(ring) => Some(Ended::Ring(ring)),
            Purpose::Refresh(leg, method) => Some(Ended::Refresh(leg, method)),
            Purpose::Tell => None,
        }
    }
}

impl Transactions {
    /// Sends an INVITE of ours; every answer is told.
    pub(in super::super) fn ring(&self, ring: RingId, invite: Request, way: Way) {
        self.open(invite, way, Purpose::Ring(ring));
    }

    /// Sends a request inside a dialog; its final answer is told.
    pub(in super::super) fn ask(&self, leg: LegId, request: Request, way: Way) {
        let method = request.method;
        self.open(request, way, Purpose::Refresh(leg, method));
    }

    /// Sends a request whose answer changes nothing: BYE, CANCEL, NOTIFY.
    pub(in super::super) fn tell(&self, request: Request, way: Way) {
        self.open(request, way, Purpose::Tell);
    }

    /// Sends an ACK to a 2xx, which has no transaction.
    pub(in super::super) fn acknowledge(&self, ack: &Request, way: Way) {
        self.wire.send_by(wire::request(ack), way);
    }

    fn open(&self, request: Request, way: Way, purpose: Purpose) {
        let Some(name) = name::of_own(&request) else { return };
        let name: Box<str> = name.into();
        let mut tables = self.tables.borrow_mut();
        let tables = &mut *tables;
        let id = tables.new_id();
        let client = Client {
            name: name.clone(),
            packet: wire::request(&request),
            path: None,
            purpose,
            invite: (request.method == Method::Invite).then(|| Box::new(request)),
            is_heard: false,
            is_refused: false,
            ack: None,
            pause_ms: self.t1_ms,
            until_ms: self.now_ms() + self.end_ms(),
        };
        tables.running += 1;
        tables.by_own.insert(name, id);
        tables.clients.insert(id, client);
        tables.alarms.set(self.now_ms(), self.end_ms(), id, Alarm::End);
        match way {
            Way::Open(path) if path.is_open() => self.go(tables, id, path),
            Way::Open(_) | Way::Named(_) => self.wire.find(id, way),
        }
    }

    /// A way was found.
    pub(in super::super) fn found(&self, id: TxId, path: Path) {
        self.go(&mut self.tables.borrow_mut(), id, path);
    }

    fn go(&self, tables: &mut Tables, id: TxId, path: Path) {
        let Some(client) = tables.clients.get_mut(&id) else { return };
        self.wire.send(&client.packet, &path, Some(id));
        if !path.is_reliable() {
            tables.alarms.set(self.now_ms(), self.t1_ms, id, Alarm::Again);
        }
        client.path = Some(path);
    }

    /// There is no way, or it took nothing.
    pub(in super::super) fn unsent(&self, id: TxId) -> Option<Ended> {
        self.forget(&mut self.tables.borrow_mut(), id)?.ended()
    }

    /// Takes a response.
    pub(in super::super) fn take_response(&self, response: Box<Response>) -> Answered {
        let mut tables = self.tables.borrow_mut();
        let id = name::of_response(&response).and_then(|name| tables.by_own.get(name.as_str()).copied());
        let Some((id, client)) = id.and_then(|id| Some((id, tables.clients.get_mut(&id)?))) else { return stray(response) };
        let purpose = client.purpose;
        match (response.status_code.kind(), client.invite.is_some()) {
            (StatusCodeKind::Provisional, is_invite) => {
                client.is_heard = true;
                if is_invite {
                    // It may ring for longer than anything else is waited for.
                    client.until_ms = client.until_ms.max(self.now_ms() + TIMER_C_MS);
                }
                match purpose {
                    Purpose::Ring(ring) => Answered::Ring(ring, response),
                    Purpose::Refresh(..) | Purpose::Tell => Answered::Nothing,
                }
            }
            (StatusCodeKind::Successful, true) | (_, false) => {
                self.forget(&mut tables, id);
                told(purpose, response)
            }
            (_, true) => self.refused(&mut tables, id, response),
        }
    }

    /// RFC 3261 17.1.1.2: the refusal of an INVITE is acknowledged, each time it comes.
    fn refused(&self, tables: &mut Tables, id: TxId, response: Box<Response>) -> Answered {
        let now_ms = self.now_ms();
        let Some(client) = tables.clients.get_mut(&id) else { return Answered::Nothing };
        let Some(path) = &client.path else { return Answered::Nothing };
        if !client.is_refused {
            let ack = client.invite.as_ref().and_then(|invite| ack_of(invite, &response));
            client.ack = ack.map(|ack| wire::request(&ack));
        }
        if let Some(ack) = &client.ack {
            self.wire.send(ack, path, None);
        }
        if std::mem::replace(&mut client.is_refused, true) {
            return Answered::Nothing;
        }
        client.until_ms = now_ms + self.end_ms();
        let purpose = client.purpose;
        tables.running = tables.running.saturating_sub(1);
        told(purpose, response)
    }

    /// The time of a request of ours is over, unless it has got more meanwhile.
    pub(super) fn end_client(&self, tables: &mut Tables, id: TxId) -> Option<Ended> {
        let (now_ms, until_ms) = (self.now_ms(), tables.clients.get(&id)?.until_ms);
        if now_ms < until_ms {
            tables.alarms.set(now_ms, self.end_ms(), id, Alarm::End);
            return None;
        }
        let client = self.forget(tables, id)?;
        client.ended().filter(|_| !client.is_refused)
    }

    fn forget(&self, tables: &mut Tables, id: TxId) -> Option<Client> {
        let client = tables.clients.remove(&id)?;
        tables.by_own.remove(&client.name);
        if !client.is_refused {
            tables.running = tables.running.saturating_sub(1);
        }
        Some(client)
    }
}

fn told(purpose: Purpose, response: Box<Response>) -> Answered {
    match purpose {
        Purpose::Ring(ring) => Answered::Ring(ring, response),
        Purpose::Refresh(leg, method) => Answered::Refreshed(leg, method, response),
        Purpose::Tell => Answered::Nothing,
    }
}

/// A 2xx to an INVITE that no transaction waits for; its sender repeats it until it is acknowledged.
fn stray(response: Box<Response>) -> Answered {
    let to_invite = response.cseq_header().is_ok_and(|cseq| cseq.value().trim_end().ends_with("INVITE"));
    let is_ok = response.status_code.kind() == StatusCodeKind::Successful;
    if to_invite && is_ok { Answered::StrayOk(response) } else { Answered::Nothing }
}

/// The ACK to a refusal (RFC 3261 17.1.1.3).
#[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum: all else is alike here")]
fn ack_of(invite: &Request, response: &Response) -> Option<Request> {
    let to = response.to_header().ok()?.clone();
    let mut headers = Vec::with_capacity(8);
    let mut vias = 0;
    for header in invite.headers.iter() {
        match header {
            Header::Via(_) => {
                vias += 1;
                if vias == 1 {
                    headers.push(header.clone());
                }
            }
            Header::From(_) | Header::CallId(_) | Header::Route(_) | Header::MaxForwards(_) => headers.push(header.clone()),
            Header::CSeq(cseq) => {
                let seq = cseq.value().split_whitespace().next()?.to_owned();
                headers.push(Header::CSeq(format!("{seq} ACK").into()));
            }
            _ => {}
        }
    }
    headers.push(Header::To(to));
    headers.push(Header::ContentLength(0.into()));
    let (uri, version) = (invite.uri.clone(), invite.version);
    Some(Request { method: Method::Ack, uri, version, headers: headers.into(), body: Vec::new() })
}
