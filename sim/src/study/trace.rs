//! What happened in a study: plain events, in order.

use cabrank_core::{AgentId, CallId, ClassId, QueueId, Span, Tick};

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// In the order in which it happened, of one moment, too.
    pub events: Vec<Event>,
    /// From then on nobody came any more.
    pub closed_at: Tick,
}

/// One thing that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Tick,
    /// What.
    pub what: What,
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A caller joined a line.
    Joined {
        /// The call; calls are numbered from 0 in the order of joining.
        call: CallId,
        /// The queue.
        queue: QueueId,
        /// The class in it.
        class: ClassId,
    },
    /// A waiting caller hung up.
    Left {
        /// The call.
        call: CallId,
    },
    /// A caller was turned away.
    TurnedAway {
        /// The call.
        call: CallId,
    },
    /// An agent took a call.
    Taken {
        /// The call.
        call: CallId,
        /// The agent.
        agent: AgentId,
    },
    /// A talk ended.
    Done {
        /// The call.
        call: CallId,
        /// The agent.
        agent: AgentId,
    },
}

/// One caller's wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The queue.
    pub queue: QueueId,
    /// The class in it.
    pub class: ClassId,
    /// When the caller joined.
    pub joined_at: Tick,
    /// How long the wait was.
    pub waited: Span,
    /// How it ended.
    pub end: End,
    /// How long the talk was that followed; nothing if there was none, or it is not over.
    pub talked: Span,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// An agent took the call.
    Taken(AgentId),
    /// The caller hung up.
    Left,
    /// The caller was turned away.
    TurnedAway,
}

impl Wait {
    fn from(joined_at: Tick, queue: QueueId, class: ClassId) -> Wait {
        Wait { queue, class, joined_at, waited: Span(0), end: End::Left, talked: Span(0) }
    }
}

impl Trace {
    /// The waits that are over, in the order of joining.
    pub fn waits(&self) -> Vec<Wait> {
        let mut waits: Vec<(Wait, bool)> = Vec::new();
        for Event { at, what } in &self.events {
            let (call, end) = match *what {
                What::Joined { queue, class, .. } => {
                    waits.push((Wait::from(*at, queue, class), false));
                    continue;
                }
                What::Left { call } => (call, Some(End::Left)),
                What::TurnedAway { call } => (call, Some(End::TurnedAway)),
                What::Taken { call, agent } => (call, Some(End::Taken(agent))),
                What::Done { call, .. } => (call, None),
            };
            let Some((wait, over)) = waits.get_mut(call.0 as usize) else { continue };
            match end {
                Some(end) => *wait = Wait { waited: at.since(wait.joined_at), end, ..*wait },
                None => wait.talked = at.since(wait.joined_at.plus(wait.waited)),
            }
            *over = true;
        }
        waits.into_iter().filter(|(_, over)| *over).map(|(wait, _)| wait).collect()
    }

    /// How much of the time up to closing each of so many agents was idle, from `from` on: shares of 1.
    pub fn idle_shares(&self, agents: usize, from: Tick) -> Vec<f64> {
        let length = self.closed_at.since(from).0 as f64;
        let mut taken_at: Vec<Option<Tick>> = vec![None; agents];
        let mut busy = vec![0_u64; agents];
        let clamp = |at: Tick| at.clamp(from, self.closed_at.max(from));
        for Event { at, what } in &self.events {
            match *what {
                What::Taken { agent, .. } => taken_at[agent.0 as usize] = Some(*at),
                What::Done { agent, .. } => {
                    let since = taken_at[agent.0 as usize].take().unwrap_or(*at);
                    busy[agent.0 as usize] += clamp(*at).since(clamp(since)).0;
                }
                What::Joined { .. } | What::Left { .. } | What::TurnedAway { .. } => {}
            }
        }
        busy.into_iter().map(|busy| 1.0 - busy as f64 / length).collect()
    }

    /// The mean number of waiting callers from `from` up to closing.
    pub fn mean_waiting(&self, from: Tick) -> f64 {
        let (mut waiting, mut area, mut last) = (0_u64, 0_u128, from);
        for Event { at, what } in &self.events {
            let at = (*at).clamp(from, self.closed_at.max(from));
            area += u128::from(waiting) * u128::from(at.since(last).0);
            last = at;
            match what {
                What::Joined { .. } => waiting += 1,
                What::Left { .. } | What::TurnedAway { .. } | What::Taken { .. } => waiting = waiting.saturating_sub(1),
                What::Done { .. } => {}
            }
        }
        area as f64 / self.closed_at.since(from).0 as f64
    }
}
