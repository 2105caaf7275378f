//! Ways into a desk: the lines that callers dial, and one straight into each queue.

use crate::scenario::{Callers, Entrance, Scenario};
use cabrank_core::{
    Caller, ClassId, Closed, Line, LineId, Menu, Number, Profile, QueueId, Service, Settings, Span, Text, Tick, Trust,
};
use std::sync::Arc;

/// The settings with a line more for each queue, behind the others.
pub(super) fn with_straight_lines(settings: &Settings) -> Settings {
    let mut settings = settings.clone();
    settings.lines.extend((0..settings.queues.len()).map(|queue| straight_into(QueueId(queue as u16))));
    settings
}

/// Where and as whom callers come in.
pub(super) struct Lines<'a> {
    scenario: &'a Scenario,
    /// By queue and class: callers whose number is withheld.
    nobodies: Vec<Vec<Caller>>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(scenario: &'a Scenario) -> Lines<'a> {
        let nobodies = |queue: &cabrank_core::Queue| {
            let classes = queue.thresholds.classes.iter();
            classes.map(|class| Caller { profile: profile(&class.name, &[]), ..trusted(None) }).collect()
        };
        Lines { scenario, nobodies: scenario.settings.queues.iter().map(nobodies).collect() }
    }

    /// The line that an entrance stands for, and whether it is open.
    pub(super) fn line(&self, to: &Entrance, now: Tick) -> (LineId, bool) {
        match to {
            // Closed at all hours, it leads to its queue without a word and without a menu.
            Entrance::Queue(queue, _) => (LineId(self.scenario.settings.lines.len() as u16 + queue.0), false),
            Entrance::Line(line, _) => {
                let windows = self.scenario.open.get(usize::from(line.0));
                (*line, windows.is_some_and(|windows| windows.iter().any(|window| window.holds(now))))
            }
        }
    }

    /// A caller whose number is withheld: nobody tells such callers apart.
    pub(super) fn nobody(&self, queue: QueueId, class: ClassId) -> Caller {
        let classes = self.nobodies.get(usize::from(queue.0));
        classes.and_then(|classes| classes.get(usize::from(class.0))).cloned().unwrap_or_else(Caller::unknown)
    }

    /// A caller with a number, who may be known.
    pub(super) fn somebody(&self, to: &Entrance, source: usize, person: u64, known: bool) -> Caller {
        let number = Number(format!("+0{source:03}{person:010}").into());
        let profile = match to {
            Entrance::Queue(queue, class) => {
                let classes = &self.scenario.settings.queues[usize::from(queue.0)].thresholds.classes;
                classes.get(usize::from(class.0)).and_then(|class| profile(&class.name, &[]))
            }
            Entrance::Line(_, class) if known => profile(class, &self.scenario.settings.services),
            Entrance::Line(..) => None,
        };
        Caller { profile, ..trusted(Some(number)) }
    }
}

/// Whether these callers may be known again: only then do they need a number.
pub(super) fn may_come_again(callers: &Callers) -> bool {
    let straight = matches!(callers.to, Entrance::Queue(..));
    !straight
        || callers.redial.is_some()
        || callers.callback.is_some()
        || callers.origin.regulars.is_some()
        || callers.cut_off > 0.0
}

fn straight_into(queue: QueueId) -> Line {
    Line {
        number: format!("straight into {queue}").into(),
        closed: Closed::Queue(queue),
        menu: Menu::default(),
        human: queue,
        silence: Span::secs(1),
    }
}

fn trusted(number: Option<Number>) -> Caller {
    Caller { number, trust: Trust::Trusted, ..Caller::unknown() }
}

/// A profile with all that the services need.
fn profile(class: &Text, services: &[Service]) -> Option<Arc<Profile>> {
    let mut fields: Vec<(Text, Text)> =
        services.iter().flat_map(|service| &service.needs).map(|field| (field.clone(), Text::from("known"))).collect();
    fields.sort();
    fields.dedup();
    Some(Arc::new(Profile { class: class.clone(), fields, ..Profile::default() }))
}
