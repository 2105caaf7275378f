//! A desk and its oracle, some steps into a quiet day, and steps open to doctoring.

use cabrank_core::{
    Agent, AgentId, AgentState, CallId, CallView, CallbackTerms, Caller, Candidate, Class, Closed, Decision, Desk, Digit, Effect,
    Input, LegEnd, Limits, Line, LineId, Menu, Number, Order, Outbox, PassedOver, PlayId, Profile, Queue, QueueId, Record,
    Refusal, Settings, SignIn, Skill, Span, StageView, Thresholds, Tick, Trust, View,
};
use cabrank_sim::{Breach, Oracle, Rule, Seen};
use std::sync::Arc;

/// A desk and its oracle, some steps into a quiet day.
pub(crate) struct Bench {
    pub(crate) desk: Desk,
    pub(crate) oracle: Oracle,
    pub(crate) at: Tick,
}

/// One step not yet shown to the oracle, open to doctoring.
pub(crate) struct Shown {
    pub(crate) input: Input,
    pub(crate) effects: Vec<Effect>,
    pub(crate) refusals: Vec<Refusal>,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) passed_over: Vec<PassedOver>,
    pub(crate) view: View,
}

impl Bench {
    /// Two agents, one queue, a line without a menu; both phones are away.
    pub(crate) fn new() -> Bench {
        Bench::of(|_| {})
    }

    /// The same with other thresholds.
    pub(crate) fn of(change: impl FnOnce(&mut Thresholds)) -> Bench {
        let mut settings = settings();
        change(&mut settings.queues[0].thresholds);
        let desk = Desk::new(settings.clone(), 1).expect("good settings");
        Bench { desk, oracle: Oracle::new(settings), at: Tick(0) }
    }

    /// So many callers in line, and nobody there to serve them.
    pub(crate) fn with_callers(count: u64) -> Bench {
        let mut bench = Bench::new();
        (1..=count).for_each(|call| bench.comes(call, Caller::unknown()));
        bench
    }

    /// A caller joins the line.
    pub(crate) fn comes(&mut self, call: u64, caller: Caller) {
        self.goes_on(offered(call, caller));
        self.goes_on(greeted(call));
    }

    pub(crate) fn take(&mut self, input: Input) -> Shown {
        self.at = self.at.plus(Span::secs(1));
        let mut out = Outbox::default();
        self.desk.handle(self.at, input.clone(), &mut out);
        let Outbox { effects, refusals, decisions, passed_over } = out;
        Shown { input, effects, refusals, decisions, passed_over, view: self.desk.view() }
    }

    pub(crate) fn judge(&mut self, shown: &Shown) -> Result<(), Breach> {
        let Shown { input, effects, refusals, decisions, passed_over, view } = shown;
        self.oracle.saw(Seen { at: self.at, input, effects, refusals, decisions, passed_over, view })
    }

    /// A true step.
    pub(crate) fn goes_on(&mut self, input: Input) {
        let shown = self.take(input);
        self.judge(&shown).expect("a true step");
    }

    /// Nothing happens for so long.
    pub(crate) fn waits(&mut self, secs: u64) {
        self.at = self.at.plus(Span::secs(secs));
        self.goes_on(Input::Woke);
    }

    /// A step that is doctored before the oracle sees it, and must be found out.
    pub(crate) fn doctored(&mut self, input: Input, rule: Rule, doctor: impl FnOnce(&mut Shown)) {
        let mut shown = self.take(input);
        doctor(&mut shown);
        let found = self.judge(&shown).expect_err("a doctored step passed");
        assert_eq!(found.rule, rule, "{found}");
    }
}

pub(crate) fn settings() -> Settings {
    let agent =
        |name: &str| Agent { name: name.into(), skills: vec![Skill { queue: QueueId(0), level: 1 }], sign_in: SignIn::WithPhone };
    Settings {
        name: "bench".into(),
        limits: Limits { calls_max: 10 },
        lines: vec![Line {
            number: "taxi".into(),
            closed: Closed::Message,
            menu: Menu::default(),
            human: QueueId(0),
            silence: Span::secs(5),
        }],
        services: Vec::new(),
        queues: vec![Queue {
            name: "booking".into(),
            thresholds: Thresholds {
                order: Order::Fifo,
                max_waiting: 10,
                max_wait: Span::secs(600),
                wrap_up: Span::secs(0),
                comfort_every: Span::secs(60),
                ..Thresholds::default()
            },
        }],
        agents: vec![agent("a"), agent("b")],
    }
}

