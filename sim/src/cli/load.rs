//! `cabrank-sim load`: a running desk under load.

mod args;
mod quic;
mod watch;

pub(super) use args::{AFTER_HELP, LoadArgs};

use super::{Outcome, Unusable, interrupt};
use crate::load::{
    Address, Bounds, LoadReport, Numbers, Plan, QuicTarget, Search, Setting, Shares, SipPlan, SipTarget, Step, Target, Verdict,
    cpu_time, perform, search,
};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use watch::Watch;

/// Between two rates of a search: what the one has left behind must not burden the next.
const PAUSE: Duration = Duration::from_secs(1);

pub(super) fn run(args: &LoadArgs) -> Result<Outcome, Unusable> {
    let address = Address::read(&args.target, args.anywhere).map_err(Unusable::because)?;
    let plan = args.plan()?;
    let agents = args.agents(matches!(address, Address::Quic(..)))?;
    let setting = Setting { target: args.target.clone(), seed: plan.seed, phases: plan.phases.clone(), agents: agents.len() };
    let outputs = args.output.open()?;
    let stop = interrupt::heed()?;
    let watch = Watch::new(args.output.quiet, stop);
    let job = Job { args, plan, setting, stop };
    let report = match address {
        Address::Sip(line, server) => {
            let sip = SipPlan { server, line, listen: args.listen(server), agents, audio: args.audio() };
            job.run(SipTarget::start(&sip).map_err(Unusable::because)?, watch)
        }
        Address::Quic(name, server) => {
            let quic = args.quic(name, server, agents.into_iter().map(|account| account.name).collect())?;
            job.run(QuicTarget::start(&quic).map_err(Unusable::because)?, watch)
        }
    };
    let report = report.ok_or_else(|| Unusable::because("interrupted before there was anything to report"))?;
    outputs.write(&report)?;
    Ok(outcome(&report))
}

/// A search has found what it has found; of a load every failure counts.
fn outcome(report: &LoadReport) -> Outcome {
    let figures = &report.performed.figures;
    if report.performed.interrupted {
        return Outcome::Interrupted;
    }
    let failed = figures.failed_in_all() > 0 || !figures.agents_failed.is_empty();
    if failed && report.search.is_none() { Outcome::Missed } else { Outcome::Done }
}

/// What is to be done, once there is a target.
struct Job<'a> {
    args: &'a LoadArgs,
    plan: Plan,
    setting: Setting,
    stop: &'a AtomicBool,
}

impl Job<'_> {
    fn run(self, mut target: impl Target, mut watch: Watch<'_>) -> Option<LoadReport> {
        if self.args.find_limit {
            let (search, bounds) = self.args.search();
            return self.search(&mut target, search, bounds, watch);
        }
        watch.begins("", &self.plan);
        let Step { performed, cpu } = self.measure(&self.plan, &mut target, &mut watch, &mut Numbers::default());
        watch.ends();
        Some(LoadReport { setting: self.setting, performed, cpu, counts: target.counts(), search: None })
    }

    fn search(self, target: &mut impl Target, asked: Search, bounds: Bounds, mut watch: Watch<'_>) -> Option<LoadReport> {
        let mut numbers = Numbers::default();
        let mut steps = 0;
        let lasting = self.plan.lasting();
        let found = search(asked, |rate| {
            if steps > 0 {
                pause(target);
            }
            steps += 1;
            // Each rate has callers of its own: none is sustained by one lucky draw.
            let plan = Plan { seed: self.plan.seed.wrapping_add(steps), ..self.plan.at_rate(rate, lasting) };
            watch.begins(&format!("{rate:.0} a second: "), &plan);
            let step = self.measure(&plan, target, &mut watch, &mut numbers);
            let verdict = if step.performed.interrupted { Verdict::Interrupted } else { bounds.judge(&step.performed.figures) };
            watch.tells(&format!("{rate:.0} a second: {}", verdict.told()));
            (verdict, step)
        });
        watch.ends();
        let interrupted = self.stop.load(Ordering::Relaxed);
        let mut report = LoadReport::of_search(self.setting, found, bounds, target.counts())?;
        report.performed.interrupted |= interrupted;
        Some(report)
    }

    fn measure(&self, plan: &Plan, target: &mut impl Target, watch: &mut Watch<'_>, numbers: &mut Numbers) -> Step {
        let taken = || (cpu_time(None), self.args.watch.and_then(|process| cpu_time(Some(process))));
        let (began, before) = (Instant::now(), taken());
        let performed = perform(plan, target, watch, numbers);
        let (lasted, after) = (began.elapsed().as_secs_f64().max(1e-9), taken());
        let share = |after: Option<Duration>, before: Option<Duration>| Some((after? - before?).as_secs_f64() / lasted);
        Step { performed, cpu: Shares { generator: share(after.0, before.0), watched: share(after.1, before.1) } }
    }
}

fn pause(target: &mut impl Target) {
    let until = target.now().after(PAUSE);
    let mut news = Vec::new();
    while target.now() < until {
        target.wait(until, &mut news);
        news.clear();
    }
}
