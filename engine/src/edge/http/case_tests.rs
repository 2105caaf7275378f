//! Records and cases over real sockets.

use super::rig::{Engine, problem};
use reqwest::{Method, Response, StatusCode, header};
use serde_json::{Value, json};

const RECORD: &str = "/api/v1/records/0000000000000007";

async fn send(engine: &Engine, method: Method, path: &str, body: &Value, seen: Option<&str>) -> Response {
    let request = engine.request(method, path).json(body);
    let request = seen.into_iter().fold(request, |request, tag| request.header(header::IF_MATCH, tag));
    request.send().await.expect("an answer")
}

async fn good(response: Response) -> (String, Value) {
    let status = response.status();
    let tag = response.headers().get(header::ETAG).map(|tag| tag.to_str().expect("ASCII").to_owned());
    let body = response.text().await.expect("a body");
    assert!(status.is_success(), "{status}: {body}");
    (tag.expect("an ETag"), serde_json::from_str(&body).expect("JSON"))
}

async fn get(engine: &Engine, path: &str) -> (String, Value) {
    good(engine.request(Method::GET, path).send().await.expect("an answer")).await
}

async fn with_calls(calls: &[u64]) -> Engine {
    let engine = Engine::start().await;
    for call in calls {
        engine.caller_waits(*call).await;
        engine.caller_leaves(*call).await;
    }
    engine
}

async fn opened(engine: &Engine, body: &Value) -> (String, String) {
    let answer = send(engine, Method::POST, "/api/v1/cases", body, None).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let place = answer.headers()[header::LOCATION].to_str().expect("ASCII").to_owned();
    (place, good(answer).await.0)
}

#[tokio::test]
async fn a_record_says_who_owns_it_and_everything_else_with_author_and_time() {
    let engine = with_calls(&[7]).await;
    let body = json!({
        "owner": "ann", "escalate": {"level": 2, "why": "no car for an hour"}, "disposition": "lost-item",
        "resolution": "overtaken by events", "follow_up": {"due": "2999-01-01T10:00:00Z", "what": "call back"}
    });
    let (tag, said) = good(send(&engine, Method::PATCH, RECORD, &body, None).await).await;
    assert_eq!((&said["owner"], &said["disposition"]), (&json!("ann"), &json!("lost-item")));
    assert_eq!((&said["escalated"]["level"], &said["escalated"]["by"]), (&json!(2), &json!("admin")));
    assert_eq!((&said["follow_up"]["due"], &said["follow_up"]["what"]), (&json!("2999-01-01T10:00:00Z"), &json!("call back")));
    assert_eq!((&said["resolution"], said["history"].as_array().map(Vec::len)), (&json!("overtaken by events"), Some(5)));
    assert_eq!(get(&engine, RECORD).await, (tag.clone(), said));
    let gone = json!({"owner": null, "follow_up": null});
    let (newer, left) = good(send(&engine, Method::PATCH, RECORD, &gone, Some(&tag)).await).await;
    assert_eq!((&left["owner"], &left["follow_up"], &left["disposition"]), (&json!(null), &json!(null), &json!("lost-item")));
    assert_ne!(newer, tag);
}

#[tokio::test]
async fn of_two_clerks_who_edit_one_record_one_is_told() {
    let engine = with_calls(&[7]).await;
    let (tag, _) = get(&engine, RECORD).await;
    let (ann, ben) = (json!({"owner": "ann"}), json!({"owner": "ben"}));
    let (one, other) = tokio::join!(
        send(&engine, Method::PATCH, RECORD, &ann, Some(&tag)),
        send(&engine, Method::PATCH, RECORD, &ben, Some(&tag))
    );
    let mut told = [one.status(), other.status()];
    told.sort();
    assert_eq!(told, [StatusCode::OK, StatusCode::PRECONDITION_FAILED]);
}

#[tokio::test]
async fn a_repeated_call_names_the_call_before_it() {
    let engine = with_calls(&[7, 8]).await;
    let repeated = engine.read("/api/v1/records/0000000000000008").await;
    assert_eq!(repeated["repeats"]["call"], "0000000000000007");
    assert_eq!(engine.read(RECORD).await["repeats"], json!(null));
}

