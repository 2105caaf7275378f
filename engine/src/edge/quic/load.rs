//! A load generator: a gateway that also speaks for every agent.

use super::agent::paused;
use super::connection::Visit;
use super::edge::Edge;
use super::gateway::Fault;
use super::stream::Over;
use cabrank_core::{Text, Wish};
use cabrank_wire::v1::from_load::Message;
use cabrank_wire::v1::{self, Figures, FromLoad, SetAgent, ToLoad, set_agent, to_load};
use std::time::Duration;

/// Serves a load generator's session until it or its connection is over.
pub(super) async fn serve(visit: &mut Visit, by: Text) -> Over {
    let edge = std::sync::Arc::clone(&visit.edge);
    loop {
        let said = match visit.talk.hear::<FromLoad>().await {
            Ok(said) => said.message,
            Err(over) => return over,
        };
        let answer = match said {
            Some(Message::Echo(echo)) => Some(to_load::Message::Echo(echo)),
            Some(Message::AskFigures(_)) => edge.figures().await.map(to_load::Message::Figures),
            Some(Message::SetAgent(asked)) => edge.set_agent(asked, &by).await.err().map(to_load::Message::Fault),
            None => Some(to_load::Message::Fault(Fault::Unreadable.message())),
        };
        if let Some(answer) = answer {
            visit.talk.outlet().say(&ToLoad { message: Some(answer) });
        }
    }
}

impl Edge {
    async fn figures(&self) -> Option<Figures> {
        let figures = self.door.count().await.ok()?;
        let micros = |latency: Duration| u32::try_from(latency.as_micros()).unwrap_or(u32::MAX);
        Some(Figures {
            inputs: figures.inputs,
            refused: figures.refused,
            dropped: figures.dropped,
            turned_away: figures.turned_away,
            latency_p50_us: micros(figures.latency_p50),
            latency_p99_us: micros(figures.latency_p99),
            latency_max_us: micros(figures.latency_max),
        })
    }

    /// Asks a state for any agent.
    pub(super) async fn set_agent(&self, asked: SetAgent, by: &Text) -> Result<(), v1::Fault> {
        let agent = self.guests.agent(&asked.agent).ok_or_else(|| v1::Fault {
            word: "unknown_agent".to_owned(),
            sentence: "the desk has no agent of that name".to_owned(),
        })?;
        let wish = match asked.state {
            Some(set_agent::State::Ready(_)) => Wish::Ready,
            Some(set_agent::State::Pause(pause)) => paused(&pause.reason),
            Some(set_agent::State::SignOut(_)) => Wish::SignOut,
            None => return Err(Fault::Unreadable.message()),
        };
        self.ask_for(agent, wish, by.clone()).await
    }
}
