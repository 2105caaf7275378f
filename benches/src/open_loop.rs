//! Operations begun by a Poisson schedule, whatever becomes of those before: each is timed from the moment at which it was due.
//!
//! A thread of its own keeps the schedule, since a runtime's timer is a millisecond wide; how late it wakes is in every figure
//! alike.

use cabrank_sim::load::{Moment, Phase, Schedule};
use hdrhistogram::Histogram;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tokio::task::LocalSet;

/// Operations due and not begun.
const DUE_MAX: usize = 1 << 20;

/// What came of it.
pub struct Outcome {
    /// From due to done, in microseconds, of those that succeeded.
    pub latency_us: Histogram<u64>,
    /// Those that did not.
    pub failed: u64,
    /// Operations that were due.
    pub due: u64,
}

/// Times operations that are due at `rate` a second for so long. One says when it is done, and may go on to clear up after that.
pub fn open_loop<F>(runtime: &Runtime, rate: f64, lasting: Duration, operation: impl Fn(Done) -> F) -> Outcome
where
    F: Future<Output = ()> + 'static,
{
    let outcome = Rc::new(RefCell::new(Outcome { latency_us: latencies(), failed: 0, due: 0 }));
    let (due, mut dues) = mpsc::channel(DUE_MAX);
    let keeper = std::thread::spawn(move || keep(rate, lasting, &due));
    let local = LocalSet::new();
    runtime.block_on(local.run_until(async {
        while let Some(due) = dues.recv().await {
            outcome.borrow_mut().due += 1;
            let done = Done { due, outcome: Rc::clone(&outcome), noted: false };
            tokio::task::spawn_local(operation(done));
        }
    }));
    runtime.block_on(local);
    keeper.join().expect("it keeps the schedule to the end");
    Rc::into_inner(outcome).map(RefCell::into_inner).expect("every operation is over")
}

/// To be told when an operation is done; dropped before, it has failed.
pub struct Done {
    due: Instant,
    outcome: Rc<RefCell<Outcome>>,
    noted: bool,
}

impl Done {
    /// It is done.
    pub fn note(mut self) {
        self.noted = true;
        let us = u64::try_from(self.due.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.outcome.borrow_mut().latency_us.saturating_record(us);
    }
}

impl Drop for Done {
    fn drop(&mut self) {
        if !self.noted {
            self.outcome.borrow_mut().failed += 1;
        }
    }
}

fn latencies() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 60_000_000, 3).expect("the bounds are constant and valid")
}

fn keep(rate: f64, lasting: Duration, to: &mpsc::Sender<Instant>) {
    let began = Instant::now();
    for Moment(nanos) in Schedule::new(&[Phase { rate, lasting }], Moment(0), 1) {
        let due = began + Duration::from_nanos(nanos);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        to.try_send(due).expect("the runtime is there, and takes what is due");
    }
}
