//! How the parts of a picture come of counts, agents and thresholds.

use super::counts::Counts;
use super::outlook::length;
use super::picture::{Agents, Aim, Figures, Mood, Overall};
use cabrank_core::{AgentState, Denominator, StageView, Thresholds};
use cabrank_settings::DENOMINATORS;

impl Figures {
    /// Of these counts; the service level is a share of `whole`.
    pub(super) fn of(counts: &Counts, whole: u64) -> Figures {
        Figures {
            offered: counts.ends.offered,
            answered: counts.ends.answered,
            abandoned: counts.ends.gave_up(),
            abandoned_short: counts.ends.abandoned_short,
            service_level: share(counts.ends.within, whole),
            asa_s: share(counts.waited_us, counts.waited).map(|us| (us / 1e5).round() / 10.0),
            quotes_kept: counts.quotes_kept,
            quotes_broken: counts.quotes_broken,
        }
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

impl Agents {
    /// On duty and not away: idle, ringing, talking or in wrap-up.
    pub fn on_duty(&self) -> u32 {
        self.idle + self.ringing + self.talking + self.wrap_up
    }

    pub(super) fn add(&mut self, state: &AgentState) {
        let count = match state {
            AgentState::SignedOut => &mut self.signed_out,
            AgentState::Idle => &mut self.idle,
            AgentState::Offered { .. } => &mut self.ringing,
            AgentState::Talking { .. } => &mut self.talking,
            AgentState::WrapUp { .. } => &mut self.wrap_up,
            AgentState::Paused { .. } => &mut self.paused,
            AgentState::Unreachable { .. } => &mut self.unreachable,
        };
        *count += 1;
    }
}

impl Aim {
    pub(super) fn of(thresholds: &Thresholds) -> Aim {
        let level = thresholds.service_level;
        let whole = match level.of {
            Denominator::OfferedButShort => {
                format!("calls offered, but for those abandoned within {}", length(thresholds.short_abandon))
            }
            Denominator::Offered => "calls offered".to_owned(),
            Denominator::Answered => "calls answered".to_owned(),
            Denominator::AnsweredAndAbandonedLate => "calls answered and calls abandoned after that time".to_owned(),
        };
        Aim {
            share: f64::from(level.share.0.min(1000)) / 1000.0,
            within_s: level.within.as_secs(),
            of: DENOMINATORS.iter().find(|(_, of)| *of == level.of).map_or("", |(word, _)| word),
            definition: format!("Calls answered within {}, as a share of {whole}", length(level.within)),
        }
    }
}

impl Mood {
    pub(super) fn of(late: bool, warned: bool) -> Mood {
        match (late, warned) {
            (true, _) => Mood::Late,
            (false, true) => Mood::Warned,
            (false, false) => Mood::Well,
        }
    }
}

impl Overall {
    pub(super) fn count(&mut self, stage: StageView) {
        match stage {
            StageView::Menu | StageView::Proving => self.in_menu += 1,
            StageView::Dispatching | StageView::Told => self.at_once += 1,
            StageView::Talking => self.talking += 1,
            StageView::Waiting
            | StageView::Offered
            | StageView::Agreeing
            | StageView::Absent
            | StageView::CalledBack
            | StageView::Resting
            | StageView::Parting
            | StageView::Left => {}
        }
    }
}
