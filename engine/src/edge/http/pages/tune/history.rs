//! What came of changes, held against what was foreseen; and the offer to take them back.

use super::super::super::changes::{self, ChangeDocument, ChangedDocument};
use super::super::super::problem::Problem;
use super::super::frame;
use super::super::guest::Guest;
use super::super::texts::{ENGLISH, Texts};
use super::super::times;
use super::shown::{level, word};
use crate::foresight::{Aftermath, Held, Side, Verdict};
use askama::Template;
use jiff::tz::TimeZone;

/// Changes of a queue that are shown.
const CHANGES_MAX: usize = 20;

/// A queue's changes, newest first.
pub(super) struct History {
    pub(super) queue: String,
    /// What a form sends along that takes one back.
    pub(super) csrf: String,
    pub(super) past: Vec<Past>,
}

/// The same, to stand in the page.
#[derive(Template)]
#[template(path = "tune_history.html")]
struct Fragment {
    t: &'static Texts,
    history: History,
}

impl History {
    /// Of that queue, for who is signed in.
    pub(super) async fn of(guest: &Guest, queue: String) -> Result<History, Problem> {
        let changes = changes::of_queue(&guest.api, &queue, CHANGES_MAX).await?;
        Ok(History { past: Past::of(&changes, &queue, guest.api.zone()), queue, csrf: guest.csrf().to_owned() })
    }

    /// As HTML, in parts that are known by their ids.
    pub(super) fn rendered(self) -> Result<String, Problem> {
        frame::part(&Fragment { t: &ENGLISH, history: self })
    }

    /// The newest change, if reality has left its band.
    pub(super) fn outside(&self) -> Option<&Past> {
        self.past.first().filter(|past| past.is_outside())
    }
}

/// A change in the history of a queue.
pub(super) struct Past {
    pub(super) number: u64,
    pub(super) at: String,
    pub(super) by: String,
    pub(super) reason: String,
    pub(super) what: Vec<String>,
    pub(super) came: Option<Came>,
}

/// What came of it.
pub(super) struct Came {
    pub(super) verdict: &'static str,
    pub(super) is_outside: bool,
    pub(super) kind: &'static str,
    pub(super) calls: u64,
    /// How busy it was, and how busy what was foreseen.
    pub(super) traffic: String,
    pub(super) rows: Vec<CameRow>,
}

/// A figure of it.
pub(super) struct CameRow {
    pub(super) name: &'static str,
    pub(super) predicted: String,
    pub(super) band: String,
    pub(super) actual: String,
    pub(super) side: &'static str,
    /// Whether that is good or bad for callers.
    pub(super) kind: &'static str,
}

impl Past {
    /// The changes of a queue among these.
    pub(super) fn of(changes: &[ChangeDocument], queue: &str, zone: &TimeZone) -> Vec<Past> {
        let of_queue = |change: &ChangeDocument| {
            let changed = change.queues.iter().find(|changed| changed.queue == queue)?;
            Some(Past::told(change, changed, zone))
        };
        changes.iter().filter_map(of_queue).collect()
    }

    fn told(change: &ChangeDocument, changed: &ChangedDocument, zone: &TimeZone) -> Past {
        Past {
            number: change.number,
            at: times::day_and_time(&change.at, zone),
            by: change.by.clone(),
            reason: change.reason.clone(),
            what: changed.what.clone(),
            came: changed.aftermath.as_ref().map(Came::of),
        }
    }

    /// Whether reality has left the band.
    pub(super) fn is_outside(&self) -> bool {
        self.came.as_ref().is_some_and(|came| came.is_outside)
    }
}

impl Came {
    fn of(aftermath: &Aftermath) -> Came {
        let kind = match aftermath.verdict {
            Verdict::TooEarly => "unclear",
            Verdict::AsPredicted => "better",
            Verdict::Outside => "worse",
        };
        Came {
            verdict: ENGLISH.tune.verdict(&word(&aftermath.verdict)),
            is_outside: aftermath.verdict == Verdict::Outside,
            kind,
            calls: aftermath.calls,
            traffic: format!(
                "{:.0} {}, {:.0} {}",
                aftermath.calls_per_hour, ENGLISH.tune.an_hour, aftermath.foreseen_per_hour, ENGLISH.tune.an_hour_foreseen
            ),
            rows: aftermath.figures.iter().map(CameRow::of).collect(),
        }
    }
}

impl CameRow {
    fn of(held: &Held) -> CameRow {
        let t = ENGLISH.tune;
        let told = |value: f64| level(value, held.unit);
        CameRow {
            name: t.figure(&word(&held.figure)),
            predicted: told(held.predicted),
            band: format!("{} {} {}", told(held.low), t.to, told(held.high)),
            actual: held.actual.map_or_else(|| "–".to_owned(), told),
            kind: match held.side {
                Side::Within => "unclear",
                Side::Above | Side::Below if held.figure.more_is_better() == Some(held.side == Side::Above) => "better",
                Side::Above | Side::Below => "worse",
            },
            side: if held.side == Side::Within { "" } else { t.side(&word(&held.side)) },
        }
    }
}
