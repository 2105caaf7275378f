//! What the drawn days found in the desk, each as the smallest trace that shows it.

use cabrank_core::{
    Agent, AgentId, CallId, CallbackTerms, Caller, CallerGone, Class, Closed, Desk, Digit, Effect, Input, LegEnd, Limits, Line,
    LineId, Menu, Number, OfferId, Order, Outbox, Permille, PlayId, Profile, Queue, QueueId, Quoting, Said, Say, Settings,
    Settled, SignIn, Skill, Span, StageView, Thresholds, Tick, Trust, Widening, Wish,
};
use std::sync::Arc;

/// A desk of some queues, and a line without a menu to each.
struct Trace {
    desk: Desk,
    now: Tick,
}

impl Trace {
    /// Agents are given by their skills: queue and level.
    fn of(queues: Vec<Thresholds>, agents: &[&[(u16, u8)]]) -> Trace {
        let line = |index: usize| Line {
            number: format!("{index}").into(),
            closed: Closed::Message,
            menu: Menu::default(),
            human: QueueId(index as u16),
            silence: Span::secs(5),
        };
        let agent = |(index, skills): (usize, &&[(u16, u8)])| Agent {
            name: format!("a{index}").into(),
            skills: skills.iter().map(|(queue, level)| Skill { queue: QueueId(*queue), level: *level }).collect(),
            sign_in: SignIn::WithPhone,
        };
        let settings = Settings {
            name: "trace".into(),
            limits: Limits { calls_max: 40 },
            lines: (0..queues.len()).map(line).collect(),
            services: Vec::new(),
            agents: agents.iter().enumerate().map(agent).collect(),
            queues: queues.into_iter().map(|thresholds| Queue { name: "queue".into(), thresholds }).collect(),
        };
        Trace { desk: Desk::new(settings, 1).expect("settings that fit"), now: Tick(0) }
    }

    fn tell(&mut self, input: Input) -> Vec<Effect> {
        let mut out = Outbox::default();
        self.desk.handle(self.now, input, &mut out);
        assert_eq!(out.refusals, []);
        out.effects
    }

    fn after(&mut self, secs: u64) -> Vec<Effect> {
        self.now = self.now.plus(Span::secs(secs));
        self.tell(Input::Woke)
    }

    fn comes(&mut self, call: u64, queue: u16, caller: Caller) -> Vec<Effect> {
        self.tell(Input::CallOffered { call: CallId(call), line: LineId(queue), open: true, caller });
        self.heard(call, 1)
    }

    fn heard(&mut self, call: u64, play: u32) -> Vec<Effect> {
        self.tell(Input::PromptEnded { call: CallId(call), play: PlayId(play) })
    }

    fn presses(&mut self, call: u64, digit: u8) -> Vec<Effect> {
        self.tell(Input::DigitPressed { call: CallId(call), digit: Digit::Number(digit) })
    }

    fn is_ready(&mut self, agent: u32) -> Vec<Effect> {
        self.tell(Input::PhoneReached { agent: AgentId(agent) })
    }

    /// Agrees to be called back at the first words.
    fn agrees(&mut self, call: u64, queue: u16) {
        self.comes(call, queue, caller(&call.to_string(), ""));
        self.presses(call, 1);
        self.heard(call, 3);
        assert_eq!(self.stage(call), Some(StageView::Absent));
    }

    fn quote(&self, call: u64) -> Option<Said> {
        self.desk.view().calls.iter().find(|shown| shown.call == CallId(call)).and_then(|shown| shown.quote)
    }

    fn stage(&self, call: u64) -> Option<StageView> {
        self.desk.view().calls.iter().find(|shown| shown.call == CallId(call)).map(|shown| shown.stage)
    }
}

fn caller(number: &str, preferred: &str) -> Caller {
    let profile = Profile { preferred_agent: preferred.into(), ..Profile::default() };
    Caller { number: Some(Number(number.into())), trust: Trust::Trusted, token: None, profile: Some(Arc::new(profile)) }
}

fn quiet() -> Thresholds {
    Thresholds { order: Order::Fifo, wrap_up: Span(0), ..Thresholds::default() }
}

fn with_callbacks() -> Thresholds {
    let terms = CallbackTerms { over: Span(0), retry_after: Span::secs(60), tries_max: 1 };
    Thresholds { callback: Some(terms), ..quiet() }
}

