//! Studies replicated, and estimates held against exact values.

use cabrank_core::{AgentId, ClassId, Order, QueueId, Span, Tick};
use cabrank_sim::chance::Law;
use cabrank_sim::statistics::Interval;
use cabrank_sim::study::{Source, Study, Trace, Wait, plain_agents, plain_desk, plain_queue};

const REPLICATIONS: u64 = 20;
const CONFIDENCE: f64 = 0.999;
/// Half an interval's width as a share of the value, at the most.
const NARROW: f64 = 0.03;
/// The share of each replication's time that is not looked at.
const WARM_UP: f64 = 0.05;

/// The mean handle time of an agent of speed 1 in every study here, in seconds.
pub(crate) const HANDLE_S: f64 = 180.0;

/// One stream of callers: its share of the load that all agents together can carry, and its target in seconds.
pub(crate) struct Flow {
    pub(crate) load: f64,
    pub(crate) target_s: f64,
    pub(crate) handle: Law,
    pub(crate) patience: Option<Law>,
}

impl Flow {
    pub(crate) fn new(load: f64, target_s: f64) -> Flow {
        Flow { load, target_s, handle: exponential(HANDLE_S), patience: None }
    }

    pub(crate) fn with(self, handle: Law) -> Flow {
        Flow { handle, ..self }
    }

    /// Callers a second, where so many agents of speed 1 serve.
    pub(crate) fn rate(&self, agents: usize) -> f64 {
        self.load * agents as f64 / self.handle.mean_s()
    }
}

pub(crate) fn secs(s: f64) -> Span {
    Span((s * 1e6).round() as u64)
}

pub(crate) fn exponential(mean_s: f64) -> Law {
    Law::Exponential { mean: secs(mean_s) }
}

/// A queue with a class for each flow, served by so many agents, open for about so many calls.
pub(crate) fn study(order: Order, flows: &[Flow], agents: usize, calls: u32) -> Study {
    let rate: f64 = flows.iter().map(|flow| flow.rate(agents)).sum();
    let targets: Vec<Span> = flows.iter().map(|flow| secs(flow.target_s)).collect();
    let source = |(class, flow): (usize, &Flow)| Source {
        queue: QueueId(0),
        class: ClassId(class as u8),
        between: exponential(1.0 / flow.rate(agents)),
        handle: flow.handle.clone(),
        patience: flow.patience.clone(),
    };
    Study {
        settings: plain_desk(vec![plain_queue(order, &targets)], plain_agents(agents, 1)),
        sources: flows.iter().enumerate().map(source).collect(),
        speeds: Vec::new(),
        open_for: secs(f64::from(calls) / rate),
    }
}

/// One replication, the warm-up taken off.
pub(crate) struct Replication {
    pub(crate) trace: Trace,
    pub(crate) from: Tick,
    pub(crate) waits: Vec<Wait>,
}

impl Replication {
    pub(crate) fn mean_wait_s(&self, counts: impl Fn(&Wait) -> bool) -> f64 {
        let (sum, n) =
            self.waits.iter().filter(|wait| counts(wait)).fold((0.0, 0.0), |(sum, n), wait| (sum + wait_s(wait), n + 1.0));
        sum / n
    }

    pub(crate) fn mean_wait_of_s(&self, class: usize) -> f64 {
        self.mean_wait_s(|wait| usize::from(wait.class.0) == class)
    }

    pub(crate) fn share(&self, counts: impl Fn(&Wait) -> bool) -> f64 {
        self.waits.iter().filter(|wait| counts(wait)).count() as f64 / self.waits.len() as f64
    }

    /// The share of all agents' time that those who came would take.
    fn load(&self, agents: usize) -> f64 {
        let talked: u64 = self.waits.iter().map(|wait| wait.talked.0).sum();
        talked as f64 / self.trace.closed_at.since(self.from).0 as f64 / agents as f64
    }

    /// Mean number of waiting callers less arrivals a second times mean wait, as a share of the former: Little's law has it 0.
    pub(crate) fn littles_residual(&self) -> f64 {
        let length_s = self.trace.closed_at.since(self.from).0 as f64 / 1e6;
        let waiting = self.trace.mean_waiting(self.from);
        1.0 - self.waits.iter().map(wait_s).sum::<f64>() / length_s / waiting
    }

    pub(crate) fn idle_share(&self, agent: AgentId, agents: usize) -> f64 {
        self.trace.idle_shares(agents, self.from)[agent.0 as usize]
    }
}

pub(crate) fn wait_s(wait: &Wait) -> f64 {
    wait.waited.0 as f64 / 1e6
}

/// The replications of a study. The same seeds for every study: what differs is the study alone.
pub(crate) fn replicate(study: &Study) -> Vec<Replication> {
    let from = Tick((study.open_for.0 as f64 * WARM_UP) as u64);
    let replication = |seed| {
        let trace = study.run(seed).expect("the desk takes the settings");
        let waits = trace.waits().into_iter().filter(|wait| wait.joined_at >= from).collect();
        Replication { trace, from, waits }
    };
    (1..=REPLICATIONS).map(replication).collect()
}

/// What chance did to the replications, seen in a figure whose mean is known.
pub(crate) struct Control {
    known: f64,
    figures: Vec<f64>,
}

impl Control {
    /// The load that came.
    pub(crate) fn load(replications: &[Replication], agents: usize, load: f64) -> Control {
        Control { known: load, figures: figures(replications, |r| r.load(agents)) }
    }

    /// The load that came, were all talks of mean length.
    pub(crate) fn arrivals(replications: &[Replication], agents: usize, load: f64) -> Control {
        let length_s = |r: &Replication| r.trace.closed_at.since(r.from).0 as f64 / 1e6;
        let load_came = |r: &Replication| r.waits.len() as f64 * HANDLE_S / length_s(r) / agents as f64;
        Control { known: load, figures: figures(replications, load_came) }
    }

    /// The mean wait of the same callers of a class, first come, first served.
    pub(crate) fn first_come(fifo: &[Replication], class: usize, mean_wait_s: f64) -> Control {
        Control { known: mean_wait_s, figures: figures(fifo, |r| r.mean_wait_of_s(class)) }
    }
}

/// The exact value lies within the estimate's interval, and the interval is narrow.
pub(crate) fn stands(
    what: &str,
    exact: f64,
    replications: &[Replication],
    control: &Control,
    figure: impl Fn(&Replication) -> f64,
) {
    let estimate = Interval::controlled(&figures(replications, figure), &control.figures, control.known, CONFIDENCE);
    let width = estimate.half_width / exact;
    println!("{what:<60} exact {exact:>10.5}  core {estimate}  ({:.2} %)", width * 100.0);
    assert!(estimate.covers(exact), "{what}: {exact} does not lie within {estimate}; seeds 1..={REPLICATIONS}");
    assert!(width < NARROW, "{what}: {estimate} is too wide to tell anything");
}

/// The figure is nothing but chance around 0, and less than 3 % of `scale`.
pub(crate) fn vanishes(what: &str, scale: f64, residuals: &[f64]) {
    let estimate = Interval::of(residuals, CONFIDENCE);
    println!("{what:<60} exact          0  core {estimate}  ({:.2} %)", estimate.half_width / scale * 100.0);
    assert!(estimate.covers(0.0), "{what}: {estimate} does not cover 0; seeds 1..={REPLICATIONS}");
    assert!(estimate.half_width < NARROW * scale, "{what}: {estimate} is too wide to tell anything");
}

pub(crate) fn figures(replications: &[Replication], figure: impl Fn(&Replication) -> f64) -> Vec<f64> {
    replications.iter().map(figure).collect()
}
