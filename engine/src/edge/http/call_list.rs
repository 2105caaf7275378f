//! Lists of calls: the live ones from the desk, the ended ones from the store, by what they are.

use super::auth::Bearer;
use super::calls::document;
use super::masked;
use super::parts::{Query, moment};
use super::problem::Problem;
use super::server::Api;
use crate::context::CallDocument;
use crate::store::{KeptRecord, WhichRecords};
use crate::words;
use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use cabrank_core::{AgentId, CallId, CallView, QueueId};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use utoipa::{IntoParams, ToSchema};

/// Calls in one answer, unless more are asked for.
const COUNT: u32 = 100;
/// Calls in one answer at the most.
const COUNT_MAX: u32 = 1_000;
/// The longest part of a number, in characters.
const NUMBER_CHARS_MAX: usize = 64;
/// Every state that a live call can be in.
pub(super) const LIVE: [&str; 13] = [
    "menu",
    "proving",
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

/// Which calls; what is absent does not matter.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// `live`, `ended`, or one state of a live call (`waiting`, `talking`, ...); all if absent.
    pub(super) state: Option<String>,
    /// Only ended calls with this outcome (`abandoned`, ...).
    pub(super) outcome: Option<String>,
    /// Only calls that came in at this moment (RFC 3339) or later.
    pub(super) since: Option<String>,
    /// Only calls that came in before this moment (RFC 3339).
    pub(super) until: Option<String>,
    /// Only calls from numbers with these characters in them: the last digits, for example. Not for agents.
    pub(super) number: Option<String>,
    /// Only calls that are or were last in this queue.
    pub(super) queue: Option<String>,
    /// Only calls that this agent is rung for, talks to or took last.
    pub(super) agent: Option<String>,
    /// At most so many; 100 if absent, 1,000 at the most.
    pub(super) limit: Option<u32>,
}

/// Calls, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CallList {
    /// The calls.
    pub(super) calls: Vec<CallDocument>,
    /// Whether there are more than these.
    pub(super) more: bool,
}

/// A call in a list, and where it stands there.
struct Listed {
    id: CallId,
    offered_at: i64,
    document: CallDocument,
}

/// A question for calls, understood.
struct Asked {
    /// Whether live calls are wanted, all or those in that state.
    live: Option<Live>,
    /// Which ended ones are, if any.
    ended: Option<WhichRecords>,
    limit: u32,
}

/// Which live calls.
struct Live {
    state: Option<String>,
    since_us: i64,
    until_us: i64,
    number: Option<String>,
    /// `Some(None)`: in one that there is not.
    queue: Option<Option<QueueId>>,
    agent: Option<Option<AgentId>>,
}