fn rung_for(effects: &[Effect]) -> Vec<(u32, u64)> {
    let ring = |effect: &Effect| {
        if let Effect::Ring { agent, context, .. } = effect { Some((agent.0, context.call.0)) } else { None }
    };
    effects.iter().filter_map(ring).collect()
}

fn dialled(effects: &[Effect]) -> Vec<u64> {
    let dial = |effect: &Effect| if let Effect::CallBack { call, .. } = effect { Some(call.0) } else { None };
    effects.iter().filter_map(dial).collect()
}

fn answers(offer: u64) -> Input {
    Input::AgentAnswered { offer: OfferId(offer) }
}

fn hangs_up(offer: u64) -> Input {
    Input::AgentHungUp { offer: OfferId(offer), how: LegEnd::HungUp }
}

/// Two wait for the same agent: whose target runs out first is first, not who came first.
#[test]
fn of_several_who_wait_for_one_agent_all_are_looked_at() {
    let queue = |target| Thresholds {
        order: Order::HeadStart,
        classes: vec![Class { name: "".into(), target: Span::secs(target) }],
        preferred_agent_for: Span::secs(30),
        ..quiet()
    };
    let mut trace = Trace::of(vec![queue(90), queue(10)], &[&[(0, 1), (1, 1)]]);
    trace.is_ready(0);
    assert_eq!(rung_for(&trace.comes(1, 0, caller("1", "a0"))), [(0, 1)]);
    trace.tell(answers(1));
    trace.comes(2, 0, caller("2", "a0"));
    trace.after(1);
    trace.comes(3, 1, caller("3", "a0"));
    assert_eq!(rung_for(&trace.tell(hangs_up(1))), [(0, 3)]);
}

/// Two queues keep the same two agents. One agent goes: nobody may come to be open to the other one by that.
#[test]
fn an_idle_agent_fewer_opens_none() {
    let keeps = |reserve| Thresholds { reserve, ..quiet() };
    let mut trace = Trace::of(vec![keeps(1), keeps(2)], &[&[(0, 1), (1, 1)], &[(0, 1), (1, 1)]]);
    trace.is_ready(0);
    trace.is_ready(1);
    assert_eq!(rung_for(&trace.comes(1, 0, Caller::unknown())), [(0, 1)], "a queue that reserves has its own agents at once");
    assert_eq!(rung_for(&trace.comes(2, 1, Caller::unknown())), [(1, 2)]);
}

/// An agent at a level that no step opens is nobody's own agent: nobody waits for that agent.
#[test]
fn nobody_waits_for_an_agent_who_never_may() {
    let thresholds =
        Thresholds { widen: vec![Widening { after: Span::secs(20), level: 2 }], preferred_agent_for: Span::secs(60), ..quiet() };
    let mut trace = Trace::of(vec![thresholds, quiet()], &[&[(0, 3), (1, 1)]]);
    trace.is_ready(0);
    assert_eq!(rung_for(&trace.comes(1, 1, Caller::unknown())), [(0, 1)]);
    trace.comes(2, 0, caller("2", "a0"));
    let held = trace.desk.view().calls.iter().find(|call| call.call == CallId(2)).and_then(|call| call.waits_for);
    assert_eq!(held, None);
}

/// A callback was joined with a later call; when that one drops out, its own place is kept as any other.
#[test]
fn a_callback_that_is_over_is_forgotten() {
    let mut trace = Trace::of(vec![with_callbacks()], &[]);
    trace.agrees(1, 0);
    trace.comes(2, 0, caller("1", ""));
    assert_eq!(trace.stage(1), None, "joined");
    trace.tell(Input::CallerHungUp { call: CallId(2), how: CallerGone::Lost });
    trace.after(10);
    trace.comes(3, 0, caller("1", ""));
    let since = trace.desk.view().calls.first().and_then(|call| call.since);
    assert_eq!(since, Some(Tick(0)), "the place survives a second redial");
}

/// The offer of a callback is over once it was used.
#[test]
fn nobody_is_called_back_more_often_than_offered() {
    let mut trace = Trace::of(vec![with_callbacks()], &[&[(0, 1)]]);
    trace.agrees(1, 0);
    assert_eq!(dialled(&trace.is_ready(0)), [1]);
    trace.tell(Input::AgentAsked { agent: AgentId(0), wish: Wish::Pause { reason: "tea".into() }, by: "a0".into() });
    trace.tell(Input::CallerAnswered { call: CallId(1) });
    trace.presses(1, 1);
    assert_eq!(trace.stage(1), Some(StageView::Waiting));
    assert_eq!(trace.presses(1, 1), []);
    assert_eq!(trace.stage(1), Some(StageView::Waiting));
}

