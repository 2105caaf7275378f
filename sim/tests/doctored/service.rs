//! Who is served by whom.

use crate::bench::*;
use cabrank_core::*;
use cabrank_sim::Rule;

#[test]
fn last_come_first_served_is_found_out() {
    Bench::with_callers(3).doctored(phone(FIRST), Rule::OrderOfService, |shown| ring_for(shown, CallId(3)));
}

/// Three callers under each order: two regulars and a visitor in between, long enough in line that both classes may be first.
fn three_callers(order: Order) -> Bench {
    let mut bench = Bench::of(|thresholds| {
        two_classes(thresholds);
        thresholds.order = order;
    });
    bench.comes(1, caller("1", "regular"));
    bench.comes(2, caller("2", "visitor"));
    bench.comes(3, caller("3", "regular"));
    bench
}

#[test]
fn whoever_is_served_out_of_turn_is_found_out_under_every_order() {
    for order in Order::ALL {
        for instead in [2, 3] {
            three_callers(*order).doctored(phone(FIRST), Rule::OrderOfService, |shown| ring_for(shown, CallId(instead)));
        }
    }
}

#[test]
fn a_favourite_class_is_found_out() {
    let mut bench = Bench::of(two_classes);
    bench.comes(1, caller("1", "visitor"));
    bench.waits(50);
    bench.comes(2, caller("2", "regular"));
    bench.doctored(phone(FIRST), Rule::OrderOfService, |shown| ring_for(shown, CallId(2)));
}

/// A visitor is overtaken by a regular.
fn one_is_overtaken() -> Bench {
    let mut bench = Bench::of(two_classes);
    bench.comes(1, caller("1", "visitor"));
    bench.comes(2, caller("2", "regular"));
    bench.waits(10);
    bench
}

#[test]
fn a_skip_without_a_rule_is_found_out() {
    one_is_overtaken().goes_on(phone(FIRST));
    one_is_overtaken().doctored(phone(FIRST), Rule::UnexplainedSkip, |shown| {
        shown.passed_over.clear();
        shown.decisions[0].passed_over = 0..0;
    });
}

#[test]
fn a_false_reason_is_found_out() {
    let lies = [
        NotServed::Later(Order::Fifo),
        NotServed::OwnAgent,
        NotServed::OpensAt(Tick(99_000_000)),
        NotServed::KeptFor(QueueId(0)),
        NotServed::JustMissed,
        NotServed::OthersDialled,
    ];
    for lie in lies {
        one_is_overtaken().doctored(phone(FIRST), Rule::ReasonsAreTrue, |shown| {
            let PassedOver::Caller(_, not) = &mut shown.passed_over[0] else { panic!("a caller was passed over") };
            *not = lie;
        });
    }
    for lie in [Why::First(Order::Fifo), Why::OwnAgentFree] {
        one_is_overtaken().doctored(phone(FIRST), Rule::ReasonsAreTrue, |shown| shown.decisions[0].why = lie);
    }
    one_is_overtaken().doctored(phone(FIRST), Rule::ReasonsAreTrue, |shown| shown.decisions[0].chosen.place = Place(90));
}

/// Two idle agents, and a caller about to join.
fn two_idle_agents() -> Bench {
    let mut bench = Bench::new();
    bench.goes_on(phone(FIRST));
    bench.goes_on(phone(SECOND));
    bench.goes_on(offered(1, Caller::unknown()));
    bench
}

#[test]
fn an_agent_spared_is_found_out() {
    two_idle_agents().goes_on(greeted(1));
    two_idle_agents().doctored(greeted(1), Rule::BestAgent, |shown| ring_agent(shown, SECOND));
}

#[test]
fn a_false_reason_about_an_agent_is_found_out() {
    let lies = [
        NotRung::WorseLevel,
        NotRung::OwnAgent,
        NotRung::OpensAt(Tick(99_000_000)),
        NotRung::KeptFor(QueueId(0)),
        NotRung::JustMissed,
    ];
    for lie in lies {
        two_idle_agents().doctored(greeted(1), Rule::ReasonsAreTrue, |shown| {
            let PassedOver::Agent(_, not) = &mut shown.passed_over[0] else { panic!("an agent was passed over") };
            *not = lie;
        });
    }
    two_idle_agents().doctored(greeted(1), Rule::ReasonsAreTrue, |shown| shown.decisions[0].why = Why::OwnAgentIdle);
}

#[test]
fn a_ringing_without_a_decision_and_a_decision_without_a_ringing_are_found_out() {
    Bench::with_callers(1).doctored(phone(FIRST), Rule::DecisionsAreTold, |shown| shown.decisions.clear());
    Bench::with_callers(1).doctored(phone(FIRST), Rule::DecisionsAreTold, |shown| {
        shown.decisions.extend(shown.decisions.clone());
    });
}

#[test]
fn idleness_while_somebody_waits_is_found_out() {
    Bench::with_callers(1).doctored(phone(FIRST), Rule::NobodyIdles, |shown| {
        drop_effects(shown, |effect| matches!(effect, Effect::Ring { .. }));
        shown.decisions.clear();
        shown.view.agents[0].state = AgentState::Idle;
        shown.view.calls[0].stage = StageView::Waiting;
    });
}

#[test]
fn two_agents_for_one_caller_are_found_out() {
    let mut bench = Bench::with_callers(2);
    bench.goes_on(phone(FIRST));
    bench.doctored(phone(SECOND), Rule::OneAtATime, |shown| ring_for(shown, CallId(1)));
}

#[test]
fn two_calls_for_one_agent_are_found_out() {
    let mut bench = Bench::with_callers(2);
    bench.goes_on(phone(FIRST));
    bench.doctored(phone(SECOND), Rule::OneAtATime, |shown| ring_agent(shown, FIRST));
}

#[test]
fn ringing_twice_in_a_row_is_found_out() {
    let mut bench = Bench::with_callers(2);
    bench.goes_on(phone(FIRST));
    bench.goes_on(Input::AgentDeclined { offer: offer(1), how: Declined::Busy });
    let ready = Input::AgentAsked { agent: FIRST, wish: cabrank_core::Wish::Ready, by: "a".into() };
    bench.doctored(ready, Rule::OrderOfService, |shown| ring_for(shown, CallId(1)));
}
