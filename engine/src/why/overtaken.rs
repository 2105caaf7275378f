//! Why a caller who came later was served before this one.

use super::happening::Because;
use crate::epoch::Epoch;
use crate::names;
use cabrank_core::{AgentId, CallView, Candidate, Decision, Desk, NotServed, Outbox, PassedOver, Place, StageView, Tick, Why};

/// The call that was overtaken, as it stood before.
pub(super) struct Waiting<'a> {
    pub(super) view: &'a CallView,
    /// The agent who was rung for it last, and did not take it.
    pub(super) missed_by: Option<AgentId>,
    /// Where it stands since an earlier decision in the same moment.
    pub(super) chosen_just_now: Option<Because>,
}

/// Where a caller stands in time.
pub(super) fn standing(view: &CallView) -> Option<(Tick, Place)> {
    view.since.zip(view.place)
}

/// Why this call stayed behind in a decision for another; `None` if the agent may never serve it: then it is another line.
pub(super) fn because(this: &Waiting<'_>, decision: &Decision, out: &Outbox, desk: &Desk, epoch: Epoch) -> Option<Because> {
    let queue = this.view.queue?;
    let after = desk.opens_after(decision.agent, queue)?;
    let opens_at = this.view.since?.plus(after);
    if this.chosen_just_now.is_some() {
        return this.chosen_just_now.clone();
    }
    let told = said_of(this.view, decision, out).map(|not| served_later(not, opens_at, desk, epoch));
    told.or_else(|| by_stage(this.view, desk))
        .or_else(|| by_agent(this, decision, opens_at, desk, epoch))
        .or(Some(Because::Unexplained))
}

/// What the decision said of this call, or of one before it in its class: it is true of all behind.
fn said_of(view: &CallView, decision: &Decision, out: &Outbox) -> Option<NotServed> {
    let here = standing(view)?;
    let absent = view.stage == StageView::Absent;
    let passed = out.passed_over.get(decision.passed_over.clone()).unwrap_or_default();
    let mut found = None;
    for passed in passed {
        let PassedOver::Caller(Candidate { call, queue, class, since, place }, not) = passed else { continue };
        if *call == view.call {
            return Some(*not);
        }
        let before = view.queue == Some(*queue) && view.class == Some(*class) && (*since, *place) < here;
        let only_of_itself = *not == NotServed::JustMissed || (*not == NotServed::OthersDialled && !absent);
        if before && !only_of_itself && is_listed(view) {
            found = Some(*not);
        }
    }
    found
}

/// Stands in a list that agents choose from: in its class, waiting or to be called back.
fn is_listed(view: &CallView) -> bool {
    view.stage == StageView::Absent || (view.stage == StageView::Waiting && view.waits_for.is_none())
}

/// What is said of callers, in this module's words.
pub(super) fn served_later(not: NotServed, opens_at: Tick, desk: &Desk, epoch: Epoch) -> Because {
    match not {
        NotServed::Later(order) => Because::Order { order: order.name() },
        NotServed::OwnAgent => Because::OwnAgent,
        NotServed::OpensAt(_) => Because::OpensAt { at: epoch.at(opens_at) },
        NotServed::KeptFor(queue) => Because::KeptFor { queue: queue_name(desk, queue) },
        NotServed::JustMissed => Because::JustMissed,
        NotServed::OthersDialled => Because::OthersDialled,
    }
}

/// Where the call stood is why.
fn by_stage(view: &CallView, desk: &Desk) -> Option<Because> {
    match view.stage {
        StageView::Waiting => view.waits_for.map(|agent| Because::HeldFor { agent: agent_name(desk, agent) }),
        StageView::Offered => view.agent.map(|agent| Because::Ringing { agent: agent_name(desk, agent) }),
        StageView::Agreeing => Some(Because::Agreeing),
        StageView::CalledBack => Some(Because::BeingCalled),
        StageView::Resting => Some(Because::Resting),
        StageView::Absent => Some(Because::Absent),
        StageView::Menu
        | StageView::Proving
        | StageView::Dispatching
        | StageView::Told
        | StageView::Talking
        | StageView::Parting
        | StageView::Left => None,
    }
}

/// A newcomer found an idle agent whom this call could not have.
fn by_agent(this: &Waiting<'_>, decision: &Decision, opens_at: Tick, desk: &Desk, epoch: Epoch) -> Option<Because> {
    if opens_at > decision.at {
        return Some(Because::OpensAt { at: epoch.at(opens_at) });
    }
    if matches!(decision.why, Why::OwnAgentIdle | Why::OwnAgentFree) {
        return Some(Because::OwnAgent);
    }
    if this.missed_by == Some(decision.agent) {
        return Some(Because::JustMissed);
    }
    let chosen = decision.chosen.queue;
    let reserves = desk.settings().queues.get(usize::from(chosen.0)).is_some_and(|queue| queue.thresholds.reserve > 0);
    (reserves && this.view.queue != Some(chosen)).then(|| Because::KeptFor { queue: queue_name(desk, chosen) })
}

pub(super) fn queue_name(desk: &Desk, queue: cabrank_core::QueueId) -> String {
    names::queue(desk.settings(), queue).to_owned()
}

pub(super) fn agent_name(desk: &Desk, agent: AgentId) -> String {
    names::agent(desk.settings(), agent).to_owned()
}