#[tokio::test]
async fn a_case_goes_from_hand_to_hand_until_it_is_closed() {
    let engine = with_calls(&[7, 8]).await;
    let asked = json!({"kind": "complaint", "said": "no taxi came", "calls": ["0000000000000007"], "owner": "ann"});
    let (place, tag) = opened(&engine, &asked).await;
    let (again, case) = get(&engine, &place).await;
    assert_eq!((again, &case["state"], &case["owner"]), (tag.clone(), &json!("open"), &json!("ann")));
    assert_eq!((&case["said"], &case["calls"]), (&json!("no taxi came"), &json!(["0000000000000007"])));
    assert_eq!(engine.read("/api/v1/calls/0000000000000008").await["cases"][0]["case"], case["case"]);

    let linked = json!({"owner": "ben", "link": "0000000000000008", "escalate": {"level": 1, "why": "again"}});
    let (tag, case) = good(send(&engine, Method::PATCH, &place, &linked, Some(&tag)).await).await;
    assert_eq!((&case["owner"], &case["level"], case["calls"].as_array().map(Vec::len)), (&json!("ben"), &json!(1), Some(2)));
    let closing = json!({"close": "A taxi came late; thank you for telling us."});
    let (tag, case) = good(send(&engine, Method::PATCH, &place, &closing, Some(&tag)).await).await;
    assert_eq!((&case["state"], &case["feedback"]), (&json!("closed"), &closing["close"]));
    assert_eq!(engine.read("/api/v1/calls/0000000000000008").await["cases"], json!([]));
    assert_eq!(problem(send(&engine, Method::PATCH, &place, &closing, Some(&tag)).await).await.0, 422);
    let (_, case) = good(send(&engine, Method::PATCH, &place, &json!({"reopen": "not so"}), Some(&tag)).await).await;
    assert_eq!((&case["state"], &case["feedback"]), (&json!("open"), &json!(null)));
}

async fn open_by(engine: &Engine, key: &str, body: &Value) -> Response {
    let request = engine.request(Method::POST, "/api/v1/cases").header("Idempotency-Key", key).json(body);
    request.send().await.expect("an answer")
}

