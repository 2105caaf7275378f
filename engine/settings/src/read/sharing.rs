//! Queues that share agents: one order of service for all of them, and somebody left when agents are kept back.

use super::queue::Site;
use super::report::Report;
use cabrank_core::{Agent, QueueId, Settings, Skill};
use std::collections::BTreeSet;
use std::ops::Range;

/// Names queues of different orders that share an agent, and queues that keep all their agents back. `sites` is empty if no
/// file is known of.
pub(super) fn check(report: &Report, desk: &Settings, sites: &[Site]) {
    check_orders(report, desk, sites);
    check_reserves(report, desk, sites);
}

fn check_orders(report: &Report, desk: &Settings, sites: &[Site]) {
    let helped = Helped::of(desk);
    let mut told = BTreeSet::new();
    for agent in &desk.agents {
        let mut queues = helped.reached_by(desk, agent).into_iter().filter(|queue| is_sound(sites, *queue));
        let Some(first) = queues.next() else { continue };
        for other in queues {
            let differ = order(desk, first) != order(desk, other);
            if differ && told.insert((first, other)) {
                let both = format!("{} and {}", described(report, desk, sites, first), described(report, desk, sites, other));
                let what = format!("agent `{}` may serve both {both}: which caller comes first cannot be said", agent.name);
                report.wrong(at(sites, other, |site| &site.order), what, "the same `order` for queues that share an agent");
            }
        }
    }
}

fn check_reserves(report: &Report, desk: &Settings, sites: &[Site]) {
    let mut own: Vec<u32> = vec![0; desk.queues.len()];
    for skill in desk.agents.iter().flat_map(|agent| &agent.skills) {
        let place = usize::from(skill.queue.0);
        if let Some(count) = own.get_mut(place).filter(|_| opens(desk, *skill)) {
            *count += 1;
        }
    }
    for ((id, queue), own) in (0..).map(QueueId).zip(&desk.queues).zip(own) {
        let reserve = queue.thresholds.reserve;
        if reserve > 0 && reserve >= own && is_sound(sites, id) {
            let what = format!("`reserve` = {reserve} keeps every agent of queue `{}` back: it has {own}", queue.name);
            let right = if own > 1 { format!("{} at the most", own - 1) } else { "0, or leave it out".to_owned() };
            report.wrong(at(sites, id, |site| &site.reserve), what, right);
        }
    }
}

/// For each queue those that overflow to it.
struct Helped {
    by: Vec<Vec<QueueId>>,
}

impl Helped {
    fn of(desk: &Settings) -> Helped {
        let mut by = vec![Vec::new(); desk.queues.len()];
        for (id, queue) in (0..).map(QueueId).zip(&desk.queues) {
            let helper = queue.thresholds.overflow.and_then(|overflow| by.get_mut(usize::from(overflow.queue.0)));
            helper.into_iter().for_each(|by| by.push(id));
        }
        Helped { by }
    }

    /// The queues whose callers an agent may ever serve, in order.
    fn reached_by(&self, desk: &Settings, agent: &Agent) -> BTreeSet<QueueId> {
        let mut reached = BTreeSet::new();
        for skill in &agent.skills {
            let place = usize::from(skill.queue.0);
            reached.extend(opens(desk, *skill).then_some(skill.queue));
            reached.extend(self.by.get(place).into_iter().flatten());
        }
        reached
    }
}

/// Whether the queue's callers are ever open to an agent with that skill.
fn opens(desk: &Settings, skill: Skill) -> bool {
    let queue = desk.queues.get(usize::from(skill.queue.0));
    queue.is_some_and(|queue| queue.thresholds.opens_after(skill.level).is_some())
}

fn order(desk: &Settings, queue: QueueId) -> &'static str {
    desk.queues.get(usize::from(queue.0)).map_or("", |queue| queue.thresholds.order.name())
}

fn described(report: &Report, desk: &Settings, sites: &[Site], queue: QueueId) -> String {
    let name = desk.queues.get(usize::from(queue.0)).map(|queue| &*queue.name).unwrap_or_default();
    let line = sites.get(usize::from(queue.0)).map(|site| format!(", line {}", report.line(site.order.start)));
    format!("queue `{name}` (`{}`{})", order(desk, queue), line.unwrap_or_default())
}

fn is_sound(sites: &[Site], queue: QueueId) -> bool {
    sites.get(usize::from(queue.0)).is_none_or(|site| site.sound)
}

fn at(sites: &[Site], queue: QueueId, key: impl Fn(&Site) -> &Range<usize>) -> Range<usize> {
    sites.get(usize::from(queue.0)).map_or(0..0, |site| key(site).clone())
}
