//! Who is served next, and by whom.

use super::books::{Life, Ringing};
use super::{Oracle, Rule, Seen, Verdict, must};
use cabrank_core::{AgentId, AgentState, CallId, Input, StageView, View};

impl Oracle {
    pub(super) fn check_service(&mut self, seen: Seen<'_>) -> Verdict {
        self.nobody_idles(seen.view)?;
        self.places_in_order()?;
        let rung = self.ringings.values().copied().filter(|ringing| ringing.step == self.step).collect::<Vec<_>>();
        for ringing in &rung {
            self.best_agent(ringing, seen)?;
            self.not_twice_without_need(ringing, seen.view)?;
        }
        self.note_idle(seen);
        for ringing in &rung {
            self.missed.retain(|agent, call| *agent != ringing.agent || *call == ringing.call);
        }
        Ok(())
    }

    fn nobody_idles(&self, view: &View) -> Verdict {
        for agent in view.agents.iter().filter(|agent| agent.state == AgentState::Idle) {
            let left = self.waiting_for(agent.agent).next();
            must(left.is_none(), Rule::NobodyIdles, || format!("agent {} is idle while {left:?} wait", agent.agent))?;
        }
        Ok(())
    }

    /// Callers in line, without a ringing, whom an agent serves.
    fn waiting_for(&self, agent: AgentId) -> impl Iterator<Item = (CallId, &Life)> {
        let in_line = self.lives.iter().filter(|(_, life)| life.is_in_line()).map(|(call, life)| (*call, life));
        in_line.filter(move |(_, life)| life.join.is_some_and(|join| self.serves(agent, join.queue).is_some()))
    }

    /// Whoever joined in an earlier step stands nearer to the front.
    fn places_in_order(&self) -> Verdict {
        let mut joins = self.lives.values().filter(|life| life.is_in_line()).filter_map(|life| life.join).collect::<Vec<_>>();
        joins.sort_by_key(|join| join.place);
        let turned = joins.windows(2).find(|pair| matches!(pair, [first, second] if first.step > second.step));
        must(turned.is_none(), Rule::PlaceKept, || format!("{turned:?} stand in each other's place"))
    }

    /// Judged at the moment of the ringing, by those who waited then.
    pub(super) fn check_ring(&self, ringing: &Ringing) -> Verdict {
        let served = self.lives.get(&ringing.call).and_then(|life| life.join).map_or(self.step, |join| join.step);
        let barred = self.missed.get(&ringing.agent).copied();
        let earlier = self
            .waiting_for(ringing.agent)
            .find(|(call, life)| Some(*call) != barred && life.join.is_some_and(|join| join.step < served));
        must(earlier.is_none(), Rule::FirstComeFirstServed, || {
            format!("agent {} rung for call {}, but {earlier:?} came first", ringing.agent, ringing.call)
        })?;
        let other = self.waiting_for(ringing.agent).next();
        must(other.is_none() || !self.had_each_other(ringing), Rule::NotTwiceInARow, || {
            format!("{ringing:?} again, though {other:?} waited")
        })
    }

    /// Judged by those who were free before and still are.
    fn best_agent(&self, ringing: &Ringing, seen: Seen<'_>) -> Verdict {
        let Some(queue) = self.lives.get(&ringing.call).and_then(|life| life.join).map(|join| join.queue) else { return Ok(()) };
        let rank = |agent| self.serves(agent, queue).map(|level| (level, self.free_since(agent).unwrap_or(seen.at)));
        let rung = rank(ringing.agent);
        let passed_over = self.free_all_along(seen.view).find(|agent| {
            self.missed.get(agent) != Some(&ringing.call) && rank(*agent).is_some_and(|better| Some(better) < rung)
        });
        let forced = self.missed.get(&ringing.agent) == Some(&ringing.call);
        must(passed_over.is_none() || forced, Rule::BestAgent, || {
            format!("agent {} rung for call {}, passing over {passed_over:?}", ringing.agent, ringing.call)
        })
    }

