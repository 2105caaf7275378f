//! After a restart under which no leg can stand every leg is lost, and whoever is to be called back has none to lose.

use cabrank::lane::facts_after_restart;
use cabrank_core::*;
use proptest::prelude::*;

const QUEUE: QueueId = QueueId(0);
const AGENT: AgentId = AgentId(0);

fn settings() -> Settings {
    let callback = Some(CallbackTerms { over: Span(0), retry_after: Span::secs(60), tries_max: 3 });
    Settings {
        name: "test".into(),
        limits: Limits { calls_max: 100 },
        lines: vec![Line {
            number: "taxi".into(),
            closed: Closed::Message,
            menu: Menu { one: None, two: Some(Choice::Queue(QUEUE)) },
            human: QUEUE,
            silence: Span::secs(5),
        }],
        services: Vec::new(),
        queues: vec![Queue { name: "booking".into(), thresholds: Thresholds { callback, ..Thresholds::default() } }],
        agents: vec![Agent { name: "a101".into(), skills: vec![Skill { queue: QUEUE, level: 1 }], sign_in: SignIn::WithPhone }],
    }
}

/// How far a caller has come when the engine is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Menu,
    InLine,
    Agreed,
    Away,
}

struct Rig {
    desk: Desk,
    at: Tick,
    plays: Vec<(CallId, PlayId)>,
    /// Whose ears an order was for.
    ears: Vec<CallId>,
}

impl Rig {
    fn new() -> Rig {
        Rig { desk: Desk::new(settings(), 1).expect("good settings"), at: Tick(0), plays: Vec::new(), ears: Vec::new() }
    }

    fn tell(&mut self, input: Input) {
        self.at = self.at.plus(Span::millis(1));
        let mut out = Outbox::default();
        self.desk.handle(self.at, input, &mut out);
        for effect in out.effects.drain(..) {
            if let Effect::Say { call, .. } | Effect::Music { call, .. } | Effect::Connect { call, .. } = effect {
                self.ears.push(call);
            }
            if let Effect::Say { call, play, .. } = effect {
                self.plays.push((call, play));
            }
        }
    }

    fn press(&mut self, call: CallId, key: u8) {
        self.tell(Input::DigitPressed { call, digit: Digit::Number(key) });
    }

    fn hears_to_the_end(&mut self, call: CallId) {
        let newest = self.plays.iter().rev().find(|(of, _)| *of == call).map(|(_, play)| *play);
        self.tell(Input::PromptEnded { call, play: newest.expect("something was said") });
    }

    fn go(&mut self, call: CallId, way: Way) {
        let number = Some(Number(format!("+65912345{:02}", call.0).as_str().into()));
        let caller = Caller { number, trust: Trust::Trusted, ..Caller::unknown() };
        self.tell(Input::CallOffered { call, line: LineId(0), open: true, caller });
        if way != Way::Menu {
            self.press(call, 2);
        }
        if matches!(way, Way::Agreed | Way::Away) {
            self.press(call, 1);
        }
        if way == Way::Away {
            self.hears_to_the_end(call);
        }
    }

    fn stage(&self, call: CallId) -> Option<StageView> {
        self.desk.view().calls.iter().find(|it| it.call == call).map(|it| it.stage)
    }

    /// A restart that every leg and every phone outlives.
    fn restart_standing(&mut self) {
        let before = self.desk.view();
        facts_after_restart(&self.desk, &settings(), |_| true).into_iter().for_each(|fact| self.tell(fact));
        self.ears.clear();
        for call in before.calls.iter().filter(|call| call.stage.has_leg()) {
            self.tell(Input::CallResumed { call: call.call });
        }
        for agent in before.agents.iter().filter(|agent| agent.state == AgentState::Idle) {
            self.tell(Input::PhoneResumed { agent: agent.agent });
        }
    }

    fn restart(&mut self) {
        facts_after_restart(&self.desk, &settings(), |_| false).into_iter().for_each(|fact| self.tell(fact));
    }
}

proptest! {
    #[test]
    fn who_is_to_be_called_back_keeps_the_place_and_nobody_else_is_left(
        ways in proptest::collection::vec(prop_oneof![Just(Way::Menu), Just(Way::InLine), Just(Way::Agreed), Just(Way::Away)], 0..12)
    ) {
        let mut rig = Rig::new();
        ways.iter().zip(1..).for_each(|(way, id)| rig.go(CallId(id), *way));
        let before: Vec<CallView> = rig.desk.view().calls;
        rig.restart();
        let after = rig.desk.view().calls;
        let stay = before.iter().filter(|call| matches!(call.stage, StageView::Agreeing | StageView::Absent));
        let places: Vec<_> = stay.map(|call| (call.call, call.since, call.place)).collect();
        let kept: Vec<_> = after.iter().map(|call| (call.call, call.since, call.place)).collect();
        prop_assert_eq!(kept, places);
        prop_assert!(after.iter().all(|call| call.stage == StageView::Absent));
    }
}

/// What a restart may not change of a call.
type Kept = (CallId, StageView, Option<Tick>, Option<Place>, Option<Said>, Option<AgentId>);

fn kept(view: View) -> Vec<Kept> {
    view.calls.iter().map(|call| (call.call, call.stage, call.since, call.place, call.quote, call.agent)).collect()
}

proptest! {
    #[test]
    fn whose_leg_stands_is_where_they_were_and_hears_something(
        ways in proptest::collection::vec(prop_oneof![Just(Way::Menu), Just(Way::InLine), Just(Way::Agreed), Just(Way::Away)], 0..12),
        agent_is_there: bool,
        answers: bool,
    ) {
        let mut rig = Rig::new();
        if agent_is_there {
            rig.tell(Input::PhoneReached { agent: AGENT });
        }
        ways.iter().zip(1..).for_each(|(way, id)| rig.go(CallId(id), *way));
        if answers {
            rig.tell(Input::AgentAnswered { offer: OfferId(1) });
        }
        let before = rig.desk.view();
        for _ in 0..2 {
            rig.restart_standing();
            prop_assert_eq!(kept(rig.desk.view()), kept(before.clone()));
            let states = |view: &View| view.agents.iter().map(|agent| agent.state.clone()).collect::<Vec<_>>();
            prop_assert_eq!(states(&rig.desk.view()), states(&before));
            let on_the_line: Vec<_> = before.calls.iter().filter(|call| call.stage.has_leg()).map(|call| call.call).collect();
            prop_assert_eq!(&rig.ears, &on_the_line);
        }
    }
}

#[test]
fn who_was_being_called_is_tried_again() {
    for picked_up in [false, true] {
        let mut rig = Rig::new();
        let call = CallId(1);
        rig.go(call, Way::Away);
        rig.tell(Input::PhoneReached { agent: AGENT });
        if picked_up {
            rig.tell(Input::CallerAnswered { call });
        }
        assert_eq!(rig.stage(call), Some(StageView::CalledBack));
        rig.restart();
        assert_eq!(rig.stage(call), Some(StageView::Resting), "picked up: {picked_up}");
        rig.restart();
        assert_eq!(rig.stage(call), Some(StageView::Resting), "a second restart changes nothing");
    }
}
