//! Nobody is stuck: what the desk believes to be a leg and the edge knows nothing of is ended.
//!
//! A leg and the desk's picture of it part only by a fault of ours, or by a fact lost under load. Facts and orders on
//! their way make them differ for a moment, so only what is missing at two looks in a row counts.

use std::collections::BTreeSet;

use cabrank_core::{AgentState, CallId, CallerGone, Declined, Input, LegEnd, OfferId, View};

use super::Origin;

/// A leg in the desk's picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Believed {
    /// An agent's phone rings.
    Ringing(OfferId),
    /// An agent talks.
    Talking(OfferId),
    /// A caller is on the line.
    Caller(CallId),
}

/// What an edge was missing at the last look.
#[derive(Debug)]
pub(crate) struct Missing {
    origin: Origin,
    missing: BTreeSet<Believed>,
}

impl Missing {
    /// Of the edge by which these calls came in.
    pub(crate) fn of(origin: Origin) -> Missing {
        Missing { origin, missing: BTreeSet::new() }
    }

    /// The facts that end what is missing for the second time.
    pub(crate) fn look(&mut self, view: &View, exists: impl Fn(Believed) -> bool) -> Vec<Input> {
        let missing: BTreeSet<Believed> = believed(view, self.origin).filter(|leg| !exists(*leg)).collect();
        let again: Vec<Input> = missing.intersection(&self.missing).map(|leg| ended(*leg)).collect();
        for fact in &again {
            tracing::warn!(?fact, "the desk believes in a leg that is not there: it is ended");
        }
        self.missing = missing;
        again
    }
}

fn believed(view: &View, origin: Origin) -> impl Iterator<Item = Believed> + '_ {
    let ours = move |call: CallId| Origin::of(call) == origin;
    let agents = view.agents.iter().filter_map(move |agent| match agent.state {
        AgentState::Offered { offer, call } => ours(call).then_some(Believed::Ringing(offer)),
        AgentState::Talking { offer, call } => ours(call).then_some(Believed::Talking(offer)),
        AgentState::SignedOut
        | AgentState::Idle
        | AgentState::WrapUp { .. }
        | AgentState::Paused { .. }
        | AgentState::Unreachable { .. } => None,
    });
    let callers =
        view.calls.iter().filter(move |call| ours(call.call) && call.stage.has_leg()).map(|call| Believed::Caller(call.call));
    agents.chain(callers)
}

fn ended(leg: Believed) -> Input {
    match leg {
        Believed::Ringing(offer) => Input::AgentDeclined { offer, how: Declined::Failed },
        Believed::Talking(offer) => Input::AgentHungUp { offer, how: LegEnd::Lost },
        Believed::Caller(call) => Input::CallerHungUp { call, how: CallerGone::Lost },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names;
    use cabrank_core::StageView;
    use cabrank_core::{AgentId, Caller, Desk, Digit, Effect, LineId, Outbox, Tick};

    /// A real desk, whose orders nobody carries out.
    struct Stuck {
        desk: Desk,
        offer: OfferId,
    }

    impl Stuck {
        /// An agent rings for a caller.
        fn ringing() -> Stuck {
            let settings = names::tests::taxi().settings().clone();
            let mut it = Stuck { desk: Desk::new(settings, 1).unwrap(), offer: OfferId(0) };
            it.tell(Input::PhoneReached { agent: AgentId(0) });
            it.tell(Input::CallOffered { call: CallId(2), line: LineId(0), open: true, caller: Caller::unknown() });
            it.tell(Input::DigitPressed { call: CallId(2), digit: Digit::Number(2) });
            it
        }

        fn talking() -> Stuck {
            let mut it = Stuck::ringing();
            it.tell(Input::AgentAnswered { offer: it.offer });
            it
        }

        fn tell(&mut self, input: Input) {
            let mut out = Outbox::default();
            self.desk.handle(Tick(1), input, &mut out);
            assert!(out.refusals.is_empty(), "{:?}", out.refusals);
            let rung = out.effects.iter().find_map(|e| if let Effect::Ring { offer, .. } = e { Some(*offer) } else { None });
            self.offer = rung.unwrap_or(self.offer);
        }

        fn is_free(&self) -> bool {
            let view = self.desk.view();
            believed(&view, Origin::Sip).next().is_none() && view.calls.is_empty()
        }
    }

    #[test]
    fn what_is_missing_twice_in_a_row_is_ended_and_nobody_is_stuck() {
        for mut stuck in [Stuck::ringing(), Stuck::talking()] {
            let mut missing = Missing::of(Origin::Sip);
            assert!(missing.look(&stuck.desk.view(), |_| false).is_empty());
            let facts = missing.look(&stuck.desk.view(), |_| false);
            assert_eq!(facts.len(), 2, "{facts:?}");
            let mut out = Outbox::default();
            facts.into_iter().for_each(|fact| stuck.desk.handle(Tick(2), fact, &mut out));
            assert!(stuck.is_free(), "{:?}", stuck.desk.view());
        }
    }

    #[test]
    fn only_the_leg_that_is_missing_is_ended() {
        let mut stuck = Stuck::talking();
        let mut missing = Missing::of(Origin::Sip);
        let caller_is_there = |leg| leg == Believed::Caller(CallId(2));
        missing.look(&stuck.desk.view(), caller_is_there);
        let facts = missing.look(&stuck.desk.view(), caller_is_there);
        assert_eq!(facts, [Input::AgentHungUp { offer: stuck.offer, how: LegEnd::Lost }]);
        facts.into_iter().for_each(|fact| stuck.tell(fact));
        assert_eq!(stuck.desk.view().calls[0].stage, StageView::Waiting, "the caller keeps the place");
    }

    #[test]
    fn the_legs_of_another_edge_are_left_to_it() {
        let stuck = Stuck::talking();
        let mut missing = Missing::of(Origin::Quic);
        missing.look(&stuck.desk.view(), |_| false);
        assert!(missing.look(&stuck.desk.view(), |_| false).is_empty());
    }

    #[test]
    fn what_differs_for_a_moment_is_left_alone() {
        let stuck = Stuck::talking();
        let mut missing = Missing::of(Origin::Sip);
        for there in [false, true, false, true, true] {
            assert!(missing.look(&stuck.desk.view(), |_| there).is_empty());
        }
    }
}
