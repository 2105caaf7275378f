//! Who is unknown may be found out about while the greeting plays: nothing waits for it, and nothing decided changes by it.

mod rig;

use cabrank_core::*;
use rig::*;
use std::sync::Arc;

const WITHIN: Span = Span::millis(150);

fn known() -> Arc<Profile> {
    regular().profile.expect("a regular has one")
}

fn stranger() -> Caller {
    Caller { profile: None, ..regular() }
}

fn found(call: CallId) -> Input {
    Input::CallerFound { call, profile: known(), within: WITHIN }
}

fn wanted(effects: &[Effect]) -> Vec<&Effect> {
    effects.iter().filter(|effect| matches!(effect, Effect::LookUp { .. })).collect()
}

#[test]
fn a_stranger_with_a_number_is_looked_up_once_after_the_greeting_has_begun() {
    let mut rig = Rig::new();
    let (call, effects) = rig.arrive(stranger());
    let number = stranger().number.expect("a number");
    assert_eq!(effects.last(), Some(&Effect::LookUp { call, line: TAXI, number }));
    assert!(!effects[2].is_promise(), "it waits for no disk");
    assert_eq!(words(&effects), Say::Welcome { line: TAXI });
    assert_eq!(wanted(&rig.press(call, 9)), [] as [&Effect; 0]);
    for caller in [regular(), Caller::unknown()] {
        assert_eq!(wanted(&rig.arrive(caller).1), [] as [&Effect; 0]);
    }
}

#[test]
fn who_is_found_in_time_is_served_like_who_was_known() {
    let mut rig = Rig::new();
    let (call, _) = rig.arrive(stranger());
    rig.now = Tick(149_999);
    assert_eq!(rig.tell(found(call)), []);
    let effects = rig.press(call, 1);
    assert!(matches!(&effects[0], Effect::Dispatch(dispatch) if dispatch.caller == regular()));
}

#[test]
fn a_number_that_cannot_be_believed_gives_no_instant_service_whoever_was_found() {
    let mut rig = Rig::with_agents(&[ANNA]);
    let (call, _) = rig.arrive(Caller { trust: Trust::Untrusted, ..stranger() });
    rig.tell(found(call));
    let effects = rig.press(call, 1);
    let (_, _, context) = rung(&effects).expect("an agent is rung");
    assert_eq!((&context.why, &context.caller.profile), (&WhyHuman::UntrustedNumber, &Some(known())));
}

#[test]
fn what_is_found_late_twice_or_of_nobody_is_refused_and_changes_nothing() {
    let mut rig = Rig::with_agents(&[ANNA]);
    assert_eq!(rig.refused(found(CallId(7))), Refusal::UnknownCall);
    let (call, _) = rig.arrive(regular());
    assert_eq!(rig.refused(found(call)), Refusal::CallerKnown);
    let (call, _) = rig.arrive(stranger());
    let effects = rig.press(call, 1);
    let (_, _, context) = rung(&effects).expect("an agent is rung");
    assert_eq!(context.why, WhyHuman::UnknownCaller);
    let before = rig.desk.digest();
    assert_eq!(rig.refused(found(call)), Refusal::FoundTooLate);
    assert_eq!(rig.desk.digest(), before);
    let (call, _) = rig.arrive(stranger());
    rig.now = rig.now.plus(WITHIN);
    assert_eq!(rig.refused(found(call)), Refusal::FoundTooLate);
    assert_eq!(rig.desk.view().calls.iter().find(|shown| shown.call == call).expect("live").caller, stranger());
}

/// What happens to a desk of strangers with two agents: who is where, and after how long.
#[derive(Clone, Debug)]
enum Event {
    Arrives,
    Presses(usize, u8),
    /// The look-up's answer, if the desk takes it.
    Found(usize),
    HangsUp(usize),
    /// An agent takes the call that rings.
    Takes,
}

/// Events of a seed, and how long after the one before each is.
fn events(seed: u64) -> Vec<(u64, Event)> {
    let mut lots = Lots(seed);
    let count = 1 + lots.below(40);
    let mut event = || {
        let nth = lots.below(6) as usize;
        let event = match lots.below(12) {
            0..=2 => Event::Arrives,
            3..=5 => Event::Presses(nth, 1 + lots.below(2) as u8),
            6..=9 => Event::Found(nth),
            10 => Event::HangsUp(nth),
            _ => Event::Takes,
        };
        (lots.below(120_000), event)
    };
    (0..count).map(|_| event()).collect()
}

