//! What stands around every page: the desk's name, who is signed in, where else to go.

use super::super::auth::Bearer;
use super::super::problem::Problem;
use super::super::server::Api;
use super::super::sessions::Session;
use super::texts::{ENGLISH, Texts};
use super::{assets, desk};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

/// The frame of a page.
pub(super) struct Frame {
    pub(super) desk: String,
    /// The page's own address.
    pub(super) here: &'static str,
    pub(super) guest: Option<SignedIn>,
}

/// What a page says of who is signed in.
pub(super) struct SignedIn {
    pub(super) role: String,
    pub(super) csrf: String,
    pub(super) links: Vec<Link>,
}

/// A way to another page.
pub(super) struct Link {
    pub(super) href: &'static str,
    pub(super) words: &'static str,
}

impl Frame {
    /// For nobody in particular.
    pub(super) fn open(api: &Api, here: &'static str) -> Frame {
        Frame { desk: api.desk().to_owned(), here, guest: None }
    }

    /// For who is signed in.
    pub(super) fn of(api: &Api, here: &'static str, bearer: &Bearer, session: &Session) -> Frame {
        let guest = SignedIn { role: bearer.role.clone(), csrf: session.csrf.clone(), links: links(bearer) };
        Frame { guest: Some(guest), ..Frame::open(api, here) }
    }

    /// Where a file of ours lies.
    pub(super) fn asset(&self, name: &str) -> String {
        assets::address(name)
    }
}

/// The pages that somebody may see.
fn links(bearer: &Bearer) -> Vec<Link> {
    let desk = if bearer.agent.is_some() { ENGLISH.desk.desk } else { ENGLISH.desk.desks };
    let all = [
        (bearer.agent.is_some(), "/agent", desk),
        (true, "/", ENGLISH.wallboard),
        (bearer.may_see_calls(), "/calls", ENGLISH.calls),
        (bearer.may_tune().is_ok(), "/tune", ENGLISH.tune.title),
        (bearer.agent.is_none() && desk::may_see(bearer), "/agent", desk),
    ];
    all.into_iter().filter(|(may, ..)| *may).map(|(_, href, words)| Link { href, words }).collect()
}

/// A page that says why there is not the one that was asked for.
#[derive(Template)]
#[template(path = "fault.html")]
struct Fault<'a> {
    frame: Frame,
    t: &'static Texts,
    heading: &'a str,
    detail: &'a str,
}

/// Says on a page of its own what is wrong.
pub(super) fn fault(frame: Frame, problem: &Problem) -> Response {
    let (status, heading, detail) = problem.told();
    page(status, &Fault { frame, t: &ENGLISH, heading, detail })
}

/// A page as an answer.
pub(super) fn page(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(failure) => {
            tracing::error!(%failure, "a page could not be made: this is a bug");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A part of a page.
pub(super) fn part(part: &impl Template) -> Result<String, Problem> {
    part.render().map_err(|failure| {
        tracing::error!(%failure, "a part of a page could not be made: this is a bug");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "This part of the page could not be made; the engine's log says why.")
    })
}
