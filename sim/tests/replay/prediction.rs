//! What a change would have made of the day is what the true world makes of it.

use crate::hindcast::{hindcast, live, read};
use crate::kept::keep;
use crate::truth::{world, world_with};
use cabrank_core::{Order, Settings, Span, Thresholds};
use cabrank_sim::figures::Figures;
use cabrank_sim::replay::{Policy, Prediction};
use cabrank_sim::scenario::{Scenario, Set, amended};
use cabrank_sim::simulate::{Unseen, simulate};
use cabrank_sim::statistics::Interval;
use std::convert::Infallible;

const DAYS: u64 = 10;
const REPLICATIONS: u32 = 12;

/// How predicted and true differences compare over days: their means, and their deviations as an interval at 99.9 %.
struct Held {
    predicted: f64,
    truth: f64,
    deviation: Interval,
    /// Days on which the true difference lies within the interval of a day.
    within: u32,
}

fn figures(scenario: &Scenario, seed: u64) -> Figures {
    simulate(scenario, seed, &mut Unseen).expect("the desk takes the settings").figures(scenario)
}

/// Predicts a change of the thresholds from journals of the true world, and lets the true world live through the same days.
fn hold(path: &[&str], change: impl Fn(&mut Thresholds)) -> Held {
    let (mut predicted, mut truth, mut within) = (Vec::new(), Vec::new(), 0);
    for seed in 101..101 + DAYS {
        let stage = read(keep(&world(), seed).data.path());
        let unchanged = Policy::as_it_was(stage.day());
        let changed = unchanged.with(|settings| Ok::<_, Infallible>(with(settings, &change))).expect("nothing is refused");
        let lived = [&unchanged, &changed].map(|policy| live(&stage, policy, REPLICATIONS));
        let prediction = Prediction::of(&hindcast(&stage, REPLICATIONS), &lived[0], &lived[1]);
        let of_path = prediction.figures.iter().find(|predicted| predicted.path.is(path)).expect("the figure");
        let real = |scenario: &Scenario| figures(scenario, seed).value(path).expect("the figure");
        let difference = real(&world_with(&change)) - real(&world());
        let (low, high) = of_path.day95.expect("more than one replication");
        within += u32::from(low <= difference && difference <= high);
        eprintln!(
            "seed {seed}: {path:?}: predicted {:.4}, {low:.4} to {high:.4}; true {difference:.4}",
            of_path.difference.difference.value
        );
        predicted.push(of_path.difference.difference.value);
        truth.push(difference);
    }
    let deviations: Vec<f64> = predicted.iter().zip(&truth).map(|(predicted, truth)| predicted - truth).collect();
    let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
    Held { predicted: mean(&predicted), truth: mean(&truth), deviation: Interval::of(&deviations, 0.999), within }
}

fn with(settings: &Settings, change: impl Fn(&mut Thresholds)) -> Settings {
    let mut settings = settings.clone();
    settings.queues.iter_mut().for_each(|queue| change(&mut queue.thresholds));
    settings
}

fn assert_close(held: &Held, share: f64) {
    let Held { predicted, truth, deviation, within } = held;
    assert!(deviation.covers(0.0), "predicted {predicted:.4}, true {truth:.4} on the average: {deviation} off");
    assert!((predicted / truth - 1.0).abs() < share, "predicted {predicted:.4}, true {truth:.4} on the average");
    assert!(*within >= DAYS as u32 * 7 / 10, "only {within} of {DAYS} true differences lie where nineteen of twenty days should");
}

#[test]
fn a_shorter_wrap_up_shortens_waits_by_as_much_as_in_truth() {
    let held = hold(&["queues", "booking", "wait_s", "mean"], |thresholds| thresholds.wrap_up = Span::secs(5));
    assert!(held.truth < -2.0, "the change does too little to tell: {}", held.truth);
    assert_close(&held, 0.15);
}

#[test]
fn a_longer_wrap_up_lengthens_waits_beyond_what_was_ever_seen_and_more_hang_up() {
    let longer = |thresholds: &mut Thresholds| thresholds.wrap_up = Span::secs(45);
    assert_close(&hold(&["queues", "booking", "wait_s", "mean"], longer), 0.15);
    assert_close(&hold(&["queues", "booking", "abandonment"], longer), 0.15);
}

#[test]
fn a_shorter_target_serves_visitors_sooner_by_as_much_as_in_truth() {
    let sooner = |thresholds: &mut Thresholds| thresholds.classes[1].target = Span::secs(10);
    assert_close(&hold(&["queues", "booking", "classes", "visitor", "wait_s", "mean"], sooner), 0.25);
}

#[test]
fn another_order_of_service_is_predicted_by_its_own_words() {
    let kept = keep(&world(), 7);
    let stage = read(kept.data.path());
    let strict: Vec<Set> = Set::parse_many("queue.booking.order=strict-priority").expect("an assignment");
    let policy = Policy::as_it_was(stage.day()).with(|settings| amended(settings, &strict)).expect("a policy");
    assert_eq!(policy.settings.queues[0].thresholds.order, Order::StrictPriority);
    let lived = [&Policy::as_it_was(stage.day()), &policy].map(|policy| live(&stage, policy, REPLICATIONS));
    let prediction = Prediction::of(&hindcast(&stage, REPLICATIONS), &lived[0], &lived[1]);
    let wait = |class: &str| {
        let path = ["queues", "booking", "classes", class, "wait_s", "mean"];
        prediction.figures.iter().find(|predicted| predicted.path.is(&path)).expect("the figure").difference
    };
    assert!(wait("regular").difference.value < 0.0 && wait("regular").is_clear(), "{:?}", wait("regular"));
    assert!(wait("visitor").difference.value > 0.0 && wait("visitor").is_clear(), "{:?}", wait("visitor"));
}

#[test]
fn what_is_no_threshold_cannot_be_set() {
    let stage = read(keep(&world(), 7).data.path());
    for set in ["duration=2h", "queue.booking.order=lifo", "queue.taxi.target=5s", "queue.booking.target=-1s"] {
        let sets = Set::parse_many(set).expect("an assignment");
        let refused = Policy::as_it_was(stage.day()).with(|settings| amended(settings, &sets));
        assert!(refused.is_err(), "{set} was taken");
    }
}
