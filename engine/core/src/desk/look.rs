//! The desk as others may see it.

use super::Desk;
use super::call::{Call, Stage};
use crate::{AgentId, AgentView, CallId, CallView, Dispatch, QueueId, QueueView, StageView, Tick, View};

impl Desk {
    /// A picture of this moment, its own copy.
    pub fn view(&self) -> View {
        View {
            at: self.now,
            draining: self.draining,
            queues: (0..self.line_ups.len()).map(|index| self.queue_view(QueueId(index as u16))).collect(),
            agents: (0..self.agents.len()).map(|index| self.agent_view(AgentId(index as u32))).collect(),
            calls: self.calls.iter().map(|(id, call)| call_view(*id, call)).collect(),
            dispatches: self.calls.iter().filter_map(|(id, call)| dispatch(*id, call)).collect(),
        }
    }

    fn queue_view(&self, queue: QueueId) -> QueueView {
        let line_up = &self.line_ups[usize::from(queue.0)];
        let first = line_up.waiting.values().next().and_then(|id| self.calls.get(id));
        let joined_at = first.and_then(|call| call.joined).map(|(_, at)| at);
        QueueView {
            queue,
            waiting: line_up.len(),
            longest_wait: joined_at.map(|at: Tick| self.now.since(at)).unwrap_or_default(),
        }
    }

    fn agent_view(&self, id: AgentId) -> AgentView {
        let agent = &self.agents[id.0 as usize];
        AgentView {
            agent: id,
            state: agent.state.clone(),
            since: agent.since,
            reachable: agent.reachable,
            next: agent.next.clone(),
        }
    }
}

fn call_view(id: CallId, call: &Call) -> CallView {
    let (stage, place) = match call.stage {
        Stage::Menu { .. } => (StageView::Menu, None),
        Stage::Dispatching { .. } => (StageView::Dispatching, None),
        Stage::Told { .. } => (StageView::Told, None),
        Stage::Waiting(wait) => (StageView::Waiting, Some(wait.place.0)),
        Stage::Offered(wait, _) => (StageView::Offered, Some(wait.place.0)),
        Stage::Talking(..) => (StageView::Talking, None),
        Stage::Parting(_) => (StageView::Parting, None),
        Stage::Left { .. } => (StageView::Left, None),
    };
    CallView {
        call: id,
        line: call.line,
        caller: call.caller.clone(),
        stage,
        offered_at: call.offered_at,
        queued_at: call.joined.map(|(_, at)| at),
        connected_at: call.connected_at,
        queue: call.joined.map(|(queue, _)| queue),
        place,
        agent: call.agent.filter(|_| matches!(call.stage, Stage::Offered(..) | Stage::Talking(..))),
        pressed: call.pressed.clone(),
        why_human: call.why.clone(),
        promise: call.promise.clone(),
    }
}

fn dispatch(id: CallId, call: &Call) -> Option<Dispatch> {
    let asked = call.owed()?;
    Some(Dispatch { call: id, service: asked.service, line: call.line, caller: call.caller.clone(), asked_at: asked.at })
}
