//! Each rule of service by itself.

use crate::desks::*;
use crate::rig::*;
use cabrank_core::*;

/// A visitor waits 30 s of 60, then a regular 15 s of 20.
fn who_is_first_under(order: Order) -> &'static str {
    let mut rig = Rig::of(two_classes(order));
    let (visitor, _) = rig.join("1", "visitor", 2);
    rig.wait(15);
    let (regular, _) = rig.join("2", "regular", 2);
    rig.wait(15);
    let effects = rig.sign_in(ANNA);
    match rung_for(&effects) {
        Some((_, call)) if call == visitor => "visitor",
        Some((_, call)) if call == regular => "regular",
        _ => "nobody",
    }
}

#[test]
fn each_order_puts_its_own_first() {
    assert_eq!(who_is_first_under(Order::Proportional), "regular", "75 % of the target against 50 %");
    assert_eq!(who_is_first_under(Order::Fifo), "visitor", "came first");
    assert_eq!(who_is_first_under(Order::StrictPriority), "regular", "has the shorter target");
    assert_eq!(who_is_first_under(Order::HeadStart), "regular", "is due at 35 s, not at 60 s");
}

/// Of many callers, whoever has so many ahead is served after as many, if all happens in one moment.
#[test]
fn who_is_ahead_is_served_before() {
    for order in Order::ALL {
        let mut desk = two_classes(*order);
        desk.agents = (0..9).map(|n| Agent { name: format!("a{n}").into(), ..desk.agents[0].clone() }).collect();
        let mut rig = Rig::of(desk);
        let calls: Vec<CallId> = (0..9)
            .map(|n: u64| {
                rig.wait(n * 7 % 11);
                rig.join(&n.to_string(), if n * n % 5 < 2 { "regular" } else { "visitor" }, 2).0
            })
            .collect();
        rig.wait(3);
        let ahead: Vec<Option<u32>> = calls.iter().map(|call| rig.desk.ahead_of(*call)).collect();
        let served: Vec<CallId> =
            (0..9).map(|agent| rung_for(&rig.sign_in(AgentId(agent))).expect("somebody is rung").1).collect();
        let turns = calls.iter().map(|call| served.iter().position(|other| other == call).map(|turn| turn as u32));
        assert_eq!(ahead, turns.collect::<Vec<_>>(), "{order:?}");
        assert!(calls.iter().all(|call| rig.desk.ahead_of(*call).is_some()), "in line as long as it rings");
    }
}

#[test]
fn proportional_starves_nobody_and_says_why_one_was_overtaken() {
    let mut rig = Rig::of(two_classes(Order::Proportional));
    let (visitor, _) = rig.join("1", "visitor", 2);
    rig.wait(50);
    let (regular, _) = rig.join("2", "regular", 2);
    rig.wait(20);
    rig.out.clear();
    rig.desk.handle(rig.now, Input::PhoneReached { agent: ANNA }, &mut rig.out);
    let decision = rig.out.decisions[0].clone();
    assert_eq!(decision.chosen.call, visitor, "70 of 60 s against 20 of 20 s");
    assert_eq!(decision.why, Why::First(Order::Proportional));
    let passed = &rig.out.passed_over[decision.passed_over];
    assert!(
        matches!(passed, [PassedOver::Caller(other, NotServed::Later(Order::Proportional))] if other.call == regular),
        "{passed:?}"
    );
}

#[test]
fn the_guard_of_strict_priority_ends_starvation() {
    let mut rig = Rig::of(two_classes(Order::StrictPriority));
    let (visitor, _) = rig.join("1", "visitor", 2);
    rig.wait(299);
    rig.join("2", "regular", 2);
    rig.wait(1);
    let effects = rig.sign_in(ANNA);
    assert_eq!(rung_for(&effects), Some((ANNA, visitor)), "half of the longest wait is over");
}

#[test]
fn widening_reaches_callers_already_waiting() {
    let mut settings = desk_with(|thresholds| thresholds.widen = vec![Widening { after: Span::secs(30), level: 2 }]);
    settings.agents[1].skills[0].level = 2;
    let mut rig = Rig::of(settings);
    rig.sign_in(BEN);
    let (call, effects) = rig.join("1", "", 2);
    assert_eq!(rung(&effects), None, "level 2 is closed at first");
    assert_eq!(rung_for(&rig.wait(29)), None);
    assert_eq!(rung_for(&rig.wait(1)), Some((BEN, call)));
}

