//! Desks on which fairness is hard.

use cabrank_core::{ClassId, Order, Overflow, QueueId, Settings, Skill, Span, Thresholds, Widening};
use cabrank_sim::chance::Law;
use cabrank_sim::study::{Source, Study, plain_agents, plain_desk, plain_queue};

const HANDLE: Span = Span::secs(180);

pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) study: fn(Order) -> Study,
}

pub(crate) const ALL: [Scenario; 6] = [
    Scenario { name: "one queue, 90 % load", study: one_queue },
    Scenario { name: "three queues, mixed skills", study: mixed_skills },
    Scenario { name: "widening by level", study: widening },
    Scenario { name: "overflow and reserve", study: overflow },
    Scenario { name: "overload, 60 s of patience", study: overload },
    Scenario { name: "strict for 4 minutes at most", study: short_guard },
];

pub(crate) fn one_queue(order: Order) -> Study {
    let settings = plain_desk(vec![queue(order)], plain_agents(5, 1));
    study(settings, 0.9, 40_000, None)
}

pub(crate) fn mixed_skills(order: Order) -> Study {
    let agents = [serving(&[(0, 1), (1, 2)]), serving(&[(1, 1), (2, 2)]), serving(&[(0, 2), (1, 2), (2, 1)])];
    study(plain_desk(vec![queue(order), queue(order), queue(order)], agents.concat()), 0.85, 40_000, None)
}

/// Half of the agents may help only after a while, and with another queue sooner than with their neighbours'.
pub(crate) fn widening(order: Order) -> Study {
    let widen =
        |after| vec![Widening { after: Span::secs(after), level: 2 }, Widening { after: Span::secs(3 * after), level: 3 }];
    let queues = vec![Thresholds { widen: widen(20), ..queue(order) }, Thresholds { widen: widen(40), ..queue(order) }];
    let agents = [serving(&[(0, 1), (1, 3)]), serving(&[(0, 2), (1, 1)]), serving(&[(0, 3), (1, 2)])];
    study(plain_desk(queues, agents.concat()), 0.8, 40_000, None)
}

fn overflow(order: Order) -> Study {
    let over = Some(Overflow { after: Span::secs(60), queue: QueueId(1) });
    let queues = vec![Thresholds { overflow: over, ..queue(order) }, Thresholds { reserve: 1, ..queue(order) }];
    let agents = [serving(&[(0, 1)]), serving(&[(1, 1)]), serving(&[(0, 1), (1, 1)])];
    study(plain_desk(queues, agents.concat()), 0.75, 40_000, None)
}

fn overload(order: Order) -> Study {
    let settings = plain_desk(vec![queue(order)], plain_agents(5, 1));
    study(settings, 1.4, 40_000, Some(Law::Exponential { mean: Span::secs(60) }))
}

/// The guard against starvation acts at half of the longest wait, which some callers reach.
fn short_guard(order: Order) -> Study {
    let thresholds = Thresholds { max_wait: Span::secs(8 * 60), ..queue(order) };
    study(plain_desk(vec![thresholds], plain_agents(4, 1)), 0.95, 40_000, None)
}

fn queue(order: Order) -> Thresholds {
    plain_queue(order, &[Span::secs(20), Span::secs(60)])
}

/// Three agents who are alike.
fn serving(skills: &[(u16, u8)]) -> Vec<Vec<Skill>> {
    let skill = |(queue, level): &(u16, u8)| Skill { queue: QueueId(*queue), level: *level };
    vec![skills.iter().map(skill).collect(); 3]
}

/// Each queue gets the same share of the load; of its callers, four in ten are of the class with the short target.
fn study(settings: Settings, load: f64, calls: u64, patience: Option<Law>) -> Study {
    let rate = load * settings.agents.len() as f64 / (HANDLE.0 as f64);
    let queues = settings.queues.len();
    let source = |queue: usize, class: u8| {
        let share = if class == 0 { 0.4 } else { 0.6 } / queues as f64;
        let mean = Span((1.0 / rate / share) as u64);
        let handle = Law::Gamma { mean: HANDLE, sd: Span(HANDLE.0 / 3) };
        let patience = patience.clone();
        Source { queue: QueueId(queue as u16), class: ClassId(class), between: Law::Exponential { mean }, handle, patience }
    };
    Study {
        sources: (0..queues).flat_map(|queue| [source(queue, 0), source(queue, 1)]).collect(),
        speeds: Vec::new(),
        open_for: Span((calls as f64 / rate) as u64),
        settings,
    }
}
