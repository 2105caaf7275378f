//! Queues: who waits where, for how long, and under what thresholds.

use super::parts::Path;
use super::problem::Problem;
use super::server::Api;
use crate::in_force::Now;
use crate::names;
use crate::thresholds::{Keys, shown};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use cabrank_core::{QueueId, QueueView, Span, Tick, View};
use serde::Serialize;
use utoipa::ToSchema;

/// A queue as it is now.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Queue)]
pub(super) struct QueueDocument {
    /// Its name.
    name: String,
    /// Callers in line, those for whom a phone rings included.
    waiting: u32,
    /// Whole seconds that the first in line has waited.
    longest_wait_s: u64,
    /// Callers in line who are to be called back, besides those waiting.
    callbacks: u32,
    /// Agents on duty who serve it: idle, ringing, talking or in wrap-up.
    on_duty: u32,
    /// In how long the target will be missed at this rate, while that is so.
    target_missed_in_s: Option<u64>,
    /// The longest wait that a newcomer of the default class would be told; nothing where the data do not support one.
    quote_s: Option<u64>,
    /// What is in force, under the keys of `[[queue]]` in the configuration.
    #[schema(value_type = Object)]
    thresholds: Keys,
}

/// Every queue.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QueueList {
    /// In the order of the settings.
    queues: Vec<QueueDocument>,
    /// How often thresholds were changed; what `If-Match` names to change them.
    changes: u64,
}

/// Every queue.
#[utoipa::path(
    get,
    path = "/api/v1/queues",
    responses(
        (status = 200, body = QueueList, headers(("ETag", description = "The number of changes of thresholds"))),
        (status = 401, body = Problem),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn list(State(api): State<Api>) -> Result<(HeaderMap, Json<QueueList>), Problem> {
    let view = api.view().await?;
    let in_force = api.in_force().now();
    let queues = view.queues.iter().map(|queue| document(queue, &view, &in_force, &api)).collect();
    Ok((super::parts::tag(in_force.changes), Json(QueueList { queues, changes: in_force.changes })))
}

/// One queue, by its name.
#[utoipa::path(
    get,
    path = "/api/v1/queues/{name}",
    params(("name" = String, Path)),
    responses(
        (status = 200, body = QueueDocument, headers(("ETag", description = "The number of changes of thresholds"))),
        (status = 404, body = Problem),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn one(State(api): State<Api>, Path(name): Path<String>) -> Result<(HeaderMap, Json<QueueDocument>), Problem> {
    let in_force = api.in_force().now();
    let id = find(&in_force, &name)?;
    let view = api.view().await?;
    let queue = view.queues.iter().find(|queue| queue.queue == id).ok_or_else(unknown)?;
    Ok((super::parts::tag(in_force.changes), Json(document(queue, &view, &in_force, &api))))
}

/// The queue of that name.
pub(super) fn find(in_force: &Now, name: &str) -> Result<QueueId, Problem> {
    let at = in_force.settings.queues.iter().position(|queue| &*queue.name == name).ok_or_else(unknown)?;
    u16::try_from(at).map(QueueId).map_err(|_| unknown())
}

fn unknown() -> Problem {
    Problem::not_found("queue", "/api/v1/queues")
}

fn document(queue: &QueueView, view: &View, in_force: &Now, api: &Api) -> QueueDocument {
    let settings = &in_force.settings;
    let thresholds = settings.queues.get(usize::from(queue.queue.0)).map(|queue| shown(&queue.thresholds, settings));
    QueueDocument {
        name: names::queue(settings, queue.queue).to_owned(),
        waiting: queue.waiting,
        longest_wait_s: longest_wait_s(queue, view, api.now(view)),
        callbacks: queue.callbacks,
        on_duty: queue.on_duty,
        target_missed_in_s: queue.missed_in.map(Span::as_secs),
        quote_s: queue.at_most.map(Span::as_secs),
        thresholds: thresholds.unwrap_or_default(),
    }
}

/// The view is of the desk's newest input; on a quiet desk callers have waited on since.
fn longest_wait_s(queue: &QueueView, view: &View, now: Tick) -> u64 {
    if queue.waiting == 0 { 0 } else { queue.longest_wait.plus(now.since(view.at)).as_secs() }
}
