//! A fulfilment service behind a URL: one JSON request, one JSON answer, and no doubt let through.

use crate::epoch::Epoch;
use crate::names::Names;
use crate::outward::{self, root_cause};
use crate::words::cut;
use cabrank_core::{Dispatch, DispatchAnswer, DispatchFailure, Span, Text};
use reqwest::header::HeaderName;
use reqwest::{Client, Response, StatusCode, Url};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;
use tracing::warn;

/// The longest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// The longest time to arrival that makes sense, in seconds: a day.
const ETA_S_MAX: f64 = 86_400.0;
/// As much of a reason as is shown, in characters.
const REASON_CHARS_MAX: usize = 200;
/// As much of a reference as is kept, in characters.
const REFERENCE_CHARS_MAX: usize = 100;
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// One service's webhook.
#[derive(Clone, Debug)]
pub struct Webhook {
    client: Client,
    url: Url,
    timeout: Duration,
    names: Names,
    epoch: Epoch,
}

/// No HTTP client could be made.
#[derive(Debug, thiserror::Error)]
#[error("no HTTP client: {0}; is a set of root certificates (ca-certificates) installed?")]
pub struct WebhookError(#[from] reqwest::Error);

impl Webhook {
    /// A webhook that must answer within `timeout`, one retry included.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(url: Url, timeout: Duration, names: Names, epoch: Epoch) -> Result<Webhook, WebhookError> {
        Ok(Webhook { client: outward::client()?, url, timeout, names, epoch })
    }

    /// Asks for what the caller wants. Every answer that is not plainly one is a failure.
    pub async fn ask(&self, order: &Dispatch) -> DispatchAnswer {
        let request = Request::new(order, &self.names, self.epoch);
        let answer = tokio::time::timeout(self.timeout, self.ask_twice(&request)).await.unwrap_or(Err(Failure::Silence));
        answer.unwrap_or_else(|failure| {
            warn!(call = %order.call, %failure, "the fulfilment service gave no usable answer");
            DispatchAnswer::Failed(failure.into())
        })
    }

    /// A first request that fails is sent again at once. One that is silent for half the time is sent again beside it, since
    /// either may yet be answered; the key tells the service that they are one.
    async fn ask_twice(&self, request: &Request<'_>) -> Result<DispatchAnswer, Failure> {
        let mut first = pin!(self.ask_once(request));
        match tokio::time::timeout(self.timeout / 2, &mut first).await {
            Ok(Err(failure)) if failure.is_worth_a_retry() => self.ask_once(request).await,
            Ok(answer) => answer,
            Err(_) => first_answer(first, self.ask_once(request)).await,
        }
    }

    async fn ask_once(&self, request: &Request<'_>) -> Result<DispatchAnswer, Failure> {
        let asking = self.client.post(self.url.clone()).header(IDEMPOTENCY_KEY, &request.call).json(request);
        let response = asking.send().await.map_err(Failure::of_transport)?;
        if response.status() != StatusCode::OK {
            return Err(Failure::Status(response.status()));
        }
        let body = body(response).await?;
        let answer: Answer = serde_json::from_slice(&body).map_err(|_| Failure::NoAnswer("is not the JSON that is expected"))?;
        answer.check()
    }
}

async fn first_answer<T>(
    one: impl Future<Output = Result<T, Failure>>,
    other: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let (mut one, mut other) = (pin!(one), pin!(other));
    tokio::select! {
        answer = &mut one => if answer.is_ok() { answer } else { other.await },
        answer = &mut other => if answer.is_ok() { answer } else { one.await },
    }
}

async fn body(response: Response) -> Result<Vec<u8>, Failure> {
    let body = outward::body(response, ANSWER_BYTES_MAX).await.map_err(Failure::of_transport)?;
    body.ok_or(Failure::NoAnswer("is longer than 64 kB"))
}

/// What is asked.
#[derive(Debug, Serialize)]
struct Request<'a> {
    call: String,
    service: &'a str,
    line: &'a str,
    caller: RequestCaller<'a>,
    profile: BTreeMap<&'a str, &'a str>,
    requested_at: String,
}

#[derive(Debug, Serialize)]
struct RequestCaller<'a> {
    number: Option<&'a str>,
    name: Option<&'a str>,
}

impl<'a> Request<'a> {
    fn new(order: &'a Dispatch, names: &'a Names, epoch: Epoch) -> Request<'a> {
        let profile = order.caller.profile.as_deref();
        let fields = profile.into_iter().flat_map(|profile| &profile.fields);
        Request {
            call: order.call.to_string(),
            service: names.service(order.service),
            line: names.line(order.line),
            caller: RequestCaller {
                number: order.caller.number.as_ref().map(|number| &*number.0),
                name: profile.map(|profile| &*profile.name).filter(|name| !name.is_empty()),
            },
            profile: fields.map(|(name, value)| (&**name, &**value)).collect(),
            requested_at: epoch.at(order.asked_at).to_string(),
        }
    }
}

/// What is answered.
#[derive(Debug, Deserialize)]
struct Answer {
    accepted: bool,
    eta_s: Option<f64>,
    reference: Option<String>,
    reason: Option<String>,
}

impl Answer {
    fn check(self) -> Result<DispatchAnswer, Failure> {
        if !self.accepted {
            let reason = self.reason.filter(|reason| !reason.trim().is_empty());
            return Ok(DispatchAnswer::Refused {
                reason: plain(reason.as_deref().unwrap_or("no reason given"), REASON_CHARS_MAX),
            });
        }
        let eta_s = self.eta_s.ok_or(Failure::NoAnswer("names no time of arrival"))?;
        if !(0.0..=ETA_S_MAX).contains(&eta_s) {
            return Err(Failure::NoAnswer("names an impossible time of arrival"));
        }
        // Between 0 and a day, so that the conversion is exact; rounded up, for it is an upper bound to the caller.
        let eta = Span::secs(eta_s.ceil() as u64);
        Ok(DispatchAnswer::Accepted { eta, reference: plain(self.reference.as_deref().unwrap_or_default(), REFERENCE_CHARS_MAX) })
    }
}

/// Foreign text for people's eyes: one line, and not too long.
fn plain(text: &str, chars_max: usize) -> Text {
    let line: String = cut(text.trim(), chars_max).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.into()
}

/// Why there is no usable answer.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("no answer in time")]
    Silence,
    #[error("it could not be reached or broke off: {0}")]
    Unreachable(String),
    #[error("it answered {0}")]
    Status(StatusCode),
    #[error("its answer {0}")]
    NoAnswer(&'static str),
}

impl Failure {
    fn of_transport(error: reqwest::Error) -> Failure {
        if error.is_timeout() { Failure::Silence } else { Failure::Unreachable(root_cause(&error.without_url())) }
    }

    /// A plain but useless answer would only be said again.
    fn is_worth_a_retry(&self) -> bool {
        match self {
            Failure::Silence | Failure::Unreachable(_) => true,
            Failure::Status(status) => status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS,
            Failure::NoAnswer(_) => false,
        }
    }
}

impl From<Failure> for DispatchFailure {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Silence => DispatchFailure::TimedOut,
            Failure::Unreachable(_) => DispatchFailure::Unreachable,
            Failure::Status(_) | Failure::NoAnswer(_) => DispatchFailure::Nonsense,
        }
    }
}
