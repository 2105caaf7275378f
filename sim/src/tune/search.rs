//! The search: all over the space, then nearer and nearer around the best, again and again until that finds nothing better, each
//! time by a race; at last the best proves itself on days that nobody has seen.

use super::candidate::{Candidate, Fate};
use super::design::{Reach, all_over, around, scattered};
use super::field::Field;
use super::race::{FIRST_ROUND, judge, rounds};
use super::space::{Point, Space};
use super::tuned::{Confirmed, End, Tuned};
use crate::goal::{Goal, Measured};
use rand::SeedableRng;
use rand_pcg::Pcg64;
use std::collections::BTreeMap;
use std::ops::Range;

/// Candidates that may try to prove themselves, one after the other.
const CONFIRMED_MAX: usize = 5;

/// How a search goes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What the first points are drawn with.
    pub seed: u64,
    /// Replications in all, at the most.
    pub budget: u64,
    /// Replications of one candidate in the race, at the most; as many again prove the best.
    pub each: u32,
}

/// Replications of a point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What is set.
    pub point: Point,
    /// Which replications; those of the same number have the same seed.
    pub replications: Range<u32>,
}

/// What came of what was asked: the replications, or why there is no such scenario.
pub type Answer = Result<Vec<Measured>, String>;

/// Whoever lives through replications for a search.
pub trait Trials {
    /// Lives through all that is asked; answers in the same order. Nothing if it was told to stop meanwhile.
    fn run(&mut self, asked: &[Asked]) -> Option<Vec<Answer>>;
}

impl Plan {
    /// The least budget that a search can begin with.
    pub fn budget_min(&self) -> u64 {
        u64::from(self.each) + 4 * u64::from(self.first_round())
    }

    fn first_round(&self) -> u32 {
        self.each.min(FIRST_ROUND)
    }
}

/// Searches the space. What comes out depends on the plan alone, and on what the trials answer.
pub fn search(space: &Space, goal: &Goal, plan: Plan, trials: &mut impl Trials) -> Tuned {
    let mut search =
        Search { space, goal, plan, trials, known: BTreeMap::new(), candidates: Vec::new(), spent: 0, end: End::Exhausted };
    let confirmed = search.look().and_then(|()| search.confirm());
    let (confirmed, end) = match confirmed {
        Ok(confirmed) => (confirmed, search.end),
        Err(end) => (Vec::new(), end),
    };
    Tuned { candidates: search.candidates, confirmed, spent: search.spent, end }
}

struct Search<'a, T> {
    space: &'a Space,
    goal: &'a Goal,
    plan: Plan,
    trials: &'a mut T,
    /// Where each point stands among the candidates.
    known: BTreeMap<Point, usize>,
    candidates: Vec<Candidate>,
    spent: u64,
    end: End,
}

