//! The service that is asked: one question, one answer, by the deadline.

use super::{Outcome, Wanted, answer};
use crate::names::Names;
use crate::outward;
use crate::webhooks;
use cabrank_core::{Profile, Span};
use cabrank_settings::LookUp;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Response, StatusCode};
use serde::Serialize;

/// The longest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// A service that knows callers.
#[derive(Debug)]
pub struct Crm {
    client: Client,
    settings: LookUp,
    names: Names,
}

/// What is asked.
#[derive(Debug, Serialize)]
struct Question<'a> {
    call: String,
    line: &'a str,
    number: &'a str,
}

impl Crm {
    /// The service of these settings.
    ///
    /// # Errors
    /// When no HTTP client can be made (no trust roots on this machine).
    pub fn new(settings: LookUp, names: Names) -> Result<Crm, reqwest::Error> {
        Ok(Crm { client: outward::client()?, settings, names })
    }

    /// How long after a call came in an answer counts.
    pub fn deadline(&self) -> Span {
        Span(u64::try_from(self.settings.deadline.as_micros()).unwrap_or(u64::MAX))
    }

    /// Asks once who calls; nobody, if nobody is known there.
    ///
    /// # Errors
    /// What kind of miss it is.
    pub async fn ask(&self, wanted: &Wanted) -> Result<Option<Profile>, Outcome> {
        tokio::time::timeout(self.settings.deadline, self.answer(wanted)).await.unwrap_or(Err(Outcome::Silent))
    }

    async fn answer(&self, wanted: &Wanted) -> Result<Option<Profile>, Outcome> {
        let response = self.request(wanted)?.send().await.map_err(|_| Outcome::Unreachable)?;
        match response.status() {
            StatusCode::OK => answer::read(&body(response).await?, &wanted.number).map(Some),
            StatusCode::NO_CONTENT | StatusCode::NOT_FOUND => Ok(None),
            status if status.is_redirection() => Err(Outcome::Redirected),
            _ => Err(Outcome::Failed),
        }
    }

    fn request(&self, wanted: &Wanted) -> Result<reqwest::RequestBuilder, Outcome> {
        let question = Question { call: wanted.call.to_string(), line: self.names.line(wanted.line), number: &wanted.number.0 };
        // Texts only: there is no way for this to fail.
        let body = serde_json::to_vec(&question).map_err(|_| Outcome::Nonsense)?;
        let request = self.client.post(self.settings.url.clone()).header(CONTENT_TYPE, "application/json");
        let request = match &self.settings.key {
            Some(key) => webhooks::signed(request, key, &question.call, &body),
            None => request,
        };
        Ok(request.body(body))
    }
}

async fn body(response: Response) -> Result<Vec<u8>, Outcome> {
    outward::body(response, ANSWER_BYTES_MAX).await.map_err(|_| Outcome::Unreachable)?.ok_or(Outcome::TooLong)
}
