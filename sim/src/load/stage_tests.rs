use super::*;
use crate::chance::Law;
use crate::load::figures::Latency;
use crate::load::people::People;
use crate::load::target::fake::Fake;
use cabrank_core::Span;
use proptest::prelude::*;
use std::ops::Range;

const MS: Duration = Duration::from_millis(1);

fn plan(rate: f64, secs: u64) -> Plan {
    Plan::default().at_rate(rate, Duration::from_secs(secs))
}

fn span(from_s: u64, to_s: u64) -> Range<Moment> {
    Moment(from_s * 1_000_000_000)..Moment(to_s * 1_000_000_000)
}

fn perform_on(plan: &Plan, fake: &mut Fake) -> Figures {
    perform(plan, fake, &mut (), &mut Numbers::default()).figures
}

#[test]
fn all_goes_well_with_a_desk_that_does() {
    let figures = perform_on(&plan(100.0, 10), &mut Fake::new(MS));
    assert!((900..1_100).contains(&figures.due), "{}", figures.due);
    assert_eq!((figures.called, figures.answered, figures.rings), (figures.due, figures.due, figures.due));
    assert_eq!((figures.strays, figures.failed_in_all(), figures.on_line.0), (0, 0, 0));
    assert!(figures.latency(Latency::Answer).at_ms(0.5) < 1.2, "a call takes a millisecond");
    assert!(figures.latency(Latency::Lateness).max_ms() < 0.01, "in virtual time nothing is late");
}

/// A generator that waits for an answer before it goes on would see one slow call of a thousand.
#[test]
fn a_desk_that_stalls_for_a_second_shows_in_the_percentiles() {
    let fake = || Fake::new(MS / 10);
    let sound = perform_on(&plan(100.0, 10), &mut fake());
    let stalled = perform_on(&plan(100.0, 10), &mut Fake { stalls: vec![span(4, 5)], ..fake() });
    assert_eq!(sound.due, stalled.due, "no stall moves a due moment");
    let [fine, bad] = [&sound, &stalled].map(|figures| figures.latency(Latency::Answer));
    assert!(fine.at_ms(0.99) < 2.0 && fine.max_ms() < 5.0, "{} {}", fine.at_ms(0.99), fine.max_ms());
    // A tenth of all calls falls into the stall, evenly from its beginning to its end.
    assert!((700.0..1_000.0).contains(&bad.at_ms(0.98)), "p98 {}", bad.at_ms(0.98));
    assert!((300.0..700.0).contains(&bad.at_ms(0.95)), "p95 {}", bad.at_ms(0.95));
    assert!(bad.at_ms(0.85) < 50.0, "p85 {}", bad.at_ms(0.85));
}

#[test]
fn a_generator_that_stalls_owns_up_and_measures_from_the_due_moments() {
    let figures = perform_on(&plan(100.0, 10), &mut Fake { freezes: vec![span(4, 5)], ..Fake::new(MS / 10) });
    let [answer, late] = [Latency::Answer, Latency::Lateness].map(|latency| figures.latency(latency));
    assert_eq!(figures.called, figures.due, "what was due is called, if late");
    assert!((700.0..1_000.0).contains(&late.at_ms(0.98)), "p98 {}", late.at_ms(0.98));
    assert!(answer.at_ms(0.98) >= late.at_ms(0.98), "{} {}", answer.at_ms(0.98), late.at_ms(0.98));
    assert!(late.at_ms(0.85) < 1.0, "p85 {}", late.at_ms(0.85));
}

#[test]
fn who_waits_in_vain_loses_patience_and_calls_again() {
    let plan = Plan {
        patience: Some(Law::Constant(Span::secs(2))),
        redial: Some((0.5, Law::Constant(Span::secs(1)))),
        ..plan(50.0, 20)
    };
    let figures = perform_on(&plan, &mut Fake { agents_max: 0, ..Fake::new(MS) });
    assert_eq!(figures.answered, 0);
    assert_eq!(figures.abandoned + figures.unfinished, figures.due);
    // First calls are 50 a second for 20 seconds, and each that ends early is followed by half a call.
    let again = figures.redials as f64 / (figures.due - figures.redials) as f64;
    assert!((0.6..1.0).contains(&again), "{again}");
    assert!(figures.on_line.1 < 300, "{} on the line at once", figures.on_line.1);
}

