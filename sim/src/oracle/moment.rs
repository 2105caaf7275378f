//! The scene of a decision, pieced together from the pictures before and after the step.
//!
//! All that an input changes is changed before the first decision that follows: so the scene is the picture after the step
//! with this decision and the later ones undone. When several alarms ring in one step, one by one, some changes come before
//! a decision and others after it, and from outside it cannot be seen which; then every possible scene is tried, and the
//! decision must be right in one of them.

use super::{Oracle, Seen};
use crate::reference::{Free, InLine, Scene};
use cabrank_core::{AgentId, AgentState, CallId, CallView, Decision, Input, QueueId, StageView, Step, View, Why};
use std::collections::{BTreeMap, BTreeSet};

/// More doubts than these have too many scenes to try.
const DOUBTS_MAX: usize = 10;

/// Where a call is, as far as decisions go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spot {
    InLine(InLine),
    Dialled(QueueId),
}

/// Who is where at one moment; whoever is nowhere has no part in decisions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Spots {
    calls: BTreeMap<CallId, Spot>,
    idle: BTreeSet<AgentId>,
}

/// Somebody of whom it is not known where at that moment.
#[derive(Clone, Copy, Debug)]
enum Doubt {
    Call(CallId),
    Agent(AgentId),
}

impl Oracle {
    /// Every scene that a decision of this step may have been made in, the likeliest first; none if there are too many.
    pub(super) fn scenes(&self, seen: Seen<'_>, number: usize) -> Vec<Scene<'_>> {
        let late = self.undone(seen, number);
        let rings_alarms = matches!(seen.input, Input::Woke | Input::Restarted);
        let early = if rings_alarms { self.done(seen, number) } else { late.clone() };
        let doubts = late.doubts(&early);
        if doubts.len() > DOUBTS_MAX {
            return Vec::new();
        }
        (0..1_usize << doubts.len()).map(|mask| self.scene(&late.with(&early, &doubts, mask))).collect()
    }

    /// The scene after a step.
    pub(super) fn scene_after(&self, view: &View) -> Scene<'_> {
        self.scene(&self.spots(view))
    }

    /// The picture after the step, with this decision and all later ones undone.
    fn undone(&self, seen: Seen<'_>, number: usize) -> Spots {
        let mut spots = self.spots(seen.view);
        for decision in seen.decisions.iter().skip(number) {
            spots.calls.insert(decision.chosen.call, Spot::InLine(self.chosen(decision, seen)));
            spots.idle.insert(decision.agent);
        }
        spots
    }

    /// The picture before the step, with all earlier decisions done.
    fn done(&self, seen: Seen<'_>, number: usize) -> Spots {
        let mut spots = self.before.as_ref().map(|view| self.spots(view)).unwrap_or_default();
        for decision in seen.decisions.iter().take(number) {
            let call = decision.chosen.call;
            match decision.step {
                Step::Rung(_) => {
                    spots.calls.remove(&call);
                    spots.idle.remove(&decision.agent);
                }
                Step::CalledBack => {
                    spots.calls.insert(call, Spot::Dialled(decision.chosen.queue));
                }
            }
        }
        spots
    }

    /// The caller of a decision as it stood in line: by the pictures where they show it, else as the decision has it.
    fn chosen(&self, decision: &Decision, seen: Seen<'_>) -> InLine {
        let said = decision.chosen;
        let absent = decision.step == Step::CalledBack;
        let held_for = self.held_before(said.call, seen.input).or_else(|| self.held_since(decision, seen));
        let bare = InLine {
            call: said.call,
            queue: said.queue,
            class: said.class,
            since: said.since,
            place: said.place,
            absent,
            held_for,
            own: None,
        };
        let shown = [Some(seen.view), self.before.as_ref()].into_iter().flatten();
        let found = shown.flat_map(|view| &view.calls).find(|call| call.call == said.call && call.place.is_some());
        let in_line = found.and_then(|call| self.in_line(call)).unwrap_or(bare);
        InLine { absent, held_for, ..in_line }
    }

