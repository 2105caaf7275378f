//! What an agent does, in words.

use super::super::agents::AgentDocument;
use super::shown::clock;
use super::texts::Texts;
use jiff::Timestamp;

/// What an agent does at a moment.
pub(super) struct Doing<'a> {
    pub(super) t: &'static Texts,
    pub(super) agent: &'a AgentDocument,
    /// The moment; RFC 3339.
    pub(super) at: &'a str,
}

impl Doing<'_> {
    /// The state, as the wallboard calls it.
    pub(super) fn state(&self) -> &'static str {
        match self.agent.state {
            "offered" => "ringing",
            state => state,
        }
    }

    /// The same for people.
    pub(super) fn words(&self) -> &'static str {
        let known = self.t.agent_states.iter().find(|(state, _)| *state == self.state());
        known.map_or(self.agent.state, |(_, words)| words)
    }

    /// Why paused; empty if it was not said.
    pub(super) fn reason(&self) -> &str {
        match self.agent.reason.as_deref() {
            Some("missed") => self.t.desk.missed,
            Some("away") => self.t.desk.away,
            reason => reason.unwrap_or_default(),
        }
    }

    /// How long it has been so, or for how long yet.
    pub(super) fn timer(&self) -> String {
        let at: Option<Timestamp> = self.at.parse().ok();
        let other: Option<Timestamp> = self.agent.until.as_ref().unwrap_or(&self.agent.since).parse().ok();
        clock(at.zip(other).map_or(0, |(at, other)| at.duration_since(other).as_secs().unsigned_abs()))
    }

    /// What the agent serves, by name.
    pub(super) fn queues(&self) -> String {
        let queues: Vec<&str> = self.agent.skills.keys().map(String::as_str).collect();
        queues.join(", ")
    }
}
