//! Whether settings fit together. Whoever reads settings from a person says more, and with line numbers.

use crate::{Agent, AgentId, Choice, Closed, Line, QueueId, Refusal, ServiceId, Settings, Span, Thresholds};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// Shorter spans would have the desk busy with nothing else.
const SHORTEST: Span = Span::millis(1);

/// More classes than these have no number.
const CLASSES_MAX: usize = 32;

/// Refuses settings that contradict themselves.
pub(super) fn verify(settings: &Settings) -> Result<(), Refusal> {
    let fault = |what| Err(Refusal::BadSettings(what));
    if settings.lines.is_empty() {
        return fault("a desk needs a line");
    }
    if settings.queues.is_empty() {
        return fault("a desk needs a queue, since everything leads to a human");
    }
    if settings.lines.iter().any(|line| !line_fits(settings, line)) {
        return fault("a line names a queue or service that is not there, or has no time for silence or a code");
    }
    settings.queues.iter().enumerate().try_for_each(|(index, queue)| thresholds_fit(settings, index, &queue.thresholds))?;
    if settings.agents.iter().any(|agent| agent.skills.iter().any(|skill| !has_queue(settings, skill.queue))) {
        return fault("an agent serves a queue that is not there");
    }
    if settings.agents.iter().any(serves_one_twice) {
        return fault("an agent serves a queue twice");
    }
    let names: BTreeSet<&str> = settings.agents.iter().map(|agent| &*agent.name).collect();
    if names.len() < settings.agents.len() {
        return fault("two agents have one name");
    }
    if !one_order_an_agent(settings) {
        return fault("queues that share an agent have one order of service");
    }
    Ok(())
}

/// Queues of which one agent may serve both, in groups: for each queue, the lowest of its group.
pub(super) fn groups(settings: &Settings) -> Vec<usize> {
    let mut group: Vec<usize> = (0..settings.queues.len()).collect();
    let reaches = super::reach::Reaches::of(settings);
    for index in 0..settings.agents.len() {
        let queues: Vec<usize> = reaches.of_agent(AgentId(index as u32)).iter().map(|reach| usize::from(reach.queue.0)).collect();
        for pair in queues.windows(2) {
            unite(&mut group, pair[0], pair[1]);
        }
    }
    group
}

fn unite(group: &mut [usize], one: usize, other: usize) {
    let (low, high) = (group[one].min(group[other]), group[one].max(group[other]));
    group.iter_mut().filter(|of| **of == high).for_each(|of| *of = low);
}

fn one_order_an_agent(settings: &Settings) -> bool {
    let orders: Vec<_> = settings.queues.iter().map(|queue| queue.thresholds.order).collect();
    groups(settings).iter().enumerate().all(|(index, group)| orders[index] == orders[*group])
}

fn thresholds_fit(settings: &Settings, index: usize, thresholds: &Thresholds) -> Result<(), Refusal> {
    let fault = |what| Err(Refusal::BadSettings(what));
    let spans = [thresholds.max_wait, thresholds.ring_for, thresholds.comfort_every];
    if spans.iter().any(|span| *span < SHORTEST) {
        return fault("a queue's longest wait, ringing time and comfort interval are longer than nothing");
    }
    let classes = &thresholds.classes;
    if classes.is_empty() || classes.len() > CLASSES_MAX || classes.iter().any(|class| class.target < SHORTEST) {
        return fault("a queue has one to 32 classes, each with a target longer than nothing");
    }
    if usize::from(thresholds.default_class.0) >= classes.len() {
        return fault("a queue's default class is one of its classes");
    }
    if thresholds.overflow.is_some_and(|to| !has_queue(settings, to.queue) || usize::from(to.queue.0) == index) {
        return fault("a queue overflows to another queue that is there");
    }
    if thresholds.callback.is_some_and(|terms| terms.tries_max == 0 || terms.retry_after < SHORTEST) {
        return fault("a caller is called back once at least, and not at once again");
    }
    if thresholds.quote.is_some_and(|quote| !(1..1000).contains(&quote.confidence.0)) {
        return fault("a quote's confidence is more than 0 and less than 1");
    }
    Ok(())
}

fn line_fits(settings: &Settings, line: &Line) -> bool {
    let closed = match line.closed {
        Closed::Message => true,
        Closed::Queue(queue) => has_queue(settings, queue),
    };
    let options = [&line.menu.one, &line.menu.two].into_iter().flatten().all(|choice| match choice {
        Choice::Instant { service, otherwise, proof } => {
            let has_time = proof.as_ref().is_none_or(|proof| proof.within >= SHORTEST);
            has_service(settings, *service) && has_queue(settings, *otherwise) && has_time
        }
        Choice::Queue(queue) => has_queue(settings, *queue),
    });
    closed && options && has_queue(settings, line.human) && line.silence >= SHORTEST
}

fn serves_one_twice(agent: &Agent) -> bool {
    let queues: BTreeSet<QueueId> = agent.skills.iter().map(|skill| skill.queue).collect();
    queues.len() < agent.skills.len()
}

fn has_queue(settings: &Settings, queue: QueueId) -> bool {
    usize::from(queue.0) < settings.queues.len()
}

fn has_service(settings: &Settings, service: ServiceId) -> bool {
    usize::from(service.0) < settings.services.len()
}
