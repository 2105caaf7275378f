//! One thread a desk: take facts, stamp them, append them to the journal, tell the desk, hand its orders on.
//!
//! An order leaves once its cause has reached the kernel, so that killing the engine loses nothing anybody saw. An order
//! that promises something leaves once its cause is on the disk: `promises` waits for that beside the lane. The lane
//! writes by itself (one system call a batch) rather than through another thread: a write costs less than a hand-over,
//! and only the sync, which can be slow, must not hold up the rest.

mod boot;
mod clock;
mod digests;
mod outlets;
mod promises;
mod secrets;

pub use clock::{Clock, unix_micros_now};
pub use digests::{Digests, digests_of};
pub use outlets::{LookUpOutlet, Outlets, QuicOutlet};

use crate::backlog::Backlog;
use crate::door::{Door, Figures, NotForgotten, Place, Submission};
use cabrank_core::{CallId, CallerGone, Declined, Desk, Effect, Input, Number, Outbox, Refusal, Settings, StageView};
use cabrank_journal::{Log, Note, SegmentFile, Seq, Syncer, WriteError};
use cabrank_sim::simulate::DecisionsDigest;
use crossbeam::channel::{Receiver, RecvTimeoutError, bounded};
use hdrhistogram::Histogram;
use promises::Promises;
use secrets::Secrets;
use std::io;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Facts that may wait for the desk. With more than that the desk is behind, and says so.
const SUBMISSIONS_MAX: usize = 16_384;

/// Facts taken into one write.
const BATCH_MAX: usize = 512;

/// How long a refused write (a full disk) is left alone before the next try.
const WRITE_RETRY: Duration = Duration::from_millis(200);

/// How often a lane without work looks whether the disk still has room, or has it again.
const LOOK_AT_DISK: Duration = Duration::from_millis(500);

/// A running lane.
pub struct Lane {
    door: Door,
    thread: JoinHandle<()>,
}

impl Lane {
    /// Starts the thread of a desk that was just made or recovered. `failed` is called once if the journal can no longer be
    /// trusted: nothing is promised from then on, and the engine must drain and exit.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub fn start<L, F>(
        desk: Desk,
        log: L,
        syncer: Syncer<F>,
        clock: Clock,
        digests: Digests,
        outlets: Outlets,
        failed: impl FnOnce() + Send + 'static,
    ) -> io::Result<Lane>
    where
        L: Log + Send + 'static,
        F: SegmentFile + 'static,
    {
        let (door, submissions) = bounded(SUBMISSIONS_MAX);
        let (backlog, veil) = (Backlog::new(), outlets.veil.clone());
        let promises = Promises::start(syncer, outlets.clone(), backlog.clone(), clock.clone(), failed)?;
        let lane = Running {
            desk,
            log,
            told: Seq::NONE,
            clock,
            digests,
            outlets,
            promises,
            submissions,
            out: Outbox::default(),
            held: Vec::new(),
            answers: Vec::new(),
            due: Vec::new(),
            figures: Counters::new(),
            backlog: backlog.clone(),
            secrets: Secrets::default(),
        };
        let thread = std::thread::Builder::new().name("lane".into()).spawn(move || lane.run())?;
        Ok(Lane { door: Door::new(door, backlog).behind(veil), thread })
    }

    /// A door to the desk.
    pub fn door(&self) -> Door {
        self.door.clone()
    }

    /// Waits until the lane has ended, which it does once every door is gone or one of them closed it.
    pub fn join(self) {
        let Lane { door, thread } = self;
        drop(door);
        if thread.join().is_err() {
            tracing::error!("the lane has panicked: this is a bug");
        }
    }
}

/// What is known to have changed by a restart, said as facts: legs are lost, and the settings may have been changed
/// meanwhile. Who is to be called back has no leg to lose, and stays where it was. Legs that `may_stand` still are left to
/// their edge, which says of each whether it does.
pub fn facts_after_restart(desk: &Desk, settings: &Settings, may_stand: impl Fn(CallId) -> bool) -> Vec<Input> {
    let view = desk.view();
    let mut facts = vec![Input::Restarted];
    let lost = view.calls.iter().filter(|call| !may_stand(call.call));
    facts.extend(lost.flat_map(|call| leg_lost(call.call, call.stage)));
    if desk.settings() != settings {
        facts.push(Input::SettingsChanged {
            settings: Box::new(settings.clone()),
            by: "configuration file".into(),
            reason: "read at start".into(),
        });
    }
    facts
}

