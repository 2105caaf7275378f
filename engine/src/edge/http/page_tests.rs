//! The pages over real sockets: who gets in, what gets in with a cookie, and whether the wallboard tells the truth.

use super::rig::{Engine, problem};
use super::sessions::Sessions;
use cabrank_core::{AgentId, Input};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, redirect};
use serde_json::{Value, json};
use std::time::Duration;

pub(super) fn browser() -> Client {
    Client::builder().no_proxy().redirect(redirect::Policy::none()).build().expect("a client")
}

pub(super) async fn sign_in(engine: &Engine, token: &str) -> Response {
    let form = browser().post(format!("{}/sign-in", engine.url)).header("origin", &engine.url);
    let form = form.header("content-type", "application/x-www-form-urlencoded").body(format!("token={token}&next=%2Fcalls"));
    form.send().await.expect("an answer")
}

/// The cookie as a browser sends it back.
pub(super) fn cookie(response: &Response) -> String {
    let set = response.headers()["set-cookie"].to_str().expect("text");
    set.split(';').next().expect("a pair").to_owned()
}

pub(super) async fn signed_in(engine: &Engine, token: &str) -> String {
    let response = sign_in(engine, token).await;
    assert_eq!((response.status(), response.headers()["location"].as_bytes()), (StatusCode::SEE_OTHER, b"/calls".as_slice()));
    cookie(&response)
}

pub(super) fn with(engine: &Engine, cookie: &str, method: Method, path: &str) -> RequestBuilder {
    browser().request(method, format!("{}{path}", engine.url)).header("cookie", cookie)
}

pub(super) async fn status(request: RequestBuilder) -> u16 {
    request.send().await.expect("an answer").status().as_u16()
}

pub(super) async fn token_for(engine: &Engine, role: &str) -> (String, String) {
    let made = engine.request(Method::POST, "/api/v1/tokens").json(&json!({"role": role})).send().await.expect("an answer");
    assert_eq!(made.status(), StatusCode::CREATED);
    let made: Value = made.json().await.expect("JSON");
    (made["token"].as_str().expect("a token").to_owned(), made["id"].as_str().expect("an id").to_owned())
}

/// What the page sends along with what changes something.
pub(super) async fn csrf(engine: &Engine, cookie: &str) -> String {
    let page = with(engine, cookie, Method::GET, "/").send().await.expect("an answer").text().await.expect("a page");
    let (_, rest) = page.split_once("<meta name=\"csrf\" content=\"").expect("a token in the page");
    rest.split('"').next().expect("its end").to_owned()
}

#[tokio::test]
async fn a_page_is_for_who_is_signed_in_and_a_browser_is_told_what_not_to_do() {
    let engine = Engine::start().await;
    let stranger = browser().get(format!("{}/", engine.url)).send().await.expect("an answer");
    assert_eq!((stranger.status(), stranger.headers()["location"].as_bytes()), (StatusCode::SEE_OTHER, b"/sign-in".as_slice()));
    let answer = sign_in(&engine, &engine.token).await;
    let set = answer.headers()["set-cookie"].to_str().expect("text").to_owned();
    assert!(set.contains("; HttpOnly; SameSite=Strict") && set.contains("Path=/") && !set.contains(&engine.token), "{set}");
    let page = with(&engine, &cookie(&answer), Method::GET, "/").send().await.expect("an answer");
    assert_eq!(page.status(), StatusCode::OK);
    let policy = page.headers()["content-security-policy"].to_str().expect("text");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"));
    assert_eq!(page.headers()["x-content-type-options"], "nosniff");
    assert_eq!(page.headers()["cache-control"], "no-store");
    let html = page.text().await.expect("a page");
    assert!(!html.contains("style=\"") && !html.contains("<script>") && !html.contains(" onclick"), "inline script or style");
}

#[tokio::test]
async fn a_wrong_token_opens_nothing_and_too_many_are_too_many() {
    let engine = Engine::start().await;
    for _ in 0..10 {
        let refused = sign_in(&engine, "0000").await;
        assert_eq!((refused.status(), refused.headers().get("set-cookie")), (StatusCode::UNAUTHORIZED, None));
    }
    let refused = sign_in(&engine, &engine.token).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers().contains_key("retry-after"));
}

#[tokio::test]
async fn a_cookie_alone_reads_and_only_a_page_of_ours_changes() {
    let engine = Engine::start().await;
    engine.tell(Input::PhoneReached { agent: AgentId(0) }).await;
    let cookie = signed_in(&engine, &engine.token).await;
    let csrf = csrf(&engine, &cookie).await;
    assert_eq!(status(with(&engine, &cookie, Method::GET, "/api/v1/agents")).await, 200);
    assert_eq!(status(with(&engine, &cookie, Method::GET, "/api/v1/agents").header("host", "evil.example")).await, 421);
    let change = || with(&engine, &cookie, Method::PUT, "/api/v1/agents/a101/state").json(&json!({"state": "paused"}));
    assert_eq!(status(change()).await, 403);
    assert_eq!(status(change().header("x-csrf-token", &csrf)).await, 403);
    assert_eq!(status(change().header("origin", &engine.url)).await, 403);
    assert_eq!(status(change().header("origin", &engine.url).header("x-csrf-token", "0")).await, 403);
    assert_eq!(status(change().header("origin", "http://evil.example").header("x-csrf-token", &csrf)).await, 403);
    assert_eq!(engine.read("/api/v1/agents/a101").await["state"], "idle");
    assert_eq!(status(change().header("origin", &engine.url).header("x-csrf-token", &csrf)).await, 200);
    assert_eq!(engine.read("/api/v1/agents/a101").await["state"], "paused");
}

