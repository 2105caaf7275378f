//! Changes of thresholds: who made them, why, and the way back.

use super::aftermath::{self, Aftermaths};
use super::auth::Bearer;
use super::parts::{Body, Path, Query, words};
use super::problem::Problem;
use super::queues::find;
use super::server::Api;
use super::thresholds::{REASON_CHARS_MAX, make};
use crate::epoch::timestamp;
use crate::foresight::Aftermath;
use crate::in_force::Now;
use crate::names::Names;
use crate::store::{ChangedQueue, KeptChange};
use crate::thresholds::{Keys, amended, differences};
use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use cabrank_core::{Change, QueueId, Thresholds};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Changes in one answer, unless more are asked for.
const COUNT: u32 = 100;
/// Changes in one answer at the most.
const COUNT_MAX: u32 = 1_000;

/// A change of thresholds.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Change)]
pub(super) struct ChangeDocument {
    /// Its number: 1 is the first.
    pub(super) number: u64,
    /// When it was made; RFC 3339.
    pub(super) at: String,
    /// Who made it: the token by its name, or else its agent or its role; or `configuration file`.
    pub(super) by: String,
    /// Why.
    pub(super) reason: String,
    /// The queues that it changed.
    pub(super) queues: Vec<ChangedDocument>,
}

/// One queue of a change.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = ChangedQueue)]
pub(super) struct ChangedDocument {
    /// The queue's name.
    pub(super) queue: String,
    /// What changed, each as `key: before -> after`.
    pub(super) what: Vec<String>,
    /// The thresholds before, under the keys of the configuration.
    #[schema(value_type = Object)]
    before: Keys,
    /// The thresholds after.
    #[schema(value_type = Object)]
    after: Keys,
    /// What was foreseen of it and what came, where something was foreseen. In the list only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) aftermath: Option<Aftermath>,
}

/// Changes, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangeList {
    /// The changes.
    changes: Vec<ChangeDocument>,
    /// Whether there are more than these.
    more: bool,
}

/// Which changes.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Only changes with lower numbers.
    #[param(maximum = 9_223_372_036_854_775_807_i64)]
    before: Option<u64>,
    /// At most so many; 100 if absent, 1,000 at the most.
    limit: Option<u32>,
}

/// Why a change is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RevertAsked {
    /// Why.
    #[schema(example = "the rain is over")]
    reason: String,
}

/// Changes, newest first. The store follows the journal in a moment.
#[utoipa::path(
    get,
    path = "/api/v1/changes",
    params(Which),
    responses((status = 200, body = ChangeList), (status = 400, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn list(State(api): State<Api>, Query(which): Query<Which>) -> Result<Json<ChangeList>, Problem> {
    let limit = which.limit.unwrap_or(COUNT);
    if !(1..=COUNT_MAX).contains(&limit) {
        return Err(Problem::new(StatusCode::BAD_REQUEST, format!("`limit` is 1 to {COUNT_MAX}.")));
    }
    if which.before.is_some_and(|before| i64::try_from(before).is_err()) {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "`before` is the number of a change."));
    }
    let mut found = api.store().changes(which.before.unwrap_or(u64::MAX), limit.saturating_add(1)).await?;
    let count_max = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > count_max;
    found.truncate(count_max);
    Ok(Json(ChangeList { changes: with_aftermaths(&api, found).await?, more }))
}

/// The changes of a queue among the newest thousand of all, at most so many, newest first.
pub(super) async fn of_queue(api: &Api, queue: &str, count_max: usize) -> Result<Vec<ChangeDocument>, Problem> {
    let (mut found, mut before) = (Vec::new(), u64::MAX);
    for _ in 0..COUNT_MAX / COUNT {
        let page = api.store().changes(before, COUNT).await?;
        let Some(oldest) = page.last() else { break };
        before = oldest.number;
        found.extend(page.into_iter().filter(|change| change.queues.iter().any(|changed| changed.queue == queue)));
        if found.len() >= count_max {
            break;
        }
    }
    found.truncate(count_max);
    with_aftermaths(api, found).await
}

/// The changes made since that one, newest first; what came of them is left out.
pub(super) async fn since(api: &Api, number: u64) -> Result<Vec<ChangeDocument>, Problem> {
    let changes = api.store().changes(u64::MAX, COUNT).await?.into_iter();
    let newer = changes.take_while(|change| change.number > number);
    Ok(newer.map(|change| ChangeDocument::kept(change, &mut Aftermaths::new())).collect())
}