/// That a call has lost its leg, if it had one.
pub(crate) fn leg_lost(call: CallId, stage: StageView) -> Vec<Input> {
    let hung_up = Input::CallerHungUp { call, how: CallerGone::EngineRestarted };
    if stage.has_leg() {
        vec![hung_up]
    } else if stage == StageView::CalledBack {
        // Still ringing or picked up already, which does not show: the desk refuses what does not fit.
        vec![Input::CallerUnreached { call, how: Declined::Failed }, hung_up]
    } else {
        Vec::new()
    }
}

/// The desk's word for somebody who asked.
struct Answer {
    to: oneshot::Sender<Result<(), Refusal>>,
    word: Result<(), Refusal>,
}

struct Running<L> {
    desk: Desk,
    log: L,
    /// The newest input; what edges note comes between inputs and changes no digest.
    told: Seq,
    clock: Clock,
    digests: Digests,
    outlets: Outlets,
    promises: Promises,
    submissions: Receiver<Submission>,
    out: Outbox,
    /// Orders whose causes are not written yet.
    held: Vec<(Seq, Effect)>,
    /// Answers to those who asked, likewise.
    answers: Vec<Answer>,
    /// When the facts of this batch came to pass.
    due: Vec<Instant>,
    figures: Counters,
    backlog: Backlog,
    secrets: Secrets,
}

impl<L: Log> Running<L> {
    fn run(mut self) {
        let submissions = self.submissions.clone();
        let mut open = true;
        while open && let Some(first) = self.next() {
            self.backlog.begins(due(&first));
            for submission in std::iter::once(first).chain(submissions.try_iter().take(BATCH_MAX)) {
                open &= !matches!(submission, Submission::Close);
                self.take(submission);
            }
            self.wake_if_due();
            self.hand_on();
            self.backlog.done(!submissions.is_empty());
        }
        self.digests.note(self.told, &self.desk);
        self.promises.finish();
    }

