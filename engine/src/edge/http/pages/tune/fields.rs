//! Thresholds as fields of a form, and back.

use super::super::texts::ENGLISH;
use super::super::texts::FieldWords;
use crate::thresholds::Keys;
use cabrank_core::Order;
use cabrank_settings::{AGENT_ORDERS, DENOMINATORS};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Keys whose values are whole numbers.
const WHOLE: [&str; 3] = ["reserve", "max_waiting", "callback_tries"];
/// Keys that can be set where they are not.
const PERHAPS: [&str; 3] = ["overflow", "quote.confidence", "offer_callback_over"];
/// A key that means something only where there is another queue.
const NEEDS_HELP: &str = "overflow";

/// Fields that belong together.
pub(super) struct Group {
    pub(super) name: &'static str,
    pub(super) fields: Vec<Field>,
}

/// A field.
pub(super) struct Field {
    /// The key in the configuration, with dots.
    pub(super) key: String,
    pub(super) label: String,
    pub(super) hint: &'static str,
    /// What can be chosen; anything can be typed if nothing stands here.
    pub(super) choices: Vec<String>,
    /// As it is in force.
    pub(super) was: String,
    /// As it is typed.
    pub(super) value: String,
}

/// What was typed: by key, as it was in force when the page was made, and as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Typed(pub(super) BTreeMap<String, (String, String)>);

impl Field {
    /// Whether something else is typed than is in force.
    pub(super) fn is_changed(&self) -> bool {
        self.was != self.value
    }

    pub(super) fn is_whole(&self) -> bool {
        WHOLE.contains(&self.key.as_str())
    }

    /// As an id in the page.
    pub(super) fn id(&self) -> String {
        self.key
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("-{:x}-", u32::from(c)) })
            .collect()
    }
}

/// The form for these thresholds. What was typed stays, and is held against what is in force now.
pub(super) fn groups(in_force: &Keys, typed: &Typed, queues: usize) -> Vec<Group> {
    let in_force = flat(in_force);
    let filled = |(name, fields): &(&'static str, &[FieldWords])| {
        let fields = fields.iter().flat_map(|(key, label, hint)| fields_of(key, label, hint, &in_force, queues));
        Group { name, fields: fields.map(|field| field.with(typed)).collect() }
    };
    ENGLISH.tune.groups.iter().map(filled).collect()
}

fn fields_of(key: &str, label: &str, hint: &'static str, in_force: &BTreeMap<String, String>, queues: usize) -> Vec<Field> {
    let field = |key: &str, label: String, value: &str| Field {
        key: key.to_owned(),
        label,
        hint,
        choices: choices(key, in_force),
        was: value.to_owned(),
        value: value.to_owned(),
    };
    if key == "class" {
        let classes = in_force.iter().filter_map(|(at, value)| Some((at, at.strip_prefix("class.")?, value)));
        return classes.map(|(at, class, value)| field(at, format!("{label} {class}"), value)).collect();
    }
    let is_needed = PERHAPS.contains(&key) && (key != NEEDS_HELP || queues > 1);
    let value = in_force.get(key).map(String::as_str).or(is_needed.then_some(""));
    value.map(|value| field(key, label.to_owned(), value)).into_iter().collect()
}

