//! The groups of concern: who is in one, whom it is held against, and by what.

use super::Question;
use super::case::{Case, Cases, Ending};
use super::feature::Feature;
use cabrank_core::Settled;

/// A group of concern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Concern {
    /// Called again within so many days; among first contacts.
    Repeats,
    /// Left while waiting; among those who waited.
    Abandons,
    /// Waited longer than was said; among those who were told, and of whom it is known.
    BrokenQuotes,
    /// Were promised something that did not come; among promises of which it is known.
    BrokenPromises,
}

impl Concern {
    /// Every concern.
    pub const ALL: [Concern; 4] = [Concern::Repeats, Concern::Abandons, Concern::BrokenQuotes, Concern::BrokenPromises];

    /// What the group and the others are compared by. What makes a call one of the group, and what only comes of it, is left
    /// out: a caller who left has no agent, and who waited longer than was said waited long.
    pub fn features(self) -> &'static [Feature] {
        match self {
            Concern::Repeats => &[
                Feature::Line,
                Feature::Pressed,
                Feature::Queue,
                Feature::Class,
                Feature::Why,
                Feature::Skill,
                Feature::Hour,
                Feature::Weekday,
                Feature::Region,
                Feature::Waited,
                Feature::Offers,
                Feature::Ending,
                Feature::Promise,
                Feature::Quote,
            ],
            Concern::Abandons => &[
                Feature::Line,
                Feature::Pressed,
                Feature::Queue,
                Feature::Class,
                Feature::Why,
                Feature::Hour,
                Feature::Weekday,
                Feature::Region,
            ],
            Concern::BrokenQuotes => &[
                Feature::Line,
                Feature::Pressed,
                Feature::Queue,
                Feature::Class,
                Feature::Why,
                Feature::Skill,
                Feature::Hour,
                Feature::Weekday,
                Feature::Region,
                Feature::Offers,
            ],
            Concern::BrokenPromises => {
                &[Feature::Line, Feature::Pressed, Feature::Hour, Feature::Weekday, Feature::Region, Feature::Ahead]
            }
        }
    }
}

/// A call that counts for a concern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Member {
    /// Which of the cases.
    pub(super) case: usize,
    /// Whether it is one of the group, or one of the others.
    pub(super) in_group: bool,
}

/// The calls that count for a concern, oldest first.
pub(super) fn members(concern: Concern, cases: &Cases, question: &Question) -> Vec<Member> {
    match concern {
        Concern::Repeats => first_contacts(cases, question),
        Concern::Abandons => those(cases, question, |case| match case.ending {
            Ending::Served | Ending::Otherwise => case.waited_us.map(|_| false),
            Ending::Left => Some(true),
            Ending::LeftSoon => None,
        }),
        Concern::BrokenQuotes => those(cases, question, |case| case.quote.and_then(is_broken)),
        Concern::BrokenPromises => those(cases, question, |case| case.promise.and_then(|promise| is_broken(promise.settled))),
    }
}

fn is_broken(settled: Settled) -> Option<bool> {
    match settled {
        Settled::Open => None,
        Settled::Kept => Some(false),
        Settled::Broken => Some(true),
    }
}

fn those(cases: &Cases, question: &Question, of: impl Fn(&Case) -> Option<bool>) -> Vec<Member> {
    let asked = cases.all().iter().enumerate().filter(|(_, case)| question.asks_for(case.came_at));
    asked.filter_map(|(place, case)| of(case).map(|in_group| Member { case: place, in_group })).collect()
}

/// Calls from numbers that had not called within so many days, and whose own days are over: each with whether another followed.
fn first_contacts(cases: &Cases, question: &Question) -> Vec<Member> {
    let within = question.repeat_within_us;
    let mut members: Vec<Member> = Vec::new();
    let mut latest: Vec<Option<Contact>> = Vec::new();
    for (place, case) in cases.all().iter().enumerate() {
        let Some(caller) = case.caller.and_then(|caller| usize::try_from(caller.0).ok()) else { continue };
        if latest.len() <= caller {
            latest.resize(caller + 1, None);
        }
        let at = case.came_at;
        match &mut latest[caller] {
            Some(contact) if at.saturating_sub(contact.latest_at) <= within => {
                contact.latest_at = at;
                if let Some(first) = contact.first.and_then(|first| members.get_mut(first))
                    && at.saturating_sub(contact.first_at) <= within
                {
                    first.in_group = true;
                }
            }
            slot => {
                let counts = question.asks_for(at) && at.saturating_add(within) <= question.known_until;
                let first = counts.then_some(members.len());
                members.extend(first.map(|_| Member { case: place, in_group: false }));
                *slot = Some(Contact { first_at: at, latest_at: at, first });
            }
        }
    }
    members
}

/// Calls of one number, none long after the one before.
#[derive(Clone, Copy)]
struct Contact {
    first_at: i64,
    latest_at: i64,
    /// Which of the members the first one is, if it counts.
    first: Option<usize>,
}
