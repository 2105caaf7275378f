//! The road of a call, step by step: what a caller meets from the menu to the record.

mod rig;

use cabrank_core::*;
use rig::*;
use std::sync::Arc;

#[test]
fn a_regular_who_presses_1_is_served_and_told_when() {
    let mut rig = Rig::new();
    let (call, effects) = rig.arrive(regular());
    assert_eq!(effects[0], Effect::Answer { call });
    assert_eq!(words(&effects), Say::Welcome { line: TAXI });

    let effects = rig.press(call, 1);
    assert!(matches!(&effects[0], Effect::Dispatch(dispatch) if dispatch.call == call && effects[0].is_promise()));
    assert_eq!(words(&effects), Say::OneMoment);

    let eta = Span::secs(420);
    let answer = DispatchAnswer::Accepted { eta, reference: "cab 7".into() };
    let effects = rig.tell(Input::DispatchAnswered { call, answer });
    assert_eq!(words(&effects), Say::Sent { eta });
    assert!(effects[0].is_promise());

    assert_eq!(rig.prompt_ended(&effects), []);
    let effects = rig.after(Span::secs(5));
    assert_eq!(words(&effects), Say::Goodbye);
    let effects = rig.prompt_ended(&effects);
    assert_eq!(effects[0], Effect::HangUp { call, why: Parting::Done });
    let record = record(&effects);
    assert_eq!(record.outcome, Outcome::ServedInstantly);
    assert_eq!(record.promise.as_ref().map(|promise| promise.due_at), Some(Tick(420_000_000)));
}

#[test]
fn a_regular_who_is_signed_for_is_served_as_one_whom_the_trunk_vouches_for() {
    let mut rig = Rig::new();
    let (call, _) = rig.arrive(Caller { trust: Trust::Attested(Attestation::Full), ..regular() });
    let effects = rig.press(call, 1);
    assert!(matches!(&effects[0], Effect::Dispatch(dispatch) if dispatch.call == call));
}

#[test]
fn every_doubt_leads_to_a_human_who_is_told_why() {
    let missing = |caller: &mut Caller| Arc::make_mut(caller.profile.as_mut().unwrap()).fields.clear();
    let with = |trust: Trust| (Caller { trust, ..regular() }, WhyHuman::UntrustedNumber);
    let cases: [(Caller, WhyHuman); 6] = [
        with(Trust::Attested(Attestation::Partial)),
        with(Trust::Attested(Attestation::Gateway)),
        with(Trust::Unproven(Flaw::BadSignature)),
        (Caller::unknown(), WhyHuman::UnknownCaller),
        (Caller { trust: Trust::Untrusted, ..regular() }, WhyHuman::UntrustedNumber),
        (
            {
                let mut caller = regular();
                missing(&mut caller);
                caller
            },
            WhyHuman::MissingDetail { field: "pickup".into() },
        ),
    ];
    for (caller, why) in cases {
        let mut rig = Rig::with_agents(&[ANNA]);
        let (call, _) = rig.arrive(caller);
        let effects = rig.press(call, 1);
        let (_, agent, context) = rung(&effects).expect("a human is rung");
        assert_eq!((agent, &context.why), (ANNA, &why));
    }
}

#[test]
fn a_service_that_fails_leads_to_a_human() {
    for answer in [DispatchAnswer::Refused { reason: "no cabs".into() }, DispatchAnswer::Failed(DispatchFailure::Nonsense)] {
        let mut rig = Rig::with_agents(&[ANNA]);
        let (call, _) = rig.arrive(regular());
        rig.press(call, 1);
        let effects = rig.tell(Input::DispatchAnswered { call, answer });
        assert!(rung(&effects).is_some());
        assert_eq!(words(&effects), Say::NotNow);
    }
}

#[test]
fn a_service_that_never_answers_is_given_up_on_and_its_late_word_still_reaches_the_agent() {
    let mut rig = Rig::new();
    let (call, _) = rig.arrive(regular());
    rig.press(call, 1);
    rig.press(call, 2);
    let answer = DispatchAnswer::Accepted { eta: Span::secs(60), reference: "cab 7".into() };
    rig.tell(Input::DispatchAnswered { call, answer });
    let effects = rig.tell(Input::PhoneReached { agent: ANNA });
    let (_, _, context) = rung(&effects).expect("the waiting caller is offered");
    assert!(context.promise.is_some(), "a cab is on its way, and the agent must know");
}