impl<T: Trials> Search<'_, T> {
    fn look(&mut self) -> Result<(), End> {
        let looked = self.all_over().and_then(|()| self.nearer());
        match looked {
            Err(End::Budget) => self.end = End::Budget,
            other => return other,
        }
        Ok(())
    }

    fn all_over(&mut self) -> Result<(), End> {
        let rounds = self.for_search() / u64::from(self.plan.first_round());
        let spread = (8 * self.space.0.len() as u64).max(16).min(rounds / 2).max(4);
        let points = all_over(self.space, rounds / 2, spread, self.plan.seed);
        self.race(points)
    }

    fn nearer(&mut self) -> Result<(), End> {
        let mut lot = Pcg64::seed_from_u64(!self.plan.seed);
        let mut found = None;
        while found != self.best() {
            found = self.best();
            let mut reach = Some(Reach::FIRST);
            while let (Some(within), Some(best)) = (reach, self.best()) {
                let drawn = scattered(self.space, &best, within, &mut lot);
                self.race(around(self.space, &best, within).into_iter().chain(drawn))?;
                if self.best() == Some(best) {
                    reach = within.nearer(self.space);
                }
            }
        }
        Ok(())
    }

    /// What may be spent before the best proves itself: a quarter is kept for that at the most, if it is enough for once.
    fn for_search(&self) -> u64 {
        let (budget, once) = (self.plan.budget, u64::from(self.plan.each));
        budget.saturating_sub((once * CONFIRMED_MAX as u64).min(budget / 4).max(once))
    }

    /// The most promising one so far.
    fn best(&self) -> Option<Point> {
        let field = Field::of(&self.candidates, self.goal);
        let tried = self.candidates.iter().filter(|one| !one.measured.is_empty()).map(|one| (field.promise(one), one));
        tried.min_by(|one, other| one.0.before(&other.0)).map(|(_, best)| best.point.clone())
    }

    /// Lets new points join those who are still in the race, until one is left or all have lived through as much as they may.
    fn race(&mut self, points: impl IntoIterator<Item = Point>) -> Result<(), End> {
        let before = self.candidates.len();
        for point in points {
            self.enter(point);
        }
        if self.candidates.len() == before {
            return Ok(());
        }
        let rounds = rounds(self.plan.each);
        for round in &rounds {
            self.live_until(*round)?;
            judge(&mut self.candidates, self.goal, rounds.len());
            if self.candidates.iter().filter(|one| one.fate == Fate::Racing).count() <= 1 {
                break;
            }
        }
        Ok(())
    }

    fn enter(&mut self, point: Point) {
        let place = self.candidates.len();
        if !self.known.contains_key(&point) {
            self.known.insert(point.clone(), place);
            self.candidates.push(Candidate::new(point));
        }
    }

    fn live_until(&mut self, round: u32) -> Result<(), End> {
        let behind = self.candidates.iter().filter(|one| one.fate == Fate::Racing && one.measured.len() < round as usize);
        let asked = behind.map(|one| Asked { point: one.point.clone(), replications: one.measured.len() as u32..round });
        let asked: Vec<Asked> = asked.collect();
        let answers = self.ask(&asked, self.for_search())?;
        for (asked, answer) in asked.iter().zip(answers) {
            let candidate = &mut self.candidates[self.known[&asked.point]];
            match answer {
                Ok(measured) => candidate.measured.extend(measured),
                Err(why) => candidate.fate = Fate::Impossible(why),
            }
        }
        Ok(())
    }

    fn ask(&mut self, asked: &[Asked], budget: u64) -> Result<Vec<Answer>, End> {
        let wanted: u64 = asked.iter().map(|asked| asked.replications.len() as u64).sum();
        if self.spent + wanted > budget {
            return Err(End::Budget);
        }
        let answers = self.trials.run(asked).ok_or(End::Interrupted)?;
        self.spent += answers.iter().flatten().map(|measured| measured.len() as u64).sum::<u64>();
        Ok(answers)
    }

    /// Who came out of the search best was also lucky: the figures that count are those of fresh days. Whoever breaks a limit there
    /// makes room for the next; since all have lived through the same days, they were as lucky, and must have so much to spare.
    fn confirm(&mut self) -> Result<Vec<Confirmed>, End> {
        let mut confirmed: Vec<Confirmed> = Vec::new();
        let mut needed = 0.0;
        while let Some(place) = self.next_to_confirm(&confirmed, needed) {
            let fresh = match self.live_fresh_days(place) {
                Ok(fresh) => fresh,
                Err(End::Interrupted) if confirmed.is_empty() => return Err(End::Interrupted),
                Err(_) => break,
            };
            let (seen, proved) = (self.slack(&self.candidates[place]), self.slack(&fresh.as_candidate()));
            let kept = fresh.keeps_limits(self.goal);
            confirmed.push(fresh);
            if kept {
                break;
            }
            needed = f64::max(needed, seen - proved);
        }
        Ok(confirmed)
    }

    fn live_fresh_days(&mut self, place: usize) -> Result<Confirmed, End> {
        let point = self.candidates[place].point.clone();
        let asked = Asked { point: point.clone(), replications: self.plan.each..2 * self.plan.each };
        let answers = self.ask(&[asked], self.plan.budget)?;
        Ok(Confirmed { point, measured: answers.into_iter().flatten().flatten().collect() })
    }

    /// The best of those that keep all limits on the mean, with so much to spare.
    fn next_to_confirm(&self, failed: &[Confirmed], needed: f64) -> Option<usize> {
        if failed.len() >= CONFIRMED_MAX {
            return None;
        }
        let field = Field::of(&self.candidates, self.goal);
        let left = self.candidates.iter().enumerate().filter(|(_, one)| !failed.iter().any(|failed| failed.point == one.point));
        let promises = left.map(|(place, one)| (field.promise(one), place)).filter(|(promise, _)| promise.spares(needed));
        promises.min_by(|one, other| one.0.before(&other.0)).map(|(_, place)| place)
    }

    fn slack(&self, candidate: &Candidate) -> f64 {
        candidate.tightest(self.goal).unwrap_or(0.0)
    }
}
