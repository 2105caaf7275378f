//! A telephone's side of a dialog, as text.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::T1;
use crate::wire::header;

#[derive(Debug)]
pub(super) struct Dialog {
    pub(super) call_id: String,
    pub(super) invite: String,
    /// A provisional answer came: the INVITE is not repeated any more.
    pub(super) heard: bool,
    /// Answered and acknowledged.
    pub(super) confirmed: bool,
    pub(super) media: Option<SocketAddr>,
    /// The INVITE that opened it, if it was theirs.
    pub(super) incoming: Option<Incoming>,
    /// Our 200 and when it is repeated.
    pub(super) unacknowledged: Option<(String, Instant)>,
    /// Our request that waits for its answer, and when it is repeated.
    pub(super) asked: Option<(String, Instant)>,
    local: String,
    remote: String,
    target: String,
    cseq: u32,
    due: Instant,
}

/// An INVITE and our latest answer.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) invite: String,
    pub(super) last: String,
}

impl Dialog {
    pub(super) fn outgoing(number: &str, own: SocketAddr, engine: SocketAddr, body: &str) -> Dialog {
        let id = unique();
        let local = format!("<sip:{number}@127.0.0.1>;tag=t{id}");
        let (remote, target) = (format!("<sip:taxi@{engine}>"), format!("sip:taxi@{engine}"));
        let mut dialog = Dialog {
            call_id: format!("{id}@phones"),
            invite: String::new(),
            heard: false,
            confirmed: false,
            media: None,
            incoming: None,
            unacknowledged: None,
            asked: None,
            local,
            remote,
            target,
            cseq: 1,
            due: Instant::now() + T1,
        };
        dialog.invite = dialog.text("INVITE", 1, own, "application/sdp", body);
        dialog
    }

    pub(super) fn incoming(invite: &str) -> Dialog {
        let of = |name| header(invite, name).unwrap_or_default().to_owned();
        let contact = of("Contact");
        Dialog {
            call_id: of("Call-ID"),
            invite: String::new(),
            heard: true,
            confirmed: false,
            media: media_of(invite),
            incoming: None,
            unacknowledged: None,
            asked: None,
            local: format!("{};tag={TAG}", of("To")),
            remote: of("From"),
            target: contact.trim_matches(['<', '>']).to_owned(),
            cseq: 0,
            due: Instant::now(),
        }
    }

    /// A request of ours; it is repeated until it is answered.
    pub(super) fn ask(&mut self, method: &str, own: SocketAddr, kind: &str, body: &str) -> String {
        self.cseq += 1;
        let text = self.text(method, self.cseq, own, kind, body);
        self.asked = Some((text.clone(), Instant::now() + T1));
        text
    }

    /// Whether this CSeq answers what was asked.
    pub(super) fn is_answer(&self, cseq: &str) -> bool {
        self.asked.as_ref().is_some_and(|(asked, _)| header(asked, "CSeq") == Some(cseq))
    }

    /// A final answer to an INVITE of ours: its ACK.
    pub(super) fn accepted(&mut self, response: &str, own: SocketAddr, cseq: &str) -> String {
        self.remote = header(response, "To").unwrap_or_default().to_owned();
        if let Some(contact) = header(response, "Contact") {
            self.target = contact.trim_matches(['<', '>']).to_owned();
        }
        self.media = media_of(response);
        self.confirmed = true;
        if self.is_answer(cseq) {
            self.asked = None;
        }
        let number = cseq.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(1);
        self.text("ACK", number, own, "", "")
    }

    /// What is to be sent again now.
    pub(super) fn again(&mut self) -> Option<String> {
        let now = Instant::now();
        if !self.heard && !self.confirmed && now >= self.due {
            self.due = now + T1;
            return Some(self.invite.clone());
        }
        let mut waiting = [&mut self.asked, &mut self.unacknowledged].into_iter().flatten();
        let (text, due) = waiting.find(|(_, due)| *due <= now)?;
        *due = now + T1;
        Some(text.clone())
    }

    fn text(&self, method: &str, cseq: u32, own: SocketAddr, kind: &str, body: &str) -> String {
        let Dialog { call_id, local, remote, target, .. } = self;
        let kind = if kind.is_empty() { String::new() } else { format!("Content-Type: {kind}\r\n") };
        format!(
            "{method} {target} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bK-p{};rport\r\nMax-Forwards: 70\r\nFrom: {local}\r\n\
             To: {remote}\r\nCall-ID: {call_id}\r\nCSeq: {cseq} {method}\r\nContact: <sip:phone@{own}>\r\n{kind}\
             Content-Length: {}\r\n\r\n{body}",
            unique(),
            body.len()
        )
    }
}

const TAG: &str = "rung";

/// An answer to a request.
pub(super) fn reply(request: &str, status: &str, own: SocketAddr, body: &str) -> String {
    let of = |name| header(request, name).unwrap_or_default();
    let to = of("To");
    let tag = if to.contains(";tag=") || status.starts_with("100") { String::new() } else { format!(";tag={TAG}") };
    let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
    format!(
        "SIP/2.0 {status}\r\nVia: {}\r\nFrom: {}\r\nTo: {to}{tag}\r\nCall-ID: {}\r\nCSeq: {}\r\nContact: <sip:phone@{own}>\r\n{kind}\
         Content-Length: {}\r\n\r\n{body}",
        of("Via"),
        of("From"),
        of("Call-ID"),
        of("CSeq"),
        body.len()
    )
}

/// Where a description wants its audio.
fn media_of(message: &str) -> Option<SocketAddr> {
    let port = message.lines().find_map(|line| line.strip_prefix("m=audio "))?.split(' ').next()?.parse().ok()?;
    Some(SocketAddr::from(([127, 0, 0, 1], port)))
}

fn unique() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let process = u64::from(std::process::id());
    (process << 32) | NEXT.fetch_add(1, Ordering::Relaxed)
}
