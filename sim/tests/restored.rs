//! A desk out of its byte form goes on as the desk does that it was made of: through drawn days, in which anything may happen,
//! and through the shipped scenarios, in which quotes learn. Bytes that are no desk's are refused.

use cabrank_core::{Code, Desk, Input, Outbox, Tick};
use cabrank_sim::scenario::{Scenario, Set, read};
use cabrank_sim::simulate::{Witness, simulate};
use cabrank_sim::{Day, live_through};
use proptest::prelude::*;
use std::path::Path;

const SEEDS: std::ops::Range<u64> = 0..60;

/// A desk that is told the same as another, and is replaced by what comes out of its byte form every so many inputs.
struct Twin {
    desk: Desk,
    every: u64,
    told: u64,
    bytes_max: usize,
}

impl Twin {
    fn of(desk: &Desk, every: u64) -> Twin {
        Twin { desk: restored(&desk.to_bytes()), every, told: 0, bytes_max: 0 }
    }

    /// What it did, and whether that is what the other desk did and came to is tried.
    fn is_told(&mut self, at: Tick, input: &Input, other: &Desk, theirs: &Outbox, whom: &str) {
        let mut out = Outbox::default();
        self.desk.handle(at, input.clone(), &mut out);
        self.told += 1;
        let whom = format!("{whom}, input {} at {}", self.told, at.0);
        assert_eq!(out.effects, theirs.effects, "{whom}: orders");
        assert_eq!(out.refusals, theirs.refusals, "{whom}: refusals");
        assert_eq!(out.decisions, theirs.decisions, "{whom}: decisions");
        assert_eq!(out.passed_over, theirs.passed_over, "{whom}: who was passed over");
        assert_eq!(self.desk.next_wake(), other.next_wake(), "{whom}: next wake");
        if self.told.is_multiple_of(self.every) {
            let bytes = self.desk.to_bytes();
            self.bytes_max = self.bytes_max.max(bytes.len());
            self.desk = restored(&bytes);
            assert_eq!(self.desk.digest(), other.digest(), "{whom}: digest");
            assert_eq!(self.desk.view(), other.view(), "{whom}: view");
            assert_eq!(self.desk.to_bytes(), bytes, "{whom}: bytes");
        }
    }
}

fn restored(bytes: &[u8]) -> Desk {
    Desk::from_bytes(bytes).expect("the bytes of a desk")
}

fn day(seed: u64) -> Day {
    live_through(seed).unwrap_or_else(|fault| panic!("{fault}"))
}

#[test]
fn a_desk_restored_at_any_moment_of_a_drawn_day_goes_on_as_it_would_have() {
    for seed in SEEDS {
        let day = day(seed);
        let mut desk = Desk::new(day.settings.clone(), day.seed).expect("the day's settings");
        let mut twins = [1, 7, 100].map(|every| Twin::of(&desk, every));
        for step in &day.steps {
            let mut out = Outbox::default();
            desk.handle(step.at, step.input.clone(), &mut out);
            twins.iter_mut().for_each(|twin| twin.is_told(step.at, &step.input, &desk, &out, &format!("seed={seed}")));
        }
        assert_eq!(desk.digest(), day.digest, "seed={seed}");
    }
}

/// Looks on with a twin.
struct Beside<'a> {
    name: &'a str,
    twin: Option<Twin>,
}

impl Witness for Beside<'_> {
    fn told(&mut self, at: Tick, input: &Input, out: &Outbox, desk: &Desk) {
        match &mut self.twin {
            Some(twin) => twin.is_told(at, input, desk, out, self.name),
            None => self.twin = Some(Twin::of(desk, 997)),
        }
    }
}

fn shipped(name: &str, sets: &str) -> Scenario {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/scenarios");
    read(&folder.join(name), &Set::parse_many(sets).expect("a set")).unwrap_or_else(|_| panic!("{name}: bad scenario"))
}

#[test]
fn a_desk_restored_in_the_middle_of_a_busy_day_goes_on_as_it_would_have() {
    for name in ["rainy-friday.toml", "clinic.toml", "incident.toml", "center-300.toml"] {
        let scenario = shipped(name, "duration=2h");
        let mut beside = Beside { name, twin: None };
        simulate(&scenario, scenario.seed, &mut beside).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        let twin = beside.twin.expect("somebody called");
        println!("{name}: {} inputs, {} bytes at the most", twin.told, twin.bytes_max);
    }
}

/// The bytes of a desk in the middle of a drawn day.
fn bytes_of(seed: u64, share: f64) -> (Vec<u8>, Day) {
    let day = day(seed);
    let mut desk = Desk::new(day.settings.clone(), day.seed).expect("the day's settings");
    let steps = (day.steps.len() as f64 * share) as usize;
    day.steps.iter().take(steps).for_each(|step| desk.handle(step.at, step.input.clone(), &mut Outbox::default()));
    (desk.to_bytes(), day)
}

#[test]
fn a_desk_cut_short_anywhere_is_no_desk() {
    let (bytes, _) = bytes_of(3, 0.5);
    assert!((0..bytes.len()).all(|length| Desk::from_bytes(&bytes[..length]).is_err()));
    assert!(Desk::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever is changed in the bytes of a desk: they are refused, or they are those of a desk that never panics.
    #[test]
    fn bytes_changed_at_will_are_refused_or_harmless(
        seed in 0..40_u64,
        share in 0.1..0.9_f64,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 40),
    ) {
        let (bytes, day) = bytes_of(seed, share);
        let rest = &day.steps[(day.steps.len() as f64 * share) as usize..];
        for (place, byte) in changes {
            let mut changed = bytes.clone();
            *place.get_mut(&mut changed) = byte;
            let Ok(mut desk) = Desk::from_bytes(&changed) else { continue };
            for step in rest.iter().take(200) {
                desk.handle(step.at, step.input.clone(), &mut Outbox::default());
                drop(desk.view());
            }
        }
    }
}
