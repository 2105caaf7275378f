//! A taxi desk with two agents, driven by hand.
#![allow(dead_code, reason = "each test file uses its part")]

use cabrank_core::*;
use std::sync::Arc;

pub(crate) const TAXI: LineId = LineId(0);
pub(crate) const BOOKING: QueueId = QueueId(0);
pub(crate) const ANNA: AgentId = AgentId(0);
pub(crate) const BEN: AgentId = AgentId(1);

/// A taxi desk with two agents, driven by hand.
pub(crate) struct Rig {
    pub(crate) desk: Desk,
    pub(crate) now: Tick,
    pub(crate) out: Outbox,
    calls: u64,
}

impl Rig {
    pub(crate) fn new() -> Rig {
        Rig::of(settings())
    }

    pub(crate) fn of(settings: Settings) -> Rig {
        Rig { desk: Desk::new(settings, 7).expect("the settings fit"), now: Tick(0), out: Outbox::default(), calls: 0 }
    }

    pub(crate) fn with_agents(agents: &[AgentId]) -> Rig {
        let mut rig = Rig::new();
        for agent in agents {
            rig.tell(Input::PhoneReached { agent: *agent });
        }
        rig
    }

    pub(crate) fn tell(&mut self, input: Input) -> Vec<Effect> {
        self.out.clear();
        self.desk.handle(self.now, input, &mut self.out);
        assert_eq!(self.out.refusals, [], "this input belongs here");
        std::mem::take(&mut self.out.effects)
    }

    pub(crate) fn refused(&mut self, input: Input) -> Refusal {
        self.out.clear();
        self.desk.handle(self.now, input, &mut self.out);
        assert_eq!(self.out.effects, []);
        self.out.refusals[0]
    }

    pub(crate) fn after(&mut self, span: Span) -> Vec<Effect> {
        self.now = self.now.plus(span);
        self.tell(Input::Woke)
    }

    pub(crate) fn arrive(&mut self, caller: Caller) -> (CallId, Vec<Effect>) {
        self.calls += 1;
        let call = CallId(self.calls);
        (call, self.tell(Input::CallOffered { call, line: TAXI, open: true, caller }))
    }

    pub(crate) fn press(&mut self, call: CallId, key: u8) -> Vec<Effect> {
        self.tell(Input::DigitPressed { call, digit: Digit::Number(key) })
    }

    pub(crate) fn waiting(&mut self) -> CallId {
        let (call, _) = self.arrive(Caller::unknown());
        self.press(call, 2);
        call
    }

    pub(crate) fn prompt_ended(&mut self, effects: &[Effect]) -> Vec<Effect> {
        let (call, play) = said(effects).map(|(call, play, _)| (call, play)).expect("something was said");
        self.tell(Input::PromptEnded { call, play })
    }

    pub(crate) fn agent(&self, agent: AgentId) -> AgentState {
        self.desk.view().agents[agent.0 as usize].state.clone()
    }
}

pub(crate) fn settings() -> Settings {
    let agent =
        |name: &str| Agent { name: name.into(), skills: vec![Skill { queue: BOOKING, level: 1 }], sign_in: SignIn::WithPhone };
    Settings {
        name: "taxi".into(),
        limits: Limits { calls_max: 20 },
        lines: vec![Line {
            number: "taxi".into(),
            closed: Closed::Message,
            menu: Menu {
                one: Some(Choice::Instant { service: ServiceId(0), otherwise: BOOKING, proof: Some(proof()) }),
                two: Some(Choice::Queue(BOOKING)),
            },
            human: BOOKING,
            silence: Span::secs(5),
        }],
        services: vec![Service { name: "taxi-now".into(), timeout: Span::secs(2), needs: vec!["pickup".into()] }],
        queues: vec![Queue {
            name: "booking".into(),
            thresholds: Thresholds { max_waiting: 3, max_wait: Span::secs(600), ..Thresholds::default() },
        }],
        agents: vec![agent("anna"), agent("ben")],
    }
}

pub(crate) fn proof() -> Proof {
    Proof { field: "pin".into(), within: Span::secs(20) }
}

pub(crate) fn regular() -> Caller {
    let profile = Profile { name: "Mei".into(), fields: vec![("pickup".into(), "1 Orchard Road".into())], ..Profile::default() };
    Caller { number: Some(Number("+6591234567".into())), trust: Trust::Trusted, token: None, profile: Some(Arc::new(profile)) }
}

pub(crate) fn said(effects: &[Effect]) -> Option<(CallId, PlayId, Say)> {
    effects.iter().rev().find_map(
        |effect| {
            if let Effect::Say { call, play, what } = effect { Some((*call, *play, *what)) } else { None }
        },
    )
}

pub(crate) fn words(effects: &[Effect]) -> Say {
    said(effects).expect("something was said").2
}

pub(crate) fn rung(effects: &[Effect]) -> Option<(OfferId, AgentId, &Context)> {
    effects.iter().find_map(|effect| {
        if let Effect::Ring { offer, agent, context } = effect { Some((*offer, *agent, context)) } else { None }
    })
}

pub(crate) fn record(effects: &[Effect]) -> &Record {
    effects
        .iter()
        .find_map(|effect| if let Effect::Write(record) = effect { Some(&**record) } else { None })
        .expect("a record is written")
}
