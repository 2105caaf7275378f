//! What findings are marked with: what explains them, the day that makes them, how far off they may be.

use super::planted::of;
use super::world::{Plant, World, question};
use cabrank_analyze::{Concern, Explained, Feature, Finding, analyze};

const DRAWS: u32 = 192;

fn planted(concern: Concern, feature: Feature, value: &'static str) -> Plant {
    Plant { concern, feature, value, lift: 3.0, day: None, and: None }
}

fn findings(world: &World, concern: Concern, seed: u64) -> Vec<Finding> {
    let analysis = analyze(&world.cases(seed), &question(seed, DRAWS), &|_| ());
    of(&analysis, concern).to_vec()
}

fn is(finding: &Finding, plant: &Plant) -> bool {
    finding.feature == plant.feature && finding.value == plant.value
}

/// In the made-up desk the queue goes with the line, the class with both, and long waits with the rush hours.
#[test]
fn shadows_of_one_cause_are_marked() {
    let plant = planted(Concern::Repeats, Feature::Queue, "lost-property");
    let world = World { callers: 8_000, plants: vec![plant], ..World::default() };
    let (mut shadows, mut unmarked) = (0, Vec::new());
    for seed in 0..40 {
        let found = findings(&world, plant.concern, seed);
        let others = found.iter().filter(|finding| !is(finding, &plant));
        others.for_each(|finding| match finding.explained {
            Explained::No => unmarked.push((seed, finding.named())),
            Explained::By(_) | Explained::SameCallsAs(_) => shadows += 1,
        });
    }
    assert!(shadows >= 40, "only {shadows} shadows: they are not what is tried here");
    assert!(unmarked.len() <= 4, "{shadows} shadows are marked; not so {unmarked:?}");
}

#[test]
fn two_causes_both_stand() {
    let plants = vec![
        planted(Concern::Abandons, Feature::Hour, "18:00-19:00"),
        planted(Concern::Abandons, Feature::Why, "unknown caller"),
    ];
    let world = World { callers: 6_000, plants, ..World::default() };
    let mut entangled = Vec::new();
    let mut both_stand = |seed: &u64| {
        let found = findings(&world, Concern::Abandons, *seed);
        entangled.extend(found.iter().any(|one| one.above_all.is_some()).then_some(*seed));
        let stands = |plant: &Plant| found.iter().any(|one| is(one, plant) && one.explained == Explained::No);
        world.plants.iter().all(stands)
    };
    let missed: Vec<u64> = (0..40).filter(|seed| !both_stand(seed)).collect();
    assert!(missed.len() <= 2, "not both causes stand under the seeds {missed:?}");
    assert!(entangled.len() <= 4, "causes that act apart are told together under the seeds {entangled:?}");
}

#[test]
fn causes_that_act_together_are_told_together() {
    let line = (Feature::Line, "+6565521111");
    let waits = Plant { lift: 5.0, and: Some(line), ..planted(Concern::Repeats, Feature::Waited, "over 1 min") };
    let world = World { callers: 10_000, plants: vec![waits], ..World::default() };
    let told = |seed: &u64| {
        let found = findings(&world, Concern::Repeats, *seed);
        let is_pair = |one: &Finding| {
            let above = one.above_all.as_ref().map(|above| (above.feature, above.value.as_str()));
            is(one, &waits) && above == Some(line) || (one.feature, one.value.as_str()) == line && above.is_some()
        };
        found.first().is_some_and(is_pair)
    };
    let missed: Vec<u64> = (0..40).filter(|seed| !told(seed)).collect();
    assert!(missed.len() <= 2, "the two are not told together under the seeds {missed:?}");
}

#[test]
fn one_bad_evening_is_told_as_one_day() {
    let evening = Plant { lift: 12.0, day: Some(11), ..planted(Concern::Abandons, Feature::Weekday, "Friday") };
    let world = World { callers: 6_000, plants: vec![evening], ..World::default() };
    let (mut told, mut missed) = (0, Vec::new());
    for seed in 0..40 {
        let found = findings(&world, evening.concern, seed).into_iter().find(|one| is(one, &evening));
        let Some(found) = found else { continue };
        told += 1;
        missed.extend((found.one_day != Some(20_759 + 11)).then_some(seed));
    }
    assert!(told >= 30, "the evening is found under {told} of 40 seeds: it is not what is tried here");
    assert!(missed.len() <= 4, "the day is not told under the seeds {missed:?}");
}

#[test]
fn every_friday_is_more_than_one_day() {
    let fridays = planted(Concern::Abandons, Feature::Weekday, "Friday");
    let world = World { callers: 6_000, plants: vec![fridays], ..World::default() };
    let of_a_day = |seed: &u64| {
        let found = findings(&world, fridays.concern, *seed).into_iter().find(|one| is(one, &fridays));
        found.is_none_or(|found| found.one_day.is_some())
    };
    let missed: Vec<u64> = (0..40).filter(of_a_day).collect();
    assert!(missed.len() <= 2, "Fridays are not found, or told as one day, under the seeds {missed:?}");
}

/// Three times as often is what was planted, for callers as inclined as any.
#[test]
fn intervals_cover_what_was_planted() {
    let plant = planted(Concern::Abandons, Feature::Pressed, "0");
    let world = World { callers: 3_000, plants: vec![plant], ..World::default() };
    let off = |seed: &u64| {
        let found = findings(&world, plant.concern, *seed).into_iter().find(|one| is(one, &plant));
        found.is_none_or(|found| found.lift.ci95[0] > 3.0 || found.lift.ci95[1] < 3.0)
    };
    let missed: Vec<u64> = (0..100).filter(off).collect();
    // Of 100 at 95 %, more miss once in a thousand times.
    assert!(missed.len() <= 13, "{} of 100 intervals at 95 % miss: {missed:?}", missed.len());
}
