//! Who asks for a page, and how he or she is answered.

use super::super::auth::{Bearer, unauthorized};
use super::super::problem::Problem;
use super::super::server::Api;
use super::super::sessions::{self, Session};
use super::frame::{self, Frame};
use crate::store::StoreError;
use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;

/// Somebody who is signed in, as [`guard`](super::guard) let him or her in.
pub(super) struct Guest {
    pub(super) api: Api,
    pub(super) bearer: Bearer,
    session: Session,
    asked: HeaderMap,
}

impl FromRequestParts<Api> for Guest {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Guest, Problem> {
        let (bearer, session) = (parts.extensions.get::<Bearer>(), parts.extensions.get::<Session>());
        let (bearer, session) = bearer.cloned().zip(session.cloned()).ok_or_else(unauthorized)?;
        Ok(Guest { api: api.clone(), bearer, session, asked: parts.headers.clone() })
    }
}

impl Guest {
    /// What stands around the page at that address.
    pub(super) fn frame(&self, here: &'static str) -> Frame {
        Frame::of(&self.api, here, &self.bearer, &self.session)
    }

    /// A page as an answer.
    pub(super) fn answer(&self, status: StatusCode, page: &impl Template) -> Response {
        frame::page(status, page)
    }

    /// Says on a page of its own what is wrong with the one at that address.
    pub(super) fn fault(&self, here: &'static str, problem: &Problem) -> Response {
        frame::fault(self.frame(here), problem)
    }

    /// Ends the session; answers with the cookie that takes the place of its own.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn signs_out(&self) -> Result<HeaderValue, StoreError> {
        let cookie = self.api.sessions().end(&self.asked).await?;
        self.api.taken_away().send_replace(());
        Ok(cookie)
    }

    /// What a form of a page of this session sends along.
    pub(super) fn csrf(&self) -> &str {
        &self.session.csrf
    }

    /// Whether what a form sent comes from a page of this session.
    pub(super) fn sent(&self, csrf: &str) -> Result<(), Problem> {
        sessions::says(csrf.as_bytes(), self.csrf())
    }
}
