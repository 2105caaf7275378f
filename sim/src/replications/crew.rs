//! The threads that live through replications.

use super::{Job, Onlooker, TOLD_EVERY};
use crate::simulate::{Tally, Witness, simulate};
use cabrank_core::{Desk, Input, Outbox, Refusal, Tick};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;

/// Threads that live through replications, until they are told to stop.
#[derive(Clone, Copy, Debug)]
pub struct Crew<'a> {
    threads: NonZeroUsize,
    stop: &'a AtomicBool,
}

impl<'a> Crew<'a> {
    /// So many threads. Once `stop` is set, replications under way are abandoned and no others are begun.
    pub fn new(threads: NonZeroUsize, stop: &'a AtomicBool) -> Crew<'a> {
        Crew { threads, stop }
    }

    /// Whether the crew was told to stop.
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Lives through all of them, and keeps of each what `keep` makes of it: in the order of the jobs, and nothing of those that
    /// were abandoned.
    ///
    /// # Errors
    /// A desk refuses its settings.
    pub fn run<R: Send>(
        &self,
        jobs: &[Job<'_>],
        onlooker: &mut impl Onlooker,
        keep: impl Fn(&Job<'_>, Tally) -> R + Sync,
    ) -> Result<Vec<Option<R>>, Refusal> {
        let shared = Shared { next: AtomicUsize::new(0), stop: self.stop, halt: AtomicBool::new(false) };
        let (sender, receiver) = channel();
        thread::scope(|scope| {
            for _ in 0..self.threads.get().min(jobs.len()) {
                let (sender, shared, keep) = (sender.clone(), &shared, &keep);
                scope.spawn(move || shared.work(jobs, keep, &sender));
            }
            drop(sender);
            collect(jobs.len(), &receiver, onlooker)
        })
    }
}

struct Shared<'a> {
    /// The next job that nobody has taken.
    next: AtomicUsize,
    stop: &'a AtomicBool,
    /// One of the threads has failed: what the others do is in vain.
    halt: AtomicBool,
}

/// What became of a job.
struct Done<R> {
    job: usize,
    calls: u64,
    kept: Result<R, Refusal>,
}

impl Shared<'_> {
    fn work<R>(&self, jobs: &[Job<'_>], keep: impl Fn(&Job<'_>, Tally) -> R, to: &Sender<Done<R>>) {
        let _alarm = Alarm(&self.halt);
        while self.goes_on() {
            let place = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(place) else { break };
            let tally = simulate(job.scenario, job.seed, &mut Bystander(self));
            if !self.goes_on() {
                break;
            }
            let calls = tally.as_ref().map_or(0, |tally| tally.calls);
            let failed = tally.is_err();
            let told = to.send(Done { job: place, calls, kept: tally.map(|tally| keep(job, tally)) });
            if failed || told.is_err() {
                self.halt.store(true, Ordering::Relaxed);
            }
        }
    }

    fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::Relaxed) && !self.halt.load(Ordering::Relaxed)
    }
}

fn collect<R>(jobs: usize, from: &Receiver<Done<R>>, onlooker: &mut impl Onlooker) -> Result<Vec<Option<R>>, Refusal> {
    let mut kept: Vec<Option<R>> = (0..jobs).map(|_| None).collect();
    loop {
        match from.recv_timeout(TOLD_EVERY) {
            Ok(done) => {
                onlooker.done(1, done.calls);
                kept[done.job] = Some(done.kept?);
            }
            Err(RecvTimeoutError::Timeout) => onlooker.done(0, 0),
            Err(RecvTimeoutError::Disconnected) => return Ok(kept),
        }
    }
}

/// Looks at nothing, and says whether to go on.
struct Bystander<'a>(&'a Shared<'a>);

impl Witness for Bystander<'_> {
    const LOOKS: bool = false;

    fn told(&mut self, _at: Tick, _input: &Input, _out: &Outbox, _desk: &Desk) {}

    fn goes_on(&mut self) -> bool {
        self.0.goes_on()
    }
}

/// Halts the others when its thread panics, so that the panic comes out soon.
struct Alarm<'a>(&'a AtomicBool);

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}
