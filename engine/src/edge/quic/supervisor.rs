//! A supervisor's program: figures of the queues as datagrams, thresholds, and agents' states.

use super::agent::words;
use super::connection::Visit;
use super::edge::Edge;
use super::gateway::Fault;
use super::said::millis;
use super::stream::Over;
use crate::lane::unix_micros_now;
use crate::thresholds::Keys;
use crate::tuning::{self, Untuned};
use cabrank_core::{QueueView, Text};
use cabrank_wire::v1::from_supervisor::Message;
use cabrank_wire::v1::{self, Changed, FromSupervisor, QueueFigures, SetThresholds, ToSupervisor, to_supervisor};
use prost::Message as _;
use quinn::Connection;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

/// The longest reason for a change, in characters.
const REASON_CHARS_MAX: usize = 500;
/// Nobody watches faster.
const WATCH_MS_MIN: u32 = 100;
/// Nor is anybody told of what was wanted so seldom.
const WATCH_MS_MAX: u32 = 60_000;

/// Serves a supervisor's session until it or its connection is over.
pub(super) async fn serve(visit: &mut Visit, by: Text) -> Over {
    let edge = Arc::clone(&visit.edge);
    // What was watched before ends when something else is.
    let mut watching: Option<Watching> = None;
    loop {
        let said = match visit.talk.hear::<FromSupervisor>().await {
            Ok(said) => said.message,
            Err(over) => return over,
        };
        let answer = match said {
            Some(Message::SetThresholds(asked)) => Some(match edge.set_thresholds(asked, &by).await {
                Ok(number) => to_supervisor::Message::Changed(Changed { number }),
                Err(fault) => to_supervisor::Message::Fault(fault),
            }),
            Some(Message::SetAgent(asked)) => match edge.set_agent(asked.clone(), &by).await {
                Ok(()) => edge.agent_state(&asked.agent).await.map(to_supervisor::Message::Agent),
                Err(fault) => Some(to_supervisor::Message::Fault(fault)),
            },
            Some(Message::Watch(watch)) => {
                drop(watching.take());
                watching = Watching::start(&edge, &visit.connection, watch.every_ms);
                None
            }
            None => Some(to_supervisor::Message::Fault(Fault::Unreadable.message())),
        };
        if let Some(answer) = answer {
            visit.talk.outlet().say(&ToSupervisor { message: Some(answer) });
        }
    }
}

impl Edge {
    async fn set_thresholds(&self, asked: SetThresholds, by: &Text) -> Result<u64, v1::Fault> {
        let fault = |word: &str, sentence: String| v1::Fault { word: word.to_owned(), sentence };
        let queue = self.queue(&asked.queue).map_err(Fault::message)?;
        let seen = self.in_force.now();
        if asked.base != seen.changes {
            return Err(untuned(&Untuned::Outdated));
        }
        let reason = words(&asked.reason, REASON_CHARS_MAX)
            .ok_or_else(|| fault("faults", format!("`reason` takes 1 to {REASON_CHARS_MAX} characters on one line.")))?;
        let set: Keys = serde_json::from_str(&asked.set_json)
            .map_err(|error| fault("unreadable", format!("`set_json` is no JSON object: {error}")))?;
        let thresholds = tuning::understood(&seen, queue, &set).map_err(|why| untuned(&why))?;
        let made = tuning::make(&self.door, &self.in_force, &seen, vec![(queue, thresholds)], by.clone(), reason).await;
        made.map(|change| change.number).map_err(|why| untuned(&why))
    }

    async fn agent_state(&self, name: &str) -> Option<v1::AgentState> {
        let id = self.guests.agent(name)?;
        let view = self.glance.new_look().await.ok()?;
        let agent = view.agents.get(id.0 as usize)?;
        Some(v1::AgentState { agent: name.to_owned(), ..super::agent::shown(agent) })
    }

    fn figures_of(&self, queue: &QueueView, changes: u64) -> QueueFigures {
        let name = self.settings.queues.get(usize::from(queue.queue.0)).map(ToString::to_string).unwrap_or_default();
        QueueFigures {
            queue: name,
            waiting: queue.waiting,
            longest_wait_ms: millis(queue.longest_wait),
            callbacks: queue.callbacks,
            on_duty: queue.on_duty,
            missed_in_ms: queue.missed_in.map(millis).unwrap_or_default(),
            at_most_ms: queue.at_most.map(millis).unwrap_or_default(),
            changes,
            at_ms: i64::try_from(unix_micros_now() / 1_000).unwrap_or(i64::MAX),
        }
    }
}

/// A word that never changes, and the sentence.
fn untuned(why: &Untuned) -> v1::Fault {
    let word = match why {
        Untuned::NothingNamed | Untuned::Faults(_) => "faults",
        Untuned::AlreadySo => "already_so",
        Untuned::Outdated => "outdated",
        Untuned::Busy(_) | Untuned::TooFast => "busy",
        Untuned::Refused(_) => "refused",
    };
    v1::Fault { word: word.to_owned(), sentence: why.to_string() }
}

/// Figures that are sent now and then, until this is dropped.
struct Watching(JoinHandle<()>);

impl Watching {
    fn start(edge: &Arc<Edge>, connection: &Connection, every_ms: u32) -> Option<Watching> {
        let every = Duration::from_millis(every_ms.clamp(WATCH_MS_MIN, WATCH_MS_MAX).into());
        (every_ms > 0).then(|| Watching(tokio::spawn(watch(Arc::clone(edge), connection.clone(), every))))
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn watch(edge: Arc<Edge>, connection: Connection, every: Duration) {
    let mut tick = tokio::time::interval(every);
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tick.tick().await;
        let Ok(view) = edge.glance.recent().await else { continue };
        let changes = edge.in_force.now().changes;
        for queue in &view.queues {
            let figures = edge.figures_of(queue, changes);
            // A client that takes no datagrams is shown none.
            if connection.send_datagram(figures.encode_to_vec().into()).is_err() {
                return;
            }
        }
    }
}
