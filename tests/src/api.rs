//! The engine's HTTP interface, as a test uses it.

use std::time::Duration;

use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::Response;

use crate::wait::{until, within};

const PATIENCE: Duration = Duration::from_secs(10);

/// A client with a token.
#[derive(Clone, Debug)]
pub struct Api {
    base: String,
    token: String,
    agent: Agent,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status; 0 when there was no answer at all.
    pub status: u16,
    /// The `Content-Type`.
    pub kind: String,
    /// The body; null when it is not JSON.
    pub json: Value,
}

impl Api {
    /// A client of the interface on a port of 127.0.0.1; without a token when `token` is empty.
    pub fn new(port: u16, token: &str) -> Api {
        let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE));
        Api { base: format!("http://127.0.0.1:{port}"), token: token.to_owned(), agent: config.build().into() }
    }

    /// GET.
    pub fn get(&self, path: &str) -> Answer {
        let request = self.agent.get(format!("{}{path}", self.base));
        answer(request.header("Authorization", format!("Bearer {}", self.token)).call())
    }

    /// A figure of `/metrics`, by its name and labels as they stand there.
    pub fn metric(&self, name: &str) -> Option<f64> {
        let mut page = self.agent.get(format!("{}/metrics", self.base)).call().ok()?;
        let page = page.body_mut().read_to_string().ok()?;
        page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
    }

    /// PUT with a JSON body.
    pub fn put(&self, path: &str, body: &Value) -> Answer {
        let request = self.agent.put(format!("{}{path}", self.base));
        answer(request.header("Authorization", format!("Bearer {}", self.token)).send_json(body))
    }

    /// DELETE.
    pub fn delete(&self, path: &str) -> Answer {
        let request = self.agent.delete(format!("{}{path}", self.base));
        answer(request.header("Authorization", format!("Bearer {}", self.token)).call())
    }

    /// PATCH with a JSON body.
    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        let request = self.agent.patch(format!("{}{path}", self.base));
        answer(request.header("Authorization", format!("Bearer {}", self.token)).send_json(body))
    }

    /// PATCH with a JSON body of a record or case that was seen after so many words.
    pub fn say(&self, path: &str, seen: usize, body: &Value) -> Answer {
        let request = self.agent.patch(format!("{}{path}", self.base)).header("If-Match", format!("\"{seen}\""));
        answer(request.header("Authorization", format!("Bearer {}", self.token)).send_json(body))
    }

    /// POST with a JSON body.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        let request = self.agent.post(format!("{}{path}", self.base));
        answer(request.header("Authorization", format!("Bearer {}", self.token)).send_json(body))
    }

    /// The same under an `Idempotency-Key`.
    pub fn post_once(&self, path: &str, key: &str, body: &Value) -> Answer {
        let request = self.agent.post(format!("{}{path}", self.base)).header("Idempotency-Key", key);
        answer(request.header("Authorization", format!("Bearer {}", self.token)).send_json(body))
    }

    /// Changes thresholds of the queue `booking` that were seen after so many changes.
    pub fn tune(&self, seen: u64, set: &Value, reason: &str) -> Answer {
        let request = self.agent.patch(format!("{}/api/v1/queues/booking/thresholds", self.base));
        let request = request.header("Authorization", format!("Bearer {}", self.token)).header("If-Match", format!("\"{seen}\""));
        answer(request.send_json(json!({"set": set, "reason": reason})))
    }

    /// Signs an agent in, and waits until that shows.
    pub fn sign_in(&self, agent: &str) {
        self.sign_in_unseen(agent);
        self.awaits_agent(agent, "idle");
    }

    /// Signs an agent in.
    pub fn sign_in_unseen(&self, agent: &str) {
        let answer = self.put(&format!("/api/v1/agents/{agent}/state"), &json!({"state": "idle"}));
        assert!((200..300).contains(&answer.status), "{agent} cannot sign in: {answer:?}");
    }

    /// Waits until an agent is in a state.
    pub fn awaits_agent(&self, agent: &str, state: &str) {
        let mut last = Value::Null;
        let reached = within(PATIENCE, || {
            last = self.agent(agent);
            (last["state"] == state).then_some(())
        });
        assert!(reached.is_some(), "{agent} never became {state}: {last}");
    }

    /// An agent as shown.
    pub fn agent(&self, agent: &str) -> Value {
        list(&self.get("/api/v1/agents").json).into_iter().find(|a| a["name"] == agent).unwrap_or_default()
    }

    /// Who waits, first in line first: the call, since when, and what was said.
    pub fn line(&self) -> Vec<(String, String, String)> {
        let waiting = self.calls().into_iter().filter(|call| call["state"] == "waiting");
        let mut line: Vec<Value> = waiting.map(|call| self.call(&id_of(&call))).collect();
        line.sort_by_key(|call| moment(&call["queued_at"]));
        line.iter().map(|call| (id_of(call), call["queued_at"].to_string(), call["quote"].to_string())).collect()
    }

    /// All calls, live and ended: a thousand at the most.
    pub fn calls(&self) -> Vec<Value> {
        list(&self.get("/api/v1/calls?limit=1000").json)
    }

    /// One call with its context.
    pub fn call(&self, id: &str) -> Value {
        self.get(&format!("/api/v1/calls/{id}")).json
    }

    /// Waits for a call that fits and returns it as `GET /api/v1/calls/{id}` shows it.
    pub fn awaits_call(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let mut seen = Vec::new();
        let found = within(PATIENCE, || {
            seen = self.calls().iter().map(|call| self.call(&id_of(call))).collect();
            seen.iter().find(|call| fits(call)).cloned()
        });
        found.unwrap_or_else(|| panic!("no call {what}; calls: {seen:#?}"))
    }

    /// Waits until that many calls have ended with this outcome.
    pub fn awaits_outcomes(&self, outcome: &str, count: usize) {
        until(PATIENCE, &format!("{count} calls with outcome {outcome}: {:?}", self.calls()), || {
            let found = self.calls().iter().filter(|call| call["outcome"] == outcome).count();
            (found == count).then_some(())
        });
    }
}

/// The id of a call.
pub fn id_of(call: &Value) -> String {
    call["call"].as_str().unwrap_or_else(|| panic!("a call without id: {call:#}")).to_owned()
}

/// A moment as text that sorts: seconds, and as many digits of their fraction as there may be.
fn moment(rfc3339: &Value) -> String {
    let text = rfc3339.as_str().unwrap_or_default().trim_end_matches('Z');
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{seconds}.{fraction:0<9}")
}

/// The items of a list, whether or not it is wrapped in an object.
fn list(json: &Value) -> Vec<Value> {
    let found = json.as_array().or_else(|| json.as_object()?.values().find_map(Value::as_array));
    found.cloned().unwrap_or_default()
}

fn answer(result: Result<Response<ureq::Body>, ureq::Error>) -> Answer {
    match result {
        Ok(mut response) => {
            let kind = response.headers().get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
            let json = response.body_mut().read_json().unwrap_or(Value::Null);
            Answer { status: response.status().as_u16(), kind, json }
        }
        Err(_) => Answer { status: 0, kind: String::new(), json: Value::Null },
    }
}
