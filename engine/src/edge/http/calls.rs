//! Calls: the live ones from the desk, the ended ones from the store.

use super::auth::Bearer;
use super::cases::CaseDocument;
use super::masked;
use super::parts::{Path, call_id};
use super::problem::Problem;
use super::server::Api;
use crate::context::CallDocument;
use crate::names::Names;
use crate::page;
use axum::Json;
use axum::extract::{Extension, State};
use cabrank_core::{CallId, CallView, Number, Tick, View};
use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;

/// The most open cases that are shown with a call.
const CASES_MAX: u32 = 20;
/// How long the store may take for them.
const CASES_WITHIN: Duration = Duration::from_secs(1);

/// A call, and what whoever takes it should know besides.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CallInContext {
    #[serde(flatten)]
    pub(super) call: CallDocument,
    /// The open cases about calls from this number, newest first.
    pub(super) cases: Vec<CaseDocument>,
    /// The page that an agent's program opens for the call; absent if none is set up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) screen_pop: Option<String>,
}

/// One call, live or ended, with everything a human is shown of it.
#[utoipa::path(
    get,
    path = "/api/v1/calls/{id}",
    params(("id" = String, Path, description = "Sixteen hexadecimal digits")),
    responses((status = 200, body = CallInContext), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn one(
    State(api): State<Api>,
    Extension(bearer): Extension<Bearer>,
    Path(id): Path<String>,
) -> Result<Json<CallInContext>, Problem> {
    let whole = in_context(&api, call_id(&id)?).await?;
    Ok(Json(CallInContext { call: masked::call(whole.call, &bearer), ..whole }))
}

/// A call, live or ended, with what whoever takes it should know besides.
pub(super) async fn in_context(api: &Api, call: CallId) -> Result<CallInContext, Problem> {
    let view = api.view().await?;
    let call = match find(&view, call) {
        Some(live) => document(live, api.now(&view), api),
        None => recorded(api, call).await?,
    };
    let cases = open_cases(api, &call).await;
    let screen_pop = api.screen_pop().map(|pop| page::of_call(pop, &call));
    Ok(CallInContext { call, cases, screen_pop })
}

/// The caller's open cases. Whoever is about to say hello is shown the rest without them sooner than not at all.
async fn open_cases(api: &Api, call: &CallDocument) -> Vec<CaseDocument> {
    let Some(number) = call.caller.number.as_deref() else { return Vec::new() };
    let number = Number(number.into());
    let found = tokio::time::timeout(CASES_WITHIN, api.store().open_cases_of(&number, CASES_MAX)).await;
    let Ok(Ok(cases)) = found else {
        tracing::warn!(call = call.call, "the store does not answer: a call is shown without its caller's open cases");
        return Vec::new();
    };
    cases.iter().map(CaseDocument::new).collect()
}

/// The document of a call that has ended. If that was just now, the store follows in a moment.
pub(super) async fn recorded(api: &Api, call: CallId) -> Result<CallDocument, Problem> {
    let mut record = api.store().record(call).await?;
    if record.is_none() {
        api.files().caught_up().await?;
        record = api.store().record(call).await?;
    }
    let record = record.ok_or_else(|| Problem::not_found("call", "/api/v1/calls"))?;
    Ok(CallDocument::ended(&record, api.directory()))
}

/// A live call, by its id.
pub(super) fn find(view: &View, call: CallId) -> Option<&CallView> {
    view.calls.iter().find(|live| live.call == call)
}

/// The document of a live call.
pub(super) fn document(call: &CallView, now: Tick, api: &Api) -> CallDocument {
    // Classes are named as they are now.
    let names = Names::new(api.in_force().now().settings);
    CallDocument::live(call, now, &names, api.epoch(), api.directory())
}
