//! Outgoing webhooks: other systems are told of what happens, at least once, signed (Standard Webhooks), and for as long as about
//! a day.
//!
//! What is to be told stands in the store's outbox, written with what happened: neither a crash nor a receiver that is away loses
//! it. Each webhook has a task of its own, so that a slow one holds up no other. What nobody took is dead:
//! `GET /api/v1/webhooks/dead` shows it, `cabrank_webhook_messages_dead` counts it, and `POST /api/v1/webhooks/dead:send` sends it
//! again.
//!
//! A message is a POST of `{"type": …, "timestamp": …, "data": …}` with the headers `webhook-id` (the same for the same event,
//! however often it is sent: who has seen it need not look again), `webhook-timestamp` (seconds since 1970) and
//! `webhook-signature`: `v1,` and the Base64 of HMAC-SHA256 over id, timestamp and body, joined by full stops, by the key behind
//! `whsec_`. Any 2xx takes it. 410 says that nothing more is wanted: the message is dead at once. Anything else, 15 seconds of
//! silence or a redirect is a failure, and it is sent again after 5 s, 30 s, 5 min, 30 min, 2 h and then every 5 h, ten times in
//! all; each pause is longer by up to a fifth.
//!
//! | `type` | when | `data` |
//! |---|---|---|
//! | `call.ended` | a call's record is kept | the call, as `GET /api/v1/calls/{id}` shows it |
//! | `taxi.dispatched` | a taxi was promised; the call may go on | the same, as it is when it is sent |
//! | `case.opened`, `case.closed` | somebody wrote that down | the case, its calls with who called, `feedback` for the customer |
//! | `follow-up.due` | its time has come, and it is still to be done | the call, who called, what is to be done, who owns it |

mod body;
mod patience;
mod signature;

use crate::directory::Directory;
use crate::door::{Busy, Door};
use crate::epoch::Epoch;
use crate::epoch::now_micros;
use crate::glance::Glance;
use crate::names::Names;
use crate::outward;
use crate::store::{Message, Store, StoreError};
use cabrank_settings::{Hook, SigningKey};
use reqwest::header::{CONTENT_TYPE, HeaderName};
use reqwest::{Client, RequestBuilder, StatusCode};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tracing::{info, warn};

/// How often the outbox is looked into.
const LOOK: Duration = Duration::from_secs(1);
/// Messages under way to one webhook.
const AT_ONCE: u32 = 16;
/// How long a receiver may take, as Standard Webhooks recommend.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// How often what was sent long ago is forgotten.
const TIDY: Duration = Duration::from_secs(3600);

const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// What others are told is looked up here.
#[derive(Debug)]
pub struct Known {
    /// What is kept.
    pub store: Store,
    /// Who calls.
    pub directory: Arc<Directory>,
    /// Calls that go on.
    pub door: Door,
    /// The names behind the desk's ids.
    pub names: Names,
    /// What its ticks count from.
    pub epoch: Epoch,
}

/// Who tells.
#[derive(Debug)]
pub struct Webhooks(Teller);

#[derive(Debug)]
struct Teller {
    store: Store,
    directory: Arc<Directory>,
    glance: Glance,
    names: Names,
    epoch: Epoch,
    client: Client,
}

/// Why it cannot be said now what happened.
#[derive(Debug, thiserror::Error)]
enum Untold {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Busy(#[from] Busy),
    #[error("the call has just ended, and its record is not kept yet")]
    NotRecorded,
}

/// What became of an attempt.
enum Attempt {
    Taken,
    /// There is nothing to tell any more.
    Pointless,
    Failed(String),
    /// The receiver wants no more of it.
    Refused,
}

impl Webhooks {
    /// Tells of what stands in the store. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When no HTTP client can be made (no trust roots on this machine).
    pub fn new(known: Known) -> Result<Webhooks, reqwest::Error> {
        Teller::new(known).map(Webhooks)
    }

