//! Every decision is made again by the reference model: the desk must have decided the same, and say truly why.

use super::{Oracle, Rule, Seen, Verdict, must};
use crate::reference::{InLine, Scene, is_true_of_agent, is_true_of_caller};
use cabrank_core::{AgentId, CallId, Decision, NotServed, PassedOver, Step, Why};

impl Oracle {
    /// Judges the next decision of a step, of which an order has just told.
    pub(super) fn judge_next(&mut self, seen: Seen<'_>, call: CallId, agent: Option<AgentId>, step: Step) -> Verdict {
        let number = self.decided;
        self.decided += 1;
        let untold = || format!("{step:?} for call {call} by no decision: {:?}", seen.decisions.get(number));
        let decision = seen.decisions.get(number).filter(|decision| decision.step == step && decision.chosen.call == call);
        let decision = decision.filter(|decision| agent.is_none_or(|agent| decision.agent == agent));
        let Some(decision) = decision else { return must(false, Rule::DecisionsAreTold, untold) };
        let passed = seen.passed_over.get(decision.passed_over.clone());
        let Some(passed) = passed else { return must(false, Rule::DecisionsAreTold, untold) };
        must(decision.at == seen.view.at, Rule::ReasonsAreTrue, || format!("{decision:?} at another time"))?;
        let mut found = None;
        for scene in self.scenes(seen, number) {
            match judge(&scene, decision, passed) {
                Ok(()) => return Ok(()),
                Err(breach) => found = found.or(Some(breach)),
            }
        }
        found.map_or(Ok(()), Err)
    }

    /// Nobody waits for whom an agent is idle who may serve that caller now.
    pub(super) fn nobody_idles(&self, seen: Seen<'_>) -> Verdict {
        let scene = self.scene_after(seen.view);
        for free in &scene.free {
            let waits = scene.callers_for(free.agent).first().copied();
            must(waits.is_none(), Rule::NobodyIdles, || format!("agent {} is idle while {waits:?} waits", free.agent))?;
        }
        Ok(())
    }
}

fn judge(scene: &Scene<'_>, decision: &Decision, passed: &[PassedOver]) -> Verdict {
    let agent = decision.agent;
    let caller = scene.caller(decision.chosen.call).filter(|_| scene.agent(agent).is_some());
    let Some(caller) = caller else {
        return must(false, Rule::ReasonsAreTrue, || format!("{decision:?} of somebody not free, or not in line: {scene:?}"));
    };
    let is_true = caller.candidate() == decision.chosen;
    must(is_true, Rule::ReasonsAreTrue, || format!("{decision:?} of {caller:?}"))?;
    match decision.why {
        Why::First(_) | Why::OwnAgentFree => agent_chose(scene, decision, caller, passed),
        Why::BestIdle | Why::OwnAgentIdle => caller_chose(scene, decision, caller, passed),
    }
}

fn agent_chose(scene: &Scene<'_>, decision: &Decision, chosen: &InLine, passed: &[PassedOver]) -> Verdict {
    let agent = decision.agent;
    let first = scene.callers_for(agent).first().copied();
    must(first == Some(chosen), Rule::OrderOfService, || format!("{decision:?}, but {first:?} comes first: {scene:?}"))?;
    let why = if chosen.held_for == Some(agent) { Why::OwnAgentFree } else { Why::First(scene.order(chosen.queue)) };
    must(decision.why == why, Rule::ReasonsAreTrue, || format!("{decision:?} should be {why:?}"))?;
    for passed_over in passed {
        let is_true = match passed_over {
            PassedOver::Caller(caller, not) => is_true_of_caller(scene, agent, chosen, caller, *not),
            PassedOver::Agent(..) => false,
        };
        must(is_true, Rule::ReasonsAreTrue, || format!("{passed_over:?} of {decision:?} is not true: {scene:?}"))?;
    }
    let mut overtaken = scene.line.iter().filter(|other| other.came_before(chosen) && scene.is_within_reach(agent, other));
    let unexplained = overtaken.find(|other| !passed.iter().any(|told| explains(scene, told, other)));
    must(unexplained.is_none(), Rule::UnexplainedSkip, || format!("{decision:?} skips {unexplained:?}, told {passed:?}"))
}

fn caller_chose(scene: &Scene<'_>, decision: &Decision, caller: &InLine, passed: &[PassedOver]) -> Verdict {
    let agent = decision.agent;
    must(scene.is_best(caller, agent), Rule::BestAgent, || {
        format!("{decision:?}, but {:?} is better: {scene:?}", scene.agents_for(caller).first())
    })?;
    let is_own = scene.agent(agent).is_some_and(|free| scene.is_own_choice(caller, free));
    let why = if is_own { Why::OwnAgentIdle } else { Why::BestIdle };
    must(decision.why == why, Rule::ReasonsAreTrue, || format!("{decision:?} should be {why:?}"))?;
    for passed_over in passed {
        let is_true = match passed_over {
            PassedOver::Agent(other, not) => is_true_of_agent(scene, agent, caller, *other, *not),
            PassedOver::Caller(..) => false,
        };
        must(is_true, Rule::ReasonsAreTrue, || format!("{passed_over:?} of {decision:?} is not true: {scene:?}"))?;
    }
    let earlier = scene.callers_for(agent).into_iter().take_while(|other| other.call != caller.call).next();
    must(earlier.is_none(), Rule::UnexplainedSkip, || format!("{decision:?} skips {earlier:?}: {scene:?}"))
}

/// Whether a passed-over caller stands for this one: what is true of the first of a queue and class is true of all behind, but
/// for having just been missed and for waiting for an agent of one's own.
fn explains(scene: &Scene<'_>, told: &PassedOver, other: &InLine) -> bool {
    match told {
        PassedOver::Caller(caller, _) if caller.call == other.call => true,
        PassedOver::Caller(caller, not) => scene.caller(caller.call).is_some_and(|told| {
            let alike = (told.queue, told.class, told.absent) == (other.queue, other.class, other.absent);
            let for_all = told.held_for.is_none() && other.held_for.is_none() && *not != NotServed::JustMissed;
            alike && for_all && told.came_before(other)
        }),
        PassedOver::Agent(..) => false,
    }
}
