//! Calls whose numbers are signed for (STIR/SHAKEN): the desk is told of each with the verdict on its signature. The edge goes on
//! meanwhile, and waits for no verdict longer than it is told to.

use std::collections::BTreeMap;
use std::time::Duration;

use cabrank_core::{Attestation, CallId, Flaw, Number, Trust};
use cabrank_trust::{Call, Verified, Verifier, canonical_address, canonical_number};
use rsipstack::sip::{Header, Request, StatusCode};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::edge::Edge;
use super::event::{Event, LegId};
use super::ingress::{Trying, Wanted};
use super::number;
use super::reply::{Reply, retry_after};
use super::transactions::Incoming;
use crate::lane::unix_micros_now;

/// Verifications under way at once, and questions that may wait; one more is not verified in time.
const TOGETHER_MAX: usize = 1_024;
/// Headers of a call that are handed on: more than are ever looked at.
const HEADERS_MAX: usize = 16;

/// The calls that wait for a verdict.
#[derive(Debug, Default)]
pub(super) struct Verifying {
    asker: Option<Asker>,
    waiting: BTreeMap<CallId, Waiting>,
}

#[derive(Debug)]
struct Waiting {
    tx: Incoming,
    wanted: Wanted,
    until_ms: u64,
}

/// The way to the thread that verifies. It ends with the last of them.
#[derive(Debug)]
pub(super) struct Asker {
    questions: mpsc::Sender<Question>,
    within_ms: u64,
}

#[derive(Debug)]
struct Question {
    call: CallId,
    headers: Vec<String>,
    about: Call,
}

impl Asker {
    /// Starts the thread; `events` is told what comes of a question, and `within` is how long a call waits for it.
    ///
    /// # Errors
    /// The system gives no thread or runtime.
    pub(super) fn start(verifier: Verifier, within: Duration, events: mpsc::Sender<Event>) -> std::io::Result<Asker> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (questions, asked) = mpsc::channel(TOGETHER_MAX);
        let verifier = std::sync::Arc::new(verifier);
        std::thread::Builder::new().name("trust".into()).spawn(move || runtime.block_on(answer(verifier, asked, events)))?;
        Ok(Asker { questions, within_ms: u64::try_from(within.as_millis()).unwrap_or(u64::MAX) })
    }
}

async fn answer(verifier: std::sync::Arc<Verifier>, mut asked: mpsc::Receiver<Question>, events: mpsc::Sender<Event>) {
    let mut running = JoinSet::new();
    while let Some(Question { call, headers, about }) = asked.recv().await {
        while running.try_join_next().is_some() {}
        let (verifier, events, full) = (std::sync::Arc::clone(&verifier), events.clone(), running.len() >= TOGETHER_MAX);
        running.spawn(async move {
            let now_s = unix_micros_now() / 1_000_000;
            let verdict = if full { Err(Flaw::NotInTime) } else { verifier.verify(&headers, &about, now_s).await };
            // An edge that is gone needs no answer.
            let _ = events.send(Event::Verified(call, Box::new(verdict))).await;
        });
    }
}

impl Verifying {
    /// Nobody waits yet; without anybody to ask, no signature counts.
    #[must_use]
    pub(super) fn new(asker: Option<Asker>) -> Verifying {
        Verifying { asker, waiting: BTreeMap::new() }
    }

    /// Calls that wait.
    #[must_use]
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    fn ask(&self, question: Question) -> Result<u64, Flaw> {
        let asker = self.asker.as_ref().ok_or(Flaw::NotSetUp)?;
        if question.headers.is_empty() {
            return Err(Flaw::Unsigned);
        }
        asker.questions.try_send(question).map_err(|_| Flaw::NotInTime)?;
        Ok(asker.within_ms)
    }

    fn late(&mut self, now_ms: u64) -> Vec<CallId> {
        self.waiting.iter().filter(|(_, waiting)| waiting.until_ms <= now_ms).map(|(call, _)| *call).collect()
    }
}

