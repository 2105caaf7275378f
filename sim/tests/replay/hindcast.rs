//! The day lived through again comes to what it was.

use crate::kept::keep;
use crate::truth::world;
use cabrank_sim::replay::{Compared, Hindcast, Lived, Policy, Stage, Tolerance, stage};
use cabrank_sim::replications::{Alone, Crew};
use cabrank_sim::statistics::Interval;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::AtomicBool;

pub(crate) fn read(data: &Path) -> Stage {
    stage(data).expect("a day").1
}

pub(crate) fn live(stage: &Stage, policy: &Policy, replications: u32) -> Lived {
    let stop = AtomicBool::new(false);
    let crew = Crew::new(NonZeroUsize::MIN, &stop);
    Lived::of(stage, policy, 1_000, replications, &crew, &mut Alone).expect("the desk takes the policy")
}

pub(crate) fn hindcast(stage: &Stage, replications: u32) -> Hindcast {
    Hindcast::of(stage, &live(stage, &Policy::as_it_was(stage.day()), replications))
}

fn told(compared: &Compared) -> String {
    let Compared { path, real, simulated, day99, .. } = compared;
    format!("{path}: real {real:.3}, simulated {:.3}, a day {day99:?}", simulated.value)
}

#[test]
fn the_simulated_day_is_the_real_one() {
    let days = std::env::var("CABRANK_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(8_u64);
    let (mut figures, mut outside) = (0, 0);
    for seed in 1..=days {
        let stage = read(keep(&world(), seed).data.path());
        let hindcast = hindcast(&stage, 20);
        for compared in &hindcast.figures {
            eprintln!("seed {seed}: {}", told(compared));
            figures += 1;
            outside += u32::from(!compared.within());
        }
        let off: Vec<String> = hindcast.off(Tolerance::default()).into_iter().map(told).collect();
        assert!(off.is_empty(), "seed {seed}: off: {off:#?}");
    }
    eprintln!("{outside} of {figures} figures outside");
}

/// Over many days the intervals hold what they say, and the errors have no side.
#[test]
fn intervals_of_a_day_are_calibrated_and_errors_are_small() {
    const DAYS: u64 = 40;
    let paths = [["wait_s", "mean"].as_slice(), &["service_level"], &["abandonment"]];
    let (mut within, mut errors, mut reals) = ([0_u32; 3], [const { Vec::new() }; 3], [const { Vec::new() }; 3]);
    for seed in 1..=DAYS {
        let stage = read(keep(&world(), seed).data.path());
        let lived = live(&stage, &Policy::as_it_was(stage.day()), 12);
        let hindcast = Hindcast::of(&stage, &lived);
        for (n, end) in paths.iter().enumerate() {
            let path = [&["queues", "booking"], *end].concat();
            let samples: Vec<f64> = lived.whole().iter().filter_map(|figures| figures.value(&path)).collect();
            let of_mean = Interval::of(&samples, 0.8);
            let day = Interval { half_width: of_mean.half_width * (samples.len() as f64 + 1.0).sqrt(), ..of_mean };
            let real = hindcast.figures.iter().find(|compared| compared.path.is(&path)).expect("the figure").real;
            within[n] += u32::from(day.covers(real));
            errors[n].push(of_mean.mean - real);
            reals[n].push(real);
        }
    }
    for (n, end) in paths.iter().enumerate() {
        let error = Interval::of(&errors[n], 0.999);
        eprintln!("{end:?}: {} of {DAYS} within, error {error}", within[n]);
        // 32 are to be expected, give or take 2.5; what is drawn anew scatters a little more than what is known.
        assert!((24..=40).contains(&within[n]), "{end:?}: {} of {DAYS} within intervals of 80 %", within[n]);
        let allowed = 0.02 * reals[n].iter().sum::<f64>() / DAYS as f64;
        assert!(error.mean.abs() <= allowed, "{end:?}: off by {error} on the average, more than {allowed}");
    }
}

#[test]
fn a_day_that_was_another_one_is_told_to_be_off() {
    let stage = read(keep(&world(), 1).data.path());
    let slower = Policy::as_it_was(stage.day()).with(|settings| {
        let mut settings = settings.clone();
        settings.queues[0].thresholds.wrap_up = cabrank_core::Span::secs(60);
        Ok::<_, std::convert::Infallible>(settings)
    });
    let lived = live(&stage, &slower.expect("nothing is refused"), 12);
    let hindcast = Hindcast::of(&stage, &lived);
    let off: Vec<String> = hindcast.off(Tolerance::default()).into_iter().map(|compared| compared.path.to_string()).collect();
    assert!(off.contains(&"queues.booking.wait_s.mean".to_owned()), "{off:?}");
    assert!(off.contains(&"queues.booking.service_level".to_owned()), "{off:?}");
}

#[test]
fn the_same_seeds_give_the_same_days_whatever_the_threads() {
    let stage = read(keep(&world(), 2).data.path());
    let (policy, stop) = (Policy::as_it_was(stage.day()), AtomicBool::new(false));
    let live = |threads| {
        let crew = Crew::new(NonZeroUsize::new(threads).expect("some"), &stop);
        Lived::of(&stage, &policy, 5, 4, &crew, &mut Alone).expect("the desk takes the policy").figures
    };
    let one = live(1);
    assert_eq!(one, live(3));
    assert_ne!(one[0], one[1], "another seed is another day");
}
