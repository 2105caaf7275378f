//! The oracle must be able to fail: true steps pass, doctored ones are found out, each under its own rule.

use cabrank_core::{
    Agent, AgentId, AgentState, CallId, Caller, Closed, Declined, Desk, DispatchAnswer, Effect, Input, LegEnd, Limits, Line,
    LineId, Menu, Outbox, PlayId, Queue, QueueId, Record, Refusal, Say, Settings, SignIn, Skill, Span, StageView, Tick, View,
};
use cabrank_sim::{Breach, Oracle, Rule, Seen};

/// A desk and its oracle, some steps into a quiet day.
struct Bench {
    desk: Desk,
    oracle: Oracle,
    at: Tick,
}

/// One step not yet shown to the oracle, open to doctoring.
struct Shown {
    input: Input,
    effects: Vec<Effect>,
    refusals: Vec<Refusal>,
    view: View,
}

impl Bench {
    /// Two agents, one queue, a line without a menu; both phones are away.
    fn new() -> Bench {
        let settings = settings();
        let desk = Desk::new(settings.clone(), 1).expect("good settings");
        Bench { desk, oracle: Oracle::new(settings), at: Tick(0) }
    }

    /// So many callers in line, and nobody there to serve them.
    fn with_callers(count: u64) -> Bench {
        let mut bench = Bench::new();
        for call in (1..=count).map(CallId) {
            bench.goes_on(Input::CallOffered { call, line: LineId(0), open: true, caller: Caller::unknown() });
            bench.goes_on(Input::PromptEnded { call, play: PlayId(1) });
        }
        bench
    }

    fn take(&mut self, input: Input) -> Shown {
        self.at = self.at.plus(Span::secs(1));
        let mut out = Outbox::default();
        self.desk.handle(self.at, input.clone(), &mut out);
        Shown { input, effects: out.effects, refusals: out.refusals, view: self.desk.view() }
    }

    fn judge(&mut self, shown: &Shown) -> Result<(), Breach> {
        let Shown { input, effects, refusals, view } = shown;
        self.oracle.saw(Seen { at: self.at, input, effects, refusals, view })
    }

    /// A true step.
    fn goes_on(&mut self, input: Input) {
        let shown = self.take(input);
        self.judge(&shown).expect("a true step");
    }

    /// A step that is doctored before the oracle sees it, and must be found out.
    fn doctored(&mut self, input: Input, rule: Rule, doctor: impl FnOnce(&mut Shown)) {
        let mut shown = self.take(input);
        doctor(&mut shown);
        let found = self.judge(&shown).expect_err("a doctored step passed");
        assert_eq!(found.rule, rule, "{found}");
    }
}

fn settings() -> Settings {
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
            max_waiting: 10,
            max_wait: Span::secs(600),
            ring_for: Span::secs(15),
            wrap_up: Span::secs(0),
            comfort_every: Span::secs(60),
        }],
        agents: vec![agent("a"), agent("b")],
    }
}

const FIRST: AgentId = AgentId(0);
const SECOND: AgentId = AgentId(1);

fn phone(agent: AgentId) -> Input {
    Input::PhoneReached { agent }
}

fn offer(number: u64) -> cabrank_core::OfferId {
    cabrank_core::OfferId(number)
}

fn answered(number: u64) -> Input {
    Input::AgentAnswered { offer: offer(number) }
}

fn done(number: u64) -> Input {
    Input::AgentHungUp { offer: offer(number), how: LegEnd::HungUp }
}

/// The agent rung is rung for another call instead.
fn ring_for(shown: &mut Shown, instead: CallId) {
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
}

/// Another agent is rung instead of the one who was.
fn ring_agent(shown: &mut Shown, instead: AgentId) {
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
}

fn drop_effects(shown: &mut Shown, dropped: impl Fn(&Effect) -> bool) {
    shown.effects.retain(|effect| !dropped(effect));
}

fn record_of(shown: &mut Shown) -> &mut Record {
    let found = shown.effects.iter_mut().find_map(|effect| if let Effect::Write(record) = effect { Some(record) } else { None });
    found.expect("a record")
}

#[test]
fn last_come_first_served_is_found_out() {
    Bench::with_callers(3).doctored(phone(FIRST), Rule::FirstComeFirstServed, |shown| ring_for(shown, CallId(3)));
}

#[test]
fn an_agent_spared_is_found_out() {
    let mut bench = Bench::new();
    bench.goes_on(phone(FIRST));
    bench.goes_on(phone(SECOND));
    bench.goes_on(Input::CallOffered { call: CallId(1), line: LineId(0), open: true, caller: Caller::unknown() });
    let joins = Input::PromptEnded { call: CallId(1), play: PlayId(1) };
    bench.doctored(joins, Rule::BestAgent, |shown| ring_agent(shown, SECOND));
}

