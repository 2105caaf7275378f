//! Who calls from a number in doubt proves it by a code, or reaches a human: what a caller meets, what holds over many calls, what
//! stays over a restart.

mod rig;

use cabrank_core::*;
use rig::*;
use std::sync::Arc;

/// A known caller with this in the field of the code.
fn doubtful(pin: &str) -> Caller {
    let mut caller = Caller { trust: Trust::Unproven(Flaw::Unsigned), ..regular() };
    Arc::make_mut(caller.profile.as_mut().unwrap()).fields.push(("pin".into(), pin.into()));
    caller
}

/// A call that is asked for the code.
fn asked(rig: &mut Rig) -> (CallId, Vec<Effect>) {
    let (call, _) = rig.arrive(doubtful("4711"));
    let effects = rig.press(call, 1);
    (call, effects)
}

fn proves(rig: &mut Rig, call: CallId, right: bool) -> Vec<Effect> {
    rig.tell(Input::CallerProved { call, right })
}

fn is_dispatched(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Dispatch(_)))
}

fn why(rig: &Rig, call: CallId) -> Option<WhyHuman> {
    rig.desk.look_at_call(call).and_then(|view| view.why_human)
}

#[test]
fn the_right_code_serves_as_a_number_that_can_be_trusted_does() {
    let mut rig = Rig::new();
    let (call, effects) = asked(&mut rig);
    assert_eq!((words(&effects), is_dispatched(&effects)), (Say::Prove, false));
    assert!(Say::Prove.is_secret() && Say::ProveAgain.is_secret());
    let (caller, field) = rig.desk.proving(call).expect("the code is asked for");
    assert_eq!((caller, &**field), (&doubtful("4711"), "pin"));
    let effects = proves(&mut rig, call, true);
    assert!(is_dispatched(&effects));
    assert_eq!((words(&effects), rig.desk.proving(call)), (Say::OneMoment, None));
    rig.tell(Input::DispatchAnswered { call, answer: DispatchAnswer::Accepted { eta: Span::secs(60), reference: "7".into() } });
    let effects = rig.tell(Input::CallerHungUp { call, how: CallerGone::HungUp });
    let record = record(&effects);
    assert_eq!((record.outcome, record.proved, record.caller.trust), (Outcome::ServedInstantly, true, doubtful("").trust));
    assert_eq!(rig.desk.digest(), { Desk::from_bytes(&rig.desk.to_bytes()).expect("a desk").digest() });
}

