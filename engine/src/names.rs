//! The names behind the desk's ids, and the ids behind names that people and programs use.

use cabrank_core::{AgentId, ClassId, LineId, QueueId, ServiceId, Settings};
use std::sync::Arc;

/// What stands for an id that the settings do not know (a journal older than the settings may name one).
const UNKNOWN: &str = "unknown";

/// One desk's names. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Names(Arc<Settings>);

impl Names {
    /// The names in these settings.
    pub fn new(settings: Arc<Settings>) -> Names {
        Names(settings)
    }

    /// The settings that the names come from.
    pub fn settings(&self) -> &Settings {
        &self.0
    }

    /// The dialled number or SIP user part of a line.
    pub fn line(&self, id: LineId) -> &str {
        line(&self.0, id)
    }

    /// A queue's name.
    pub fn queue(&self, id: QueueId) -> &str {
        queue(&self.0, id)
    }

    /// The name of a class of a queue; empty for the one class of a queue without classes.
    pub fn class(&self, queue: QueueId, id: ClassId) -> &str {
        class(&self.0, queue, id)
    }

    /// A service's name.
    pub fn service(&self, id: ServiceId) -> &str {
        self.0.services.get(usize::from(id.0)).map_or(UNKNOWN, |service| &service.name)
    }

    /// An agent's name.
    pub fn agent(&self, id: AgentId) -> &str {
        agent(&self.0, id)
    }

    /// The agent of that name, if there is one.
    pub fn agent_id(&self, name: &str) -> Option<AgentId> {
        let at = self.0.agents.iter().position(|agent| &*agent.name == name)?;
        u32::try_from(at).ok().map(AgentId)
    }

    /// The queue of that name, if there is one.
    pub fn queue_id(&self, name: &str) -> Option<QueueId> {
        let at = self.0.queues.iter().position(|queue| &*queue.name == name)?;
        u16::try_from(at).ok().map(QueueId)
    }
}

/// The dialled number or SIP user part of a line in these settings.
pub fn line(settings: &Settings, id: LineId) -> &str {
    settings.lines.get(usize::from(id.0)).map_or(UNKNOWN, |line| &line.number)
}

/// A queue's name in these settings.
pub fn queue(settings: &Settings, id: QueueId) -> &str {
    settings.queues.get(usize::from(id.0)).map_or(UNKNOWN, |queue| &queue.name)
}

/// The name of a class of a queue in these settings; the one class of a queue without classes has none.
pub fn class(settings: &Settings, queue: QueueId, id: ClassId) -> &str {
    let queue = settings.queues.get(usize::from(queue.0));
    queue.and_then(|queue| queue.thresholds.classes.get(usize::from(id.0))).map_or(UNKNOWN, |class| &class.name)
}

/// An agent's name in these settings.
pub fn agent(settings: &Settings, id: AgentId) -> &str {
    usize::try_from(id.0).ok().and_then(|at| settings.agents.get(at)).map_or(UNKNOWN, |agent| &agent.name)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::Names;
    use cabrank_core::{
        Agent, AgentId, Choice, Closed, Limits, Line, LineId, Menu, Queue, QueueId, Service, ServiceId, Settings, SignIn, Skill,
        Span, Thresholds,
    };
    use std::sync::Arc;

    /// A small taxi desk: one line, one service, one queue, two agents.
    pub(crate) fn taxi() -> Names {
        let booking = QueueId(0);
        Names::new(Arc::new(Settings {
            name: "taxi".into(),
            limits: Limits { calls_max: 100 },
            lines: vec![Line {
                number: "+6565521111".into(),
                closed: Closed::Message,
                menu: Menu {
                    one: Some(Choice::Instant { service: ServiceId(0), otherwise: booking, proof: None }),
                    two: Some(Choice::Queue(booking)),
                },
                human: booking,
                silence: Span::secs(5),
            }],
            services: vec![Service { name: "taxi-now".into(), timeout: Span::secs(2), needs: vec!["pickup".into()] }],
            queues: vec![Queue { name: "booking".into(), thresholds: Thresholds::default() }],
            agents: ["a101", "a102"].map(|name| agent(name, booking)).into(),
        }))
    }

    fn agent(name: &str, queue: QueueId) -> Agent {
        Agent { name: name.into(), skills: vec![Skill { queue, level: 1 }], sign_in: SignIn::WithPhone }
    }

    #[test]
    fn ids_and_names_lead_to_each_other() {
        let names = taxi();
        assert_eq!(names.agent(AgentId(1)), "a102");
        assert_eq!(names.agent_id("a102"), Some(AgentId(1)));
        assert_eq!(names.queue_id("booking"), Some(QueueId(0)));
        assert_eq!(names.line(LineId(0)), "+6565521111");
    }

    #[test]
    fn an_id_out_of_the_settings_is_called_unknown() {
        assert_eq!(taxi().agent(AgentId(9)), "unknown");
        assert_eq!(taxi().agent_id("a999"), None);
    }
}
