//! Records: what became of a call, and the later words on it.

use super::auth::Bearer;
use super::calls::{self, recorded};
use super::parts::{Body, Path, call_id, words};
use super::problem::Problem;
use super::server::Api;
use crate::context::CallDocument;
use axum::Json;
use axum::extract::{Extension, State};
use cabrank_core::{CallId, Input, Settled, Text};
use serde::Deserialize;
use utoipa::ToSchema;

/// The longest resolution, in characters.
const RESOLUTION_CHARS_MAX: usize = 500;

/// Later words on a record; at least one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    /// How the matter was resolved, in a few words.
    #[schema(example = "overtaken by events")]
    resolution: Option<String>,
    /// Whether what was promised was kept.
    promise: Option<PromiseSaid>,
}

/// Whether a promise was kept.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum PromiseSaid {
    /// It was.
    Kept,
    /// It was not.
    Broken,
}

/// The record of a call that has ended.
#[utoipa::path(
    get,
    path = "/api/v1/records/{id}",
    params(("id" = String, Path, description = "The call's id")),
    responses((status = 200, body = CallDocument), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn one(State(api): State<Api>, Path(id): Path<String>) -> Result<Json<CallDocument>, Problem> {
    recorded(&api, call_id(&id)?).await.map(Json)
}

/// Adds to a record. The words are journalled when the answer comes.
#[utoipa::path(
    patch,
    path = "/api/v1/records/{id}",
    params(("id" = String, Path, description = "The call's id")),
    request_body = Words,
    responses(
        (status = 200, body = CallDocument),
        (status = 404, body = Problem),
        (status = 422, body = Problem),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn amend(
    State(api): State<Api>,
    Extension(Bearer(by)): Extension<Bearer>,
    Path(id): Path<String>,
    Body(said): Body<Words>,
) -> Result<Json<CallDocument>, Problem> {
    let call = call_id(&id)?;
    let resolution = said.resolution.map(|text| words("resolution", &text, RESOLUTION_CHARS_MAX)).transpose()?;
    if resolution.is_none() && said.promise.is_none() {
        return Err(Problem::unprocessable("Say `resolution`, `promise` or both."));
    }
    let document = known(&api, call).await?;
    if said.promise.is_some() && document.promise.is_none() {
        return Err(Problem::unprocessable("Nothing was promised on this call, so nothing can be kept or broken."));
    }
    tell(&api, call, &by.into(), resolution.as_ref(), said.promise).await?;
    Ok(Json(with_words(document, resolution, said.promise)))
}

/// The call as it is known: recorded, or still live.
async fn known(api: &Api, call: CallId) -> Result<CallDocument, Problem> {
    let view = api.view().await?;
    match calls::find(&view, call) {
        Some(live) => Ok(calls::document(live, api.now(&view), api)),
        None => recorded(api, call).await,
    }
}

async fn tell(
    api: &Api,
    call: CallId,
    by: &Text,
    resolution: Option<&Text>,
    promise: Option<PromiseSaid>,
) -> Result<(), Problem> {
    if let Some(resolution) = resolution {
        api.ask(Input::RecordResolved { call, resolution: resolution.clone(), by: by.clone() }).await?;
    }
    if let Some(said) = promise {
        api.ask(Input::PromiseSettled { call, kept: matches!(said, PromiseSaid::Kept), by: by.clone() }).await?;
    }
    Ok(())
}

/// The journal has the words already; the store follows in a moment, and the answer does not wait for it.
fn with_words(mut document: CallDocument, resolution: Option<Text>, said: Option<PromiseSaid>) -> CallDocument {
    if let Some(resolution) = resolution {
        document.resolution = Some(resolution.to_string());
    }
    if let (Some(promise), Some(said)) = (&mut document.promise, said) {
        let settled = match said {
            PromiseSaid::Kept => Settled::Kept,
            PromiseSaid::Broken => Settled::Broken,
        };
        promise.settled = crate::words::settled(settled);
    }
    document
}
