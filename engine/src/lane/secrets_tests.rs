use super::{DIGITS_MAX, Secrets};
use crate::veil::Veil;
use cabrank_core::*;
use proptest::prelude::*;
use std::sync::Arc;

const CALL: CallId = CallId(2);

/// A desk that asks the caller of one call for a code.
struct Play {
    desk: Desk,
    secrets: Secrets,
    now: Tick,
    out: Outbox,
}

impl Play {
    fn new(code: &str) -> Play {
        let desk = Desk::new(settings(), 1).expect("settings that fit");
        let mut play = Play { desk, secrets: Secrets::default(), now: Tick(0), out: Outbox::default() };
        let fields = vec![("pin".into(), code.into())];
        let profile = Some(Arc::new(Profile { fields, ..Profile::default() }));
        let caller = Caller { number: Some(Number("ann".into())), profile, ..Caller::unknown() };
        play.tell(Input::CallOffered { call: CALL, line: LineId(0), open: true, caller });
        assert_eq!(play.keys("1"), [pressed('1')]);
        assert!(play.desk.proving(CALL).is_some());
        play
    }

    fn tell(&mut self, input: Input) -> Option<Input> {
        self.now = self.now.plus(Span::millis(200));
        let told = self.secrets.sift(input, &self.desk, &Veil::none(), self.now)?;
        self.desk.handle(self.now, told.clone(), &mut self.out);
        Some(told)
    }

    /// What the desk is told when these are pressed.
    fn keys(&mut self, keys: &str) -> Vec<Input> {
        keys.chars().filter_map(|key| self.tell(pressed(key))).collect()
    }
}

fn settings() -> Settings {
    let proof = Some(Proof { field: "pin".into(), within: Span::secs(20) });
    let instant = Choice::Instant { service: ServiceId(0), otherwise: QueueId(0), proof };
    Settings {
        name: "taxi".into(),
        limits: Limits { calls_max: 10 },
        lines: vec![Line {
            number: "taxi".into(),
            closed: Closed::Message,
            menu: Menu { one: Some(instant), two: None },
            human: QueueId(0),
            silence: Span::secs(5),
        }],
        services: vec![Service { name: "taxi".into(), timeout: Span::secs(2), needs: vec![] }],
        queues: vec![Queue { name: "booking".into(), thresholds: Thresholds::default() }],
        agents: vec![],
    }
}

fn pressed(key: char) -> Input {
    let digit = match key {
        '*' => Digit::Star,
        '#' => Digit::Pound,
        key => Digit::Number(key.to_digit(10).expect("a digit") as u8),
    };
    Input::DigitPressed { call: CALL, digit }
}

fn proved(right: bool) -> Input {
    Input::CallerProved { call: CALL, right }
}

#[test]
fn the_right_code_needs_no_end_and_a_wrong_one_ends_with_the_hash_key() {
    assert_eq!(Play::new("4711").keys("4711"), [proved(true)]);
    assert_eq!(Play::new("4711").keys("4711#99"), [proved(true), pressed('9'), pressed('9')], "its own end belongs to it");
    assert_eq!(Play::new("4711").keys("471"), []);
    assert_eq!(Play::new("4711").keys("471#"), [proved(false)]);
    assert_eq!(Play::new("4711").keys("4712"), [proved(false)], "whoever hangs up now has had a try");
    assert_eq!(Play::new("4711").keys("4712#4711"), [proved(false), proved(true)]);
    assert_eq!(Play::new("4711").keys("12*4711"), [proved(true)], "the star begins anew");
    assert_eq!(Play::new("4711").keys("#"), [], "nothing is no code");
    assert_eq!(Play::new("4711").keys("0"), [pressed('0')], "a first 0 leads to a human");
    assert_eq!(Play::new("123456789012").keys("1234567890123#"), [proved(true)], "what trails is dropped");
}

#[test]
fn no_try_is_for_free() {
    assert_eq!(Play::new("4711").keys("4710*4711"), [proved(false), proved(true)]);
    for keys in ["4709*4710*4711", "4709#4710#4711", "470947104711", "4709#*4710*#4711"] {
        assert_eq!(Play::new("4711").keys(keys)[..2], [proved(false), proved(false)], "{keys}");
        assert!(!Play::new("4711").keys(keys).contains(&proved(true)), "{keys}");
    }
}

#[test]
fn what_trails_a_code_is_dropped_and_what_comes_later_is_not() {
    let mut play = Play::new("4711");
    assert_eq!(play.keys("47"), []);
    play.now = play.now.plus(Span::secs(130));
    play.desk.handle(play.now, Input::Woke, &mut play.out);
    assert!(play.desk.proving(CALL).is_none(), "the time was over");
    assert_eq!(play.keys("1"), [pressed('1')], "long after");
    let mut play = Play::new("4711");
    play.keys("12");
    play.tell(proved(false));
    play.tell(proved(false));
    assert_eq!(play.keys("34#2"), [pressed('2')]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_key_of_a_code_is_told_whatever_is_keyed_in(code in "[1-9][0-9]{3,11}", keys in "[1-9*#][0-9*#]{0,40}") {
        let mut play = Play::new(&code);
        for key in keys.chars() {
            let asked = play.desk.proving(CALL).is_some();
            let was_empty = play.secrets.0.get(&CALL).is_none_or(|keyed| keyed.count == 0);
            match play.tell(pressed(key)) {
                Some(Input::DigitPressed { .. }) => prop_assert!(!asked || (key == '0' && was_empty)),
                Some(Input::CallerProved { .. }) => prop_assert!(asked),
                Some(other) => prop_assert!(false, "{other:?}"),
                None => {}
            }
        }
        prop_assert!(play.secrets.0.len() <= 1);
    }

    #[test]
    fn the_right_code_is_right_and_no_other(code in "[1-9][0-9]{3,11}", other in "[1-9][0-9]{0,15}") {
        prop_assert_eq!(Play::new(&code).keys(&format!("{code}#")), [proved(true)]);
        let told = Play::new(&code).keys(&format!("{other}#"));
        prop_assert_eq!(&told[..1], [proved(other.starts_with(&code))]);
        prop_assert!(other.len() <= DIGITS_MAX || other.starts_with(&code) || told[0] == proved(false));
    }
}
