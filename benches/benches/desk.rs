//! What does a desk take to handle one input, kind by kind, with a hundred calls in line and a hundred agents on duty?

use cabrank_core::*;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

const LINE: LineId = LineId(0);
const QUEUE: QueueId = QueueId(0);
const AGENTS: u32 = 100;
const BUSY_CALLS: u64 = 100;

/// A desk whose agents all talk while as many callers stand in line.
struct Busy {
    desk: Desk,
    out: Outbox,
    now: Tick,
    calls: u64,
    offers: Vec<OfferId>,
}

impl Busy {
    fn new() -> Busy {
        let desk = Desk::new(settings(), 1).expect("the settings fit");
        let mut busy = Busy { desk, out: Outbox::default(), now: Tick(0), calls: 0, offers: Vec::new() };
        for agent in 0..AGENTS {
            busy.tell(Input::PhoneReached { agent: AgentId(agent) });
            busy.join();
            let offer = busy.rung();
            busy.tell(Input::AgentAnswered { offer });
            busy.offers.push(offer);
        }
        for _ in 0..BUSY_CALLS {
            busy.join();
        }
        busy
    }

    /// The same with one agent free.
    fn with_one_free() -> Busy {
        let mut busy = Busy::new();
        for _ in 0..BUSY_CALLS {
            let call = CallId(busy.calls);
            busy.tell(Input::CallerHungUp { call, how: CallerGone::HungUp });
            busy.calls -= 1;
        }
        let offer = busy.offers[0];
        busy.tell(Input::AgentHungUp { offer, how: LegEnd::HungUp });
        busy
    }

    fn tell(&mut self, input: Input) {
        self.now = self.now.plus(Span(100));
        self.out.clear();
        self.desk.handle(self.now, input, &mut self.out);
    }

    fn arrive(&mut self) -> CallId {
        self.calls += 1;
        let call = CallId(self.calls);
        self.tell(offered(call));
        call
    }

    fn join(&mut self) -> CallId {
        let call = self.arrive();
        self.tell(pressed(call, 2));
        call
    }

    fn rung(&self) -> OfferId {
        let ring =
            self.out.effects.iter().find_map(|effect| if let Effect::Ring { offer, .. } = effect { Some(*offer) } else { None });
        ring.expect("an agent is rung")
    }
}

fn settings() -> Settings {
    Settings {
        name: "bench".into(),
        limits: Limits { calls_max: 100_000 },
        lines: vec![Line {
            number: "taxi".into(),
            closed: Closed::Message,
            menu: Menu {
                one: Some(Choice::Instant { service: ServiceId(0), otherwise: QUEUE }),
                two: Some(Choice::Queue(QUEUE)),
            },
            human: QUEUE,
            silence: Span::secs(5),
        }],
        services: vec![Service { name: "taxi-now".into(), timeout: Span::secs(2), needs: vec!["pickup".into()] }],
        queues: vec![Queue {
            name: "booking".into(),
            thresholds: Thresholds { max_waiting: 50_000, wrap_up: Span(0), ..Thresholds::default() },
        }],
        agents: (0..AGENTS)
            .map(|n| Agent {
                name: format!("a{n}").into(),
                skills: vec![Skill { queue: QUEUE, level: 1 }],
                sign_in: SignIn::WithPhone,
            })
            .collect(),
    }
}

fn caller() -> Caller {
    let profile = Profile { name: "Mei".into(), fields: vec![("pickup".into(), "1 Orchard Road".into())], ..Profile::default() };
    Caller {
        number: Some(Number("+6591234567".into())),
        trust: Trust::Trusted,
        token: None,
        profile: Some(std::sync::Arc::new(profile)),
    }
}

fn offered(call: CallId) -> Input {
    Input::CallOffered { call, line: LINE, open: true, caller: caller() }
}

fn pressed(call: CallId, key: u8) -> Input {
    Input::DigitPressed { call, digit: Digit::Number(key) }
}

/// Times one input on a desk prepared for it.
fn bench(c: &mut Criterion, name: &str, prepare: impl Fn() -> (Busy, Input)) {
    c.bench_function(name, |b| {
        b.iter_batched(
            &prepare,
            |(mut busy, input)| {
                busy.tell(black_box(input));
                busy
            },
            BatchSize::LargeInput,
        );
    });
}

fn kinds(c: &mut Criterion) {
    bench(c, "call offered", || {
        let mut busy = Busy::new();
        busy.calls += 1;
        let call = CallId(busy.calls);
        (busy, offered(call))
    });
    bench(c, "2 pressed, all agents busy", || {
        let mut busy = Busy::new();
        let call = busy.arrive();
        (busy, pressed(call, 2))
    });
    bench(c, "2 pressed, an agent idle", || {
        let mut busy = Busy::with_one_free();
        busy.calls += BUSY_CALLS;
        let call = busy.arrive();
        (busy, pressed(call, 2))
    });
    bench(c, "1 pressed, dispatch", || {
        let mut busy = Busy::new();
        let call = busy.arrive();
        (busy, pressed(call, 1))
    });
    bench(c, "dispatch answered", || {
        let mut busy = Busy::new();
        let call = busy.arrive();
        busy.tell(pressed(call, 1));
        let answer = DispatchAnswer::Accepted { eta: Span::secs(420), reference: "cab 7".into() };
        (busy, Input::DispatchAnswered { call, answer })
    });
    bench(c, "agent hung up, the next caller is rung", || {
        let busy = Busy::new();
        let offer = busy.offers[0];
        (busy, Input::AgentHungUp { offer, how: LegEnd::HungUp })
    });
    bench(c, "agent answered", || {
        let mut busy = Busy::new();
        let offer = busy.offers[0];
        busy.tell(Input::AgentHungUp { offer, how: LegEnd::HungUp });
        let offer = busy.rung();
        (busy, Input::AgentAnswered { offer })
    });
    bench(c, "agent declined, the caller is back in line", || {
        let mut busy = Busy::new();
        let offer = busy.offers[0];
        busy.tell(Input::AgentHungUp { offer, how: LegEnd::HungUp });
        let offer = busy.rung();
        (busy, Input::AgentDeclined { offer, how: Declined::Declined })
    });
    bench(c, "waiting caller hung up", || {
        let busy = Busy::new();
        let call = CallId(busy.calls);
        (busy, Input::CallerHungUp { call, how: CallerGone::HungUp })
    });
    bench(c, "prompt ended, music", || {
        let busy = Busy::new();
        let call = CallId(busy.calls);
        (busy, Input::PromptEnded { call, play: PlayId(2) })
    });
    bench(c, "woke with nothing due", || (Busy::new(), Input::Woke));
}

/// A whole call from the offer to the record, on one desk that stays busy.
fn whole_call(c: &mut Criterion) {
    let mut group = c.benchmark_group("whole call");
    group.throughput(Throughput::Elements(1));
    group.bench_function("menu, line, agent, record", |b| {
        let mut busy = Busy::new();
        let mut turn = 0;
        b.iter(|| {
            busy.join();
            let offer = busy.offers[turn];
            busy.tell(Input::AgentHungUp { offer, how: LegEnd::HungUp });
            let offer = busy.rung();
            busy.tell(Input::AgentAnswered { offer });
            busy.offers[turn] = offer;
            turn = (turn + 1) % busy.offers.len();
        });
    });
    group.finish();
}

criterion_group!(benches, kinds, whole_call);
criterion_main!(benches);
