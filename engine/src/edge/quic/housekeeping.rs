//! What comes by time: deadlines, facts that waited for a busy desk, agents' states for their programs, and the comparison of
//! the desk's picture with what is there.

use super::edge::Edge;
use super::note::Key;
use super::offers::bond;
use crate::edge::{Believed, Missing, Origin};
use cabrank_core::{CallId, OfferId, View};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::MissedTickBehavior;

/// How often deadlines and a busy desk are looked at.
const TICK: Duration = Duration::from_millis(50);
/// How many ticks pass between two comparisons.
const COMPARE_TICKS: u64 = 300;
/// Programs are shown changes that no order tells of (a wrap-up that ended) so often.
const SHOW_EVERY: Duration = Duration::from_millis(500);
/// And looks at the desk for that are never closer.
const SHOW_APART: Duration = Duration::from_millis(100);

impl Edge {
    /// Keeps time until the runtime ends.
    pub(super) async fn keep_time(self: Arc<Self>) {
        let mut missing = Missing::of(Origin::Quic);
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for ticks in 1_u64.. {
            tick.tick().await;
            self.state().desk.catch_up();
            self.expire();
            if ticks.is_multiple_of(COMPARE_TICKS)
                && let Ok(view) = self.glance.new_look().await
            {
                self.compare(&view, &mut missing);
            }
        }
    }

    /// Shows programs their agents' states, as long as there are any.
    pub(super) async fn keep_programs_shown(self: Arc<Self>) {
        loop {
            // Whichever comes first: a change, or the time.
            let _ = tokio::time::timeout(SHOW_EVERY, self.agents_changed.notified()).await;
            if self.state().sessions.has_programs() {
                self.show_agents_now().await;
                tokio::time::sleep(SHOW_APART).await;
            }
        }
    }

    /// Shows programs what has changed.
    pub(super) async fn show_agents_now(&self) {
        if let Ok(view) = self.glance.new_look().await {
            self.state().show_agents(&view.agents);
        }
    }

    /// Ends what the desk believes in and is not there, and forgets what only we remember.
    fn compare(&self, view: &View, missing: &mut Missing) {
        let mut state = self.state();
        let state = &mut *state;
        let ended = missing.look(view, |leg| match leg {
            Believed::Ringing(offer) | Believed::Talking(offer) => state.offers.has(offer),
            Believed::Caller(call) => state.calls.is_there(call),
        });
        ended.into_iter().for_each(|fact| state.desk.tell(fact));
        let known: HashSet<OfferId> = view.agents.iter().filter_map(|agent| Some(bond(&agent.state)?.0)).collect();
        state.offers.keep(&known);
        let live: HashSet<CallId> = view.calls.iter().map(|call| call.call).collect();
        let over = state.calls.keep_ways_back(|call| live.contains(&call));
        over.into_iter().for_each(|call| state.desk.forget(Key::Call(call).bytes()));
    }
}
