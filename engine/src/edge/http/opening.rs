//! Opening a case: once, however often it is asked for.

use super::auth::Bearer;
use super::cases::{SAID_CHARS_MAX, WholeCase, must_be_known, shown};
use super::parts::{Body, call_id, words};
use super::problem::Problem;
use super::said::{due, owner};
use super::server::Api;
use crate::filing::Subject;
use crate::words::{CASE_KINDS, case_kind, case_kind_from};
use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use cabrank_core::{CallId, CaseId, CaseWord, Matter};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// Calls that one case may be opened with.
const CALLS_MAX: usize = 100;
/// The longest key, in octets.
const KEY_BYTES_MAX: usize = 255;

/// A case to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenAsked {
    /// `complaint`, `opinion` or `praise`.
    #[schema(example = "complaint")]
    kind: String,
    /// What the customer said.
    said: String,
    /// The calls that it is about; at least one.
    calls: Vec<String>,
    /// Who owns it.
    owner: Option<String>,
    /// By when it has to be closed; RFC 3339.
    due: Option<String>,
}

/// Opens a case. It is on the disk, and found by whoever asks next, when the answer comes. With an `Idempotency-Key` the same
/// request sent again opens no second one, however much later: it is answered with the case as it is by then.
#[utoipa::path(
    post,
    path = "/api/v1/cases",
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 printable characters, new for each case")),
    request_body = OpenAsked,
    responses(
        (status = 201, body = WholeCase, headers(("ETag", description = "How many words were said of it"), ("Location"))),
        (status = 400, body = Problem),
        (status = 403, body = Problem, description = "The token is an agent's, and a call was another's"),
        (status = 422, body = Problem, description = "Something is wrong with it, or another case was opened under that key"),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn open(
    State(api): State<Api>,
    Extension(bearer): Extension<Bearer>,
    headers: HeaderMap,
    Body(asked): Body<OpenAsked>,
) -> Result<(StatusCode, HeaderMap, Json<WholeCase>), Problem> {
    let by = bearer.by();
    // Nobody guesses it, and none is given twice.
    let case = key(&headers)?.map_or_else(|| CaseId(rand::random()), |key| named(&by, key));
    let matter = asked.understood(case, &api)?;
    let held = api.files().take(Subject::Case(case)).await?;
    match api.store().is_case_of(case, &matter, api.epoch()).await? {
        Some(true) => {}
        Some(false) => {
            return Err(Problem::unprocessable("Another case was opened under this `Idempotency-Key`; take a new one."));
        }
        None => {
            asked.must_be_about_calls(&api).await?;
            bearer.may_open_on(&api, &asked.about()?).await?;
            held.file(matter, by).await?;
        }
    }
    let (mut headers, document) = shown(&api, case).await?;
    headers.extend(HeaderValue::from_str(&format!("/api/v1/cases/{case}")).into_iter().map(|place| (header::LOCATION, place)));
    Ok((StatusCode::CREATED, headers, document))
}

/// What makes a request one that was sent before (draft-ietf-httpapi-idempotency-key-header).
fn key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| (1..=KEY_BYTES_MAX).contains(&key.len()));
    let detail = format!("`Idempotency-Key` takes 1 to {KEY_BYTES_MAX} printable characters.");
    key.map(Some).ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, detail))
}

/// The case of that key, which is each author's own. There is nothing else to remember of a key: it is good for as long as the case.
fn named(by: &str, key: &str) -> CaseId {
    let digest = Sha256::new().chain_update(by).chain_update([0]).chain_update(key).finalize();
    CaseId(digest.iter().take(8).fold(0, |id, byte| id << 8 | u64::from(*byte)))
}

impl OpenAsked {
    fn understood(&self, case: CaseId, api: &Api) -> Result<Matter, Problem> {
        let kinds = CASE_KINDS.map(case_kind).join(", ");
        let kind = case_kind_from(&self.kind).ok_or_else(|| Problem::unprocessable(format!("`kind` is one of {kinds}.")))?;
        let said = words("said", &self.said, SAID_CHARS_MAX)?;
        let calls = self.about()?;
        if calls.is_empty() || calls.len() > CALLS_MAX {
            return Err(Problem::unprocessable(format!("`calls` names 1 to {CALLS_MAX} calls that the case is about.")));
        }
        let owned = self.owner.as_deref().map(|name| owner(Some(name))).transpose()?.map(CaseWord::Owner);
        let by_then = self.due.as_deref().map(|text| due(text, api.epoch())).transpose()?;
        let words = owned.into_iter().chain(by_then.map(|due| CaseWord::Due(Some(due)))).collect();
        Ok(Matter::CaseOpened { case, kind, said, calls, words })
    }

    /// The calls that it is about.
    fn about(&self) -> Result<Vec<CallId>, Problem> {
        self.calls.iter().map(|call| call_id(call)).collect()
    }

    async fn must_be_about_calls(&self, api: &Api) -> Result<(), Problem> {
        for call in &self.calls {
            must_be_known(api, call_id(call)?).await?;
        }
        Ok(())
    }
}
