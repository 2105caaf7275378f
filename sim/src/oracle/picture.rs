//! The picture of the desk must show what was ordered, no more and no less.

use super::books::{Join, Leg, Life, RingingStage};
use super::{Oracle, Rule, Seen, Verdict, must};
use cabrank_core::{AgentState, AgentView, CallView, Effect, Input, OfferId, Pause, Place, QueueId, StageView, Text, Tick, View};

impl Oracle {
    pub(super) fn compare(&mut self, seen: Seen<'_>) -> Verdict {
        let view = seen.view;
        self.compare_calls(seen)?;
        for agent in &view.agents {
            self.compare_agent(agent)?;
        }
        self.compare_queues(view)?;
        must(view.draining == self.draining, Rule::PictureIsTrue, || "draining is shown wrongly".into())
    }

    fn compare_calls(&mut self, seen: Seen<'_>) -> Verdict {
        let (live, calls) = (self.live(), &seen.view.calls);
        must(calls.len() == live, Rule::PictureIsTrue, || format!("{} calls are shown of {live}", calls.len()))?;
        let mut calls = calls.iter().collect::<Vec<_>>();
        calls.sort_by_key(|call| first_words(seen, call));
        for call in calls {
            self.note_place(call, seen)?;
            self.check_held(call, seen)?;
            let life = self.life(call.call)?;
            let fits = stage_fits(life, call.stage);
            must(fits, Rule::PictureIsTrue, || format!("call {} shown as {:?}, is {life:?}", call.call, call.stage))?;
        }
        Ok(())
    }

    /// Notes where a call joined a line; a place once given stays, and so does the class, as the thresholds have it.
    fn note_place(&mut self, call: &CallView, seen: Seen<'_>) -> Verdict {
        let life = self.life(call.call)?;
        life.in_line = call.place.is_some();
        let (Some(place), Some(queue), Some(since)) = (call.place, call.queue, call.since) else { return Ok(()) };
        let thresholds = self.settings.queues.get(usize::from(queue.0)).map(|queue| &queue.thresholds);
        let class = thresholds.map(|thresholds| thresholds.class_of(&class_name(call)));
        must(call.class == class, Rule::PlaceKept, || format!("{call:?} is of class {class:?}"))?;
        match self.life(call.call)?.join {
            None => self.note_newcomer(call, (since, place), queue, seen),
            Some(join) => self.note_stand(call, join, (since, place), queue, seen),
        }
    }

    fn note_newcomer(&mut self, call: &CallView, found: (Tick, Place), queue: QueueId, seen: Seen<'_>) -> Verdict {
        let (step, at) = (self.step, self.now);
        let kept = self.kept_place(call.call, queue, seen)?;
        let fits = kept.map_or(found.0 == at && found.1 > self.newest_place, |kept| kept == found);
        must(fits, Rule::PlaceKept, || format!("{call:?} joined at {found:?}, kept was {kept:?}"))?;
        self.newest_place = self.newest_place.max(found.1);
        let held = call.waits_for.is_some() || !self.must_be_held(call, seen);
        must(held, Rule::OwnAgent, || format!("{call:?} does not wait for its own agent"))?;
        let life = self.life(call.call)?;
        (life.wait_from, life.free_from) = (at, at);
        life.join = Some(Join { step, at, since: found.0, queue, place: found.1, kept: kept.is_some() });
        Ok(())
    }

    fn note_stand(&mut self, call: &CallView, join: Join, found: (Tick, Place), queue: QueueId, seen: Seen<'_>) -> Verdict {
        let returned = matches!(seen.input, Input::AgentReturned { queue: given, .. } if *given == queue);
        let kept = found == (join.since, join.place) && call.queued_at == Some(join.at) && (join.queue == queue || returned);
        must(kept, Rule::PlaceKept, || format!("{call:?} joined as {join:?}"))?;
        self.life(call.call)?.join = Some(Join { queue, ..join });
        Ok(())
    }

