//! Thresholds that are changed during the day.

use super::Witness;
use super::agenda::Due;
use super::floor::{About, Floor};
use cabrank_core::Input;

impl<W: Witness> Floor<'_, W> {
    pub(super) fn foresee_changes(&mut self) {
        for (place, change) in self.scenario.changes.iter().enumerate() {
            self.agenda.foresee(change.at, Due::Change(place as u32));
        }
    }

    pub(super) fn change(&mut self, place: usize) {
        let Some(change) = self.scenario.changes.get(place) else { return };
        let base = self.desk.view().changes;
        let (queues, by) = (change.queues.clone(), "simulation".into());
        self.tell(Input::ThresholdsChanged { base, queues, by, reason: "planned".into() }, About::Else);
        (0..self.scenario.settings.queues.len()).for_each(|queue| self.measure(Some(cabrank_core::QueueId(queue as u16))));
    }
}
