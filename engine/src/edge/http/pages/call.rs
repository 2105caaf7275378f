//! `/calls/{id}`: one call, what is known of it, and why it went as it did.

use super::super::calls::in_context;
use super::super::parts::{Path, call_id};
use super::super::problem::Problem;
use super::super::why;
use super::calls::must_see_calls;
use super::facts;
use super::frame::{self, Frame};
use super::guest::Guest;
use super::texts::{ENGLISH, Texts};
use super::times;
use crate::context::CallDocument;
use crate::why::Story;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, Response};
use jiff::tz::TimeZone;

#[derive(Template)]
#[template(path = "call.html")]
struct Call {
    frame: Frame,
    t: &'static Texts,
    call: CallDocument,
    facts: Vec<(String, String)>,
    caller: Vec<(String, String)>,
    cases: usize,
    zone: TimeZone,
}

#[derive(Template)]
#[template(path = "story.html")]
struct Told {
    t: &'static Texts,
    story: Story,
    zone: TimeZone,
}

/// A call.
pub(super) async fn page(guest: Guest, Path(id): Path<String>) -> Response {
    match shown(&guest, &id).await {
        Ok(page) => guest.answer(StatusCode::OK, &page),
        Err(problem) => guest.fault("/calls", &problem),
    }
}

async fn shown(guest: &Guest, id: &str) -> Result<Call, Problem> {
    must_see_calls(&guest.bearer)?;
    let whole = in_context(&guest.api, call_id(id)?).await?;
    let (frame, zone) = (guest.frame("/calls"), guest.api.zone().clone());
    let (facts, caller) = (of_call(&whole.call, &zone), of_caller(&whole.call));
    Ok(Call { frame, t: &ENGLISH, facts, caller, cases: whole.cases.len(), call: whole.call, zone })
}

/// Why it went as it did, to stand in the call's page: it comes from the journal, and that takes its time.
pub(super) async fn story(guest: Guest, Path(id): Path<String>) -> Result<Html<String>, Problem> {
    must_see_calls(&guest.bearer)?;
    let story = why::story(&guest.api, call_id(&id)?).await?;
    let told = Told { t: &ENGLISH, story, zone: guest.api.zone().clone() };
    Ok(Html(frame::part(&told)?))
}

/// What is known of a call, each with its name.
fn of_call(call: &CallDocument, zone: &TimeZone) -> Vec<(String, String)> {
    let t = &ENGLISH;
    let at = |moment: &Option<String>| moment.as_deref().map(|moment| times::day_and_time(moment, zone));
    facts::known([
        (t.state, Some(t.word(call.outcome.unwrap_or(call.state)).to_owned())),
        (t.line, Some(call.line.clone())),
        (t.queue, call.queue.clone()),
        (t.class, call.class.clone()),
        (t.agent, call.agent.clone()),
        (t.pressed, Some(call.pressed.clone())),
        (t.because, call.why.as_ref().map(|why| why.sentence.clone())),
        (t.came_in, at(&Some(call.offered_at.clone()))),
        (t.joined, at(&call.queued_at)),
        (t.answered, at(&call.connected_at)),
        (t.ended, at(&call.ended_at)),
        (t.waited, call.waited_s.map(|_| times::wait(call.waited_s))),
        (t.told_until, facts::quote(call, zone)),
        (t.promised, facts::promise(call, zone)),
        (t.resolution, call.resolution.clone()),
    ])
}

fn of_caller(call: &CallDocument) -> Vec<(String, String)> {
    let (t, caller) = (&ENGLISH, &call.caller);
    let known = facts::known([
        (t.name, caller.name.clone()),
        (t.number, caller.number.clone()),
        (t.trust, Some(t.word(caller.trust).to_owned())),
        (t.verdict, caller.verdict.map(|verdict| t.word(verdict).to_owned())),
        (t.language_of, caller.language.clone()),
        (t.class, caller.class.clone()),
        (t.preferred_agent, caller.preferred_agent.clone()),
    ]);
    known.into_iter().chain(facts::profile(caller)).collect()
}

impl Call {
    fn at(&self, moment: &str) -> String {
        times::day_and_time(moment, &self.zone)
    }
}

impl Told {
    fn at(&self, moment: &jiff::Timestamp) -> String {
        times::time(&moment.to_string(), &self.zone)
    }
}
