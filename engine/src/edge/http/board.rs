//! The wallboard's figures.

use super::parts::Query;
use super::problem::Problem;
use super::queues;
use super::server::Api;
pub(super) use crate::board::EVERY;
use crate::board::{Curve, Picture};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which queue.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Its name; all together if absent.
    queue: Option<String>,
}

/// How the desk fares now, today and in the last hour; at most a quarter of a second old.
#[utoipa::path(
    get,
    path = "/api/v1/board",
    responses((status = 200, body = Picture), (status = 401, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn now(State(api): State<Api>) -> Result<([(HeaderName, HeaderValue); 1], String), Problem> {
    let shown = api.board().picture().await?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], shown.json.clone()))
}

/// The last hour of a queue, or of all together, in steps of ten seconds.
#[utoipa::path(
    get,
    path = "/api/v1/board/curve",
    params(Which),
    responses((status = 200, body = Curve), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn curve(State(api): State<Api>, Query(which): Query<Which>) -> Result<Json<Curve>, Problem> {
    let queue = which.queue.as_deref().map(|name| queues::find(&api.in_force().now(), name)).transpose()?;
    Ok(Json(api.board().curve(queue).await?))
}
