//! An agent's desk: what he or she does, who calls and why, what was written of the last call, and what comes next. Of other agents
//! nothing.

use super::agents::{self, AgentDocument};
use super::auth::Bearer;
use super::calls::{CallInContext, in_context};
use super::masked;
use super::parts::{Path, call_id};
use super::problem::Problem;
use super::records::{self, RecordDocument};
use super::server::Api;
use crate::board::{Longest, Mood};
use crate::context::CallDocument;
use crate::names::Names;
use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use cabrank_core::{AgentId, QueueId, Skill, View};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// An agent who begins work is not shown a call of long ago: so old is the last one at the most, in microseconds.
const LAST_US_MAX: i64 = 12 * 3_600 * 1_000_000;
/// Wrap-up begins so long after the end of its call at the most, in microseconds.
const WRAP_UP_US_AFTER: i64 = 1_000_000;

/// What an agent has before him or her.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Desk)]
pub(super) struct DeskDocument {
    /// The moment of this picture, from which waits and pauses are counted on; RFC 3339.
    pub(super) at: String,
    /// The agent.
    pub(super) agent: AgentDocument,
    /// The call that rings or is talked to, with everything that should be known before saying hello.
    pub(super) call: Option<CallInContext>,
    /// What is to be written on: the call that is talked to, or else the last one that the agent took, if it ended within twelve hours.
    pub(super) record: Option<RecordDocument>,
    /// Every queue that the agent serves, best level first.
    pub(super) ahead: Vec<AheadDocument>,
    /// What `disposition` of a record can be.
    pub(super) dispositions: Vec<String>,
}

/// Who waits in a queue that the agent serves.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Ahead)]
pub(super) struct AheadDocument {
    /// The queue.
    pub(super) queue: String,
    /// The agent's level there; lower is better.
    pub(super) level: u8,
    /// Callers in line, those for whom a phone rings included.
    pub(super) waiting: u32,
    /// Callers in line who are to be called back.
    pub(super) callbacks: u32,
    /// Whoever in line has used up the greatest share of the target.
    pub(super) longest: Option<Longest>,
    /// How many of each class wait; empty in a queue without classes.
    pub(super) classes: BTreeMap<String, u32>,
    /// Callers who wait for this very agent.
    pub(super) for_you: u32,
    /// How the queue fares.
    pub(super) mood: Mood,
}

/// An agent's desk. The token of an agent opens that agent's alone.
#[utoipa::path(
    get,
    path = "/api/v1/agents/{name}/desk",
    params(("name" = String, Path)),
    responses(
        (status = 200, body = DeskDocument),
        (status = 403, body = Problem, description = "It is another agent's"),
        (status = 404, body = Problem),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn one(
    State(api): State<Api>,
    Extension(bearer): Extension<Bearer>,
    Path(name): Path<String>,
) -> Result<Json<DeskDocument>, Problem> {
    Ok(Json(of(&api, &bearer, &name).await?))
}

/// The desk of that agent, as far as it may be seen.
pub(super) async fn of(api: &Api, bearer: &Bearer, name: &str) -> Result<DeskDocument, Problem> {
    let id = agents::agent_id(api, name)?;
    bearer.may_be(name)?;
    let view = api.view().await?;
    let agent = agents::now(&view, id, api)?;
    let call = match &agent.call {
        Some(call) => called(api, bearer, call).await?,
        None => None,
    };
    Ok(DeskDocument {
        at: api.epoch().at(api.now(&view)).to_string(),
        record: record(api, bearer, &agent, call.as_ref()).await?,
        call,
        ahead: ahead(api, &view, id).await?,
        dispositions: api.records().dispositions.iter().map(ToString::to_string).collect(),
        agent,
    })
}

/// The call; it may have gone a moment ago, and then it will be recorded in a moment.
async fn called(api: &Api, bearer: &Bearer, call: &str) -> Result<Option<CallInContext>, Problem> {
    let CallInContext { call, cases, screen_pop } = match in_context(api, call_id(call)?).await {
        Ok(found) => found,
        Err(problem) if problem.told().0 == StatusCode::NOT_FOUND => return Ok(None),
        Err(problem) => return Err(problem),
    };
    Ok(Some(CallInContext { call: masked::call(call, bearer), cases, screen_pop }))
}

async fn record(
    api: &Api,
    bearer: &Bearer,
    agent: &AgentDocument,
    call: Option<&CallInContext>,
) -> Result<Option<RecordDocument>, Problem> {
    if let Some(live) = call.filter(|_| agent.state == "talking") {
        return records::of(api, call_id(&live.call.call)?, live.call.clone()).await.map(Some);
    }
    let Some(last) = api.store().last_of_agent(&agent.name, ended_since(agent)).await? else { return Ok(None) };
    let document = masked::call(CallDocument::ended(&last, api.directory()), bearer);
    records::of(api, last.call, document).await.map(Some)
}

/// When a call ended that may still be written on. In wrap-up it is the one just ended, which may be on its way to the store.
fn ended_since(agent: &AgentDocument) -> i64 {
    let begun = agent.since.parse().map_or(i64::MIN, jiff::Timestamp::as_microsecond);
    let wrapped_up = if agent.state == "wrap_up" { begun.saturating_sub(WRAP_UP_US_AFTER) } else { i64::MIN };
    wrapped_up.max(jiff::Timestamp::now().as_microsecond() - LAST_US_MAX)
}

async fn ahead(api: &Api, view: &View, agent: AgentId) -> Result<Vec<AheadDocument>, Problem> {
    let (shown, settings) = (api.board().picture().await?, api.in_force().now().settings);
    let names = Names::new(settings);
    let known = usize::try_from(agent.0).ok().and_then(|at| names.settings().agents.get(at));
    let mut skills: Vec<Skill> = known.map(|agent| agent.skills.clone()).unwrap_or_default();
    skills.sort_by_key(|skill| (skill.level, skill.queue));
    let queues = &shown.picture.queues;
    let with_picture = skills.iter().filter_map(|skill| Some((skill, queues.get(usize::from(skill.queue.0))?)));
    Ok(with_picture
        .map(|(skill, queue)| AheadDocument {
            queue: queue.name.clone(),
            level: skill.level,
            waiting: queue.waiting,
            callbacks: queue.callbacks,
            longest: queue.longest,
            classes: classes(view, skill.queue, &names),
            for_you: for_you(view, skill.queue, agent),
            mood: queue.mood,
        })
        .collect())
}

fn classes(view: &View, queue: QueueId, names: &Names) -> BTreeMap<String, u32> {
    let waiting = view.calls.iter().filter(|call| call.queue == Some(queue) && call.stage.is_in_line());
    let named = waiting.filter_map(|call| call.class).map(|class| names.class(queue, class)).filter(|class| !class.is_empty());
    named.fold(BTreeMap::new(), |mut classes, class| {
        *classes.entry(class.to_owned()).or_default() += 1;
        classes
    })
}

fn for_you(view: &View, queue: QueueId, agent: AgentId) -> u32 {
    let wait =
        view.calls.iter().filter(|call| call.queue == Some(queue) && call.waits_for == Some(agent) && call.stage.is_in_line());
    u32::try_from(wait.count()).unwrap_or(u32::MAX)
}
