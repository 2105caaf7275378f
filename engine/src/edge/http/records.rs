//! Records: what became of a call, who owns it, and the later words on it.

use super::auth::Bearer;
use super::calls::{self, recorded};
use super::masked;
use super::parts::{Body, Path, call_id, is_current, object, present, present_object, tag, words};
use super::problem::Problem;
use super::said::{EscalateAsked, EscalatedDocument, FollowUpAsked, FollowUpDocument, WORDS_CHARS_MAX, WordDocument, owner};
use super::server::Api;
use crate::context::CallDocument;
use crate::filing::{Held, Subject};
use crate::store::{EarlierCall, KeptWord};
use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use cabrank_core::{CallId, Input, Matter, RecordWord, Settled, Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Words on a record; at least one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    /// Who owns it from now on, by name; `null`: nobody.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, example = "ann")]
    owner: Option<Option<String>>,
    /// It is raised to a higher level.
    #[serde(default, deserialize_with = "object")]
    escalate: Option<EscalateAsked>,
    /// One of the configuration's `[records] dispositions`.
    disposition: Option<String>,
    /// How the matter was resolved, in a few words.
    #[schema(example = "overtaken by events")]
    resolution: Option<String>,
    /// What is still to be done; `null`: nothing any more.
    #[serde(default, deserialize_with = "present_object")]
    #[schema(value_type = Option<FollowUpAsked>)]
    follow_up: Option<Option<FollowUpAsked>>,
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

/// A call, and what was said of it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Record)]
pub(super) struct RecordDocument {
    #[serde(flatten)]
    pub(super) call: CallDocument,
    /// Who owns it now; who took it is `agent`.
    pub(super) owner: Option<String>,
    /// The level that it was raised to, and why.
    escalated: Option<EscalatedDocument>,
    /// The disposition code.
    pub(super) disposition: Option<String>,
    /// What is still to be done, and by when.
    pub(super) follow_up: Option<FollowUpDocument>,
    /// The call from the same number before this one, if it was within `[records] repeat_within_days`.
    repeats: Option<EarlierDocument>,
    /// Everything that was said of it, oldest first.
    pub(super) history: Vec<WordDocument>,
}

/// An earlier call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EarlierCall)]
pub(super) struct EarlierDocument {
    call: String,
    /// When it came in; RFC 3339.
    at: String,
}

/// The record of a call that has ended.
#[utoipa::path(
    get,
    path = "/api/v1/records/{id}",
    params(("id" = String, Path, description = "The call's id")),
    responses(
        (status = 200, body = RecordDocument, headers(("ETag", description = "How many words were said of it"))),
        (status = 404, body = Problem),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn one(
    State(api): State<Api>,
    Extension(bearer): Extension<Bearer>,
    Path(id): Path<String>,
) -> Result<(HeaderMap, Json<RecordDocument>), Problem> {
    let call = call_id(&id)?;
    let document = masked::call(recorded(&api, call).await?, &bearer);
    shown(&api, call, document).await
}

/// What was said of that call, be it live or ended.
pub(super) async fn of(api: &Api, call: CallId, document: CallDocument) -> Result<RecordDocument, Problem> {
    let (_, Json(record)) = shown(api, call, document).await?;
    Ok(record)
}

/// Adds to a record. The words are on the disk, and read by whoever asks next, when the answer comes.
#[utoipa::path(
    patch,
    path = "/api/v1/records/{id}",
    params(
        ("id" = String, Path, description = "The call's id"),
        ("If-Match" = Option<String>, Header, description = "Only if the record still has this ETag"),
    ),
    request_body = Words,
    responses(
        (status = 200, body = RecordDocument, headers(("ETag", description = "How many words were said of it"))),
        (status = 403, body = Problem, description = "The token is an agent's, and the call was another's"),
        (status = 404, body = Problem),
        (status = 412, body = Problem, description = "Somebody else has said something since"),
        (status = 422, body = Problem),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn amend(
    State(api): State<Api>,
    Extension(bearer): Extension<Bearer>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(said): Body<Words>,
) -> Result<(HeaderMap, Json<RecordDocument>), Problem> {
    let call = call_id(&id)?;
    let to_file = said.understood(&api)?;
    if to_file.is_empty() && said.promise.is_none() {
        let detail = "Say `owner`, `escalate`, `disposition`, `resolution`, `follow_up` or `promise`: one at least.";
        return Err(Problem::unprocessable(detail));
    }
    let held = api.files().take(Subject::Record(call)).await?;
    must_be_current(&api, call, &headers).await?;
    let document = known(&api, call).await?;
    bearer.may_write_on(call, document.agent.as_deref())?;
    if said.promise.is_some() && document.promise.is_none() {
        return Err(Problem::unprocessable("Nothing was promised on this call, so nothing can be kept or broken."));
    }
    let by = bearer.by();
    if let Some(promise) = said.promise {
        let kept = matches!(promise, PromiseSaid::Kept);
        api.ask(Input::PromiseSettled { call, kept, by: by.clone() }).await?;
    }
    file(held, call, to_file, by).await?;
    shown(&api, call, masked::call(with_promise(document, said.promise), &bearer)).await
}

impl Words {
    /// What is filed; whether a promise was kept is told to the desk by itself.
    fn understood(&self, api: &Api) -> Result<Vec<RecordWord>, Problem> {
        let few = |what, text: &String| words(what, text, WORDS_CHARS_MAX);
        let named = self.owner.as_ref().map(|name| owner(name.as_deref())).transpose()?;
        let raised = self.escalate.as_ref().map(EscalateAsked::understood).transpose()?;
        let code = self.disposition.as_ref().map(|code| disposition(api, code)).transpose()?;
        let resolved = self.resolution.as_ref().map(|text| few("resolution", text)).transpose()?;
        let follow_up = self.follow_up.as_ref();
        let to_do = follow_up.map(|asked| asked.as_ref().map(|asked| asked.understood(api.epoch())).transpose()).transpose()?;
        let all = [
            named.map(RecordWord::Owner),
            raised.map(RecordWord::Escalated),
            code.map(RecordWord::Disposition),
            resolved.map(RecordWord::Resolution),
            to_do.map(RecordWord::FollowUp),
        ];
        Ok(all.into_iter().flatten().collect())
    }
}

fn disposition(api: &Api, code: &str) -> Result<Text, Problem> {
    let codes = &api.records().dispositions;
    codes.iter().find(|known| ***known == *code).cloned().ok_or_else(|| {
        Problem::unprocessable(match codes.as_slice() {
            [] => "The configuration names no disposition codes: add them to `[records] dispositions`.".to_owned(),
            codes => format!("`disposition` is one of {}.", codes.join(", ")),
        })
    })
}

async fn must_be_current(api: &Api, call: CallId, headers: &HeaderMap) -> Result<(), Problem> {
    let said = api.store().words_of_record(call).await?;
    if is_current(headers, said.len() as u64) == Some(false) {
        let detail = "Somebody has said something of this record since; look at it again, and decide anew.";
        return Err(Problem::new(StatusCode::PRECONDITION_FAILED, detail));
    }
    Ok(())
}

/// The call as it is known: recorded, or still live.
async fn known(api: &Api, call: CallId) -> Result<CallDocument, Problem> {
    let view = api.view().await?;
    match calls::find(&view, call) {
        Some(live) => Ok(calls::document(live, api.now(&view), api)),
        None => recorded(api, call).await,
    }
}

async fn file(held: Held, call: CallId, words: Vec<RecordWord>, by: Text) -> Result<(), Problem> {
    if words.is_empty() {
        return Ok(());
    }
    Ok(held.file(Matter::Record { call, words }, by).await?)
}

async fn shown(api: &Api, call: CallId, document: CallDocument) -> Result<(HeaderMap, Json<RecordDocument>), Problem> {
    let said = api.store().words_of_record(call).await?;
    let within_us = i64::try_from(api.records().repeat_within.as_micros()).unwrap_or(i64::MAX);
    let earlier = api.store().call_before(call, within_us).await?;
    Ok((tag(said.len() as u64), Json(RecordDocument::new(document, &said, earlier))))
}

/// The journal has the word already; the store follows in a moment, and the answer does not wait for it.
fn with_promise(mut document: CallDocument, said: Option<PromiseSaid>) -> CallDocument {
    if let (Some(promise), Some(said)) = (&mut document.promise, said) {
        let settled = match said {
            PromiseSaid::Kept => Settled::Kept,
            PromiseSaid::Broken => Settled::Broken,
        };
        promise.settled = crate::words::settled(settled);
    }
    document
}

impl RecordDocument {
    fn new(call: CallDocument, said: &[KeptWord], earlier: Option<EarlierCall>) -> RecordDocument {
        let word = |about| KeptWord::newest(said, about).map(|word| word.word.clone());
        RecordDocument {
            call: CallDocument { resolution: word("resolution"), ..call },
            owner: word("owner"),
            escalated: EscalatedDocument::newest(said),
            disposition: word("disposition"),
            follow_up: FollowUpDocument::newest(said),
            repeats: earlier.map(EarlierDocument::from),
            history: WordDocument::all(said),
        }
    }
}

impl From<EarlierCall> for EarlierDocument {
    fn from(earlier: EarlierCall) -> Self {
        EarlierDocument { call: earlier.call, at: crate::epoch::timestamp(earlier.offered_at).to_string() }
    }
}
