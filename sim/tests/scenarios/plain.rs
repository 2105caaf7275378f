//! A good scenario says what it says.

use crate::bench::{Bench, GOOD, told};
use cabrank_core::{LineId, QueueId, Span, Tick};
use cabrank_sim::chance::Law;
use cabrank_sim::scenario::{Arrivals, Entrance, Scenario, Window};

fn good() -> Scenario {
    Bench::new().read(GOOD).unwrap_or_else(|faults| panic!("{}", told(&faults)))
}

fn hm(hours: u64, minutes: u64) -> Tick {
    Tick(Span::secs(hours * 3600 + minutes * 60).0)
}

fn window(from: Tick, until: Tick) -> Window {
    Window { from, until }
}

#[test]
fn what_there_is_one_of_is_read() {
    let good = good();
    assert_eq!((&*good.name, good.seed, good.replications), ("scenario", 3, 5));
    assert_eq!((good.warm_up, good.duration, good.prompt), (Span::secs(1800), Span::secs(8 * 3600), Span::secs(3)));
    assert_eq!(good.begins.to_string(), "2026-11-20T07:30:00");
    assert_eq!(good.open[0], [window(hm(0, 30), hm(10, 30))], "a Friday, and the day after is a Saturday");
    assert_eq!(good.open[1], [window(Tick(0), hm(32, 0))]);
    assert_eq!((good.services.len(), good.services[0].refused), (1, 0.1));
    assert_eq!(good.trouble.as_ref().and_then(|trouble| trouble.crash_every), Some(Span::secs(4 * 3600)));
    assert_eq!(good.limits.abandoned, Some(cabrank_core::Permille(50)));
}

#[test]
fn callers_are_read() {
    let [regulars, second, tourists] = &*good().callers else { panic!("three") };
    assert_eq!((&*regulars.name, &*second.name), ("regulars", "callers 2"));
    assert!(matches!(regulars.to, Entrance::Queue(QueueId(0), class) if class.0 == 0), "{:?}", regulars.to);
    assert!(matches!(&second.to, Entrance::Line(LineId(1), class) if class.is_empty()), "{:?}", second.to);
    assert_eq!((regulars.origin.regulars, second.origin.known, second.keys.two), (Some(2000), 0.6, 0.2));
    let Arrivals::Random(rates) = &second.arrivals else { panic!("rates") };
    assert_eq!(rates.iter().map(|rate| rate.per_hour).collect::<Vec<_>>(), [60.0, 90.5, 30.0, 0.0]);
    assert!(rates.iter().all(|rate| rate.lasts == Span::secs(1800)));
    assert_eq!((second.patience.clone(), tourists.patience.clone()), (None, None));
    assert_eq!(tourists.handle, Law::Empirical(vec![Span::secs(30), Span::millis(60_500), Span::secs(90)].into()));
    let Arrivals::Trace(calls) = &tourists.arrivals else { panic!("a trace") };
    assert_eq!(calls.iter().map(|call| call.at).collect::<Vec<_>>(), [Tick(10_000_000), Tick(60_000_000), hm(1, 0)]);
    assert_eq!((calls[0].patience, calls[1].handle), (Some(Span::secs(45)), Some(Span::millis(30_500))));
    assert!(calls[1].caller.is_some() && calls[0].caller.is_none());
}

#[test]
fn agents_days_are_read() {
    let good = good();
    assert_eq!((good.agents.len(), good.settings.agents.len()), (15, 15));
    assert_eq!((&*good.settings.agents[11].name, &*good.settings.agents[12].name), ("day-12", "agents 2-1"));
    let day = &good.agents[0];
    let first =
        [window(Tick(0), hm(4, 30)), window(hm(5, 0), hm(8, 30)), window(hm(23, 30), hm(28, 30)), window(hm(29, 0), hm(32, 0))];
    assert_eq!(day.present, first);
    let [tea, second, ..] = &*day.breaks else { panic!("breaks") };
    assert_eq!((tea.begins, tea.lasts), (window(hm(2, 45), hm(2, 45)), Span::secs(900)));
    assert_eq!((second.begins, second.lasts), (window(hm(6, 0), hm(7, 30)), Span::secs(600)));
    assert_eq!((day.speed, day.cost_per_hour, day.phone.unanswered), (1.1, 25.0, 0.01));
    assert_eq!(good.agents[14].present, [window(Tick(0), hm(32, 0))]);
}

#[test]
fn without_agents_of_its_own_the_desks_are_there_all_the_time() {
    let text: String = GOOD.split("[[agents]]").enumerate().filter(|(n, _)| *n == 0).map(|(_, part)| part).collect();
    let read = Bench::new().read(&text).unwrap_or_else(|faults| panic!("{}", told(&faults)));
    assert_eq!(read.settings.agents.iter().map(|agent| &*agent.name).collect::<Vec<_>>(), ["a101", "a102"]);
    assert_eq!(read.agents.iter().map(|roster| &*roster.group).collect::<Vec<_>>(), ["booking 1, tours 2", "tours 1"]);
    assert_eq!(read.agents[0].present, [window(Tick(0), hm(32, 0))]);
}

#[test]
fn sets_change_the_scenario_and_the_desk() {
    let bench = Bench::new();
    let sets = "duration=2h; seed=7; callers.regulars.arrivals.poisson.per_hour=130; callers.2.queue=booking; \
                agents.*.count=x2; queue.booking.class.regular=15s; queue.*.max_waiting=9; callers.1.patience={ constant = \"9s\" }; \
                callers.*.arrivals.profile.per_hour=x2";
    let good = bench.good_with(sets);
    assert_eq!((good.duration, good.seed, good.agents.len()), (Span::secs(7200), 7, 30));
    assert!(matches!(&good.callers[0].arrivals, Arrivals::Random(rates) if rates[0].per_hour == 130.0));
    assert!(matches!(&good.callers[1].arrivals, Arrivals::Random(rates) if rates[1].per_hour == 181.0));
    assert!(matches!(good.callers[2].to, Entrance::Queue(QueueId(0), class) if class.0 == 1));
    assert_eq!(good.callers[1].patience, Some(Law::Constant(Span::secs(9))));
    assert_eq!(good.settings.queues[0].thresholds.classes[0].target, Span::secs(15));
    assert!(good.settings.queues.iter().all(|queue| queue.thresholds.max_waiting == 9));
}

/// Each thing that is simulated counts; how often, from which seed and by which road it is does not.
#[test]
fn a_digest_tells_scenarios_apart() {
    let bench = Bench::new();
    let plain = good().digest();
    for same in ["seed=9; replications=2", "queue.booking.class.regular=20s", "duration=480m"] {
        assert_eq!(bench.good_with(same).digest(), plain, "{same}");
    }
    let others = [
        "duration=7h",
        "prompt=1s",
        "queue.booking.class.regular=21s",
        "callers.0.cut_off=0.002",
        "agents.day.speed=1.2",
        "service.taxi-now.refused=0.2",
        "trouble.lost=0",
        "verify.abandoned=0.06",
        "begins=2026-11-20 07:29",
    ];
    let mut digests: Vec<u64> = others.iter().map(|sets| bench.good_with(sets).digest()).chain([plain]).collect();
    digests.sort_unstable();
    digests.dedup();
    assert_eq!(digests.len(), others.len() + 1);
}

#[test]
fn days_without_a_night_in_between_are_one_stretch() {
    for present in ["00:00-24:00", "06:00-18:00, 18:00-06:00"] {
        let good = Bench::new().good_with(&format!("agents.1.present={present}"));
        assert_eq!(good.agents[14].present, [window(Tick(0), hm(32, 0))], "{present}");
    }
}
