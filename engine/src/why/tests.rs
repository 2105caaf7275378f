//! Stories of hand-made journals, a rule each.

use super::{Because, Happening, Story, WhyError, tell};
use cabrank_core::*;
use cabrank_journal::{Beginning, Journal, Log, Options, OsDisk, UnixMicros};
use jiff::tz::TimeZone;
use std::sync::Arc;
use tempfile::TempDir;

const BOOKING: QueueId = QueueId(0);
const BILLING: QueueId = QueueId(1);
const ANNA: AgentId = AgentId(0);
const BEN: AgentId = AgentId(1);

/// A journal written by hand: the lines of a play, each with its second.
struct Play {
    dir: TempDir,
    journal: Journal,
    second: u64,
}

impl Play {
    fn of(settings: Settings) -> Play {
        let dir = tempfile::tempdir().expect("a directory");
        let beginning = Beginning { epoch: UnixMicros(0), seed: 7, settings };
        let journal = Journal::create(OsDisk, dir.path(), &beginning, Options::default()).expect("a journal");
        Play { dir, journal, second: 0 }
    }

    fn tell(&mut self, input: Input) {
        self.journal.append(Tick(self.second * 1_000_000), &input).expect("appended");
    }

    fn at(&mut self, second: u64, input: Input) {
        self.second = second;
        self.tell(input);
    }

    /// A caller of this class who presses a key at that second.
    fn caller(&mut self, second: u64, call: u64, class: &str, key: u8) {
        let profile = Profile { class: class.into(), ..Profile::default() };
        let number = Number(format!("+65{call:08}").into());
        let caller = Caller { number: Some(number), trust: Trust::Trusted, token: None, profile: Some(Arc::new(profile)) };
        self.at(second, Input::CallOffered { call: CallId(call), line: LineId(0), open: true, caller });
        self.tell(Input::DigitPressed { call: CallId(call), digit: Digit::Number(key) });
    }

    /// An agent talks and is free again, with no time after the call.
    fn talk_ends(&mut self, second: u64, offer: u64) {
        self.at(second, Input::AgentHungUp { offer: OfferId(offer), how: LegEnd::HungUp });
    }

    fn answer(&mut self, second: u64, offer: u64) {
        self.at(second, Input::AgentAnswered { offer: OfferId(offer) });
    }

    fn story(&mut self, call: u64) -> Story {
        self.journal.write().expect("written");
        tell(self.dir.path(), CallId(call)).expect("a story")
    }
}

/// Two queues, 2 and 1; anna serves both, ben the second at level 2.
fn settings(change: impl FnOnce(&mut Settings)) -> Settings {
    let classes =
        vec![Class { name: "visitor".into(), target: Span::secs(40) }, Class { name: "regular".into(), target: Span::secs(20) }];
    let thresholds = Thresholds { classes, wrap_up: Span(0), ..Thresholds::default() };
    let queue = |name: &str| Queue { name: name.into(), thresholds: thresholds.clone() };
    let skill = |queue, level| Skill { queue, level };
    let agent = |name: &str, skills| Agent { name: name.into(), skills, sign_in: SignIn::WithPhone };
    let mut settings = Settings {
        name: "taxi".into(),
        limits: Limits { calls_max: 2_000 },
        lines: vec![Line {
            number: "taxi".into(),
            closed: Closed::Message,
            menu: Menu { one: Some(Choice::Queue(BILLING)), two: Some(Choice::Queue(BOOKING)) },
            human: BOOKING,
            silence: Span::secs(5),
        }],
        services: Vec::new(),
        queues: vec![queue("booking"), queue("billing")],
        agents: vec![agent("anna", vec![skill(BOOKING, 1), skill(BILLING, 1)]), agent("ben", vec![skill(BOOKING, 2)])],
    };
    change(&mut settings);
    settings
}

fn overtakings(story: &Story) -> Vec<&Because> {
    fn because(what: &Happening) -> Option<&Because> {
        if let Happening::Overtaken { because, .. } = what { Some(because) } else { None }
    }
    story.moments.iter().filter_map(|moment| because(&moment.what)).collect()
}

fn has(story: &Story, part: &str) {
    assert!(story.sentences.iter().any(|sentence| sentence.contains(part)), "no `{part}` in {:#?}", story.sentences);
}

/// Anna talks with call 1 from second 0 to 24; ben is off duty.
fn anna_is_busy(change: impl FnOnce(&mut Settings)) -> Play {
    let mut play = Play::of(settings(change));
    play.at(0, Input::PhoneReached { agent: ANNA });
    play.caller(0, 1, "visitor", 2);
    play.answer(0, 1);
    play
}

