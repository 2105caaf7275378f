//! Thousands of days drawn by lot, each judged step by step.

use cabrank_core::{AgentOrder, Decision, Effect, Input, Order, PassedOver, Say, Settings, Step};
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
        let day = day(seed);
        seen.extend(settings_words(&day.settings));
        for step in day.steps {
            seen.extend(step.refusals.iter().map(|refusal| word("refusal", refusal)));
            seen.extend(step.effects.iter().flat_map(effect_words));
            seen.extend(step.decisions.iter().flat_map(decision_words));
            seen.extend(step.passed_over.iter().map(passed_over_word));
            if step.refusals.is_empty() {
                seen.extend(input_words(&step.input));
            }
        }
    }
    let missing = EVERYTHING.iter().filter(|word| !seen.contains(**word)).collect::<Vec<_>>();
    assert!(missing.is_empty(), "never in 256 days: {missing:?}");
    let unlisted = Order::ALL.iter().map(|order| word("first", order)).find(|word| !seen.contains(word));
    assert_eq!(unlisted, None, "an order by which nobody was ever first");
}

fn settings_words(settings: &Settings) -> Vec<String> {
    let mut words = Vec::new();
    for thresholds in settings.queues.iter().map(|queue| &queue.thresholds) {
        let some = [
            ("classes", thresholds.classes.len() > 1),
            ("widen", !thresholds.widen.is_empty()),
            ("overflow", thresholds.overflow.is_some()),
            ("reserve", thresholds.reserve > 0),
            ("least occupied", thresholds.agent_order == AgentOrder::LeastOccupied),
            ("quote", thresholds.quote.is_some()),
        ];
        words.extend(some.iter().filter(|(_, is_there)| *is_there).map(|(name, _)| format!("desk {name}")));
    }
    words
}

fn input_words(input: &Input) -> Vec<String> {
    let mut words = vec![word("input", input)];
    if let Input::CallOffered { caller, .. } = input
        && caller.token.is_some()
    {
        words.push("input token".into());
    }
    words
}

fn decision_words(decision: &Decision) -> Vec<String> {
    let step = match decision.step {
        Step::Rung(_) => "step Rung",
        Step::CalledBack => "step CalledBack",
    };
    let mut words = vec![step.into(), word("chosen", &decision.why)];
    if let cabrank_core::Why::First(order) = &decision.why {
        words.push(word("first", order));
    }
    words
}

fn passed_over_word(passed_over: &PassedOver) -> String {
    match passed_over {
        PassedOver::Caller(_, not) => word("not served", not),
        PassedOver::Agent(_, not) => word("not rung", not),
    }
}

fn effect_words(effect: &Effect) -> Vec<String> {
    let mut words = vec![word("effect", effect)];
    if let Effect::Say { what, .. } = effect {
        words.push(word("say", what));
        words.extend(prospect_words(*what));
    }
    if let Effect::Write(record) = effect {
        words.push(word("outcome", &record.outcome));
        words.extend(record.quote.iter().map(|said| word("quote", &said.settled)));
        words.extend(record.why_human.iter().map(|why| word("why", why)));
    }
    words
}

fn prospect_words(what: Say) -> Vec<String> {
    let (Say::PleaseWait(prospect) | Say::StillWaiting(prospect) | Say::LongerThanSaid(prospect)) = what else {
        return Vec::new();
    };
    let some = [("at most", prospect.at_most.is_some()), ("callback", prospect.callback)];
    some.iter().filter(|(_, is_said)| *is_said).map(|(name, _)| format!("prospect {name}")).collect()
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
    "input CallerFound",
    "input CallerProved",
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
    "input CallResumed",
    "input PhoneResumed",
    "input Woke",
    "input CallerAnswered",
    "input CallerUnreached",
    "input AgentReturned",
    "input ThresholdsChanged",
    "input token",
    "desk classes",
    "desk widen",
    "desk overflow",
    "desk reserve",
    "desk least occupied",
    "desk quote",
    "step Rung",
    "step CalledBack",
    "chosen First",
    "chosen OwnAgentFree",
    "chosen BestIdle",
    "chosen OwnAgentIdle",
    "not served Later",
    "not served OwnAgent",
    "not served OpensAt",
    "not served KeptFor",
    "not served JustMissed",
    "not served OthersDialled",
    "not rung WorseLevel",
    "not rung LaterTurn",
    "not rung OwnAgent",
    "not rung OpensAt",
    "not rung KeptFor",
    "not rung JustMissed",
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
    "effect LookUp",
    "effect Write",
    "effect Amend",
    "effect CallBack",
    "effect Note",
    "effect Warn",
    "say Welcome",
    "say MenuAgain",
    "say Prove",
    "say ProveAgain",
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
    "say WillCallBack",
    "say CalledBack",
    "say Returned",
    "say LongerThanSaid",
    "prospect at most",
    "prospect callback",
    "quote Kept",
    "quote Broken",
    "quote Open",
    "outcome ServedInstantly",
    "outcome ServedByAgent",
    "outcome LeftInMenu",
    "outcome Abandoned",
    "outcome WaitedTooLong",
    "outcome Closed",
    "outcome QueueFull",
    "outcome Refused",
    "outcome CutOff",
    "outcome Joined",
    "outcome CallbackCancelled",
    "outcome CallbackFailed",
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
    "why WrongCode",
    "why NoCode",
    "refusal CallerKnown",
    "refusal FoundTooLate",
    "refusal UnknownCall",
    "refusal UnknownOffer",
    "refusal UnknownAgent",
    "refusal UnknownLine",
    "refusal CallKnown",
    "refusal OutOfPlace",
    "refusal CallsLive",
    "refusal UnknownQueue",
    "refusal Outdated",
    "refusal BadSettings",
];
