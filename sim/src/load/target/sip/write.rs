//! SIP messages as they go.

use super::leg::{Datagram, Peer};
use super::message::{Message, push};
use std::fmt::Write;
use std::net::SocketAddr;
use std::rc::Rc;

/// What stays the same in all messages of a generator.
#[derive(Clone, Debug)]
pub(super) struct Pen {
    /// Where we hear, as text.
    pub(super) here: String,
    /// Tells this run's calls from another's.
    pub(super) salt: String,
    /// What callers dial: the request's URI.
    pub(super) line: String,
    /// Our voice: where, and what it can.
    pub(super) sdp: Rc<str>,
}

const ALLOW: &str = "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE\r\n";
const SDP: &str = "Content-Type: application/sdp\r\n";

impl Pen {
    pub(super) fn new(here: SocketAddr, salt: &str, line: &str, sdp: &str) -> Pen {
        Pen { here: here.to_string(), salt: salt.to_owned(), line: line.to_owned(), sdp: sdp.into() }
    }

    /// The `Call-ID` of one of our calls.
    pub(super) fn call_id(&self, call: u64) -> String {
        format!("c{call}-{}", self.salt)
    }

    /// Which of our calls a `Call-ID` names.
    pub(super) fn call_of(&self, call_id: &str) -> Option<u64> {
        let (number, salt) = call_id.strip_prefix('c')?.split_once('-')?;
        if salt == self.salt { number.parse().ok() } else { None }
    }

    fn via(&self, text: &mut String, branch: std::fmt::Arguments<'_>) {
        let Pen { here, salt, .. } = self;
        // Text takes whatever is written to it.
        let _ = write!(text, "Via: SIP/2.0/UDP {here};branch=z9hG4bK{salt}{branch};rport\r\nMax-Forwards: 70\r\n");
    }

