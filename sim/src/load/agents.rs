//! What agents do: answer, talk for a while, hang up. Sans I/O.

use super::clock::Moment;
use super::plan::Plan;
use super::target::{CallNo, Order, RingNo};
use crate::chance::{Purpose, Sampler, stream};
use rand_pcg::Pcg64;
use std::collections::HashMap;
use std::time::Duration;

/// All agents: each ringing for itself, since a desk rings nobody twice at once.
#[derive(Debug)]
pub(super) struct Agents {
    rings: HashMap<RingNo, Ringing>,
    pick_up: Sampler,
    talk: Sampler,
    chance: Pcg64,
}

#[derive(Debug)]
struct Ringing {
    call: Option<CallNo>,
    answered: bool,
}

impl Agents {
    pub(super) fn new(plan: &Plan) -> Agents {
        let chance = stream(plan.seed, 0, Purpose::Ring);
        Agents { rings: HashMap::new(), pick_up: plan.pick_up.sampler(), talk: plan.talk.sampler(), chance }
    }

    /// An agent is rung. When the agent answers.
    pub(super) fn rung(&mut self, ring: RingNo, call: Option<CallNo>, at: Moment) -> Moment {
        self.rings.insert(ring, Ringing { call, answered: false });
        at.after(drawn(&self.pick_up, &mut self.chance))
    }

    /// It is time to answer.
    pub(super) fn answer(&mut self, ring: RingNo) -> Option<Order<'static>> {
        let ringing = self.rings.get_mut(&ring)?;
        ringing.answered = true;
        Some(Order::Answer(ring))
    }

    /// The answer is confirmed: which call it is, if it is one of ours, and when the agent hangs up.
    pub(super) fn connected(&mut self, ring: RingNo, at: Moment) -> Option<(Option<CallNo>, Moment)> {
        let ringing = self.rings.get(&ring).filter(|ringing| ringing.answered)?;
        Some((ringing.call, at.after(drawn(&self.talk, &mut self.chance))))
    }

    /// The talk has lasted long enough.
    pub(super) fn let_go(&self, ring: RingNo) -> Option<Order<'static>> {
        self.rings.contains_key(&ring).then_some(Order::LetGo(ring))
    }

    /// It rings no more.
    pub(super) fn over(&mut self, ring: RingNo) {
        self.rings.remove(&ring);
    }

    /// Whether nobody is rung and nobody talks.
    pub(super) fn is_quiet(&self) -> bool {
        self.rings.is_empty()
    }
}

/// A length of time drawn by lot.
pub(super) fn drawn(law: &Sampler, chance: &mut Pcg64) -> Duration {
    Duration::from_micros(law.draw(chance).0)
}
