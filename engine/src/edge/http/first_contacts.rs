//! First-contact resolution, as anybody may read it.

use super::parts::{Query, moment};
use super::problem::Problem;
use super::server::Api;
use crate::epoch::timestamp;
use crate::store::FirstContacts;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How far it looks back, unless it is said.
const PERIOD_US: i64 = 30 * 24 * 3_600 * 1_000_000;

/// What the figures mean: they are shown with it wherever they are shown.
const DEFINITION: &str = "Of the calls that were served, from numbers that had not called for `repeat_within_days`, the share \
    after which that number did not call again within as many days, for whatever reason (first-contact resolution by repeat calls). \
    Only calls count for which those days are over. Withheld and erased numbers are left out.";

/// Which calls.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Only calls that came in at this moment (RFC 3339) or later; 30 days before `until` if absent.
    since: Option<String>,
    /// Only calls that came in before this moment (RFC 3339); never later than `repeat_within_days` ago.
    until: Option<String>,
}

/// First-contact resolution.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FirstContactResolution {
    /// What the figures mean.
    definition: &'static str,
    /// `[records] repeat_within_days`.
    repeat_within_days: u64,
    /// The first moment that counts; RFC 3339.
    since: String,
    /// The end of what counts; RFC 3339.
    until: String,
    /// All queues together.
    all: Resolved,
    /// Each queue by itself.
    queues: Vec<OfQueue>,
}

/// What came of first contacts.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Resolved {
    /// How many there were.
    contacts: i64,
    /// How many were resolved.
    resolved: i64,
    /// The share of these; absent if there were none.
    share: Option<f64>,
}

/// What came of a queue's first contacts.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OfQueue {
    /// The queue; absent: who was served without waiting in any.
    queue: Option<String>,
    #[serde(flatten)]
    resolved: Resolved,
}

/// First-contact resolution, by queue.
#[utoipa::path(
    get,
    path = "/api/v1/first-contacts",
    params(Which),
    responses((status = 200, body = FirstContactResolution), (status = 400, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn all(State(api): State<Api>, Query(which): Query<Which>) -> Result<Json<FirstContactResolution>, Problem> {
    let within = api.records().repeat_within;
    let within_us = i64::try_from(within.as_micros()).unwrap_or(i64::MAX);
    let settled = jiff::Timestamp::now().as_microsecond().saturating_sub(within_us);
    let at = |what, text: &Option<String>| text.as_deref().map(|text| moment(what, text)).transpose();
    let until = at("until", &which.until)?.unwrap_or(settled).min(settled);
    let since = at("since", &which.since)?.unwrap_or(until.saturating_sub(PERIOD_US));
    if since > until {
        let detail = format!("`since` is after {}: what came in later is not settled yet, or behind `until`.", timestamp(until));
        return Err(Problem::new(StatusCode::BAD_REQUEST, detail));
    }
    let found = api.store().first_contacts(since, until, within_us).await?;
    let sum = |of: fn(&FirstContacts) -> i64| found.iter().map(of).sum();
    Ok(Json(FirstContactResolution {
        definition: DEFINITION,
        repeat_within_days: within.as_secs() / (24 * 3_600),
        since: timestamp(since).to_string(),
        until: timestamp(until).to_string(),
        all: Resolved::new(sum(|queue| queue.contacts), sum(|queue| queue.resolved)),
        queues: found.into_iter().map(OfQueue::from).collect(),
    }))
}

impl Resolved {
    fn new(contacts: i64, resolved: i64) -> Resolved {
        let share = (contacts > 0).then(|| resolved as f64 / contacts as f64);
        Resolved { contacts, resolved, share }
    }
}

impl From<FirstContacts> for OfQueue {
    fn from(found: FirstContacts) -> Self {
        OfQueue { queue: found.queue, resolved: Resolved::new(found.contacts, found.resolved) }
    }
}
