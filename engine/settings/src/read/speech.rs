//! `[speech]`: how callers' names are spoken.

use super::section::Section;
use super::value::Value;
use crate::Speech;
use cabrank_core::Span;
use std::ops::RangeInclusive;
use std::path::PathBuf;

const ARGUMENTS_MAX: usize = 64;
const TIMEOUT: RangeInclusive<Span> = Span::millis(100)..=Span::secs(60);
const AT_ONCE: RangeInclusive<u32> = 1..=64;
const MEMORY_MB: RangeInclusive<u32> = 1..=65_536;

pub(super) fn read(root: &Section<'_>) -> Speech {
    let section = root.section("speech");
    let speech = Speech {
        command: section.find("command").map(|value| command(&value)).unwrap_or_default(),
        timeout: section.duration("timeout", TIMEOUT, Span::secs(5)),
        at_once: section.count("at_once", AT_ONCE, 1),
        recordings: section.find("recordings").and_then(|value| value.text().map(PathBuf::from)),
        memory_mb: section.count("memory_mb", MEMORY_MB, 64),
    };
    section.close();
    speech
}

fn command(value: &Value<'_>) -> Vec<String> {
    let arguments = value.list(ARGUMENTS_MAX).unwrap_or_default();
    let command: Vec<String> = arguments.iter().filter_map(|item| item.text().map(str::to_owned)).collect();
    let lacking = ["{text}", "{file}"].into_iter().find(|part| !command.iter().skip(1).any(|argument| argument == part));
    if let Some(part) = lacking {
        let right = "a program and its arguments, such as [\"flite\", \"-t\", \"{text}\", \"-o\", \"{file}\"]";
        value.wrong(format!("no argument is `{part}`"), right);
    }
    command
}