/// Visitors have a minute, regulars twenty seconds.
pub(crate) fn two_classes(thresholds: &mut Thresholds) {
    thresholds.order = Order::Proportional;
    thresholds.classes =
        vec![Class { name: "visitor".into(), target: Span::secs(60) }, Class { name: "regular".into(), target: Span::secs(20) }];
}

pub(crate) fn callbacks(thresholds: &mut Thresholds) {
    thresholds.callback = Some(CallbackTerms { over: Span(0), retry_after: Span::secs(30), tries_max: 1 });
}

pub(crate) fn caller(number: &str, class: &str) -> Caller {
    let profile = Profile { class: class.into(), ..Profile::default() };
    Caller { number: Some(Number(number.into())), trust: Trust::Trusted, token: None, profile: Some(Arc::new(profile)) }
}

pub(crate) fn offered(call: u64, caller: Caller) -> Input {
    Input::CallOffered { call: CallId(call), line: LineId(0), open: true, caller }
}

pub(crate) fn greeted(call: u64) -> Input {
    prompt_ended(call, 1)
}

pub(crate) fn prompt_ended(call: u64, play: u32) -> Input {
    Input::PromptEnded { call: CallId(call), play: PlayId(play) }
}

pub(crate) fn pressed(call: u64, digit: u8) -> Input {
    Input::DigitPressed { call: CallId(call), digit: Digit::Number(digit) }
}

pub(crate) const FIRST: AgentId = AgentId(0);
pub(crate) const SECOND: AgentId = AgentId(1);

pub(crate) fn phone(agent: AgentId) -> Input {
    Input::PhoneReached { agent }
}

pub(crate) fn offer(number: u64) -> cabrank_core::OfferId {
    cabrank_core::OfferId(number)
}

pub(crate) fn answered(number: u64) -> Input {
    Input::AgentAnswered { offer: offer(number) }
}

pub(crate) fn done(number: u64) -> Input {
    Input::AgentHungUp { offer: offer(number), how: LegEnd::HungUp }
}

/// The agent rung is rung for another call instead, in orders, decision and picture alike.
pub(crate) fn ring_for(shown: &mut Shown, instead: CallId) {
    for effect in &mut shown.effects {
        if let Effect::Ring { context, .. } = effect {
            context.call = instead;
        }
    }
    let mut rung = None;
    for agent in &mut shown.view.agents {
        if let AgentState::Offered { call, .. } = &mut agent.state {
            rung = Some(*call);
            *call = instead;
        }
    }
    for call in &mut shown.view.calls {
        if Some(call.call) == rung {
            call.stage = StageView::Waiting;
        } else if call.call == instead {
            call.stage = StageView::Offered;
        }
    }
    let candidate = shown.view.calls.iter().find(|call| call.call == instead).and_then(candidate);
    for decision in &mut shown.decisions {
        decision.chosen = candidate.unwrap_or(decision.chosen);
    }
}

pub(crate) fn candidate(call: &CallView) -> Option<Candidate> {
    Some(Candidate { call: call.call, queue: call.queue?, class: call.class?, since: call.since?, place: call.place? })
}

/// Another agent is rung instead of the one who was.
pub(crate) fn ring_agent(shown: &mut Shown, instead: AgentId) {
    let mut rung = None;
    for effect in &mut shown.effects {
        if let Effect::Ring { agent, .. } = effect {
            rung = Some(*agent);
            *agent = instead;
        }
    }
    let Some(rung) = rung else { return };
    let state = |view: &View, agent: AgentId| view.agents[agent.0 as usize].state.clone();
    let (ringing, free) = (state(&shown.view, rung), state(&shown.view, instead));
    shown.view.agents[rung.0 as usize].state = free;
    shown.view.agents[instead.0 as usize].state = ringing;
    shown.decisions.iter_mut().for_each(|decision| decision.agent = instead);
}

pub(crate) fn drop_effects(shown: &mut Shown, dropped: impl Fn(&Effect) -> bool) {
    shown.effects.retain(|effect| !dropped(effect));
}

pub(crate) fn record_of(shown: &mut Shown) -> &mut Record {
    let found = shown.effects.iter_mut().find_map(|effect| if let Effect::Write(record) = effect { Some(record) } else { None });
    found.expect("a record")
}
