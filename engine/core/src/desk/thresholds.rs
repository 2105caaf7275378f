//! Thresholds change while callers wait: all who wait are looked at anew.

use super::alarms::Due;
use super::call::Stage;
use super::idle::Idle;
use super::line_up::class_name;
use super::reach::Reaches;
use super::verify::verify;
use super::{Desk, Outbox};
use crate::quote::Quoter;
use crate::{AgentId, AgentState, CallId, Change, Effect, QueueId, Refusal, Text, Thresholds};
use alloc::boxed::Box;
use alloc::vec::Vec;

impl Desk {
    /// One change of any number of queues: all of it is in force, or none.
    pub(super) fn thresholds_changed(
        &mut self,
        base: u64,
        queues: Vec<(QueueId, Thresholds)>,
        by: Text,
        reason: Text,
        out: &mut Outbox,
    ) -> Result<(), Refusal> {
        if base != self.changes {
            return Err(Refusal::Outdated);
        }
        let mut settings = self.settings.clone();
        let mut changed = Vec::new();
        for (queue, after) in queues {
            let slot = settings.queues.get_mut(usize::from(queue.0)).ok_or(Refusal::UnknownQueue)?;
            let before = core::mem::replace(&mut slot.thresholds, after.clone());
            changed.push((queue, before, after));
        }
        verify(&settings)?;
        self.settings = settings;
        self.changes += 1;
        let places: Vec<QueueId> = changed.iter().map(|(queue, _, _)| *queue).collect();
        out.order(Effect::Note(Box::new(Change { number: self.changes, at: self.now, queues: changed, by, reason })));
        self.relist_agents();
        places.iter().for_each(|queue| self.relist_callers(*queue));
        self.serve_all_idle(out);
        Ok(())
    }

    /// The idle by tiers, which may be others now.
    pub(super) fn relist_agents(&mut self) {
        self.reaches = Reaches::of(&self.settings);
        self.reserving = super::change::reserving(&self.settings);
        self.idle = Idle::new(self.settings.queues.len(), self.reaches.all());
        for index in 0..self.agents.len() {
            let id = AgentId(index as u32);
            if self.agents[index].state == AgentState::Idle {
                self.list_as_idle(id);
            }
        }
    }

    /// The callers of a queue by classes, which may be others now, with deadlines as they are now.
    fn relist_callers(&mut self, queue: QueueId) {
        let mut callers: Vec<(CallId, Stage)> = Vec::new();
        for (id, call) in self.calls.iter() {
            if call.stand.is_some_and(|stand| stand.queue == queue) {
                callers.push((*id, call.stage));
            }
        }
        let left: Vec<bool> = callers.iter().map(|(id, _)| self.leave_line(*id).is_some()).collect();
        let line_up = &mut self.line_ups[usize::from(queue.0)];
        let thresholds = &self.settings.queues[usize::from(queue.0)].thresholds;
        line_up.rearrange(thresholds);
        for ((id, stage), was_in_line) in callers.into_iter().zip(left) {
            self.relist(id, stage, was_in_line);
        }
    }

    fn relist(&mut self, id: CallId, stage: Stage, was_in_line: bool) {
        let now = self.now;
        let Some(call) = self.calls.get_mut(&id) else { return };
        let name = class_name(call);
        let Some(stand) = call.stand.as_mut() else { return };
        let thresholds = &self.settings.queues[usize::from(stand.queue.0)].thresholds;
        stand.class = thresholds.class_of(&name);
        call.estimate = None;
        if stage != Stage::Absent {
            stand.until = stand.joined_at.plus(thresholds.max_wait).max(now);
        }
        let stand = *stand;
        if was_in_line {
            self.stand_as(id, stand, if stage == Stage::Absent { stage } else { Stage::Waiting });
            let comfort = now.plus(self.queue(stand.queue).thresholds.comfort_every);
            let due = self.calls.get(&id).and_then(|call| call.alarms.at(Due::Comfort));
            if stage != Stage::Absent && due.is_none_or(|due| due > comfort) {
                self.comfort_later(id);
            }
        }
    }

    /// Work conservation: whoever can be served now is. An agent who finds nobody stays idle; whom that leaves for others is
    /// found by those others.
    fn serve_all_idle(&mut self, out: &mut Outbox) {
        for index in 0..self.agents.len() {
            if self.agents[index].state == AgentState::Idle {
                self.serve_next(AgentId(index as u32), out);
            }
        }
    }
}

impl super::line_up::LineUp {
    /// Streams and quotes for other classes, or another confidence, than before; nobody stands in the streams.
    fn rearrange(&mut self, thresholds: &Thresholds) {
        let fresh = super::line_up::LineUp::new(thresholds);
        let same = self.present.len() == fresh.present.len()
            && self.quoter.as_ref().map(Quoter::confidence) == thresholds.quote.map(|quote| quote.confidence);
        self.present = fresh.present;
        self.absent = fresh.absent;
        if !same {
            self.quoter = fresh.quoter;
        }
    }
}
