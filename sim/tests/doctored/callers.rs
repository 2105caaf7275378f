//! Places, words and callbacks.

use crate::bench::*;
use cabrank_core::*;
use cabrank_sim::Rule;

#[test]
fn a_class_that_is_not_the_callers_is_found_out() {
    let mut bench = Bench::of(two_classes);
    bench.goes_on(offered(1, caller("1", "regular")));
    bench.doctored(greeted(1), Rule::PlaceKept, |shown| shown.view.calls[0].class = Some(cabrank_core::ClassId(0)));
}

#[test]
fn a_kept_place_that_is_lost_is_found_out() {
    let mut bench = Bench::new();
    bench.comes(1, caller("1", ""));
    bench.comes(2, caller("2", ""));
    bench.goes_on(Input::CallerHungUp { call: CallId(1), how: CallerGone::Lost });
    bench.goes_on(offered(3, caller("1", "")));
    bench.doctored(greeted(3), Rule::PlaceKept, |shown| {
        let again = shown.view.calls.iter_mut().find(|call| call.call == CallId(3)).expect("is in line");
        (again.since, again.place) = (again.queued_at, Some(Place(3)));
    });
}

/// What the caller in line is told, and what the picture then shows.
fn tell(shown: &mut Shown, first_at: Tick, at_most: Span) {
    let until = shown.view.at.plus(at_most);
    for effect in &mut shown.effects {
        if let Effect::Say { what: Say::PleaseWait(prospect) | Say::StillWaiting(prospect), .. } = effect {
            *prospect = Prospect { at_most: Some(at_most), ..*prospect };
        }
    }
    shown.view.calls[0].quote = Some(Said { at: first_at, until, settled: Settled::Open });
}

#[test]
fn a_quote_that_grows_is_found_out() {
    for (second, grows) in [(60, false), (120, false), (180, true), (240, true)] {
        let mut bench = Bench::new();
        bench.goes_on(offered(1, Caller::unknown()));
        let mut shown = bench.take(greeted(1));
        let first_at = shown.view.at;
        tell(&mut shown, first_at, Span::secs(180));
        bench.judge(&shown).expect("a first quote");
        bench.at = bench.at.plus(Span::secs(59));
        let mut shown = bench.take(Input::Woke);
        tell(&mut shown, first_at, Span::secs(second));
        let found = bench.judge(&shown).err().map(|breach| breach.rule);
        assert_eq!(found, grows.then_some(Rule::SaidIsKept), "180 s, and a minute later {second} s");
    }
}

#[test]
fn a_word_that_is_broken_in_silence_is_found_out() {
    let mut bench = Bench::new();
    bench.goes_on(offered(1, Caller::unknown()));
    let mut shown = bench.take(greeted(1));
    let first_at = shown.view.at;
    tell(&mut shown, first_at, Span::secs(60));
    let said = shown.view.calls[0].quote;
    bench.judge(&shown).expect("a first quote");
    bench.at = bench.at.plus(Span::secs(59));
    bench.doctored(Input::Woke, Rule::SaidIsKept, |shown| shown.view.calls[0].quote = said);
}

/// A caller in line without a leg, to be called back.
fn one_to_be_called_back() -> Bench {
    let mut bench = Bench::of(callbacks);
    bench.comes(1, caller("1", ""));
    bench.goes_on(pressed(1, 1));
    bench.goes_on(prompt_ended(1, 3));
    bench
}

#[test]
fn a_callback_served_twice_is_found_out() {
    let mut bench = one_to_be_called_back();
    bench.goes_on(offered(2, caller("1", "")));
    let before = bench.desk.view().calls[0].clone();
    bench.doctored(greeted(2), Rule::CallbackOnce, |shown| {
        drop_effects(shown, |effect| matches!(effect, Effect::Write(_)));
        shown.view.calls.insert(0, before);
        shown.view.queues[0].callbacks = 1;
    });
    let mut bench = one_to_be_called_back();
    bench.doctored(phone(FIRST), Rule::CallbackOnce, |shown| {
        shown.effects.extend(shown.effects.clone());
        shown.decisions.extend(shown.decisions.clone());
    });
}

#[test]
fn a_callback_for_nobody_and_one_promised_to_nobody_are_found_out() {
    let mut bench = Bench::of(callbacks);
    bench.comes(1, caller("1", ""));
    bench.doctored(Input::Woke, Rule::DecisionsAreTold, |shown| {
        shown.effects.push(Effect::CallBack { call: CallId(1), line: LineId(0), number: Number("1".into()) });
    });
    Bench::with_callers(1).doctored(Input::Woke, Rule::CallbackOnce, |shown| {
        shown.effects.push(Effect::Say { call: CallId(1), play: PlayId(90), what: Say::WillCallBack });
    });
}

#[test]
fn a_caller_held_for_somebody_elses_agent_is_found_out() {
    let mut bench = Bench::of(|thresholds| thresholds.preferred_agent_for = Span::secs(30));
    bench.goes_on(offered(1, Caller::unknown()));
    bench.doctored(greeted(1), Rule::OwnAgent, |shown| shown.view.calls[0].waits_for = Some(FIRST));
}

#[test]
fn a_lost_place_is_found_out() {
    let mut bench = Bench::with_callers(2);
    bench.goes_on(phone(FIRST));
    let declined = Input::AgentDeclined { offer: offer(1), how: Declined::Busy };
    bench.doctored(declined, Rule::PlaceKept, |shown| shown.view.calls[0].place = Some(Place(99)));
}