#[test]
fn a_caller_overtaken_by_a_shorter_target_is_told_of_both_waits() {
    let mut play = anna_is_busy(|_| {});
    play.caller(2, 2, "visitor", 2);
    play.caller(10, 3, "regular", 2);
    play.talk_ends(30, 1);
    play.answer(31, 2);
    play.talk_ends(50, 2);
    play.answer(53, 3);
    play.talk_ends(60, 3);
    let story = play.story(2);
    assert_eq!(overtakings(&story), [&Because::Order { order: "proportional" }]);
    has(&story, "00:00:02 joined booking as visitor (target 40 s); 0 other callers in that line, 1 agent on duty.");
    has(&story, "00:00:30 overtaken by call 0000000000000003 (booking, regular, waited 20 s of 20 s = 100 %)");
    has(&story, "this call had waited 28 s of 40 s = 70 %");
    has(&story, "by the order of service `proportional`");
    has(&story, "00:00:50 anna is rung after waited 48 s of 40 s = 120 %");
    has(&story, "00:00:53 anna answered.");
    has(&story, "It waited 51 s, was taken by anna, and ended as served by agent.");
    assert_eq!((story.totals.overtaken, story.totals.unexplained, story.totals.rung), (1, 0, 1));
    let other = play.story(3);
    assert!(overtakings(&other).is_empty());
    has(&other, "Passed over: call 0000000000000002 (booking, visitor, waited 28 s of 40 s = 70 %)");
}

#[test]
fn whoever_stands_behind_the_first_of_a_class_has_the_same_reason() {
    let mut play = anna_is_busy(|_| {});
    for call in 2..=4 {
        play.caller(call, call, "visitor", 2);
    }
    play.caller(10, 5, "regular", 2);
    play.talk_ends(30, 1);
    assert_eq!(overtakings(&play.story(4)), [&Because::Order { order: "proportional" }]);
}

#[test]
fn an_agent_of_another_line_overtakes_nobody() {
    let mut play = Play::of(settings(|_| {}));
    play.at(0, Input::PhoneReached { agent: BEN });
    play.caller(0, 1, "visitor", 1);
    play.caller(1, 2, "visitor", 2);
    let story = play.story(1);
    assert!(overtakings(&story).is_empty(), "{:#?}", story.sentences);
    assert_eq!(story.state, "waiting");
    has(&story, "so far, and is waiting.");
}

#[test]
fn an_agent_who_opens_later_is_named_with_the_moment() {
    let widen = |settings: &mut Settings| {
        settings.queues[0].thresholds.widen = vec![Widening { after: Span::secs(30), level: 2 }];
        settings.agents[1].skills.push(Skill { queue: BILLING, level: 1 });
    };
    let mut play = Play::of(settings(widen));
    play.at(0, Input::PhoneReached { agent: BEN });
    play.caller(1, 1, "visitor", 2);
    play.caller(5, 2, "visitor", 1);
    let story = play.story(1);
    let at = crate::epoch::timestamp(31_000_000);
    assert_eq!(overtakings(&story), [&Because::OpensAt { at }]);
    has(&story, "ben may take this caller only from 00:00:31 on");
    let zone = TimeZone::fixed(jiff::tz::offset(8));
    let there: Vec<String> = story.moments.iter().map(|moment| moment.sentence(&zone)).collect();
    assert!(there.iter().any(|told| told.contains("ben may take this caller only from 08:00:31 on")), "{there:#?}");
}

#[test]
fn a_kept_agent_is_named_with_the_queue() {
    let mut play = Play::of(settings(|settings| settings.queues[1].thresholds.reserve = 1));
    play.at(0, Input::PhoneReached { agent: ANNA });
    play.caller(1, 1, "visitor", 2);
    play.caller(5, 2, "visitor", 1);
    let story = play.story(1);
    assert_eq!(overtakings(&story), [&Because::KeptFor { queue: "billing".into() }]);
    has(&story, "anna was kept for callers of billing");
}

#[test]
fn a_ringing_that_failed_names_agent_and_how() {
    let mut play = Play::of(settings(|_| {}));
    play.at(0, Input::PhoneReached { agent: ANNA });
    play.at(0, Input::PhoneReached { agent: BEN });
    play.caller(1, 1, "visitor", 2);
    play.at(3, Input::AgentDeclined { offer: OfferId(1), how: Declined::Busy });
    play.at(20, Input::Woke);
    let story = play.story(1);
    has(&story, "Not ben: serves this queue at a worse level.");
    has(&story, "00:00:03 anna was busy with something else.");
    has(&story, "00:00:03 ben is rung");
    has(&story, "00:00:20 ben did not pick up in time.");
    assert_eq!((story.totals.rung, story.totals.missed), (3, 2), "{:#?}", story.sentences);
}