#[tokio::test]
async fn a_session_outlives_a_restart_and_ends_with_its_owner_or_its_token() {
    let engine = Engine::start().await;
    let (token, id) = token_for(&engine, "viewer").await;
    let cookies = [signed_in(&engine, &token).await, signed_in(&engine, &token).await];
    let again = Sessions::open(&engine.store, false, engine.port).await.expect("sessions");
    let headers = [("cookie".parse().expect("a name"), cookies[0].parse().expect("a value"))].into_iter().collect();
    assert!(again.of(&headers).is_some());
    let other = Sessions::open(&engine.store, false, engine.port ^ 1).await.expect("sessions");
    assert!(other.of(&headers).is_none(), "who signs in at another engine of this host signs out here");
    let csrf = csrf(&engine, &cookies[0]).await;
    let out = with(&engine, &cookies[0], Method::POST, "/sign-out").header("origin", &engine.url);
    let out = out.header("content-type", "application/x-www-form-urlencoded").body(format!("csrf={csrf}"));
    assert_eq!(status(out).await, 303);
    assert_eq!(status(with(&engine, &cookies[0], Method::GET, "/api/v1/board")).await, 401);
    assert_eq!(status(with(&engine, &cookies[1], Method::GET, "/api/v1/board")).await, 200);
    assert_eq!(status(engine.request(Method::DELETE, &format!("/api/v1/tokens/{id}"))).await, 204);
    assert_eq!(status(with(&engine, &cookies[1], Method::GET, "/api/v1/board")).await, 401);
    assert_eq!(status(with(&engine, &cookies[1], Method::GET, "/")).await, 303);
    assert!(Sessions::open(&engine.store, false, engine.port).await.expect("sessions").of(&headers).is_none());
}

#[tokio::test]
async fn a_viewer_sees_the_wallboard_and_no_caller() {
    let engine = Engine::start().await;
    engine.caller_waits(7).await;
    let (token, _) = token_for(&engine, "viewer").await;
    let cookie = signed_in(&engine, &token).await;
    for (path, expected) in [
        ("/", 200),
        ("/charts", 200),
        ("/api/v1/board", 200),
        ("/api/v1/board/curve", 200),
        ("/api/v1/queues/booking", 200),
        ("/api/v1/calls", 403),
        ("/api/v1/calls/0000000000000007", 403),
        ("/api/v1/agents", 403),
        ("/api/v1/boardroom", 404),
        ("/api/v1/tokens", 403),
        ("/api/v1/profiles/+6591234567", 403),
    ] {
        assert_eq!(status(with(&engine, &cookie, Method::GET, path)).await, expected, "{path}");
    }
    let viewer = browser().patch(format!("{}/api/v1/queues/booking/thresholds", engine.url)).bearer_auth(&token);
    assert_eq!(problem(viewer.json(&json!({})).send().await.expect("an answer")).await.0, 403);
}

#[tokio::test]
async fn the_last_admin_keeps_the_keys() {
    let engine = Engine::start().await;
    let tokens = engine.read("/api/v1/tokens").await;
    let own = tokens["tokens"][0]["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/v1/tokens/{own}");
    assert_eq!(problem(engine.request(Method::DELETE, &path).send().await.expect("an answer")).await.0, 409);
    token_for(&engine, "admin").await;
    assert_eq!(status(engine.request(Method::DELETE, &path)).await, 204);
    assert_eq!(status(engine.request(Method::GET, "/api/v1/queues")).await, 401);
}

/// The next event of a stream: its id, its kind and its document.
async fn event(stream: &mut Response, rest: &mut String) -> (String, String, Value) {
    loop {
        if let Some((event, later)) = rest.clone().split_once("\n\n") {
            *rest = later.to_owned();
            let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned());
            if let Some(data) = field("data:") {
                let data = serde_json::from_str(&data).expect("JSON");
                return (field("id:").expect("an id"), field("event:").expect("a kind"), data);
            }
            continue;
        }
        let chunk = tokio::time::timeout(Duration::from_secs(20), stream.chunk()).await.expect("in time");
        *rest += std::str::from_utf8(&chunk.expect("a stream").expect("no end")).expect("text");
    }
}

