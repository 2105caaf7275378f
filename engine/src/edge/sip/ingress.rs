//! A new INVITE: every reason to turn it away, then the desk is told of the call.

use cabrank_core::{CallId, Caller, Input, LineId, Trust};
use rsipstack::sip::{Header, HeadersExt as _, Request, StatusCode};

use super::dialog::{Dialog, branch_mark, new_tag};
use super::edge::Edge;
use super::event::LegId;
use super::leg::{CallerLeg, CallerPhase, Exchange, Offered, Session, Talk};
use super::legs::RequestKey;
use super::methods::SDP;
use super::note::{Invited, Key};
use super::number;
use super::path::Path;
use super::reply::{Reply, retry_after};
use super::requests::{branches, check_common, hops_of};
use super::sdp::{LocalAudio, Offer, SdpFault, read_offer};
use super::session_timer::{self, Asked, MIN_SE_S, SessionTimer};
use super::tag;
use super::transactions::{Incoming, octets};
use super::trunk::{self, TrunkId};
use super::uui;
use crate::backlog::Backlog;
use crate::lane::unix_micros_now;

/// A refusal: status and the headers it needs.
pub(super) type Refusal = (StatusCode, Vec<Header>);

/// What an INVITE asks for, all of it acceptable.
#[derive(Debug)]
pub(super) struct Wanted {
    /// Who calls, as far as the trunk's word goes.
    pub caller: Caller,
    /// Our tag in the dialog.
    pub tag: String,
    line: LineId,
    trunk: TrunkId,
    identity: trunk::Trust,
    hops: u32,
    offer: Option<Offer>,
    session: Option<SessionTimer>,
    dialog: Dialog,
}

/// Whether the 100 to an INVITE was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trying {
    /// Not yet.
    Owed,
    /// It was.
    Sent,
}

impl Edge {
    /// Takes an INVITE that opens a call, or turns it away.
    pub(super) fn on_invite(&mut self, tx: Incoming) {
        let wanted = match self.wanted(&tx.original, tx.path.clone()) {
            Ok(wanted) => wanted,
            Err((status, more)) => return self.refuse(tx, status, more),
        };
        let call = self.new_call();
        match wanted.identity {
            trunk::Trust::Trusted | trunk::Trust::Untrusted => self.offer(call, tx, wanted, Trying::Owed),
            trunk::Trust::Attested => self.attest(call, tx, wanted),
        }
    }

    /// Tells the desk of a call, and answers as it says.
    pub(super) fn offer(&mut self, call: CallId, tx: Incoming, wanted: Wanted, trying: Trying) {
        let Ok((stream, addr)) = self.media.open(wanted.dialog.own.ip()) else {
            tracing::warn!("no media port for a new call");
            return self.refuse_busy(tx);
        };
        let (line, caller, trunk) = (wanted.line, wanted.caller.clone(), wanted.trunk);
        tracing::debug!(%call, caller = caller.number.as_ref().map(|number| tracing::field::display(number.masked())), "a call came in");
        let local = LocalAudio::new(addr, rand::random::<u32>().into());
        let invited = Invited {
            invite: octets(&tx.original),
            tag: wanted.tag.clone(),
            path: Some(tx.path.noted()),
            local: Some(local.noted()),
            at_ms: unix_micros_now() / 1_000,
        };
        let note = self.note_of_invite(call, wanted.hops, invited);
        let input = Input::CallOffered { call, line, open: self.house.is_open(line), caller };
        if self.desk.offer_noted(note, input).is_err() {
            self.media.close(stream);
            self.note_lost(&Key::Caller(call));
            return self.refuse_busy(tx);
        }
        self.origins.note(call, trunk);
        if trying == Trying::Owed {
            let reply = Reply::to(&tx.original, &wanted.tag);
            self.transactions.serve_invite(&tx, LegId::Caller(call), &reply, &wanted.tag);
        }
        self.admit(call, &tx, wanted, |dialog| talk(dialog, stream, local));
    }

    /// The line a user part names.
    #[must_use]
    pub(super) fn line_of(&self, user: &str) -> Option<LineId> {
        let found = |name: &str| self.lines.get(name).copied();
        found(user).or_else(|| found(&self.numbers.normalise(user)?.0))
    }

    fn admit(&mut self, call: CallId, tx: &Incoming, wanted: Wanted, talk: impl FnOnce(Dialog) -> Talk) {
        let reply = Reply::to(&tx.original, &wanted.tag);
        let since_ms = self.now_ms();
        let offered = Offered { reply, transaction: tx.id(), offer: wanted.offer, session: wanted.session, since_ms };
        let leg = CallerLeg {
            line: wanted.line,
            caller: wanted.caller,
            hops: wanted.hops,
            talk: talk(wanted.dialog),
            phase: CallerPhase::Offered(Box::new(offered)),
            confirmed: false,
            newest_play: 0,
            with: None,
        };
        self.legs.add_caller(call, leg);
    }

    fn refuse_busy(&self, tx: Incoming) {
        self.refuse(tx, StatusCode::ServiceUnavailable, vec![retry_after(self.limits.retry_after_s)]);
    }

