//! The parts of a request, parsed once, with problem documents for what does not parse.

use super::problem::Problem;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use cabrank_core::{CallId, CaseId};
use jiff::Timestamp;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;

/// A JSON body: an object.
pub(super) struct Body<T>(pub(super) T);

/// What JSON calls an object. A list of its values would pass for a structure else, and the description says nothing of such lists.
#[derive(Debug)]
pub(super) struct Object<T>(pub(super) T);

/// A file, as it comes.
pub(super) struct File(pub(super) Bytes);

/// A form of a page.
#[derive(FromRequest)]
#[from_request(via(axum::Form), rejection(Problem))]
pub(super) struct Form<T>(pub(super) T);

/// What stands behind the question mark.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Problem))]
pub(super) struct Query<T>(pub(super) T);

/// What stands in the path.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Problem))]
pub(super) struct Path<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Json(Object(body)) = Json::<Object<T>>::from_request(request, state).await?;
        Ok(Body(body))
    }
}

impl<S: Send + Sync> FromRequest<S> for File {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        Ok(File(Bytes::from_request(request, state).await?))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        value.deserialize_map(AsObject(PhantomData))
    }
}

struct AsObject<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for AsObject<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(fields)).map(Object)
    }
}

/// A call's id as it is written: sixteen hexadecimal digits, no more and no less.
pub(super) fn call_id(text: &str) -> Result<CallId, Problem> {
    let is_id = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let parsed = if is_id { text.parse().ok() } else { None };
    parsed.ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "A call's id has sixteen hexadecimal digits."))
}

/// A case's id, written likewise.
pub(super) fn case_id(text: &str) -> Result<CaseId, Problem> {
    call_id(text)
        .map(|CallId(id)| CaseId(id))
        .map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "A case's id has sixteen hexadecimal digits."))
}

/// A moment in RFC 3339, as microseconds since 1970.
pub(super) fn moment(what: &str, text: &str) -> Result<i64, Problem> {
    let parsed: Result<Timestamp, _> = text.parse();
    parsed.map(Timestamp::as_microsecond).map_err(|_| {
        let detail = format!("`{what}` is no moment; write it in RFC 3339, as in 2026-11-18T08:00:00Z.");
        Problem::new(StatusCode::BAD_REQUEST, detail)
    })
}

/// A field that is there, be it `null`: by JSON Merge Patch (RFC 7396) that takes something away, and a field that is not there
/// changes nothing.
pub(super) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(field: D) -> Result<Option<T>, D::Error> {
    T::deserialize(field).map(Some)
}

/// A field that is an object, if it is there.
pub(super) fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(field: D) -> Result<Option<T>, D::Error> {
    Option::<Object<T>>::deserialize(field).map(|found| found.map(|Object(value)| value))
}

/// A field that is an object or `null`, if it is there.
pub(super) fn present_object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(field: D) -> Result<Option<Option<T>>, D::Error> {
    object(field).map(Some)
}

/// How often something was changed, as an entity tag (RFC 9110, 8.8.3).
pub(super) fn tag(revision: u64) -> HeaderMap {
    let value = HeaderValue::from_str(&format!("\"{revision}\""));
    value.into_iter().map(|value| (header::ETAG, value)).collect()
}

/// Whether the request is about what was changed that often (RFC 9110, 13.1.1); nothing if it does not say.
pub(super) fn is_current(headers: &HeaderMap, revision: u64) -> Option<bool> {
    let tags = headers.get(header::IF_MATCH)?;
    let current = format!("\"{revision}\"");
    Some(tags.to_str().is_ok_and(|tags| tags.split(',').map(str::trim).any(|tag| tag == "*" || tag == current)))
}

/// A text for people: trimmed, not empty, on one line, and not too long.
pub(super) fn words(what: &str, text: &str, chars_max: usize) -> Result<cabrank_core::Text, Problem> {
    let text = text.trim();
    if text.is_empty() || text.chars().nth(chars_max).is_some() || text.chars().any(char::is_control) {
        return Err(Problem::unprocessable(format!("`{what}` takes 1 to {chars_max} characters on one line.")));
    }
    Ok(text.into())
}
