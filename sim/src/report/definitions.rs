//! What the figures mean, in words that stand beside them.

use super::run::length;
use crate::figures::named;
use crate::scenario::Scenario;
use cabrank_core::{Denominator, Permille, Queue, ServiceLevel, Span};

/// What the figures of a report mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Definitions {
    /// The queues.
    pub queues: Vec<QueueDefinition>,
    /// Groups of agents who are alike, with their agents' names.
    pub groups: Vec<(String, Vec<String>)>,
}

/// What the figures of a queue mean.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueDefinition {
    /// Its name.
    pub name: String,
    /// What is aimed at, and of what it is a share.
    pub service_level: ServiceLevel,
    /// Who hangs up sooner did not really wait.
    pub short_abandon: Span,
    /// The classes' names and targets.
    pub classes: Vec<(String, Span)>,
    /// The confidence of what is said of the wait; none if nothing is said.
    pub confidence: Option<Permille>,
}

impl Definitions {
    /// Of a scenario's figures.
    pub fn of(scenario: &Scenario) -> Definitions {
        let queues = scenario.settings.queues.iter().enumerate();
        Definitions { queues: queues.map(|(n, queue)| queue_definition(queue, n)).collect(), groups: groups(scenario) }
    }

    /// What a service level is, for each denominator in use.
    pub(super) fn service_level(&self) -> String {
        let mut of: Vec<Denominator> = Vec::new();
        for queue in &self.queues {
            if !of.contains(&queue.service_level.of) {
                of.push(queue.service_level.of);
            }
        }
        let one = |of: &Denominator| {
            let users: Vec<&str> =
                self.queues.iter().filter(|queue| queue.service_level.of == *of).map(|queue| queue.name.as_str()).collect();
            let users = if users.len() == self.queues.len() { String::new() } else { format!(" ({})", users.join(", ")) };
            format!("calls answered within the time / {}{users}", in_words(*of))
        };
        of.iter().map(one).collect::<Vec<_>>().join("; ")
    }

    /// What a short abandon is.
    pub(super) fn short_abandon(&self) -> String {
        let mut limits: Vec<String> = self.queues.iter().map(|queue| length(queue.short_abandon)).collect();
        limits.dedup();
        limits.join(", ")
    }
}

fn queue_definition(queue: &Queue, n: usize) -> QueueDefinition {
    let classes = queue.thresholds.classes.iter().enumerate();
    QueueDefinition {
        name: named(&queue.name, n),
        service_level: queue.thresholds.service_level,
        short_abandon: queue.thresholds.short_abandon,
        classes: classes.map(|(n, class)| (named(&class.name, n), class.target)).collect(),
        confidence: queue.thresholds.quote.map(|quote| quote.confidence),
    }
}

fn groups(scenario: &Scenario) -> Vec<(String, Vec<String>)> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for (n, (agent, roster)) in scenario.settings.agents.iter().zip(&scenario.agents).enumerate() {
        let name = named(&agent.name, n);
        match groups.iter_mut().find(|(group, _)| *group == *roster.group) {
            Some((_, members)) => members.push(name),
            None => groups.push((roster.group.to_string(), vec![name])),
        }
    }
    groups
}

/// `80 % in 20 s`.
pub(super) fn aim(level: ServiceLevel) -> String {
    format!("{} % in {}", f64::from(level.share.0) / 10.0, length(level.within))
}

/// The configuration's word for a denominator.
pub(super) fn word(of: Denominator) -> &'static str {
    match of {
        Denominator::OfferedButShort => "offered-less-short",
        Denominator::Offered => "offered",
        Denominator::Answered => "answered",
        Denominator::AnsweredAndAbandonedLate => "answered-and-abandoned-late",
    }
}

fn in_words(of: Denominator) -> &'static str {
    match of {
        Denominator::OfferedButShort => "(offered − abandoned short)",
        Denominator::Offered => "offered",
        Denominator::Answered => "answered",
        Denominator::AnsweredAndAbandonedLate => "(answered + abandoned after the time)",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::tallies::scenario;

    #[test]
    fn each_denominator_in_use_is_told_with_its_queues() {
        let mut scenario = scenario();
        let mut other = scenario.settings.queues[0].clone();
        other.name = "other".into();
        other.thresholds.service_level.of = Denominator::Answered;
        scenario.settings.queues.push(other);
        let definitions = Definitions::of(&scenario);
        let told = "calls answered within the time / (offered − abandoned short) (q0); calls answered within the time / answered (other)";
        assert_eq!(definitions.service_level(), told);
        let groups = [("day".to_owned(), vec!["a0".to_owned(), "a1".to_owned()]), ("night".to_owned(), vec!["a2".to_owned()])];
        assert_eq!(definitions.groups, groups);
    }

    #[test]
    fn lengths_are_told_in_their_largest_whole_unit() {
        let told = [0, 20, 90, 120, 5_400, 7_200, 9_000, 86_400, 3_601].map(|s| length(Span::secs(s)));
        assert_eq!(told, ["0 s", "20 s", "90 s", "2 min", "90 min", "2 h", "2 h 30 min", "1 d", "3601 s"]);
        assert_eq!(length(Span::millis(2_500)), "2.5 s");
    }
}
