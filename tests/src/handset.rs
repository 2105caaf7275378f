//! A telephone by hand: for calls whose every answer is timed, and whose other end is listened to.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::ear::Ear;
use crate::wait::until;
use crate::wire::{Request, Wire, code, header};

/// How long an answer may take, unless the caller has less patience.
const PATIENCE: Duration = Duration::from_secs(8);

/// Calls of all telephones: none is taken for another, whatever ports they share.
static DIALLED: AtomicU32 = AtomicU32::new(0);

/// A telephone, and where the engine is.
#[derive(Debug)]
pub struct Handset {
    wire: Wire,
    /// What it hears.
    pub ear: Ear,
    patience: Duration,
    dialog: Option<Dialog>,
}

#[derive(Debug)]
struct Dialog {
    invite: Request,
    answer: String,
    cseq: u32,
}

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialled {
    /// The final answer; 0 when none came in eight seconds.
    pub code: u16,
    /// Whether it said when to try again.
    pub retry_after: bool,
    /// Until the first answer.
    pub trying: Duration,
    /// Until the final one.
    pub took: Duration,
}

impl Handset {
    /// A telephone at a SIP and a media port of 127.0.0.1.
    pub fn new(port: u16, rtp: u16, engine: u16) -> Handset {
        Handset { wire: Wire::new(port, engine), ear: Ear::listen(rtp), patience: PATIENCE, dialog: None }
    }

    /// Waits no longer than this for an answer.
    pub fn patient_for(mut self, patience: Duration) -> Handset {
        self.patience = patience;
        self
    }

    /// Calls a line; with 200, it is in the call.
    pub fn dial(&mut self, line: &str) -> Dialled {
        self.dial_as("+6598765432", line)
    }

    /// The same, with that number.
    pub fn dial_as(&mut self, number: &str, line: &str) -> Dialled {
        let nth = DIALLED.fetch_add(1, Ordering::Relaxed);
        let name = format!("handset-{}-{nth}", self.wire.port());
        let from = format!("<sip:{number}@127.0.0.1>;tag=handset{nth}");
        let invite = Request::new("INVITE", line, &name).from(&from).body("application/sdp", &self.ear.sdp());
        let since = Instant::now();
        self.wire.ask(&invite);
        let first = self.wire.answer(&invite, self.patience);
        let trying = since.elapsed();
        let is_final = first.as_ref().is_some_and(|answer| code(answer) >= 200);
        let answer = if is_final { first } else { self.wire.final_answer(&invite, self.patience) }.unwrap_or_default();
        let dialled =
            Dialled { code: code(&answer), retry_after: header(&answer, "Retry-After").is_some(), trying, took: since.elapsed() };
        if !answer.is_empty() {
            self.wire.ask(&invite.next("ACK", &answer, 1));
        }
        self.dialog = (dialled.code == 200).then_some(Dialog { invite, answer, cseq: 1 });
        dialled
    }

    /// Calls a line until it is in the call: a busy machine may make the engine turn calls away for a moment.
    pub fn get_through(&mut self, line: &str) {
        self.get_through_as("+6598765432", line);
    }

    /// The same, with that number.
    pub fn get_through_as(&mut self, number: &str, line: &str) {
        let what = format!("{line} to take a call");
        until(PATIENCE, &what, || match self.dial_as(number, line).code {
            200 => Some(()),
            503 => None,
            other => panic!("{line} answers {other}"),
        });
    }

    /// Presses a key (SIP INFO); the answer's code.
    pub fn press(&mut self, key: char) -> u16 {
        let body = format!("Signal={key}\r\nDuration=160\r\n");
        self.asks("INFO", |request| request.body("application/dtmf-relay", &body))
    }

    /// Hangs up; the answer's code.
    pub fn hang_up(&mut self) -> u16 {
        let code = self.asks("BYE", |request| request);
        self.dialog = None;
        code
    }

    /// Whether the engine ends the call within `limit`.
    pub fn is_hung_up(&mut self, limit: Duration) -> bool {
        let (since, Some(dialog)) = (Instant::now(), &self.dialog) else { return false };
        let ours = header(&dialog.answer, "Call-ID");
        let ends = |message: &String| message.starts_with("BYE ") && header(message, "Call-ID") == ours;
        while let Some(left) = limit.checked_sub(since.elapsed()) {
            if self.wire.receive(left).as_ref().is_some_and(ends) {
                return true;
            }
        }
        false
    }

    fn asks(&mut self, method: &str, with: impl FnOnce(Request) -> Request) -> u16 {
        let Some(dialog) = &mut self.dialog else { return 0 };
        dialog.cseq += 1;
        let request = with(dialog.invite.next(method, &dialog.answer, dialog.cseq));
        self.wire.ask(&request);
        self.wire.final_answer(&request, self.patience).map_or(0, |answer| code(&answer))
    }
}
