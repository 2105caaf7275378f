//! Orders, records, changes and ends.

use crate::bench::*;
use cabrank_core::*;
use cabrank_sim::Rule;

fn change(base: u64) -> Input {
    let thresholds = Thresholds { max_waiting: 7, ..settings().queues[0].thresholds.clone() };
    Input::ThresholdsChanged { base, queues: vec![(QueueId(0), thresholds)], by: "sue".into(), reason: "rain".into() }
}

#[test]
fn a_change_of_thresholds_that_is_outdated_or_not_noted_is_found_out() {
    Bench::new().goes_on(change(0));
    Bench::new().doctored(change(0), Rule::ChangeIsNoted, |shown| shown.effects.clear());
    Bench::new().doctored(change(0), Rule::ChangeIsNoted, |shown| shown.view.changes = 0);
    Bench::new().doctored(change(5), Rule::ChangeIsNoted, |shown| shown.refusals = vec![Refusal::UnknownQueue]);
    Bench::new().doctored(change(0), Rule::ChangeIsNoted, |shown| {
        let Some(Effect::Note(change)) = shown.effects.first_mut() else { panic!("a change is noted") };
        change.queues[0].1.reserve = 9;
    });
}

#[test]
fn an_agent_who_is_forgotten_is_found_out() {
    let mut bench = Bench::of(|thresholds| thresholds.wrap_up = Span::secs(10));
    bench.comes(1, Caller::unknown());
    bench.goes_on(phone(FIRST));
    bench.goes_on(answered(1));
    bench.goes_on(done(1));
    bench.doctored(Input::Woke, Rule::NobodyStuck, |shown| {
        shown.view.agents[0].state = AgentState::WrapUp { until: shown.view.at };
    });
}

#[test]
fn a_missing_a_second_and_a_false_record_are_found_out() {
    let talk = || {
        let mut bench = Bench::with_callers(1);
        bench.goes_on(phone(FIRST));
        bench.goes_on(answered(1));
        bench
    };
    talk().goes_on(done(1));
    talk().doctored(done(1), Rule::PictureIsTrue, |shown| drop_effects(shown, |effect| matches!(effect, Effect::Write(_))));
    talk().doctored(done(1), Rule::OneRecord, |shown| shown.effects.extend(shown.effects.clone().pop()));
    talk().doctored(done(1), Rule::RecordIsTrue, |shown| record_of(shown).agent = Some(SECOND));
    talk().doctored(done(1), Rule::RecordIsTrue, |shown| record_of(shown).offers += 1);
    talk().doctored(done(1), Rule::RecordIsTrue, |shown| record_of(shown).ended_at = Tick(1));
    talk().doctored(done(1), Rule::OneRecord, |shown| drop_effects(shown, |effect| matches!(effect, Effect::HangUp { .. })));
}

#[test]
fn words_to_somebody_who_is_gone_are_found_out() {
    let mut bench = Bench::with_callers(1);
    let gone = Input::CallerHungUp { call: CallId(1), how: CallerGone::HungUp };
    bench.doctored(gone, Rule::OrdersFit, |shown| {
        shown.effects.push(Effect::Say { call: CallId(1), play: PlayId(90), what: Say::Goodbye });
    });
}

#[test]
fn a_promise_nobody_accepted_is_found_out() {
    let mut bench = Bench::with_callers(1);
    bench.doctored(Input::Woke, Rule::SentIsTrue, |shown| {
        let what = Say::Sent { eta: Span::secs(420) };
        shown.effects.push(Effect::Say { call: CallId(1), play: PlayId(90), what });
    });
}

#[test]
fn a_refusal_with_consequences_is_found_out() {
    let mut bench = Bench::with_callers(1);
    let answer = DispatchAnswer::Refused { reason: "".into() };
    bench.doctored(Input::DispatchAnswered { call: CallId(1), answer }, Rule::RefusedIsNothing, |shown| {
        shown.effects.push(Effect::Music { call: CallId(1), play: PlayId(90) });
    });
}

#[test]
fn a_ringing_that_never_ends_is_found_out() {
    let mut bench = Bench::with_callers(1);
    bench.goes_on(phone(FIRST));
    let gone = Input::CallerHungUp { call: CallId(1), how: CallerGone::HungUp };
    bench.doctored(gone, Rule::PictureIsTrue, |shown| {
        drop_effects(shown, |effect| matches!(effect, Effect::StopRinging { .. }));
    });
}

#[test]
fn a_caller_forgotten_at_the_end_is_found_out() {
    let bench = Bench::with_callers(1);
    let found = bench.oracle.saw_the_end(&bench.desk.view()).expect_err("a caller still waits");
    assert_eq!(found.rule, Rule::OneRecord);
}
