//! What must be true of any desk, checked from outside: slow, plain, and written without a look at the core.
//!
//! The oracle sees each input, the orders and decisions that followed, and a picture of the desk afterwards. It keeps its
//! own books of calls and ringings and says which rule was broken. Who had to be served next is decided again, by a slow
//! model of the rules (`reference`). Hand it what was due first ([`Input::Woke`]) as a step of its own, so that it knows
//! which orders belong to which fact.

mod agents;
mod books;
mod change;
mod decisions;
mod end;
mod facts;
mod known;
mod moment;
mod orders;
mod own_agent;
mod picture;
mod record;
mod said;
mod service;

use agents::Diary;
use books::{Leg, Life, Ringing};
use cabrank_core::{
    AgentId, CallId, Decision, Effect, Input, Number, OfferId, PassedOver, Place, Refusal, Settings, StageView, Text, Tick, View,
};
use known::Known;
use std::collections::{BTreeMap, BTreeSet};

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
    /// Who was brought together with whom.
    pub decisions: &'a [Decision],
    /// Whom those decisions passed over.
    pub passed_over: &'a [PassedOver],
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
    /// Every ringing and every callback is a decision that is told, and there are no others.
    DecisionsAreTold,
    /// Of all callers whom an agent may serve now, the one who comes first by the order of service; whom the agent has just
    /// missed comes last.
    OrderOfService,
    /// Of all idle agents open to a caller, the best.
    BestAgent,
    /// Nobody is overtaken but by a rule, and the decision says which.
    UnexplainedSkip,
    /// What a decision says of those it brought together and passed over is true.
    ReasonsAreTrue,
    /// No free agent while somebody waits whom that agent may serve now.
    NobodyIdles,
    /// A caller waits for an agent of the caller's own alone, for a bounded time, and only while that agent works.
    OwnAgent,
    /// Nobody loses a place in line, nobody takes another's, and a caller's class is what the thresholds say.
    PlaceKept,
    /// Who is to be called back asked for it, has one place, and is tried a bounded number of times.
    CallbackOnce,
    /// What is said about a wait never grows, and who waits longer is told.
    SaidIsKept,
    /// Thresholds change when whoever changes them knows the present ones, and not otherwise; each change is noted.
    ChangeIsNoted,
    /// A service is asked once a call at most, and only for whom it may be.
    DispatchOnce,
    /// A code is asked for only where it settles something, and twice at the most.
    ProofIsAsked,
    /// Who was unknown is looked up once, and what is found counts only in time and in the menu.
    FoundInTime,
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
    /// Nobody is stuck: what has no leg has a deadline, and when all are gone all is over.
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
    now: Tick,
    draining: bool,
    lives: BTreeMap<CallId, Life>,
    ringings: BTreeMap<OfferId, Ringing>,
    newest_offer: OfferId,
    /// When wrong codes came, by number.
    wrong_codes: BTreeMap<Option<Number>, Vec<Tick>>,
    newest_place: Place,
    /// How many decisions of this step were judged.
    decided: usize,
    known: Known,
    /// By the agents' names.
    diaries: BTreeMap<Text, Diary>,
    /// Queues whose target is said to be missed.
    warned: BTreeSet<cabrank_core::QueueId>,
    before: Option<View>,
}

impl Oracle {
    /// An oracle for a desk of these settings, from its first input on.
    pub fn new(settings: Settings) -> Oracle {
        Oracle {
            settings,
            step: 0,
            now: Tick(0),
            draining: false,
            lives: BTreeMap::new(),
            ringings: BTreeMap::new(),
            newest_offer: OfferId(0),
            wrong_codes: BTreeMap::new(),
            newest_place: Place(0),
            decided: 0,
            known: Known::default(),
            diaries: BTreeMap::new(),
            warned: BTreeSet::new(),
            before: None,
        }
    }

    /// Judges one step.
    pub fn saw(&mut self, seen: Seen<'_>) -> Verdict {
        self.step += 1;
        self.now = seen.view.at;
        self.decided = 0;
        self.let_time_pass();
        if seen.refusals.is_empty() {
            self.enter_fact(seen)?;
        } else {
            let nothing = seen.effects.is_empty() && seen.refusals.len() == 1;
            must(nothing, Rule::RefusedIsNothing, || format!("{:?} and yet {:?}", seen.refusals, seen.effects))?;
        }
        self.check_change(seen)?;
        for effect in seen.effects {
            self.enter_order(seen, effect)?;
        }
        must(self.decided == seen.decisions.len(), Rule::DecisionsAreTold, || format!("{:?} led to nothing", seen.decisions))?;
        self.compare(seen)?;
        self.check_said(seen)?;
        self.check_limits(seen)?;
        self.check_service(seen)?;
        self.check_ends(seen)?;
        self.note_agents(seen.view, seen.input);
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

    /// Where a call was before this step.
    fn stage_before(&self, call: CallId) -> Option<StageView> {
        let calls = &self.before.as_ref()?.calls;
        calls.iter().find(|shown| shown.call == call).map(|shown| shown.stage)
    }

    fn agent_name(&self, agent: AgentId) -> Option<&Text> {
        self.settings.agents.get(agent.0 as usize).map(|agent| &agent.name)
    }

    fn agent_named(&self, name: &str) -> Option<AgentId> {
        self.settings.agents.iter().position(|agent| &*agent.name == name).map(|index| AgentId(index as u32))
    }
}
