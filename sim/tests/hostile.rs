//! Any inputs in any order at any time: nothing panics, and what is refused changes nothing.

use cabrank_core::{
    AgentId, CallId, Caller, CallerGone, CaseId, CaseKind, CaseWord, Code, Declined, Desk, Digit, DispatchAnswer,
    DispatchFailure, Escalation, FollowUp, Input, LegEnd, LineId, Matter, Number, OfferId, Outbox, PhoneLost, PlayId, Profile,
    QueueId, RecordWord, Settings, Side, Span, Text, Tick, Trust, Wish,
};
use cabrank_sim::{Draw, any_settings};
use proptest::prelude::*;
use std::sync::Arc;

fn settings(seed: u64) -> Settings {
    any_settings(&mut Draw::new(seed, 0))
}

/// Mostly ids that name something, now and then ones that cannot.
fn id() -> impl Strategy<Value = u64> {
    prop_oneof![20 => 0..6_u64, 1 => any::<u64>()]
}

fn text() -> impl Strategy<Value = Text> {
    ".{0,12}".prop_map(Text::from)
}

fn profile() -> impl Strategy<Value = Arc<Profile>> {
    let class = prop_oneof![Just(Text::from("regular")), Just(Text::from("staff")), text()];
    (text(), class, 0..4_u8, any::<bool>()).prop_map(|(name, class, preferred, complete)| {
        let fields = complete.then(|| ("pickup".into(), "here".into())).into_iter().collect();
        Arc::new(Profile { name, class, preferred_agent: format!("a{preferred}").into(), fields, ..Profile::default() })
    })
}

fn caller() -> impl Strategy<Value = Caller> {
    let trust = prop_oneof![Just(Trust::Trusted), Just(Trust::Untrusted)];
    let number = prop_oneof![4 => (0..3_u8).prop_map(|n| Text::from(n.to_string())), 1 => text()].prop_map(Number);
    let token = proptest::option::weighted(0.1, prop_oneof![Just(Text::from("0")), text()]);
    (proptest::option::of(number), trust, token, proptest::option::of(profile()))
        .prop_map(|(number, trust, token, profile)| Caller { number, trust, token, profile })
}

fn digit() -> impl Strategy<Value = Digit> {
    prop_oneof![
        8 => (0..3_u8).prop_map(Digit::Number),
        1 => any::<u8>().prop_map(Digit::Number),
        1 => Just(Digit::Star),
        1 => Just(Digit::Pound),
        1 => any::<u8>().prop_map(Digit::Letter),
    ]
}

fn answer() -> impl Strategy<Value = DispatchAnswer> {
    prop_oneof![
        (any::<u64>(), text()).prop_map(|(eta, reference)| DispatchAnswer::Accepted { eta: Span(eta), reference }),
        text().prop_map(|reason| DispatchAnswer::Refused { reason }),
        Just(DispatchAnswer::Failed(DispatchFailure::Nonsense)),
    ]
}

fn wish() -> impl Strategy<Value = Wish> {
    prop_oneof![3 => Just(Wish::Ready), 1 => text().prop_map(|reason| Wish::Pause { reason }), 1 => Just(Wish::SignOut)]
}

