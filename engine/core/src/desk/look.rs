//! The desk as others may see it.

use super::Desk;
use super::call::{Call, Stage};
use crate::{AgentId, AgentView, CallId, CallView, Dispatch, QueueId, QueueView, Span, StageView, Tick, View};

impl Desk {
    /// A picture of this moment, its own copy.
    pub fn view(&self) -> View {
        View {
            at: self.now,
            draining: self.draining,
            changes: self.changes,
            queues: (0..self.line_ups.len()).map(|index| self.queue_view(QueueId(index as u16))).collect(),
            agents: (0..self.agents.len()).map(|index| self.agent_view(AgentId(index as u32))).collect(),
            calls: self.calls.iter().map(|(id, call)| self.call_view(*id, call)).collect(),
            dispatches: self.calls.iter().filter_map(|(id, call)| dispatch(*id, call)).collect(),
        }
    }

    /// One call, if it is live, as it stands in [`View::calls`]: the others are not looked at.
    pub fn look_at_call(&self, call: CallId) -> Option<CallView> {
        self.calls.get(&call).map(|found| self.call_view(call, found))
    }

    /// One queue, if there is such, as it stands in [`View::queues`]: the others are not looked at.
    pub fn look_at_queue(&self, queue: QueueId) -> Option<QueueView> {
        (usize::from(queue.0) < self.line_ups.len()).then(|| self.queue_view(queue))
    }

    /// The wait after which an agent may serve callers of a queue, by skill or as help from another queue; never if `None`.
    pub fn opens_after(&self, agent: AgentId, queue: QueueId) -> Option<Span> {
        self.reaches.of_agent(agent).iter().find(|reach| reach.queue == queue).map(|reach| reach.after)
    }

    fn queue_view(&self, queue: QueueId) -> QueueView {
        let line_up = &self.line_ups[usize::from(queue.0)];
        let since = line_up.streams().filter_map(|stream| stream.first()).map(|((since, _), _)| *since).min();
        QueueView {
            queue,
            waiting: line_up.waiting(),
            longest_wait: since.map(|since: Tick| self.now.since(since)).unwrap_or_default(),
            callbacks: line_up.callbacks(),
            on_duty: line_up.on_duty,
            missed_in: line_up.warning.missed_in,
            at_most: self.newcomers_wait(queue),
        }
    }

    fn call_view(&self, id: CallId, call: &Call) -> CallView {
        let stage = stage_view(call.stage);
        let in_line = call.stand.filter(|_| call.stage.in_line().is_some() || call.stage.aside() || stage == StageView::Offered);
        CallView {
            call: id,
            line: call.line,
            caller: call.caller.clone(),
            proved: self.proofs.is_proved(id),
            stage,
            offered_at: call.offered_at,
            queued_at: call.stand.map(|stand| stand.joined_at),
            since: call.stand.map(|stand| stand.since),
            connected_at: call.service.as_ref().map(|service| service.connected_at),
            estimate: call.estimate,
            quote: call.said,
            queue: call.stand.map(|stand| stand.queue),
            class: call.stand.map(|stand| stand.class),
            place: in_line.map(|stand| stand.place),
            waits_for: if let Stage::Held(agent) = call.stage { Some(agent) } else { None },
            agent: call.agent.filter(|_| matches!(call.stage, Stage::Offered(_) | Stage::Talking(..))),
            pressed: call.pressed,
            why_human: call.why.clone(),
            promise: call.promise.as_deref().cloned(),
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

fn stage_view(stage: Stage) -> StageView {
    match stage {
        Stage::Menu { .. } => StageView::Menu,
        Stage::Proving { .. } => StageView::Proving,
        Stage::Dispatching { .. } => StageView::Dispatching,
        Stage::Told { .. } => StageView::Told,
        Stage::Waiting | Stage::Held(_) => StageView::Waiting,
        Stage::Offered(_) => StageView::Offered,
        Stage::Agreeing => StageView::Agreeing,
        Stage::Absent => StageView::Absent,
        Stage::Dialling | Stage::Confirming => StageView::CalledBack,
        Stage::Resting => StageView::Resting,
        Stage::Talking(..) => StageView::Talking,
        Stage::Parting(_) => StageView::Parting,
        Stage::Left { .. } => StageView::Left,
    }
}

fn dispatch(id: CallId, call: &Call) -> Option<Dispatch> {
    let asked = call.owed()?;
    Some(Dispatch { call: id, service: asked.service, line: call.line, caller: call.caller.clone(), asked_at: asked.at })
}
