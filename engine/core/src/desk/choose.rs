//! Who is brought together with whom: a free agent chooses a caller, a caller chooses an idle agent. Heads are compared,
//! never lines scanned.

use super::call::{Stage, Stand};
use super::line_up::Stream;
use super::reach::Reach;
use super::{Desk, Outbox};
use crate::{
    AgentId, CallId, Candidate, ClassId, Decision, NotRung, NotServed, Order, PassedOver, Place, QueueId, Span, Standing, Step,
    Tick, Why,
};
use core::cmp::Ordering;

impl Desk {
    /// An agent just become free serves whoever is first; callbacks that come first are dialled on the way.
    pub(super) fn serve_next(&mut self, agent: AgentId, out: &mut Outbox) {
        while let Some((call, why, from)) = self.choose_caller(agent, out) {
            match self.bring_together(Pair { call, agent, why, from }, out) {
                Some(Step::CalledBack) => {}
                Some(Step::Rung(_)) | None => return,
            }
        }
    }

    /// An idle agent for a caller in line, if there is one.
    pub(super) fn seat(&mut self, id: CallId, out: &mut Outbox) {
        while let Some(pair) = self.pair_for(id, out) {
            if self.bring_together(pair, out).is_none() {
                return;
            }
        }
    }

    /// Whom to bring together so that a caller in line is served: the caller and an idle agent, if there is one. Others may have
    /// become open to that agent in this very moment whose alarms have not rung yet: whoever of them all comes first is served
    /// first.
    pub(super) fn pair_for(&self, id: CallId, out: &mut Outbox) -> Option<Pair> {
        let stand = self.may_be_seated(id)?;
        let from = out.passed_over.len();
        let Some((agent, why)) = self.choose_agent(id, stand, out) else {
            out.passed_over.truncate(from);
            return None;
        };
        let end = out.passed_over.len();
        match self.choose_caller(agent, out) {
            Some((first, why, at)) if first != id => {
                out.passed_over.drain(from..at);
                Some(Pair { call: first, agent, why, from })
            }
            Some(_) | None => {
                out.passed_over.truncate(end);
                Some(Pair { call: id, agent, why, from })
            }
        }
    }

    /// Where a caller stands whom an agent may be chosen for.
    fn may_be_seated(&self, id: CallId) -> Option<Stand> {
        let call = self.calls.get(&id)?;
        let stand = call.stand?;
        let may = call.stage == Stage::Waiting || (call.stage == Stage::Absent && self.may_dial(stand.queue));
        may.then_some(stand)
    }

    /// The caller whom this agent, just become free, serves next: one rule over all the agent's queues. Whom the agent has
    /// just missed comes after everybody else, so that nobody is rung twice in a row for one call while there is another.
    fn choose_caller(&self, agent: AgentId, out: &mut Outbox) -> Option<(CallId, Why, usize)> {
        let reaches = self.reaches.of_agent(agent);
        let order = self.queue(reaches.first()?.queue).thresholds.order;
        let from = out.passed_over.len();
        let mut choice = Choice { desk: self, agent, order, best: None, out };
        let kept_for = self.kept_for(agent);
        for reach in reaches {
            let kept_for = kept_for.filter(|_| !self.reserves(reach.queue, agent));
            choice.look_at_queue(reach, kept_for);
        }
        choice.look_at_own(kept_for);
        let Some(best) = choice.best else {
            out.passed_over.truncate(from);
            return None;
        };
        out.passed_over.swap_remove(best.index);
        if best.own {
            self.name_the_head_start(&best, order, from, out);
        }
        let why = if best.own { Why::OwnAgentFree } else { Why::First(order) };
        Some((best.candidate.call, why, from))
    }

