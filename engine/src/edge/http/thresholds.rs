//! A change of one queue's thresholds, while callers wait in it.

use super::auth::Bearer;
use super::changes::ChangeDocument;
use super::parts::{Body, Path, Query, is_current, tag, words};
use super::problem::Problem;
use super::queues::find;
use super::server::Api;
use super::what_if::foreseen;
use crate::foresight::Foreseen;
use crate::in_force::Now;
use crate::thresholds::Keys;
use crate::tuning::{self, Untuned};
use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use cabrank_core::{QueueId, Text, Thresholds};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The longest reason, in characters.
pub(super) const REASON_CHARS_MAX: usize = 500;

/// A change that is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeAsked {
    /// Keys of `[[queue]]` in the configuration and their new values, as they would stand there; what is not named stays. An
    /// empty text takes a key away.
    #[schema(value_type = Object, example = json!({"target": "30s"}))]
    set: Keys,
    /// Why.
    #[schema(example = "rain: everybody calls")]
    reason: String,
}

/// How.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct How {
    /// `true`: only say what would follow, as `POST /api/v1/what-if` does.
    dry_run: Option<bool>,
}

/// What came of it, or would come.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Answered {
    /// The change as it was made.
    Made(Box<ChangeDocument>),
    /// What would follow from it: a dry run.
    Foreseen(Box<Foreseen>),
}

/// A change of a queue's thresholds. It is on the disk, and has reached all who wait, when the answer comes.
#[utoipa::path(
    patch,
    path = "/api/v1/queues/{name}/thresholds",
    params(
        ("name" = String, Path),
        ("If-Match" = String, Header, description = "The ETag of the queues as they were seen"),
        How,
    ),
    request_body = ChangeAsked,
    responses(
        (status = 200, body = Answered, headers(("ETag", description = "The number of changes of thresholds"))),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "A dry run: too few callers have stood in line since yesterday"),
        (status = 412, body = Problem, description = "Thresholds were changed since"),
        (status = 422, body = Problem, description = "Every fault at once"),
        (status = 428, body = Problem, description = "There is no If-Match"),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn change(
    State(api): State<Api>,
    Extension(bearer): Extension<Bearer>,
    Path(name): Path<String>,
    Query(how): Query<How>,
    headers: HeaderMap,
    Body(asked): Body<ChangeAsked>,
) -> Result<(HeaderMap, Json<Answered>), Problem> {
    let by = bearer.may_tune()?;
    let in_force = api.in_force().now();
    let queue = find(&in_force, &name)?;
    must_be_current(&headers, in_force.changes)?;
    let reason = words("reason", &asked.reason, REASON_CHARS_MAX)?;
    let thresholds = tuning::understood(&in_force, queue, &asked.set)?;
    if how.dry_run == Some(true) {
        let foreseen = foreseen(&api, &in_force, vec![(queue, thresholds)]).await?;
        return Ok((tag(in_force.changes), Json(Answered::Foreseen(Box::new(Foreseen::clone(&foreseen))))));
    }
    let (headers, Json(made)) = make(&api, &in_force, vec![(queue, thresholds)], by, reason).await?;
    Ok((headers, Json(Answered::Made(Box::new(made)))))
}

/// Makes a change and waits until it is on the disk.
pub(super) async fn make(
    api: &Api,
    in_force: &Now,
    queues: Vec<(QueueId, Thresholds)>,
    by: Text,
    reason: Text,
) -> Result<(HeaderMap, Json<ChangeDocument>), Problem> {
    let change = tuning::make(api.door(), api.in_force(), in_force, queues, by, reason).await?;
    Ok((tag(change.number), Json(ChangeDocument::of(&change, api))))
}

/// Nobody changes what he or she has not seen (RFC 6585, 3; RFC 9110, 13.1.1).
fn must_be_current(headers: &HeaderMap, changes: u64) -> Result<(), Problem> {
    match is_current(headers, changes) {
        Some(true) => Ok(()),
        Some(false) => Err(Untuned::Outdated.into()),
        None => {
            let detail = "Send `If-Match` with the ETag of GET /api/v1/queues, so that nobody's change is lost.";
            Err(Problem::new(StatusCode::PRECONDITION_REQUIRED, detail))
        }
    }
}
