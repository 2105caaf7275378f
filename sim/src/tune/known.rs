//! Searches whose answer is known.

use super::*;
use crate::figures::{Figures, Path};
use crate::goal::{Goal, Measured};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

/// A made-up world: two figures as functions of the point, with noise that all points share and noise of their own.
struct World<F> {
    goal: Goal,
    truth: F,
    shared: f64,
    own: f64,
    seed: u64,
}

impl<F: Fn(&[u64]) -> (f64, f64)> World<F> {
    fn new(goal: &str, seed: u64, truth: F) -> World<F> {
        World { goal: goal.parse().unwrap(), truth, shared: 0.05, own: 0.01, seed }
    }

    fn tuned(mut self, keys: &[&str], plan: Plan) -> (Tuned, Space, Goal) {
        let space = Space(keys.iter().map(|key| key.parse().unwrap()).collect());
        let goal = self.goal.clone();
        (search(&space, &goal, plan, &mut self), space, goal)
    }

    fn day(&self, point: &Point, replication: u32) -> Measured {
        let noise = |salt: u64, scale: f64| {
            let mut lot = Pcg64::seed_from_u64(self.seed ^ (u64::from(replication) << 32) ^ salt);
            (lot.random::<f64>() + lot.random::<f64>() - 1.0) * scale
        };
        let own = noise(point.0.iter().fold(1, |salt, number| salt * 1_000_003 + number), self.own);
        let (cost, level) = (self.truth)(&point.0);
        let figure = |name: &str, value| (Path(vec![name.to_owned()]), value);
        self.goal.measure(&Figures(vec![figure("cost", cost), figure("level", level + own + noise(0, self.shared))]))
    }
}

impl<F: Fn(&[u64]) -> (f64, f64)> Trials for World<F> {
    fn run(&mut self, asked: &[Asked]) -> Option<Vec<Answer>> {
        let answer = |asked: &Asked| Ok(asked.replications.clone().map(|n| self.day(&asked.point, n)).collect());
        Some(asked.iter().map(answer).collect())
    }
}

const PLAN: Plan = Plan { seed: 1, budget: 1_000, each: 20 };

#[test]
fn the_least_that_keeps_the_limit_is_found() {
    for seed in 0..50 {
        // Level 0.8 is reached at 12.5.
        let truth = |point: &[u64]| (point[0] as f64 + 1.0, 1.0 - (-(point[0] as f64 + 1.0) / 7.77).exp());
        let (tuned, space, goal) = World::new("min cost subject to level >= 0.8", seed, truth).tuned(&["n=1..60"], PLAN);
        let best = tuned.best(&goal).unwrap_or_else(|| panic!("seed {seed}: nothing found"));
        assert_eq!(space.shown(&best.point), "n=13", "seed {seed}");
        assert!(tuned.spent <= PLAN.budget, "seed {seed}: {} spent", tuned.spent);
        assert!(tuned.saved(PLAN.each) > 600, "seed {seed}: {} saved", tuned.saved(PLAN.each));
    }
}

#[test]
fn a_great_space_is_searched_along_the_edge_of_the_limit() {
    for seed in 0..20 {
        // The least cost at level 0 is 2 √(2 · 3 · 40,000) = 979.8, at (245, 163).
        let truth = |point: &[u64]| {
            let (x, y) = (point[0] as f64 + 1.0, point[1] as f64 + 1.0);
            (2.0 * x + 3.0 * y, 1.0 - 40_000.0 / (x * y))
        };
        let plan = Plan { budget: 4_000, seed, ..PLAN };
        let (tuned, space, goal) =
            World::new("min cost subject to level >= 0", seed, truth).tuned(&["x=1..1000", "y=1..1000"], plan);
        let best = tuned.best(&goal).unwrap_or_else(|| panic!("seed {seed}: nothing found"));
        let cost = truth(&best.point.0).0;
        assert!(
            cost < 1.06 * 979.8,
            "seed {seed}: cost {cost} at {} after {} {:?}",
            space.shown(&best.point),
            tuned.spent,
            tuned.end
        );
    }
}