    /// The best idle agent for a caller: the agent of the caller's own, else the best level, and within it whose turn it is.
    /// Agents to be passed over are few: those kept for other queues are counted in the settings, and only one at a time has
    /// just missed a call.
    fn choose_agent(&self, id: CallId, stand: Stand, out: &mut Outbox) -> Option<(AgentId, Why)> {
        let own = self.own_agent(id, stand.queue).filter(|own| self.may_have(*own, id, stand.queue));
        let mut chosen = own.map(|own| (own, Why::OwnAgentIdle));
        let mut last_resort = None;
        for free in self.idle.tiers(stand.queue) {
            let mut in_tier = false;
            for (turn, ()) in free.turns.iter() {
                let agent = turn.agent;
                let not = if own == Some(agent) {
                    continue;
                } else if stand.since.plus(free.after) > self.now {
                    NotRung::OpensAt(stand.since.plus(free.after))
                } else if let Some(queue) = self.kept_from(agent, stand.queue) {
                    NotRung::KeptFor(queue)
                } else if self.has_just_missed(agent, id) {
                    last_resort.get_or_insert(agent);
                    NotRung::JustMissed
                } else if own.is_some() {
                    NotRung::OwnAgent
                } else if chosen.is_none() {
                    chosen = Some((agent, Why::BestIdle));
                    in_tier = true;
                    continue;
                } else if in_tier {
                    NotRung::LaterTurn
                } else {
                    NotRung::WorseLevel
                };
                out.passed_over.push(PassedOver::Agent(agent, not));
                if !matches!(not, NotRung::KeptFor(_) | NotRung::JustMissed) {
                    break;
                }
            }
        }
        chosen.or_else(|| {
            let agent = last_resort?;
            out.passed_over.retain(|passed| *passed != PassedOver::Agent(agent, NotRung::JustMissed));
            Some((agent, Why::BestIdle))
        })
    }

    /// Whether an agent is idle and neither kept from this caller nor has just missed the ringing.
    fn may_have(&self, agent: AgentId, id: CallId, queue: QueueId) -> bool {
        let idle = self.agents.get(agent.0 as usize).is_some_and(|agent| agent.state == crate::AgentState::Idle);
        idle && !self.has_just_missed(agent, id) && self.kept_from(agent, queue).is_none()
    }

    fn has_just_missed(&self, agent: AgentId, id: CallId) -> bool {
        self.agents[agent.0 as usize].last_missed == Some(id)
    }

    /// Rings the agent for the caller, or calls the caller back.
    pub(super) fn bring_together(&mut self, pair: Pair, out: &mut Outbox) -> Option<Step> {
        let Pair { call: id, agent, why, from } = pair;
        let call = self.calls.get_mut(&id)?;
        let (chosen, absent) = (Candidate::standing(id, &call.stand?), call.stage == Stage::Absent);
        let step = if absent {
            self.dial(id, out);
            Step::CalledBack
        } else {
            Step::Rung(self.offer(id, agent, out)?)
        };
        out.decisions.push(Decision { at: self.now, chosen, agent, step, why, passed_over: from..out.passed_over.len() });
        Some(step)
    }

    fn candidate(&self, id: CallId) -> Option<Candidate> {
        Some(Candidate::standing(id, &self.calls.get(&id)?.stand?))
    }

    fn standing(&self, candidate: &Candidate, head_start: Span) -> Standing {
        let thresholds = &self.queue(candidate.queue).thresholds;
        Standing {
            since: candidate.since,
            place: candidate.place,
            target: thresholds.target(candidate.class),
            max_wait: thresholds.max_wait,
            head_start,
        }
    }

    /// Of those passed over, who would have come first but for the chosen one's head start.
    fn name_the_head_start(&self, best: &Best, order: Order, from: usize, out: &mut Outbox) {
        let chosen = self.standing(&best.candidate, Span(0));
        for passed in out.passed_over.iter_mut().skip(from) {
            if let PassedOver::Caller(candidate, why @ NotServed::Later(_)) = passed
                && order.compare(&self.standing(candidate, Span(0)), &chosen, self.now) == Ordering::Less
            {
                *why = NotServed::OwnAgent;
            }
        }
    }
}

impl Candidate {
    fn standing(call: CallId, stand: &Stand) -> Candidate {
        Candidate { call, queue: stand.queue, class: stand.class, since: stand.since, place: stand.place }
    }
}

/// A caller and an agent to be brought together.
#[derive(Clone, Copy)]
pub(super) struct Pair {
    pub(super) call: CallId,
    agent: AgentId,
    why: Why,
    /// Where those whom this passes over begin.
    from: usize,
}