    fn wanted(&self, invite: &Request, path: Path) -> Result<Wanted, Refusal> {
        self.check_room()?;
        let hops = check_loop(invite)?;
        self.check_merged(invite)?;
        check_common(invite)?;
        let (trunk, identity) = self.check_source(&path)?;
        let line = self.line(invite)?;
        let session = check_session(invite)?;
        let offer = check_offer(invite)?;
        let tag = new_tag();
        let own = self.wire.sockets.own_addr(path.transport(), path.addr);
        let dialog = Dialog::as_server(invite, &tag, path, own).map_err(|fault| bad(&fault.to_string()))?;
        let caller = self.caller(invite, identity.believes());
        Ok(Wanted { caller, tag, line, trunk, identity, hops, offer, session, dialog })
    }

    fn check_room(&self) -> Result<(), Refusal> {
        let behind = self.behind > Backlog::DELAY_MAX;
        if behind {
            self.desk.door().turn_away();
        }
        let full = self.legs.len() + self.verifying.len() >= self.limits.legs_max || self.desk.is_behind() || behind;
        if self.is_draining() || full {
            return Err((StatusCode::ServiceUnavailable, vec![retry_after(self.limits.retry_after_s)]));
        }
        Ok(())
    }

    /// RFC 3261 8.2.2.2: the same request on another path is answered 482.
    pub(super) fn check_merged(&self, invite: &Request) -> Result<(), Refusal> {
        let from_tag = invite.from_header().ok().and_then(|from| tag::of(from.value()).ok().flatten());
        let call_id = invite.call_id_header().map(|id| id.value().to_owned()).unwrap_or_default();
        let key = RequestKey { call_id, from_tag: from_tag.map(|tag| tag.to_string()).unwrap_or_default() };
        if self.legs.is_merged(&key) { Err((StatusCode::LoopDetected, Vec::new())) } else { Ok(()) }
    }

    /// Only trunks send calls; which one this is, and how far it is believed. Nothing about users is looked
    /// at before, so the answer and its time tell nothing about them.
    fn check_source(&self, path: &Path) -> Result<(TrunkId, trunk::Trust), Refusal> {
        let trunk = self.trunks.of(path.ip());
        trunk.map(|(id, trunk)| (id, trunk.trust)).ok_or((StatusCode::Forbidden, Vec::new()))
    }

    fn line(&self, invite: &Request) -> Result<LineId, Refusal> {
        let line = number::user_of(&invite.uri).and_then(|user| self.line_of(&user));
        line.ok_or((StatusCode::NotFound, Vec::new()))
    }

    fn caller(&self, invite: &Request, believed: bool) -> Caller {
        let number = number::caller(invite, believed, &self.numbers);
        let profile = number.as_ref().and_then(|number| self.house.profile(number));
        let trust = if believed { Trust::Trusted } else { Trust::Untrusted };
        Caller { number, trust, token: uui::token(invite), profile }
    }
}

fn talk(dialog: Dialog, stream: crate::media::StreamId, local: LocalAudio) -> Talk {
    Talk { dialog, stream, local, remote: None, latched: None, exchange: Exchange::Idle, session: Session::NONE }
}

/// A request of ours that came back is a loop (482); one that was forwarded too often ends (483).
fn check_loop(invite: &Request) -> Result<u32, Refusal> {
    if branches(invite).any(|branch| branch.starts_with(branch_mark())) {
        return Err((StatusCode::LoopDetected, Vec::new()));
    }
    match hops_of(invite) {
        Some(0) => Err((StatusCode::TooManyHops, Vec::new())),
        Some(hops) => Ok(hops.min(255)),
        None => Err(bad("Max-Forwards cannot be read")),
    }
}

/// RFC 4028 9.
pub(super) fn check_session(request: &Request) -> Result<Option<SessionTimer>, Refusal> {
    match session_timer::asked(request) {
        Asked::Nothing => Ok(None),
        Asked::Agreed(timer) => Ok(Some(timer)),
        Asked::TooSmall => Err((StatusCode::SessionIntervalTooSmall, vec![Header::MinSE(MIN_SE_S.to_string().into())])),
        Asked::Malformed => Err(bad("Session-Expires cannot be read")),
    }
}

/// The offer of a request; `None` when it has no body. 415, 400 or 488 when it cannot be taken.
pub(super) fn check_offer(request: &Request) -> Result<Option<Offer>, Refusal> {
    if request.body.is_empty() {
        return Ok(None);
    }
    if !has_sdp(request) {
        return Err((StatusCode::UnsupportedMediaType, vec![Header::Accept(SDP.into())]));
    }
    read_offer(&request.body).map(Some).map_err(|fault| match fault {
        SdpFault::Malformed(_) => bad(&fault.to_string()),
        SdpFault::NothingInCommon => {
            // RFC 3261 20.43: 305 is the warning for incompatible media formats.
            (StatusCode::NotAcceptableHere, vec![Header::Warning("305 cabrank \"PCMU or PCMA is needed\"".into())])
        }
    })
}

fn has_sdp(request: &Request) -> bool {
    let plain = request.header_value("Content-Encoding").is_none_or(|how| how.eq_ignore_ascii_case("identity"));
    let kind = request.header_value("Content-Type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_owned();
    plain && kind.eq_ignore_ascii_case(SDP)
}

fn bad(what: &str) -> Refusal {
    // Our own words only, but a fault may quote foreign text: no quotes, no line ends.
    let what: String = what.chars().filter(|c| !c.is_control() && *c != '"' && *c != '\\').collect();
    (StatusCode::BadRequest, vec![Header::Warning(format!("399 cabrank \"{what}\"").into())])
}
