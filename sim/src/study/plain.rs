//! Desks with nothing but lines and agents, to be compared with formulas.

use cabrank_core::{Agent, Class, ClassId, Limits, Order, Queue, QueueId, Settings, SignIn, Skill, Span, Thresholds};

/// Longer than any study lasts: a century.
pub const NEVER: Span = Span::secs(100 * 365 * 24 * 3600);

/// A queue with one class for each target, in which nobody is sent away, spoken to or made to wait by anything but the order
/// of service. Agents have no wrap-up.
pub fn plain_queue(order: Order, targets: &[Span]) -> Thresholds {
    Thresholds {
        order,
        classes: targets.iter().enumerate().map(|(n, target)| Class { name: format!("c{n}").into(), target: *target }).collect(),
        default_class: ClassId(0),
        max_waiting: u32::MAX,
        max_wait: NEVER,
        comfort_every: NEVER,
        keep_place_for: Span(0),
        wrap_up: Span(0),
        ..Thresholds::default()
    }
}

/// So many agents, each of whom serves all of so many queues at the best level.
pub fn plain_agents(agents: usize, queues: usize) -> Vec<Vec<Skill>> {
    let skills: Vec<Skill> = (0..queues).map(|queue| Skill { queue: QueueId(queue as u16), level: 1 }).collect();
    vec![skills; agents]
}

/// A desk of these queues and agents.
pub fn plain_desk(queues: Vec<Thresholds>, agents: Vec<Vec<Skill>>) -> Settings {
    let queue = |(n, thresholds)| Queue { name: format!("q{n}").into(), thresholds };
    let agent = |(n, skills)| Agent { name: format!("a{n}").into(), skills, sign_in: SignIn::WithPhone };
    Settings {
        name: "plain".into(),
        limits: Limits { calls_max: u32::MAX },
        lines: Vec::new(),
        services: Vec::new(),
        queues: queues.into_iter().enumerate().map(queue).collect(),
        agents: agents.into_iter().enumerate().map(agent).collect(),
    }
}
