//! What an agent does, in words.

use super::super::agents::AgentDocument;
use super::shown::clock;
use super::texts::Texts;
use jiff::Timestamp;

/// The state, as the wallboard calls it.
pub(super) fn state(agent: &AgentDocument) -> &'static str {
    match agent.state {
        "offered" => "ringing",
        state => state,
    }
}

/// The same for people.
pub(super) fn words(agent: &AgentDocument, t: &'static Texts) -> &'static str {
    let known = t.agent_states.iter().find(|(word, _)| *word == state(agent));
    known.map_or(agent.state, |(_, words)| words)
}

/// Why paused.
pub(super) fn reason<'a>(agent: &'a AgentDocument, t: &'static Texts) -> &'a str {
    match agent.reason.as_deref() {
        Some("missed") => t.desk.missed,
        Some("away") => t.desk.away,
        reason => reason.unwrap_or_default(),
    }
}

/// How long it has been so at that moment, or for how long yet.
pub(super) fn timer(agent: &AgentDocument, at: &str) -> String {
    let at: Option<Timestamp> = at.parse().ok();
    let other: Option<Timestamp> = agent.until.as_ref().unwrap_or(&agent.since).parse().ok();
    clock(at.zip(other).map_or(0, |(at, other)| at.duration_since(other).as_secs().unsigned_abs()))
}
