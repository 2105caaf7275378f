//! How agents take ringings, learnt from those they had.
//!
//! A caller who hangs up ends a ringing, the longer it rings the likelier: what the agent would have done is known only to
//! come later. So pick-ups are estimated as patience is, by the product limit; what is left at the end of the longest
//! ringing is never picked up.

use super::day::{AgentDay, RingEnded};
use crate::chance::Law;
use crate::scenario::Phone;
use crate::statistics::{Ended, KaplanMeier};
use cabrank_core::Span;

/// So much weighs what all agents do when one agent's own ringings are few.
const RINGS_OF_ALL: f64 = 20.0;
/// With fewer, an agent is taken to pick up as soon as all do.
const PICK_UPS_MIN: usize = 20;
/// As many moments of picking up are told apart.
const MOMENTS_MAX: usize = 1_000;

/// How all agents take ringings.
pub(super) struct Phones {
    all: Ways,
}

/// How ringings and talks went.
struct Ways {
    picks_up_after: Law,
    picked_up: usize,
    rings: f64,
    unanswered: f64,
    declined: f64,
    talks: f64,
    dropped: f64,
}

impl Phones {
    pub(super) fn of(agents: &[AgentDay]) -> Phones {
        Phones { all: Ways::of(agents.iter()) }
    }

    /// The agent's own ways, drawn towards those of all by as much as little was seen of them.
    pub(super) fn phone(&self, agent: &AgentDay) -> Phone {
        let (own, all) = (Ways::of(std::iter::once(agent)), &self.all);
        let drawn = |own: f64, of: f64, all: f64| (own * of + all * RINGS_OF_ALL) / (of + RINGS_OF_ALL);
        let enough = own.picked_up >= PICK_UPS_MIN;
        Phone {
            picks_up_after: if enough { own.picks_up_after } else { all.picks_up_after.clone() },
            unanswered: drawn(own.unanswered, own.rings, all.unanswered),
            declined: drawn(own.declined, own.rings, all.declined),
            dropped: drawn(own.dropped, own.talks, all.dropped),
        }
    }
}

impl Ways {
    fn of<'a>(agents: impl Iterator<Item = &'a AgentDay> + Clone) -> Ways {
        let rings = agents.clone().flat_map(|agent| &agent.rings);
        let count = |as_said: RingEnded| rings.clone().filter(|(_, ended)| *ended == as_said).count();
        let (picked_up, declined) = (count(RingEnded::PickedUp), count(RingEnded::Declined));
        let curve = KaplanMeier::of(rings.clone().map(|(lasted, ended)| (*lasted, taken(*ended))));
        let unanswered = curve.steps().last().map_or(1.0, |(_, left)| *left);
        let taken = (picked_up + declined).max(1) as f64;
        let dropped: f64 = agents.map(|agent| f64::from(agent.dropped)).sum();
        Ways {
            picks_up_after: moments(&curve, picked_up + declined),
            picked_up,
            rings: rings.count() as f64,
            unanswered: if picked_up + declined > 0 { unanswered } else { 0.0 },
            declined: declined as f64 / taken * (1.0 - unanswered),
            talks: picked_up as f64,
            dropped: dropped / (picked_up.max(1) as f64),
        }
    }
}

fn taken(ended: RingEnded) -> Ended {
    match ended {
        RingEnded::PickedUp | RingEnded::Declined => Ended::Event,
        RingEnded::RangOut | RingEnded::CalledOff => Ended::Censored,
    }
}

/// When those ringings are taken that are: quantiles of the curve, each as likely as the others.
fn moments(curve: &KaplanMeier, seen: usize) -> Law {
    let Some((_, left)) = curve.steps().last() else { return Law::Constant(Span(0)) };
    let n = seen.clamp(1, MOMENTS_MAX);
    let level = |nth: usize| 1.0 - (nth as f64 + 0.5) / n as f64 * (1.0 - left);
    let moment = |nth: usize| curve.steps().get(curve.steps().partition_point(|(_, survival)| *survival > level(nth)));
    Law::Empirical((0..n).filter_map(|nth| moment(nth).map(|(time, _)| *time)).collect())
}
