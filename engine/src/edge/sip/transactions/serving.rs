//! Requests that came in (RFC 3261 17.2, RFC 6026 7.1).

use rsipstack::sip::{HeadersExt as _, Method, Request, Response, StatusCode, StatusCodeKind};

use super::super::dialog::new_tag;
use super::super::event::LegId;
use super::super::path::Path;
use super::super::reply::Reply;
use super::super::tag;
use super::alarms::Alarm;
use super::wire::{self, Packet};
use super::{Ended, Incoming, REMEMBERED, Tables, Taken, Transactions, TxId, name};

/// A request and what became of it.
#[derive(Debug)]
pub(super) struct Server {
    name: Box<str>,
    is_invite: bool,
    path: Path,
    /// Who is told of a CANCEL, an ACK or its absence.
    leg: Option<LegId>,
    stage: Stage,
    /// The newest response, as long as it may be needed again.
    last: Option<Packet>,
    /// The To tag of its responses.
    tag: Option<Box<str>>,
    /// What the ACK to its 2xx names.
    ack: Option<Box<str>>,
    pause_ms: u64,
}

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It waits for its final response.
    Open,
    /// An INVITE's 2xx waits for its ACK.
    Accepted,
    /// Another final response to an INVITE waits for its ACK.
    Refused,
    /// All is said; a repetition gets the same answer, if there still is one.
    Over,
}

impl Server {
    /// What is to be sent again, if anything, and the pause after it.
    pub(super) fn again(&mut self, t2_ms: u64) -> Option<(Packet, Path, u64)> {
        match self.stage {
            Stage::Accepted | Stage::Refused => {
                self.pause_ms = (self.pause_ms * 2).min(t2_ms);
                Some((self.last.clone()?, self.path.clone(), self.pause_ms))
            }
            Stage::Open | Stage::Over => None,
        }
    }
}

impl Transactions {
    /// Whether as much is going on as may.
    pub(in super::super) fn is_full(&self, opens: bool) -> bool {
        let tables = self.tables.borrow();
        let limit = if opens { self.running_max } else { self.running_max * 2 };
        tables.running >= limit || tables.servers.len() >= self.running_max * REMEMBERED
    }

    /// Takes a request that came along `path`.
    pub(in super::super) fn take(&self, request: Request, path: Path) -> Taken {
        let Some(name) = name::of_request(&request) else { return Taken::Nothing };
        match request.method {
            Method::Ack => self.take_ack(&name, request),
            Method::Cancel => self.take_cancel(&name, &request, &path),
            Method::Invite
            | Method::Bye
            | Method::Info
            | Method::Message
            | Method::Notify
            | Method::Options
            | Method::PRack
            | Method::Publish
            | Method::Refer
            | Method::Register
            | Method::Subscribe
            | Method::Update => self.take_new(name, request, path),
        }
    }

    /// A request is repeated until it is answered, and its answer with it.
    fn take_new(&self, name: String, request: Request, path: Path) -> Taken {
        let mut tables = self.tables.borrow_mut();
        if let Some(server) = tables.by_request.get(name.as_str()).and_then(|id| tables.servers.get(id)) {
            // Its 2xx is repeated in its own time (RFC 6026 7.1).
            if server.stage != Stage::Accepted
                && let Some(last) = &server.last
            {
                self.wire.send(last, &server.path, None);
            }
            return Taken::Nothing;
        }
        let id = tables.new_id();
        let name: Box<str> = name.into();
        let is_invite = request.method == Method::Invite;
        let server = Server {
            name: name.clone(),
            is_invite,
            path: path.clone(),
            leg: None,
            stage: Stage::Open,
            last: None,
            tag: None,
            ack: None,
            pause_ms: self.t1_ms,
        };
        tables.running += 1;
        tables.by_request.insert(name, id);
        tables.servers.insert(id, server);
        Taken::New(Box::new(Incoming { original: request, path, id }))
    }

    fn take_ack(&self, name: &str, ack: Request) -> Taken {
        let mut tables = self.tables.borrow_mut();
        let tables = &mut *tables;
        let known = tables.by_request.get(name).copied().or_else(|| tables.by_ack.get(&*named_by_ack(&ack)?).copied());
        let Some(server) = known.and_then(|id| tables.servers.get_mut(&id)) else { return Taken::Nothing };
        let taken = match (server.stage, server.leg) {
            (Stage::Accepted, Some(leg)) => Taken::Acked(leg, ack.body),
            (Stage::Accepted, None) | (Stage::Open | Stage::Refused | Stage::Over, _) => Taken::Nothing,
        };
        match server.stage {
            Stage::Accepted | Stage::Refused => {
                server.stage = Stage::Over;
                server.last = None;
                tables.running = tables.running.saturating_sub(1);
            }
            Stage::Open | Stage::Over => {}
        }
        taken
    }

