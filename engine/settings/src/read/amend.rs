//! A change of one queue's thresholds, read like the file.

use super::names::Names;
use super::report::Report;
use super::section::Section;
use super::{document, sharing, thresholds};
use crate::{Fault, show};
use cabrank_core::{QueueId, Settings, Text, Thresholds};
use toml::{Table, Value};

/// Terms that mean nothing unless a callback is offered.
const CALLBACK_TERMS: [&str; 2] = ["callback_retry", "callback_tries"];

/// The thresholds of a queue after `changes`, whose keys are those of `[[queue]]`; what they do not name stays as it is.
/// Tables are merged key by key (`class.regular` changes one class), anything else is replaced; an empty text takes a key
/// away, so that its default holds. `names` are the names of all queues by [`QueueId`].
///
/// # Errors
/// What is wrong with the changes, in the words used for a file. The lines count in the whole of the queue's keys written
/// as TOML and tell nothing to whoever sent the changes. What concerns other queues too, [`contradictions`] says.
pub fn amend(queue: &str, current: &Thresholds, changes: Table, names: &[Text]) -> Result<Thresholds, Vec<Fault>> {
    let taken_away: Vec<String> = changes.iter().filter(|(_, value)| is_nothing(value)).map(|(key, _)| key.clone()).collect();
    let text = amended(show(current, names), changes).to_string();
    let report = Report::new(&text);
    let document = document(&report, &text);
    let names = Names::known("queue", names);
    let section = Section::new(&report, 0..0, "[[queue]]".to_owned(), Some(&document));
    let Some(id) = names.position(queue) else {
        section.wrong(names.unknown(queue), names.nearest(queue));
        return Err(report.into_faults());
    };
    let amended = thresholds::read(&section, QueueId(id), &names);
    taken_away.iter().for_each(|key| section.know(key));
    section.close();
    let faults = report.into_faults();
    if faults.is_empty() { Ok(amended) } else { Err(faults) }
}

/// What a whole desk contradicts itself in, whatever each queue's thresholds are worth alone: ways that end where nobody is,
/// queues that share an agent and not their order, agents all kept back. To be asked of the settings as a change would leave
/// them. The lines of these faults mean nothing.
pub fn contradictions(desk: &Settings) -> Vec<Fault> {
    let report = Report::new("");
    super::reach::Exits::of(desk).check(&report, desk, |_| true);
    sharing::check(&report, desk, &[]);
    report.into_faults()
}

fn amended(mut whole: Table, changes: Table) -> Table {
    let named: Vec<String> = changes.keys().cloned().collect();
    merge(&mut whole, changes);
    if !whole.contains_key("offer_callback_over") {
        CALLBACK_TERMS.iter().filter(|term| !named.iter().any(|key| key == *term)).for_each(|term| drop(whole.remove(*term)));
    }
    whole
}

fn merge(whole: &mut Table, changes: Table) {
    for (key, change) in changes {
        match (whole.get_mut(&key), change) {
            (_, change) if is_nothing(&change) => drop(whole.remove(&key)),
            (Some(Value::Table(below)), Value::Table(changes)) => merge(below, changes),
            (_, change) => drop(whole.insert(key, change)),
        }
    }
}

fn is_nothing(value: &Value) -> bool {
    value.as_str() == Some("")
}
