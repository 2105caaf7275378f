//! Another system that is told by webhook: it checks each message as Standard Webhooks ask of it, and answers what the test says.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use axum::routing::any;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;

use crate::service::Service;
use crate::wait::until;

/// How old a message may be, in seconds.
const AGE_S_MAX: u64 = 300;
/// How long a message may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What it does with a message that is as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Takes it.
    Takes,
    /// Answers 500 when it comes for the first time, and takes it when it comes again.
    FailsFirst,
    /// Sends it elsewhere when it comes for the first time, and takes it when it comes again.
    RedirectsFirst,
    /// Never answers.
    Hangs,
    /// Wants no more: 410.
    IsGone,
}

/// A message that came in, and was as it should be.
#[derive(Clone, Debug)]
pub struct Told {
    /// The `webhook-id`.
    pub id: String,
    /// What happened: `type` of the body.
    pub event: String,
    /// What is told of it: `data` of the body.
    pub data: Value,
    /// Whether it was taken.
    pub taken: bool,
}

/// A running receiver; it ends with the value.
#[derive(Debug)]
pub struct Receiver {
    table: String,
    book: Arc<Mutex<Book>>,
    _service: Service,
}

#[derive(Debug)]
struct Book {
    key: [u8; 32],
    mode: Mode,
    told: Vec<Told>,
    /// What was wrong with messages.
    wrong: Vec<String>,
}

impl Receiver {
    /// Starts it on a port of 127.0.0.1, under that name, with a key of its own.
    pub fn start(name: &str, port: u16, events: &[&str], mode: Mode) -> Receiver {
        let key: [u8; 32] = std::array::from_fn(|place| name.as_bytes()[place % name.len()] ^ place as u8);
        let book = Arc::new(Mutex::new(Book { key, mode, told: Vec::new(), wrong: Vec::new() }));
        let routes = Router::new().route("/told", any(told)).fallback(astray).with_state(Arc::clone(&book));
        let secret = format!("whsec_{}", STANDARD.encode(key));
        let table = format!(
            "[[webhook]]\nname = \"{name}\"\nurl = \"http://127.0.0.1:{port}/told\"\nevents = {events:?}\nsecret = \"{secret}\"\n"
        );
        Receiver { table, book, _service: Service::start(port, routes) }
    }

    /// Its table in the desk's configuration.
    pub fn table(&self) -> &str {
        &self.table
    }

    /// Does something else from now on.
    pub fn becomes(&self, mode: Mode) {
        self.book.lock().expect("the book").mode = mode;
    }

    /// Everything so far; panics if anything was not as it should be.
    pub fn told(&self) -> Vec<Told> {
        let book = self.book.lock().expect("the book");
        assert!(book.wrong.is_empty(), "{:#?}", book.wrong);
        book.told.clone()
    }

    /// What was taken of that kind.
    pub fn taken(&self, event: &str) -> Vec<Told> {
        self.told().into_iter().filter(|told| told.event == event && told.taken).collect()
    }

    /// Waits until that many of that kind have been taken, and returns them.
    pub fn takes(&self, event: &str, count: usize) -> Vec<Told> {
        until(PATIENCE, &format!("{count} times {event}: {:#?}", self.told()), || {
            Some(self.taken(event)).filter(|taken| taken.len() >= count)
        })
    }

    /// How often a message of that id came.
    pub fn times(&self, id: &str) -> usize {
        self.told().iter().filter(|told| told.id == id).count()
    }
}

async fn told(State(book): State<Arc<Mutex<Book>>>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let mode = {
        let mut book = book.lock().expect("the book");
        match checked(&book.key, &headers, &body) {
            Ok(told) => book.takes(told),
            Err(wrong) => {
                book.wrong.push(format!("{wrong}: {headers:?} {}", String::from_utf8_lossy(&body)));
                return status(400);
            }
        }
    };
    match mode {
        Mode::Takes => status(204),
        Mode::FailsFirst => status(500),
        Mode::RedirectsFirst => {
            Response::builder().status(307).header("location", "/elsewhere").body(Body::empty()).expect("an answer")
        }
        Mode::Hangs => std::future::pending().await,
        Mode::IsGone => status(410),
    }
}