#[test]
fn a_caller_held_for_an_agent_of_its_own_is_overtaken_for_that_reason() {
    let own = |settings: &mut Settings| settings.queues[0].thresholds.preferred_agent_for = Span::secs(60);
    let mut play = anna_is_busy(own);
    let profile = Profile { preferred_agent: "anna".into(), ..Profile::default() };
    let number = Some(Number("+6590000002".into()));
    let caller = Caller { number, trust: Trust::Trusted, token: None, profile: Some(Arc::new(profile)) };
    play.at(2, Input::CallOffered { call: CallId(2), line: LineId(0), open: true, caller });
    play.tell(Input::DigitPressed { call: CallId(2), digit: Digit::Number(2) });
    play.at(4, Input::PhoneReached { agent: BEN });
    play.caller(5, 3, "regular", 2);
    let story = play.story(2);
    has(&story, "held for anna, the caller's own agent");
    assert_eq!(overtakings(&story), [&Because::HeldFor { agent: "anna".into() }]);
}

#[test]
fn a_callback_is_told_from_the_wish_to_the_talk() {
    let terms = CallbackTerms { over: Span(0), retry_after: Span::secs(60), tries_max: 2 };
    let mut play = anna_is_busy(|settings| settings.queues[0].thresholds.callback = Some(terms));
    play.caller(2, 2, "visitor", 2);
    play.at(4, Input::DigitPressed { call: CallId(2), digit: Digit::Number(1) });
    play.at(5, Input::CallerHungUp { call: CallId(2), how: CallerGone::HungUp });
    play.talk_ends(30, 1);
    play.at(35, Input::CallerAnswered { call: CallId(2) });
    play.at(36, Input::DigitPressed { call: CallId(2), digit: Digit::Number(1) });
    play.answer(38, 2);
    play.talk_ends(60, 2);
    let story = play.story(2);
    for part in [
        "was told that 1 is a callback.",
        "00:00:04 the caller asked to be called back",
        "00:00:30 it is the turn of this callback",
        "00:00:35 the caller picked up.",
        "00:00:36 the caller is on the line again.",
        "00:00:38 anna answered.",
    ] {
        has(&story, part);
    }
    assert_eq!((story.totals.called_back, story.totals.unexplained), (1, 0));
}

#[test]
fn a_change_of_thresholds_shows_where_it_touched_the_wait() {
    let mut play = anna_is_busy(|_| {});
    play.caller(2, 2, "visitor", 2);
    let change = |play: &mut Play, base, queue: QueueId| {
        let mut thresholds = settings(|_| {}).queues[0].thresholds.clone();
        thresholds.ring_for = Span::secs(20);
        let (by, reason) = ("supervisor".into(), "longer rings".into());
        play.at(5, Input::ThresholdsChanged { base, queues: vec![(queue, thresholds)], by, reason });
    };
    change(&mut play, 0, BOOKING);
    change(&mut play, 1, BILLING);
    let story = play.story(2);
    has(&story, "00:00:05 thresholds changed by supervisor (change 1, \"longer rings\"): ring_for: 15s -> 20s.");
    assert_eq!(story.totals.changes, 1);
}

#[test]
fn a_caller_who_leaves_is_not_overtaken_by_whoever_is_served_then() {
    let mut play = Play::of(settings(|_| {}));
    play.at(0, Input::PhoneReached { agent: ANNA });
    play.caller(1, 1, "visitor", 2);
    play.caller(2, 2, "visitor", 2);
    play.at(4, Input::CallerHungUp { call: CallId(1), how: CallerGone::HungUp });
    let story = play.story(1);
    assert!(overtakings(&story).is_empty());
    has(&story, "was taken by nobody, and ended as abandoned.");
}

#[test]
fn a_long_story_keeps_its_beginning_and_its_end_and_counts_the_rest() {
    let mut play = Play::of(settings(|settings| settings.agents[0].skills.truncate(1)));
    play.at(0, Input::PhoneReached { agent: ANNA });
    play.caller(0, 1, "visitor", 2);
    for second in 1..=600 {
        play.at(second, Input::DigitPressed { call: CallId(1), digit: Digit::Number(9) });
    }
    let story = play.story(1);
    assert_eq!(story.moments.len(), 400);
    has(&story, "moments are left out here");
    assert_eq!(story.moments.first().map(|moment| &moment.what), Some(&Happening::Offered { line: "taxi".into() }));
    assert!(story.left_out > 200 && story.totals.missed > 0);
    serde_json::to_string(&story).expect("JSON");
}

#[test]
fn a_call_that_never_came_is_named() {
    let mut play = anna_is_busy(|_| {});
    play.story(1);
    let error = tell(play.dir.path(), CallId(0xbad)).expect_err("no such call");
    assert!(matches!(error, WhyError::Unknown { .. }) && error.to_string().contains("0000000000000bad"), "{error}");
}
