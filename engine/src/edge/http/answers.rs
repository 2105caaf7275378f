//! What every operation may answer besides what is its own, said once: an answer that the description does not name is a fault of it.

use super::auth::is_for_viewers;
use axum::http::StatusCode;
use utoipa::Modify;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Response};

const JSON: &str = "application/json";
/// Of every problem document (RFC 9457).
const PROBLEM_JSON: &str = "application/problem+json";
const PROBLEM: &str = "#/components/schemas/Problem";

/// Completes each operation.
pub(super) struct Everywhere;

impl Modify for Everywhere {
    fn modify(&self, openapi: &mut OpenApi) {
        for (path, item) in &mut openapi.paths.paths {
            for (is_safe, operation) in operations(item) {
                be_named_once(operation);
                for status in answers(path, is_safe, operation) {
                    has_a_problem(operation, status);
                }
                operation.responses.responses.iter_mut().for_each(be_described);
            }
        }
    }
}

/// Each with whether it only reads.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (bool, &mut Operation)> {
    let PathItem { get, put, post, patch, delete, .. } = item;
    let all = [(true, get), (false, put), (false, post), (false, patch), (false, delete)];
    all.into_iter().filter_map(|(is_safe, operation)| Some((is_safe, operation.as_mut()?)))
}

/// Functions are called alike in many modules; operations may not be (OpenAPI 3.1, 4.8.10).
fn be_named_once(operation: &mut Operation) {
    let module = operation.tags.iter().flatten().next().cloned().unwrap_or_default();
    operation.operation_id = operation.operation_id.take().map(|name| format!("{module}_{name}"));
}

/// What may come of it, whatever it does.
fn answers(path: &str, is_safe: bool, operation: &Operation) -> Vec<StatusCode> {
    let reads = |at| parameters(operation).any(|found| found == at);
    let (takes, takes_json) = body(operation);
    let is_guarded = operation.security.is_none();
    let all = [
        (reads(ParameterIn::Path) || reads(ParameterIn::Query) || takes, StatusCode::BAD_REQUEST),
        (is_guarded, StatusCode::UNAUTHORIZED),
        (is_guarded && !(is_safe && is_for_viewers(path)), StatusCode::FORBIDDEN),
        (takes, StatusCode::PAYLOAD_TOO_LARGE),
        (takes_json, StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (is_guarded, StatusCode::MISDIRECTED_REQUEST),
        (takes_json, StatusCode::UNPROCESSABLE_ENTITY),
        (true, StatusCode::SERVICE_UNAVAILABLE),
    ];
    all.into_iter().filter_map(|(may, status)| may.then_some(status)).collect()
}

fn parameters(operation: &Operation) -> impl Iterator<Item = ParameterIn> {
    operation.parameters.iter().flatten().filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(parameter.parameter_in.clone()),
        RefOr::Ref(_) => None,
    })
}

/// Whether it takes a body, and whether that is JSON.
fn body(operation: &Operation) -> (bool, bool) {
    match &operation.request_body {
        Some(RefOr::T(body)) => (true, body.content.contains_key(JSON)),
        Some(RefOr::Ref(_)) => (true, true),
        None => (false, false),
    }
}

fn has_a_problem(operation: &mut Operation, status: StatusCode) {
    let responses = &mut operation.responses.responses;
    let response = responses.entry(status.as_str().to_owned()).or_insert_with(|| RefOr::T(Response::default()));
    if let RefOr::T(response) = response {
        let is_one = response.content.values().any(is_problem);
        if !is_one {
            response.content.insert(PROBLEM_JSON.to_owned(), RefOr::T(Content::new(Some(Ref::new(PROBLEM)))));
        }
    }
}

/// Problem documents have a media type of their own, and every answer a description (OpenAPI 3.1, 4.8.17).
fn be_described((status, response): (&String, &mut RefOr<Response>)) {
    let RefOr::T(response) = response else { return };
    if response.description.is_empty() {
        response.description = meaning(status).to_owned();
    }
    if response.content.get(JSON).is_some_and(is_problem)
        && let Some(problem) = response.content.shift_remove(JSON)
    {
        response.content.insert(PROBLEM_JSON.to_owned(), problem);
    }
}

fn is_problem(content: &RefOr<Content>) -> bool {
    let RefOr::T(content) = content else { return false };
    matches!(&content.schema, Some(RefOr::Ref(named)) if named.ref_location == PROBLEM)
}

fn meaning(status: &str) -> &'static str {
    match status {
        "200" => "So it is",
        "201" => "It is made",
        "400" => "The request cannot be read, or a part of its address makes no sense",
        "401" => "There is no token, or none that opens anything",
        "403" => "The token is not for this; or it came as a cookie, and no page of ours asked",
        "404" => "There is no such thing",
        "409" => "It cannot be done as things are",
        "412" => "It was changed since it was seen",
        "413" => "It is longer than is read",
        "415" => "It is no JSON",
        "421" => "A browser came under a name that is not ours",
        "422" => "It can be read, and makes no sense",
        "428" => "It has to be said what was seen",
        "503" => "The engine, its disk or its store is busy; try again after `Retry-After`",
        _ => "See the status",
    }
}
