//! One seeded day: a world, a desk, the oracle, and a twin desk that must never differ.

use crate::{Breach, Draw, Oracle, Seen, World, any_settings};
use cabrank_core::{AgentId, AgentState, Code, Decision, Desk, Effect, Input, Outbox, PassedOver, Refusal, Settings, Tick};
use std::collections::BTreeSet;

/// More steps than any day has: a day that goes on after that never ends.
const STEPS_MAX: usize = 500_000;

/// Steps after which the twin is replaced by what comes out of its byte form.
const STEPS_BETWEEN: usize = 61;

/// Steps shown with a fault.
const TRAIL_MAX: usize = 12;

/// One step of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: Tick,
    /// What happened.
    pub input: Input,
    /// What was ordered.
    pub effects: Vec<Effect>,
    /// What was refused.
    pub refusals: Vec<Refusal>,
    /// Who was brought together with whom.
    pub decisions: Vec<Decision>,
    /// Whom those decisions passed over.
    pub passed_over: Vec<PassedOver>,
}

/// A day gone by without a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// Its seed, which is also the desk's.
    pub seed: u64,
    /// The settings it began with.
    pub settings: Settings,
    /// What happened.
    pub steps: Vec<Step>,
    /// The desk's digest at its end.
    pub digest: u64,
}

/// What went wrong in a day, and where.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The day's seed.
    pub seed: u64,
    /// How many steps went by, the faulty one included.
    pub step: usize,
    /// The last steps, the faulty one at the end.
    pub trail: Vec<Step>,
    /// What went wrong.
    pub what: Wrong,
}

/// What can go wrong in a day.
#[derive(Clone, Debug)]
pub enum Wrong {
    /// A rule was broken.
    Rule(Breach),
    /// The desk refused settings drawn by lot.
    Settings(Refusal),
    /// An input did not survive its byte form.
    ByteForm,
    /// The twin, which got a wake-up for each refused input and none for what was overdue, ordered something else.
    TwinOrdered(Vec<Effect>),
    /// The twin ordered the same and is in another state.
    TwinDiffers,
    /// The twin did not come out of its byte form.
    TwinLost,
    /// The day does not end.
    Endless,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}seed={} step={}: {}", Trail(&self.trail), self.seed, self.step, self.what)
    }
}

struct Trail<'a>(&'a [Step]);

impl std::fmt::Display for Trail<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for step in self.0 {
            writeln!(f, "{:>12}us {:?}", step.at.0, step.input)?;
            step.effects.iter().try_for_each(|effect| writeln!(f, "{:>14} {effect:?}", "->"))?;
            step.refusals.iter().try_for_each(|refusal| writeln!(f, "{:>14} refused: {refusal}", "->"))?;
            step.decisions.iter().try_for_each(|decision| writeln!(f, "{:>14} {decision:?}", ""))?;
        }
        Ok(())
    }
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Wrong::Rule(breach) => breach.fmt(f),
            Wrong::Settings(refusal) => write!(f, "settings refused: {refusal}"),
            Wrong::ByteForm => f.write_str("the byte form is another input"),
            Wrong::TwinOrdered(effects) => write!(f, "the twin ordered {effects:?}"),
            Wrong::TwinDiffers => f.write_str("the twin is in another state"),
            Wrong::TwinLost => f.write_str("the twin does not come out of its byte form"),
            Wrong::Endless => f.write_str("the day does not end"),
        }
    }
}

impl std::error::Error for Fault {}

/// Lives through the day of that seed.
pub fn live_through(seed: u64) -> Result<Day, Fault> {
    let settings = any_settings(&mut Draw::new(seed, 0));
    let refused = |refusal| Fault { seed, step: 0, trail: Vec::new(), what: Wrong::Settings(refusal) };
    let desk = || Desk::new(settings.clone(), seed).map_err(refused);
    let mut run = Run {
        seed,
        desk: desk()?,
        twin: desk()?,
        world: World::new(seed, settings.clone()),
        oracle: Oracle::new(settings.clone()),
        steps: Vec::new(),
        idle_before: BTreeSet::new(),
        being_told: None,
        known_to_twin: 0,
    };
    match run.live() {
        Ok(()) => Ok(Day { seed, settings, digest: run.desk.digest(), steps: std::mem::take(&mut run.steps) }),
        Err(what) => Err(run.fault(what)),
    }
}

/// Hands a day's inputs to a fresh desk: its orders, step by step, and its digest.
pub fn replay(day: &Day) -> Result<(Vec<Vec<Effect>>, u64), Refusal> {
    let mut desk = Desk::new(day.settings.clone(), day.seed)?;
    let mut orders = Vec::with_capacity(day.steps.len());
    for step in &day.steps {
        let mut out = Outbox::default();
        desk.handle(step.at, step.input.clone(), &mut out);
        orders.push(out.effects);
    }
    Ok((orders, desk.digest()))
}

struct Run {
    seed: u64,
    desk: Desk,
    twin: Desk,
    world: World,
    oracle: Oracle,
    steps: Vec<Step>,
    /// Agents who were idle when the engine went down, and whose phones have not been heard of since.
    idle_before: BTreeSet<AgentId>,
    /// What the desk is being told, for when it panics.
    being_told: Option<(Tick, Input)>,
    /// Steps before this one are known to the twin.
    known_to_twin: usize,
}

