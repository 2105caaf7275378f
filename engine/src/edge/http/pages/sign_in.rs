//! Signing in with a token, and out again.

use super::super::auth::{AGENT, Bearer, digest};
use super::super::connections::Peer;
use super::super::parts::{Form, Query};
use super::super::problem::Problem;
use super::super::server::Api;
use super::frame::{Frame, page};
use super::guest::Guest;
use super::texts::{ENGLISH, Texts};
use askama::Template;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::time::Instant;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    frame: Frame,
    t: &'static Texts,
    fault: Option<&'static str>,
    next: String,
}

/// Where to go then.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    next: Option<String>,
}

/// What was sent.
#[derive(Deserialize)]
pub(super) struct Sent {
    token: String,
    next: Option<String>,
}

/// What a form of a page sends along.
#[derive(Deserialize)]
pub(super) struct Ours {
    csrf: String,
}

/// The form.
pub(super) async fn form(State(api): State<Api>, Query(wanted): Query<Wanted>) -> Response {
    shown(&api, StatusCode::OK, wanted.next, None)
}

/// Opens a session.
pub(super) async fn begin(
    State(api): State<Api>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    let who = api.hosts().who_asks(&headers, peer);
    if let Some(wait) = api.throttle().wait(who, Instant::now()) {
        let mut refused = shown(&api, StatusCode::TOO_MANY_REQUESTS, sent.next, Some(ENGLISH.too_often));
        refused.headers_mut().insert(header::RETRY_AFTER, wait.as_secs().saturating_add(1).into());
        return Ok(refused);
    }
    let digest = digest(sent.token.trim());
    let Some(bearer) = api.tokens().holder(&digest) else {
        api.throttle().failed(who, Instant::now());
        return Ok(shown(&api, StatusCode::UNAUTHORIZED, sent.next, Some(ENGLISH.wrong_token)));
    };
    let cookie = api.sessions().begin(&digest).await?;
    let next = within_here(sent.next).unwrap_or_else(|| home(&bearer).to_owned());
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&next)).into_response())
}

/// Ends the session.
pub(super) async fn end(guest: Guest, Form(Ours { csrf }): Form<Ours>) -> Result<Response, Problem> {
    guest.sent(&csrf)?;
    let cookie = guest.signs_out().await?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/sign-in")).into_response())
}

fn shown(api: &Api, status: StatusCode, next: Option<String>, fault: Option<&'static str>) -> Response {
    let form = SignIn { frame: Frame::open(api, "/sign-in"), t: &ENGLISH, fault, next: within_here(next).unwrap_or_default() };
    page(status, &form)
}

/// Where somebody begins who wants nothing in particular: an agent at the own desk.
fn home(bearer: &Bearer) -> &'static str {
    if bearer.role == AGENT { "/agent" } else { "/" }
}

/// What was asked for, if it is a page of ours.
fn within_here(next: Option<String>) -> Option<String> {
    let ours = |next: &String| {
        next.starts_with('/')
            && !next.starts_with("//")
            && !next.contains('\\')
            && next.bytes().all(|byte| byte.is_ascii_graphic())
    };
    next.filter(ours)
}

#[cfg(test)]
mod tests {
    use super::within_here;

    #[test]
    fn nobody_is_led_elsewhere() {
        for elsewhere in ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "/a\r\nb", "/\t/evil.example", ""]
        {
            assert_eq!(within_here(Some(elsewhere.to_owned())), None, "{elsewhere:?}");
        }
        assert_eq!(within_here(Some("/calls?q=1".to_owned())).as_deref(), Some("/calls?q=1"));
    }
}
