//! `/agent` for who has no desk: everybody's, in the order of the settings.

use super::super::agents::{self, AgentDocument};
use super::super::problem::Problem;
use super::doing::Doing;
use super::frame::Frame;
use super::guest::Guest;
use super::texts::{ENGLISH, Texts};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

#[derive(Template)]
#[template(path = "desks.html")]
struct Page {
    frame: Frame,
    t: &'static Texts,
    /// The moment of this picture.
    at: String,
    agents: Vec<AgentDocument>,
}

/// Who is where, and the way to each desk.
pub(super) async fn page(guest: &Guest, here: &'static str) -> Result<Response, Problem> {
    let view = guest.api.view().await?;
    let at = guest.api.epoch().at(guest.api.now(&view)).to_string();
    let page = Page { frame: guest.frame(here), t: &ENGLISH, at, agents: agents::all(&view, &guest.api) };
    Ok(guest.answer(StatusCode::OK, &page))
}

impl Page {
    fn all(&self) -> impl Iterator<Item = Doing<'_>> {
        self.agents.iter().map(|agent| Doing { t: self.t, agent, at: &self.at })
    }
}
