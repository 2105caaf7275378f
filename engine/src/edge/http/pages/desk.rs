//! `/agent`: an agent's desk.

use super::super::auth::{ADMIN, AGENT, Bearer, SUPERVISOR};
use super::super::desk::{self, AheadDocument, DeskDocument};
use super::super::problem::Problem;
use super::desk_card::{Card, Subject};
use super::desks;
use super::doing::Doing;
use super::frame::{self, Frame};
use super::guest::Guest;
use super::shown::{NOTHING, clock};
use super::texts::{ENGLISH, Texts};
use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{Html, Response};
use serde::Deserialize;

/// Where desks lie.
const HERE: &str = "/agent";

/// Whose desk.
#[derive(Debug, Deserialize)]
pub(super) struct Whose {
    name: Option<String>,
}

/// The desk, and what is written on it.
#[derive(Template)]
#[template(path = "desk.html")]
struct Page {
    frame: Frame,
    t: &'static Texts,
    d: Desk,
    /// Somebody else looks.
    is_others: bool,
}

/// What changes on it by itself.
#[derive(Template)]
#[template(path = "desk_parts.html")]
struct Parts {
    t: &'static Texts,
    d: Desk,
}

/// A desk as it is shown.
struct Desk {
    t: &'static Texts,
    document: DeskDocument,
    /// Whoever rings, talks or called last.
    card: Option<Card>,
    /// What is written of the call that is talked to, or of the last one.
    subject: Option<Subject>,
}

/// A desk: one's own, or the one that is asked for.
pub(super) async fn page(guest: Guest, Query(whose): Query<Whose>) -> Response {
    let shown = match whose.name.filter(|name| !name.is_empty()).or_else(|| guest.bearer.agent.clone()) {
        Some(name) => desk_of(&guest, &name).await,
        None => desks(&guest).await,
    };
    shown.unwrap_or_else(|problem| guest.fault(HERE, &problem))
}

/// The parts of a desk that change by themselves, HTML.
pub(super) async fn parts(guest: Guest, Query(whose): Query<Whose>) -> Result<Html<String>, Problem> {
    let name = whose.name.unwrap_or_default();
    let parts = Parts { t: &ENGLISH, d: shown(&guest, &name).await? };
    Ok(Html(frame::part(&parts)?))
}

/// Whether somebody may look at desks, or has one.
pub(super) fn may_see(bearer: &Bearer) -> bool {
    [ADMIN, SUPERVISOR, AGENT].contains(&bearer.role.as_str())
}

fn must_see(bearer: &Bearer) -> Result<(), Problem> {
    if may_see(bearer) {
        return Ok(());
    }
    Err(Problem::new(StatusCode::FORBIDDEN, format!("{} {}.", ENGLISH.desk.not_for, bearer.role)))
}

async fn desk_of(guest: &Guest, name: &str) -> Result<Response, Problem> {
    let d = shown(guest, name).await?;
    let is_others = guest.bearer.agent.as_deref() != Some(name);
    Ok(guest.answer(StatusCode::OK, &Page { frame: guest.frame(HERE), t: &ENGLISH, d, is_others }))
}

async fn desks(guest: &Guest) -> Result<Response, Problem> {
    must_see(&guest.bearer)?;
    desks::page(guest, HERE).await
}

async fn shown(guest: &Guest, name: &str) -> Result<Desk, Problem> {
    let Guest { api, bearer, .. } = guest;
    must_see(bearer)?;
    let document = desk::of(api, bearer, name).await?;
    let card = Card::of(&document, api.zone());
    let subject = document.record.as_ref().map(|record| Subject::of(record, api.zone()));
    Ok(Desk { t: &ENGLISH, document, card, subject })
}

impl Desk {
    fn name(&self) -> &str {
        &self.document.agent.name
    }

    fn doing(&self) -> Doing<'_> {
        Doing { t: self.t, agent: &self.document.agent, at: &self.document.at }
    }

    fn until(&self) -> &str {
        self.document.agent.until.as_deref().unwrap_or_default()
    }

    /// What follows the present call, if that is no further call.
    fn then(&self) -> Option<&'static str> {
        match self.document.agent.next {
            "pause" => Some(self.t.desk.then_pause),
            "sign_out" => Some(self.t.desk.then_off_duty),
            _ => None,
        }
    }

    fn waited(&self, ahead: &AheadDocument) -> String {
        ahead
            .longest
            .map(|longest| format!("{} / {}", clock(longest.waited_s), clock(longest.target_s)))
            .unwrap_or_else(|| NOTHING.to_owned())
    }

    /// Whether anybody who waits is of a class.
    fn has_classes(&self) -> bool {
        self.document.ahead.iter().any(|ahead| !ahead.classes.is_empty())
    }

    /// Who waits, by class.
    fn classes(&self, ahead: &AheadDocument) -> String {
        let classes: Vec<String> = ahead.classes.iter().map(|(class, count)| format!("{count} {class}")).collect();
        classes.join(", ")
    }

    fn mood(&self, ahead: &AheadDocument) -> &'static str {
        ahead.mood.word()
    }

    fn mood_words(&self, ahead: &AheadDocument) -> &'static str {
        self.t.mood(ahead.mood.word()).unwrap_or_default()
    }
}
