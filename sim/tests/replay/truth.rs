//! The true world: two classes, patience that runs out, agents who come late, take breaks, differ in speed and miss ringings.

use cabrank_core::Permille;
use cabrank_core::{
    Agent, Class, ClassId, Closed, Limits as DeskLimits, Line, Menu, Order, Queue, QueueId, Quoting, Settings, SignIn, Skill,
    Span, Text, Thresholds, Tick,
};
use cabrank_sim::chance::Law;
use cabrank_sim::scenario::{
    Arrivals, Break, Callers, Entrance, Keys, Late, Limits, Origin, Phone, Rate, Roster, Scenario, Window,
};

pub(crate) const REGULAR: ClassId = ClassId(0);
pub(crate) const VISITOR: ClassId = ClassId(1);
pub(crate) const BOOKING: QueueId = QueueId(0);
pub(crate) const HOURS: u64 = 6;
pub(crate) const AGENTS: u32 = 12;
/// Mean patience by class, in seconds.
pub(crate) const PATIENCE_S: [u64; 2] = [150, 90];

/// A day in the true world at about full load: the lines grow around the second hour and shrink again.
pub(crate) fn world() -> Scenario {
    Scenario {
        name: "the true world".to_owned(),
        settings: settings(),
        begins: jiff_date(),
        open: vec![Vec::new()],
        seed: 1,
        warm_up: Span(0),
        duration: Span::secs(HOURS * 3_600),
        replications: 1,
        callers: vec![callers("regular", REGULAR, [70.0, 130.0, 100.0]), callers("visitor", VISITOR, [50.0, 110.0, 70.0])],
        agents: (0..AGENTS).map(roster).collect(),
        services: Vec::new(),
        prompt: Span::secs(2),
        changes: Vec::new(),
        trouble: None,
        limits: Limits::default(),
    }
}

/// The same with other thresholds.
pub(crate) fn world_with(change: impl Fn(&mut Thresholds)) -> Scenario {
    let mut world = world();
    world.settings.queues.iter_mut().for_each(|queue| change(&mut queue.thresholds));
    world
}

fn jiff_date() -> jiff::civil::DateTime {
    jiff::civil::date(2026, 11, 21).at(6, 0, 0, 0)
}

fn settings() -> Settings {
    let class = |name: &str, target_s| Class { name: name.into(), target: Span::secs(target_s) };
    let thresholds = Thresholds {
        order: Order::Proportional,
        classes: vec![class("regular", 20), class("visitor", 40)],
        default_class: VISITOR,
        quote: Some(Quoting { confidence: Permille(800) }),
        wrap_up: Span::secs(20),
        ring_for: Span::secs(15),
        ..Thresholds::default()
    };
    let agent = |n: u32| Agent {
        name: format!("a{n}").into(),
        skills: vec![Skill { queue: BOOKING, level: 1 }],
        sign_in: SignIn::OnRequest,
    };
    let line = Line {
        number: Text::from("taxi"),
        closed: Closed::Message,
        menu: Menu::default(),
        human: BOOKING,
        silence: Span::secs(5),
    };
    Settings {
        name: "truth".into(),
        limits: DeskLimits { calls_max: 5_000 },
        lines: vec![line],
        services: Vec::new(),
        queues: vec![Queue { name: "booking".into(), thresholds }],
        agents: (0..AGENTS).map(agent).collect(),
    }
}

fn callers(name: &str, class: ClassId, per_hour: [f64; 3]) -> Callers {
    let rate = |per_hour| Rate { per_hour, lasts: Span::secs(HOURS * 1_200) };
    Callers {
        name: name.into(),
        to: Entrance::Queue(BOOKING, class),
        arrivals: Arrivals::Random(per_hour.into_iter().map(rate).collect()),
        handle: Law::LogNormal { mean: Span::secs(180), sd: Span::secs(140) },
        patience: Some(Law::Exponential { mean: Span::secs(PATIENCE_S[usize::from(class.0)]) }),
        redial: None,
        origin: Origin { regulars: None, known: 0.0 },
        keys: Keys { one: 0.0, two: 0.0, other: 0.0, after: Law::Constant(Span::secs(1)) },
        callback: None,
        cut_off: 0.0,
    }
}

/// Two come an hour late to work and one leaves an hour before the end; all have a break at some time; half are quick.
fn roster(n: u32) -> Roster {
    let hour = |h: u64| Tick(Span::secs(h * 3_600).0);
    let (from, until) = (hour(u64::from(n < 2)), hour(HOURS - u64::from(n == 5)));
    let begins = Window { from: hour(1 + u64::from(n % 4)), until: hour(2 + u64::from(n % 4)) };
    Roster {
        group: "all".into(),
        present: vec![Window { from, until }],
        breaks: vec![Break { begins, lasts: Span::secs(900) }],
        late: Some(Late { chance: 0.3, by: Law::Exponential { mean: Span::secs(600) } }),
        speed: if n.is_multiple_of(2) { 1.25 } else { 0.85 },
        phone: Phone {
            picks_up_after: Law::Gamma { mean: Span::secs(4), sd: Span::secs(2) },
            unanswered: 0.03,
            declined: 0.01,
            dropped: 0.0,
        },
        cost_per_hour: 1.0,
    }
}
