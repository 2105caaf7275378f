//! What other systems are told of: written with what happened in one transaction, and kept for a while after it was sent, so that a
//! replay does not send it once more.

use super::entry::Rows;
use super::records::foreign;
use super::{Store, StoreError, in_time};
use cabrank_settings::{Event, Hook};
use sqlx::{AnyConnection, FromRow};

/// What happened longer ago is no news: a replay into an empty store tells nobody of the years before.
const NEWS_US: i64 = 7 * DAY_US;
/// How long what was sent is remembered: longer than it is news.
const REMEMBERED_US: i64 = 8 * DAY_US;
const DAY_US: i64 = 24 * 3600 * 1_000_000;

/// A message to one webhook as a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    id: String,
    hook: String,
    event: Event,
    subject: String,
    happened_at: i64,
}

/// A message whose turn it is, or that is dead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The same for the same event, however often it is sent.
    pub id: String,
    /// The webhook's name.
    pub hook: String,
    /// What happened.
    pub event: Event,
    /// The id of the call or the case that it happened to.
    pub subject: String,
    /// When it happened, in microseconds since 1970 (UTC).
    pub happened_at: i64,
    /// How often it was sent in vain.
    pub attempts: u32,
    /// Why it was in vain the last time.
    pub failure: Option<String>,
}

struct Happened<'a> {
    event: Event,
    subject: &'a str,
    at: i64,
}

impl Rows {
    /// Adds the messages about what these rows say, to whoever wants them; `now` in microseconds since 1970 (UTC).
    pub(super) fn tell(&mut self, hooks: &[Hook], now: i64) {
        let news = |happened: &Happened<'_>| happened.at >= now.saturating_sub(NEWS_US);
        let wanted = self.happened().filter(news).flat_map(|happened| {
            let wants = move |hook: &&Hook| hook.events.contains(&happened.event);
            hooks.iter().filter(wants).map(move |hook| OutboxRow::new(hook, happened.event, happened.subject, happened.at))
        });
        self.outbox = wanted.collect();
    }

    fn happened(&self) -> impl Iterator<Item = Happened<'_>> {
        let ended = self.records.iter().map(|row| Happened { event: Event::CallEnded, subject: &row.call, at: row.ended_at });
        let sent = self.records.iter().filter_map(|row| {
            let at = row.promise.as_ref()?.made_at;
            Some(Happened { event: Event::TaxiDispatched, subject: &row.call, at })
        });
        let rides = self.rides.iter().map(|(call, at)| Happened { event: Event::TaxiDispatched, subject: call, at: *at });
        let due = self.amendments.iter().filter(|row| row.kind == "follow_up").filter_map(|row| {
            let at = row.due_at?;
            Some(Happened { event: Event::FollowUpDue, subject: &row.call, at })
        });
        let cases = self.case_words.iter().filter_map(|row| {
            let event = match row.said.kind {
                "opened" => Event::CaseOpened,
                "closed" => Event::CaseClosed,
                _ => return None,
            };
            Some(Happened { event, subject: &row.case, at: row.said_at })
        });
        ended.chain(sent).chain(rides).chain(due).chain(cases)
    }
}

impl OutboxRow {
    fn new(hook: &Hook, event: Event, subject: &str, at: i64) -> OutboxRow {
        // The signature puts a full stop behind the id.
        let id = format!("{}-{subject}-{at}", event.word().replace('.', "_"));
        OutboxRow { id, hook: hook.name.to_string(), event, subject: subject.to_owned(), happened_at: at }
    }
}

impl Store {
    /// Messages to that webhook whose turn has come by `now` (microseconds since 1970), at most so many.
    ///
    /// # Errors
    /// When the store fails, or holds what this version does not know.
    pub async fn messages_due(&self, hook: &str, now: i64, count_max: u32) -> Result<Vec<Message>, StoreError> {
        let asked = sqlx::query_as(DUE).bind(hook.to_owned()).bind(now).bind(i64::from(count_max));
        let found: Vec<Row> = in_time(async { Ok(asked.fetch_all(&self.reads).await?) }).await?;
        found.into_iter().map(Row::into_message).collect()
    }