    /// RFC 3261 9.2: the CANCEL is answered by itself, with the tag of its INVITE's responses.
    fn take_cancel(&self, name: &str, cancel: &Request, path: &Path) -> Taken {
        let tables = self.tables.borrow();
        let server = tables.by_request.get(name).and_then(|id| tables.servers.get(id)).filter(|server| server.is_invite);
        let status = if server.is_some() { StatusCode::OK } else { StatusCode::CallTransactionDoesNotExist };
        let tag = server.and_then(|server| server.tag.as_deref().map(str::to_owned)).unwrap_or_else(new_tag);
        self.wire.send(&wire::response(&Reply::to(cancel, &tag).bare(status, Vec::new())), path, None);
        match server.map(|server| (server.stage, server.leg)) {
            Some((Stage::Open, Some(leg))) => Taken::Cancelled(leg),
            Some((Stage::Open | Stage::Accepted | Stage::Refused | Stage::Over, _)) | None => Taken::Nothing,
        }
    }

    /// An INVITE whose responses come later, all with this tag: 100 at once. `leg` is told of a CANCEL and of the ACK.
    pub(in super::super) fn serve_invite(&self, incoming: &Incoming, leg: LegId, reply: &Reply, tag: &str) {
        self.watch(incoming.id, leg, Some(tag));
        self.respond(incoming.id, &reply.bare(StatusCode::Trying, Vec::new()));
    }

    /// `leg` is told of the ACK to the 2xx.
    pub(in super::super) fn watch(&self, id: TxId, leg: LegId, tag: Option<&str>) {
        if let Some(server) = self.tables.borrow_mut().servers.get_mut(&id) {
            server.leg = Some(leg);
            server.tag = tag.map(Into::into);
        }
    }

    /// Sends a response, and again as it must be. One to a transaction that is over changes nothing.
    pub(in super::super) fn respond(&self, id: TxId, response: &Response) {
        let mut tables = self.tables.borrow_mut();
        let tables = &mut *tables;
        let Some(server) = tables.servers.get_mut(&id).filter(|server| server.stage == Stage::Open) else { return };
        let packet = wire::response(response);
        self.wire.send(&packet, &server.path, None);
        server.last = Some(packet);
        match (response.status_code.kind(), server.is_invite) {
            (StatusCodeKind::Provisional, _) => return,
            (StatusCodeKind::Successful, true) => {
                server.stage = Stage::Accepted;
                if let Some(ack) = named_by_answer(response) {
                    let ack: Box<str> = ack.into();
                    server.ack = Some(ack.clone());
                    tables.by_ack.insert(ack, id);
                }
            }
            (_, true) => server.stage = Stage::Refused,
            (_, false) => {
                server.stage = Stage::Over;
                tables.running = tables.running.saturating_sub(1);
            }
        }
        // RFC 3261 13.3.1.4: a 2xx is repeated whatever carries it.
        if server.stage == Stage::Accepted || (server.stage == Stage::Refused && !server.path.is_reliable()) {
            tables.alarms.set(self.now_ms(), self.t1_ms, id, Alarm::Again);
        }
        tables.alarms.set(self.now_ms(), self.end_ms(), id, Alarm::End);
    }

    /// Answers what has no transaction, and is forgotten at once.
    pub(in super::super) fn answer_unseen(&self, response: &Response, path: &Path) {
        self.wire.send(&wire::response(response), path, None);
    }

    /// Forgets a request whose time is over.
    pub(super) fn end_server(&self, tables: &mut Tables, id: TxId) -> Option<Ended> {
        let server = tables.servers.remove(&id)?;
        tables.by_request.remove(&server.name);
        if let Some(ack) = &server.ack
            && tables.by_ack.get(ack) == Some(&id)
        {
            tables.by_ack.remove(ack);
        }
        if server.stage != Stage::Over {
            tables.running = tables.running.saturating_sub(1);
        }
        server.leg.filter(|_| server.stage == Stage::Accepted).map(Ended::Unacked)
    }
}

fn named_by_ack(ack: &Request) -> Option<String> {
    let tag = tag::of(ack.to_header().ok()?.value()).ok()??;
    name::of_ack(ack.call_id_header().ok()?.value(), &tag, ack.cseq_header().ok()?.value())
}

fn named_by_answer(answer: &Response) -> Option<String> {
    let tag = tag::of(answer.to_header().ok()?.value()).ok()??;
    name::of_ack(answer.call_id_header().ok()?.value(), &tag, answer.cseq_header().ok()?.value())
}
