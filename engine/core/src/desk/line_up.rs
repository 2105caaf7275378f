//! Callers in line: who joins, who is next, who has waited too long.

use super::call::{Place, Stage, Wait};
use super::timers::Timer;
use super::{Desk, Outbox};
use crate::{AgentId, CallId, Outcome, Queue, QueueId, Say, WhyHuman};
use alloc::collections::BTreeMap;

/// One queue's callers.
#[derive(Default)]
pub(super) struct LineUp {
    /// Nobody rings for these yet; the first is next.
    pub(super) waiting: BTreeMap<Place, CallId>,
    /// An agent's phone rings for so many more.
    pub(super) ringing: u32,
}

impl LineUp {
    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.waiting.len()).unwrap_or(u32::MAX).saturating_add(self.ringing)
    }
}

impl Desk {
    /// A newcomer joins a line; an idle agent is rung at once.
    pub(super) fn join(&mut self, id: CallId, queue: QueueId, why: WhyHuman, out: &mut Outbox) {
        let (max_waiting, max_wait) = (self.queue(queue).max_waiting, self.queue(queue).max_wait);
        let first_words = first_words(&why);
        let now = self.now;
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.why = Some(why);
        if self.line_ups[usize::from(queue.0)].len() >= max_waiting {
            return self.part(id, Say::TooMany, Outcome::QueueFull, out);
        }
        call.joined = Some((queue, now));
        self.places_given += 1;
        let place = Place(self.places_given);
        self.stand(id, Wait { queue, place, until: now.plus(max_wait), told: false });
        self.seat(id, out);
        match first_words {
            Some(words) => self.say(id, words, out),
            None if self.is_offered(id) => self.say(id, Say::ToHuman, out),
            None => self.please_wait(id, out),
        }
    }

    /// Back in line at the place held before.
    pub(super) fn stand_again(&mut self, id: CallId, wait: Wait, out: &mut Outbox) {
        self.stand(id, wait);
        self.seat(id, out);
    }

    /// What a waiting caller heard has ended.
    pub(super) fn go_on_waiting(&mut self, id: CallId, out: &mut Outbox) {
        match self.calls.get(&id).map(|call| call.stage) {
            Some(Stage::Waiting(wait)) if !wait.told => self.please_wait(id, out),
            Some(_) => self.music(id, out),
            None => {}
        }
    }

    /// A word now and then to somebody who waits.
    pub(super) fn comfort(&mut self, id: CallId, out: &mut Outbox) {
        match self.calls.get(&id).map(|call| call.stage) {
            Some(Stage::Waiting(wait)) => {
                self.say(id, Say::StillWaiting, out);
                self.comfort_later(id, wait.queue);
            }
            Some(Stage::Offered(wait, _)) => self.comfort_later(id, wait.queue),
            Some(
                Stage::Menu { .. }
                | Stage::Dispatching { .. }
                | Stage::Told { .. }
                | Stage::Talking(..)
                | Stage::Parting(_)
                | Stage::Left { .. },
            )
            | None => {}
        }
    }

    pub(super) fn waited_too_long(&mut self, id: CallId, out: &mut Outbox) {
        self.leave_line(id);
        self.part(id, Say::NobodyCame, Outcome::WaitedTooLong, out);
    }

    /// Takes a waiting call out of its line, and returns where it stood.
    pub(super) fn leave_line(&mut self, id: CallId) -> Option<Wait> {
        match self.calls.get(&id)?.stage {
            Stage::Waiting(wait) => {
                self.line_ups[usize::from(wait.queue.0)].waiting.remove(&wait.place);
                self.timers.cancel(Timer::Stage(id));
                Some(wait)
            }
            Stage::Menu { .. }
            | Stage::Dispatching { .. }
            | Stage::Told { .. }
            | Stage::Offered(..)
            | Stage::Talking(..)
            | Stage::Parting(_)
            | Stage::Left { .. } => None,
        }
    }

    /// The caller whom this agent, just become free, serves next: first come, first served over all the agent's queues.
    /// Whom the agent has just missed comes after everybody else, so that nobody is rung twice in a row for one call while
    /// there is another.
    pub(super) fn next_for(&self, agent: AgentId) -> Option<CallId> {
        let missed = self.agents[agent.0 as usize].last_missed;
        let skills = &self.settings.agents[agent.0 as usize].skills;
        let firsts = skills.iter().flat_map(|skill| self.line_ups[usize::from(skill.queue.0)].waiting.iter().take(2));
        firsts.map(|(place, call)| (Some(*call) == missed, *place, *call)).min().map(|(_, _, call)| call)
    }

    /// The queue of a live call; settings are not replaced while there is one.
    pub(super) fn queue(&self, queue: QueueId) -> &Queue {
        &self.settings.queues[usize::from(queue.0)]
    }

    fn stand(&mut self, id: CallId, wait: Wait) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.stage = Stage::Waiting(wait);
        self.line_ups[usize::from(wait.queue.0)].waiting.insert(wait.place, id);
        self.timers.set(Timer::Stage(id), wait.until);
        self.comfort_later(id, wait.queue);
    }

    /// An idle agent for this caller, if there is one.
    fn seat(&mut self, id: CallId, out: &mut Outbox) {
        let Some(Stage::Waiting(wait)) = self.calls.get(&id).map(|call| call.stage) else { return };
        if let Some(agent) = self.idle.best(wait.queue, |agent| self.agents[agent.0 as usize].last_missed == Some(id)) {
            self.offer(id, agent, out);
        }
    }

    fn is_offered(&self, id: CallId) -> bool {
        self.calls.get(&id).is_some_and(|call| matches!(call.stage, Stage::Offered(..)))
    }

    fn please_wait(&mut self, id: CallId, out: &mut Outbox) {
        if let Some(call) = self.calls.get_mut(&id) {
            if let Stage::Waiting(wait) = &mut call.stage {
                wait.told = true;
            }
            self.say(id, Say::PleaseWait, out);
        }
    }

    fn comfort_later(&mut self, id: CallId, queue: QueueId) {
        let every = self.queue(queue).comfort_every;
        self.timers.set(Timer::Comfort(id), self.now.plus(every));
    }
}

/// What a caller who did not ask for a human is told first.
fn first_words(why: &WhyHuman) -> Option<Say> {
    match why {
        WhyHuman::UnknownCaller | WhyHuman::MissingDetail { .. } => Some(Say::NeedDetails),
        WhyHuman::UntrustedNumber | WhyHuman::DispatchRefused { .. } | WhyHuman::DispatchFailed(_) => Some(Say::NotNow),
        WhyHuman::Asked
        | WhyHuman::PressedZero
        | WhyHuman::Silence
        | WhyHuman::Mistakes
        | WhyHuman::NoMenu
        | WhyHuman::AskedAfterService => None,
    }
}
