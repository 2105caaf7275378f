//! What the engine and whoever foresees for it say to each other: a line of JSON each.

use super::{Foreseen, Question, Unforeseen};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cabrank_core::{Code, Thresholds};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What the engine says.
#[derive(Serialize, Deserialize)]
pub(super) enum Told {
    /// Answer this. Nothing else is asked before the answer.
    Asked(Request),
    /// Nobody waits any more for the answer to the request of this number. It is answered all the same, and sooner.
    NeverMind(u64),
}

/// What is asked.
#[derive(Serialize, Deserialize)]
pub(super) struct Request {
    /// Each has a higher one than those before.
    pub(super) number: u64,
    /// When today began.
    pub(super) midnight: Timestamp,
    /// For what.
    pub(super) wish: Wish,
}

/// What is wished for.
#[derive(Serialize, Deserialize)]
pub(super) enum Wish {
    /// To be ready for questions about what is in force.
    Ready(#[serde(with = "super::words")] Vec<Thresholds>),
    /// To know what would come of it.
    Foreseen(Question),
}

/// What was foreseen, if that was the wish.
pub(super) type Answer = Result<Option<Foreseen>, Unforeseen>;

/// Thresholds go in their byte form: what is asked about is what is meant, to the last of them.
pub(super) fn serialize<S: Serializer>(thresholds: &Vec<Thresholds>, serializer: S) -> Result<S::Ok, S::Error> {
    STANDARD.encode(thresholds.to_bytes()).serialize(serializer)
}

/// The same, read back.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Thresholds>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let bytes = STANDARD.decode(text).map_err(de::Error::custom)?;
    Code::from_bytes(&bytes).map_err(de::Error::custom)
}
