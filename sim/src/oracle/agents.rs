//! What the oracle remembers of each agent: since when free, how busy, whose ringing was missed last.

use super::Oracle;
use cabrank_core::{AgentId, AgentState, CallId, Input, Span, Tick, View};

/// In so long the past counts half.
const HALF_LIFE: Span = Span::secs(30 * 60);

/// What is remembered of an agent, who is known by name: settings change, names stay.
#[derive(Clone, Debug, Default)]
pub(super) struct Diary {
    /// Since when the agent has been free, or rung without taking a call.
    pub(super) free_since: Option<Tick>,
    /// The same of the last time: it goes on after a restart.
    was_free_since: Option<Tick>,
    /// The call whose ringing the agent missed last, until another one rings.
    pub(super) missed: Option<CallId>,
    /// The smoothed share of time busy, up to now.
    pub(super) occupancy: f64,
    busy: bool,
    as_of: Tick,
}

impl Oracle {
    /// Shares of time busy, up to now.
    pub(super) fn let_time_pass(&mut self) {
        let now = self.now;
        self.diaries.values_mut().for_each(|diary| diary.goes_on_until(now));
    }

    pub(super) fn diary(&self, agent: AgentId) -> Diary {
        self.agent_name(agent).and_then(|name| self.diaries.get(name)).cloned().unwrap_or_default()
    }

    pub(super) fn note_missed(&mut self, agent: AgentId, call: CallId) {
        self.change_diary(agent, |diary| diary.missed = Some(call));
    }

    /// Another ringing: what was missed before it counts no longer.
    pub(super) fn note_rung(&mut self, agent: AgentId, call: CallId) {
        self.change_diary(agent, |diary| diary.missed = diary.missed.filter(|missed| *missed == call));
    }

    pub(super) fn note_talk(&mut self, agent: AgentId) {
        self.change_diary(agent, |diary| diary.missed = None);
    }

    /// Who is free counts from when nothing held the agent; a ringing that the caller called off is no work.
    /// Nor is a restart that the phone outlived.
    pub(super) fn note_agents(&mut self, view: &View, input: &Input) {
        let resumed = if let Input::PhoneResumed { agent } = input { Some(*agent) } else { None };
        for agent in &view.agents {
            let at = self.now;
            let free = matches!(agent.state, AgentState::Idle | AgentState::Offered { .. });
            let busy = matches!(agent.state, AgentState::Offered { .. } | AgentState::Talking { .. } | AgentState::WrapUp { .. });
            self.change_diary(agent.agent, |diary| {
                let resumed = diary.was_free_since.filter(|_| resumed == Some(agent.agent));
                diary.free_since = free.then(|| diary.free_since.or(resumed).unwrap_or(at));
                diary.was_free_since = diary.free_since.or(diary.was_free_since);
                diary.busy = busy;
            });
        }
    }

    fn change_diary(&mut self, agent: AgentId, change: impl FnOnce(&mut Diary)) {
        let now = self.now;
        if let Some(name) = self.agent_name(agent).cloned() {
            change(self.diaries.entry(name).or_insert_with(|| Diary { as_of: now, ..Diary::default() }));
        }
    }
}

impl Diary {
    /// Towards 1 while busy, towards 0 while not: half of the way in each half-life.
    fn goes_on_until(&mut self, now: Tick) {
        let faded = (-(now.since(self.as_of).0 as f64) / HALF_LIFE.0 as f64).exp2();
        let aim = if self.busy { 1.0 } else { 0.0 };
        self.occupancy = aim + (self.occupancy - aim) * faded;
        self.as_of = now;
    }
}
