//! `target`, `class.*` and `default_class`: the classes of callers and how long each may be let wait.

use super::names::nearest;
use super::section::Section;
use super::value::{Value, is_name, shown};
use cabrank_core::{Class, ClassId, Span, Text, Thresholds};
use std::ops::RangeInclusive;

pub(super) const TARGET: RangeInclusive<Span> = Span::secs(1)..=Span::secs(24 * 3600);
const CLASSES_MAX: usize = 32;

/// The classes, by name in ascending order, and the one of whoever has none. `target` is that of the class without a name,
/// which stands there unless a default is named.
pub(super) fn read(section: &Section<'_>, usual: &Thresholds) -> (Vec<Class>, ClassId) {
    let target = section.span("target", TARGET, usual.target(usual.default_class));
    let mut classes = named(section);
    let default = section.find("default_class").and_then(|value| default_class(&value, &classes));
    if default.is_none() {
        classes.push(Class { name: Text::default(), target });
    }
    if classes.len() > CLASSES_MAX {
        let unnamed = if default.is_none() { ", the one without a name among them" } else { "" };
        let right = format!("at most {CLASSES_MAX} have a place here{unnamed}");
        section.wrong(format!("this queue has {} classes", classes.len()), right);
    }
    classes.sort_by(|one, other| one.name.cmp(&other.name));
    let place = classes.iter().position(|class| class.name == default.clone().unwrap_or_default());
    (classes, ClassId(place.and_then(|place| u8::try_from(place).ok()).unwrap_or_default()))
}

fn named(section: &Section<'_>) -> Vec<Class> {
    section.section("class").entries().iter().filter_map(class).collect()
}

fn class(value: &Value<'_>) -> Option<Class> {
    if !is_name(&value.key) {
        value.wrong(format!("`{}` cannot be a class", shown(&value.key)), "letters, digits, `-`, `_` and `.`");
        return None;
    }
    Some(Class { name: Text::from(&*value.key), target: value.span(TARGET)? })
}

fn default_class(value: &Value<'_>, classes: &[Class]) -> Option<Text> {
    let name = value.name()?;
    let known = classes.iter().map(|class| &*class.name);
    if known.clone().any(|class| class == &*name) {
        return Some(name);
    }
    let right = match classes {
        [] => format!("add `class.{name} = \"…\"`, its target"),
        [..] => nearest(&name, known),
    };
    value.wrong(format!("this queue has no class `{name}`"), right);
    None
}
