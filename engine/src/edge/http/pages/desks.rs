//! `/agent` for who has no desk: everybody's, in the order of the settings.

use super::super::agents::{self, AgentDocument};
use super::super::problem::Problem;
use super::doing;
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
    fn queues(&self, agent: &AgentDocument) -> String {
        let queues: Vec<&str> = agent.skills.keys().map(String::as_str).collect();
        queues.join(", ")
    }

    fn state(&self, agent: &AgentDocument) -> &'static str {
        doing::state(agent)
    }

    fn words(&self, agent: &AgentDocument) -> &'static str {
        doing::words(agent, self.t)
    }

    fn reason<'a>(&self, agent: &'a AgentDocument) -> &'a str {
        doing::reason(agent, self.t)
    }

    fn timer(&self, agent: &AgentDocument) -> String {
        doing::timer(agent, &self.at)
    }
}
