//! What agents do, and whether one is idle while somebody waits.

use super::{Books, spread};
use crate::scenario::Scenario;
use cabrank_core::{AgentId, QueueId, Span, Tick};

/// What an agent is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulate) enum Activity {
    Off,
    Idle,
    Ringing,
    Talking,
    WrapUp,
    /// On duty and not free: missed a ringing, or the phone is out of reach.
    Away,
    Break,
}

/// An agent as the books know it.
pub(super) struct AgentBook {
    activity: Activity,
    since: Tick,
    on_duty_since: Tick,
    /// Queues whose callers are open to the agent from the start.
    serves: Vec<QueueId>,
    /// Idle, and not known to be kept from anybody by having missed a caller's ringing.
    listed: bool,
    /// Has missed a ringing since the last one that was picked up.
    missed: bool,
}

impl AgentBook {
    pub(super) fn new(scenario: &Scenario, agent: usize, queues: usize) -> AgentBook {
        let thresholds = |queue: usize| &scenario.settings.queues[queue].thresholds;
        // Where idle agents are kept for a queue's own callers, idleness has its rule.
        let any_kept = (0..queues).any(|queue| thresholds(queue).reserve > 0);
        let skills = &scenario.settings.agents[agent].skills;
        let open = skills.iter().filter(|skill| thresholds(usize::from(skill.queue.0)).opens_after(skill.level) == Some(Span(0)));
        let serves = if any_kept { Vec::new() } else { open.map(|skill| skill.queue).collect() };
        AgentBook { activity: Activity::Off, since: Tick(0), on_duty_since: Tick(0), serves, listed: false, missed: false }
    }
}

impl Activity {
    fn is_on_duty(self) -> bool {
        !matches!(self, Activity::Off | Activity::Break)
    }
}

impl Books<'_> {
    /// An agent does something else from now on.
    pub(in crate::simulate) fn agent_is(&mut self, now: Tick, agent: AgentId, activity: Activity) {
        let place = agent.0 as usize;
        let before = self.agents[place].activity;
        if before == activity {
            return;
        }
        self.agent_was(now, agent);
        let book = &mut self.agents[place];
        book.activity = activity;
        book.since = now;
        book.missed = match activity {
            Activity::Talking | Activity::Off => false,
            Activity::Idle | Activity::Ringing | Activity::WrapUp | Activity::Away | Activity::Break => book.missed,
        };
        let list = activity == Activity::Idle && !book.missed;
        match (before.is_on_duty(), activity.is_on_duty()) {
            (false, true) => book.on_duty_since = now,
            (true, false) => self.was_on_duty(now, agent),
            (true, true) | (false, false) => {}
        }
        self.list(now, agent, list);
    }

    /// An agent did not pick up: nobody is rung twice in a row for the same caller, so who is idle next may have to be.
    pub(in crate::simulate) fn agent_missed_a_ringing(&mut self, agent: AgentId) {
        self.agents[agent.0 as usize].missed = true;
    }

    /// An agent took a call.
    pub(in crate::simulate) fn agent_took_a_call(&mut self, now: Tick, agent: AgentId) {
        if self.counted.holds(now) {
            self.tally.agents[agent.0 as usize].calls += 1;
        }
    }

    pub(super) fn close_agents(&mut self, now: Tick) {
        for place in 0..self.agents.len() {
            self.agent_is(now, AgentId(place as u32), Activity::Off);
        }
    }

    pub(super) fn in_vain_until(&mut self, now: Tick) {
        if self.in_vain > 0 {
            self.tally.idle_in_vain_us += self.in_vain * self.counted.overlap(self.in_vain_since, now).0;
        }
        self.in_vain_since = now;
    }

    /// Changes who waits in a line or is idle for it.
    pub(super) fn change_line(&mut self, now: Tick, queue: QueueId, change: impl FnOnce(&mut super::Line)) {
        let line = &mut self.lines[usize::from(queue.0)];
        let before = line.present.min(line.idle);
        change(line);
        let after = line.present.min(line.idle);
        if before != after {
            self.in_vain_until(now);
            self.in_vain = self.in_vain + after - before;
        }
    }

    fn list(&mut self, now: Tick, agent: AgentId, list: bool) {
        let place = agent.0 as usize;
        if self.agents[place].listed == list {
            return;
        }
        self.agents[place].listed = list;
        for at in 0..self.agents[place].serves.len() {
            let queue = self.agents[place].serves[at];
            self.change_line(now, queue, |line| line.idle = if list { line.idle + 1 } else { line.idle - 1 });
        }
    }

    /// Adds what an agent was doing until now.
    fn agent_was(&mut self, now: Tick, agent: AgentId) {
        let place = agent.0 as usize;
        let AgentBook { activity, since, .. } = self.agents[place];
        let us = self.counted.overlap(since, now).0;
        let tally = &mut self.tally.agents[place];
        match activity {
            Activity::Idle => tally.idle_us += us,
            Activity::Ringing => tally.ringing_us += us,
            Activity::Talking => tally.talk_us += us,
            Activity::WrapUp => tally.wrap_up_us += us,
            Activity::Away => tally.away_us += us,
            Activity::Off | Activity::Break => {}
        }
        if activity.is_on_duty() {
            tally.present_us += us;
        }
        if activity != Activity::Off {
            self.tally.cost += self.scenario.agents[place].cost_per_hour * us as f64 / 3.6e9;
        }
    }

    fn was_on_duty(&mut self, now: Tick, agent: AgentId) {
        let place = agent.0 as usize;
        let from = self.agents[place].on_duty_since;
        for skill in &self.scenario.settings.agents[place].skills {
            let bins = &mut self.tally.queues[usize::from(skill.queue.0)].bins;
            spread(bins, self.bin_us, from, now, |bin, us| bin.on_duty_us += us);
        }
    }
}