async fn with_aftermaths(api: &Api, changes: Vec<KeptChange>) -> Result<Vec<ChangeDocument>, Problem> {
    let mut aftermaths = aftermath::of(api, &changes).await?;
    Ok(changes.into_iter().map(|change| ChangeDocument::kept(change, &mut aftermaths)).collect())
}

/// Takes a change back: a new one, with the thresholds that its queues had before it. What was changed in these queues
/// since is taken back, too.
#[utoipa::path(
    post,
    path = "/api/v1/changes/{number}/revert",
    params(("number" = u64, Path)),
    request_body = RevertAsked,
    responses(
        (status = 200, body = ChangeDocument, headers(("ETag", description = "The number of changes of thresholds"))),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 412, body = Problem, description = "Thresholds were changed in this very moment"),
        (status = 422, body = Problem),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn revert(
    State(api): State<Api>,
    Extension(bearer): Extension<Bearer>,
    Path(number): Path<u64>,
    Body(asked): Body<RevertAsked>,
) -> Result<(HeaderMap, Json<ChangeDocument>), Problem> {
    let by = bearer.may_tune()?;
    let reason = words("reason", &asked.reason, REASON_CHARS_MAX)?;
    let (in_force, before) = before(&api, number).await?;
    make(&api, &in_force, before, by, reason).await
}

/// What is in force, and the thresholds that the queues of a change had before it.
pub(super) async fn before(api: &Api, number: u64) -> Result<(Now, Vec<(QueueId, Thresholds)>), Problem> {
    let change = known(api, number).await?;
    let in_force = api.in_force().now();
    let before = change.iter().map(|changed| restored(&in_force, changed)).collect::<Result<Vec<_>, _>>()?;
    let is_so = |(queue, thresholds): &(QueueId, Thresholds)| {
        in_force.settings.queues.get(usize::from(queue.0)).is_some_and(|now| now.thresholds == *thresholds)
    };
    if before.iter().all(is_so) {
        return Err(Problem::unprocessable("The thresholds before that change are in force already."));
    }
    Ok((in_force, before))
}

/// The queues of a change, from memory or from the store.
async fn known(api: &Api, number: u64) -> Result<Vec<ChangedQueue>, Problem> {
    if let Some(change) = api.in_force().now().change(number) {
        return Ok(ChangedQueue::all(&change, api.names()));
    }
    let kept = api.store().change(number).await?;
    kept.map(|change| change.queues).ok_or_else(|| Problem::not_found("change", "/api/v1/changes"))
}

fn restored(in_force: &Now, changed: &ChangedQueue) -> Result<(QueueId, Thresholds), Problem> {
    let queue = find(in_force, &changed.queue)?;
    let before = amended(&in_force.settings, queue, &Thresholds::default(), &changed.before).map_err(Problem::faults)?;
    Ok((queue, before))
}

impl ChangeDocument {
    /// A change that was made just now.
    pub(super) fn of(change: &Change, api: &Api) -> ChangeDocument {
        let names: &Names = api.names();
        ChangeDocument {
            number: change.number,
            at: api.epoch().at(change.at).to_string(),
            by: change.by.to_string(),
            reason: change.reason.to_string(),
            queues: ChangedQueue::all(change, names).into_iter().map(|changed| ChangedDocument::of(changed, None)).collect(),
        }
    }

    fn kept(change: KeptChange, aftermaths: &mut Aftermaths) -> ChangeDocument {
        let mut aftermath = |queue: &str| aftermaths.remove(&(change.number, queue.to_owned()));
        let queues = change.queues.into_iter().map(|changed| {
            let aftermath = aftermath(&changed.queue);
            ChangedDocument::of(changed, aftermath)
        });
        ChangeDocument {
            queues: queues.collect(),
            number: change.number,
            at: timestamp(change.made_at).to_string(),
            by: change.by,
            reason: change.reason,
        }
    }
}

impl ChangedDocument {
    fn of(changed: ChangedQueue, aftermath: Option<Aftermath>) -> ChangedDocument {
        let ChangedQueue { queue, before, after } = changed;
        ChangedDocument { queue, what: differences(&before, &after), before, after, aftermath }
    }
}
