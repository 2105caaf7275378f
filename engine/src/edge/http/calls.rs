//! Calls: the live ones from the desk, the ended ones from the store.

use super::cases::CaseDocument;
use super::parts::{Path, Query, call_id, moment};
use super::problem::Problem;
use super::server::Api;
use crate::context::CallDocument;
use crate::names::Names;
use crate::page;
use crate::store::KeptRecord;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cabrank_core::{CallId, CallView, Number, Tick, View};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::time::Duration;
use utoipa::{IntoParams, ToSchema};

/// Calls in one answer, unless more are asked for.
const COUNT: u32 = 100;
/// Calls in one answer at the most.
const COUNT_MAX: u32 = 1_000;
/// Every state that a live call can be in.
const LIVE: [&str; 12] = [
    "menu",
    "dispatching",
    "told",
    "waiting",
    "offered",
    "agreeing",
    "absent",
    "called_back",
    "resting",
    "talking",
    "parting",
    "left",
];

/// The most open cases that are shown with a call.
const CASES_MAX: u32 = 20;
/// How long the store may take for them.
const CASES_WITHIN: Duration = Duration::from_secs(1);

/// A call, and what whoever takes it should know besides.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CallInContext {
    #[serde(flatten)]
    call: CallDocument,
    /// The open cases about calls from this number, newest first.
    cases: Vec<CaseDocument>,
    /// The page that an agent's program opens for the call; absent if none is set up.
    #[serde(skip_serializing_if = "Option::is_none")]
    screen_pop: Option<String>,
}

/// Which calls.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// `live`, `ended`, or one state of a live call (`waiting`, `talking`, ...); all if absent.
    state: Option<String>,
    /// Only calls that came in at this moment (RFC 3339) or later.
    since: Option<String>,
    /// At most so many; 100 if absent, 1,000 at the most.
    limit: Option<u32>,
}

/// Calls, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CallList {
    /// The calls.
    calls: Vec<CallDocument>,
    /// Whether there are more than these.
    more: bool,
}

/// A call in a list, and where it stands there.
struct Listed {
    id: CallId,
    offered_at: i64,
    document: CallDocument,
}

/// A question for calls, understood.
struct Asked<'a> {
    live: bool,
    ended: bool,
    state: Option<&'a str>,
    since_micros: i64,
    limit: u32,
}

/// Calls, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/calls",
    params(Which),
    responses((status = 200, body = CallList), (status = 400, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn list(State(api): State<Api>, Query(which): Query<Which>) -> Result<Json<CallList>, Problem> {
    let asked = Asked::understand(&which)?;
    let mut calls = live(&api, &asked).await?;
    // A call that ended between the two looks is told once.
    let live_ids: HashSet<CallId> = calls.iter().map(|call| call.id).collect();
    calls.extend(ended(&api, &asked).await?.into_iter().filter(|call| !live_ids.contains(&call.id)));
    calls.sort_by_key(|call| std::cmp::Reverse((call.offered_at, call.id)));
    let limit = asked.count_max() - 1;
    let more = calls.len() > limit;
    let calls = calls.into_iter().take(limit).map(|call| call.document).collect();
    Ok(Json(CallList { calls, more }))
}

/// One call, live or ended, with everything a human is shown of it.
#[utoipa::path(
    get,
    path = "/api/v1/calls/{id}",
    params(("id" = String, Path, description = "Sixteen hexadecimal digits")),
    responses((status = 200, body = CallInContext), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn one(State(api): State<Api>, Path(id): Path<String>) -> Result<Json<CallInContext>, Problem> {
    let call = call_id(&id)?;
    let view = api.view().await?;
    let call = match find(&view, call) {
        Some(live) => document(live, api.now(&view), &api),
        None => recorded(&api, call).await?,
    };
    let cases = open_cases(&api, &call).await;
    let screen_pop = api.screen_pop().map(|pop| page::of_call(pop, &call));
    Ok(Json(CallInContext { call, cases, screen_pop }))
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

/// The document of a call that has ended.
pub(super) async fn recorded(api: &Api, call: CallId) -> Result<CallDocument, Problem> {
    let record = api.store().record(call).await?;
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

impl<'a> Asked<'a> {
    fn understand(which: &'a Which) -> Result<Asked<'a>, Problem> {
        let (live, ended, state) = match which.state.as_deref() {
            None => (true, true, None),
            Some("live") => (true, false, None),
            Some("ended") => (false, true, None),
            Some(state) if LIVE.contains(&state) => (true, false, Some(state)),
            Some(_) => return Err(bad(format!("`state` is live, ended or one of {}.", LIVE.join(", ")))),
        };
        let since_micros = which.since.as_deref().map(|since| moment("since", since)).transpose()?.unwrap_or(i64::MIN);
        let limit = which.limit.unwrap_or(COUNT);
        if (1..=COUNT_MAX).contains(&limit) {
            Ok(Asked { live, ended, state, since_micros, limit })
        } else {
            Err(bad(format!("`limit` is 1 to {COUNT_MAX}.")))
        }
    }

    fn wants(&self, call: &CallView, api: &Api) -> bool {
        let in_state = self.state.is_none_or(|state| state == crate::words::stage(call.stage));
        in_state && api.epoch().unix_micros(call.offered_at) >= self.since_micros
    }

    /// One more than is shown tells whether there are more.
    fn count_max(&self) -> usize {
        usize::try_from(self.limit).unwrap_or(usize::MAX).saturating_add(1)
    }
}

fn bad(detail: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, detail)
}

async fn live(api: &Api, asked: &Asked<'_>) -> Result<Vec<Listed>, Problem> {
    if !asked.live {
        return Ok(Vec::new());
    }
    let view = api.view().await?;
    let now = api.now(&view);
    let mut calls: Vec<&CallView> = view.calls.iter().filter(|call| asked.wants(call, api)).collect();
    calls.sort_by_key(|call| std::cmp::Reverse((call.offered_at, call.call)));
    let listed = |call: &CallView| Listed {
        id: call.call,
        offered_at: api.epoch().unix_micros(call.offered_at),
        document: document(call, now, api),
    };
    Ok(calls.into_iter().take(asked.count_max()).map(listed).collect())
}

async fn ended(api: &Api, asked: &Asked<'_>) -> Result<Vec<Listed>, Problem> {
    if !asked.ended {
        return Ok(Vec::new());
    }
    let records = api.store().records_since(asked.since_micros, asked.limit.saturating_add(1)).await?;
    let listed = |record: &KeptRecord| Listed {
        id: record.call,
        offered_at: record.offered_at,
        document: CallDocument::ended(record, api.directory()),
    };
    Ok(records.iter().map(listed).collect())
}
