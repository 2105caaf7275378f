//! Outgoing webhooks: other systems are told of what happens, at least once, signed (Standard Webhooks), and for as long as about
//! a day.
//!
//! What is to be told stands in the store's outbox, written with what happened: neither a crash nor a receiver that is away loses
//! it. Each webhook has a task of its own, so that a slow one holds up no other. What nobody took is dead, and sent again on demand.

mod body;
mod patience;
mod signature;

use crate::directory::Directory;
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

/// Who tells.
#[derive(Debug)]
pub struct Webhooks {
    store: Store,
    directory: Arc<Directory>,
    client: Client,
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
    /// A teller of what stands in that store.
    ///
    /// # Errors
    /// When no HTTP client can be made (no trust roots on this machine).
    pub fn new(store: Store, directory: Arc<Directory>) -> Result<Webhooks, reqwest::Error> {
        Ok(Webhooks { store, directory, client: outward::client()? })
    }

    /// Tells these for as long as the engine runs.
    pub async fn run(self, hooks: Vec<Hook>) {
        let teller = Arc::new(self);
        let mut tasks = JoinSet::new();
        for hook in hooks {
            tasks.spawn(Arc::clone(&teller).tell(Arc::new(hook)));
        }
        loop {
            if let Err(failure) = teller.store.forget_sent(now()).await {
                warn!(%failure, "the outbox of the webhooks could not be tidied");
            }
            tokio::time::sleep(TIDY).await;
        }
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
        let due = self.store.messages_due(&hook.name, now(), AT_ONCE).await?;
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
            Attempt::Taken | Attempt::Pointless => self.store.message_is_done(message, now()).await,
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
        let next_at = pause.map(|pause| now().saturating_add(i64::try_from(pause.as_micros()).unwrap_or(i64::MAX)));
        self.store.message_failed(message, next_at, failure).await
    }

    async fn send(&self, hook: &Hook, message: &Message) -> Result<Attempt, StoreError> {
        let Some(body) = body::of(message, &self.store, &self.directory).await? else { return Ok(Attempt::Pointless) };
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
    let sent_at_s = now() / 1_000_000;
    let signature = signature::signature(key.expose(), id, sent_at_s, body);
    request.header(ID, id).header(TIMESTAMP, sent_at_s).header(SIGNATURE, signature)
}

fn now() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}

#[cfg(test)]
mod tests;
