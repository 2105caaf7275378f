//! What every page goes through: who may see it, under which name it is asked for, and what a browser may do with it.

use super::super::auth::Bearer;
use super::super::origin;
use super::super::problem::Problem;
use super::super::server::Api;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

/// Scripts, styles, pictures and connections of ours alone, none of them in the page itself; in no frame; forms go nowhere else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // With less than that browsers would not say which page of ours a form comes from.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Lets in who is signed in; others are shown where to.
pub(super) async fn only_guests(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let session = api.sessions().of(request.headers());
    let known = session.and_then(|session| api.tokens().holder(&session.token).map(|bearer| (session, bearer)));
    let Some((session, bearer)) = known else { return to_sign_in(request.method(), request.uri()) };
    request.extensions_mut().insert::<Bearer>(bearer);
    request.extensions_mut().insert(session);
    next.run(request).await
}

fn to_sign_in(method: &Method, uri: &Uri) -> Response {
    let wanted = uri.path_and_query().map_or("/", |path| path.as_str());
    let back = if *method == Method::GET && wanted != "/" { format!("?next={}", escaped(wanted)) } else { String::new() };
    Redirect::to(&format!("/sign-in{back}")).into_response()
}

/// Percent-encoded for a query, whatever it is.
pub(super) fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Only under our own names, and with what browsers need to know; whatever changes something must come from a page of ours.
pub(super) async fn safely(State(api): State<Api>, request: Request, next: Next) -> Result<Response, Problem> {
    origin::is_known_host(request.headers(), api.hosts())?;
    if !request.method().is_safe() {
        origin::is_our_page(request.headers(), api.hosts())?;
    }
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}
