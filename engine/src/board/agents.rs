//! What changed about agents from one look to the next.

use crate::names::Names;
use crate::words;
use cabrank_core::{AgentId, AgentState, AgentView, Next, View};
use serde::Serialize;
use std::collections::HashMap;

/// An agent who is now in another state than before. What comes and goes between two looks is not told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AgentChange {
    /// The agent's name.
    pub agent: String,
    /// The state, in the words of `GET /api/v1/agents/{name}`.
    pub state: &'static str,
    /// The call that rings or is talked to.
    pub call: Option<String>,
    /// Whether the phone can be rung.
    pub reachable: bool,
}

/// What agents did when they were looked at last.
#[derive(Debug, Default)]
pub(super) struct AgentWatch(HashMap<AgentId, Doing>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Doing {
    state: AgentState,
    next: Next,
    reachable: bool,
}

impl AgentWatch {
    /// What has changed since.
    pub(super) fn changes(&mut self, view: &View, names: &Names) -> Vec<AgentChange> {
        let changed = view.agents.iter().filter_map(|agent| {
            let now = Doing { state: agent.state.clone(), next: agent.next.clone(), reachable: agent.reachable };
            let is_news = self.0.get(&agent.agent) != Some(&now);
            is_news.then(|| {
                self.0.insert(agent.agent, now);
                change(agent, names)
            })
        });
        changed.collect()
    }
}

fn change(agent: &AgentView, names: &Names) -> AgentChange {
    AgentChange {
        agent: names.agent(agent.agent).to_owned(),
        state: words::agent_state(&agent.state),
        call: agent.state.call().map(|call| call.to_string()),
        reachable: agent.reachable,
    }
}
