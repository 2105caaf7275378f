//! This call's turn: with whom it was brought together, and who was passed over for it.

use super::happening::{Because, Happening, NotAgent, Passed, Wait};
use super::overtaken::{agent_name, queue_name, served_later};
use crate::epoch::Epoch;
use crate::names;
use cabrank_core::{Candidate, Decision, Desk, NotRung, NotServed, Outbox, PassedOver, Step, Tick, Why};

/// Of those passed over in one decision, so many are named.
const NAMED_MAX: usize = 16;

/// What a decision says of the call that it chose.
pub(super) fn happening(decision: &Decision, out: &Outbox, desk: &Desk, epoch: Epoch) -> Happening {
    let passed = out.passed_over.get(decision.passed_over.clone()).unwrap_or_default();
    let named = passed.get(..NAMED_MAX).unwrap_or(passed);
    let (mut callers, mut agents) = (Vec::new(), Vec::new());
    for passed in named {
        match passed {
            PassedOver::Caller(candidate, not) => {
                let opens_at = if let NotServed::OpensAt(at) = not { *at } else { decision.at };
                callers.push((other(candidate, decision.at, desk), served_later(*not, opens_at, desk, epoch)));
            }
            PassedOver::Agent(agent, not) => {
                agents.push(NotAgent { agent: agent_name(desk, *agent), because: not_rung(*not, desk, epoch) });
            }
        }
    }
    Happening::Chosen {
        agent: agent_name(desk, decision.agent),
        call_back: decision.step == Step::CalledBack,
        why: why(decision, desk),
        this: wait(&decision.chosen, decision.at, desk),
        callers,
        agents,
        left_out: (passed.len() - named.len()) as u64,
    }
}

/// Another caller, as a decision looked at it.
pub(super) fn other(candidate: &Candidate, now: Tick, desk: &Desk) -> Passed {
    Passed {
        call: candidate.call.to_string(),
        queue: queue_name(desk, candidate.queue),
        class: names::class(desk.settings(), candidate.queue, candidate.class).to_owned(),
        wait: wait(candidate, now, desk),
    }
}

/// How long a caller has waited, beside the target.
pub(super) fn wait(candidate: &Candidate, now: Tick, desk: &Desk) -> Wait {
    let queue = desk.settings().queues.get(usize::from(candidate.queue.0));
    let target = queue.map(|queue| queue.thresholds.target(candidate.class)).unwrap_or_default();
    let waited = now.since(candidate.since);
    let percent = u128::from(waited.0) * 100 / u128::from(target.0.max(1));
    Wait { waited_s: waited.as_secs(), target_s: target.as_secs(), percent: u64::try_from(percent).unwrap_or(u64::MAX) }
}

fn why(decision: &Decision, desk: &Desk) -> String {
    let agent = agent_name(desk, decision.agent);
    match decision.why {
        Why::First(order) => {
            format!("{agent} became free, and by the order of service `{}` this caller came first", order.name())
        }
        Why::OwnAgentFree => format!("{agent} became free, and served this caller before: a head start"),
        Why::BestIdle => format!("{agent} was the best idle agent"),
        Why::OwnAgentIdle => format!("{agent} was idle, and is this caller's own agent"),
    }
}

fn not_rung(not: NotRung, desk: &Desk, epoch: Epoch) -> Because {
    match not {
        NotRung::WorseLevel => Because::WorseLevel,
        NotRung::LaterTurn => Because::LaterTurn,
        NotRung::OwnAgent => Because::OwnAgent,
        NotRung::OpensAt(at) => Because::OpensAt { at: epoch.at(at) },
        NotRung::KeptFor(queue) => Because::KeptFor { queue: queue_name(desk, queue) },
        NotRung::JustMissed => Because::JustMissed,
    }
}
