//! What must be true of any desk, checked from outside: slow, plain, and written without a look at the core.
//!
//! The oracle sees each input, the orders that followed, and a picture of the desk afterwards. It keeps its own books of
//! calls and ringings and says which rule was broken. Hand it what was due first ([`Input::Woke`]) as a step of its own,
//! so that it knows which orders belong to which fact.

mod books;
mod end;
mod facts;
mod orders;
mod picture;
mod record;
mod service;

use books::{Leg, Life, Ringing};
use cabrank_core::{AgentId, CallId, Effect, Input, OfferId, Refusal, Settings, Text, Tick, View};
use std::collections::BTreeMap;

/// One step of a desk, as seen from outside.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// When.
    pub at: Tick,
    /// What happened.
    pub input: &'a Input,
    /// What was ordered.
    pub effects: &'a [Effect],
    /// What was refused.
    pub refusals: &'a [Refusal],
    /// The desk afterwards.
    pub view: &'a View,
}

/// A rule that was broken, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// The rule.
    pub rule: Rule,
    /// How.
    pub how: String,
}

/// What must be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// A refused input orders nothing.
    RefusedIsNothing,
    /// Orders name live things only, and only what can be done to them.
    OrdersFit,
    /// An agent has one ringing or talk at a time, a caller one agent.
    OneAtATime,
    /// First come, first served, among those an agent serves; barring whom the agent has just missed.
    FirstComeFirstServed,
    /// The best level, then the longest idle, of those who could take a call.
    BestAgent,
    /// Nobody is rung twice in a row for one call while there is another choice.
    NotTwiceInARow,
    /// No free agent while somebody waits whom that agent serves.
    NobodyIdles,
    /// Nobody loses a place in line.
    PlaceKept,
    /// A service is asked once a call at most, and only for whom it may be.
    DispatchOnce,
    /// What is said to be sent was accepted.
    SentIsTrue,
    /// One end and one record for each call.
    OneRecord,
    /// The record says what happened.
    RecordIsTrue,
    /// Limits hold.
    Limits,
    /// The picture shows what was ordered.
    PictureIsTrue,
    /// When all are gone nobody is stuck.
    NobodyStuck,
}

impl std::fmt::Display for Breach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}: {}", self.rule, self.how)
    }
}

impl std::error::Error for Breach {}

type Verdict = Result<(), Breach>;

fn breach(rule: Rule, how: impl Into<String>) -> Verdict {
    Err(Breach { rule, how: how.into() })
}

fn must(holds: bool, rule: Rule, how: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { breach(rule, how()) }
}

/// Books of everything seen so far.
#[derive(Clone, Debug)]
pub struct Oracle {
    settings: Settings,
    step: u64,
    draining: bool,
    lives: BTreeMap<CallId, Life>,
    ringings: BTreeMap<OfferId, Ringing>,
    newest_offer: OfferId,
    /// Whom each agent missed last.
    missed: BTreeMap<AgentId, CallId>,
    /// Since when each agent, by name, has been free or been rung without taking a call.
    free_since: BTreeMap<Text, Tick>,
    before: Option<View>,
}

impl Oracle {
    /// An oracle for a desk of these settings, from its first input on.
    pub fn new(settings: Settings) -> Oracle {
        Oracle {
            settings,
            step: 0,
            draining: false,
            lives: BTreeMap::new(),
            ringings: BTreeMap::new(),
            newest_offer: OfferId(0),
            missed: BTreeMap::new(),
            free_since: BTreeMap::new(),
            before: None,
        }
    }

    /// Judges one step.
    pub fn saw(&mut self, seen: Seen<'_>) -> Verdict {
        self.step += 1;
        if seen.refusals.is_empty() {
            self.enter_fact(seen)?;
        } else {
            let nothing = seen.effects.is_empty() && seen.refusals.len() == 1;
            must(nothing, Rule::RefusedIsNothing, || format!("{:?} and yet {:?}", seen.refusals, seen.effects))?;
        }
        for effect in seen.effects {
            self.enter_order(seen, effect)?;
        }
        self.compare(seen.view)?;
        self.check_limits(seen)?;
        self.check_service(seen)?;
        self.check_ends(seen)?;
        self.before = Some(seen.view.clone());
        Ok(())
    }

    fn life(&mut self, call: CallId) -> Result<&mut Life, Breach> {
        let life = self.lives.get_mut(&call);
        life.ok_or_else(|| Breach { rule: Rule::OrdersFit, how: format!("call {call} is not known") })
    }

    /// The call, still on the line.
    fn caller_there(&mut self, call: CallId) -> Result<&mut Life, Breach> {
        let life = self.life(call)?;
        must(life.leg == Leg::Answered, Rule::OrdersFit, || format!("call {call} has no answered leg"))?;
        Ok(life)
    }

    fn ringing(&mut self, offer: OfferId) -> Result<&mut Ringing, Breach> {
        let ringing = self.ringings.get_mut(&offer);
        ringing.ok_or_else(|| Breach { rule: Rule::OrdersFit, how: format!("ringing {offer} is over or never was") })
    }
}