#[test]
fn idleness_while_somebody_waits_is_found_out() {
    Bench::with_callers(1).doctored(phone(FIRST), Rule::NobodyIdles, |shown| {
        drop_effects(shown, |effect| matches!(effect, Effect::Ring { .. }));
        shown.view.agents[0].state = AgentState::Idle;
        shown.view.calls[0].stage = StageView::Waiting;
    });
}

#[test]
fn two_agents_for_one_caller_are_found_out() {
    let mut bench = Bench::with_callers(2);
    bench.goes_on(phone(FIRST));
    bench.doctored(phone(SECOND), Rule::OneAtATime, |shown| ring_for(shown, CallId(1)));
}

#[test]
fn two_calls_for_one_agent_are_found_out() {
    let mut bench = Bench::with_callers(2);
    bench.goes_on(phone(FIRST));
    bench.doctored(phone(SECOND), Rule::OneAtATime, |shown| ring_agent(shown, FIRST));
}

#[test]
fn ringing_twice_in_a_row_is_found_out() {
    let mut bench = Bench::with_callers(2);
    bench.goes_on(phone(FIRST));
    bench.goes_on(Input::AgentDeclined { offer: offer(1), how: Declined::Busy });
    let ready = Input::AgentAsked { agent: FIRST, wish: cabrank_core::Wish::Ready, by: "a".into() };
    bench.doctored(ready, Rule::NotTwiceInARow, |shown| ring_for(shown, CallId(1)));
}

#[test]
fn a_lost_place_is_found_out() {
    let mut bench = Bench::with_callers(2);
    bench.goes_on(phone(FIRST));
    let declined = Input::AgentDeclined { offer: offer(1), how: Declined::Busy };
    bench.doctored(declined, Rule::PlaceKept, |shown| shown.view.calls[0].place = Some(99));
}

#[test]
fn a_missing_a_second_and_a_false_record_are_found_out() {
    let talk = || {
        let mut bench = Bench::with_callers(1);
        bench.goes_on(phone(FIRST));
        bench.goes_on(answered(1));
        bench
    };
    talk().goes_on(done(1));
    talk().doctored(done(1), Rule::PictureIsTrue, |shown| drop_effects(shown, |effect| matches!(effect, Effect::Write(_))));
    talk().doctored(done(1), Rule::OneRecord, |shown| shown.effects.extend(shown.effects.clone().pop()));
    talk().doctored(done(1), Rule::RecordIsTrue, |shown| record_of(shown).agent = Some(SECOND));
    talk().doctored(done(1), Rule::RecordIsTrue, |shown| record_of(shown).offers += 1);
    talk().doctored(done(1), Rule::RecordIsTrue, |shown| record_of(shown).ended_at = Tick(1));
    talk().doctored(done(1), Rule::OneRecord, |shown| drop_effects(shown, |effect| matches!(effect, Effect::HangUp { .. })));
}

#[test]
fn words_to_somebody_who_is_gone_are_found_out() {
    let mut bench = Bench::with_callers(1);
    let gone = Input::CallerHungUp { call: CallId(1), how: cabrank_core::CallerGone::HungUp };
    bench.doctored(gone, Rule::OrdersFit, |shown| {
        shown.effects.push(Effect::Say { call: CallId(1), play: PlayId(90), what: Say::Goodbye });
    });
}

#[test]
fn a_promise_nobody_accepted_is_found_out() {
    let mut bench = Bench::with_callers(1);
    bench.doctored(Input::Woke, Rule::SentIsTrue, |shown| {
        let what = Say::Sent { eta: Span::secs(420) };
        shown.effects.push(Effect::Say { call: CallId(1), play: PlayId(90), what });
    });
}

#[test]
fn a_refusal_with_consequences_is_found_out() {
    let mut bench = Bench::with_callers(1);
    let answer = DispatchAnswer::Refused { reason: "".into() };
    bench.doctored(Input::DispatchAnswered { call: CallId(1), answer }, Rule::RefusedIsNothing, |shown| {
        shown.effects.push(Effect::Music { call: CallId(1), play: PlayId(90) });
    });
}

#[test]
fn a_ringing_that_never_ends_is_found_out() {
    let mut bench = Bench::with_callers(1);
    bench.goes_on(phone(FIRST));
    let gone = Input::CallerHungUp { call: CallId(1), how: cabrank_core::CallerGone::HungUp };
    bench.doctored(gone, Rule::PictureIsTrue, |shown| {
        drop_effects(shown, |effect| matches!(effect, Effect::StopRinging { .. }));
    });
}

#[test]
fn a_caller_forgotten_at_the_end_is_found_out() {
    let bench = Bench::with_callers(1);
    let found = bench.oracle.saw_the_end(&bench.desk.view()).expect_err("a caller still waits");
    assert_eq!(found.rule, Rule::OneRecord);
}
