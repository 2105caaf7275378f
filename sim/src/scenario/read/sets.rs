//! What `--set` makes of a scenario's tables, before anything of them is checked.
//!
//! The changes are worked out on a copy without places, then put into the tables, where they stand at the place of what
//! was said: a fault in one of them is told with the flag's own words.

use super::plain;
use crate::scenario::Set;
use cabrank_settings::reading::{Report, nearest, shown};
use std::borrow::Cow;
use std::ops::Range;
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

/// Lists of tables, whose entries go by name or place.
const LISTS: [&str; 3] = ["callers", "agents", "service"];

/// A value that another one takes the place of.
pub(super) struct Change {
    path: Vec<Step>,
    value: String,
    at: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Place(usize),
}

/// What is wrong, and what would be right.
pub(super) struct Wrong(pub(super) String, pub(super) String);

/// The changes, in the order in which they were asked for; `sets` come with their places in the text.
pub(super) fn plan(report: &Report, document: &DeTable<'_>, sets: &[(&Set, Range<usize>)]) -> Vec<Change> {
    let mut whole = Value::Table(plain::table(document));
    let mut changes = Vec::new();
    for (set, at) in sets {
        match planned(&mut whole, set, at) {
            Ok(more) => changes.extend(more),
            Err(Wrong(what, right)) => report.wrong(at.clone(), what, right),
        }
    }
    changes
}

fn planned(whole: &mut Value, set: &Set, at: &Range<usize>) -> Result<Vec<Change>, Wrong> {
    let changed = assign(whole, set.keys(), set.value())?.into_iter();
    Ok(changed.map(|(path, value)| Change { path, value: value.to_string(), at: at.clone() }).collect())
}

/// Assigns what was said to everything that the keys mean; what `*` means and cannot be multiplied stays as it is.
fn assign(whole: &mut Value, keys: &[String], said: &str) -> Result<Vec<(Vec<Step>, Value)>, Wrong> {
    let mut paths = Vec::new();
    walk(Some(whole), keys, Vec::new(), &mut paths)?;
    let (key, several) = (keys.last().map_or("", String::as_str), keys.iter().any(|key| key == "*"));
    let mut changed = Vec::new();
    let mut refused = None;
    for path in paths {
        match plain::assigned(key, found(whole, &path), said) {
            Ok(value) => {
                put_plain(whole, &path, value.clone());
                changed.push((path, value));
            }
            Err(what) => refused = Some(Wrong(what, "assign a value, or name what there is".to_owned())),
        }
    }
    match refused {
        Some(wrong) if changed.is_empty() || !several => Err(wrong),
        Some(_) | None => Ok(changed),
    }
}

/// What an assignment within a table changes there: the first key of what it means, and its value then.
pub(super) fn changes_within(table: Table, keys: &[String], said: &str) -> Result<Table, Wrong> {
    let mut whole = Value::Table(table);
    let changed = assign(&mut whole, keys, said)?;
    let tops = changed.iter().filter_map(|(path, _)| if let Some(Step::Key(top)) = path.first() { Some(top) } else { None });
    Ok(tops.filter_map(|top| whole.get(top).map(|value| (top.clone(), value.clone()))).collect())
}

/// Every path that the keys may mean.
fn walk(value: Option<&Value>, keys: &[String], path: Vec<Step>, paths: &mut Vec<Vec<Step>>) -> Result<(), Wrong> {
    let Some((key, rest)) = keys.split_first() else {
        paths.push(path);
        return Ok(());
    };
    let further = |step: Step| [&*path, &[step]].concat();
    match value {
        Some(Value::Array(items)) => {
            let list = path.iter().rev().find_map(|step| if let Step::Key(key) = step { Some(key.as_str()) } else { None });
            for place in places(items, key, list.unwrap_or_default())? {
                walk(items.get(place), rest, further(Step::Place(place)), paths)?;
            }
        }
        Some(Value::Table(table)) if key == "*" => {
            for (key, below) in table {
                walk(Some(below), rest, further(Step::Key(key.clone())), paths)?;
            }
        }
        value => {
            let below = value.and_then(|value| value.get(key));
            if path.is_empty() && below.is_none() && LISTS.contains(&&**key) && !rest.is_empty() {
                return Err(Wrong(
                    format!("the scenario has no [[{key}]]"),
                    "name what there is, or add one to its file".to_owned(),
                ));
            }
            walk(below, rest, further(Step::Key(key.clone())), paths)?;
        }
    }
    Ok(())
}