#[tokio::test]
async fn a_request_for_a_case_that_is_sent_again_opens_no_second_one() {
    let engine = with_calls(&[7]).await;
    let asked = |said| json!({"kind": "complaint", "said": said, "calls": ["0000000000000007"], "due": "2999-01-01T00:00:00Z"});
    let (wet, late) = (asked("wet seats"), asked("an hour late"));
    let (one, other) = tokio::join!(open_by(&engine, "k-1", &wet), open_by(&engine, "k-1", &wet));
    assert_eq!((one.status(), other.status()), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(one.headers()[header::LOCATION], other.headers()[header::LOCATION]);
    let place = one.headers()[header::LOCATION].to_str().expect("ASCII").to_owned();
    let (tag, case) = good(one).await;
    assert_eq!(good(other).await, (tag.clone(), case));
    let (_, closed) = good(send(&engine, Method::PATCH, &place, &json!({"close": "cleaned"}), Some(&tag)).await).await;
    assert_eq!(good(open_by(&engine, "k-1", &wet).await).await.1, closed);
    let (code, told) = problem(open_by(&engine, "k-1", &late).await).await;
    assert!(code == 422 && told.contains("take a new one"), "{told}");
    assert_eq!(open_by(&engine, "k-2", &wet).await.status(), StatusCode::CREATED);
    for key in ["", "Schlüssel", &"k".repeat(256)] {
        assert_eq!(problem(open_by(&engine, key, &wet).await).await.0, 400, "{key}");
    }
    assert_eq!(engine.read("/api/v1/cases").await["cases"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn thanks_are_written_down_with_author_and_time() {
    let engine = with_calls(&[7]).await;
    let (place, tag) = opened(&engine, &json!({"kind": "praise", "said": "so kind", "calls": ["0000000000000007"]})).await;
    assert_eq!(get(&engine, &place).await.1["thanked"], json!(null));
    let thanks = json!({"thanked": "by letter", "close": "The driver was told."});
    let (_, case) = good(send(&engine, Method::PATCH, &place, &thanks, Some(&tag)).await).await;
    assert_eq!((&case["thanked"]["how"], &case["thanked"]["by"]), (&json!("by letter"), &json!("admin")));
    assert_eq!((&case["state"], case["thanked"]["at"].is_string()), (&json!("closed"), true));
}

#[tokio::test]
async fn first_contacts_are_told_with_their_definition() {
    let engine = with_calls(&[7]).await;
    let told = engine.read("/api/v1/first-contacts").await;
    // What came in just now may still be repeated.
    assert_eq!((&told["all"]["contacts"], &told["all"]["share"], &told["queues"]), (&json!(0), &json!(null), &json!([])));
    assert_eq!((&told["repeat_within_days"], told["definition"].is_string()), (&json!(7), true));
    let early = engine.request(Method::GET, "/api/v1/first-contacts?since=2999-01-01T00:00:00Z").send().await.expect("an answer");
    assert_eq!(problem(early).await.0, 400);
}

#[tokio::test]
async fn nobody_changes_a_case_that_he_or_she_has_not_seen() {
    let engine = with_calls(&[7]).await;
    let (place, tag) = opened(&engine, &json!({"kind": "opinion", "said": "too slow", "calls": ["0000000000000007"]})).await;
    let remark = |text| json!({"remark": text});
    assert_eq!(problem(send(&engine, Method::PATCH, &place, &remark("a"), None).await).await.0, 428);
    good(send(&engine, Method::PATCH, &place, &remark("a"), Some(&tag)).await).await;
    assert_eq!(problem(send(&engine, Method::PATCH, &place, &remark("b"), Some(&tag)).await).await.0, 412);
}

#[tokio::test]
async fn cases_are_listed_newest_first_filtered_and_page_by_page() {
    let engine = with_calls(&[7, 8]).await;
    let asked = |call: u64, owner: &str| {
        let (calls, due) = ([format!("{call:016x}")], "2999-01-01T00:00:00Z");
        json!({"kind": "praise", "said": "thanks", "calls": calls, "owner": owner, "due": due})
    };
    let mut ids = Vec::new();
    for (call, owner) in [(7, "ann"), (8, "ben"), (8, "ann")] {
        let (place, _) = opened(&engine, &asked(call, owner)).await;
        ids.insert(0, place.rsplit('/').next().expect("an id").to_owned());
    }
    let listed = async |query: &str| {
        let list = engine.read(&format!("/api/v1/cases{query}")).await;
        let ids: Vec<String> = list["cases"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|case| case["case"].as_str().expect("an id").to_owned())
            .collect();
        (ids, list["more"] == json!(true))
    };
    assert_eq!(listed("").await, (ids.clone(), false));
    assert_eq!(listed("?limit=2").await, (ids[..2].to_vec(), true));
    assert_eq!(listed(&format!("?limit=2&before={}", ids[1])).await, (ids[2..].to_vec(), false));
    assert_eq!(listed("?owner=ben").await.0, ids[1..2]);
    assert_eq!(listed("?call=0000000000000007&state=open").await.0, ids[2..]);
    assert_eq!(listed("?state=closed").await.0, [] as [String; 0]);
    assert_eq!(listed("?due_before=2999-01-02T00:00:00Z").await.0, ids);
    assert_eq!(listed("?due_before=2998-01-02T00:00:00Z").await.0, [] as [String; 0]);
}

#[tokio::test]
async fn what_is_wrong_with_a_case_is_said_and_nothing_is_opened() {
    let engine = with_calls(&[7]).await;
    let seven = json!(["0000000000000007"]);
    for (asked, status, said) in [
        (json!({"kind": "rant", "said": "x", "calls": seven}), 422, "complaint, opinion, praise"),
        (json!({"kind": "praise", "said": " ", "calls": seven}), 422, "1 to 2000"),
        (json!({"kind": "praise", "said": "x", "calls": []}), 422, "1 to 100"),
        (json!({"kind": "praise", "said": "x", "calls": ["00000000000000ff"]}), 422, "no call"),
        (json!({"kind": "praise", "said": "x", "calls": ["7"]}), 400, "sixteen"),
        (json!({"kind": "praise", "said": "x", "calls": seven, "due": "soon"}), 400, "RFC 3339"),
        (json!({"kind": "praise", "said": "x", "calls": seven, "colour": "red"}), 422, "colour"),
    ] {
        let (code, told) = problem(send(&engine, Method::POST, "/api/v1/cases", &asked, None).await).await;
        assert!(code == status && told.contains(said), "{asked}: {code} {told}");
    }
    let (code, told) = problem(send(&engine, Method::PATCH, RECORD, &json!({"disposition": "lost"}), None).await).await;
    assert!(code == 422 && told.contains("lost-item, no-show"), "{told}");
    assert_eq!(engine.read("/api/v1/cases").await["cases"], json!([]));
}
