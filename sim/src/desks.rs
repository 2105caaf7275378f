//! Desks drawn by lot: small ones, odd ones and ordinary ones, all with settings that a desk accepts.

use crate::Draw;
use crate::thresholds::any_thresholds;
use cabrank_core::{
    Agent, Choice, Closed, Limits, Line, Menu, Order, Proof, Queue, QueueId, Service, ServiceId, Settings, SignIn, Skill, Span,
    Text,
};

/// Settings drawn by lot. All queues have one order of service: some of them may share an agent.
pub fn any_settings(draw: &mut Draw) -> Settings {
    let queues = draw.between(1, 3) as u16;
    let order = *draw.one_of(Order::ALL).unwrap_or(&Order::Proportional);
    let services = draw.between(0, 2) as u16;
    Settings {
        name: "drawn".into(),
        limits: Limits { calls_max: if draw.chance(20) { draw.between(1, 6) as u32 } else { 200 } },
        lines: (0..draw.between(1, 3)).map(|n| any_line(draw, n, queues, services)).collect(),
        services: (0..services).map(|n| any_service(draw, n.into())).collect(),
        queues: (0..queues).map(|n| any_queue(draw, n, queues, order)).collect(),
        agents: (0..agent_count(draw)).map(|n| any_agent(draw, n, queues)).collect(),
    }
}

/// The same desk on another day: agents come and go and learn, limits and times move. Names keep their owners.
pub fn changed_settings(draw: &mut Draw, old: &Settings) -> Settings {
    let mut new = any_settings(draw);
    let queues = new.queues.len() as u16;
    new.agents = old.agents.iter().filter_map(|agent| stays(draw, agent, queues)).collect();
    if draw.chance(50) {
        let newcomer = any_newcomer(draw, queues);
        let at = draw.between(0, new.agents.len() as u64) as usize;
        new.agents.insert(at, newcomer);
    }
    new
}

fn stays(draw: &mut Draw, agent: &Agent, queues: u16) -> Option<Agent> {
    draw.chance(80).then(|| Agent { skills: any_skills(draw, queues), ..agent.clone() })
}

/// Out of so many names that two newcomers seldom share one.
fn any_newcomer(draw: &mut Draw, queues: u16) -> Agent {
    let number = draw.between(1_000, 999_999);
    any_agent(draw, number, queues)
}

fn agent_count(draw: &mut Draw) -> u64 {
    match draw.between(0, 9) {
        0 => 0,
        1 | 2 => 1,
        3..=7 => draw.between(2, 5),
        _ => draw.between(6, 12),
    }
}

fn any_line(draw: &mut Draw, n: u64, queues: u16, services: u16) -> Line {
    Line {
        number: Text::from(format!("+65655211{n:02}")),
        closed: if draw.chance(50) { Closed::Message } else { Closed::Queue(any_queue_id(draw, queues)) },
        menu: Menu { one: any_choice(draw, queues, services), two: any_choice(draw, queues, services) },
        human: any_queue_id(draw, queues),
        silence: draw.millis(500, 6_000),
    }
}

fn any_choice(draw: &mut Draw, queues: u16, services: u16) -> Option<Choice> {
    let queue = any_queue_id(draw, queues);
    match draw.between(0, 5) {
        0 => None,
        1 | 2 => Some(Choice::Queue(queue)),
        _ if services == 0 => Some(Choice::Queue(queue)),
        _ => {
            let service = ServiceId(draw.between(0, u64::from(services) - 1) as u16);
            // Not by lot: so that what else is drawn stays what it was.
            let proof = service.0.is_multiple_of(2).then(|| Proof { field: "pin".into(), within: Span::secs(15) });
            Some(Choice::Instant { service, otherwise: queue, proof })
        }
    }
}

fn any_queue_id(draw: &mut Draw, queues: u16) -> QueueId {
    QueueId(draw.between(0, u64::from(queues.max(1)) - 1) as u16)
}

fn any_service(draw: &mut Draw, n: u64) -> Service {
    let needs = if draw.chance(70) { vec![Text::from("pickup")] } else { Vec::new() };
    Service { name: Text::from(format!("service-{n}")), timeout: draw.millis(500, 5_000), needs }
}

fn any_queue(draw: &mut Draw, n: u16, queues: u16, order: Order) -> Queue {
    Queue { name: Text::from(format!("queue-{n}")), thresholds: any_thresholds(draw, QueueId(n), queues, order) }
}

fn any_agent(draw: &mut Draw, n: u64, queues: u16) -> Agent {
    let sign_in = if draw.chance(70) { SignIn::WithPhone } else { SignIn::OnRequest };
    Agent { name: Text::from(format!("a{n}")), skills: any_skills(draw, queues), sign_in }
}

/// Sometimes every queue, sometimes a few, now and then none.
fn any_skills(draw: &mut Draw, queues: u16) -> Vec<Skill> {
    let share = *draw.one_of(&[30, 60, 100]).unwrap_or(&100);
    let served = (0..queues).filter(|_| draw.chance(share)).collect::<Vec<_>>();
    served.into_iter().map(|queue| Skill { queue: QueueId(queue), level: draw.between(1, 3) as u8 }).collect()
}
