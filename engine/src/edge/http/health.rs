//! Whether the engine lives, and whether it can take calls.

use super::server::Api;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// Whether new calls can be taken.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Readiness {
    /// They can.
    ready: bool,
    /// Why not, if they cannot.
    why: Vec<&'static str>,
    /// What is wrong, though calls are taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    beside: Vec<&'static str>,
}

/// The process is there.
#[utoipa::path(get, path = "/healthz", responses((status = 200, description = "The process lives")), security(()))]
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// New calls can be taken.
#[utoipa::path(
    get,
    path = "/readyz",
    responses(
        (status = 200, description = "New calls can be taken", body = Readiness),
        (status = 503, description = "They cannot", body = Readiness),
    ),
    security(())
)]
pub(super) async fn ready(State(api): State<Api>) -> (StatusCode, Json<Readiness>) {
    let (view, store_is_well) = tokio::join!(api.view(), api.store().is_well());
    let mut why = Vec::new();
    match view {
        Ok(view) if view.draining => why.push("the desk is draining"),
        Ok(_) => {}
        Err(_) => why.push("the desk is busy"),
    }
    if api.door().backlog().is_short() {
        why.push("the journal's disk is full");
    }
    // No call waits for the store, and what is to be kept waits for it.
    let beside = if store_is_well { Vec::new() } else { vec!["the store does not answer: records wait"] };
    let status = if why.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ready: why.is_empty(), why, beside }))
}