#[test]
fn two_wrong_codes_silence_and_a_first_0_lead_to_a_human_who_is_told() {
    let wrong_twice = |rig: &mut Rig, call| {
        assert_eq!(words(&proves(rig, call, false)), Say::ProveAgain);
        proves(rig, call, false)
    };
    let silent = |rig: &mut Rig, _| {
        let (call, play, _) = said(&rig.tell(Input::CallResumed { call: CallId(1) })).expect("asked anew");
        rig.tell(Input::PromptEnded { call, play });
        assert!(rung(&rig.after(Span::secs(19))).is_none(), "there is time left");
        rig.after(Span::secs(1))
    };
    let zero = |rig: &mut Rig, call| rig.press(call, 0);
    type Try<'t> = &'t dyn Fn(&mut Rig, CallId) -> Vec<Effect>;
    let cases: [(Try<'_>, WhyHuman); 3] =
        [(&wrong_twice, WhyHuman::WrongCode), (&silent, WhyHuman::NoCode), (&zero, WhyHuman::PressedZero)];
    for (tried, why) in cases {
        let mut rig = Rig::with_agents(&[ANNA]);
        let (call, _) = asked(&mut rig);
        let effects = tried(&mut rig, call);
        let (_, _, context) = rung(&effects).expect("a human is rung");
        assert_eq!((&context.why, context.proved), (&why, false));
        assert!(!is_dispatched(&effects));
    }
}

#[test]
fn nobody_is_asked_whom_it_would_not_help() {
    let unfinished = {
        let mut caller = doubtful("4711");
        Arc::make_mut(caller.profile.as_mut().unwrap()).fields.remove(0);
        caller
    };
    let sure = Caller { trust: Trust::Trusted, ..doubtful("4711") };
    for pin in ["", "471", "0471", "4711x", "1234567890123"] {
        let mut rig = Rig::new();
        let (call, _) = rig.arrive(doubtful(pin));
        rig.press(call, 1);
        assert_eq!(why(&rig, call), Some(WhyHuman::UntrustedNumber), "{pin} is no code");
    }
    let mut rig = Rig::new();
    let (call, _) = rig.arrive(unfinished);
    assert_eq!((words(&rig.press(call, 1)), why(&rig, call)), (Say::NotNow, Some(WhyHuman::UntrustedNumber)));
    let (call, _) = rig.arrive(sure);
    assert!(is_dispatched(&rig.press(call, 1)));
}

#[test]
fn the_outline_of_a_profile_says_that_there_is_a_code_and_not_which() {
    for pin in ["4711", "123456789012", "0471", "471", "Ann"] {
        let field = |value: &str| Profile { fields: vec![("pin".into(), value.into())], ..Profile::default() };
        let outline = Profile::outline_of(pin);
        assert_eq!(field(outline).holds_code("pin"), field(pin).holds_code("pin"), "{pin}");
        assert!(!outline.contains(pin) && field(outline).field("pin").is_some());
    }
}

#[test]
fn keys_of_a_code_that_come_nevertheless_are_not_kept() {
    let mut rig = Rig::new();
    let (call, _) = asked(&mut rig);
    for key in [4, 7, 1, 1] {
        assert_eq!(rig.press(call, key), []);
    }
    assert_eq!(rig.desk.look_at_call(call).expect("live").pressed.as_slice(), [Digit::Number(1)]);
}

/// However many calls there are at once, and whatever comes in between, five wrong codes of a number end it for an hour.
#[test]
fn five_wrong_codes_of_a_number_in_an_hour_are_the_last() {
    for seed in 0..50_u64 {
        let mut draw = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut any = |below: u64| {
            draw ^= draw << 13;
            draw ^= draw >> 7;
            draw ^= draw << 17;
            draw % below
        };
        let mut rig = Rig::new();
        let (mut open, mut wrong): (Vec<CallId>, Vec<Tick>) = (Vec::new(), Vec::new());
        for _ in 0..200 {
            rig.now = rig.now.plus(Span::secs(any(300)));
            rig.tell(Input::Woke);
            open.retain(|call| rig.desk.proving(*call).is_some());
            wrong.retain(|at| rig.now.since(*at) < Span::secs(3600));
            if any(3) == 0 && open.len() < 8 {
                let (call, _) = asked(&mut rig);
                match rig.desk.proving(call) {
                    Some(_) => open.push(call),
                    None => assert_eq!((wrong.len(), why(&rig, call)), (5, Some(WhyHuman::TooManyWrongCodes)), "seed {seed}"),
                }
            } else if let Some(call) = open.pop() {
                let (right, shut) = (any(4) == 0, wrong.len() >= 5);
                let effects = proves(&mut rig, call, right);
                assert_eq!(is_dispatched(&effects), right && !shut, "seed {seed}");
                if !right && !shut {
                    wrong.push(rig.now);
                }
                assert!(wrong.len() <= 5, "seed {seed}");
                rig.tell(Input::CallerHungUp { call, how: CallerGone::HungUp });
                let late = Input::DispatchAnswered { call, answer: DispatchAnswer::Failed(DispatchFailure::Nonsense) };
                is_dispatched(&effects).then(|| rig.tell(late));
            }
            let again = Desk::from_bytes(&rig.desk.to_bytes()).expect("a desk comes out of its bytes");
            assert_eq!(again.digest(), rig.desk.digest(), "seed {seed}");
            rig.desk = again;
        }
    }
}

#[test]
fn a_restart_asks_anew_with_the_try_that_is_left() {
    let mut rig = Rig::new();
    let (call, _) = asked(&mut rig);
    proves(&mut rig, call, false);
    rig.desk = Desk::from_bytes(&rig.desk.to_bytes()).expect("a desk");
    rig.tell(Input::Restarted);
    assert_eq!(words(&rig.tell(Input::CallResumed { call })), Say::ProveAgain);
    proves(&mut rig, call, false);
    assert_eq!(why(&rig, call), Some(WhyHuman::WrongCode));
}
