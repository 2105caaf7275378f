//! What the demo has seen at the desk so far, picture by picture.

use cabrank_core::{CallId, Span, StageView, View};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What was seen so far.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    served_at_once: BTreeSet<CallId>,
    /// How long those waited who were connected with an agent.
    waits: BTreeMap<CallId, Span>,
    waiting_max: usize,
}

impl Ledger {
    pub(super) fn note(&mut self, view: &View) {
        let sent = view.calls.iter().filter(|call| call.promise.is_some()).map(|call| call.call);
        self.served_at_once.extend(sent);
        let connected = view.calls.iter().filter_map(|call| {
            let wait = call.connected_at?.since(call.queued_at?);
            Some((call.call, wait))
        });
        self.waits.extend(connected);
        self.waiting_max = self.waiting_max.max(waiting(view));
    }
}

/// Callers in line, those included for whom an agent rings.
pub(super) fn waiting(view: &View) -> usize {
    count(view, |stage| matches!(stage, StageView::Waiting | StageView::Offered))
}

pub(super) fn count(view: &View, of: impl Fn(StageView) -> bool) -> usize {
    view.calls.iter().filter(|call| of(call.stage)).count()
}

impl std::fmt::Display for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let total = self.waits.values().fold(Span(0), |sum, wait| sum.plus(*wait));
        let answered = self.waits.len() as u64;
        let mean = Duration::from_micros(total.0.checked_div(answered).unwrap_or(0));
        let longest = Duration::from_micros(self.waits.values().max().map_or(0, |wait| wait.0));
        write!(f, "{} promised a taxi, {answered} with an agent", self.served_at_once.len())?;
        write!(f, " after {:.1} s on average ({:.1} s at most)", mean.as_secs_f64(), longest.as_secs_f64())?;
        write!(f, ", {} in line at most", self.waiting_max)
    }
}
