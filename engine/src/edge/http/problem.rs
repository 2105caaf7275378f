//! Every error as a problem document (RFC 9457).

use crate::clerk::Unchanged;
use crate::door::{Busy, NotForgotten};
use crate::filing::{Behind, Unfiled};
use crate::foresight::Unforeseen;
use crate::store::StoreError;
use crate::tuning::Untuned;
use axum::Json;
use axum::extract::rejection::{BytesRejection, FormRejection, JsonRejection, PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cabrank_core::Refusal;
use serde::Serialize;
use tracing::error;
use utoipa::ToSchema;

/// What went wrong with a request, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the status says what kind it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The HTTP status in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What is wrong here, and what would be right.
    detail: String,
    /// Everything that is wrong, where it is more than one thing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    faults: Vec<String>,
}

impl Problem {
    /// A problem of that status; `detail` says what is wrong and what would be right.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Problem {
        let title = status.canonical_reason().unwrap_or("Error");
        Problem { kind: "about:blank", title, status: status.as_u16(), detail: detail.into(), faults: Vec::new() }
    }

    pub(super) fn not_found(what: &str, list: &str) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, format!("There is no such {what}; {list} lists them."))
    }

    pub(super) fn unprocessable(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// Faults in what was sent, every one at once.
    pub(super) fn faults(faults: Vec<String>) -> Problem {
        Problem { faults: faults.clone(), ..Problem::unprocessable(faults.join(". ")) }
    }

    /// The same with everything that is wrong.
    pub(super) fn with_faults(self, faults: Vec<String>) -> Problem {
        Problem { faults, ..self }
    }

    /// Status, title and detail, for a page.
    pub(super) fn told(&self) -> (StatusCode, &str, &str) {
        (StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), self.title, &self.detail)
    }

    /// What the client should know besides, by RFC 9110.
    fn header(&self) -> Option<(header::HeaderName, HeaderValue)> {
        match self.status {
            401 => Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"cabrank\""))),
            503 => Some((header::RETRY_AFTER, HeaderValue::from_static("1"))),
            _ => None,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let more = self.header();
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.extend(more);
        response
    }
}

impl From<Busy> for Problem {
    fn from(busy: Busy) -> Self {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, format!("{busy}."))
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Problem::new(StatusCode::CONFLICT, format!("The desk refused: {refusal}."))
    }
}

impl From<Unfiled> for Problem {
    fn from(unfiled: Unfiled) -> Self {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, format!("{unfiled}."))
    }
}

impl From<Behind> for Problem {
    fn from(behind: Behind) -> Self {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, format!("{behind}."))
    }
}

impl From<Untuned> for Problem {
    fn from(untuned: Untuned) -> Self {
        match untuned {
            Untuned::NothingNamed | Untuned::AlreadySo => Problem::unprocessable(untuned.to_string()),
            Untuned::Faults(faults) => Problem::faults(faults),
            Untuned::Outdated => Problem::new(StatusCode::PRECONDITION_FAILED, untuned.to_string()),
            Untuned::Busy(busy) => busy.into(),
            Untuned::Refused(refusal) => refusal.into(),
            Untuned::TooFast => Problem::new(StatusCode::SERVICE_UNAVAILABLE, untuned.to_string()),
        }
    }
}

impl From<Unforeseen> for Problem {
    fn from(why: Unforeseen) -> Self {
        let status = match why {
            Unforeseen::Busy | Unforeseen::TooLong | Unforeseen::Unreadable | Unforeseen::Broken => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Unforeseen::TooLittle(_) | Unforeseen::Refused(_) => StatusCode::CONFLICT,
            Unforeseen::ClassesChanged(_) => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Problem::new(status, why.to_string())
    }
}

impl From<StoreError> for Problem {
    /// What the store says is for the operator, not for whoever asked.
    fn from(failure: StoreError) -> Self {
        error!(%failure, "a request needed the store");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "The store does not answer; the engine's log says why.")
    }
}

impl From<Unchanged> for Problem {
    fn from(unchanged: Unchanged) -> Self {
        match unchanged {
            Unchanged::Outdated => {
                Problem::new(StatusCode::PRECONDITION_FAILED, "Somebody has changed the profile since; look at it again.")
            }
            Unchanged::Store(failure) => failure.into(),
            Unchanged::NotForgotten(why) => why.into(),
            Unchanged::Busy => {
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "Profiles cannot be changed now; try again shortly.")
            }
        }
    }
}

impl From<NotForgotten> for Problem {
    fn from(why: NotForgotten) -> Self {
        match why {
            NotForgotten::OnTheLine => Problem::new(
                StatusCode::CONFLICT,
                "A call of this number is going on, or it is to be called back; try again when that is over.",
            ),
            NotForgotten::Busy(busy) => busy.into(),
            NotForgotten::Disk(failure) => {
                error!(%failure, "a caller could not be forgotten");
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "The disk refuses; the engine's log says why.")
            }
        }
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        Problem::new(rejection.status(), rejection.body_text())
    }
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        Problem::new(rejection.status(), rejection.body_text())
    }
}

impl From<FormRejection> for Problem {
    fn from(rejection: FormRejection) -> Self {
        Problem::new(rejection.status(), rejection.body_text())
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Problem::new(rejection.status(), rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Problem::new(rejection.status(), rejection.body_text())
    }
}
