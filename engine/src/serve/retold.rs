//! What a journal's inputs come to, told again: the desk, what the file said, and what the store must hold.

use super::filed;
use crate::store::Entry;
use cabrank_core::{Input, Outbox, Tick};
use cabrank_journal::State;

/// Inputs being told again.
#[derive(Default)]
pub(super) struct Retold {
    pub(super) inputs: u64,
    /// What the desk ordered to be kept. Of all that a replay orders again only this matters: everything else was done, or has
    /// lost its call.
    pub(super) entries: Vec<Entry>,
    out: Outbox,
}

impl Retold {
    /// Tells the desk of this state an input as it was told before.
    pub(super) fn tell(&mut self, state: &mut State, tick: Tick, input: Input) {
        let fact = is_change(&input).then(|| input.clone());
        self.out.clear();
        state.desk.handle(tick, input, &mut self.out);
        if let Some(fact) = fact.filter(|_| self.out.refusals.is_empty()) {
            filed::see(&mut state.filed, &fact);
        }
        self.entries.extend(self.out.effects.drain(..).filter_map(|effect| Entry::try_from(effect).ok()));
        self.inputs += 1;
    }
}

fn is_change(input: &Input) -> bool {
    matches!(input, Input::SettingsChanged { .. } | Input::ThresholdsChanged { .. })
}
