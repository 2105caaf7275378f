//! What the token of one agent is not good for: another agent's desk, state and calls. A token that is no one agent's knows no such bounds.

use super::auth::{Bearer, VIEWER};
use super::calls::find;
use super::problem::Problem;
use super::server::Api;
use axum::http::StatusCode;
use cabrank_core::{CallId, View};

impl Bearer {
    /// Whether this agent's desk may be seen, and his or her state changed.
    pub(super) fn may_be(&self, agent: &str) -> Result<(), Problem> {
        if self.role == VIEWER {
            return Err(forbidden("A viewer sees no agent; this needs another token.".to_owned()));
        }
        match self.agent.as_deref() {
            Some(own) if own != agent => {
                Err(forbidden(format!("This token is the one of {own}; the desk of {agent} is somebody else's.")))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Whether something may be said of a call that this agent has, or took last.
    pub(super) fn may_write_on(&self, call: CallId, agent: Option<&str>) -> Result<(), Problem> {
        match self.agent.as_deref() {
            Some(own) if agent != Some(own) => {
                Err(forbidden(format!("This token is the one of {own}, and call {call} was somebody else's.")))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Whether something may be said of a case: it is the agent's own, or about a call of his or hers.
    pub(super) async fn may_write_on_case(&self, api: &Api, owner: Option<&str>, calls: &[CallId]) -> Result<(), Problem> {
        let Some(own) = self.agent.as_deref() else { return Ok(()) };
        if owner == Some(own) || (owner.is_some() && owner == self.name.as_deref()) {
            return Ok(());
        }
        let view = api.view().await?;
        for call in calls {
            if agent_of(api, &view, *call).await?.as_deref() == Some(own) {
                return Ok(());
            }
        }
        Err(forbidden(format!("This token is the one of {own}, and the case is neither his or hers nor about a call of theirs.")))
    }

    /// Whether all of these calls are the agent's.
    pub(super) async fn may_open_on(&self, api: &Api, calls: &[CallId]) -> Result<(), Problem> {
        if self.agent.is_none() {
            return Ok(());
        }
        let view = api.view().await?;
        for call in calls {
            self.may_write_on(*call, agent_of(api, &view, *call).await?.as_deref())?;
        }
        Ok(())
    }
}

/// The agent who has a call, or took it last.
async fn agent_of(api: &Api, view: &View, call: CallId) -> Result<Option<String>, Problem> {
    match find(view, call) {
        Some(live) => Ok(live.agent.map(|agent| api.names().agent(agent).to_owned())),
        None => Ok(api.store().record(call).await?.and_then(|record| record.agent)),
    }
}

fn forbidden(detail: String) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, detail)
}