/// Two become open to an agent in one moment, and the agent has just missed the one whose alarm rings first.
#[test]
fn who_opens_in_one_moment_is_served_by_the_order_not_by_alarms() {
    let thresholds = Thresholds { widen: vec![Widening { after: Span::secs(30), level: 2 }], ..quiet() };
    let two_classes = Thresholds {
        order: Order::StrictPriority,
        classes: vec![Class { name: "".into(), target: Span::secs(60) }, Class { name: "staff".into(), target: Span::secs(5) }],
        ..thresholds
    };
    let mut trace = Trace::of(vec![two_classes], &[&[(0, 2)]]);
    trace.is_ready(0);
    trace.comes(1, 0, caller("1", ""));
    let staff = Profile { class: "staff".into(), ..Profile::default() };
    trace.comes(2, 0, Caller { profile: Some(Arc::new(staff)), ..caller("2", "") });
    assert_eq!(rung_for(&trace.after(30)), [(0, 2)], "the shorter target first");
}

/// An agent who may not serve a caller yet becomes idle, and so one more of the queue may be dialled for another agent.
#[test]
fn an_agent_more_lets_another_caller_be_dialled() {
    let thresholds = Thresholds { widen: vec![Widening { after: Span::secs(300), level: 2 }], ..with_callbacks() };
    let mut trace = Trace::of(vec![thresholds], &[&[(0, 1)], &[(0, 2)]]);
    trace.agrees(1, 0);
    trace.agrees(2, 0);
    assert_eq!(dialled(&trace.is_ready(0)), [1], "one agent, one call");
    assert_eq!(dialled(&trace.is_ready(1)), [2]);
}

/// A callback is joined with a call to another queue while it is dialled, and so the next one may be dialled.
#[test]
fn a_callback_fewer_lets_another_caller_be_dialled() {
    let mut trace = Trace::of(vec![with_callbacks(), quiet()], &[&[(0, 1)]]);
    trace.agrees(1, 0);
    trace.agrees(2, 0);
    assert_eq!(dialled(&trace.is_ready(0)), [1], "one agent, one call");
    assert_eq!(dialled(&trace.comes(3, 1, caller("1", ""))), [2]);
}

/// An agent takes one caller after another, each after so long, while others wait: enough to reckon with.
fn with_a_pace(thresholds: Thresholds) -> Trace {
    let mut trace = Trace::of(vec![thresholds], &[&[(0, 1)]]);
    (1..=25).for_each(|call| drop(trace.comes(call, 0, Caller::unknown())));
    trace.is_ready(0);
    for offer in 1..=25 {
        trace.tell(answers(offer));
        trace.after(5);
        trace.tell(hangs_up(offer));
    }
    trace
}

fn quoting() -> Thresholds {
    Thresholds { quote: Some(Quoting { confidence: Permille(900) }), comfort_every: Span::secs(20), ..quiet() }
}

/// A word that was kept stays kept, even if the agent is lost and the caller waits again, past its end.
#[test]
fn a_word_once_kept_is_not_broken_by_another_wait() {
    let mut trace = with_a_pace(quoting());
    trace.comes(30, 0, Caller::unknown());
    trace.comes(31, 0, Caller::unknown());
    assert!(trace.quote(31).is_some(), "there is a pace to reckon with");
    trace.tell(answers(26));
    trace.tell(hangs_up(26));
    trace.tell(answers(27));
    assert_eq!(trace.quote(31).map(|said| said.settled), Some(Settled::Kept));
    trace.tell(Input::AgentHungUp { offer: OfferId(27), how: LegEnd::Lost });
    for _ in 0..30 {
        let effects = trace.after(20);
        let longer = effects.iter().any(|effect| matches!(effect, Effect::Say { what: Say::LongerThanSaid(_), .. }));
        assert!(!longer, "{effects:?}");
    }
    assert_eq!(trace.quote(31).map(|said| said.settled), Some(Settled::Kept));
}

/// A target shorter than the time between two departures is not missed while nobody waits: a quiet desk sleeps.
#[test]
fn nobody_is_warned_of_a_line_in_which_nobody_waits() {
    let classes = vec![Class { name: "".into(), target: Span::secs(2) }];
    let mut trace = with_a_pace(Thresholds { classes, warn_within: Span::secs(60), ..quoting() });
    for _ in 0..1_000 {
        trace.after(5);
    }
    assert_eq!(trace.desk.next_wake(), None);
}
