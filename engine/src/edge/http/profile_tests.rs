//! Profiles over real sockets.

use super::rig::Engine;
use cabrank_core::Number;
use reqwest::{Method, Response, StatusCode, header};
use serde_json::{Value, json};

fn ann() -> Number {
    Number("+6591234567".into())
}

async fn put(engine: &Engine, number: &str, body: &Value, condition: Option<(header::HeaderName, &str)>) -> Response {
    let request = engine.request(Method::PUT, &format!("/api/v1/profiles/{number}")).json(body);
    let request = condition.into_iter().fold(request, |request, (name, value)| request.header(name, value));
    request.send().await.expect("an answer")
}

fn etag(response: &Response) -> String {
    response.headers()[header::ETAG].to_str().expect("ASCII").to_owned()
}

async fn problem(response: Response) -> String {
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
    let problem: Value = response.json().await.expect("JSON");
    problem["detail"].as_str().expect("a detail").to_owned()
}

#[tokio::test]
async fn a_profile_is_put_in_force_at_once_and_read_and_erased() {
    let engine = Engine::start().await;
    let body = json!({"name": "Ann", "class": "regular", "fields": {"pickup": "12 Road"}});
    // However a person writes the number, it is the caller's.
    let answer = put(&engine, "9123%204567", &body, None).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let tag = etag(&answer);
    let known = engine.directory.profile(&ann()).expect("known at once");
    assert_eq!((&*known.name, known.field("pickup")), ("Ann", Some("12 Road")));
    let read = engine.request(Method::GET, "/api/v1/profiles/+6591234567").send().await.expect("an answer");
    assert_eq!(etag(&read), tag);
    let read: Value = read.json().await.expect("JSON");
    assert_eq!(
        (&read["number"], &read["name"], &read["fields"]["pickup"]),
        (&json!("+6591234567"), &json!("Ann"), &json!("12 Road"))
    );
    let erased = engine.request(Method::DELETE, "/api/v1/profiles/+6591234567").send().await.expect("an answer");
    assert_eq!(
        erased.json::<Value>().await.expect("JSON"),
        json!({"profile": true, "records": 0, "words": 0, "cases": 0, "alias": false})
    );
    assert_eq!(engine.directory.profile(&ann()), None);
    let gone = engine.request(Method::GET, "/api/v1/profiles/+6591234567").send().await.expect("an answer");
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn of_two_clerks_who_change_a_profile_one_is_told() {
    let engine = Engine::start().await;
    let first = put(&engine, "ann", &json!({"name": "Ann"}), Some((header::IF_NONE_MATCH, "*"))).await;
    assert_eq!(first.status(), StatusCode::OK);
    let tag = etag(&first);
    let if_match = |tag| Some((header::IF_MATCH, tag));
    assert_eq!(put(&engine, "ann", &json!({"name": "Anna"}), if_match(tag.as_str())).await.status(), StatusCode::OK);
    let late = put(&engine, "ann", &json!({"name": "Annie"}), if_match(tag.as_str())).await;
    assert_eq!(late.status(), StatusCode::PRECONDITION_FAILED);
    assert!(problem(late).await.contains("changed the profile since"));
    let again = put(&engine, "ann", &json!({}), Some((header::IF_NONE_MATCH, "*"))).await;
    assert_eq!(again.status(), StatusCode::PRECONDITION_FAILED);
    assert_eq!(put(&engine, "bea", &json!({}), if_match("*")).await.status(), StatusCode::PRECONDITION_FAILED);
    assert_eq!(put(&engine, "ann", &json!({}), if_match("W/\"x\", nonsense")).await.status(), StatusCode::PRECONDITION_FAILED);
    assert_eq!(engine.read("/api/v1/profiles/ann").await["name"], "Anna");
}

#[tokio::test]
async fn what_is_no_profile_is_told_where() {
    let engine = Engine::start().await;
    let wrong = [
        ("+6591234567", json!({"language": "no tag at all"}), "`language`: "),
        ("+6591234567", json!({"fields": {"name": "Ann"}}), "`name` is no further field"),
        ("+6591234567", json!({"name": "x".repeat(201)}), "`name`: "),
    ];
    for (number, body, told) in wrong {
        let answer = put(&engine, number, &body, None).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        let detail = problem(answer).await;
        assert!(detail.contains(told), "{detail}");
    }
    assert_eq!(put(&engine, "+00", &json!({}), None).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(put(&engine, "ann", &json!({"nickname": "A"}), None).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(engine.directory.is_empty());
}

#[tokio::test]
async fn a_file_is_imported_whole_or_not_at_all() {
    let engine = Engine::start().await;
    let file = "number,name\nann,Ann\n@,Nobody\nbea,Bea\n";
    let import = |query: &str| engine.request(Method::POST, &format!("/api/v1/profiles:import{query}")).body(file);
    let refused = import("").send().await.expect("an answer");
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let refused: Value = refused.json().await.expect("JSON");
    assert!(refused["faults"][0].as_str().expect("a fault").starts_with("line 3, column `number`: "), "{refused}");
    assert!(engine.directory.is_empty());
    let taken = import("?skip_bad=true").send().await.expect("an answer");
    assert_eq!(taken.status(), StatusCode::OK);
    let taken: Value = taken.json().await.expect("JSON");
    assert_eq!((&taken["profiles"], &taken["bad_rows"]), (&json!(2), &json!(1)));
    assert_eq!(engine.directory.len(), 2);
}

#[tokio::test]
async fn a_large_file_is_taken_and_a_request_without_a_token_is_not() {
    let engine = Engine::start().await;
    let rows: String = (0..20_000).map(|n| format!("user{n},Caller {n}\n")).collect();
    let answer = engine.request(Method::POST, "/api/v1/profiles:import").body(format!("number,name\n{rows}"));
    assert_eq!(answer.send().await.expect("an answer").status(), StatusCode::OK);
    assert_eq!(engine.directory.len(), 20_000);
    for (method, path) in [(Method::POST, "/api/v1/profiles:import"), (Method::GET, "/api/v1/profiles/user1")] {
        let wrong = [(header::AUTHORIZATION, header::HeaderValue::from_static("Bearer wrong"))];
        let answer = engine.request(method, path).headers(wrong.into_iter().collect()).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
}
