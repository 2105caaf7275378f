//! `/tune`: thresholds, what others would make of today, and what came of those that were changed.

mod fields;
mod history;
mod shown;

use super::super::changes;
use super::super::parts::words;
use super::super::problem::Problem;
use super::super::queues::find;
use super::super::thresholds::REASON_CHARS_MAX;
use super::super::what_if::foreseen;
use super::frame::{self, Frame};
use super::guard::escaped;
use super::guest::Guest;
use super::texts::{ENGLISH, Texts};
use super::times;
use crate::in_force::Now;
use crate::thresholds::shown as keys_of;
use crate::tuning;
use askama::Template;
use axum::Form;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use cabrank_core::QueueId;
use fields::{Group, Typed, groups};
use history::History;
use serde::Deserialize;
use shown::{Fragment, Told};
use std::time::Duration;

/// Where the page lies.
const HERE: &str = "/tune";
/// How often the store is asked for a change that was just made, and how long it rests in between.
const LOOKS: u32 = 40;
const REST: Duration = Duration::from_millis(50);

/// Which queue.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    queue: String,
    /// The change that was just made.
    done: Option<u64>,
}

/// What a form sends: names and values.
type Sent = Vec<(String, String)>;

/// What somebody has typed, with the number of changes that he or she saw.
struct Draft {
    queue: String,
    seen: Option<u64>,
    reason: String,
    typed: Typed,
}

/// What stands above the form.
enum Notice {
    Done(u64),
    Fault { heading: &'static str, detail: Vec<String>, then: &'static str },
}

#[derive(Template)]
#[template(path = "tune.html")]
struct Tune {
    frame: Frame,
    t: &'static Texts,
    queues: Vec<(String, String)>,
    seen: u64,
    reason: String,
    groups: Vec<Group>,
    notice: Option<Notice>,
    foreseen: String,
    history: History,
}

/// The page.
pub(super) async fn page(guest: Guest, Query(wanted): Query<Wanted>) -> Response {
    let draft = Draft { queue: wanted.queue, seen: None, reason: String::new(), typed: Typed::default() };
    let shown = guest.shown(draft, StatusCode::OK, wanted.done.map(Notice::Done), Told::Nothing).await;
    shown.unwrap_or_else(|problem| guest.fault(HERE, &problem))
}

/// What was typed: foreseen or applied, whichever was pressed.
pub(super) async fn sent(guest: Guest, Form(sent): Form<Sent>) -> Response {
    let done = match (guest.sent(field(&sent, "csrf")), field(&sent, "do")) {
        (Err(problem), _) => Err(problem),
        (Ok(()), "foresee") => guest.foresees(Draft::of(&sent)).await,
        (Ok(()), _) => guest.applies(Draft::of(&sent)).await,
    };
    done.unwrap_or_else(|problem| guest.fault(HERE, &problem))
}

/// What would come of what was typed, to stand in the page.
pub(super) async fn foresight(guest: Guest, Form(sent): Form<Sent>) -> Result<(StatusCode, Html<String>), Problem> {
    guest.sent(field(&sent, "csrf"))?;
    let (status, told) = match guest.told(&Draft::of(&sent)).await {
        Ok(told) => (StatusCode::OK, told),
        Err(problem) => {
            let (status, _, detail) = problem.told();
            (status, Told::Not(detail.to_owned()))
        }
    };
    let html = rendered(told)?;
    Ok((status, Html(html)))
}

/// What came of the queue's changes by now, to take the place of what stands in the page.
pub(super) async fn history(guest: Guest, Query(wanted): Query<Wanted>) -> Result<Html<String>, Problem> {
    guest.bearer.may_tune()?;
    let now = guest.api.in_force().now();
    let queue = named(&now, &wanted.queue)?;
    let name = now.settings.queues[usize::from(queue.0)].name.to_string();
    Ok(Html(History::of(&guest, name).await?.rendered()?))
}

/// Takes a change back.
pub(super) async fn revert(guest: Guest, Form(sent): Form<Sent>) -> Response {
    match guest.takes_back(&sent).await {
        Ok(response) => response,
        Err(problem) => {
            let draft = Draft { typed: Typed::default(), reason: String::new(), ..Draft::of(&sent) };
            let (status, _, detail) = problem.told();
            let notice = Notice::fault(ENGLISH.tune.refused, vec![detail.to_owned()], "");
            let page = guest.shown(draft, status, Some(notice), Told::Nothing).await;
            page.unwrap_or_else(|problem| guest.fault(HERE, &problem))
        }
    }
}

impl Guest {
    /// The page for a queue: the first one if none is named.
    async fn shown(&self, draft: Draft, status: StatusCode, notice: Option<Notice>, told: Told) -> Result<Response, Problem> {
        self.bearer.may_tune()?;
        self.api.foresight().make_ready();
        let now = self.api.in_force().now();
        let queue = named(&now, &draft.queue)?;
        let thresholds = keys_of(&now.settings.queues[usize::from(queue.0)].thresholds, &now.settings);
        let name = now.settings.queues[usize::from(queue.0)].name.to_string();
        let queues = now.settings.queues.iter().map(|queue| (queue.name.to_string(), escaped(&queue.name)));
        let page = Tune {
            frame: self.frame(HERE),
            t: &ENGLISH,
            queues: queues.collect(),
            history: History::of(self, name).await?,
            seen: now.changes,
            reason: draft.reason,
            groups: groups(&thresholds, &draft.typed, now.settings.queues.len()),
            notice,
            foreseen: rendered(told)?,
        };
        Ok(self.answer(status, &page))
    }

