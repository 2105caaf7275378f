//! `--set`: what it means, and what is wrong with one.

use crate::bench::{Bench, GOOD, told};
use cabrank_core::Span;
use cabrank_sim::chance::Law;
use cabrank_sim::scenario::Arrivals;

fn fault(sets: &str) -> String {
    told(&Bench::new().read_with(GOOD, sets).expect_err(sets))
}

#[test]
fn a_faulty_set_is_told_in_its_own_words() {
    for (sets, what) in [
        ("duration=2", "`2` has no unit"),
        ("duration.x=2", "`duration` is a table, not text"),
        ("durtion=2h", "unknown key `durtion` in the scenario (did you mean `duration`?"),
        ("warm_up=9h", "as long as all of it"),
        ("duration=3000h", "`3000h` is out of bounds"),
        ("seed=-1", "this is no seed"),
        ("replications=0", "0 is out of bounds"),
        ("callers.regulers.cut_off=0", "there is no `regulers` in `callers` (did you mean `regulars`?"),
        (
            "callers.3.cut_off=0",
            "there is no `3` in `callers` (known are `regulars`, `callers 2`, `tourists`; or its place, from 0 to 2)",
        ),
        ("callers.0.arrivals.poisson.per_hour=-1", "-1 is out of bounds for `per_hour`"),
        ("callers.0.arrivals.poisson.per_hour=nan", "nan is out of bounds for `per_hour`"),
        ("callers.0.arrivals.poisson.per_huor=1", "unknown key `per_huor`"),
        ("callers.1.arrivals.poisson.per_hour=9", "`profile` and `poisson` at once"),
        ("callers.0.queue=bokking", "there is no queue `bokking`"),
        ("callers.*.arrivals.poisson.per_huor=x2", "`x2` multiplies a number or a length of time, and `per_huor` is not there"),
        ("callers.1.patience=x2", "`x2` multiplies a number or a length of time, and `patience` is `never`"),
        ("agents.*.count=x1334", "of these agents have no place"),
        ("agents.day.skills.parcels=1", "there is no queue `parcels`"),
        ("service.taxi-nov.eta={ constant = \"1m\" }", "there is no `taxi-nov` in `service`"),
        ("queue.bokking.target=5s", "there is no queue `bokking` (did you mean `booking`?"),
        ("queue.booking=5s", "this names no key of the queue"),
        ("queue.booking.traget=5s", "queue `booking`: unknown key `traget` in [[queue]] (did you mean `target`?"),
        ("queue.booking.target=5", "queue `booking`: `target` has no unit"),
        (
            "queue.booking.widen=[{ after = 30s, level = 2 }]",
            "is no TOML: in a list or a table, text and lengths of time stand in quotes",
        ),
        ("queue.tours.target=0s", "queue `tours`: `0s` is out of bounds for `target`"),
        ("queue.*.max_waiting=0", "queue `booking`: 0 is out of bounds for `max_waiting`"),
        ("queue.*.offer_callback_over=x2", "`offer_callback_over` is not there"),
    ] {
        let bench = Bench::new();
        let faults = bench.read_with(GOOD, sets).expect_err(sets);
        let told = told(&faults);
        assert!(told.contains(what), "{sets}: {told}");
        assert_eq!(faults.files().iter().map(ToString::to_string).collect::<Vec<_>>().len(), 1, "{sets}: {told}");
        assert!(faults.to_string().starts_with("--set has "), "{sets}: {faults}");
        assert!(format!("{:?}", miette::Report::new(faults)).contains(sets), "{sets} is not shown");
    }
}

#[test]
fn sets_that_contradict_the_rest_are_faults() {
    assert!(fault("agents.1.skills={ booking = 1 }").contains("no human can be reached"));
    assert!(fault("queue.tours.order=fifo").contains("which caller comes first cannot be said"));
    assert!(Bench::new().read_with(GOOD, "queue.*.order=fifo").is_ok());
}

#[test]
fn later_sets_see_what_earlier_ones_said() {
    let good = Bench::new().good_with("callers.0.arrivals.poisson.per_hour=100; callers.0.arrivals.poisson.per_hour=x1.5; callers.0.name=x; callers.x.cut_off=1");
    assert!(matches!(&good.callers[0].arrivals, Arrivals::Random(rates) if rates[0].per_hour == 150.0));
    assert_eq!((&*good.callers[0].name, good.callers[0].cut_off), ("x", 1.0));
}

#[test]
fn lengths_of_time_are_multiplied_in_the_scenario_and_in_the_desk() {
    let good = Bench::new().good_with("callers.*.handle.lognormal.mean=x0.5; queue.*.ring_for=x2; queue.booking.class.*=x0.5");
    assert_eq!(good.callers[0].handle, Law::LogNormal { mean: Span::secs(90), sd: Span::secs(150) });
    assert!(good.settings.queues.iter().all(|queue| queue.thresholds.ring_for == Span::secs(30)));
    let targets: Vec<Span> = good.settings.queues[0].thresholds.classes.iter().map(|class| class.target).collect();
    assert_eq!(targets, [Span::secs(10), Span::secs(20)]);
}

#[test]
fn what_is_set_takes_the_place_of_what_is_faulty() {
    let faulty = GOOD.replace("seed = 3", "seed = -3");
    assert!(Bench::new().read_with(&faulty, "seed=4").is_ok());
}

#[test]
fn a_queue_may_have_a_dot_in_its_name() {
    let bench = Bench::new();
    bench.write("desk.toml", &crate::bench::DESK.replace("\"tours\"", "\"tours.sg\"").replace("tours =", "\"tours.sg\" ="));
    let text = GOOD.replace("\"tours\"", "\"tours.sg\"").replace("tours =", "\"tours.sg\" =");
    let good = bench.read_with(&text, "queue.\"tours.sg\".target=7s").unwrap_or_else(|faults| panic!("{}", told(&faults)));
    assert_eq!(good.settings.queues[1].thresholds.classes[0].target, Span::secs(7));
}