#[test]
fn a_service_that_answers_after_the_desk_gave_up_has_still_sent_a_cab() {
    let mut rig = Rig::new();
    let (call, _) = rig.arrive(regular());
    rig.press(call, 1);
    assert_eq!(words(&rig.after(Span::secs(3))), Say::NotNow);
    let answer = DispatchAnswer::Accepted { eta: Span::secs(60), reference: "cab 7".into() };
    let told = rig.tell(Input::DispatchAnswered { call, answer: answer.clone() });
    let announced = matches!(told.as_slice(), [Effect::Announce { call: of, .. }] if *of == call);
    assert!(announced, "others are told, and nothing is said to who waits for a human: {told:?}");
    assert_eq!(rig.refused(Input::DispatchAnswered { call, answer }), Refusal::OutOfPlace);
    let effects = rig.tell(Input::CallerHungUp { call, how: CallerGone::HungUp });
    assert!(record(&effects).promise.is_some(), "the record knows of the cab");
}

#[test]
fn zero_silence_and_mistakes_lead_to_a_human() {
    let mut rig = Rig::new();
    let (call, _) = rig.arrive(Caller::unknown());
    assert_eq!(words(&rig.press(call, 0)), Say::PleaseWait(Prospect::default()));

    let (call, effects) = rig.arrive(Caller::unknown());
    rig.prompt_ended(&effects);
    rig.after(Span::secs(5));
    assert_eq!(rig.desk.view().calls[call.0 as usize - 1].why_human, Some(WhyHuman::Silence));

    let (call, _) = rig.arrive(Caller::unknown());
    assert_eq!(words(&rig.press(call, 7)), Say::MenuAgain { line: TAXI });
    rig.press(call, 8);
    assert_eq!(rig.desk.view().calls[call.0 as usize - 1].why_human, Some(WhyHuman::Mistakes));
}

#[test]
fn whoever_came_first_is_served_first() {
    let mut rig = Rig::new();
    let first = rig.waiting();
    let second = rig.waiting();
    let effects = rig.tell(Input::PhoneReached { agent: ANNA });
    assert_eq!(rung(&effects).map(|(_, agent, context)| (agent, context.call)), Some((ANNA, first)));
    let effects = rig.tell(Input::PhoneReached { agent: BEN });
    assert_eq!(rung(&effects).map(|(_, agent, context)| (agent, context.call)), Some((BEN, second)));
}

#[test]
fn an_answered_call_is_connected_and_ends_with_wrap_up() {
    let mut rig = Rig::with_agents(&[ANNA]);
    let (call, _) = rig.arrive(Caller::unknown());
    let effects = rig.press(call, 2);
    let (offer, _, _) = rung(&effects).expect("anna is rung");
    assert_eq!(rig.tell(Input::AgentRinging { offer }), []);
    assert_eq!(rig.tell(Input::AgentAnswered { offer }), [Effect::Connect { call, offer }]);

    rig.tell(Input::HoldChanged { call, by: Side::Agent, held: true });
    rig.after(Span::secs(3));
    rig.tell(Input::HoldChanged { call, by: Side::Caller, held: true });
    rig.tell(Input::HoldChanged { call, by: Side::Agent, held: false });
    rig.after(Span::secs(4));
    rig.tell(Input::HoldChanged { call, by: Side::Caller, held: false });

    let effects = rig.tell(Input::AgentHungUp { offer, how: LegEnd::HungUp });
    assert_eq!(effects[0], Effect::HangUp { call, why: Parting::AgentHungUp });
    let record = record(&effects);
    assert_eq!((record.outcome, record.agent, record.held), (Outcome::ServedByAgent, Some(ANNA), Span::secs(7)));
    assert!(matches!(rig.agent(ANNA), AgentState::WrapUp { .. }));
    rig.after(Span::secs(15));
    assert_eq!(rig.agent(ANNA), AgentState::Idle);
}