fn of_a_caller() -> impl Strategy<Value = Input> {
    let gone = prop_oneof![Just(CallerGone::HungUp), Just(CallerGone::Lost), Just(CallerGone::EngineRestarted)];
    let side = prop_oneof![Just(Side::Caller), Just(Side::Agent)];
    prop_oneof![
        6 => (id(), id(), any::<bool>(), caller()).prop_map(|(call, line, open, caller)| Input::CallOffered {
            call: CallId(call), line: LineId(line as u16 % 4), open, caller
        }),
        6 => (id(), 0..6_u32).prop_map(|(call, play)| Input::PromptEnded { call: CallId(call), play: PlayId(play) }),
        3 => id().prop_map(|call| Input::CallerAnswered { call: CallId(call) }),
        1 => id().prop_map(|call| Input::CallerUnreached { call: CallId(call), how: Declined::Busy }),
        2 => id().prop_map(|call| Input::CallResumed { call: CallId(call) }),
        6 => (id(), digit()).prop_map(|(call, digit)| Input::DigitPressed { call: CallId(call), digit }),
        2 => (id(), gone).prop_map(|(call, how)| Input::CallerHungUp { call: CallId(call), how }),
        2 => (id(), side, any::<bool>()).prop_map(|(call, by, held)| Input::HoldChanged { call: CallId(call), by, held }),
        3 => (id(), answer()).prop_map(|(call, answer)| Input::DispatchAnswered { call: CallId(call), answer }),
        1 => (id(), any::<bool>(), text()).prop_map(|(call, kept, by)| Input::PromiseSettled { call: CallId(call), kept, by }),
        1 => (id(), text(), text()).prop_map(|(call, resolution, by)| Input::RecordResolved {
            call: CallId(call), resolution, by
        }),
        1 => (id(), text(), text()).prop_map(|(call, said, by)| Input::Filed { matter: Box::new(matter(call, said)), by }),
    ]
}

fn matter(id: u64, said: Text) -> Matter {
    let (call, case, at) = (CallId(id), CaseId(id), Tick(id));
    let escalation = || Escalation { level: id as u8, why: said.clone() };
    let owners = [None, Some(said.clone())];
    let on_record = owners.clone().map(RecordWord::Owner).into_iter().chain([
        RecordWord::Escalated(escalation()),
        RecordWord::Disposition(said.clone()),
        RecordWord::Resolution(said.clone()),
        RecordWord::FollowUp(None),
        RecordWord::FollowUp(Some(FollowUp { due: at, what: said.clone() })),
    ]);
    let on_case = owners.map(CaseWord::Owner).into_iter().chain([
        CaseWord::Due(None),
        CaseWord::Due(Some(at)),
        CaseWord::Escalated(escalation()),
        CaseWord::Late { due: at, level: id as u8 },
        CaseWord::Linked(call),
        CaseWord::Remark(said.clone()),
        CaseWord::Closed { feedback: said.clone() },
        CaseWord::Reopened { why: said.clone() },
        CaseWord::Thanked { how: said.clone() },
    ]);
    let kind = [CaseKind::Complaint, CaseKind::Opinion, CaseKind::Praise][id as usize % 3];
    match id % 3 {
        0 => Matter::Record { call, words: on_record.collect() },
        1 => Matter::Case { case, words: on_case.collect() },
        _ => Matter::CaseOpened { case, kind, said, calls: vec![call, CallId(0)], words: on_case.collect() },
    }
}

fn of_an_agent() -> impl Strategy<Value = Input> {
    let declined =
        prop_oneof![Just(Declined::Busy), Just(Declined::Declined), Just(Declined::Unavailable), Just(Declined::Failed)];
    let end = prop_oneof![Just(LegEnd::HungUp), Just(LegEnd::Lost)];
    let lost = prop_oneof![Just(PhoneLost::Deregistered), Just(PhoneLost::Expired), Just(PhoneLost::Silent)];
    prop_oneof![
        1 => id().prop_map(|offer| Input::AgentRinging { offer: OfferId(offer) }),
        4 => id().prop_map(|offer| Input::AgentAnswered { offer: OfferId(offer) }),
        2 => (id(), declined).prop_map(|(offer, how)| Input::AgentDeclined { offer: OfferId(offer), how }),
        2 => (id(), end).prop_map(|(offer, how)| Input::AgentHungUp { offer: OfferId(offer), how }),
        2 => (id(), 0..4_u16).prop_map(|(offer, queue)| Input::AgentReturned { offer: OfferId(offer), queue: QueueId(queue) }),
        6 => id().prop_map(|agent| Input::PhoneReached { agent: AgentId(agent as u32) }),
        2 => id().prop_map(|agent| Input::PhoneResumed { agent: AgentId(agent as u32) }),
        2 => (id(), lost).prop_map(|(agent, how)| Input::PhoneLost { agent: AgentId(agent as u32), how }),
        6 => (id(), wish(), text()).prop_map(|(agent, wish, by)| Input::AgentAsked { agent: AgentId(agent as u32), wish, by }),
    ]
}