#[test]
fn a_queue_overflows_to_the_agents_of_another_and_keeps_its_order() {
    let mut rig = Rig::of(two_queues(|settings| {
        settings.agents[1].skills = vec![Skill { queue: DISPATCH, level: 1 }];
        settings.queues[0].thresholds.overflow = Some(Overflow { after: Span::secs(60), queue: DISPATCH });
    }));
    rig.sign_in(BEN);
    let (call, _) = rig.join("1", "", 2);
    assert_eq!(rung_for(&rig.wait(59)), None, "ben serves the other queue alone");
    let effects = rig.wait(1);
    assert_eq!(rung_for(&effects), Some((BEN, call)));
    assert_eq!(rung(&effects).map(|(_, _, context)| context.queue), Some(BOOKING), "the caller is still one of booking");
}

#[test]
fn reserved_agents_are_kept_until_there_is_one_to_spare() {
    let mut settings = two_queues(|settings| settings.queues[1].thresholds.reserve = 1);
    settings.agents.push(Agent { name: "cem".into(), ..settings.agents[1].clone() });
    settings.agents[0].skills.clear();
    let mut rig = Rig::of(settings);
    rig.sign_in(BEN);
    let (waiting, effects) = rig.join("1", "", 2);
    assert_eq!(rung(&effects), None, "ben is the one idle agent that dispatch keeps");
    let effects = rig.sign_in(AgentId(2));
    assert!(matches!(rung_for(&effects), Some((_, call)) if call == waiting), "now there is one to spare: {effects:?}");
    let (dispatch, effects) = rig.join("2", "", 1);
    assert!(matches!(rung_for(&effects), Some((_, call)) if call == dispatch), "and one was kept");
}

#[test]
fn the_same_agent_as_last_time_for_a_bounded_time() {
    let mut rig = Rig::of(desk_with(|thresholds| thresholds.preferred_agent_for = Span::secs(8)));
    rig.sign_in(ANNA);
    let (_, effects) = rig.join("1", "", 2);
    let offer = rung(&effects).unwrap().0;
    rig.tell(Input::AgentAnswered { offer });
    rig.tell(Input::AgentHungUp { offer, how: LegEnd::HungUp });
    rig.sign_in(BEN);
    rig.wait(15);
    let (again, effects) = rig.join("1", "", 2);
    assert_eq!(rung_for(&effects), Some((ANNA, again)), "ben has been idle longer, but anna served this caller");
    let (offer, ..) = rung(&effects).unwrap();
    rig.tell(Input::AgentAnswered { offer });
    rig.tell(Input::CallerHungUp { call: again, how: CallerGone::HungUp });
    let (held, effects) = rig.join("1", "", 2);
    assert_eq!(rung(&effects), None, "anna wraps up; ben is not rung yet");
    assert_eq!(rung_for(&rig.wait(8)), Some((BEN, held)), "nobody waits longer than that for one agent");
}

#[test]
fn an_agent_of_ones_own_who_goes_home_is_waited_for_no_longer() {
    let mut rig = Rig::of(desk_with(|thresholds| thresholds.preferred_agent_for = Span::secs(60)));
    rig.sign_in(ANNA);
    let (_, effects) = rig.join("1", "", 2);
    let offer = rung(&effects).unwrap().0;
    rig.tell(Input::AgentAnswered { offer });
    rig.sign_in(BEN);
    let (held, effects) = rig.join("1", "", 2);
    assert_eq!(rung(&effects), None);
    rig.tell(Input::AgentAsked { agent: ANNA, wish: Wish::SignOut, by: "anna".into() });
    rig.tell(Input::AgentHungUp { offer, how: LegEnd::HungUp });
    let effects = rig.wait(15);
    assert_eq!(rung_for(&effects), Some((BEN, held)), "anna went home after her wrap-up");
}

#[test]
fn the_least_occupied_agent_is_rung() {
    let mut rig = Rig::of(desk_with(|thresholds| thresholds.agent_order = AgentOrder::LeastOccupied));
    rig.sign_in(ANNA);
    let (call, effects) = rig.join("1", "", 2);
    let (offer, ..) = rung(&effects).unwrap();
    rig.tell(Input::AgentAnswered { offer });
    rig.wait(300);
    rig.tell(Input::CallerHungUp { call, how: CallerGone::HungUp });
    rig.wait(15);
    rig.sign_in(BEN);
    rig.wait(60);
    let (call, effects) = rig.join("2", "", 2);
    assert_eq!(rung_for(&effects), Some((BEN, call)), "anna has been idle longer, and busier");
}

#[test]
fn a_place_survives_a_dropped_call_for_the_same_number_alone() {
    let mut rig = Rig::of(desk_with(|thresholds| thresholds.keep_place_for = Span::secs(60)));
    let (dropped, _) = rig.join("1", "", 2);
    rig.wait(10);
    let (second, _) = rig.join("2", "", 2);
    rig.tell(Input::CallerHungUp { call: dropped, how: CallerGone::Lost });
    rig.wait(60);
    let (again, _) = rig.join("1", "", 2);
    let effects = rig.sign_in(ANNA);
    assert_eq!(rung_for(&effects), Some((ANNA, again)), "the place was kept for a minute");
    let offer = rung(&effects).unwrap().0;
    rig.tell(Input::AgentAnswered { offer });
    rig.tell(Input::CallerHungUp { call: second, how: CallerGone::HungUp });
    rig.wait(61);
    let (third, _) = rig.join("3", "", 2);
    rig.join("2", "", 2);
    let effects = rig.sign_in(BEN);
    assert_eq!(rung_for(&effects), Some((BEN, third)), "and no longer");
}