    /// That message was taken, or has become pointless.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn message_is_done(&self, message: &Message, now: i64) -> Result<(), StoreError> {
        self.settle(message, "sent", now, None).await
    }

    /// That message was sent in vain; it is sent again at `next_at` (microseconds since 1970), or is dead.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn message_failed(&self, message: &Message, next_at: Option<i64>, failure: &str) -> Result<(), StoreError> {
        let (state, at) = next_at.map_or(("dead", jiff::Timestamp::now().as_microsecond()), |at| ("waiting", at));
        self.settle(message, state, at, Some(failure.to_owned())).await
    }

    /// Dead messages, the newest first, at most so many.
    ///
    /// # Errors
    /// When the store fails, or holds what this version does not know.
    pub async fn dead_messages(&self, count_max: u32) -> Result<Vec<Message>, StoreError> {
        let asked = sqlx::query_as(DEAD).bind(i64::from(count_max));
        let found: Vec<Row> = in_time(async { Ok(asked.fetch_all(&self.reads).await?) }).await?;
        found.into_iter().map(Row::into_message).collect()
    }

    /// How many messages to each webhook wait, and how many are dead: name, whether dead, count.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn messages_left(&self) -> Result<Vec<(String, bool, i64)>, StoreError> {
        let asked = sqlx::query_as::<_, (String, String, i64)>(LEFT);
        let found = in_time(async { Ok(asked.fetch_all(&self.reads).await?) }).await?;
        Ok(found.into_iter().map(|(hook, state, count)| (hook, state == "dead", count)).collect())
    }

    /// Lets dead messages be sent anew: those to one webhook, or of one id, or all of them (where these are empty). Returns how
    /// many.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn send_again(&self, hook: &str, id: &str, now: i64) -> Result<u64, StoreError> {
        let asked = sqlx::query(AGAIN).bind(now).bind(hook.to_owned()).bind(id.to_owned());
        in_time(async { Ok(asked.execute(&self.writes).await?.rows_affected()) }).await
    }

    /// Forgets what was sent so long ago that no replay tells of it again.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn forget_sent(&self, now: i64) -> Result<(), StoreError> {
        let asked = sqlx::query("DELETE FROM outbox WHERE state = 'sent' AND next_at < $1 AND happened_at < $1");
        let asked = asked.bind(now.saturating_sub(REMEMBERED_US));
        in_time(async { Ok(asked.execute(&self.writes).await.map(drop)?) }).await
    }

    async fn settle(&self, message: &Message, state: &str, next_at: i64, failure: Option<String>) -> Result<(), StoreError> {
        let asked = sqlx::query(SETTLE)
            .bind(state.to_owned())
            .bind(next_at)
            .bind(failure)
            .bind(message.id.clone())
            .bind(message.hook.clone());
        in_time(async { Ok(asked.execute(&self.writes).await.map(drop)?) }).await
    }
}

/// Writes messages; one that is there already, sent or not, stays as it is.
pub(super) async fn put(writing: &mut AnyConnection, rows: &[OutboxRow]) -> sqlx::Result<()> {
    for row in rows {
        sqlx::query(PUT)
            .bind(&row.id)
            .bind(&row.hook)
            .bind(row.event.word())
            .bind(&row.subject)
            .bind(row.happened_at)
            .execute(&mut *writing)
            .await?;
    }
    Ok(())
}

const PUT: &str = "INSERT INTO outbox (id, hook, event, subject, happened_at, state, attempts, next_at) \
    VALUES ($1, $2, $3, $4, $5, 'waiting', 0, $5) ON CONFLICT (id, hook) DO NOTHING";

const DUE: &str = "SELECT id, hook, event, subject, happened_at, attempts, failure FROM outbox \
    WHERE hook = $1 AND state = 'waiting' AND next_at <= $2 ORDER BY next_at, id LIMIT $3";

const DEAD: &str = "SELECT id, hook, event, subject, happened_at, attempts, failure FROM outbox \
    WHERE state = 'dead' ORDER BY next_at DESC, id LIMIT $1";

const LEFT: &str =
    "SELECT hook, state, COUNT(*) FROM outbox WHERE state IN ('waiting', 'dead') GROUP BY hook, state ORDER BY hook, state";

const SETTLE: &str =
    "UPDATE outbox SET state = $1, next_at = $2, failure = $3, attempts = attempts + 1 WHERE id = $4 AND hook = $5";

const AGAIN: &str = "UPDATE outbox SET state = 'waiting', next_at = $1, attempts = 0 \
    WHERE state = 'dead' AND ($2 = '' OR hook = $2) AND ($3 = '' OR id = $3)";

#[derive(FromRow)]
struct Row {
    id: String,
    hook: String,
    event: String,
    subject: String,
    happened_at: i64,
    attempts: i64,
    failure: Option<String>,
}

impl Row {
    fn into_message(self) -> Result<Message, StoreError> {
        Ok(Message {
            event: Event::from_word(&self.event).ok_or_else(|| foreign("an event", &self.event))?,
            id: self.id,
            hook: self.hook,
            subject: self.subject,
            happened_at: self.happened_at,
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            failure: self.failure,
        })
    }
}
