//! The scenarios that come with Cabrank.

use crate::bench::told;
use cabrank_sim::scenario::{Arrivals, Callers, Entrance, Scenario, Set, read};
use cabrank_sim::simulate::{Unseen, simulate};
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/scenarios")
}

fn shipped(name: &str, sets: &str) -> Scenario {
    let sets = if sets.is_empty() { Vec::new() } else { Set::parse_many(sets).expect(sets) };
    read(&folder().join(name), &sets).unwrap_or_else(|faults| panic!("{name}: {}", told(&faults)))
}

#[test]
fn each_reads_and_begins_with_a_line_about_itself() {
    let files = fs::read_dir(folder()).expect("the folder").map(|entry| entry.expect("an entry").path());
    let names: Vec<String> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| path.file_name().expect("a name").to_string_lossy().into_owned())
        .collect();
    assert!(names.len() >= 4, "{names:?}");
    for name in names {
        let scenario = shipped(&name, "");
        let text = fs::read_to_string(folder().join(&name)).expect("read");
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("# ") && first.ends_with('.'), "{name}: {first}");
        assert_eq!(format!("{}.toml", scenario.name), name);
        assert!(scenario.open.iter().all(|windows| !windows.is_empty()), "{name}: a line is never open");
    }
}

/// Two hours of each; in the center those of the morning.
#[test]
fn each_can_be_lived_through() {
    for (name, calls) in
        [("rainy-friday.toml", 400..900), ("clinic.toml", 15..80), ("incident.toml", 900..2_200), ("center-300.toml", 700..1_600)]
    {
        let scenario = shipped(name, "duration=2h");
        let tally = simulate(&scenario, scenario.seed, &mut Unseen).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        assert!(calls.contains(&tally.calls), "{name}: {} calls", tally.calls);
        let (offered, answered) = tally
            .queues
            .iter()
            .flat_map(|queue| &queue.classes)
            .fold((0, 0), |(offered, answered), class| (offered + class.offered, answered + class.answered));
        assert!(answered > 0 && answered <= offered && tally.fairness.unexplained == 0, "{name}: {answered} of {offered}");
    }
}

/// Callers an hour of a source in the half-hour or hour of that number.
fn rate(callers: &Callers, n: usize) -> f64 {
    match &callers.arrivals {
        Arrivals::Random(rates) => rates.get(n).or(rates.last()).map_or(0.0, |rate| rate.per_hour),
        Arrivals::Trace(_) => 0.0,
    }
}

/// Agents' work that so many callers an hour bring, wrap-up included.
fn load(scenario: &Scenario, callers: &Callers, per_hour: f64) -> f64 {
    let queue = match &callers.to {
        Entrance::Queue(queue, _) => *queue,
        Entrance::Line(line, _) => scenario.settings.lines[usize::from(line.0)].human,
    };
    let wrap_up = scenario.settings.queues[usize::from(queue.0)].thresholds.wrap_up;
    per_hour * (callers.handle.mean_s() + wrap_up.as_secs() as f64) / 3600.0
}

#[test]
fn the_loads_that_their_comments_name_are_true() {
    let near = |what: f64, said: f64| assert!((what - said).abs() < 0.05, "{what} is not {said}");
    let center = shipped("center-300.toml", "");
    let of_hour = |hour: usize| center.callers.iter().map(|callers| load(&center, callers, rate(callers, hour))).sum::<f64>();
    near((of_hour(4) / 237.0 * 100.0).round(), 100.0);
    near((of_hour(6) / 186.0 * 100.0).round(), 100.0);
    near((of_hour(8) / 168.0 * 100.0).round(), 100.0);
    assert!((0..15).all(|hour| of_hour(hour) <= of_hour(4)));
    let day: f64 = (0..15).flat_map(|hour| center.callers.iter().map(move |callers| rate(callers, hour))).sum();
    near((day / 100.0).round(), 233.0);
    let incident = shipped("incident.toml", "");
    near(load(&incident, &incident.callers[0], rate(&incident.callers[0], 0)), 4.2);
    near(rate(&incident.callers[1], 16) / rate(&incident.callers[0], 0), 9.0);
    let clinic = shipped("clinic.toml", "");
    near(load(&clinic, &clinic.callers[0], rate(&clinic.callers[0], 1)), 1.3);
    let rainy = shipped("rainy-friday.toml", "");
    let [customers, visitors] = &*rainy.callers else { panic!("two kinds of callers") };
    let service = &rainy.services[0];
    let taken = customers.keys.one * customers.origin.known * (1.0 - service.refused - service.failed - service.silent);
    let (some, all) = (rate(customers, 3) * (1.0 - taken), rate(visitors, 3));
    near(((some + all) / 280.0 * 50.0).round(), 50.0);
    near(load(&rainy, customers, some) + load(&rainy, visitors, all), 8.3);
    near(((load(&rainy, customers, some) + load(&rainy, visitors, all)) * 3600.0 / (some + all)).round(), 106.0);
}

/// At no moment more agents are there than seats, and at the busiest all seats are taken.
#[test]
fn the_center_has_300_seats() {
    let center = shipped("center-300.toml", "");
    let present = |minute: u64| {
        let at = cabrank_core::Tick(cabrank_core::Span::secs(minute * 60).0);
        center.agents.iter().filter(|roster| roster.present.iter().any(|window| window.holds(at))).count()
    };
    let seats: Vec<usize> = (0..15 * 60).map(present).collect();
    assert_eq!(seats.iter().max(), Some(&300));
    assert_eq!((present(6 * 60), present(8 * 60 + 30)), (215, 195), "at 13:00 and at 15:30");
}