/// An agent's choice among callers, under way.
struct Choice<'a> {
    desk: &'a Desk,
    agent: AgentId,
    order: Order,
    best: Option<Best>,
    out: &'a mut Outbox,
}

/// The first so far.
struct Best {
    /// Among those passed over, to be taken out in the end.
    index: usize,
    candidate: Candidate,
    standing: Standing,
    missed: bool,
    own: bool,
}

impl Choice<'_> {
    fn look_at_queue(&mut self, reach: &Reach, kept_for: Option<QueueId>) {
        let line_up = &self.desk.line_ups[usize::from(reach.queue.0)];
        let bar = kept_for.map(NotServed::KeptFor);
        self.look_at_streams(reach, &line_up.present, bar);
        if line_up.callbacks() > 0 {
            let dialled = (!self.desk.may_dial(reach.queue)).then_some(NotServed::OthersDialled);
            self.look_at_streams(reach, &line_up.absent, bar.or(dialled));
        }
    }

    fn look_at_streams(&mut self, reach: &Reach, streams: &[Stream], bar: Option<NotServed>) {
        for (class, stream) in streams.iter().enumerate() {
            self.look_at_stream(reach, class, stream, bar);
        }
    }

    /// The first of a stream; the second, too, if the agent has just missed the first.
    fn look_at_stream(&mut self, reach: &Reach, class: usize, stream: &Stream, bar: Option<NotServed>) {
        let Some(((since, place), call)) = stream.first() else { return };
        if self.look_at_caller(reach, class, (*since, *place), *call, bar) {
            let second = stream.from(&(*since, Place(place.0 + 1))).next();
            if let Some(((since, place), call)) = second {
                self.look_at_caller(reach, class, (*since, *place), *call, bar);
            }
        }
    }

    /// Whether the agent has just missed this caller, so that the next one is to be looked at, too.
    fn look_at_caller(
        &mut self,
        reach: &Reach,
        class: usize,
        (since, place): (Tick, Place),
        call: CallId,
        bar: Option<NotServed>,
    ) -> bool {
        let candidate = Candidate { call, queue: reach.queue, class: ClassId(class as u8), since, place };
        let opens_at = since.plus(reach.after);
        if let Some(not) = bar.or((opens_at > self.desk.now).then_some(NotServed::OpensAt(opens_at))) {
            self.out.passed_over.push(PassedOver::Caller(candidate, not));
            return false;
        }
        let missed = self.desk.has_just_missed(self.agent, call);
        self.consider(candidate, Span(0), missed, false);
        missed
    }

    /// Those who wait for this very agent, whatever the level. They are few, and of many queues and classes: who came first need
    /// not be first.
    fn look_at_own(&mut self, kept_for: Option<QueueId>) {
        let (desk, agent) = (self.desk, self.agent);
        let own = desk.held.from(&(agent, Tick(0), Place(0))).take_while(|((of, ..), _)| *of == agent);
        for (_, call) in own {
            let Some(candidate) = desk.candidate(*call) else { continue };
            match kept_for.filter(|_| !desk.reserves(candidate.queue, agent)) {
                Some(queue) => self.out.passed_over.push(PassedOver::Caller(candidate, NotServed::KeptFor(queue))),
                None => {
                    let head_start = desk.queue(candidate.queue).thresholds.preferred_agent_for;
                    self.consider(candidate, head_start, false, true);
                }
            }
        }
    }

    fn consider(&mut self, candidate: Candidate, head_start: Span, missed: bool, own: bool) {
        let standing = self.desk.standing(&candidate, head_start);
        let index = self.out.passed_over.len();
        let not = if missed { NotServed::JustMissed } else { NotServed::Later(self.order) };
        self.out.passed_over.push(PassedOver::Caller(candidate, not));
        let first = self.best.as_ref().is_none_or(|best| {
            let turn = missed.cmp(&best.missed).then_with(|| self.order.compare(&standing, &best.standing, self.desk.now));
            turn == Ordering::Less
        });
        if first {
            self.best = Some(Best { index, candidate, standing, missed, own });
        }
    }
}