#[test]
fn an_untrusted_number_cannot_take_a_trusted_place() {
    let mut rig = Rig::of(desk_with(|_| {}));
    let (dropped, _) = rig.join("1", "", 2);
    rig.tell(Input::CallerHungUp { call: dropped, how: CallerGone::Lost });
    rig.wait(10);
    let (honest, _) = rig.join("2", "", 2);
    rig.wait(1);
    let (call, _) = rig.arrive(Caller { trust: Trust::Untrusted, ..caller("1", "") });
    rig.press(call, 2);
    let effects = rig.sign_in(ANNA);
    assert_eq!(rung_for(&effects), Some((ANNA, honest)));
}

#[test]
fn a_caller_given_back_keeps_the_place() {
    let mut rig = Rig::of(two_queues(|_| {}));
    rig.sign_in(BEN);
    let (call, effects) = rig.join("1", "", 2);
    let offer = rung(&effects).unwrap().0;
    rig.tell(Input::AgentAnswered { offer });
    rig.wait(5);
    let (other, _) = rig.join("2", "", 2);
    let effects = rig.tell(Input::AgentReturned { offer, queue: BOOKING });
    assert!(effects.contains(&Effect::Release { call, offer }));
    assert_eq!(words(&effects), Say::Returned);
    let effects = rig.sign_in(ANNA);
    assert_eq!(rung_for(&effects), Some((ANNA, call)), "came before {other}");
}

#[test]
fn an_untrusted_call_that_drops_out_does_not_cost_a_trusted_place() {
    let mut rig = Rig::of(desk_with(|_| {}));
    let (dropped, _) = rig.join("1", "", 2);
    rig.wait(1);
    let (other, _) = rig.join("2", "", 2);
    rig.tell(Input::CallerHungUp { call: dropped, how: CallerGone::Lost });
    let (spoofed, _) = rig.arrive(Caller { trust: Trust::Untrusted, ..caller("1", "") });
    rig.press(spoofed, 2);
    rig.tell(Input::CallerHungUp { call: spoofed, how: CallerGone::HungUp });
    let (again, _) = rig.join("1", "", 2);
    let effects = rig.sign_in(ANNA);
    assert_eq!(rung_for(&effects), Some((ANNA, again)), "before {other}");
}

#[test]
fn thresholds_change_under_waiting_callers() {
    let mut rig = Rig::of(desk_with(|thresholds| thresholds.widen = vec![Widening { after: Span::secs(300), level: 1 }]));
    rig.sign_in(ANNA);
    let (call, effects) = rig.join("1", "", 2);
    assert_eq!(rung(&effects), None, "level 1 opens after five minutes");
    let stale = rig.desk.settings().queues[0].thresholds.clone();
    let effects = rig.amend(|thresholds| thresholds.widen.clear());
    assert!(matches!(&effects[0], Effect::Note(change) if change.number == 1 && &*change.reason == "rain"), "{effects:?}");
    assert!(effects[0].is_promise());
    assert_eq!(rung_for(&effects), Some((ANNA, call)));
    let outdated = Input::ThresholdsChanged { base: 0, queues: vec![(BOOKING, stale)], by: "sue".into(), reason: "late".into() };
    assert_eq!(rig.refused(outdated), Refusal::Outdated);
}

#[test]
fn a_change_that_does_not_fit_changes_nothing() {
    let mut rig = Rig::of(desk_with(|_| {}));
    let before = rig.desk.digest();
    let nothing = Thresholds { classes: vec![], ..Thresholds::default() };
    let change = Input::ThresholdsChanged { base: 0, queues: vec![(BOOKING, nothing)], by: "sue".into(), reason: "".into() };
    assert!(matches!(rig.refused(change), Refusal::BadSettings(_)));
    assert_eq!(rig.desk.digest(), before);
}

#[test]
fn queues_that_share_an_agent_have_one_order() {
    let settings = two_queues(|settings| settings.queues[1].thresholds.order = Order::Fifo);
    assert!(matches!(Desk::new(settings, 1), Err(Refusal::BadSettings(_))));
}

#[test]
fn an_agent_serves_a_queue_once() {
    let settings = two_queues(|settings| {
        let skill = settings.agents[0].skills[0];
        settings.agents[0].skills.push(skill);
    });
    assert!(matches!(Desk::new(settings, 1), Err(Refusal::BadSettings("an agent serves a queue twice"))));
}
