//! Studies: a desk's callers and agents in virtual time, and what came of them.
//!
//! A [`Study`] says who calls how often, who is there to answer, and by what thresholds. [`Study::run`] lets the production
//! core decide; [`Study::run_with`] lets any [`Router`] decide over the very same callers. Either way the outcome is a
//! [`Trace`] of plain events, which [`statistics`](crate::statistics) reduces to figures and [`fairness`] holds against the rules.
//!
//! Every source of chance has a stream of its own, and everything about a caller is drawn when the caller comes. The n-th
//! caller of a source is therefore the same person whatever the policy does: common random numbers.

mod desk_router;
pub mod fairness;
mod floor;
mod plain;
mod router;
mod trace;

pub use desk_router::DeskRouter;
pub use plain::{NEVER, plain_agents, plain_desk, plain_queue};
pub use router::{Move, Newcomer, Router};
pub use trace::{End, Event, Trace, Wait, What};

use crate::chance::Law;
use cabrank_core::{AgentId, ClassId, QueueId, Refusal, Settings, Span};
use floor::Floor;

/// What is studied.
#[derive(Clone, Debug)]
pub struct Study {
    /// The desk. Its lines are not used: callers join their queue at once.
    pub settings: Settings,
    /// Who calls.
    pub sources: Vec<Source>,
    /// How fast each agent works, by id: handle times are divided by it. Who is not named works at 1.
    pub speeds: Vec<f64>,
    /// For so long callers come; those who came are served to the end.
    pub open_for: Span,
}

/// Callers who are alike.
#[derive(Clone, Debug)]
pub struct Source {
    /// The queue they join.
    pub queue: QueueId,
    /// Their class in it.
    pub class: ClassId,
    /// The time from one to the next: a Poisson stream if exponential.
    pub between: Law,
    /// How long a talk with an agent of speed 1 takes.
    pub handle: Law,
    /// After which wait they hang up; they never do if there is none.
    pub patience: Option<Law>,
}

impl Study {
    /// Lets the production core serve the callers drawn from this seed. Fails if the desk refuses the settings.
    pub fn run(&self, seed: u64) -> Result<Trace, Refusal> {
        Ok(self.run_with(&mut DeskRouter::new(&self.settings, seed)?, seed))
    }

    /// Lets any router serve the same callers.
    pub fn run_with(&self, router: &mut impl Router, seed: u64) -> Trace {
        Floor::new(self, router, seed).run()
    }

    /// How fast an agent works.
    pub fn speed(&self, agent: AgentId) -> f64 {
        self.speeds.get(agent.0 as usize).copied().unwrap_or(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cabrank_core::{Order, Thresholds};

    fn study(thresholds: Thresholds, agents: usize) -> Study {
        let exponential = |secs| Law::Exponential { mean: Span::secs(secs) };
        let source = |class| Source {
            queue: QueueId(0),
            class: ClassId(class),
            between: exponential(60),
            handle: exponential(90),
            patience: (class == 1).then(|| exponential(120)),
        };
        Study {
            settings: plain_desk(vec![thresholds], plain_agents(agents, 1)),
            sources: vec![source(0), source(1)],
            speeds: Vec::new(),
            open_for: Span::secs(100_000),
        }
    }

    fn two_classes(order: Order) -> Thresholds {
        plain_queue(order, &[Span::secs(20), Span::secs(60)])
    }

    fn run(study: &Study, seed: u64) -> Trace {
        study.run(seed).expect("the desk takes the settings")
    }

    /// Common random numbers: another order, another number of agents, and still the same people with the same matters.
    #[test]
    fn callers_are_the_same_whatever_the_policy_does() {
        for seed in 1..=5 {
            let one = run(&study(two_classes(Order::Fifo), 3), seed).waits();
            let other = run(&study(two_classes(Order::StrictPriority), 4), seed).waits();
            assert_eq!(one.len(), other.len(), "seed={seed}");
            let came = |wait: &Wait| (wait.joined_at, wait.class);
            assert!(one.iter().map(came).eq(other.iter().map(came)), "seed={seed}");
            let taken = |wait: &Wait| matches!(wait.end, End::Taken(_));
            let pairs: Vec<_> = one.iter().zip(&other).filter(|(one, other)| taken(one) && taken(other)).collect();
            assert!(pairs.len() > 1_000 && pairs.iter().all(|(one, other)| one.talked == other.talked), "seed={seed}");
            let waited_until_left = |wait: &&Wait| wait.end == End::Left;
            assert!(one.iter().filter(waited_until_left).all(|wait| wait.class == ClassId(1)), "who has patience stays");
        }
    }

    #[test]
    fn a_seed_is_a_trace_and_another_seed_another() {
        let study = study(two_classes(Order::Proportional), 3);
        assert_eq!(run(&study, 7), run(&study, 7));
        assert_ne!(run(&study, 7), run(&study, 8));
    }

    #[test]
    fn full_lines_and_the_longest_wait_turn_callers_away() {
        let full = run(&study(Thresholds { max_waiting: 2, ..two_classes(Order::Fifo) }, 2), 1).waits();
        assert!(full.iter().any(|wait| wait.end == End::TurnedAway && wait.waited == Span(0)));
        let longest = Span::secs(100);
        let long = run(&study(Thresholds { max_wait: longest, ..two_classes(Order::Fifo) }, 2), 1).waits();
        assert!(long.iter().any(|wait| wait.end == End::TurnedAway));
        assert!(long.iter().all(|wait| wait.waited <= longest && (wait.end != End::TurnedAway || wait.waited == longest)));
    }

    #[test]
    fn agents_wrap_up_before_they_take_the_next_call() {
        let wrap_up = Span::secs(15);
        let study = study(Thresholds { wrap_up, ..two_classes(Order::Fifo) }, 4);
        let trace = run(&study, 1);
        let mut free_at = [cabrank_core::Tick(0); 4];
        for Event { at, what } in &trace.events {
            match what {
                What::Taken { agent, .. } => assert!(*at >= free_at[agent.0 as usize]),
                What::Done { agent, .. } => free_at[agent.0 as usize] = at.plus(wrap_up),
                What::Joined { .. } | What::Left { .. } | What::TurnedAway { .. } => {}
            }
        }
        assert_eq!(fairness::Fairness::of(&study, &trace).breaches, []);
    }
}