#[test]
fn a_missed_ringing_puts_the_caller_back_to_the_front_and_another_agent_is_rung() {
    let mut rig = Rig::with_agents(&[ANNA, BEN]);
    let (call, _) = rig.arrive(Caller::unknown());
    let effects = rig.press(call, 2);
    let (offer, agent, _) = rung(&effects).expect("somebody is rung");
    assert_eq!(agent, ANNA);
    let effects = rig.after(Span::secs(15));
    assert_eq!(effects[0], Effect::StopRinging { call, offer });
    assert_eq!(rung(&effects).map(|(_, agent, context)| (agent, context.call)), Some((BEN, call)));
    assert!(matches!(rig.agent(ANNA), AgentState::Paused { why: Pause::Missed { .. } }));
}

#[test]
fn nobody_is_rung_twice_in_a_row_for_one_call_while_another_waits() {
    let mut rig = Rig::with_agents(&[ANNA]);
    let (first, _) = rig.arrive(Caller::unknown());
    let effects = rig.press(first, 2);
    let (offer, _, _) = rung(&effects).expect("anna is rung");
    let second = rig.waiting();
    rig.tell(Input::AgentDeclined { offer, how: Declined::Declined });
    let effects = rig.after(Span::secs(10));
    let (offer, _, context) = rung(&effects).expect("anna is back");
    assert_eq!(context.call, second);
    rig.tell(Input::AgentDeclined { offer, how: Declined::Declined });
    let effects = rig.after(Span::secs(10));
    assert_eq!(rung(&effects).map(|(_, _, context)| context.call), Some(first));
}

#[test]
fn who_misses_three_in_a_row_is_away_until_saying_ready() {
    let mut rig = Rig::with_agents(&[ANNA]);
    rig.waiting();
    for _ in 0..3 {
        rig.after(Span::secs(15));
        rig.after(Span::secs(10));
    }
    assert_eq!(rig.agent(ANNA), AgentState::Paused { why: Pause::Away });
    let effects = rig.tell(Input::AgentAsked { agent: ANNA, wish: Wish::Ready, by: "anna".into() });
    assert!(rung(&effects).is_some());
}

#[test]
fn a_caller_who_hangs_up_while_the_agent_rings_costs_the_agent_nothing() {
    let mut rig = Rig::with_agents(&[ANNA]);
    let (call, _) = rig.arrive(Caller::unknown());
    let effects = rig.press(call, 2);
    let (offer, _, _) = rung(&effects).expect("anna is rung");
    let effects = rig.tell(Input::CallerHungUp { call, how: CallerGone::HungUp });
    assert_eq!(effects[0], Effect::StopRinging { call, offer });
    assert_eq!(record(&effects).outcome, Outcome::Abandoned);
    assert_eq!(rig.agent(ANNA), AgentState::Idle);
    assert_eq!(rig.refused(Input::AgentAnswered { offer }), Refusal::UnknownOffer);
}

#[test]
fn an_agent_who_vanishes_leaves_the_caller_first_in_line() {
    let mut rig = Rig::with_agents(&[ANNA]);
    let (call, _) = rig.arrive(Caller::unknown());
    let effects = rig.press(call, 2);
    let (offer, _, _) = rung(&effects).expect("anna is rung");
    rig.tell(Input::AgentAnswered { offer });
    let later = rig.waiting();
    let effects = rig.tell(Input::AgentHungUp { offer, how: LegEnd::Lost });
    assert_eq!(words(&effects), Say::AgentLost);
    let effects = rig.tell(Input::PhoneReached { agent: BEN });
    assert_eq!(rung(&effects).map(|(_, _, context)| context.call), Some(call));
    assert_ne!(call, later);
}