/// The thresholds of another desk's queues, which need not fit this one.
fn change() -> impl Strategy<Value = Input> {
    (0..4_u64, any::<u64>(), text()).prop_map(|(base, seed, by)| {
        let queues = settings(seed).queues.into_iter().enumerate();
        let queues = queues.map(|(index, queue)| (QueueId(index as u16), queue.thresholds)).collect();
        Input::ThresholdsChanged { base, queues, by, reason: "why not".into() }
    })
}

fn of_the_desk() -> impl Strategy<Value = Input> {
    prop_oneof![
        4 => Just(Input::Woke),
        3 => change(),
        1 => Just(Input::Restarted),
        1 => text().prop_map(|by| Input::DrainAsked { by }),
        2 => (any::<u64>(), text()).prop_map(|(seed, by)| Input::SettingsChanged {
            settings: Box::new(settings(seed)), by, reason: "why not".into()
        }),
    ]
}

fn input() -> impl Strategy<Value = Input> {
    prop_oneof![6 => of_a_caller(), 4 => of_an_agent(), 1 => of_the_desk()]
}

/// Mostly a little later; sometimes much later, in the past, or at the end of time.
fn moment() -> impl Strategy<Value = u64> {
    prop_oneof![30 => 0..2_000_000_u64, 6 => 0..60_000_000_u64, 1 => any::<u64>().prop_map(|n| n >> 8)]
}

fn schedule() -> impl Strategy<Value = Vec<(u64, Input)>> {
    proptest::collection::vec((moment(), input()), 0..200)
}

fn hand(desk: &mut Desk, at: Tick, input: Input) -> Outbox {
    let mut out = Outbox::default();
    desk.handle(at, input, &mut out);
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_refused_is_no_more_than_a_wake_up(seed in 0..64_u64, schedule in schedule()) {
        let mut desk = Desk::new(settings(seed), seed).expect("drawn settings are good");
        let mut twin = Desk::new(settings(seed), seed).expect("drawn settings are good");
        let mut at = 0_u64;
        for (later, input) in schedule {
            at = at.saturating_add(later);
            let out = hand(&mut desk, Tick(at), input.clone());
            let instead = if out.refusals.is_empty() { input } else { Input::Woke };
            let same = hand(&mut twin, Tick(at), instead);
            prop_assert_eq!(&out.effects, &same.effects);
            prop_assert_eq!(desk.digest(), twin.digest());
        }
    }

    #[test]
    fn time_may_run_backwards(seed in 0..64_u64, schedule in schedule()) {
        let mut desk = Desk::new(settings(seed), seed).expect("drawn settings are good");
        let mut latest = Tick(0);
        for (at, input) in schedule {
            latest = latest.max(Tick(at));
            hand(&mut desk, Tick(at), input);
            prop_assert_eq!(desk.view().at, latest);
        }
    }

    #[test]
    fn every_input_survives_its_byte_form(input in input()) {
        prop_assert_eq!(Input::from_bytes(&input.to_bytes()), Ok(input));
    }

    #[test]
    fn bytes_that_are_no_input_are_told_so(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(input) = Input::from_bytes(&bytes) {
            let again = Input::from_bytes(&input.to_bytes());
            prop_assert_eq!(again, Ok(input.clone()));
            let mut desk = Desk::new(settings(0), 0).expect("drawn settings are good");
            hand(&mut desk, Tick(0), input);
        }
    }

    #[test]
    fn a_damaged_byte_form_never_panics(input in input(), at in any::<prop::sample::Index>(), flip in 1..=255_u8) {
        let mut bytes = input.to_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        let _ = Input::from_bytes(&bytes);
        let _ = Input::from_bytes(&bytes[..at]);
    }
}