    /// For whom a caller waited before a step and still did when it came to decisions: a change of thresholds lets go of all, and
    /// whom alarms let go of is in doubt.
    fn held_before(&self, call: CallId, input: &Input) -> Option<AgentId> {
        let lets_go = matches!(input, Input::ThresholdsChanged { .. } | Input::Woke | Input::Restarted);
        let calls = &self.before.as_ref().filter(|_| !lets_go)?.calls;
        calls.iter().find(|shown| shown.call == call)?.waits_for
    }

    /// For whom a newcomer waited who joined by one alarm and was served at the next, within one step: no picture shows it.
    fn held_since(&self, decision: &Decision, seen: Seen<'_>) -> Option<AgentId> {
        let joined_before = self.lives.get(&decision.chosen.call).is_some_and(|life| life.join.is_some());
        let caller = &seen.view.calls.iter().find(|call| call.call == decision.chosen.call)?.caller;
        let is_own = self.own_agent(caller, decision.chosen.queue) == Some(decision.agent);
        let may = *seen.input == Input::Woke && !joined_before && decision.why == Why::OwnAgentFree;
        (may && is_own).then_some(decision.agent)
    }

    fn spots(&self, view: &View) -> Spots {
        let spot = |call: &CallView| match call.stage {
            StageView::Waiting | StageView::Absent => self.in_line(call).map(Spot::InLine),
            StageView::CalledBack => call.queue.map(Spot::Dialled),
            StageView::Menu
            | StageView::Proving
            | StageView::Dispatching
            | StageView::Told
            | StageView::Offered
            | StageView::Agreeing
            | StageView::Resting
            | StageView::Talking
            | StageView::Parting
            | StageView::Left => None,
        };
        let calls = view.calls.iter().filter_map(|call| Some((call.call, spot(call)?))).collect();
        let idle = view.agents.iter().filter(|agent| agent.state == AgentState::Idle).map(|agent| agent.agent).collect();
        Spots { calls, idle }
    }

    fn in_line(&self, call: &CallView) -> Option<InLine> {
        let queue = call.queue?;
        Some(InLine {
            call: call.call,
            queue,
            class: call.class?,
            since: call.since?,
            place: call.place?,
            absent: call.stage == StageView::Absent,
            held_for: call.waits_for,
            own: self.own_agent(&call.caller, queue),
        })
    }

    fn scene(&self, spots: &Spots) -> Scene<'_> {
        let line = |(_, spot): (&CallId, &Spot)| if let Spot::InLine(caller) = spot { Some(*caller) } else { None };
        let dialled = |spot: &Spot| if let Spot::Dialled(queue) = spot { Some(*queue) } else { None };
        Scene {
            settings: &self.settings,
            now: self.now,
            line: spots.calls.iter().filter_map(line).collect(),
            free: spots.idle.iter().map(|agent| self.free(*agent)).collect(),
            dialled: spots.calls.values().filter_map(dialled).collect(),
        }
    }

    fn free(&self, agent: AgentId) -> Free {
        let diary = self.diary(agent);
        let idle_since = diary.free_since.unwrap_or(self.now);
        Free { agent, missed: diary.missed, idle_since, occupancy: diary.occupancy }
    }
}

impl Spots {
    fn doubts(&self, early: &Spots) -> Vec<Doubt> {
        let calls = self.calls.keys().chain(early.calls.keys()).collect::<BTreeSet<_>>();
        let calls = calls.into_iter().filter(|call| self.calls.get(call) != early.calls.get(call));
        let agents = self.idle.symmetric_difference(&early.idle);
        calls.map(|call| Doubt::Call(*call)).chain(agents.map(|agent| Doubt::Agent(*agent))).collect()
    }

    /// These, but with every doubt that the mask names decided as `early` has it.
    fn with(&self, early: &Spots, doubts: &[Doubt], mask: usize) -> Spots {
        let mut spots = self.clone();
        let named = |(bit, _): &(usize, &Doubt)| mask & (1 << bit) != 0;
        for (_, doubt) in doubts.iter().enumerate().filter(named) {
            match doubt {
                Doubt::Call(call) => {
                    spots.calls.remove(call);
                    spots.calls.extend(early.calls.get(call).map(|spot| (*call, *spot)));
                }
                Doubt::Agent(agent) if early.idle.contains(agent) => drop(spots.idle.insert(*agent)),
                Doubt::Agent(agent) => drop(spots.idle.remove(agent)),
            }
        }
        spots
    }
}
