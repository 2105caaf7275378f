//! What repeat calls, abandons and broken promises have in common against everyone else.
//!
//! Each [`Concern`] holds a group of calls against all others that could have been in it, over every [`Feature`] that was there
//! before: hour, line, option, queue, region, skill, how long the caller waited, ... It tells values that are more frequent in
//! the group than chance lets expect, and nothing else. It is pure: calls come in as [`Cases`], in which nobody can be
//! recognised, and no agent or caller is ever compared with another.
//!
//! # Method
//! - *Chance* is what comes out when outcomes are dealt out anew among callers with equally many calls, each caller's outcomes
//!   together, since the calls of one caller are not independent. That needs no table of small counts either: it is Fisher's
//!   exact test with callers for units, by Monte Carlo.
//! - *Many comparisons*: the probability that anything at all is told when nothing is there is at most α, over all comparisons of
//!   all concerns. Within a concern by step-down maxT (Westfall and Young, Resampling-Based Multiple Testing, 1993; Ge, Dudoit
//!   and Speed, Test 12:1, 2003), across concerns by Bonferroni. Holm's procedure would do as much, but needs p-values that are
//!   right for callers with several calls, and takes features that are nearly the same calls (hour and queue) for twice as many
//!   chances to err. Benjamini and Hochberg's holds down the share of what is told wrongly, not the chance that noise speaks.
//! - *Small counts*: values that fewer than 20 calls or 10 callers have, or of which chance would put fewer than five calls into
//!   the group or the others (Cochran, Biometrics 10, 1954), are not compared. Which these are does not depend on the outcome.
//! - *Lift* is the ratio of two rates, its interval by the logarithm (Katz et al., Biometrics 34, 1978) with errors added up
//!   caller by caller (Liang and Zeger, Biometrika 73, 1986).
//! - *Shadows*: features go together. The finding that is furthest from chance stands; others stand beside it only as far as
//!   they are more than chance among calls alike in all that stand (Cochran 1954; Mantel and Haenszel, JNCI 22, 1959). The rest
//!   is marked with what explains it, or with what has the same calls.
//! - *One day*: calls of one bad day are not independent either. A finding of which nothing is left without its strongest day is
//!   marked with that day.
//!
//! What comes out are differences, not causes: who called in the rush hour may have called for another reason.

mod case;
mod concern;
mod feature;
mod findings;
mod ratio;
mod shadows;
mod shuffle;
mod significance;
mod strata;
mod table;
mod words;

pub use case::{Caller, Case, Cases, Ending, Lexicon, Moment, Pressed, PromiseMade, Word};
pub use concern::Concern;
pub use feature::{Feature, Value};
pub use findings::{Explained, Finding};
pub use ratio::{Counts, Ratio};
pub use words::{grouped, length, percent};

use concern::{Member, members};
use table::Table;

/// What is asked. Moments are microseconds since 1970 (UTC).
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Only calls that came in then or later; those before serve to know who had called already.
    pub since: i64,
    /// Only calls that came in before; those after serve to know who called again.
    pub until: i64,
    /// Up to here all calls are known.
    pub known_until: i64,
    /// Within so many microseconds another call of the same number is a repeat.
    pub repeat_within_us: i64,
    /// The chance of telling anything where nothing is, at the most.
    pub alpha: f64,
    /// How often outcomes are dealt out anew for each concern, at the most; with very many calls it is less often.
    pub draws: u32,
    /// The seed of that.
    pub seed: u64,
}

impl Question {
    fn asks_for(&self, came_at: i64) -> bool {
        (self.since..self.until).contains(&came_at)
    }
}

/// What came out.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// Calls in the window that was asked for.
    pub calls: usize,
    /// How many comparisons there were in all.
    pub comparisons: usize,
    /// First contacts that were settled by one call.
    pub first_contacts: FirstContacts,
    /// Each concern, in the order of [`Concern::ALL`].
    pub concerns: Vec<Compared>,
}

/// First-contact resolution: of the first contacts that were served, those not followed by another call within the days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FirstContacts {
    /// First contacts that were served: no call of that number within the days before, and the days after are over.
    pub served: u32,
    /// Of these, those not followed by another call.
    pub resolved: u32,
}

