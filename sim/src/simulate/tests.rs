//! The world around the desk, held against formulas, against itself and against the oracle.

use super::{Tally, Unseen, Watched, settings_of, simulate};
use crate::Draw;
use crate::chance::Law;
use crate::scenario::{
    Arrivals, Break, Callback, Callers, Entrance, Fulfilment, Keys, Late, Limits, Origin, Phone, Rate, Redial, Roster, Scenario,
    Trouble, Window,
};
use crate::study::{plain_agents, plain_desk, plain_queue};
use cabrank_core::{CallbackTerms, ClassId, Order, Permille, QueueId, Quoting, Skill, Span, Thresholds, Tick, Widening};

fn exponential(secs: u64) -> Law {
    Law::Exponential { mean: Span::secs(secs) }
}

fn callers(queue: u16, class: u8, per_hour: f64) -> Callers {
    Callers {
        name: format!("callers {queue}/{class}").into(),
        to: Entrance::Queue(QueueId(queue), ClassId(class)),
        arrivals: Arrivals::Random(vec![Rate { per_hour, lasts: Span(0) }]),
        handle: exponential(180),
        patience: None,
        redial: None,
        origin: Origin { regulars: None, known: 0.0 },
        keys: Keys { one: 0.0, two: 0.0, other: 0.0, after: Law::Constant(Span::secs(1)) },
        callback: None,
        cut_off: 0.0,
    }
}

fn roster(hours: u64) -> Roster {
    Roster {
        group: "all".into(),
        present: vec![Window { from: Tick(0), until: Tick(0).plus(Span::secs(hours * 3_600)) }],
        breaks: Vec::new(),
        late: None,
        speed: 1.0,
        phone: Phone { picks_up_after: Law::Constant(Span(0)), unanswered: 0.0, declined: 0.0, dropped: 0.0 },
        cost_per_hour: 1.0,
    }
}

fn scenario(queues: Vec<Thresholds>, agents: Vec<Vec<Skill>>, callers: Vec<Callers>, hours: u64) -> Scenario {
    Scenario {
        name: "plain".into(),
        agents: vec![roster(hours); agents.len()],
        settings: plain_desk(queues, agents),
        begins: jiff::civil::date(2026, 1, 5).at(0, 0, 0, 0),
        open: Vec::new(),
        seed: 1,
        warm_up: Span::secs(3_600),
        duration: Span::secs(hours * 3_600),
        replications: 1,
        callers,
        services: Vec::new(),
        prompt: Span::secs(2),
        changes: Vec::new(),
        trouble: None,
        limits: Limits::default(),
    }
}

fn run(scenario: &Scenario, seed: u64) -> Tally {
    simulate(scenario, seed, &mut Unseen).expect("the desk takes the settings")
}

/// Erlang C at ten agents and a load of nine: the mean wait is C / (cμ − λ) = 0.6687 / (10/180 − 9/180) = 120.4 s.
#[test]
fn a_plain_queue_waits_as_erlang_says() {
    let plain =
        scenario(vec![plain_queue(Order::Fifo, &[Span::secs(20)])], plain_agents(10, 1), vec![callers(0, 0, 180.0)], 4_000);
    let tally = run(&plain, 7);
    let class = &tally.queues[0].classes[0];
    let mean_s = class.waits.sum_us as f64 / 1e6 / class.offered as f64;
    assert!((mean_s / 120.4 - 1.0).abs() < 0.05, "{mean_s} s for 120.4 s");
    assert_eq!((class.answered, class.abandoned, tally.idle_in_vain_us), (class.offered, 0, 0));
    assert_eq!(tally.queues[0].in_line_us, tally.queues[0].waited_us, "Little's law");
    assert!(tally.fairness.skips.is_empty() && tally.fairness.unexplained == 0);
    let busy: u64 = tally.agents.iter().map(|agent| agent.talk_us).sum();
    let present: u64 = tally.agents.iter().map(|agent| agent.present_us).sum();
    assert!((busy as f64 / present as f64 - 0.9).abs() < 0.01);
}

