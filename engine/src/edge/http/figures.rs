//! What the engine has done so far, in numbers.

use super::problem::Problem;
use super::server::Api;
use crate::times::Spread;
use axum::Json;
use axum::extract::State;
use cabrank_core::Span;
use serde::Serialize;
use utoipa::ToSchema;

/// What the engine has done.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Figures {
    /// Facts that the desk was told since the engine started.
    inputs: u64,
    /// Of these, how many it refused.
    refused: u64,
    /// Facts that could not be journalled and were dropped.
    dropped: u64,
    /// New calls turned away because the desk was behind.
    turned_away: u64,
    /// Microseconds from a fact to its orders leaving, median; promises, which wait for the disk, are not counted.
    latency_p50_us: u64,
    /// The 99th percentile of the same.
    latency_p99_us: u64,
    /// The longest of the same.
    latency_max_us: u64,
    /// From coming in to joining a queue, over every call in the journal that joined one.
    menu: SpreadDocument,
    /// From coming in to the first word with an agent, over every call in the journal that had one.
    to_human: SpreadDocument,
}

/// What became of many times, in milliseconds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Spread)]
pub(super) struct SpreadDocument {
    /// How many.
    count: u64,
    /// The median.
    p50_ms: u64,
    /// The 95th percentile.
    p95_ms: u64,
    /// The longest.
    max_ms: u64,
}

/// What the engine has done so far.
#[utoipa::path(
    get,
    path = "/api/v1/figures",
    responses((status = 200, body = Figures), (status = 401, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn all(State(api): State<Api>) -> Result<Json<Figures>, Problem> {
    let lane = api.door().count().await?;
    let micros = |time: std::time::Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    Ok(Json(Figures {
        inputs: lane.inputs,
        refused: lane.refused,
        dropped: lane.dropped,
        turned_away: lane.turned_away,
        latency_p50_us: micros(lane.latency_p50),
        latency_p99_us: micros(lane.latency_p99),
        latency_max_us: micros(lane.latency_max),
        menu: document(api.times().menu()),
        to_human: document(api.times().to_human()),
    }))
}

fn document(spread: Spread) -> SpreadDocument {
    let Spread { count, p50, p95, max } = spread;
    let ms = Span::as_millis;
    SpreadDocument { count, p50_ms: ms(p50), p95_ms: ms(p95), max_ms: ms(max) }
}