/// Calls, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/calls",
    params(Which),
    responses((status = 200, body = CallList), (status = 400, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn list(
    State(api): State<Api>,
    Extension(bearer): Extension<Bearer>,
    Query(which): Query<Which>,
) -> Result<Json<CallList>, Problem> {
    Ok(Json(found(&api, which, &bearer).await?))
}

/// The calls that are asked for, newest first, as whoever asks may see them.
pub(super) async fn found(api: &Api, which: Which, bearer: &Bearer) -> Result<CallList, Problem> {
    if which.number.is_some() {
        masked::may_ask_by_number(bearer)?;
    }
    let asked = Asked::understand(api, which)?;
    let mut calls = live(api, &asked).await?;
    if asked.ended.is_some() {
        // Who is in neither has just ended. If the store is far behind, what there is is shown rather than nothing.
        let _ = api.files().caught_up().await;
    }
    // A call that ended between the two looks is told once.
    let live_ids: HashSet<CallId> = calls.iter().map(|call| call.id).collect();
    calls.extend(ended(api, &asked).await?.into_iter().filter(|call| !live_ids.contains(&call.id)));
    calls.sort_by_key(|call| std::cmp::Reverse((call.offered_at, call.id)));
    let limit = asked.count_max() - 1;
    let more = calls.len() > limit;
    let shown = calls.into_iter().take(limit).map(|call| masked::call(call.document, bearer));
    Ok(CallList { calls: shown.collect(), more })
}

impl Asked {
    fn understand(api: &Api, which: Which) -> Result<Asked, Problem> {
        let limit = which.limit.unwrap_or(COUNT);
        if !(1..=COUNT_MAX).contains(&limit) {
            return Err(bad(format!("`limit` is 1 to {COUNT_MAX}.")));
        }
        if which.number.as_ref().is_some_and(|number| number.chars().nth(NUMBER_CHARS_MAX).is_some()) {
            return Err(bad(format!("`number` has {NUMBER_CHARS_MAX} characters at the most.")));
        }
        let (live, ended) = wanted(which.state.as_deref())?;
        let records = WhichRecords {
            since: which.since.as_deref().map(|since| moment("since", since)).transpose()?,
            until: which.until.as_deref().map(|until| moment("until", until)).transpose()?,
            number: which.number.filter(|number| !number.is_empty()),
            queue: which.queue,
            agent: which.agent,
            outcome: which.outcome.as_deref().map(outcome).transpose()?,
        };
        let live = live.filter(|_| records.outcome.is_none()).map(|state| Live::of(api, state, &records));
        Ok(Asked { live, ended: ended.then_some(records), limit })
    }

    /// One more than is shown tells whether there are more.
    fn count_max(&self) -> usize {
        usize::try_from(self.limit).unwrap_or(usize::MAX).saturating_add(1)
    }
}

/// Whether live calls are wanted (and in which state), and whether ended ones are.
fn wanted(state: Option<&str>) -> Result<(Option<Option<&str>>, bool), Problem> {
    match state {
        None => Ok((Some(None), true)),
        Some("live") => Ok((Some(None), false)),
        Some("ended") => Ok((None, true)),
        Some(state) if LIVE.contains(&state) => Ok((Some(Some(state)), false)),
        Some(_) => Err(bad(format!("`state` is live, ended or one of {}.", LIVE.join(", ")))),
    }
}

fn outcome(word: &str) -> Result<&'static str, Problem> {
    let known = words::outcome_from(word).map(words::outcome);
    known.ok_or_else(|| bad(format!("`outcome` is one of {}.", words::OUTCOMES.map(words::outcome).join(", "))))
}

fn bad(detail: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, detail)
}

impl Live {
    fn of(api: &Api, state: Option<&str>, records: &WhichRecords) -> Live {
        Live {
            state: state.map(str::to_owned),
            since_us: records.since.unwrap_or(i64::MIN),
            until_us: records.until.unwrap_or(i64::MAX),
            number: records.number.clone(),
            queue: records.queue.as_deref().map(|name| api.names().queue_id(name)),
            agent: records.agent.as_deref().map(|name| api.names().agent_id(name)),
        }
    }

    fn wants(&self, call: &CallView, api: &Api) -> bool {
        let has = |part: &String| call.caller.number.as_ref().is_some_and(|number| number.0.contains(part.as_str()));
        self.state.as_ref().is_none_or(|state| state == words::stage(call.stage))
            && (self.since_us..self.until_us).contains(&api.epoch().unix_micros(call.offered_at))
            && self.number.as_ref().is_none_or(has)
            && self.queue.is_none_or(|queue| queue.is_some() && queue == call.queue)
            && self.agent.is_none_or(|agent| agent.is_some() && agent == call.agent)
    }
}

async fn live(api: &Api, asked: &Asked) -> Result<Vec<Listed>, Problem> {
    let Some(wanted) = &asked.live else { return Ok(Vec::new()) };
    let view = api.view().await?;
    let now = api.now(&view);
    let mut calls: Vec<&CallView> = view.calls.iter().filter(|call| wanted.wants(call, api)).collect();
    calls.sort_by_key(|call| std::cmp::Reverse((call.offered_at, call.call)));
    let listed = |call: &CallView| Listed {
        id: call.call,
        offered_at: api.epoch().unix_micros(call.offered_at),
        document: document(call, now, api),
    };
    Ok(calls.into_iter().take(asked.count_max()).map(listed).collect())
}

async fn ended(api: &Api, asked: &Asked) -> Result<Vec<Listed>, Problem> {
    let Some(which) = &asked.ended else { return Ok(Vec::new()) };
    let records = api.store().records(which, asked.limit.saturating_add(1)).await?;
    let listed = |record: &KeptRecord| Listed {
        id: record.call,
        offered_at: record.offered_at,
        document: CallDocument::ended(record, api.directory()),
    };
    Ok(records.iter().map(listed).collect())
}