    fn compare_agent(&self, agent: &AgentView) -> Verdict {
        let held = self.ringings.iter().find(|(_, ringing)| ringing.agent == agent.agent);
        let late = held.is_some_and(|(_, ringing)| ringing.stage == RingingStage::Rings && ringing.until <= self.now);
        let held = held.map(|(offer, ringing)| (*offer, ringing.call, ringing.stage));
        let shown = shown_leg(&agent.state);
        must(held == shown, Rule::PictureIsTrue, || format!("agent {} shown {:?}, holds {held:?}", agent.agent, agent.state))?;
        let idle = agent.state == AgentState::Idle;
        must(!idle || agent.reachable, Rule::PictureIsTrue, || format!("agent {} idle without a phone", agent.agent))?;
        let overdue = late || ends_at(&agent.state).is_some_and(|until| until <= self.now);
        must(!overdue, Rule::NobodyStuck, || format!("{agent:?} should have gone on"))
    }

    fn compare_queues(&self, view: &View) -> Verdict {
        for queue in &view.queues {
            let count = |stages: &[StageView]| {
                let of_queue = |call: &&CallView| call.queue == Some(queue.queue) && stages.contains(&call.stage);
                view.calls.iter().filter(of_queue).count()
            };
            let waiting = count(&[StageView::Waiting, StageView::Offered]);
            let callbacks = count(&[StageView::Absent]);
            let same = queue.waiting as usize == waiting && queue.callbacks as usize == callbacks;
            must(same, Rule::PictureIsTrue, || format!("{queue:?} has {waiting} callers and {callbacks} to be called"))?;
            let warned = self.warned.contains(&queue.queue);
            must(queue.missed_in.is_some() == warned, Rule::PictureIsTrue, || format!("{queue:?} was warned of: {warned}"))?;
        }
        Ok(())
    }
}

/// Which order of a step was the first to speak to a call: several who join in one step did so one after another.
fn first_words(seen: Seen<'_>, shown: &CallView) -> Option<usize> {
    seen.effects.iter().position(|effect| matches!(effect, Effect::Say { call, .. } if *call == shown.call))
}

/// The class that the profile of a caller names who can be believed.
fn class_name(call: &CallView) -> Text {
    let profile = call.caller.profile.as_ref().filter(|_| call.caller.trust.is_sure());
    profile.map(|profile| profile.class.clone()).unwrap_or_default()
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

/// When a state that has a deadline is over.
fn ends_at(state: &AgentState) -> Option<Tick> {
    match state {
        AgentState::WrapUp { until } | AgentState::Paused { why: Pause::Missed { until } } => Some(*until),
        AgentState::Unreachable { until } => *until,
        AgentState::SignedOut
        | AgentState::Idle
        | AgentState::Offered { .. }
        | AgentState::Talking { .. }
        | AgentState::Paused { why: Pause::Asked { .. } | Pause::Away } => None,
    }
}

fn stage_fits(life: &Life, stage: StageView) -> bool {
    let there = life.leg == Leg::Answered;
    let unled = life.ringing.is_none() && life.talking.is_none();
    let pending = life.callback.pending;
    match stage {
        StageView::Menu => there && unled && life.join.is_none() && !life.dispatched,
        StageView::Proving => there && unled && life.join.is_none() && !life.dispatched && life.wrong_codes < 2,
        StageView::Dispatching => there && unled && life.dispatched && life.eta.is_none() && life.join.is_none(),
        StageView::Told => there && unled && life.eta.is_some() && life.join.is_none(),
        StageView::Waiting => there && unled && life.join.is_some() && !pending,
        StageView::Offered => there && life.ringing.is_some() && life.join.is_some(),
        StageView::Talking => there && life.talking.is_some(),
        StageView::Parting => there && unled && !pending,
        StageView::Agreeing => there && unled && pending,
        StageView::Absent | StageView::Resting => life.leg == Leg::Away && unled && pending,
        StageView::CalledBack => (there || life.leg == Leg::Dialled) && unled && pending,
        StageView::Left => !there && life.dispatched,
    }
}