impl Edge {
    /// Has the signature of a call verified before the desk hears of it.
    pub(super) fn attest(&mut self, call: CallId, tx: Incoming, mut wanted: Wanted) {
        match self.verifying.ask(self.question(call, &tx.original)) {
            Ok(within_ms) => {
                let reply = Reply::to(&tx.original, &wanted.tag);
                self.transactions.serve_invite(&tx, LegId::Caller(call), &reply, &wanted.tag);
                let until_ms = self.now_ms().saturating_add(within_ms);
                self.verifying.waiting.insert(call, Waiting { tx, wanted, until_ms });
            }
            Err(flaw) => {
                wanted.caller.trust = Trust::Unproven(flaw);
                self.offer(call, tx, wanted, Trying::Owed);
            }
        }
    }

    /// The verdict on a call's signature; one that comes too late, or of a call that was cancelled, changes nothing.
    pub(super) fn on_verified(&mut self, call: CallId, verdict: Result<Verified, Flaw>) {
        let Some(Waiting { tx, mut wanted, .. }) = self.verifying.waiting.remove(&call) else { return };
        tracing::debug!(%call, flaw = ?verdict.as_ref().err(), "a signature was looked at");
        wanted.caller.trust = match verdict {
            Ok(verified) => {
                if verified.attestation == Attestation::Full {
                    self.identify(&mut wanted, &verified.origin);
                }
                Trust::Attested(verified.attestation)
            }
            Err(flaw) => Trust::Unproven(flaw),
        };
        // The same request may have come by another path meanwhile.
        match self.check_merged(&tx.original) {
            Ok(()) => self.offer(call, tx, wanted, Trying::Sent),
            Err((status, more)) => self.refuse(tx, status, more),
        }
    }

    /// The caller is whom the provider signed for, whatever else the INVITE says.
    fn identify(&self, wanted: &mut Wanted, origin: &str) {
        let number: Option<Number> = self.numbers.normalise(&format!("+{origin}"));
        wanted.caller.profile = number.as_ref().and_then(|number| self.house.profile(number));
        wanted.caller.number = number;
    }

    /// Whose verdict has not come in time is taken without.
    pub(super) fn take_unverified(&mut self) {
        for call in self.verifying.late(self.now_ms()) {
            self.on_verified(call, Err(Flaw::NotInTime));
        }
    }

    /// A call that waits for its verdict is cancelled; says whether it waited.
    pub(super) fn cancel_unverified(&mut self, call: CallId) -> bool {
        let waiting = self.verifying.waiting.remove(&call);
        waiting
            .map(|Waiting { tx, wanted, .. }| self.end_waiting(&tx, &wanted, StatusCode::RequestTerminated, Vec::new()))
            .is_some()
    }

    /// The engine stops: whoever waits for a verdict is told to try again.
    pub(super) fn end_unverified(&mut self) {
        for Waiting { tx, wanted, .. } in std::mem::take(&mut self.verifying.waiting).into_values() {
            self.end_waiting(&tx, &wanted, StatusCode::ServiceUnavailable, vec![retry_after(self.limits.retry_after_s)]);
        }
    }

    fn end_waiting(&self, tx: &Incoming, wanted: &Wanted, status: StatusCode, more: Vec<Header>) {
        self.transactions.respond(tx.id(), &Reply::to(&tx.original, &wanted.tag).bare(status, more));
    }

    fn question(&self, call: CallId, invite: &Request) -> Question {
        let headers = invite.headers.iter().filter_map(|header| {
            let Header::Identity(value) = header else { return None };
            Some(value.value().to_owned())
        });
        Question { call, headers: headers.take(HEADERS_MAX).collect(), about: self.call_of(invite) }
    }

    /// Who calls whom, as the INVITE says it: the callee is who was dialled (the Request-URI), since To can name anybody.
    fn call_of(&self, invite: &Request) -> Call {
        let number = |user: &str| canonical_number(&self.numbers.normalise(user)?.0);
        let dialled = number::user_of(&invite.uri);
        Call {
            origins: number::stated(invite).iter().filter_map(|user| number(user)).collect(),
            numbers: dialled.iter().filter_map(|user| number(user)).collect(),
            addresses: canonical_address(&invite.uri.to_string()).into_iter().collect(),
        }
    }
}
