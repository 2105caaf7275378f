//! What changed about calls from one look to the next. Nothing here names a caller.

use crate::names::Names;
use crate::words;
use cabrank_core::{AgentId, CallId, QueueId, StageView, View};
use serde::Serialize;
use std::collections::HashMap;

/// A call that is now where it was not before. What comes and goes between two looks is not told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CallChange {
    /// The call's id: sixteen hexadecimal digits.
    pub call: String,
    /// Its state, in the words of `GET /api/v1/calls/{id}`.
    pub state: &'static str,
    /// The queue it is or was in last.
    pub queue: Option<String>,
    /// The agent who rings, talks or took it last.
    pub agent: Option<String>,
}

/// Where calls were when they were looked at last.
#[derive(Debug, Default)]
pub(super) struct CallWatch(HashMap<CallId, Place>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    stage: StageView,
    queue: Option<QueueId>,
    agent: Option<AgentId>,
}

impl CallWatch {
    /// What has changed since; those that have ended last.
    pub(super) fn changes(&mut self, view: &View, names: &Names) -> Vec<CallChange> {
        let place = |call: &cabrank_core::CallView| Place { stage: call.stage, queue: call.queue, agent: call.agent };
        let now: HashMap<CallId, Place> = view.calls.iter().map(|call| (call.call, place(call))).collect();
        let moved = view.calls.iter().map(|call| (call.call, place(call)));
        let moved = moved.filter(|(call, place)| self.0.get(call) != Some(place));
        let mut changes: Vec<CallChange> =
            moved.map(|(call, place)| change(call, &place, words::stage(place.stage), names)).collect();
        let mut ended: Vec<(CallId, Place)> =
            self.0.iter().filter(|(call, _)| !now.contains_key(call)).map(|(call, place)| (*call, *place)).collect();
        ended.sort_by_key(|(call, _)| *call);
        changes.extend(ended.into_iter().map(|(call, place)| change(call, &place, "ended", names)));
        self.0 = now;
        changes
    }
}

fn change(call: CallId, place: &Place, state: &'static str, names: &Names) -> CallChange {
    CallChange {
        call: call.to_string(),
        state,
        queue: place.queue.map(|queue| names.queue(queue).to_owned()),
        agent: place.agent.map(|agent| names.agent(agent).to_owned()),
    }
}
