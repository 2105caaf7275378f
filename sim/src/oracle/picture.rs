//! The picture of the desk must show what was ordered, no more and no less.

use super::books::{Join, Leg, Life, RingingStage};
use super::{Oracle, Rule, Verdict, must};
use cabrank_core::{AgentState, AgentView, CallView, OfferId, StageView, View};

impl Oracle {
    pub(super) fn compare(&mut self, view: &View) -> Verdict {
        self.compare_calls(view)?;
        for agent in &view.agents {
            self.compare_agent(agent)?;
        }
        self.compare_queues(view)?;
        must(view.draining == self.draining, Rule::PictureIsTrue, || "draining is shown wrongly".into())
    }

    fn compare_calls(&mut self, view: &View) -> Verdict {
        let live = self.live();
        must(view.calls.len() == live, Rule::PictureIsTrue, || format!("{} calls are shown of {live}", view.calls.len()))?;
        for call in &view.calls {
            let step = self.step;
            let life = self.life(call.call)?;
            note_join(life, call, view, step)?;
            let fits = stage_fits(life, call.stage);
            must(fits, Rule::PictureIsTrue, || format!("call {} shown as {:?}, is {life:?}", call.call, call.stage))?;
        }
        Ok(())
    }

    fn compare_agent(&self, agent: &AgentView) -> Verdict {
        let held = self.ringings.iter().find(|(_, ringing)| ringing.agent == agent.agent);
        let held = held.map(|(offer, ringing)| (*offer, ringing.call, ringing.stage));
        let shown = shown_leg(&agent.state);
        must(held == shown, Rule::PictureIsTrue, || format!("agent {} shown {:?}, holds {held:?}", agent.agent, agent.state))?;
        let idle = agent.state == AgentState::Idle;
        must(!idle || agent.reachable, Rule::PictureIsTrue, || format!("agent {} idle without a phone", agent.agent))
    }

    fn compare_queues(&self, view: &View) -> Verdict {
        for queue in &view.queues {
            let in_line = |call: &&CallView| call.queue == Some(queue.queue) && call.place.is_some();
            let waiting = view.calls.iter().filter(in_line).count();
            must(queue.waiting as usize == waiting, Rule::PictureIsTrue, || format!("{queue:?} has {waiting} callers"))?;
        }
        Ok(())
    }
}

fn shown_leg(state: &AgentState) -> Option<(OfferId, cabrank_core::CallId, RingingStage)> {
    match state {
        AgentState::Offered { offer, call } => Some((*offer, *call, RingingStage::Rings)),
        AgentState::Talking { offer, call } => Some((*offer, *call, RingingStage::Talks)),
        AgentState::SignedOut
        | AgentState::Idle
        | AgentState::WrapUp { .. }
        | AgentState::Paused { .. }
        | AgentState::Unreachable { .. } => None,
    }
}

/// Notes where a call joined a line; a place once given stays.
fn note_join(life: &mut Life, call: &CallView, view: &View, step: u64) -> Verdict {
    life.in_line = call.place.is_some();
    let Some((place, queue)) = call.place.zip(call.queue) else { return Ok(()) };
    if life.join.is_none() {
        life.wait_from = view.at;
    }
    let join = *life.join.get_or_insert(Join { step, at: view.at, queue, place });
    let kept = join.place == place && join.queue == queue && call.queued_at == Some(join.at);
    must(kept, Rule::PlaceKept, || format!("call {} stands at {place} of {queue}, joined as {join:?}", call.call))
}

fn stage_fits(life: &Life, stage: StageView) -> bool {
    let there = life.leg == Leg::Answered;
    let unled = life.ringing.is_none() && life.talking.is_none();
    match stage {
        StageView::Menu => there && unled && life.join.is_none() && !life.dispatched,
        StageView::Dispatching => there && unled && life.dispatched && life.eta.is_none() && life.join.is_none(),
        StageView::Told => there && unled && life.eta.is_some() && life.join.is_none(),
        StageView::Waiting => there && unled && life.join.is_some(),
        StageView::Offered => there && life.ringing.is_some() && life.join.is_some(),
        StageView::Talking => there && life.talking.is_some(),
        StageView::Parting => there && unled,
        StageView::Left => !there && life.dispatched,
    }
}
