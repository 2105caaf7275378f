//! What browsers are held to, on every page; and that whoever is shown the door leaves at once.

use super::page_tests::{browser, cookie, csrf, sign_in, signed_in, status, token_for, with};
use super::rig::{Engine, problem};
use super::sessions::Sessions;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use std::time::Duration;

/// Every address of pages, and how it is served, as `pages/mod.rs` has it.
fn routes() -> impl Iterator<Item = (&'static str, &'static str)> {
    include_str!("pages/mod.rs").split(".route(\"").skip(1).filter_map(|rest| rest.lines().next()?.split_once("\", "))
}

/// Every page that is read.
fn pages() -> Vec<String> {
    let read = routes().filter(|(path, how)| how.starts_with("get(") && !path.starts_with("/assets"));
    let found: Vec<String> = read.map(|(path, _)| path.replace("{id}", "0000000000000007")).collect();
    assert!(found.len() > 5, "{found:?}");
    found
}

/// Scripts and styles in a page itself, and what comes from elsewhere.
fn faults(html: &str) -> Vec<&str> {
    let tags = html.split('<').skip(1).filter_map(|rest| rest.split('>').next());
    let inline = |tag: &&str| {
        let names = tag.split_ascii_whitespace().skip(1).filter_map(|attribute| attribute.split_once('=')).map(|(name, _)| name);
        let has_code = names.into_iter().any(|name| name == "style" || (name.starts_with("on") && !name.contains('-')));
        let is_script = tag.starts_with("script") && !tag.contains("src=\"/assets/");
        let is_style = tag.starts_with("style") || (tag.starts_with("link") && !tag.contains("href=\"/assets/"));
        let is_elsewhere = ["src=\"", "href=\"", "action=\""].iter().any(|name| {
            let target = tag.split_once(name).map_or("/", |(_, target)| target);
            target.starts_with("//") || !(target.starts_with('/') || target.starts_with('#'))
        });
        has_code || is_script || is_style || is_elsewhere
    };
    tags.filter(inline).collect()
}

#[tokio::test]
async fn no_page_has_code_in_it_and_every_page_says_that_none_may_run() {
    assert_eq!(faults("<p class=\"a\"><script>alert(1)</script><a style=\"x\"><b onclick=\"x\"><img src=\"//evil\">").len(), 4);
    let engine = Engine::start().await;
    engine.caller_waits(7).await;
    engine.caller_leaves(7).await;
    let admin = signed_in(&engine, &engine.token).await;
    let viewer = signed_in(&engine, &token_for(&engine, "viewer").await.0).await;
    for (path, cookie) in pages().iter().flat_map(|path| [(path, &admin), (path, &viewer)]) {
        let page = with(&engine, cookie, Method::GET, path).send().await.expect("an answer");
        let policy = page.headers()["content-security-policy"].to_str().expect("text").to_owned();
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe") && !policy.contains('*'),
            "{path}: {policy}"
        );
        for (name, value) in [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("cache-control", "no-store")] {
            assert_eq!(page.headers()[name], value, "{path}");
        }
        let html = page.text().await.expect("a page");
        assert_eq!(faults(&html), [""; 0], "{path}");
    }
}

#[tokio::test]
async fn a_page_is_nobodys_but_ours() {
    let engine = Engine::start().await;
    let admin = signed_in(&engine, &engine.token).await;
    for path in pages() {
        let renamed = with(&engine, &admin, Method::GET, &path).header("host", "evil.example");
        assert_eq!(problem(renamed.send().await.expect("an answer")).await.0, 421, "{path}");
    }
    let sign_in = |origin: &str| {
        let form = browser().post(format!("{}/sign-in", engine.url)).header("content-type", "application/x-www-form-urlencoded");
        form.header("origin", origin).body(format!("token={}", engine.token))
    };
    for elsewhere in ["http://evil.example", "null", ""] {
        let answer = sign_in(elsewhere).send().await.expect("an answer");
        assert_eq!((answer.status(), answer.headers().get("set-cookie")), (StatusCode::FORBIDDEN, None), "{elsewhere}");
    }
    let out = |csrf: &str| {
        let form = with(&engine, &admin, Method::POST, "/sign-out").header("origin", &engine.url);
        form.header("content-type", "application/x-www-form-urlencoded").body(format!("csrf={csrf}"))
    };
    for forged in ["", "0"] {
        assert_eq!(status(out(forged)).await, 403, "{forged:?}");
    }
    let no_field = with(&engine, &admin, Method::POST, "/sign-out").header("origin", &engine.url);
    let no_field = no_field.header("content-type", "application/x-www-form-urlencoded").body("");
    assert_eq!(problem(no_field.send().await.expect("an answer")).await.0, 422);
    assert_eq!(status(with(&engine, &admin, Method::GET, "/api/v1/board")).await, 200, "still signed in");
    assert_eq!(status(out(&csrf(&engine, &admin).await)).await, 303);
}

