//! The story of a call, for programs and for people.

use super::happening::Happening;
use super::sentences;
use super::watch::Watch;
use crate::epoch::Epoch;
use crate::{names, words};
use cabrank_core::{CallView, Desk, Record, Said, Settings, Span, Tick};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

/// Why a call waited and who served it. Moments are RFC 3339 in UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Story {
    /// The call's id: sixteen hexadecimal digits.
    pub call: String,
    /// Where it is, in the words of `GET /api/v1/calls/{id}`; `ended` when it is over.
    pub state: &'static str,
    /// How it ended.
    pub outcome: Option<&'static str>,
    /// The queue it is or was in last.
    pub queue: Option<String>,
    /// Its class there; empty in a queue without classes.
    pub class: Option<String>,
    /// The agent who rings, talks or took it last.
    pub agent: Option<String>,
    /// Whole seconds from joining the queue to the first connection, the end, or the last thing that the journal knows.
    pub waited_s: Option<u64>,
    /// What was said about the wait, if anything was.
    pub quote: Option<QuoteTold>,
    /// How often what happened.
    pub totals: Totals,
    /// What happened, in order: the beginning and the end of it, if it is too much.
    pub moments: Vec<Moment>,
    /// Moments left out between the beginning and the end.
    pub left_out: u64,
    /// The same in plain sentences.
    pub sentences: Vec<String>,
}

/// What was said about a wait, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Quote)]
pub struct QuoteTold {
    /// When it was said first.
    #[schema(value_type = String)]
    pub said_at: Timestamp,
    /// The end of the wait, as it was said last.
    #[schema(value_type = String)]
    pub until: Timestamp,
    /// `open`, `kept` or `broken`.
    pub settled: &'static str,
}

/// How often what happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = WhyTotals)]
pub struct Totals {
    /// A caller who came later was served before.
    pub overtaken: u64,
    /// Of these, how often the desk gave no reason: a defect.
    pub unexplained: u64,
    /// An agent was rung for it.
    pub rung: u64,
    /// Of these, how many did not take it.
    pub missed: u64,
    /// Thresholds of its queue were changed while it waited.
    pub changes: u64,
    /// Words said to the waiting caller.
    pub spoken_to: u64,
    /// The caller was called back.
    pub called_back: u64,
}

/// Something that happened, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = StoryMoment)]
pub struct Moment {
    /// When.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub what: Happening,
}

impl Moment {
    pub(super) fn new(at: Timestamp, what: Happening) -> Moment {
        Moment { at, what }
    }

    /// What happened as a plain sentence, without when; other moments in it are as they are in that timezone.
    pub fn sentence(&self, zone: &TimeZone) -> String {
        sentences::what(&self.what, zone)
    }
}

impl Story {
    pub(super) fn of(watch: Watch, desk: &Desk) -> Story {
        let end = End::of(&watch, desk);
        let (moments, before_gap, left_out) = watch.moments.into_parts();
        let mut story = Story {
            call: watch.call.to_string(),
            state: end.state,
            outcome: end.outcome,
            queue: end.queue,
            class: end.class,
            agent: end.agent,
            waited_s: end.waited.map(Span::as_secs),
            quote: end.quote.map(|said| quote(&said, watch.epoch)),
            totals: watch.totals,
            moments,
            left_out,
            sentences: Vec::new(),
        };
        story.sentences = sentences::all(&story, before_gap);
        story
    }
}

impl Story {
    /// What the whole comes to, in plain sentences: how it ended, how often what happened.
    pub fn summary(&self) -> [String; 2] {
        sentences::summary(self)
    }
}

/// How the call stands where the journal ends.
#[derive(Default)]
struct End {
    state: &'static str,
    outcome: Option<&'static str>,
    queue: Option<String>,
    class: Option<String>,
    agent: Option<String>,
    waited: Option<Span>,
    quote: Option<Said>,
}

impl End {
    fn of(watch: &Watch, desk: &Desk) -> End {
        match (&watch.record, desk.look_at_call(watch.call)) {
            (Some(record), _) => End::recorded(record, desk.settings()),
            (None, Some(view)) => End::live(&view, desk.settings(), watch.now()),
            (None, None) => End { state: "ended", ..End::default() },
        }
    }

    fn recorded(record: &Record, settings: &Settings) -> End {
        let queued = record.queued_at;
        End {
            state: "ended",
            outcome: Some(words::outcome(record.outcome)),
            queue: record.queue.map(|queue| names::queue(settings, queue).to_owned()),
            class: record.class.as_ref().map(|class| class.to_string()),
            agent: record.agent.map(|agent| names::agent(settings, agent).to_owned()),
            waited: queued.map(|queued| record.connected_at.unwrap_or(record.ended_at).since(queued)),
            quote: record.quote,
        }
    }

    fn live(view: &CallView, settings: &Settings, now: Tick) -> End {
        End {
            state: words::stage(view.stage),
            outcome: None,
            queue: view.queue.map(|queue| names::queue(settings, queue).to_owned()),
            class: view.queue.zip(view.class).map(|(queue, class)| names::class(settings, queue, class).to_owned()),
            agent: view.agent.map(|agent| names::agent(settings, agent).to_owned()),
            waited: view.queued_at.map(|queued| view.connected_at.unwrap_or(now).since(queued)),
            quote: view.quote,
        }
    }
}

fn quote(said: &Said, epoch: Epoch) -> QuoteTold {
    QuoteTold { said_at: epoch.at(said.at), until: epoch.at(said.until), settled: words::settled(said.settled) }
}
