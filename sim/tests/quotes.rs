//! Quotes through the desk itself: what it reckons for each newcomer is held against the wait that followed. The quoter by
//! itself, over many more lines and against its rivals, is tested beside the core.

use cabrank_core::{CallId, ClassId, Estimate, LEVELS, Order, Permille, QueueId, Quoting, Span, Thresholds, Tick};
use cabrank_sim::chance::Law;
use cabrank_sim::study::{
    DeskRouter, End, Move, Newcomer, Router, Source, Study, Trace, What, plain_agents, plain_desk, plain_queue,
};
use std::collections::BTreeMap;

const AGENTS: usize = 12;
const TALK: Span = Span::secs(180);

/// A desk that is asked, for each caller who joins, what it reckons.
struct Asked {
    desk: DeskRouter,
    estimates: BTreeMap<CallId, Estimate>,
}

impl Router for Asked {
    fn joined(&mut self, now: Tick, newcomer: Newcomer, moves: &mut Vec<Move>) {
        self.desk.joined(now, newcomer, moves);
        let call = self.desk.desk().look_at_call(newcomer.call);
        if let Some(estimate) = call.and_then(|call| call.estimate) {
            self.estimates.insert(newcomer.call, estimate);
        }
    }

    fn left(&mut self, now: Tick, call: CallId, moves: &mut Vec<Move>) {
        self.desk.left(now, call, moves);
    }

    fn done(&mut self, now: Tick, call: CallId, agent: cabrank_core::AgentId, moves: &mut Vec<Move>) {
        self.desk.done(now, call, agent, moves);
    }

    fn woke(&mut self, now: Tick, moves: &mut Vec<Move>) {
        self.desk.woke(now, moves);
    }

    fn next_wake(&self) -> Option<Tick> {
        self.desk.next_wake()
    }
}

/// How many of those for whom something was reckoned waited no longer, at each level.
#[derive(Clone, Copy, Debug, Default)]
struct Coverage {
    callers: u32,
    within: [u32; LEVELS.len()],
}

impl Coverage {
    fn count(&mut self, estimate: &Estimate, waited: Span) {
        self.callers += 1;
        for (level, within) in self.within.iter_mut().enumerate() {
            *within += u32::from(waited <= estimate.at(level));
        }
    }

    /// The greatest distance from what was aimed at, in points.
    fn worst(&self) -> f64 {
        let distance = |(within, level): (&u32, &Permille)| {
            (f64::from(*within) * 100.0 / f64::from(self.callers) - f64::from(level.0) / 10.0).abs()
        };
        self.within.iter().zip(&LEVELS).map(distance).fold(0.0, f64::max)
    }
}

/// Overall, and by class.
fn coverage(study: &Study, seed: u64) -> (Coverage, BTreeMap<ClassId, Coverage>) {
    let desk = DeskRouter::new(&study.settings, seed).expect("the settings fit");
    let mut asked = Asked { desk, estimates: BTreeMap::new() };
    let trace = study.run_with(&mut asked, seed);
    let (mut overall, mut by_class) = (Coverage::default(), BTreeMap::<ClassId, Coverage>::new());
    let waits = trace.waits();
    let virtual_waits = virtual_waits(&trace);
    for (call, estimate) in &asked.estimates {
        let Some(wait) = waits.get(call.0 as usize) else { continue };
        let waited = match wait.end {
            End::Taken(_) => wait.waited,
            End::Left | End::TurnedAway => match virtual_waits.get(call) {
                Some(waited) => *waited,
                None => continue,
            },
        };
        overall.count(estimate, waited);
        by_class.entry(wait.class).or_default().count(estimate, waited);
    }
    (overall, by_class)
}

/// What those who left would have waited, first come first served: until somebody who came later was taken.
fn virtual_waits(trace: &Trace) -> BTreeMap<CallId, Span> {
    let (mut joined, mut left, mut virtual_waits) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for event in &trace.events {
        match event.what {
            What::Joined { call, .. } => drop(joined.insert(call, event.at)),
            What::Left { call } => drop(left.insert(call, joined[&call])),
            What::Taken { call, .. } => {
                let later = left.split_off(&call);
                let passed = std::mem::replace(&mut left, later);
                virtual_waits.extend(passed.into_iter().map(|(call, joined_at)| (call, event.at.since(joined_at))));
            }
            What::TurnedAway { .. } | What::Done { .. } => {}
        }
    }
    virtual_waits
}

fn study(order: Order, targets: &[Span], load: f64, handle: Law, patience: Option<Law>) -> Study {
    let queue = Thresholds { quote: Some(Quoting { confidence: Permille(800) }), ..plain_queue(order, targets) };
    let per_class = targets.len() as f64 * TALK.0 as f64 / (AGENTS as f64 * load);
    let source = |class: usize| Source {
        queue: QueueId(0),
        class: ClassId(class as u8),
        between: Law::Exponential { mean: Span(per_class as u64) },
        handle: handle.clone(),
        patience: patience.clone(),
    };
    Study {
        sources: (0..targets.len()).map(source).collect(),
        settings: plain_desk(vec![queue], plain_agents(AGENTS, 1)),
        speeds: Vec::new(),
        open_for: Span((per_class * 120_000.0 / targets.len() as f64) as u64),
    }
}

fn holds(name: &str, study: &Study, seed: u64) {
    let (overall, by_class) = coverage(study, seed);
    println!("{name}, seed {seed}: {overall:?}, off by {:.2} points; by class {by_class:?}", overall.worst());
    assert!(overall.callers > 5_000, "{name}, seed {seed}: enough callers wait");
    assert!(overall.worst() <= 1.0, "{name}, seed {seed}: overall off by {:.2} points", overall.worst());
    for (class, coverage) in by_class {
        assert!(coverage.worst() <= 3.0, "{name}, seed {seed}: class {class} off by {:.2} points", coverage.worst());
    }
}

#[test]
fn impatient_callers_first_come_first_served() {
    let patience = Some(Law::Exponential { mean: Span::secs(300) });
    holds("M/M/c+M", &study(Order::Fifo, &[Span::secs(20)], 1.1, Law::Exponential { mean: TALK }, patience.clone()), 1);
    let handle = Law::LogNormal { mean: TALK, sd: Span::secs(234) };
    holds("M/LN/c+M", &study(Order::Fifo, &[Span::secs(20)], 1.1, handle, patience), 2);
}

#[test]
fn patient_callers_of_two_classes_under_every_order() {
    for (seed, order) in (3..).zip(Order::ALL) {
        let targets = [Span::secs(20), Span::secs(60)];
        holds(order.name(), &study(*order, &targets, 0.93, Law::Exponential { mean: TALK }, None), seed);
    }
}
