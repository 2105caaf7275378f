//! One class, one queue.

use crate::bench::{Control, Flow, HANDLE_S, Replication, exponential, figures, replicate, secs, stands, study, vanishes};
use crate::formulas::{erlang_a, erlang_c, longer_than, mean_wait, pollaczek_khinchine};
use cabrank_core::{Order, Span, Tick};
use cabrank_sim::chance::Law;
use cabrank_sim::study::{End, Event, Trace, What};

#[test]
fn erlang_c_and_littles_law() {
    for (agents, load, calls) in [(1, 0.5, 20_000), (4, 0.7, 48_000)] {
        let name = |figure: &str| format!("M/M/{agents} at {load}: {figure}");
        let replications = replicate(&study(Order::Fifo, &[Flow::new(load, 20.0)], agents, calls));
        let erlangs = load * agents as f64;
        let control = Control::load(&replications, agents, load);
        stands(&name("P(W > 0)"), erlang_c(agents, erlangs), &replications, &control, |r| r.share(|wait| wait.waited > Span(0)));
        stands(&name("E[W], s"), mean_wait(agents, load, HANDLE_S), &replications, &control, |r| r.mean_wait_s(|_| true));
        let exact = longer_than(60.0, agents, load, HANDLE_S);
        stands(&name("P(W > 60 s)"), exact, &replications, &control, |r| r.share(|wait| wait.waited > secs(60.0)));
        vanishes(&name("Little's law"), 1.0, &figures(&replications, Replication::littles_residual));
    }
}

#[test]
fn erlang_a_with_patience() {
    for (agents, load, patience_s) in [(5, 1.1, 120.0), (3, 1.4, 60.0)] {
        let name = |figure: &str| format!("M/M/{agents}+M at {load}: {figure}");
        let flow = Flow { patience: Some(exponential(patience_s)), ..Flow::new(load, 20.0) };
        let replications = replicate(&study(Order::Fifo, &[flow], agents, 12_000));
        let control = Control::arrivals(&replications, agents, load);
        let (abandon, wait) = erlang_a(agents, load, HANDLE_S, patience_s);
        stands(&name("P(abandon)"), abandon, &replications, &control, |r| r.share(|wait| wait.end == End::Left));
        stands(&name("E[W] of all, s"), wait, &replications, &control, |r| r.mean_wait_s(|_| true));
        vanishes(&name("Little's law"), 1.0, &figures(&replications, Replication::littles_residual));
    }
}

#[test]
fn pollaczek_and_khinchine() {
    let mean = secs(HANDLE_S);
    let erlang_4 = Law::Gamma { mean, sd: Span(mean.0 / 2) };
    for (name, handle) in
        [("M/D/1", Law::Constant(mean)), ("M/E4/1", erlang_4), ("M/LN/1", Law::LogNormal { mean, sd: secs(150.0) })]
    {
        let flow = Flow::new(0.5, 20.0).with(handle.clone());
        let exact = pollaczek_khinchine(flow.rate(1), handle.mean_s(), handle.second_moment_s2());
        let replications = replicate(&study(Order::Fifo, &[flow], 1, 17_000));
        let control = Control::load(&replications, 1, 0.5);
        stands(&format!("{name} at 0.5: E[W], s"), exact, &replications, &control, |r| r.mean_wait_s(|_| true));
    }
}

/// First come, first served is known path by path (Kiefer and Wolfowitz 1955): each caller waits for the agent who is free
/// first of all who serve the callers before.
#[test]
fn kiefer_and_wolfowitz_to_the_microsecond() {
    for (agents, load, seed) in [(1, 0.9, 1), (3, 0.8, 2), (10, 0.95, 3), (4, 1.2, 4)] {
        let handle = Law::LogNormal { mean: secs(HANDLE_S), sd: secs(200.0) };
        let study = study(Order::Fifo, &[Flow::new(load, 20.0).with(handle)], agents, 5_000);
        let trace = study.run(seed).expect("the desk takes the settings");
        let talks = talks(&trace);
        let mut free_at = vec![Tick(0); agents];
        for (n, wait) in trace.waits().iter().enumerate() {
            let first = free_at.iter_mut().min().expect("there are agents");
            let starts_at = wait.joined_at.max(*first);
            assert_eq!(wait.waited, starts_at.since(wait.joined_at), "M/LN/{agents}, seed={seed}, caller {n}");
            *first = starts_at.plus(talks[n]);
        }
    }
}

fn talks(trace: &Trace) -> Vec<Span> {
    let mut talks = vec![Span(0); trace.waits().len()];
    let mut taken_at = vec![Tick(0); talks.len()];
    for Event { at, what } in &trace.events {
        match what {
            What::Taken { call, .. } => taken_at[call.0 as usize] = *at,
            What::Done { call, .. } => talks[call.0 as usize] = at.since(taken_at[call.0 as usize]),
            What::Joined { .. } | What::Left { .. } | What::TurnedAway { .. } => {}
        }
    }
    talks
}
