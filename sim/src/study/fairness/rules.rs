//! The rules in force, read from the settings: who may take whom and when, and who comes before whom.

use cabrank_core::{Agent, AgentId, AgentOrder, CallId, Order, Place, QueueId, Settings, Span, Thresholds, Tick};

use super::ClassOf;

/// A caller in line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    pub(crate) call: CallId,
    pub(crate) class: ClassOf,
    pub(crate) joined_at: Tick,
}

/// How well an agent serves a queue, the lower the better, and after which wait its callers are open to the agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Open {
    pub(super) tier: (bool, u8),
    pub(super) after: Span,
}

pub(crate) struct Rules<'a> {
    settings: &'a Settings,
    /// By agent and queue.
    open: Vec<Vec<Option<Open>>>,
    reserving: Vec<QueueId>,
}

impl<'a> Rules<'a> {
    pub(crate) fn of(settings: &'a Settings) -> Rules<'a> {
        let queues = || (0..settings.queues.len()).map(|queue| QueueId(queue as u16));
        let of_agent = |agent| queues().map(|queue| open(settings, agent, queue)).collect();
        let reserves = |queue: &QueueId| settings.queues[usize::from(queue.0)].thresholds.reserve > 0;
        Rules { settings, open: settings.agents.iter().map(of_agent).collect(), reserving: queues().filter(reserves).collect() }
    }

    /// How an agent serves a caller's queue, if the caller is open to the agent by then.
    pub(super) fn opens(&self, agent: AgentId, caller: &Standing, now: Tick) -> Option<Open> {
        let open = self.open[agent.0 as usize][usize::from(caller.class.0.0)]?;
        (now.since(caller.joined_at) >= open.after).then_some(open)
    }

    /// Whether an idle agent is kept from a queue's callers for those of another one, which has so few idle.
    pub(super) fn is_kept(&self, agent: AgentId, from: QueueId, own_idle: impl Fn(QueueId) -> usize) -> bool {
        let keeps = |queue: QueueId| {
            let reserve = self.thresholds(queue).reserve as usize;
            reserve > 0 && self.serves(agent, queue) && own_idle(queue) <= reserve
        };
        !keeps(from) && self.reserving.iter().any(|queue| keeps(*queue))
    }

    /// Whether a queue is among an agent's own.
    pub(super) fn serves(&self, agent: AgentId, queue: QueueId) -> bool {
        self.settings.agents[agent.0 as usize].level(queue).is_some()
    }

    /// Whether agents of the same level take turns by the time idle alone.
    pub(super) fn agents_take_turns(&self, queue: QueueId) -> bool {
        self.reserving.is_empty() && self.thresholds(queue).agent_order == AgentOrder::LongestIdle
    }

    pub(super) fn wrap_up(&self, queue: QueueId) -> Span {
        self.thresholds(queue).wrap_up
    }

    /// Whether the order of service puts one caller before the other. An order that is not restated here is taken at its word.
    pub(crate) fn precedes(&self, one: &Standing, other: &Standing, now: Tick) -> bool {
        let came_first = one.call < other.call;
        let (shorter, same) = match self.order(one).name() {
            "fifo" => (one.joined_at < other.joined_at, one.joined_at == other.joined_at),
            "proportional" => {
                let (this, that) = (self.share(one, other, now), self.share(other, one, now));
                (this > that, this == that)
            }
            "head-start" => (self.due_at(one) < self.due_at(other), self.due_at(one) == self.due_at(other)),
            "strict-priority" => match (self.starves(one, now), self.starves(other, now)) {
                (true, true) => (false, true),
                (false, false) => (self.target(one) < self.target(other), self.target(one) == self.target(other)),
                (starves, _) => (starves, false),
            },
            _ => (self.by_its_own_word(one, other, now), false),
        };
        shorter || (same && came_first)
    }

    /// Whether somebody who is passed over waits longer than the order of service allows, given who was taken.
    pub(super) fn is_starved(&self, passed: &Standing, taken: &Standing, now: Tick) -> bool {
        let (waited, waited_by_taken) = (now.since(passed.joined_at), now.since(taken.joined_at));
        match self.order(taken).name() {
            "fifo" => waited > waited_by_taken,
            "proportional" => self.share(passed, taken, now) > self.share(taken, passed, now),
            "head-start" => waited.0 + self.target(taken).0 > waited_by_taken.0 + self.target(passed).0,
            "strict-priority" => self.starves(passed, now) && waited > waited_by_taken,
            _ => self.by_its_own_word(passed, taken, now),
        }
    }

    fn by_its_own_word(&self, one: &Standing, other: &Standing, now: Tick) -> bool {
        let standing = |caller: &Standing| cabrank_core::Standing {
            since: caller.joined_at,
            place: Place(caller.call.0),
            target: self.target(caller),
            max_wait: self.thresholds(caller.class.0).max_wait,
            head_start: Span(0),
        };
        self.order(one).compare(&standing(one), &standing(other), now) == std::cmp::Ordering::Less
    }

    fn order(&self, caller: &Standing) -> Order {
        self.thresholds(caller.class.0).order
    }

    /// The wait in targets of `of`, times both targets.
    fn share(&self, of: &Standing, against: &Standing, now: Tick) -> u128 {
        u128::from(now.since(of.joined_at).0) * u128::from(self.target(against).0)
    }

    fn due_at(&self, caller: &Standing) -> Tick {
        caller.joined_at.plus(self.target(caller))
    }

    fn starves(&self, caller: &Standing, now: Tick) -> bool {
        now.since(caller.joined_at).0 >= self.thresholds(caller.class.0).max_wait.0 / 2
    }

    fn target(&self, caller: &Standing) -> Span {
        self.thresholds(caller.class.0).target(caller.class.1)
    }

    fn thresholds(&self, queue: QueueId) -> &Thresholds {
        &self.settings.queues[usize::from(queue.0)].thresholds
    }
}

/// By the agent's own level where there is one; else by the help that the queue asks of another one.
fn open(settings: &Settings, agent: &Agent, queue: QueueId) -> Option<Open> {
    let thresholds = &settings.queues[usize::from(queue.0)].thresholds;
    let own = agent.level(queue).and_then(|level| {
        let steps = thresholds.widen.iter();
        let from_the_start = steps.clone().all(|step| level < step.level);
        let after =
            if from_the_start { Some(Span(0)) } else { steps.filter(|step| level <= step.level).map(|step| step.after).min() };
        Some(Open { tier: (false, level), after: after? })
    });
    let helps = || {
        let overflow = thresholds.overflow?;
        Some(Open { tier: (true, agent.level(overflow.queue)?), after: overflow.after })
    };
    own.or_else(helps)
}