#[tokio::test]
async fn no_form_is_taken_that_no_page_of_ours_sent() {
    let engine = Engine::start().await;
    let admin = signed_in(&engine, &engine.token).await;
    let forms: Vec<&str> = routes().filter(|(_, how)| how.contains("post(")).map(|(path, _)| path).collect();
    assert!(forms.len() >= 3, "{forms:?}");
    for path in forms {
        let sent = |origin: &str, body: &'static str| {
            let form = with(&engine, &admin, Method::POST, path).header("origin", origin);
            form.header("content-type", "application/x-www-form-urlencoded").body(body)
        };
        assert_eq!(status(sent("http://evil.example", "csrf=0")).await, 403, "{path}");
        for forged in ["", "csrf=0", "csrf=0&queue=booking&reason=rain&change=1&token=0&number=1"] {
            let answer = sent(&engine.url, forged).send().await.expect("an answer");
            assert!(answer.status().is_client_error(), "{path} {forged}: {}", answer.status());
        }
    }
    assert_eq!(engine.read("/api/v1/changes").await["changes"], serde_json::json!([]));
}

#[tokio::test]
async fn a_cookie_is_for_our_pages_alone_and_by_tls_for_nothing_else() {
    let engine = Engine::start().await;
    let set = sign_in(&engine, &engine.token).await.headers()["set-cookie"].to_str().expect("text").to_owned();
    let attributes: Vec<&str> = set.split("; ").skip(1).collect();
    assert_eq!(attributes, ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"]);
    let by_tls = Sessions::open(&engine.store, true, 8080).await.expect("sessions").begin("0").await.expect("a cookie");
    let by_tls = by_tls.to_str().expect("text");
    assert!(
        by_tls.starts_with("__Host-cabrank-8080=") && by_tls.contains("; HttpOnly; SameSite=Strict; Secure; Path=/;"),
        "{by_tls}"
    );
    assert!(!by_tls.contains("Domain"));
}

/// A stream of events that has begun.
async fn stream(request: RequestBuilder) -> Response {
    let mut stream = request.send().await.expect("a stream");
    assert_eq!(stream.status(), StatusCode::OK);
    stream.chunk().await.expect("a beginning");
    stream
}

/// Panics unless the stream comes to its end.
async fn ends(mut stream: Response) {
    let end = async { while let Ok(Some(_)) = stream.chunk().await {} };
    tokio::time::timeout(Duration::from_secs(20), end).await.expect("an end");
}

#[tokio::test]
async fn who_is_shown_the_door_hears_nothing_more() {
    let engine = Engine::start().await;
    let (token, id) = token_for(&engine, "viewer").await;
    let answers = [sign_in(&engine, &token).await, sign_in(&engine, &token).await];
    let cookies = answers.each_ref().map(cookie);
    let of = |cookie: &str| with(&engine, cookie, Method::GET, "/api/v1/events");
    let by_token = Client::builder().no_proxy().build().expect("a client");
    let by_token = stream(by_token.get(format!("{}/api/v1/events", engine.url)).bearer_auth(&token)).await;
    let (mut stays, leaves) = (stream(engine.request(Method::GET, "/api/v1/events")).await, stream(of(&cookies[0])).await);
    let other = stream(of(&cookies[1])).await;
    let out = with(&engine, &cookies[0], Method::POST, "/sign-out").header("origin", &engine.url);
    let out = out.header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(status(out.body(format!("csrf={}", csrf(&engine, &cookies[0]).await))).await, 303);
    ends(leaves).await;
    assert_eq!(status(engine.request(Method::DELETE, &format!("/api/v1/tokens/{id}"))).await, 204);
    ends(other).await;
    ends(by_token).await;
    engine.caller_waits(7).await;
    let told = tokio::time::timeout(Duration::from_secs(20), stays.chunk()).await.expect("in time");
    assert!(told.expect("a stream").is_some(), "who may stay hears on");
}

#[tokio::test]
async fn pages_are_compressed_for_who_takes_that_and_for_nobody_else() {
    let engine = Engine::start().await;
    let coding = async |accepts: &str| {
        let asked = browser().get(format!("{}/sign-in", engine.url)).header("accept-encoding", accepts);
        let answer = asked.send().await.expect("an answer");
        assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8", "{accepts}");
        assert_eq!(answer.headers()["vary"], "accept-encoding", "{accepts}");
        answer.headers().get("content-encoding").map(|coding| coding.to_str().expect("text").to_owned())
    };
    assert_eq!(coding("br, GZIP;q=0.5").await.as_deref(), Some("gzip"));
    for without in ["identity", "gzip;q=0", "gzip;q=0.000, identity"] {
        assert_eq!(coding(without).await, None, "{without}");
    }
}