    /// Tells these for as long as the engine runs.
    pub async fn run(self, hooks: Vec<Hook>) {
        let teller = Arc::new(self.0);
        let mut tasks = JoinSet::new();
        for hook in hooks {
            tasks.spawn(Arc::clone(&teller).tell(Arc::new(hook)));
        }
        loop {
            if let Err(failure) = teller.store.forget_sent(now_micros()).await {
                warn!(%failure, "the outbox of the webhooks could not be tidied");
            }
            tokio::time::sleep(TIDY).await;
        }
    }
}

impl Teller {
    fn new(known: Known) -> Result<Teller, reqwest::Error> {
        let Known { store, directory, door, names, epoch } = known;
        Ok(Teller { store, directory, glance: Glance::new(door), names, epoch, client: outward::client()? })
    }

    async fn tell(self: Arc<Self>, hook: Arc<Hook>) {
        loop {
            match self.look(&hook).await {
                Ok(count) if count == AT_ONCE as usize => {}
                Ok(_) => tokio::time::sleep(LOOK).await,
                Err(failure) => {
                    warn!(hook = %hook.name, %failure, "the outbox cannot be read or written; messages wait");
                    tokio::time::sleep(LOOK).await;
                }
            }
        }
    }

    /// Sends what is due, all of it at once. Returns how many messages that were.
    async fn look(self: &Arc<Self>, hook: &Arc<Hook>) -> Result<usize, StoreError> {
        let due = self.store.messages_due(&hook.name, now_micros(), AT_ONCE).await?;
        let count = due.len();
        let mut under_way = JoinSet::new();
        for message in due {
            let (teller, hook) = (Arc::clone(self), Arc::clone(hook));
            under_way.spawn(async move { teller.attempt(&hook, &message).await });
        }
        while let Some(ended) = under_way.join_next().await {
            ended.unwrap_or(Ok(()))?;
        }
        Ok(count)
    }

    async fn attempt(&self, hook: &Hook, message: &Message) -> Result<(), StoreError> {
        match self.send(hook, message).await? {
            Attempt::Taken | Attempt::Pointless => self.store.message_is_done(message, now_micros()).await,
            Attempt::Refused => self.failed(hook, message, None, "410 Gone").await,
            Attempt::Failed(failure) => {
                let pause = patience::pause(message.attempts.saturating_add(1), rand::random());
                self.failed(hook, message, pause, &failure).await
            }
        }
    }

    async fn failed(&self, hook: &Hook, message: &Message, pause: Option<Duration>, failure: &str) -> Result<(), StoreError> {
        match pause {
            Some(pause) => info!(hook = %hook.name, id = message.id, failure, pause_s = pause.as_secs(), "a webhook failed"),
            None => warn!(hook = %hook.name, id = message.id, failure, "a webhook's message is dead: GET /api/v1/webhooks/dead"),
        }
        let next_at = pause.map(|pause| now_micros().saturating_add(i64::try_from(pause.as_micros()).unwrap_or(i64::MAX)));
        self.store.message_failed(message, next_at, failure).await
    }

    async fn send(&self, hook: &Hook, message: &Message) -> Result<Attempt, StoreError> {
        let body = match body::of(message, self).await {
            Ok(Some(body)) => body,
            Ok(None) => return Ok(Attempt::Pointless),
            Err(Untold::Store(failure)) => return Err(failure),
            Err(untold @ (Untold::Busy(_) | Untold::NotRecorded)) => return Ok(Attempt::Failed(untold.to_string())),
        };
        let request = self.client.post(hook.url.clone()).timeout(ANSWER_WITHIN).header(CONTENT_TYPE, "application/json");
        let request = signed(request, &hook.key, &message.id, &body).body(body);
        // However long the answer is: its status says it all, and the rest is not read.
        Ok(match request.send().await {
            Ok(answer) if answer.status().is_success() => Attempt::Taken,
            Ok(answer) if answer.status() == StatusCode::GONE => Attempt::Refused,
            Ok(answer) => Attempt::Failed(format!("it answered {}", answer.status())),
            Err(error) => Attempt::Failed(outward::root_cause(&error.without_url())),
        })
    }
}

/// A request that bears the signature of its body, as one message of that id, sent now.
pub fn signed(request: RequestBuilder, key: &SigningKey, id: &str, body: &[u8]) -> RequestBuilder {
    let sent_at_s = now_micros() / 1_000_000;
    let signature = signature::signature(key.expose(), id, sent_at_s, body);
    request.header(ID, id).header(TIMESTAMP, sent_at_s).header(SIGNATURE, signature)
}

#[cfg(test)]
mod tests;
