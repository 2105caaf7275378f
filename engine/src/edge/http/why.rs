//! Why a call waited and who served it.

use super::parts::{Path, call_id};
use super::problem::Problem;
use super::server::Api;
use crate::why::{self, Story, WhyError};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cabrank_core::CallId;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Semaphore;

/// Journals that are replayed at once: a replay takes a core, and calls come first.
const AT_ONCE: usize = 1;

/// The one desk at which such questions are answered.
#[derive(Debug)]
pub(super) struct Teller {
    data: PathBuf,
    seats: Arc<Semaphore>,
}

impl Teller {
    /// Answers from the journal of this data directory.
    pub(super) fn new(data: PathBuf) -> Teller {
        Teller { data, seats: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

/// Why a call waited and who served it: every decision about it, as data and in plain sentences.
#[utoipa::path(
    get,
    path = "/api/v1/calls/{id}/why",
    params(("id" = String, Path, description = "Sixteen hexadecimal digits")),
    responses((status = 200, body = Story), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn tell(State(api): State<Api>, Path(id): Path<String>) -> Result<Json<Story>, Problem> {
    Ok(Json(story(&api, call_id(&id)?).await?))
}

/// The story of a call, from the journal.
pub(super) async fn story(api: &Api, call: CallId) -> Result<Story, Problem> {
    let teller = api.teller();
    let seat = Arc::clone(&teller.seats).acquire_owned().await;
    let data = teller.data.clone();
    let end = EndWithRequest::default();
    let asked = Arc::clone(&end.0);
    let told = tokio::task::spawn_blocking(move || {
        // The seat is free once the replay has ended, even if nobody waits for it any more.
        let _seat = seat;
        why::tell_while(&data, call, || asked.load(Ordering::Relaxed))
    });
    match told.await {
        Ok(Ok(story)) => Ok(story),
        Ok(Err(WhyError::Unknown { .. } | WhyError::UnknownSince { .. })) => Err(Problem::not_found("call", "/api/v1/calls")),
        Ok(Err(failure)) => Err(unreadable(&failure)),
        Err(failure) => Err(unreadable(&failure)),
    }
}

/// What the journal says is for the operator.
fn unreadable(failure: &dyn std::fmt::Display) -> Problem {
    tracing::error!(%failure, "the journal cannot be replayed for a question");
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "The journal cannot be read; the engine's log says why.")
}

/// A replay goes on as long as somebody waits for it.
#[derive(Debug)]
struct EndWithRequest(Arc<AtomicBool>);

impl Default for EndWithRequest {
    fn default() -> Self {
        EndWithRequest(Arc::new(AtomicBool::new(true)))
    }
}

impl Drop for EndWithRequest {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}
