//! `/calls`: calls, searched.

use super::super::auth::Bearer;
use super::super::call_list::{CallList, LIVE, Which, found};
use super::super::parts::Query;
use super::super::problem::Problem;
use super::frame::Frame;
use super::guest::Guest;
use super::texts::{ENGLISH, Texts};
use super::times;
use crate::context::CallDocument;
use crate::words;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::tz::TimeZone;
use serde::Deserialize;

/// What is searched for; what is empty does not matter.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Search {
    /// A part of a number, or a call's id.
    q: String,
    queue: String,
    agent: String,
    /// `live`, a state of a live call, `ended`, or an outcome.
    state: String,
}

#[derive(Template)]
#[template(path = "calls.html")]
struct Calls {
    frame: Frame,
    t: &'static Texts,
    search: Search,
    queues: Vec<String>,
    agents: Vec<String>,
    list: CallList,
    zone: TimeZone,
}

/// The calls that are searched for, newest first.
pub(super) async fn page(guest: Guest, Query(search): Query<Search>) -> Response {
    shown(&guest, search).await.unwrap_or_else(|problem| guest.fault("/calls", &problem))
}

async fn shown(guest: &Guest, search: Search) -> Result<Response, Problem> {
    must_see_calls(&guest.bearer)?;
    if search.q.len() == 16 && search.q.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(Redirect::to(&format!("/calls/{}", search.q)).into_response());
    }
    let list = found(&guest.api, search.wanted(), &guest.bearer).await?;
    let settings = guest.api.in_force().now().settings;
    let calls = Calls {
        frame: guest.frame("/calls"),
        t: &ENGLISH,
        search,
        queues: settings.queues.iter().map(|queue| queue.name.to_string()).collect(),
        agents: settings.agents.iter().map(|agent| agent.name.to_string()).collect(),
        list,
        zone: guest.api.zone().clone(),
    };
    Ok(guest.answer(StatusCode::OK, &calls))
}

/// Who calls is not for everybody.
pub(super) fn must_see_calls(bearer: &Bearer) -> Result<(), Problem> {
    if bearer.may_see_calls() {
        return Ok(());
    }
    Err(Problem::new(StatusCode::FORBIDDEN, format!("{} {}.", ENGLISH.not_for, bearer.role)))
}

impl Search {
    fn wanted(&self) -> Which {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let is_outcome = words::outcome_from(&self.state).is_some();
        Which {
            state: some(&self.state).filter(|_| !is_outcome),
            outcome: some(&self.state).filter(|_| is_outcome),
            number: some(self.q.trim()),
            queue: some(&self.queue),
            agent: some(&self.agent),
            ..Which::default()
        }
    }
}

impl Calls {
    /// What `state` can be, with words for it.
    fn states(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let outcomes = words::OUTCOMES.map(words::outcome);
        let all = ["live", "ended"].into_iter().chain(LIVE).chain(outcomes);
        all.map(|word| (word, self.t.word(word)))
    }

    fn came_in(&self, call: &CallDocument) -> String {
        times::day_and_time(&call.offered_at, &self.zone)
    }

    fn waited(&self, call: &CallDocument) -> String {
        times::wait(call.waited_s)
    }

    fn state(&self, call: &CallDocument) -> &'static str {
        self.t.word(call.outcome.unwrap_or(call.state))
    }

    /// A word of the desk's, for a style.
    fn kind(&self, call: &CallDocument) -> &'static str {
        call.outcome.unwrap_or("live")
    }
}
