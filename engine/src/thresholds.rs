//! Thresholds as people read and change them: under the keys of the configuration.

use cabrank_core::{QueueId, Settings, Text, Thresholds};
use cabrank_settings::Fault;
use serde_json::{Map, Value};

/// Keys and values, as the configuration writes them.
pub type Keys = Map<String, Value>;

/// What is in force, under the keys of `[[queue]]`.
pub fn shown(thresholds: &Thresholds, settings: &Settings) -> Keys {
    match serde_json::to_value(cabrank_settings::show(thresholds, &queue_names(settings))) {
        Ok(Value::Object(keys)) => keys,
        // Texts, numbers, lists and tables all have a form in JSON.
        Ok(_) | Err(_) => Keys::new(),
    }
}

/// The thresholds of a queue after `changes`; the keys that these do not name stay as they are in `current`.
///
/// # Errors
/// What is wrong, each with what would be right; also what the whole desk would contradict itself in.
pub fn amended(settings: &Settings, queue: QueueId, current: &Thresholds, changes: &Keys) -> Result<Thresholds, Vec<String>> {
    let table = serde_json::from_value(Value::Object(changes.clone()))
        .map_err(|error| vec![format!("`set` holds what a configuration cannot: {error}")])?;
    let names = queue_names(settings);
    let name = names.get(usize::from(queue.0)).cloned().unwrap_or_default();
    cabrank_settings::amend(&name, current, table, &names).map_err(said)
}

/// What the whole desk would contradict itself in with these thresholds; nothing if it is well.
pub fn contradictions(settings: &Settings, changes: &[(QueueId, Thresholds)]) -> Vec<String> {
    let mut changed = settings.clone();
    for (queue, thresholds) in changes {
        if let Some(slot) = changed.queues.get_mut(usize::from(queue.0)) {
            slot.thresholds = thresholds.clone();
        }
    }
    said(cabrank_settings::contradictions(&changed))
}

/// What differs, each as `key: before -> after`, in the order of keys.
pub fn differences(before: &Keys, after: &Keys) -> Vec<String> {
    let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    let differs = |key: &&String| before.get(*key) != after.get(*key);
    keys.into_iter()
        .filter(differs)
        .map(|key| format!("{key}: {} -> {}", written(before.get(key)), written(after.get(key))))
        .collect()
}

/// The names of queues, by id.
pub fn queue_names(settings: &Settings) -> Vec<Text> {
    settings.queues.iter().map(|queue| queue.name.clone()).collect()
}

fn written(value: Option<&Value>) -> String {
    match value {
        None => "nothing".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(value @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_))) => value.to_string(),
    }
}

fn said(faults: Vec<Fault>) -> Vec<String> {
    faults.into_iter().map(|fault| format!("{}; {}", fault.what, fault.right)).collect()
}

#[cfg(test)]
mod tests {
    use super::{amended, contradictions, differences, shown};
    use crate::names::tests::taxi;
    use cabrank_core::{QueueId, Span, Thresholds};
    use serde_json::json;

    fn keys(value: serde_json::Value) -> super::Keys {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn a_key_changes_alone_and_the_difference_names_it() {
        let names = taxi();
        let settings = names.settings();
        let before = &settings.queues[0].thresholds;
        let after = amended(settings, QueueId(0), before, &keys(json!({"target": "45s"}))).expect("no fault");
        assert_eq!(after.classes[0].target, Span::secs(45));
        assert_eq!(differences(&shown(before, settings), &shown(&after, settings)), ["target: 20s -> 45s"]);
        assert!(contradictions(settings, &[(QueueId(0), after)]).is_empty());
    }

    #[test]
    fn what_is_shown_makes_the_same_thresholds_of_the_defaults() {
        let names = taxi();
        let settings = names.settings();
        let before = &settings.queues[0].thresholds;
        assert_eq!(amended(settings, QueueId(0), &Thresholds::default(), &shown(before, settings)).as_ref(), Ok(before));
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let names = taxi();
        let settings = names.settings();
        let wrong = keys(json!({"ring_for": "2h", "no_such": 1, "target": null}));
        let faults = amended(settings, QueueId(0), &settings.queues[0].thresholds, &wrong).expect_err("faults");
        assert!(!faults.is_empty(), "{faults:?}");
        let wrong = keys(json!({"ring_for": "2h", "no_such": 1}));
        let faults = amended(settings, QueueId(0), &settings.queues[0].thresholds, &wrong).expect_err("faults");
        assert_eq!(faults.len(), 2, "{faults:?}");
    }
}
