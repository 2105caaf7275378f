//! What a restart has left, for edges to go on from.

use cabrank_core::{AgentId, View};
use cabrank_journal::Notes;

/// What a restart has left.
#[derive(Debug)]
pub struct Left {
    /// What edges have noted.
    pub notes: Notes,
    /// Agents who were idle when the engine went down.
    pub idle: Vec<AgentId>,
    /// The desk as it went on.
    pub view: View,
}
