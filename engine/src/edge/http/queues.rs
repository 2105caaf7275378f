//! Queues: who waits where, and for how long.

use super::parts::Path;
use super::problem::Problem;
use super::server::Api;
use axum::Json;
use axum::extract::State;
use cabrank_core::{QueueView, Tick, View};
use serde::Serialize;
use utoipa::ToSchema;

/// A queue as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Queue)]
pub(super) struct QueueDocument {
    /// Its name.
    name: String,
    /// Callers in line, those for whom a phone rings included.
    waiting: u32,
    /// Whole seconds that the first in line has waited.
    longest_wait_s: u64,
}

/// Every queue.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QueueList {
    /// In the order of the settings.
    queues: Vec<QueueDocument>,
}

/// Every queue.
#[utoipa::path(
    get,
    path = "/api/v1/queues",
    responses((status = 200, body = QueueList), (status = 401, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn list(State(api): State<Api>) -> Result<Json<QueueList>, Problem> {
    let view = api.view().await?;
    let queues = view.queues.iter().map(|queue| document(queue, &view, &api)).collect();
    Ok(Json(QueueList { queues }))
}

/// One queue, by its name.
#[utoipa::path(
    get,
    path = "/api/v1/queues/{name}",
    params(("name" = String, Path)),
    responses((status = 200, body = QueueDocument), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn one(State(api): State<Api>, Path(name): Path<String>) -> Result<Json<QueueDocument>, Problem> {
    let unknown = || Problem::not_found("queue", "/api/v1/queues");
    let id = api.names().queue_id(&name).ok_or_else(unknown)?;
    let view = api.view().await?;
    let queue = view.queues.iter().find(|queue| queue.queue == id).ok_or_else(unknown)?;
    Ok(Json(document(queue, &view, &api)))
}

fn document(queue: &QueueView, view: &View, api: &Api) -> QueueDocument {
    QueueDocument {
        name: api.names().queue(queue.queue).to_owned(),
        waiting: queue.waiting,
        longest_wait_s: longest_wait_s(queue, view, api.now(view)),
    }
}

/// The view is of the desk's newest input; on a quiet desk callers have waited on since.
fn longest_wait_s(queue: &QueueView, view: &View, now: Tick) -> u64 {
    if queue.waiting == 0 { 0 } else { queue.longest_wait.plus(now.since(view.at)).as_secs() }
}