    /// INVITE, its ACK if it was refused, its CANCEL: all of one transaction.
    fn opening(&self, method: &str, call: u64, number: &str, to: &str, more: &str, body: &str) -> Datagram {
        let Pen { here, salt, line, .. } = self;
        let mut text = String::with_capacity(1_024);
        push(&mut text, &[method, " ", line, " SIP/2.0\r\n"]);
        self.via(&mut text, format_args!("c{call}i"));
        let _ = write!(
            text,
            "From: <sip:{number}@{here}>;tag=t{call}\r\nTo: {to}\r\nCall-ID: c{call}-{salt}\r\nCSeq: 1 {method}\r\n\
             {more}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        datagram(&text)
    }

    pub(super) fn invite(&self, call: u64, number: &str) -> Datagram {
        let more = format!("Contact: <sip:{number}@{}>\r\n{ALLOW}User-Agent: cabrank-sim\r\n{SDP}", self.here);
        self.opening("INVITE", call, number, &format!("<{}>", self.line), &more, &self.sdp)
    }

    pub(super) fn cancel(&self, call: u64, number: &str) -> Datagram {
        self.opening("CANCEL", call, number, &format!("<{}>", self.line), "", "")
    }

    /// Of a refusal.
    pub(super) fn ack_of_refusal(&self, call: u64, number: &str, refusal: &Message<'_>) -> Datagram {
        self.opening("ACK", call, number, refusal.to, "", "")
    }

    /// A request within a caller's dialog. `own`: our side's header, tag included.
    pub(super) fn within(&self, method: &str, cseq: u32, call_id: &str, own: &str, peer: &Peer) -> Datagram {
        let mut text = String::with_capacity(768);
        push(&mut text, &[method, " ", &peer.target, " SIP/2.0\r\n"]);
        self.via(&mut text, format_args!("{}{cseq}{}", clean(call_id), method));
        push(&mut text, &[&peer.routes, "From: ", own, "\r\nTo: ", &peer.named, "\r\nCall-ID: ", call_id]);
        let _ = write!(text, "\r\nCSeq: {cseq} {method}\r\nContent-Length: 0\r\n\r\n");
        datagram(&text)
    }

    /// A caller's own side of a dialog.
    pub(super) fn callers_side(&self, call: u64, number: &str) -> String {
        format!("<sip:{number}@{}>;tag=t{call}", self.here)
    }

    /// An answer. `repeated`: what it repeats of its request.
    pub(super) fn answer(&self, status: &str, repeated: &str, user: Option<&str>, with_sdp: Option<&str>) -> Datagram {
        let mut text = String::with_capacity(768);
        push(&mut text, &["SIP/2.0 ", status, "\r\n", repeated]);
        if let Some(user) = user {
            push(&mut text, &["Contact: <sip:", user, "@", &self.here, ">\r\n", ALLOW]);
        }
        let body = with_sdp.unwrap_or_default();
        if with_sdp.is_some() {
            text.push_str(SDP);
        }
        let _ = write!(text, "Content-Length: {}\r\n\r\n{body}", body.len());
        datagram(&text)
    }

    /// REGISTER; `expires` in seconds, `proof` a header line or nothing.
    pub(super) fn register(&self, user: &str, place: usize, cseq: u32, domain: &str, expires: u32, proof: &str) -> Datagram {
        let Pen { here, salt, .. } = self;
        let mut text = String::with_capacity(768);
        push(&mut text, &["REGISTER sip:", domain, " SIP/2.0\r\n"]);
        self.via(&mut text, format_args!("r{place}x{cseq}"));
        let _ = write!(
            text,
            "From: <sip:{user}@{domain}>;tag=r{place}\r\nTo: <sip:{user}@{domain}>\r\nCall-ID: r{place}-{salt}\r\n\
             CSeq: {cseq} REGISTER\r\nContact: <sip:{user}@{here}>\r\nExpires: {expires}\r\n{proof}Content-Length: 0\r\n\r\n"
        );
        datagram(&text)
    }

    /// Which of our registrations a `Call-ID` names.
    pub(super) fn registration_of(&self, call_id: &str) -> Option<usize> {
        let (place, salt) = call_id.strip_prefix('r')?.split_once('-')?;
        if salt == self.salt { place.parse().ok() } else { None }
    }
}

fn datagram(text: &str) -> Datagram {
    Rc::from(text.as_bytes())
}

/// What of a foreign `Call-ID` may stand in a branch.
fn clean(call_id: &str) -> String {
    call_id.chars().filter(char::is_ascii_alphanumeric).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::super::message::{Start, uri_of, user_of};
    use super::*;

    fn pen() -> Pen {
        Pen::new(([127, 0, 0, 1], 5070).into(), "ab12", "sip:taxi@127.0.0.1:5060", "v=0\r\n")
    }

    #[test]
    fn what_we_write_we_read() {
        let invite = pen().invite(17, "+6580000001");
        let read = Message::read(&invite).expect("our own words");
        assert_eq!(read.start, Start::Request("INVITE", "sip:taxi@127.0.0.1:5060"));
        assert_eq!((read.cseq, pen().call_of(read.call_id), read.body), ((1, "INVITE"), Some(17), &b"v=0\r\n"[..]));
        assert_eq!(user_of(uri_of(read.from)), "+6580000001");
        assert!(!read.is_in_dialog());
        assert_eq!(pen().call_of("c17-other"), None);
        assert_eq!(
            pen().registration_of(Message::read(&pen().register("a1", 3, 1, "d", 60, "")).expect("ours").call_id),
            Some(3)
        );
    }

    #[test]
    fn invite_cancel_and_the_refusals_ack_are_one_transaction() {
        let (invite, cancel) = (pen().invite(5, "alice"), pen().cancel(5, "alice"));
        let answer = pen().answer("486 Busy Here", &Message::read(&invite).expect("ours").repeated("x"), None, None);
        let refusal = Message::read(&answer).expect("ours");
        let ack = pen().ack_of_refusal(5, "alice", &refusal);
        let [invite, cancel, ack] = [&invite, &cancel, &ack].map(|text| Message::read(text).expect("ours"));
        assert_eq!([invite.vias[0], invite.vias[0]], [cancel.vias[0], ack.vias[0]]);
        assert_eq!((ack.cseq, cancel.cseq), ((1, "ACK"), (1, "CANCEL")));
        assert_eq!((ack.to, cancel.to), ("<sip:taxi@127.0.0.1:5060>;tag=x", "<sip:taxi@127.0.0.1:5060>"));
    }

    #[test]
    fn a_request_within_a_dialog_goes_the_way_it_must() {
        let text = "SIP/2.0 200 OK\r\nVia: v\r\nRecord-Route: <sip:p1;lr>\r\nRecord-Route: <sip:p2;lr>\r\nFrom: <sip:a@b>;tag=1\r\n\
                    To: <sip:c@d>;tag=2\r\nCall-ID: k\r\nCSeq: 1 INVITE\r\nContact: <sip:desk@10.0.0.1:5060>\r\n\r\n";
        let answer = Message::read(text.as_bytes()).expect("a message");
        let peer = Peer::of_answer(&answer, ([127, 0, 0, 1], 5060).into());
        let bye = pen().within("BYE", 2, "k", "<sip:a@b>;tag=1", &peer);
        let text = String::from_utf8_lossy(&bye).into_owned();
        assert!(text.starts_with("BYE sip:desk@10.0.0.1:5060 SIP/2.0\r\n"), "{text}");
        assert!(
            text.contains("Route: <sip:p2;lr>\r\nRoute: <sip:p1;lr>\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\n"),
            "{text}"
        );
    }
}