#[test]
fn a_key_is_pressed_when_the_caller_has_thought() {
    let plan = Plan { key: Some('2'), think: Law::Constant(Span::millis(300)), ..plan(20.0, 10) };
    let figures = perform_on(&plan, &mut Fake { wants_key: true, ..Fake::new(MS) });
    assert_eq!(figures.answered, figures.due);
    let [rung, key] = [Latency::Rung, Latency::KeyToRung].map(|latency| figures.latency(latency));
    assert!((300.0..310.0).contains(&rung.at_ms(0.5)) && rung.count() == figures.due, "{}", rung.at_ms(0.5));
    assert!(key.at_ms(0.99) < 1.0 && key.count() == figures.due, "{}", key.at_ms(0.99));
}

#[test]
fn who_is_still_there_at_the_end_is_sent_home() {
    let plan = Plan { drain: Duration::from_secs(3), ..plan(20.0, 5) };
    let performed =
        perform(&plan, &mut Fake { agents_max: 10, wants_key: true, ..Fake::new(MS) }, &mut (), &mut Numbers::default());
    assert_eq!((performed.figures.unfinished, performed.figures.on_line.0), (performed.figures.due, 0));
    assert!((8.0..8.2).contains(&performed.lasted.as_secs_f64()), "{:?}", performed.lasted);
}

struct Impatient(Duration);

impl Onlooker for Impatient {
    fn sees(&mut self, so_far: Duration, _figures: &Figures) -> bool {
        so_far < self.0
    }
}

#[test]
fn whoever_interrupts_gets_what_there_is() {
    let talk = Law::Constant(Span::secs(1));
    let plan = Plan { talk, ..plan(100.0, 600) };
    let performed = perform(&plan, &mut Fake::new(MS), &mut Impatient(Duration::from_secs(5)), &mut Numbers::default());
    let figures = performed.figures;
    assert!(performed.interrupted && performed.lasted < Duration::from_secs(7), "{:?}", performed.lasted);
    assert!((400..600).contains(&figures.due) && figures.answered > 300, "{figures:?}");
    assert_eq!(figures.answered + figures.unfinished, figures.due);
}

#[test]
fn no_more_calls_at_once_than_are_allowed() {
    let plan = Plan { calls_max: 10, drain: Duration::ZERO, ..plan(100.0, 2) };
    let figures = perform_on(&plan, &mut Fake { agents_max: 0, ..Fake::new(MS) });
    assert_eq!((figures.called, figures.failed_in_all()), (10, figures.due - 10));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_due_call_comes_to_exactly_one_end(
        seed: u64,
        rate in 5.0..300.0_f64,
        backlog_max in 1..20_usize,
        agents_max in 0..40_usize,
        fails_every in prop::option::of(2..50_u64),
        patience_ms in prop::option::of(1..3_000_u64),
        people in 1..500_u64,
        freeze in 0..4_u64,
    ) {
        let plan = Plan {
            seed,
            people: People::Numbered { prefix: "+65".into(), count: people },
            patience: patience_ms.map(|ms| Law::Exponential { mean: Span::millis(ms) }),
            redial: Some((0.3, Law::Exponential { mean: Span::millis(500) })),
            drain: Duration::from_secs(1),
            ..plan(rate, 4)
        };
        let freezes = vec![span(freeze, freeze + 1)];
        let mut fake = Fake { backlog_max, agents_max, fails_every, freezes, ..Fake::new(4 * MS) };
        let figures = perform_on(&plan, &mut fake);
        prop_assert_eq!(figures.over(), figures.due);
        prop_assert_eq!(figures.called, figures.due);
        prop_assert_eq!(figures.on_line.0, 0);
        prop_assert_eq!(figures.latency(Latency::Refusal).count(), figures.refused_in_all());
        prop_assert_eq!(figures.latency(Latency::Lateness).count(), figures.due);
        let failed: u64 = figures.failed.iter().filter(|(what, _)| *what != "answered 500").map(|(_, count)| count).sum();
        prop_assert_eq!(failed, 0, "{:?}", figures.failed);
        prop_assert!(figures.latency(Latency::Rung).count() <= figures.rings);
    }
}