/// SplitMix64.
struct Lots(u64);

impl Lots {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// One day of it; what was ordered at each event, and the inputs.
fn day(events: &[(u64, Event)], profile: Option<&Arc<Profile>>) -> (Vec<Vec<Effect>>, Vec<(Tick, Input)>) {
    let mut rig = Rig::with_agents(&[ANNA, BEN]);
    let (mut calls, mut offer, mut orders, mut told) = (Vec::new(), None, Vec::new(), Vec::new());
    for (after, event) in events {
        rig.now = rig.now.plus(Span(*after));
        let call = |nth: &usize| calls.iter().rev().nth(*nth).copied().unwrap_or(CallId(0));
        let input = match event {
            Event::Arrives => {
                calls.push(CallId(calls.len() as u64 + 1));
                let call = CallId(calls.len() as u64);
                Input::CallOffered { call, line: TAXI, open: true, caller: stranger() }
            }
            Event::Presses(nth, key) => Input::DigitPressed { call: call(nth), digit: Digit::Number(*key) },
            Event::HangsUp(nth) => Input::CallerHungUp { call: call(nth), how: CallerGone::HungUp },
            Event::Takes => Input::AgentAnswered { offer: offer.unwrap_or(OfferId(0)) },
            Event::Found(nth) => match profile {
                Some(profile) => Input::CallerFound { call: call(nth), profile: Arc::clone(profile), within: WITHIN },
                None => Input::Woke,
            },
        };
        rig.out.clear();
        rig.desk.handle(rig.now, input.clone(), &mut rig.out);
        offer = rung(&rig.out.effects).map(|(offer, ..)| offer).or(offer);
        orders.push(std::mem::take(&mut rig.out.effects));
        told.push((rig.now, input));
    }
    (orders, told)
}

/// Orders without who is shown to call.
fn in_short(effects: &[Effect]) -> Vec<String> {
    let short = |effect: &Effect| match effect {
        Effect::Ring { offer, agent, context } => format!("ring {offer:?} {agent:?} {:?} {:?}", context.call, context.why),
        Effect::Write(record) => format!("write {:?} {:?} {:?}", record.call, record.outcome, record.offers),
        other => format!("{other:?}"),
    };
    effects.iter().map(short).collect()
}

/// A profile by which nothing is decided (no class, no agent of its own, nothing that a service needs, so that instant service is
/// refused for another reason): then everything happens as if nobody had looked, at the same moments and in the same order.
#[test]
fn what_is_found_neither_delays_nor_reorders_anything() {
    let nothing_much = Arc::new(Profile { name: "Mei".into(), ..Profile::default() });
    let same = |orders: &[Effect]| -> Vec<String> {
        let alike = |order: String| order.replace("MissingDetail { field: \"pickup\" }", "UnknownCaller");
        in_short(orders).into_iter().map(alike).collect()
    };
    let mut made_a_difference = 0;
    for seed in 0..2_000 {
        let events = events(seed);
        let (with, _) = day(&events, Some(&nothing_much));
        let (without, _) = day(&events, None);
        made_a_difference += u32::from(with != without);
        for (with, without) in with.iter().zip(&without) {
            assert_eq!(same(with), same(without), "seed {seed}");
        }
    }
    assert!(made_a_difference > 200, "{made_a_difference} days had somebody found");
}

/// What was decided is decided again by the same inputs, in their byte form too, and by a desk made of its bytes at any moment.
#[test]
fn a_replay_decides_the_same() {
    for seed in 0..2_000 {
        let (orders, told) = day(&events(seed), Some(&known()));
        let mut rig = Rig::with_agents(&[ANNA, BEN]);
        for (nth, (at, input)) in told.iter().enumerate() {
            if nth as u64 == seed % 40 {
                rig.desk = Desk::from_bytes(&rig.desk.to_bytes()).expect("a desk");
            }
            let input = Input::from_bytes(&input.to_bytes()).expect("an input");
            rig.out.clear();
            rig.desk.handle(*at, input, &mut rig.out);
            assert_eq!(rig.out.effects, orders[nth], "seed {seed}, input {nth}");
        }
    }
}