impl FirstContacts {
    /// The share that was resolved; 0 when none was served.
    pub fn share(&self) -> f64 {
        ratio::share(self.resolved, self.served)
    }
}

/// One concern.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// Which.
    pub concern: Concern,
    /// Calls of the group.
    pub group: usize,
    /// Calls it is held against.
    pub others: usize,
    /// Values compared.
    pub comparisons: usize,
    /// How often outcomes were dealt out anew.
    pub draws: u32,
    /// Values that too few calls have, or all but too few.
    pub too_rare: usize,
    /// What is more frequent in the group than chance lets expect.
    pub findings: Vec<Finding>,
}

/// Calls dealt in all, for each concern, before there are fewer deals than were asked for.
const DEALT_MAX: u32 = 30_000_000;

/// Analyses calls, and tells of each part of the work that is done: the parts add up to 1.
pub fn analyze(cases: &Cases, question: &Question, tell: &(dyn Fn(f64) + Sync)) -> Analysis {
    let of_concern = Concern::ALL.map(|concern| members(concern, cases, question));
    let tables: Vec<Table> =
        Concern::ALL.iter().zip(&of_concern).map(|(concern, members)| Table::of(cases, members, concern.features())).collect();
    let asked = tables.iter().filter(|table| !table.comparisons.is_empty()).count().max(1);
    let concerns = Concern::ALL.iter().zip(&tables).map(|(concern, table)| {
        let ground = Ground { concern: *concern, table, asked, draws: question.draws_for(table, asked) };
        ground.compared(cases, question, tell)
    });
    Analysis {
        calls: cases.all().iter().filter(|case| question.asks_for(case.came_at)).count(),
        comparisons: tables.iter().map(|table| table.comparisons.len()).sum(),
        first_contacts: FirstContacts::of(cases, &of_concern[0]),
        concerns: concerns.collect(),
    }
}

/// A concern that is about to be compared, one of so many.
struct Ground<'t> {
    concern: Concern,
    table: &'t Table,
    asked: usize,
    draws: u32,
}

impl Ground<'_> {
    fn compared(&self, cases: &Cases, question: &Question, tell: &(dyn Fn(f64) + Sync)) -> Compared {
        let table = self.table;
        let group = usize::try_from(table.group).unwrap_or(usize::MAX);
        Compared {
            concern: self.concern,
            group,
            others: table.calls() - group,
            comparisons: table.comparisons.len(),
            draws: self.draws,
            too_rare: table.too_rare,
            findings: if table.comparisons.is_empty() { Vec::new() } else { self.found(cases, question, tell) },
        }
    }

    fn found(&self, cases: &Cases, question: &Question, tell: &(dyn Fn(f64) + Sync)) -> Vec<Finding> {
        let seed = question.seed ^ ((self.concern as u64) << 56);
        let part = 1.0 / (f64::from(self.draws) * self.asked as f64);
        let mut measured = significance::measured(&shuffle::deals(self.table, self.draws, seed, &|| tell(part)));
        for one in &mut measured {
            one.p_of_all = (one.p_of_all * self.asked as f64).min(1.0);
        }
        findings::findings(self.table, &measured, question.alpha, cases.lexicon())
    }
}

impl Question {
    /// Always enough to be sure at α, whatever is asked for at the most.
    fn draws_for(&self, table: &Table, asked: usize) -> u32 {
        let enough = (8.0 * asked as f64 / self.alpha) as u32;
        let draws = self.draws.min((DEALT_MAX / table.group.max(1)).max(enough));
        draws.next_multiple_of(shuffle::SERIES)
    }
}

impl FirstContacts {
    fn of(cases: &Cases, contacts: &[Member]) -> FirstContacts {
        let served = |member: &&Member| cases.all()[member.case].ending == Ending::Served;
        let count = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
        FirstContacts {
            served: count(contacts.iter().filter(served).count()),
            resolved: count(contacts.iter().filter(served).filter(|member| !member.in_group).count()),
        }
    }
}
