//! Who was skipped by whom, and which rule explains it.
//!
//! A rule that the desk names is not taken at its word where it can be reckoned anew: that one caller precedes another by the
//! order of service is looked up in the settings, not in the core.

use super::Books;
use crate::simulate::tally::Skipped;
use crate::study::fairness::Standing;
use cabrank_core::{Candidate, Decision, NotServed, PassedOver, Tick, Why};

impl Books<'_> {
    /// An agent and a caller were brought together, past those who are named.
    pub(in crate::simulate) fn decided(&mut self, now: Tick, decision: &Decision, passed_over: &[PassedOver]) {
        let agent_chose = match decision.why {
            Why::First(_) | Why::OwnAgentFree => true,
            Why::BestIdle | Why::OwnAgentIdle => false,
        };
        if !agent_chose || !self.counted.holds(now) {
            return;
        }
        let chosen = decision.chosen;
        let mut own_class_named = false;
        for passed in passed_over {
            let PassedOver::Caller(first, why) = passed else { continue };
            own_class_named |= (first.queue, first.class) == (chosen.queue, chosen.class);
            if first.since < chosen.since {
                self.skipped(now, decision, first, *why);
            }
        }
        if !own_class_named {
            let earlier = self.lines[usize::from(chosen.queue.0)].earlier(chosen.class, chosen.since);
            self.unexplained(now, decision, earlier, &chosen);
        }
    }

    /// The first of a class was passed over by somebody who came later.
    fn skipped(&mut self, now: Tick, decision: &Decision, first: &Candidate, why: NotServed) {
        let chosen = decision.chosen;
        let all = self.lines[usize::from(first.queue.0)].earlier(first.class, chosen.since).max(1);
        let (rule, skips) = match why {
            NotServed::Later(_) if !self.rules.precedes(&standing(&chosen), &standing(first), now) => {
                return self.unexplained(now, decision, all, first);
            }
            NotServed::Later(_) => ("order", all),
            NotServed::OwnAgent => ("preferred-agent", all),
            NotServed::KeptFor(_) => ("reserve", all),
            NotServed::JustMissed => ("just-missed", 1),
            NotServed::OthersDialled => ("callback", 1),
            // The agent could not have taken the caller yet: that is no skip.
            NotServed::OpensAt(_) => return,
        };
        let skipped = Skipped { rule, by: (chosen.queue, chosen.class), of: (first.queue, first.class) };
        *self.tally.fairness.skips.entry(skipped).or_default() += skips;
    }

    fn unexplained(&mut self, now: Tick, decision: &Decision, skips: u64, of: &Candidate) {
        if skips > 0 {
            let fairness = &mut self.tally.fairness;
            fairness.unexplained += skips;
            fairness.first_unexplained.get_or_insert((now, decision.chosen.call, of.call, decision.agent));
        }
    }
}

fn standing(candidate: &Candidate) -> Standing {
    Standing { call: candidate.call, class: (candidate.queue, candidate.class), joined_at: candidate.since }
}