    /// The next submission, or a nudge at the moment the desk asked for, or to look at the disk. `None` once nobody can submit
    /// any more.
    fn next(&mut self) -> Option<Submission> {
        let look = Instant::now() + LOOK_AT_DISK;
        let wake = self.desk.next_wake().map_or(look, |wake| self.clock.instant(wake).min(look));
        match self.submissions.recv_deadline(wake) {
            Ok(submission) => Some(submission),
            Err(RecvTimeoutError::Timeout) => Some(Submission::Nudge),
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }

    fn take(&mut self, submission: Submission) {
        match submission {
            Submission::Told { note, input, due } => {
                note.iter().for_each(|note| self.keep(note));
                if let Err(refusal) = self.tell(self.outlets.veil.still(input)) {
                    tracing::debug!(%refusal, "an input does not fit");
                }
                self.due.push(due);
            }
            Submission::Asked { input, reply } => {
                let word = self.tell(input);
                self.answers.push(Answer { to: reply, word });
            }
            Submission::Noted(note) => self.keep(&note),
            Submission::Look(reply) => drop(reply.send(self.desk.view())),
            Submission::Place { call, reply } => drop(reply.send(self.place(call))),
            Submission::Forget { number, reply } => drop(reply.send(self.forget(&number))),
            Submission::Count(reply) => drop(reply.send(self.figures.read(&self.backlog))),
            Submission::Nudge | Submission::Close => {}
        }
    }

    fn place(&self, call: CallId) -> Option<Place> {
        let (stands, ahead) = (self.desk.place_in_line(call)?, self.desk.ahead_of(call)?);
        Some(Place { queue: stands.queue, ahead, waited: self.clock.now().since(stands.since) })
    }

    /// Here, so that no call of theirs comes in between.
    fn forget(&self, number: &Number) -> Result<bool, NotForgotten> {
        let veil = &self.outlets.veil;
        let is_theirs = |told: &Number| veil.hides(number, told);
        if self.desk.view().calls.iter().any(|call| call.caller.number.as_ref().is_some_and(is_theirs)) {
            return Err(NotForgotten::OnTheLine);
        }
        Ok(veil.forget(number)?)
    }

    fn wake_if_due(&mut self) {
        if self.desk.next_wake().is_some_and(|at| at <= self.clock.now()) {
            let _ = self.tell(Input::Woke);
        }
    }

    /// Journals what an edge wants to find again. One that is lost costs its leg at a restart, nothing before.
    fn keep(&mut self, note: &Note) {
        if let Err(error) = self.log.keep(self.clock.now(), note) {
            tracing::error!(%error, "what an edge notes cannot be journalled and is dropped");
            self.figures.dropped += 1;
        }
    }

    /// Appends a fact, unless it is secret, tells the desk, and holds what it orders.
    fn tell(&mut self, input: Input) -> Result<(), Refusal> {
        let tick = self.clock.now();
        let Some(input) = self.secrets.sift(input, &self.desk, &self.outlets.veil, tick) else { return Ok(()) };
        let seq = match self.log.append(tick, &input) {
            Ok(seq) => seq,
            Err(error) => {
                // Nothing bounded the input at its border, or the disk has been full for long: it did not happen.
                tracing::error!(%error, "an input cannot be journalled and is dropped");
                self.figures.dropped += 1;
                return Err(Refusal::OutOfPlace);
            }
        };
        self.told = seq;
        self.out.clear();
        self.desk.handle(tick, input, &mut self.out);
        self.figures.inputs += 1;
        self.figures.decisions.note(&self.out);
        self.figures.refused += self.out.refusals.len() as u64;
        self.out.effects.iter().for_each(|effect| self.outlets.expect(effect));
        self.held.extend(self.out.effects.drain(..).map(|effect| (seq, effect)));
        self.out.refusals.first().map_or(Ok(()), |refusal| Err(*refusal))
    }

    /// Who calls for the first time is written before the facts that name them: an alias that nobody can lift is nobody's.
    fn write(&mut self) -> Result<(), WriteError> {
        self.outlets.veil.write()?;
        self.log.write().map(drop)
    }

    /// Writes the batch, then lets its orders leave. As long as the disk refuses, everything stays as it is: the ring fills,
    /// and new calls are told to come back.
    fn hand_on(&mut self) {
        while let Err(error) = self.write() {
            tracing::error!(%error, "the journal cannot be written; orders wait");
            self.backlog.show_short(true);
            std::thread::sleep(WRITE_RETRY);
        }
        self.backlog.show_short(self.log.is_short());
        for (seq, effect) in self.held.drain(..) {
            if effect.is_promise() { self.promises.hold(seq, effect) } else { self.outlets.hand_on(effect) }
        }
        for Answer { to, word } in self.answers.drain(..) {
            // Who asked may have gone meanwhile.
            let _ = to.send(word);
        }
        for due in self.due.drain(..) {
            self.figures.record(due.elapsed());
        }
        self.digests.note_now_and_then(self.told, &self.desk);
    }
}

/// When it came to pass; what is no fact comes to pass when it is seen.
fn due(submission: &Submission) -> Instant {
    match submission {
        Submission::Told { due, .. } => *due,
        Submission::Asked { .. }
        | Submission::Noted(_)
        | Submission::Look(_)
        | Submission::Place { .. }
        | Submission::Forget { .. }
        | Submission::Count(_)
        | Submission::Nudge
        | Submission::Close => Instant::now(),
    }
}

/// What the lane has done so far.
struct Counters {
    inputs: u64,
    refused: u64,
    dropped: u64,
    decisions: DecisionsDigest,
    /// Microseconds from a fact to its orders leaving; promises not counted.
    latency_us: Histogram<u64>,
}

impl Counters {
    fn new() -> Counters {
        // One microsecond to a minute, three digits: these bounds are valid by construction.
        let latency_us = Histogram::new_with_bounds(1, 60_000_000, 3).expect("the bounds are constant and valid");
        Counters { inputs: 0, refused: 0, dropped: 0, decisions: DecisionsDigest::default(), latency_us }
    }

    fn record(&mut self, latency: Duration) {
        self.latency_us.saturating_record(u64::try_from(latency.as_micros()).unwrap_or(u64::MAX));
    }

    fn read(&self, backlog: &Backlog) -> Figures {
        let at = |quantile| Duration::from_micros(self.latency_us.value_at_quantile(quantile));
        Figures {
            inputs: self.inputs,
            refused: self.refused,
            dropped: self.dropped,
            turned_away: backlog.turned_away(),
            decisions_digest: self.decisions.value(),
            latency_p50: at(0.5),
            latency_p99: at(0.99),
            latency_max: Duration::from_micros(self.latency_us.max()),
        }
    }
}