/// A message belongs where the configuration says.
async fn astray(State(book): State<Arc<Mutex<Book>>>) -> Response<Body> {
    book.lock().expect("the book").wrong.push("a message followed a redirect".to_owned());
    status(204)
}

impl Book {
    /// Enters a message, and says what to do with it.
    fn takes(&mut self, told: Told) -> Mode {
        let again = self.told.iter().any(|other| other.id == told.id);
        let mode = match self.mode {
            Mode::FailsFirst | Mode::RedirectsFirst if again => Mode::Takes,
            mode => mode,
        };
        self.told.push(Told { taken: mode == Mode::Takes, ..told });
        mode
    }
}

/// A message that is signed, and not old.
fn checked(key: &[u8], headers: &HeaderMap, body: &[u8]) -> Result<Told, &'static str> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).ok_or(name);
    let (id, sent_at, signatures) = (header("webhook-id")?, header("webhook-timestamp")?, header("webhook-signature")?);
    let age_s = sent_at.parse::<u64>().map_err(|_| "the time is no number")?.abs_diff(now_s());
    if age_s > AGE_S_MAX {
        return Err("it is too old");
    }
    let fits = |signature: &str| {
        let Some(code) = signature.strip_prefix("v1,").and_then(|text| STANDARD.decode(text).ok()) else { return false };
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key will do");
        [id.as_bytes(), b".", sent_at.as_bytes(), b".", body].iter().for_each(|part| mac.update(part));
        mac.verify_slice(&code).is_ok()
    };
    if !signatures.split(' ').any(fits) {
        return Err("the signature is wrong");
    }
    let body: Value = serde_json::from_slice(body).map_err(|_| "the body is no JSON")?;
    let event = body["type"].as_str().ok_or("the body has no type")?.to_owned();
    Ok(Told { id: id.to_owned(), event, data: body["data"].clone(), taken: false })
}

fn now_s() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs()
}

fn status(code: u16) -> Response<Body> {
    Response::builder().status(code).body(Body::empty()).expect("an answer")
}

#[cfg(test)]
mod tests {
    use super::{checked, now_s};
    use axum::http::{HeaderMap, HeaderName, HeaderValue};
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use hmac::{Hmac, KeyInit as _, Mac as _};
    use sha2::Sha256;

    const BODY: &[u8] = br#"{"type":"call.ended","data":{}}"#;

    fn signed(key: &[u8], sent_at_s: u64) -> HeaderMap {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key will do");
        mac.update(format!("m1.{sent_at_s}.").as_bytes());
        mac.update(BODY);
        let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        let headers =
            [("webhook-id", "m1".to_owned()), ("webhook-timestamp", sent_at_s.to_string()), ("webhook-signature", signature)];
        headers
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(&value).expect("ASCII")))
            .into_iter()
            .collect()
    }

    #[test]
    fn what_is_not_as_it_should_be_is_seen() {
        let (good, now) = (signed(b"key", now_s()), now_s());
        assert_eq!(checked(b"key", &good, BODY).map(|told| told.event), Ok("call.ended".to_owned()));
        assert_eq!(checked(b"another", &good, BODY).err(), Some("the signature is wrong"));
        assert_eq!(checked(b"key", &good, br#"{"type":"call.ended","data":{"call":1}}"#).err(), Some("the signature is wrong"));
        assert_eq!(checked(b"key", &signed(b"key", now - 1_000), BODY).err(), Some("it is too old"));
        let mut other = good;
        other.insert("webhook-id", HeaderValue::from_static("m2"));
        assert_eq!(checked(b"key", &other, BODY).err(), Some("the signature is wrong"));
        other.remove("webhook-id");
        assert_eq!(checked(b"key", &other, BODY).err(), Some("webhook-id"));
    }
}