/// A desk that panics says where, but not on which day.
impl Drop for Run {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the desk panicked in the step after these, seed={} step={}:", self.seed, self.steps.len());
            eprintln!("{}", Trail(self.trail()));
            if let Some((at, input)) = &self.being_told {
                eprintln!("{:>12}us {input:?}", at.0);
            }
        }
    }
}

impl Run {
    fn fault(&self, what: Wrong) -> Fault {
        Fault { seed: self.seed, step: self.steps.len(), trail: self.trail().to_vec(), what }
    }

    fn trail(&self) -> &[Step] {
        self.steps.get(self.steps.len().saturating_sub(TRAIL_MAX)..).unwrap_or_default()
    }

    fn live(&mut self) -> Result<(), Wrong> {
        while let Some((at, input)) = self.world.next(self.desk.next_wake()) {
            let input = self.as_an_edge_says_it(input);
            self.step(at, &input)?;
        }
        self.oracle.saw_the_end(&self.desk.view()).map_err(Wrong::Rule)
    }

    fn step(&mut self, at: Tick, input: &Input) -> Result<(), Wrong> {
        let overdue = self.desk.next_wake().is_some_and(|due| due <= at);
        // After a restart nothing that fell due meanwhile may happen before the desk knows of the restart.
        if overdue && !matches!(input, Input::Woke | Input::Restarted) {
            self.hand(at, &Input::Woke)?;
        }
        self.hand(at, input)?;
        self.compare_twin(at, input)?;
        if self.steps.len() < STEPS_MAX { Ok(()) } else { Err(Wrong::Endless) }
    }

    fn hand(&mut self, at: Tick, input: &Input) -> Result<(), Wrong> {
        let mut out = Outbox::default();
        self.being_told = Some((at, input.clone()));
        if matches!(input, Input::Restarted) {
            let idle = self.desk.view().agents.into_iter().filter(|agent| agent.state == AgentState::Idle);
            self.idle_before = idle.map(|agent| agent.agent).collect();
        }
        self.desk.handle(at, input.clone(), &mut out);
        let view = self.desk.view();
        self.idle_before.retain(|agent| {
            let state = view.agents.get(agent.0 as usize).map(|agent| &agent.state);
            state == Some(&AgentState::Unreachable { until: None })
        });
        let Outbox { effects, refusals, decisions, passed_over } = &out;
        let verdict = self.oracle.saw(Seen { at, input, effects, refusals, decisions, passed_over, view: &view });
        self.world.heard(input, !out.refusals.is_empty(), &out.effects);
        let Outbox { effects, refusals, decisions, passed_over } = out;
        self.steps.push(Step { at, input: input.clone(), effects, refusals, decisions, passed_over });
        verdict.map_err(Wrong::Rule)
    }

    /// Only of an agent who was idle is it said that the phone is where it was.
    fn as_an_edge_says_it(&self, input: Input) -> Input {
        if let Input::PhoneResumed { agent } = input
            && !self.idle_before.contains(&agent)
        {
            return Input::PhoneReached { agent };
        }
        input
    }

    /// The twin takes what came out of the byte form, a mere wake-up for what was refused, and no wake-up of its own. Now and
    /// then it is itself replaced by what comes out of its byte form.
    fn compare_twin(&mut self, at: Tick, input: &Input) -> Result<(), Wrong> {
        let decoded = Input::from_bytes(&input.to_bytes()).ok().filter(|decoded| decoded == input).ok_or(Wrong::ByteForm)?;
        let news = self.steps.get(self.known_to_twin..).unwrap_or_default();
        let refused = news.iter().any(|step| !step.refusals.is_empty());
        let mut out = Outbox::default();
        self.twin.handle(at, if refused { Input::Woke } else { decoded }, &mut out);
        let lived = news.iter().flat_map(|step| told(&step.decisions, &step.passed_over));
        let same =
            news.iter().flat_map(|step| &step.effects).eq(&out.effects) && lived.eq(told(&out.decisions, &out.passed_over));
        self.known_to_twin = self.steps.len();
        if !same {
            return Err(Wrong::TwinOrdered(out.effects));
        }
        if self.steps.len().is_multiple_of(STEPS_BETWEEN) {
            self.twin = Desk::from_bytes(&self.twin.to_bytes()).map_err(|_| Wrong::TwinLost)?;
        }
        if self.twin.digest() == self.desk.digest() { Ok(()) } else { Err(Wrong::TwinDiffers) }
    }
}

/// Decisions with whom each passed over, wherever in an outbox that stands.
fn told<'a>(
    decisions: &'a [Decision],
    passed_over: &'a [PassedOver],
) -> impl Iterator<Item = (Decision, Option<&'a [PassedOver]>)> {
    let anywhere = |decision: &Decision| Decision { passed_over: 0..0, ..decision.clone() };
    decisions.iter().map(move |decision| (anywhere(decision), passed_over.get(decision.passed_over.clone())))
}
