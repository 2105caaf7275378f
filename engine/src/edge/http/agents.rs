//! Agents: what they do, and what they are asked to do.

use super::auth::Bearer;
use super::parts::{Body, Path, words};
use super::problem::Problem;
use super::server::Api;
use crate::words::agent_state as state_word;
use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use cabrank_core::{AgentId, AgentState, AgentView, Input, Next, Pause, Tick, View, Wish};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The longest reason for a pause, in characters.
const REASON_CHARS_MAX: usize = 100;

/// An agent as he or she is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Agent)]
pub(super) struct AgentDocument {
    /// The agent's name.
    pub(super) name: String,
    /// `signed_out`, `idle`, `offered`, `talking`, `wrap_up`, `paused` or `unreachable`.
    pub(super) state: &'static str,
    /// Why paused: the agent's word, `missed` after a ringing that was missed, `away` after several.
    pub(super) reason: Option<String>,
    /// The call that rings or is talked to.
    pub(super) call: Option<String>,
    /// Since when; RFC 3339.
    pub(super) since: String,
    /// Until when, if the state ends by itself; RFC 3339.
    pub(super) until: Option<String>,
    /// Whether the phone can be rung.
    pub(super) reachable: bool,
    /// What follows the present call: `calls`, `pause` or `sign_out`.
    pub(super) next: &'static str,
    /// What the agent serves: queue and level; a lower level is better.
    pub(super) skills: BTreeMap<String, u8>,
}

/// Every agent.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AgentList {
    /// In the order of the settings.
    agents: Vec<AgentDocument>,
}

/// A state that is asked for. During a call it comes into force after the call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StateAsked {
    /// Which.
    state: AskedState,
    /// Why; with `paused` only.
    reason: Option<String>,
}

/// The states that can be asked for.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum AskedState {
    /// Ready for calls; signs in.
    Idle,
    /// On duty, but not free.
    Paused,
    /// Off duty.
    SignedOut,
}

/// Every agent.
#[utoipa::path(
    get,
    path = "/api/v1/agents",
    responses((status = 200, body = AgentList), (status = 401, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn list(State(api): State<Api>) -> Result<Json<AgentList>, Problem> {
    Ok(Json(AgentList { agents: all(&*api.view().await?, &api) }))
}

/// One agent, by name.
#[utoipa::path(
    get,
    path = "/api/v1/agents/{name}",
    params(("name" = String, Path)),
    responses((status = 200, body = AgentDocument), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn one(State(api): State<Api>, Path(name): Path<String>) -> Result<Json<AgentDocument>, Problem> {
    let id = agent_id(&api, &name)?;
    now(&*api.view().await?, id, &api).map(Json)
}

/// Asks a state for an agent; answers with what the agent does now.
#[utoipa::path(
    put,
    path = "/api/v1/agents/{name}/state",
    params(("name" = String, Path)),
    request_body = StateAsked,
    responses(
        (status = 200, body = AgentDocument),
        (status = 403, body = Problem, description = "The token is another agent's"),
        (status = 404, body = Problem),
        (status = 409, description = "The desk refused", body = Problem),
        (status = 422, body = Problem),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn set_state(
    State(api): State<Api>,
    Extension(bearer): Extension<Bearer>,
    Path(name): Path<String>,
    Body(asked): Body<StateAsked>,
) -> Result<Json<AgentDocument>, Problem> {
    let agent = agent_id(&api, &name)?;
    bearer.may_be(&name)?;
    let wish = asked.into_wish()?;
    api.ask(Input::AgentAsked { agent, wish, by: bearer.by() }).await?;
    now(&*api.new_view().await?, agent, &api).map(Json)
}

impl StateAsked {
    fn into_wish(self) -> Result<Wish, Problem> {
        match (self.state, self.reason) {
            (AskedState::Idle, None) => Ok(Wish::Ready),
            (AskedState::SignedOut, None) => Ok(Wish::SignOut),
            (AskedState::Paused, reason) => {
                let reason = reason.map(|reason| words("reason", &reason, REASON_CHARS_MAX)).transpose()?;
                Ok(Wish::Pause { reason: reason.unwrap_or_default() })
            }
            (AskedState::Idle | AskedState::SignedOut, Some(_)) => {
                Err(Problem::unprocessable("`reason` goes with `paused` only; leave it out."))
            }
        }
    }
}

pub(super) fn agent_id(api: &Api, name: &str) -> Result<AgentId, Problem> {
    api.names().agent_id(name).ok_or_else(|| Problem::not_found("agent", "/api/v1/agents"))
}

/// What every agent does, as the view has it.
pub(super) fn all(view: &View, api: &Api) -> Vec<AgentDocument> {
    view.agents.iter().map(|agent| document(agent, api)).collect()
}

/// What one does.
pub(super) fn now(view: &View, id: AgentId, api: &Api) -> Result<AgentDocument, Problem> {
    let agent = view.agents.iter().find(|agent| agent.agent == id);
    let agent = agent.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "The desk has no such agent any more."))?;
    Ok(document(agent, api))
}

fn document(agent: &AgentView, api: &Api) -> AgentDocument {
    let doing = Doing::of(&agent.state);
    let at = |tick: Tick| api.epoch().at(tick).to_string();
    AgentDocument {
        name: api.names().agent(agent.agent).to_owned(),
        state: state_word(&agent.state),
        reason: doing.reason,
        call: agent.state.call().map(|call| call.to_string()),
        since: at(agent.since),
        until: doing.until.map(at),
        reachable: agent.reachable,
        next: next(&agent.next),
        skills: skills(agent.agent, api),
    }
}

fn skills(agent: AgentId, api: &Api) -> BTreeMap<String, u8> {
    let settings = api.in_force().now().settings;
    let found = usize::try_from(agent.0).ok().and_then(|at| settings.agents.get(at));
    let skills = found.into_iter().flat_map(|agent| &agent.skills);
    skills.map(|skill| (api.names().queue(skill.queue).to_owned(), skill.level)).collect()
}

fn next(next: &Next) -> &'static str {
    match next {
        Next::Calls => "calls",
        Next::Pause { .. } => "pause",
        Next::SignOut => "sign_out",
    }
}

/// Why an agent is in a state, and until when.
#[derive(Default)]
struct Doing {
    reason: Option<String>,
    until: Option<Tick>,
}

impl Doing {
    fn of(state: &AgentState) -> Doing {
        match state {
            AgentState::SignedOut | AgentState::Idle | AgentState::Offered { .. } | AgentState::Talking { .. } => {
                Doing::default()
            }
            AgentState::WrapUp { until } => Doing { reason: None, until: Some(*until) },
            AgentState::Paused { why } => Doing::paused(why),
            AgentState::Unreachable { until } => Doing { reason: None, until: *until },
        }
    }

    fn paused(why: &Pause) -> Doing {
        let (reason, until) = match why {
            Pause::Asked { reason } => (&**reason, None),
            Pause::Missed { until } => ("missed", Some(*until)),
            Pause::Away => ("away", None),
        };
        let reason = (!reason.is_empty()).then(|| reason.to_owned());
        Doing { reason, until }
    }
}
