//! Who waits and who is idle, entry by entry, and whether each entry is fair.

use super::rules::{Rules, Standing};
use super::{Breach, ClassOf, Skips, Wrong};
use crate::study::{Event, Study, What};
use cabrank_core::{AgentId, CallId, QueueId, Tick};
use std::collections::BTreeMap;

pub(super) struct Books<'a> {
    rules: Rules<'a>,
    now: Tick,
    /// In the order of joining.
    waiting: BTreeMap<CallId, Standing>,
    /// By agent: since when idle, or from when, after a wrap-up; nothing while talking.
    idle_since: Vec<Option<Tick>>,
    /// By agent: the queue of the talk under way.
    talks: Vec<QueueId>,
    skips: BTreeMap<(ClassOf, ClassOf), Skips>,
    breaches: Vec<Breach>,
}

impl<'a> Books<'a> {
    pub(super) fn new(study: &'a Study) -> Books<'a> {
        let agents = study.settings.agents.len();
        Books {
            rules: Rules::of(&study.settings),
            now: Tick(0),
            waiting: BTreeMap::new(),
            idle_since: vec![Some(Tick(0)); agents],
            talks: vec![QueueId(0); agents],
            skips: BTreeMap::new(),
            breaches: Vec::new(),
        }
    }

    pub(super) fn enter(&mut self, event: &Event) {
        if event.at > self.now {
            // What became open in between counts, too.
            self.now = Tick(event.at.0 - 1);
            self.nobody_waits_in_vain();
            self.now = event.at;
        }
        match event.what {
            What::Joined { call, queue, class } => {
                self.waiting.insert(call, Standing { call, class: (queue, class), joined_at: event.at });
            }
            What::Left { call } | What::TurnedAway { call } => drop(self.waiting.remove(&call)),
            What::Taken { call, agent } => self.taken(call, agent),
            What::Done { agent, .. } => {
                let wrap_up = self.rules.wrap_up(self.talks[agent.0 as usize]);
                self.idle_since[agent.0 as usize] = Some(event.at.plus(wrap_up));
            }
        }
    }

    pub(super) fn close(mut self) -> (BTreeMap<(ClassOf, ClassOf), Skips>, Vec<Breach>) {
        self.nobody_waits_in_vain();
        (self.skips, self.breaches)
    }

    fn taken(&mut self, call: CallId, agent: AgentId) {
        let Some(taken) = self.waiting.remove(&call) else { return };
        if !self.may_take(agent, &taken) {
            self.blame(Wrong::NotOpen, call, agent);
        }
        let passed: Vec<Standing> = self.waiting.values().filter(|passed| self.may_take(agent, passed)).copied().collect();
        passed.iter().for_each(|passed| self.passed_over(passed, &taken, agent));
        self.in_turn(&taken, agent);
        self.idle_since[agent.0 as usize] = None;
        self.talks[agent.0 as usize] = taken.class.0;
    }

    fn passed_over(&mut self, passed: &Standing, taken: &Standing, agent: AgentId) {
        if passed.call < taken.call {
            let explained = self.rules.precedes(taken, passed, self.now);
            let skips = self.skips.entry((taken.class, passed.class)).or_default();
            if explained {
                skips.explained += 1;
            } else {
                skips.unexplained += 1;
                self.blame(Wrong::UnexplainedSkip, passed.call, agent);
            }
        }
        if self.rules.is_starved(passed, taken, self.now) {
            self.blame(Wrong::Starvation, passed.call, agent);
        }
    }

    /// No other idle agent serves the queue better, or as well and is idle for longer.
    fn in_turn(&mut self, taken: &Standing, agent: AgentId) {
        if !self.rules.agents_take_turns(taken.class.0) {
            return;
        }
        let Some(turn) = self.turn(agent, taken) else { return };
        let others = self.idle().filter(|other| *other != agent && self.may_take(*other, taken));
        if others.filter_map(|other| self.turn(other, taken)).any(|other| other < turn) {
            self.blame(Wrong::OutOfTurn, taken.call, agent);
        }
    }

    fn turn(&self, agent: AgentId, caller: &Standing) -> Option<((bool, u8), Tick)> {
        let open = self.rules.opens(agent, caller, self.now)?;
        Some((open.tier, self.idle_since[agent.0 as usize]?))
    }

    fn nobody_waits_in_vain(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let idle: Vec<AgentId> = self.idle().collect();
        let could =
            |caller: &Standing| idle.iter().find(|agent| self.may_take(**agent, caller)).map(|agent| (caller.call, *agent));
        let in_vain: Vec<(CallId, AgentId)> = self.waiting.values().filter_map(could).collect();
        in_vain.into_iter().for_each(|(call, agent)| self.blame(Wrong::WaitedInVain, call, agent));
    }

    fn may_take(&self, agent: AgentId, caller: &Standing) -> bool {
        let own_idle = |queue| self.idle().filter(|agent| self.rules.serves(*agent, queue)).count();
        self.rules.opens(agent, caller, self.now).is_some() && !self.rules.is_kept(agent, caller.class.0, own_idle)
    }

    fn idle(&self) -> impl Iterator<Item = AgentId> {
        let idle = |(_, since): &(usize, &Option<Tick>)| since.is_some_and(|since| since <= self.now);
        self.idle_since.iter().enumerate().filter(idle).map(|(index, _)| AgentId(index as u32))
    }

    fn blame(&mut self, wrong: Wrong, call: CallId, agent: AgentId) {
        self.breaches.push(Breach { at: self.now, wrong, call, agent });
    }
}
