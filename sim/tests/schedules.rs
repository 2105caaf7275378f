//! Thousands of days drawn by lot, each judged step by step.

use cabrank_core::Effect;
use cabrank_sim::{Day, live_through, replay};
use std::collections::BTreeSet;
use std::ops::Range;

/// Which days: the first 256, as many as `CABRANK_SEEDS` says, or the one that `CABRANK_SEED` names.
fn seeds() -> Range<u64> {
    match (number("CABRANK_SEED"), number("CABRANK_SEEDS")) {
        (Some(seed), _) => seed..seed + 1,
        (None, count) => 0..count.unwrap_or(256),
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a whole number, not {text:?}")))
}

fn day(seed: u64) -> Day {
    live_through(seed).unwrap_or_else(|fault| panic!("{fault}"))
}

#[test]
fn no_day_breaks_a_rule() {
    for seed in seeds() {
        day(seed);
    }
}

#[test]
fn a_day_lived_twice_is_the_same_day() {
    for seed in 0..8 {
        assert_eq!(day(seed), day(seed), "seed={seed}");
    }
}

#[test]
fn a_replayed_day_has_the_same_orders_and_digest() {
    for seed in 0..32 {
        let day = day(seed);
        let (orders, digest) = replay(&day).expect("settings that were good once");
        let lived = day.steps.iter().map(|step| &step.effects);
        assert!(orders.iter().eq(lived), "seed={seed}: other orders");
        assert_eq!(digest, day.digest, "seed={seed}");
    }
}

/// What a few hundred days must have in them, or they prove little.
#[test]
fn the_days_hold_everything_that_can_happen() {
    let mut seen = BTreeSet::new();
    for seed in 0..256 {
        for step in day(seed).steps {
            seen.extend(step.refusals.iter().map(|refusal| format!("refusal {refusal:?}")));
            seen.extend(step.effects.iter().flat_map(effect_words));
            if step.refusals.is_empty() {
                seen.insert(word("input", &step.input));
            }
        }
    }
    let missing = EVERYTHING.iter().filter(|word| !seen.contains(**word)).collect::<Vec<_>>();
    assert!(missing.is_empty(), "never in 256 days: {missing:?}");
}

fn effect_words(effect: &Effect) -> Vec<String> {
    let mut words = vec![word("effect", effect)];
    if let Effect::Say { what, .. } = effect {
        words.push(word("say", what));
    }
    if let Effect::Write(record) = effect {
        words.push(word("outcome", &record.outcome));
        words.extend(record.why_human.iter().map(|why| word("why", why)));
    }
    words
}

/// The variant's name.
fn word(kind: &str, value: &impl std::fmt::Debug) -> String {
    let text = format!("{value:?}");
    let name = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    format!("{kind} {name}")
}

const EVERYTHING: &[&str] = &[
    "input CallOffered",
    "input PromptEnded",
    "input DigitPressed",
    "input CallerHungUp",
    "input HoldChanged",
    "input DispatchAnswered",
    "input AgentRinging",
    "input AgentAnswered",
    "input AgentDeclined",
    "input AgentHungUp",
    "input PhoneReached",
    "input PhoneLost",
    "input AgentAsked",
    "input PromiseSettled",
    "input RecordResolved",
    "input SettingsChanged",
    "input DrainAsked",
    "input Restarted",
    "input Woke",
    "effect Refuse",
    "effect Answer",
    "effect Say",
    "effect Music",
    "effect Ring",
    "effect StopRinging",
    "effect Connect",
    "effect Release",
    "effect HangUp",
    "effect Dispatch",
    "effect Write",
    "effect Amend",
    "say Welcome",
    "say MenuAgain",
    "say OneMoment",
    "say Sent",
    "say Goodbye",
    "say NotNow",
    "say NeedDetails",
    "say ToHuman",
    "say PleaseWait",
    "say StillWaiting",
    "say AgentLost",
    "say Closed",
    "say NobodyCame",
    "say TooMany",
    "outcome ServedInstantly",
    "outcome ServedByAgent",
    "outcome LeftInMenu",
    "outcome Abandoned",
    "outcome WaitedTooLong",
    "outcome Closed",
    "outcome QueueFull",
    "outcome Refused",
    "outcome CutOff",
    "why Asked",
    "why PressedZero",
    "why Silence",
    "why Mistakes",
    "why NoMenu",
    "why UnknownCaller",
    "why UntrustedNumber",
    "why MissingDetail",
    "why DispatchRefused",
    "why DispatchFailed",
    "why AskedAfterService",
    "refusal UnknownCall",
    "refusal UnknownOffer",
    "refusal UnknownAgent",
    "refusal UnknownLine",
    "refusal CallKnown",
    "refusal OutOfPlace",
    "refusal CallsLive",
];