    async fn told(&self, draft: &Draft) -> Result<Told, Problem> {
        self.bearer.may_tune()?;
        let set = draft.typed.set();
        if set.is_empty() {
            return Ok(Told::Nothing);
        }
        let now = self.api.in_force().now();
        let queue = named(&now, &draft.queue)?;
        let thresholds = tuning::understood(&now, queue, &set)?;
        let foreseen = foreseen(&self.api, &now, vec![(queue, thresholds)]).await?;
        Ok(Told::of(&foreseen, &now.settings.queues[usize::from(queue.0)].name, self.api.zone()))
    }

    async fn foresees(&self, draft: Draft) -> Result<Response, Problem> {
        let (status, told) = match self.told(&draft).await {
            Ok(told) => (StatusCode::OK, told),
            Err(problem) => {
                let (status, _, detail) = problem.told();
                (status, Told::Not(detail.to_owned()))
            }
        };
        self.shown(draft, status, None, told).await
    }

    async fn applies(&self, draft: Draft) -> Result<Response, Problem> {
        let by = self.bearer.may_tune()?;
        let now = self.api.in_force().now();
        if draft.seen != Some(now.changes) {
            return self.collided(draft, &now).await;
        }
        let made = async {
            let queue = named(&now, &draft.queue)?;
            let reason = words("reason", &draft.reason, REASON_CHARS_MAX)?;
            let thresholds = tuning::understood(&now, queue, &draft.typed.set())?;
            Ok::<_, Problem>(
                tuning::make(self.api.door(), self.api.in_force(), &now, vec![(queue, thresholds)], by, reason).await,
            )
        };
        match made.await {
            Ok(Ok(change)) => Ok(self.done(&draft.queue, change.number).await),
            Ok(Err(tuning::Untuned::Outdated)) => {
                let now = self.api.in_force().now();
                self.collided(draft, &now).await
            }
            Ok(Err(untuned)) => self.refused(draft, &untuned.into()).await,
            Err(problem) => self.refused(draft, &problem).await,
        }
    }

    async fn refused(&self, draft: Draft, problem: &Problem) -> Result<Response, Problem> {
        let (status, _, detail) = problem.told();
        let notice = Notice::fault(ENGLISH.tune.refused, vec![detail.to_owned()], "");
        self.shown(draft, status, Some(notice), Told::Nothing).await
    }

    /// Who was slower is told who was faster.
    async fn collided(&self, draft: Draft, now: &Now) -> Result<Response, Problem> {
        self.kept(now.changes).await;
        let t = ENGLISH.tune;
        let since = draft.seen.unwrap_or(0);
        let newer = changes::since(&self.api, since).await?;
        let said = newer.iter().flat_map(|change| {
            let at = times::time(&change.at, self.api.zone());
            let by = format!("{at}, {} ({})", change.by, change.reason);
            change.queues.iter().map(move |changed| format!("{by}: {}, {}", changed.queue, changed.what.join(", ")))
        });
        let notice = Notice::fault(t.collided, said.collect(), t.collided_then);
        self.shown(draft, StatusCode::PRECONDITION_FAILED, Some(notice), Told::Nothing).await
    }

    async fn takes_back(&self, sent: &Sent) -> Result<Response, Problem> {
        self.sent(field(sent, "csrf"))?;
        let by = self.bearer.may_tune()?;
        let number = field(sent, "number").parse();
        let number: u64 = number.map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "`number` is that of a change."))?;
        let reason = words("reason", field(sent, "reason"), REASON_CHARS_MAX)?;
        let (now, before) = changes::before(&self.api, number).await?;
        let change = tuning::make(self.api.door(), self.api.in_force(), &now, before, by, reason).await?;
        Ok(self.done(field(sent, "queue"), change.number).await)
    }

    async fn done(&self, queue: &str, number: u64) -> Response {
        self.kept(number).await;
        Redirect::to(&format!("/tune?queue={}&done={number}", escaped(queue))).into_response()
    }

    /// The store follows in a moment: the page that comes next should show the change.
    async fn kept(&self, number: u64) {
        for _ in 0..LOOKS {
            if !matches!(self.api.store().change(number).await, Ok(None)) {
                return;
            }
            tokio::time::sleep(REST).await;
        }
    }
}

impl Draft {
    fn of(sent: &Sent) -> Draft {
        Draft {
            queue: field(sent, "queue").to_owned(),
            seen: field(sent, "seen").parse().ok(),
            reason: field(sent, "reason").to_owned(),
            typed: Typed::of(sent),
        }
    }
}

impl Notice {
    fn fault(heading: &'static str, detail: Vec<String>, then: &'static str) -> Notice {
        Notice::Fault { heading, detail, then }
    }
}

fn field<'a>(sent: &'a Sent, name: &str) -> &'a str {
    sent.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

/// The queue of that name; the first one if there is no name.
fn named(now: &Now, name: &str) -> Result<QueueId, Problem> {
    if name.is_empty() && !now.settings.queues.is_empty() { Ok(QueueId(0)) } else { find(now, name) }
}

fn rendered(told: Told) -> Result<String, Problem> {
    frame::part(&Fragment { t: &ENGLISH, told })
}