#[test]
fn where_nothing_keeps_the_limit_that_is_said() {
    let truth = |point: &[u64]| (point[0] as f64, 0.5 + point[0] as f64 / 100.0);
    let (tuned, _, goal) = World::new("min cost subject to level >= 0.9", 1, truth).tuned(&["n=0..20"], PLAN);
    assert_eq!((tuned.best(&goal), tuned.confirmed.len()), (None, 0));
    assert!(tuned.candidates.iter().all(|one| one.fate == Fate::Infeasible));
    assert_eq!(tuned.front(&goal).last().unwrap().point, Point(vec![20]));
}

#[test]
fn words_and_numbers_go_together() {
    for seed in 0..20 {
        let truth = |point: &[u64]| (0.0, point[0] as f64 / 10.0 - (point[1] as f64 - 700.0).abs() / 1000.0);
        let (tuned, space, goal) = World::new("max level", seed, truth).tuned(&["order=a|b|c", "n=0..1000"], PLAN);
        let best = tuned.best(&goal).unwrap_or_else(|| panic!("seed {seed}: nothing found"));
        assert_eq!(best.point.0[0], 2, "seed {seed}: {}", space.shown(&best.point));
        assert!(best.point.0[1].abs_diff(700) < 60, "seed {seed}: {}", space.shown(&best.point));
    }
}

#[test]
fn the_best_is_seldom_dropped_by_mistake() {
    let mut lost = 0;
    for seed in 0..20 {
        // All alike but for noise of their own, and one that is a little better.
        let truth = |point: &[u64]| (0.0, if point[0] == 3 { 0.002 } else { 0.0 });
        let world = World { own: 0.05, ..World::new("max level", seed, truth) };
        let (tuned, _, _) = world.tuned(&["n=0..7"], PLAN);
        lost += usize::from(tuned.candidates[3].fate != Fate::Racing);
    }
    assert!(lost <= 16, "the best was dropped in {lost} of 200 searches");
}

#[test]
fn the_same_seed_finds_the_same() {
    let truth = |point: &[u64]| (point[0] as f64, (point[0] as f64).sqrt());
    let find = || World::new("max level subject to cost <= 400", 3, truth).tuned(&["n=0..100000"], PLAN).0;
    assert_eq!(find(), find());
}

/// Stops after so many questions.
struct Impatient<F>(World<F>, usize);

impl<F: Fn(&[u64]) -> (f64, f64)> Trials for Impatient<F> {
    fn run(&mut self, asked: &[Asked]) -> Option<Vec<Answer>> {
        self.1 = self.1.checked_sub(1)?;
        self.0.run(asked)
    }
}

#[test]
fn a_search_that_is_stopped_tells_what_it_has() {
    let world = World::new("max level", 3, |point: &[u64]| (0.0, point[0] as f64));
    let (space, goal) = (Space(vec!["n=0..9".parse().unwrap()]), world.goal.clone());
    let tuned = search(&space, &goal, PLAN, &mut Impatient(world, 1));
    assert_eq!((tuned.end, tuned.candidates.len(), tuned.spent), (End::Interrupted, 10, 60));
    assert_eq!(tuned.front(&goal).len(), 1);
}

#[test]
fn whoever_has_lived_through_cheap_days_is_not_taken_for_cheap() {
    let goal: Goal = "min cost".parse().unwrap();
    let day = |cost: f64| Measured { objective: Some(cost), slacks: Vec::new() };
    let lived = |days: &[f64], factor: f64| Candidate {
        point: Point(vec![0]),
        measured: days.iter().map(|cost| day(cost * factor)).collect(),
        fate: Fate::Racing,
    };
    // The first six days are cheap; over all twenty a day costs 10 on the mean.
    let days: Vec<f64> = (0..20).map(|n| if n < 6 { 3.0 + f64::from(n) } else { (200.0 - 33.0) / 14.0 }).collect();
    let (all, few) = (lived(&days, 1.0), lived(&days[..6], 1.2));
    let candidates = [all, few];
    let field = Field::of(&candidates, &goal);
    let [full, brought] = candidates.each_ref().map(|one| field.objective(one).unwrap().value);
    assert!(candidates[1].objective() < candidates[0].objective(), "by its own days the dearer one looks cheaper");
    assert!((full - 10.0).abs() < 1e-9 && (brought - 12.0).abs() < 1e-9, "{full} and {brought}");
}