    /// Whether agent and call had each other last, and parted without a word.
    fn had_each_other(&self, ringing: &Ringing) -> bool {
        let last_of_call = self.lives.get(&ringing.call).and_then(|life| life.missed_by) == Some(ringing.agent);
        last_of_call && self.missed.get(&ringing.agent) == Some(&ringing.call)
    }

    fn not_twice_without_need(&self, ringing: &Ringing, view: &View) -> Verdict {
        let queue = self.lives.get(&ringing.call).and_then(|life| life.join).map(|join| join.queue);
        let other = queue.and_then(|queue| self.free_all_along(view).find(|agent| self.serves(*agent, queue).is_some()));
        must(other.is_none() || !self.had_each_other(ringing), Rule::NotTwiceInARow, || {
            format!("{ringing:?} again, though agent {other:?} was free")
        })
    }

    fn free_all_along(&self, now: &View) -> impl Iterator<Item = AgentId> {
        let before = self.before.iter().flat_map(idle).collect::<Vec<_>>();
        idle(now).filter(move |agent| before.contains(agent))
    }

    fn free_since(&self, agent: AgentId) -> Option<cabrank_core::Tick> {
        self.free_since.get(self.name(agent)?).copied()
    }

    fn name(&self, agent: AgentId) -> Option<&cabrank_core::Text> {
        self.settings.agents.get(agent.0 as usize).map(|agent| &agent.name)
    }

    /// Who is free counts from when nothing held the agent; a ringing that the caller called off is no work.
    fn note_idle(&mut self, seen: Seen<'_>) {
        for agent in &seen.view.agents {
            let Some(name) = self.name(agent.agent).cloned() else { continue };
            let busy = match agent.state {
                AgentState::Idle => false,
                AgentState::Offered { .. } => false,
                AgentState::SignedOut
                | AgentState::Talking { .. }
                | AgentState::WrapUp { .. }
                | AgentState::Paused { .. }
                | AgentState::Unreachable { .. } => true,
            };
            if busy {
                self.free_since.remove(&name);
            } else {
                self.free_since.entry(name).or_insert(seen.at);
            }
        }
    }

    pub(super) fn check_limits(&self, seen: Seen<'_>) -> Verdict {
        for (call, life) in &self.lives {
            let Some(join) = life.join.filter(|_| life.is_in_line()) else { continue };
            let Some(queue) = self.settings.queues.get(usize::from(join.queue.0)) else { continue };
            let newcomer = join.step == self.step;
            let line = seen.view.queues.get(usize::from(join.queue.0)).map_or(0, |queue| queue.waiting);
            must(!newcomer || line <= queue.max_waiting, Rule::Limits, || format!("call {call} joined as one of {line}"))?;
            let over = *seen.input == Input::Woke && seen.at >= life.wait_from.plus(queue.max_wait);
            must(!over, Rule::Limits, || format!("call {call} waits longer than {:?}: {life:?}", queue.max_wait))?;
        }
        Ok(())
    }

    pub(super) fn check_ends(&mut self, seen: Seen<'_>) -> Verdict {
        for (call, life) in self.lives.iter().filter(|(_, life)| !life.written && life.ended_at.is_some()) {
            let shown = seen.view.calls.iter().find(|shown| shown.call == *call).map(|shown| shown.stage);
            must(shown == Some(StageView::Left), Rule::OneRecord, || format!("call {call} ended unwritten: {life:?}"))?;
        }
        for (call, life) in &self.lives {
            must(life.leg != super::books::Leg::Fresh, Rule::OrdersFit, || format!("call {call} was neither taken nor refused"))?;
        }
        self.lives.retain(|_, life| !life.written);
        Ok(())
    }
}

fn idle(view: &View) -> impl Iterator<Item = AgentId> {
    view.agents.iter().filter(|agent| agent.state == AgentState::Idle).map(|agent| agent.agent)
}