/// A small desk with everything that callers and agents can do.
fn any_scenario(seed: u64) -> Scenario {
    let draw = &mut Draw::new(seed, 77);
    let order = *draw.one_of(Order::ALL).unwrap_or(&Order::Proportional);
    let queue = |draw: &mut Draw| Thresholds {
        quote: draw.chance(70).then_some(Quoting { confidence: Permille(800) }),
        wrap_up: draw.millis(0, 20_000),
        ring_for: Span::secs(15),
        max_waiting: if draw.chance(20) { 3 } else { 500 },
        max_wait: if draw.chance(30) { Span::secs(240) } else { Span::secs(3_600) },
        keep_place_for: Span::secs(300),
        preferred_agent_for: if draw.chance(40) { Span::secs(8) } else { Span(0) },
        reserve: u32::from(draw.chance(15)),
        widen: if draw.chance(40) { vec![Widening { after: Span::secs(20), level: 2 }] } else { Vec::new() },
        callback: draw.chance(40).then_some(CallbackTerms { over: Span::secs(60), retry_after: Span::secs(60), tries_max: 2 }),
        comfort_every: Span::secs(30),
        ..plain_queue(order, &[Span::secs(20), Span::secs(60)])
    };
    let queues = draw.between(1, 3) as u16;
    let thresholds = (0..queues).map(|_| queue(draw)).collect();
    let skill = |draw: &mut Draw, queue| Skill { queue: QueueId(queue), level: draw.between(1, 2) as u8 };
    let agents: Vec<Vec<Skill>> =
        (0..draw.between(2, 7)).map(|_| (0..queues).map(|queue| skill(draw, queue)).collect()).collect();
    let sources = (0..queues).flat_map(|queue| [(queue, 0), (queue, 1)]).map(|(queue, class)| any_callers(draw, queue, class));
    let sources = sources.collect();
    let mut scenario = scenario(thresholds, agents, sources, 3);
    scenario.warm_up = Span::secs(600);
    scenario.services = vec![Fulfilment {
        answers_after: exponential(1),
        eta: Law::Constant(Span::secs(300)),
        refused: 0.1,
        failed: 0.1,
        silent: 0.1,
    }];
    scenario.agents.iter_mut().for_each(|roster| any_day(draw, roster));
    scenario.trouble = draw.chance(50).then(|| Trouble {
        lost: 0.01,
        late: 0.02,
        late_by: exponential(3),
        doubled: 0.02,
        crash_every: draw.chance(50).then_some(Span::secs(3_000)),
    });
    scenario
}

fn any_callers(draw: &mut Draw, queue: u16, class: u8) -> Callers {
    Callers {
        patience: draw.chance(80).then(|| exponential(120)),
        redial: draw.chance(50).then(|| Redial { chance: 0.5, after: exponential(60) }),
        origin: Origin { regulars: draw.chance(50).then_some(20), known: 0.5 },
        callback: draw.chance(60).then(|| Callback { accepted: 0.5, reached: 0.7, picks_up_after: exponential(8) }),
        cut_off: if draw.chance(40) { 0.05 } else { 0.0 },
        handle: exponential(90),
        ..callers(queue, class, draw.between(20, 70) as f64)
    }
}

fn any_day(draw: &mut Draw, roster: &mut Roster) {
    let at = |secs| Tick(0).plus(Span::secs(secs));
    if draw.chance(30) {
        roster.present = vec![Window { from: at(0), until: at(4_000) }, Window { from: at(5_000), until: at(10_800) }];
    }
    if draw.chance(40) {
        roster.breaks = vec![Break { begins: Window { from: at(1_000), until: at(2_000) }, lasts: Span::secs(600) }];
    }
    roster.late = draw.chance(30).then(|| Late { chance: 0.5, by: exponential(300) });
    roster.speed = *draw.one_of(&[0.8, 1.0, 1.25]).unwrap_or(&1.0);
    if draw.chance(60) {
        roster.phone = Phone { picks_up_after: exponential(5), unanswered: 0.05, declined: 0.05, dropped: 0.02 };
    }
}

#[test]
fn no_day_breaks_a_rule_and_all_books_agree() {
    let days = std::env::var("CABRANK_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(40_u64);
    let (mut recoveries, mut callbacks, mut cut_off) = (0, 0, 0);
    for seed in 1..=days {
        let scenario = any_scenario(seed);
        let mut oracle = Watched::new(settings_of(&scenario));
        let tally = simulate(&scenario, seed, &mut oracle).expect("the desk takes the settings");
        assert!(
            oracle.breach().is_none(),
            "seed={seed} step={}: {}",
            oracle.steps(),
            oracle.breach().map_or(String::new(), ToString::to_string)
        );
        for queue in &tally.queues {
            // Of whom a fact is lost on the road the desk knows later than the caller.
            assert!(scenario.trouble.is_some() || queue.in_line_us == queue.waited_us, "seed={seed}: Little's law: {queue:?}");
            for class in &queue.classes {
                let ended = class.answered + class.abandoned + class.turned_away + class.cut_off + class.called_back;
                assert!(ended >= class.offered, "seed={seed}: every wait ends: {class:?}");
                callbacks += class.called_back;
                cut_off += class.cut_off;
            }
        }
        assert_eq!(tally.fairness.unexplained, 0, "seed={seed}: {:?}", tally.fairness);
        if scenario.trouble.is_none() {
            assert_eq!(tally.idle_in_vain_us, 0, "seed={seed}");
        }
        assert_eq!(tally.recoveries_differ, 0, "seed={seed}");
        recoveries += tally.recoveries;
        let unseen = run(&scenario, seed);
        assert_eq!((unseen.decisions_digest, unseen.desk_digest), (tally.decisions_digest, tally.desk_digest), "seed={seed}");
    }
    assert!(recoveries > 0 && callbacks > 0 && cut_off > 0, "{recoveries} recoveries, {callbacks} callbacks, {cut_off} cut off");
}