#[test]
fn a_pause_asked_for_in_a_call_comes_after_its_wrap_up() {
    let mut rig = Rig::with_agents(&[ANNA]);
    let (call, _) = rig.arrive(Caller::unknown());
    let effects = rig.press(call, 2);
    let (offer, _, _) = rung(&effects).expect("anna is rung");
    rig.tell(Input::AgentAnswered { offer });
    rig.tell(Input::AgentAsked { agent: ANNA, wish: Wish::Pause { reason: "tea".into() }, by: "anna".into() });
    rig.tell(Input::CallerHungUp { call, how: CallerGone::HungUp });
    assert!(matches!(rig.agent(ANNA), AgentState::WrapUp { .. }));
    rig.after(Span::secs(15));
    assert_eq!(rig.agent(ANNA), AgentState::Paused { why: Pause::Asked { reason: "tea".into() } });
}

#[test]
fn limits_have_answers() {
    let mut rig = Rig::new();
    for _ in 0..3 {
        rig.waiting();
    }
    let (call, _) = rig.arrive(Caller::unknown());
    let effects = rig.press(call, 2);
    assert_eq!(words(&effects), Say::TooMany);
    assert_eq!(record(&rig.prompt_ended(&effects)).outcome, Outcome::QueueFull);
    for _ in 3..20 {
        rig.arrive(Caller::unknown());
    }
    let (call, effects) = rig.arrive(Caller::unknown());
    assert_eq!(effects[0], Effect::Refuse { call, why: Refused::Full });
    assert_eq!(record(&effects).outcome, Outcome::Refused);
}

#[test]
fn who_waited_longest_allowed_is_told_and_written_down() {
    let mut rig = Rig::new();
    rig.waiting();
    let mut effects = Vec::new();
    for _ in 0..20 {
        effects = rig.after(Span::secs(30));
    }
    assert_eq!(words(&effects), Say::NobodyCame);
    assert_eq!(record(&rig.prompt_ended(&effects)).outcome, Outcome::WaitedTooLong);
}

#[test]
fn a_caller_who_leaves_during_the_dispatch_still_has_one_record_with_the_promise() {
    let mut rig = Rig::new();
    let (call, _) = rig.arrive(regular());
    rig.press(call, 1);
    assert_eq!(rig.tell(Input::CallerHungUp { call, how: CallerGone::HungUp }), []);
    assert_eq!(rig.desk.view().dispatches.len(), 1);
    let answer = DispatchAnswer::Accepted { eta: Span::secs(60), reference: "cab 7".into() };
    let effects = rig.tell(Input::DispatchAnswered { call, answer });
    assert_eq!(record(&effects).outcome, Outcome::ServedInstantly);
    assert!(record(&effects).promise.is_some());
}

#[test]
fn after_a_restart_no_phone_is_rung_before_it_registers() {
    let mut rig = Rig::with_agents(&[ANNA]);
    rig.tell(Input::Restarted);
    let call = rig.waiting();
    let effects = rig.tell(Input::PhoneReached { agent: ANNA });
    assert_eq!(rung(&effects).map(|(_, _, context)| context.call), Some(call));
}

#[test]
fn settings_change_only_between_calls_and_agents_keep_their_state_by_name() {
    let mut rig = Rig::with_agents(&[ANNA]);
    let call = rig.waiting();
    let mut changed = settings();
    changed.agents.remove(1);
    changed.agents.insert(0, Agent { name: "zoe".into(), skills: vec![], sign_in: SignIn::OnRequest });
    let change = |settings: &Settings| Input::SettingsChanged {
        settings: Box::new(settings.clone()),
        by: "admin".into(),
        reason: "test".into(),
    };
    assert_eq!(rig.refused(change(&changed)), Refusal::CallsLive);
    rig.tell(Input::CallerHungUp { call, how: CallerGone::HungUp });
    rig.tell(change(&changed));
    assert_eq!(rig.agent(AgentId(1)), AgentState::Idle, "anna has moved to the second place");
    changed.queues.clear();
    assert!(matches!(rig.refused(change(&changed)), Refusal::BadSettings(_)));
}

#[test]
fn same_inputs_same_digest_and_other_inputs_another() {
    let run = |key: u8| {
        let mut rig = Rig::with_agents(&[ANNA]);
        let (call, _) = rig.arrive(regular());
        rig.press(call, key);
        rig.desk.digest()
    };
    assert_eq!(run(2), run(2));
    assert_ne!(run(2), run(1));
}
