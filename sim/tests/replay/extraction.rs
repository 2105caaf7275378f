//! What a journal tells of a day is what the day was.

use crate::hindcast::read;
use crate::kept::keep;
use crate::truth::{AGENTS, BOOKING, HOURS, PATIENCE_S, REGULAR, VISITOR, world};
use cabrank_core::{Span, Tick};
use cabrank_sim::chance::Law;
use cabrank_sim::replay::{AgentDay, Left, Policy, Stage};
use cabrank_sim::scenario::{Arrivals, Late, Phone, PlannedChange, Rate, Scenario, Window};
use cabrank_sim::simulate::Tally;

#[test]
fn everybody_who_stood_in_line_is_found_with_the_wait_and_the_end() {
    for seed in 1..=5 {
        let kept = keep(&world(), seed);
        let stage = read(kept.data.path());
        for class in [REGULAR, VISITOR] {
            let known = &kept.tally.queues[0].classes[usize::from(class.0)];
            let stands: Vec<_> = stage.day().stands.iter().filter(|stand| stand.class == class).collect();
            let count = |left| stands.iter().filter(|stand| stand.left == left).count() as u64;
            assert_eq!(stands.len() as u64, known.offered, "seed {seed}");
            assert_eq!(count(Left::Answered), known.answered, "seed {seed}");
            assert_eq!(count(Left::HungUp), known.abandoned, "seed {seed}");
            let waited: u128 = stands.iter().map(|stand| u128::from(stand.waited.0)).sum();
            assert_eq!(waited, known.waits.sum_us, "seed {seed}");
        }
        assert_eq!(stage.day().happened.unfinished, 0);
    }
}

#[test]
fn agents_were_there_and_talked_for_as_long_as_they_did() {
    for seed in 1..=5 {
        let kept = keep(&world(), seed);
        let stage = read(kept.data.path());
        for (n, known) in kept.tally.agents.iter().enumerate() {
            let talks = stage.day().stands.iter().filter_map(|stand| stand.talk).filter(|talk| talk.agent.0 as usize == n);
            // The books count no talk after the last caller came.
            let talked: u64 = talks.map(|talk| talk.lasted.0).sum();
            assert!(talked.abs_diff(known.talk_us) <= Span::secs(1_800).0, "seed {seed}, agent {n}: {talked} of {known:?}");
            let (there, known_s) = (on_duty_s(&stage.day().agents[n]), known.present_us / 1_000_000);
            // Whoever goes home in a talk is there until the talk is over.
            let longer = if n == LEAVES_EARLY { 900 } else { 2 };
            assert!(
                there <= known_s + 2 && known_s <= there + longer,
                "seed {seed}, agent {n}: there for {there} s, not {known_s}"
            );
            // Who came too late for the break had none.
            assert!(stage.day().agents[n].breaks.len() <= 1, "seed {seed}, agent {n}");
        }
    }
}

/// Goes home before the end.
const LEAVES_EARLY: usize = 5;

/// So long an agent was on duty while callers came, breaks not included.
fn on_duty_s(day: &AgentDay) -> u64 {
    let open = Window { from: Tick(0), until: Tick(Span::secs(HOURS * 3_600).0) };
    let present: u64 = day.present.iter().map(|window| open.overlap(window.from, window.until).0).sum();
    let breaks: u64 = day.breaks.iter().map(|pause| pause.lasts.0).sum();
    (present - breaks) / 1_000_000
}

/// Ten times as long, without rush hours: enough to see a law.
fn long_world() -> Scenario {
    let hours = 10 * HOURS;
    let mut world = world();
    world.duration = Span::secs(hours * 3_600);
    for (callers, per_hour) in world.callers.iter_mut().zip([130.0, 110.0]) {
        callers.arrivals = Arrivals::Random(vec![Rate { per_hour, lasts: Span(0) }]);
    }
    for roster in &mut world.agents {
        roster.present = vec![Window { from: Tick(0), until: Tick(world.duration.0) }];
        roster.late = None::<Late>;
    }
    world
}

fn long_day(seed: u64) -> (Tally, Stage) {
    let kept = keep(&long_world(), seed);
    let stage = read(kept.data.path());
    (kept.tally, stage)
}

