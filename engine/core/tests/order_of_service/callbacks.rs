//! Callers who are called back keep their places, and lose them to nobody.

use crate::desks::*;
use crate::rig::*;
use cabrank_core::*;

fn with_callbacks() -> Rig {
    let terms = CallbackTerms { over: Span::secs(30), retry_after: Span::secs(120), tries_max: 2 };
    Rig::of(desk_with(|thresholds| thresholds.callback = Some(terms)))
}

/// Waits until a callback is offered, and takes it.
fn agree(rig: &mut Rig, number: &str) -> CallId {
    let (call, _) = rig.join(number, "", 2);
    let effects = rig.wait(45);
    assert_eq!(words(&effects), Say::StillWaiting(Prospect { at_most: None, callback: true }));
    let effects = rig.press(call, 1);
    assert_eq!(words(&effects), Say::WillCallBack);
    assert!(effects.iter().any(Effect::is_promise));
    let effects = rig.prompt_ended(&effects);
    assert_eq!(effects, [Effect::HangUp { call, why: Parting::Done }]);
    assert_eq!(rig.stage(call), Some(StageView::Absent));
    call
}

#[test]
fn a_callback_keeps_its_place_and_is_dialled_at_its_turn() {
    let mut rig = with_callbacks();
    let call = agree(&mut rig, "1");
    let (later, _) = rig.join("2", "", 2);
    let effects = rig.sign_in(ANNA);
    assert!(matches!(&effects[0], Effect::CallBack { call: dialled, number, .. } if *dialled == call && &*number.0 == "1"));
    assert_eq!(rung_for(&effects), Some((ANNA, later)), "nobody idles while a phone rings somewhere");
    let effects = rig.tell(Input::CallerAnswered { call });
    assert_eq!(words(&effects), Say::CalledBack);
    rig.join("3", "", 2);
    rig.press(call, 1);
    let effects = rig.sign_in(BEN);
    assert_eq!(rung_for(&effects), Some((BEN, call)), "first again");
}

#[test]
fn a_callback_is_tried_a_bounded_number_of_times() {
    let mut rig = with_callbacks();
    let call = agree(&mut rig, "1");
    rig.sign_in(ANNA);
    rig.tell(Input::CallerUnreached { call, how: Declined::Busy });
    assert_eq!(rig.stage(call), Some(StageView::Resting));
    let effects = rig.wait(120);
    assert!(matches!(effects[0], Effect::CallBack { .. }));
    let effects = rig.tell(Input::CallerAnswered { call });
    rig.prompt_ended(&effects);
    let effects = rig.wait(15);
    assert_eq!(effects[0], Effect::HangUp { call, why: Parting::Done }, "a machine presses no key");
    assert_eq!(record(&effects).outcome, Outcome::CallbackFailed);
    assert_eq!(record(&effects).callbacks, 2);
}

#[test]
fn a_callback_is_cancelled_by_a_key() {
    let mut rig = with_callbacks();
    let call = agree(&mut rig, "1");
    rig.sign_in(ANNA);
    rig.tell(Input::CallerAnswered { call });
    let effects = rig.press(call, 2);
    assert_eq!(words(&effects), Say::Goodbye);
    let effects = rig.prompt_ended(&effects);
    assert_eq!(record(&effects).outcome, Outcome::CallbackCancelled);
}

#[test]
fn who_calls_before_the_callback_is_joined_with_it_and_served_once() {
    let mut rig = with_callbacks();
    let pending = agree(&mut rig, "1");
    let (other, _) = rig.join("2", "", 2);
    let (call, _) = rig.arrive(caller("1", ""));
    let effects = rig.press(call, 2);
    assert_eq!(record(&effects).call, pending);
    assert_eq!(record(&effects).outcome, Outcome::Joined);
    let effects = rig.sign_in(ANNA);
    assert_eq!(rung_for(&effects), Some((ANNA, call)), "at the place of the callback, before {other}");
    let effects = rig.sign_in(BEN);
    assert_eq!(rung_for(&effects), Some((BEN, other)), "and nobody is dialled: {effects:?}");
}

#[test]
fn an_untrusted_number_does_not_end_a_trusted_callback() {
    let mut rig = with_callbacks();
    let pending = agree(&mut rig, "1");
    let (call, _) = rig.arrive(Caller { trust: Trust::Untrusted, ..caller("1", "") });
    rig.press(call, 2);
    rig.wait(45);
    rig.press(call, 1);
    assert_eq!(rig.stage(pending), Some(StageView::Absent), "still to be called back");
}

#[test]
fn a_token_is_no_number() {
    let mut rig = with_callbacks();
    let pending = agree(&mut rig, "1");
    let (call, _) = rig.arrive(Caller { token: Some("1".into()), ..Caller::unknown() });
    rig.press(call, 2);
    assert_eq!(rig.stage(pending), Some(StageView::Absent), "whoever sends the number as a token does not take the place");
}