fn choices(key: &str, in_force: &BTreeMap<String, String>) -> Vec<String> {
    match key {
        "order" => Order::ALL.iter().map(|order| order.name().to_owned()).collect(),
        "denominator" => DENOMINATORS.iter().map(|(word, _)| (*word).to_owned()).collect(),
        "agent_order" => AGENT_ORDERS.iter().map(|(word, _)| (*word).to_owned()).collect(),
        "default_class" => in_force.keys().filter_map(|key| key.strip_prefix("class.")).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

impl Field {
    fn with(self, typed: &Typed) -> Field {
        match typed.0.get(&self.key) {
            Some((was, value)) if was != value => Field { value: value.clone(), ..self },
            Some(_) | None => self,
        }
    }
}

impl Typed {
    /// From the fields of a form: `was.` and `set.` before each key.
    pub(super) fn of(sent: &[(String, String)]) -> Typed {
        let mut typed = BTreeMap::new();
        for (name, value) in sent {
            if let Some(key) = name.strip_prefix("was.") {
                typed.entry(key.to_owned()).or_insert_with(|| (String::new(), value.clone())).0 = value.clone();
            } else if let Some(key) = name.strip_prefix("set.") {
                let value = value.trim().to_owned();
                typed.entry(key.to_owned()).or_default().1 = value;
            }
        }
        Typed(typed)
    }

    /// What was changed in the form, as a change of thresholds.
    pub(super) fn set(&self) -> Keys {
        let mut set = Keys::new();
        for (key, (was, value)) in &self.0 {
            if was == value {
                continue;
            }
            match key.split_once('.') {
                Some((table, below)) => {
                    let table = set.entry(table).or_insert_with(|| Value::Object(Map::new()));
                    table
                        .as_object_mut()
                        .into_iter()
                        .for_each(|table| drop(table.insert(below.to_owned(), understood(key, value))));
                }
                None => drop(set.insert(key.clone(), understood(key, value))),
            }
        }
        set
    }
}

/// As it would stand in the configuration; what cannot be read stays text, of which the faults are told.
fn understood(key: &str, text: &str) -> Value {
    let plain = || Value::String(text.to_owned());
    match key {
        "widen" => steps(text).unwrap_or_else(plain),
        "overflow" => pair(text).map_or_else(plain, |(after, queue)| serde_json::json!({"after": after, "queue": queue})),
        "quote.confidence" => text.parse::<f64>().map_or_else(|_| plain(), Value::from),
        whole if WHOLE.contains(&whole) => text.parse::<u32>().map_or_else(|_| plain(), Value::from),
        _ => plain(),
    }
}

/// `10s: 2, 1m: 3`.
fn steps(text: &str) -> Option<Value> {
    let steps = text.split(',').map(str::trim).filter(|step| !step.is_empty()).map(|step| {
        let (after, level) = pair(step)?;
        Some(serde_json::json!({"after": after, "level": level.parse::<u8>().ok()?}))
    });
    steps.collect::<Option<Vec<Value>>>().map(Value::Array)
}

fn pair(text: &str) -> Option<(&str, &str)> {
    let (one, other) = text.split_once(':')?;
    Some((one.trim(), other.trim()))
}

/// Each value as the text of a field.
pub(super) fn flat(keys: &Keys) -> BTreeMap<String, String> {
    let mut flat = BTreeMap::new();
    for (key, value) in keys {
        match value {
            Value::Object(table) if key == "overflow" => {
                flat.insert(key.clone(), format!("{}: {}", text(table.get("after")), text(table.get("queue"))));
            }
            Value::Object(table) => {
                flat.extend(table.iter().map(|(below, value)| (format!("{key}.{below}"), text(Some(value)))));
            }
            Value::Array(steps) => {
                let step = |step: &Value| format!("{}: {}", text(step.get("after")), text(step.get("level")));
                flat.insert(key.clone(), steps.iter().map(step).collect::<Vec<_>>().join(", "));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                flat.insert(key.clone(), text(Some(value)));
            }
        }
    }
    flat
}

fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_))) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Typed, flat, groups};
    use crate::names::tests::taxi;
    use crate::thresholds::{amended, shown};
    use cabrank_core::{Overflow, QueueId, Span, Thresholds, Widening};
    use serde_json::json;

    fn sent(pairs: &[(&str, &str, &str)]) -> Vec<(String, String)> {
        let both = pairs.iter().flat_map(|(key, was, set)| [(format!("was.{key}"), *was), (format!("set.{key}"), *set)]);
        both.map(|(name, value)| (name, value.to_owned())).collect()
    }

    #[test]
    fn every_threshold_has_a_field() {
        let names = taxi();
        let settings = names.settings();
        let odd = Thresholds {
            widen: vec![Widening { after: Span::secs(10), level: 2 }, Widening { after: Span::secs(60), level: 3 }],
            overflow: Some(Overflow { after: Span::secs(90), queue: QueueId(0) }),
            ..settings.queues[0].thresholds.clone()
        };
        for thresholds in [odd, settings.queues[0].thresholds.clone(), Thresholds::default()] {
            let shown = shown(&thresholds, settings);
            let groups = groups(&shown, &Typed::default(), 2);
            let fields: Vec<&str> = groups.iter().flat_map(|group| &group.fields).map(|field| field.key.as_str()).collect();
            for key in flat(&shown).keys() {
                assert!(fields.contains(&key.as_str()), "{key} has no field");
            }
        }
    }

    /// Typed as it stands there, everything is read as it was.
    #[test]
    fn what_stands_in_the_fields_is_what_is_in_force() {
        let names = taxi();
        let settings = names.settings();
        let widen = vec![Widening { after: Span::secs(10), level: 2 }, Widening { after: Span::secs(60), level: 3 }];
        let thresholds = Thresholds { widen, reserve: 1, ..settings.queues[0].thresholds.clone() };
        let typed = flat(&shown(&thresholds, settings));
        let all: Vec<_> = typed.iter().map(|(key, value)| (key.as_str(), "something else", value.as_str())).collect();
        let set = Typed::of(&sent(&all)).set();
        assert_eq!(amended(settings, QueueId(0), &Thresholds::default(), &set).as_ref(), Ok(&thresholds));
    }

    #[test]
    fn only_what_was_typed_is_changed() {
        let typed = Typed::of(&sent(&[
            ("target", "20s", " 45s "),
            ("wrap_up", "15s", "15s"),
            ("class.regular", "20s", "10s"),
            ("widen", "", "10s: 2,1m:3"),
            ("reserve", "0", "2"),
            ("overflow", "", "30s: help"),
            ("quote.confidence", "0.8", "0.9"),
            ("max_waiting", "500", "many"),
        ]));
        let expected = json!({
            "target": "45s", "class": {"regular": "10s"}, "widen": [{"after": "10s", "level": 2}, {"after": "1m", "level": 3}],
            "reserve": 2, "overflow": {"after": "30s", "queue": "help"}, "quote": {"confidence": 0.9}, "max_waiting": "many",
        });
        assert_eq!(serde_json::Value::Object(typed.set()), expected);
    }

    #[test]
    fn what_can_be_chosen_can_be_set() {
        let names = taxi();
        let settings = names.settings();
        let before = &settings.queues[0].thresholds;
        let keys = shown(before, settings);
        let groups = groups(&keys, &Typed::default(), 2);
        let fields = groups.iter().flat_map(|group| &group.fields).filter(|field| field.key != "default_class");
        let choices = fields.flat_map(|field| field.choices.iter().map(|word| (field.key.as_str(), word.as_str())));
        let choices: Vec<_> = choices.collect();
        assert!(choices.len() >= 10, "{choices:?}");
        for (key, word) in choices {
            let set = Typed::of(&sent(&[(key, "", word)])).set();
            assert!(amended(settings, QueueId(0), before, &set).is_ok(), "{key} = {word}");
        }
    }

    /// After a collision: who typed nothing sees what the other did, and what was typed stands beside it.
    #[test]
    fn what_was_typed_stays_and_what_was_not_is_as_in_force() {
        let names = taxi();
        let keys = shown(&names.settings().queues[0].thresholds, names.settings());
        let typed = Typed::of(&sent(&[("target", "30s", "30s"), ("wrap_up", "5s", "25s")]));
        let groups = groups(&keys, &typed, 1);
        let field = |key: &str| groups.iter().flat_map(|group| &group.fields).find(|field| field.key == key).expect("a field");
        assert_eq!((field("target").was.as_str(), field("target").is_changed()), ("20s", false));
        assert_eq!((field("wrap_up").was.as_str(), field("wrap_up").value.as_str()), ("15s", "25s"));
    }
}