#[test]
fn patience_is_found_again_though_most_callers_were_answered_first() {
    let (tally, stage) = long_day(3);
    for class in [REGULAR, VISITOR] {
        let known = &tally.queues[0].classes[usize::from(class.0)];
        assert!(known.abandoned * 2 < known.offered, "most hung up: nothing is censored");
        let (curve, mean) = (stage.patience(BOOKING, class), PATIENCE_S[usize::from(class.0)] as f64);
        for s in [5, 10, 20, 30, 45, 60] {
            let (found, truth) = (curve.curve().survival(Span::secs(s)), (-(s as f64) / mean).exp());
            assert!((found - truth).abs() < 0.035, "{class:?}: {found:.3} outlast {s} s, and {truth:.3} in truth");
        }
        // What lies beyond all that was seen follows the mean rate.
        let beyond: Vec<f64> = (0..1_000)
            .filter_map(|n| curve.beyond(Span::secs(60), f64::from(n) / 1_000.0 + 0.0005))
            .map(|span| span.0 as f64 / 1e6 - 60.0)
            .collect();
        let further = beyond.iter().sum::<f64>() / beyond.len() as f64;
        assert!(
            beyond.len() == 1_000 && (further / mean - 1.0).abs() < 0.25,
            "{class:?}: {further:.0} s more after a minute, not {mean}"
        );
    }
}

#[test]
fn agents_speeds_are_found_again() {
    let (_, stage) = long_day(4);
    let truth: Vec<f64> = long_world().agents.iter().map(|roster| roster.speed).collect();
    let usual = |of: &[f64]| (of.iter().map(|speed| speed.ln()).sum::<f64>() / of.len() as f64).exp();
    let (found, found_usual, true_usual) = (stage.speeds(), usual(stage.speeds()), usual(&truth));
    for (n, (found, truth)) in found.iter().zip(&truth).enumerate() {
        let ratio = (found / found_usual) / (truth / true_usual);
        assert!((ratio - 1.0).abs() < 0.12, "agent {n}: {found:.3} for {truth}");
    }
}

#[test]
fn agents_who_are_alike_come_out_alike() {
    let mut world = long_world();
    world.agents.iter_mut().for_each(|roster| roster.speed = 1.0);
    let stage = read(keep(&world, 5).data.path());
    assert_eq!(stage.speeds().len(), AGENTS as usize);
    for speed in stage.speeds() {
        assert!((speed - 1.0).abs() < 0.06, "{:?}", stage.speeds());
    }
}

#[test]
fn ringings_are_found_as_they_went() {
    let (_, stage) = long_day(6);
    let scenario = stage.scenario(1, &Policy::as_it_was(stage.day()));
    let mean = |of: fn(&Phone) -> f64| {
        scenario.agents.iter().map(|roster| of(&roster.phone)).sum::<f64>() / scenario.agents.len() as f64
    };
    let (unanswered, declined, after_s) =
        (mean(|phone| phone.unanswered), mean(|phone| phone.declined), mean(|phone| phone.picks_up_after.mean_s()));
    assert!((unanswered - 0.03).abs() < 0.005, "{unanswered} ring out");
    assert!((declined - 0.01).abs() < 0.003, "{declined} are declined");
    assert!((after_s - 4.0).abs() < 0.06, "picked up after {after_s} s");
}

#[test]
fn a_change_of_thresholds_is_made_again_at_its_moment() {
    let mut world = world();
    let mut tuned = world.settings.queues[0].thresholds.clone();
    tuned.wrap_up = Span::secs(3);
    let at = Tick(Span::secs(3 * 3_600).0);
    world.changes = vec![PlannedChange { at, queues: vec![(BOOKING, tuned)] }];
    let stage = read(keep(&world, 8).data.path());
    assert_eq!(stage.day().changes, world.changes);
    let hindcast = crate::hindcast::hindcast(&stage, 12);
    assert!(hindcast.off(Default::default()).is_empty(), "{hindcast:#?}");
}

/// The law by which agents pick up is the agents' own.
#[test]
fn a_stage_is_built_of_what_was_seen() {
    let stage = read(keep(&world(), 9).data.path());
    let scenario = stage.scenario(1, &Policy::as_it_was(stage.day()));
    assert_eq!(scenario.begins.to_string(), "2026-11-21T06:00:00");
    assert!(scenario.agents.iter().all(|roster| matches!(roster.phone.picks_up_after, Law::Empirical(_))));
}
