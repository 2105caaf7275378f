//! Whether what a decision says of those it passed over is true.

use super::scene::{InLine, Scene};
use cabrank_core::{AgentId, Candidate, NotRung, NotServed};

/// Whether a caller was passed over for the reason given, while the agent chose another one.
pub(crate) fn is_true_of_caller(scene: &Scene<'_>, agent: AgentId, chosen: &InLine, passed: &Candidate, not: NotServed) -> bool {
    let Some(caller) = scene.caller(passed.call).filter(|caller| caller.candidate() == *passed) else { return false };
    let turn = |caller| scene.turn(caller, agent);
    let could = scene.bar(agent, caller).is_none();
    match not {
        NotServed::Later(order) => {
            let by_order_alone = chosen.held_for != Some(agent) || scene.bare_turn(caller) > scene.bare_turn(chosen);
            could && turn(caller) > turn(chosen) && by_order_alone && order == scene.order(caller.queue)
        }
        NotServed::OwnAgent => {
            let by_head_start = turn(caller) > turn(chosen) && scene.bare_turn(caller) < scene.bare_turn(chosen);
            could && chosen.held_for == Some(agent) && by_head_start
        }
        NotServed::OpensAt(at) => opens_at(scene, agent, caller) == Some(at) && at > scene.now,
        NotServed::KeptFor(keeper) => scene.keeps_from(keeper, agent, caller.queue),
        NotServed::JustMissed => could && scene.has_just_missed(agent, caller),
        NotServed::OthersDialled => caller.absent && !scene.may_dial(caller.queue),
    }
}

/// Whether an idle agent was passed over for the reason given, while the caller chose another one.
pub(crate) fn is_true_of_agent(scene: &Scene<'_>, chosen: AgentId, caller: &InLine, passed: AgentId, not: NotRung) -> bool {
    let (Some(passed), Some(chosen)) = (scene.agent(passed), scene.agent(chosen)) else { return false };
    let could = scene.bar(passed.agent, caller).is_none();
    let by_own_agent = scene.is_own_choice(caller, chosen);
    let (rank, best) = (scene.rank(caller, passed), scene.rank(caller, chosen));
    match not {
        NotRung::WorseLevel => could && !by_own_agent && rank > best,
        NotRung::LaterTurn => could && rank == best && is_later(scene, caller, chosen, passed),
        NotRung::OwnAgent => could && by_own_agent,
        NotRung::OpensAt(at) => opens_at(scene, passed.agent, caller) == Some(at) && at > scene.now,
        NotRung::KeptFor(keeper) => scene.keeps_from(keeper, passed.agent, caller.queue),
        NotRung::JustMissed => could && passed.missed == Some(caller.call),
    }
}

fn is_later(scene: &Scene<'_>, caller: &InLine, chosen: &super::Free, passed: &super::Free) -> bool {
    let key = |free: &super::Free| (free.idle_since, free.agent);
    let by_order = scene.agent_order(caller, chosen, passed).then(key(chosen).cmp(&key(passed)));
    by_order.is_lt() || scene.alike(caller, chosen, passed)
}

fn opens_at(scene: &Scene<'_>, agent: AgentId, caller: &InLine) -> Option<cabrank_core::Tick> {
    scene.way(agent, caller.queue).map(|way| caller.since.plus(way.after))
}