fn places(items: &[Value], key: &str, list: &str) -> Result<Vec<usize>, Wrong> {
    if key == "*" {
        return Ok((0..items.len()).collect());
    }
    let names: Vec<String> = items.iter().enumerate().map(|(place, item)| name(item, list, place)).collect();
    let named = names.iter().position(|name| name == key);
    let found = named.or_else(|| key.parse().ok().filter(|place| *place < items.len()));
    found.map(|place| vec![place]).ok_or_else(|| {
        let right =
            format!("{}; or its place, from 0 to {}", nearest(key, names.iter().map(|name| &**name)), items.len().max(1) - 1);
        Wrong(format!("there is no `{}` in `{}`", shown(key), shown(list)), right)
    })
}

fn name(item: &Value, list: &str, place: usize) -> String {
    item.get("name").and_then(Value::as_str).map_or_else(|| format!("{list} {}", place + 1), str::to_owned)
}

fn found<'v>(whole: &'v Value, path: &[Step]) -> Option<&'v Value> {
    path.iter().try_fold(whole, |value, step| match step {
        Step::Key(key) => value.get(key),
        Step::Place(place) => value.get(*place),
    })
}

fn put_plain(value: &mut Value, path: &[Step], new: Value) {
    let Some((step, rest)) = path.split_first() else {
        *value = new;
        return;
    };
    match step {
        Step::Place(place) => value.get_mut(*place).into_iter().for_each(|below| put_plain(below, rest, new.clone())),
        Step::Key(key) => {
            if !value.is_table() {
                *value = Value::Table(Table::new());
            }
            if let Value::Table(table) = value {
                put_plain(table.entry(key).or_insert_with(|| Value::Table(Table::new())), rest, new);
            }
        }
    }
}

/// Puts the changes into the tables.
pub(super) fn apply<'t>(document: &mut DeTable<'t>, changes: &'t [Change]) {
    let mut whole = Spanned::new(0..0, DeValue::Table(std::mem::take(document)));
    for change in changes {
        if let Ok(value) = DeValue::parse(&change.value) {
            put(&mut whole, &change.path, &change.at, value.into_inner());
        }
    }
    if let DeValue::Table(table) = whole.into_inner() {
        *document = table;
    }
}

fn put<'t>(value: &mut Spanned<DeValue<'t>>, path: &[Step], at: &Range<usize>, new: DeValue<'t>) {
    let Some((step, rest)) = path.split_first() else {
        *value = Spanned::new(at.clone(), placed(new, at));
        return;
    };
    match step {
        Step::Place(place) => {
            let DeValue::Array(items) = value.get_mut() else { return };
            items.get_mut(*place).into_iter().for_each(|item| put(item, rest, at, new.clone()));
        }
        Step::Key(key) => {
            let empty = || Spanned::new(at.clone(), DeValue::Table(DeTable::new()));
            if !value.get_ref().is_table() {
                *value = empty();
            }
            let DeValue::Table(table) = value.get_mut() else { return };
            if !table.contains_key(&**key) {
                table.insert(Spanned::new(at.clone(), Cow::Owned(key.clone())), empty());
            }
            table.get_mut(&**key).into_iter().for_each(|below| put(below, rest, at, new.clone()));
        }
    }
}

fn placed<'t>(value: DeValue<'t>, at: &Range<usize>) -> DeValue<'t> {
    let here = |value: Spanned<DeValue<'t>>| Spanned::new(at.clone(), placed(value.into_inner(), at));
    match value {
        DeValue::Array(items) => DeValue::Array(items.into_iter().map(here).collect()),
        DeValue::Table(table) => {
            let entries = table.into_iter();
            DeValue::Table(entries.map(|(key, below)| (Spanned::new(at.clone(), key.into_inner()), here(below))).collect())
        }
        DeValue::String(_) | DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => value,
    }
}