#[tokio::test]
async fn the_wallboard_is_told_as_it_changes_and_goes_on_where_it_was_left() {
    let engine = Engine::start().await;
    let mut stream = engine.request(Method::GET, "/api/v1/events?kinds=board").send().await.expect("a stream");
    let mut rest = String::new();
    let (first, kind, board) = event(&mut stream, &mut rest).await;
    assert_eq!((kind.as_str(), &board["all"]["waiting"]), ("board", &json!(0)));
    engine.caller_waits(7).await;
    let waiting = loop {
        let (id, _, board) = event(&mut stream, &mut rest).await;
        if board["queues"][0]["waiting"] == 1 {
            break id;
        }
    };
    assert_ne!(first, waiting);
    drop(stream);
    engine.caller_leaves(7).await;
    let resumed = engine.request(Method::GET, "/api/v1/events?kinds=board").header("last-event-id", &waiting);
    let mut stream = resumed.send().await.expect("a stream");
    let (mut id, _, mut board) = event(&mut stream, &mut String::new()).await;
    while board["all"]["today"]["offered"] == 0 {
        (id, _, board) = event(&mut stream, &mut String::new()).await;
    }
    assert_ne!(id, waiting);
    let today = &board["all"]["today"];
    assert_eq!((&today["offered"], &today["abandoned"], &today["abandoned_short"]), (&json!(1), &json!(0), &json!(1)));
    for other_run in ["00000000-1", "nonsense", "ffffffffffff-99999999999999999999"] {
        let whole = engine.request(Method::GET, "/api/v1/events").header("last-event-id", other_run);
        let (_, kind, _) = event(&mut whole.send().await.expect("a stream"), &mut String::new()).await;
        assert_eq!(kind, "board", "{other_run}");
    }
    assert_eq!(engine.read("/api/v1/board").await["all"]["today"], *today);
}

#[tokio::test]
async fn calls_are_searched_and_told_of_and_only_to_who_may_know() {
    let engine = Engine::start().await;
    for call in [7, 8] {
        engine.caller_waits(call).await;
    }
    engine.caller_leaves(7).await;
    let found = |list: Value| list["calls"].as_array().map_or(0, Vec::len);
    for (asked, count) in [
        ("", 2),
        ("?number=4567", 2),
        ("?number=9999", 0),
        ("?queue=booking&state=live", 1),
        ("?queue=elsewhere", 0),
        ("?agent=a101", 0),
        ("?agent=nobody", 0),
        ("?outcome=abandoned", 1),
        ("?outcome=served_instantly", 0),
        ("?until=2020-01-01T00:00:00Z", 0),
    ] {
        assert_eq!(found(engine.read(&format!("/api/v1/calls{asked}")).await), count, "{asked}");
    }
    let admin = signed_in(&engine, &engine.token).await;
    let (supervisor, _) = token_for(&engine, "supervisor").await;
    let supervisor = signed_in(&engine, &supervisor).await;
    for (cookie, path, expected, told) in [
        (&admin, "/calls?q=4567", 200, "0000000000000007"),
        (&admin, "/calls?state=abandoned", 200, "0000000000000007"),
        (&admin, "/calls?q=%3Cscript%3E", 200, "&#60;script&#62;"),
        (&admin, "/calls?state=asleep", 400, "state"),
        (&supervisor, "/calls/0000000000000007", 200, "+6591234567"),
        (&supervisor, "/calls/0000000000000009", 404, "no such call"),
        (&supervisor, "/calls/%3Cscript%3E", 400, "sixteen"),
    ] {
        let page = with(&engine, cookie, Method::GET, path).send().await.expect("an answer");
        assert_eq!(page.status().as_u16(), expected, "{path}");
        let html = page.text().await.expect("a page");
        assert!(html.contains(told) && !html.contains("<script>"), "{path}: {html}");
    }
    for role in ["viewer", "agent", "integrator"] {
        let (token, _) = token_for(&engine, role).await;
        let cookie = signed_in(&engine, &token).await;
        for path in ["/calls", "/calls/0000000000000007", "/calls/0000000000000007/story"] {
            assert_eq!(status(with(&engine, &cookie, Method::GET, path)).await, 403, "{role} {path}");
        }
    }
}

#[tokio::test]
async fn who_listens_hears_where_each_call_is() {
    let engine = Engine::start().await;
    engine.caller_waits(7).await;
    let mut stream = engine.request(Method::GET, "/api/v1/events").send().await.expect("a stream");
    let mut rest = String::new();
    assert_eq!(event(&mut stream, &mut rest).await.1, "board");
    // What was so before is no news; the first look after this one is.
    tokio::time::sleep(Duration::from_millis(600)).await;
    engine.caller_waits(8).await;
    let call = async |state: &str, stream: &mut Response, rest: &mut String| loop {
        let (_, kind, told) = event(stream, rest).await;
        if kind == "call" && told["state"] == state {
            return told;
        }
    };
    let waits = call("waiting", &mut stream, &mut rest).await;
    assert_eq!(waits, json!({"call": "0000000000000008", "state": "waiting", "queue": "booking", "agent": null}));
    engine.caller_leaves(8).await;
    assert_eq!(call("ended", &mut stream, &mut rest).await["call"], "0000000000000008");
}
