//! Whom an agent serves, and who serves a caller: everybody is looked at and sorted.

use super::scene::{Free, InLine, Scene};
use cabrank_core::{AgentId, AgentOrder};
use std::cmp::Ordering;

/// Two shares of time busy that differ by less are alike: the desk reckons in whole numbers.
const ALIKE: f64 = 1e-5;

impl Scene<'_> {
    /// Everybody whom an idle agent may serve now, whoever comes first first: whom the agent has just missed comes last.
    pub(crate) fn callers_for(&self, agent: AgentId) -> Vec<&InLine> {
        let mut open = self.line.iter().filter(|caller| self.bar(agent, caller).is_none()).collect::<Vec<_>>();
        open.sort_by_cached_key(|caller| (self.has_just_missed(agent, caller), self.turn(caller, agent)));
        open
    }

    /// Every idle agent open to a caller, the best first: the caller's own agent, then by whether it has just missed the
    /// caller, whether it is a guest, by level and by the queue's order of agents.
    pub(crate) fn agents_for(&self, caller: &InLine) -> Vec<&Free> {
        let open = |free: &&Free| self.is_own_choice(caller, free) || self.bar(free.agent, caller).is_none();
        let mut open = self.free.iter().filter(open).collect::<Vec<_>>();
        open.sort_by(|one, other| self.compare_agents(caller, one, other));
        open
    }

    /// Whether an agent is as good for a caller as the best, given that shares of time are known only so well.
    pub(crate) fn is_best(&self, caller: &InLine, agent: AgentId) -> bool {
        let open = self.agents_for(caller);
        let Some(chosen) = open.iter().find(|free| free.agent == agent) else { return false };
        open.first().is_some_and(|best| {
            best.agent == agent || (self.rank(caller, best) == self.rank(caller, chosen) && self.alike(caller, best, chosen))
        })
    }

    pub(crate) fn has_just_missed(&self, agent: AgentId, caller: &InLine) -> bool {
        self.agent(agent).is_some_and(|free| free.missed == Some(caller.call))
    }

    /// The agent of the caller's own goes before all others, whatever the level, unless kept or having just missed.
    pub(crate) fn is_own_choice(&self, caller: &InLine, free: &Free) -> bool {
        let kept = self.kept_from(free.agent, caller.queue).is_some();
        caller.own == Some(free.agent) && !kept && free.missed != Some(caller.call)
    }

    /// All but the order of agents within a level.
    pub(crate) fn rank(&self, caller: &InLine, free: &Free) -> (bool, bool, Option<(bool, u8)>) {
        let own = self.is_own_choice(caller, free);
        let tier = self.way(free.agent, caller.queue).map(|way| (way.guest, way.level));
        (!own, free.missed == Some(caller.call), tier.filter(|_| !own))
    }

    fn compare_agents(&self, caller: &InLine, one: &Free, other: &Free) -> Ordering {
        let by_turn = || self.agent_order(caller, one, other).then(one.idle_since.cmp(&other.idle_since));
        let by_rank = self.rank(caller, one).cmp(&self.rank(caller, other));
        by_rank.then_with(by_turn).then(one.agent.cmp(&other.agent))
    }

    /// By the queue's order of agents alone.
    pub(crate) fn agent_order(&self, caller: &InLine, one: &Free, other: &Free) -> Ordering {
        match self.agent_order_of(caller) {
            AgentOrder::LongestIdle => one.idle_since.cmp(&other.idle_since),
            AgentOrder::LeastOccupied => one.occupancy.total_cmp(&other.occupancy),
        }
    }

    /// Whether two agents cannot be told apart by how busy they have been.
    pub(crate) fn alike(&self, caller: &InLine, one: &Free, other: &Free) -> bool {
        match self.agent_order_of(caller) {
            AgentOrder::LongestIdle => false,
            AgentOrder::LeastOccupied => (one.occupancy - other.occupancy).abs() < ALIKE,
        }
    }

    fn agent_order_of(&self, caller: &InLine) -> AgentOrder {
        self.thresholds(caller.queue).map_or(AgentOrder::default(), |thresholds| thresholds.agent_order)
    }
}
