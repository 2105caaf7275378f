//! `[[line]]`: its number, its two options, its hours and what it says.

use super::names::{Names, Places};
use super::reach::Exits;
use super::section::Section;
use super::value::{Value, is_name, shown};
use crate::{Hours, Reception, Surroundings};
use cabrank_core::{Choice, Closed, Line, Menu, Proof, QueueId, ServiceId, Span, Text};
use std::ops::RangeInclusive;

const SILENCE: RangeInclusive<Span> = Span::millis(100)..=Span::secs(60);
const CONFIRM: RangeInclusive<Span> = Span::secs(3)..=Span::secs(120);
const HOURS_LENGTH_MAX: usize = 500;
/// Where a line without options leads.
const FIRST_QUEUE: QueueId = QueueId(0);

/// What a line may name.
pub(super) struct House<'h> {
    pub(super) queues: &'h Names,
    pub(super) services: &'h Names,
    pub(super) language: &'h str,
    pub(super) base: &'h dyn Surroundings,
}

pub(super) fn read_all(sections: Vec<Section<'_>>, house: &House<'_>, exits: &mut Exits) -> (Vec<Line>, Vec<Reception>) {
    let mut numbers = Places::new("number");
    sections.into_iter().map(|section| read(section, house, &mut numbers, exits)).unzip()
}

fn read(section: Section<'_>, house: &House<'_>, numbers: &mut Places, exits: &mut Exits) -> (Line, Reception) {
    let number = section.need("number", "\"+6565521111\"").and_then(|value| number(&value, numbers)).unwrap_or_default();
    exits.enter(&number);
    let menu = menu(&section, house, exits);
    let human = human(&menu);
    let (closed, closed_prompt) = closed(&section, house, exits);
    let reception = Reception {
        greeting: prompt(&section, "greeting", "welcome", house),
        menu: menu_prompt(&section, &menu, house),
        closed: closed_prompt,
        hours: section.find("hours").and_then(|value| hours(&value)).unwrap_or_else(Hours::always),
    };
    let silence = section.span("silence", SILENCE, Span::secs(5));
    section.close();
    (Line { number, closed, menu, human, silence }, reception)
}

fn number(value: &Value<'_>, numbers: &mut Places) -> Option<Text> {
    let text = value.text()?;
    let digits = |rest: &str| (3..=15).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_digit());
    if !text.strip_prefix('+').map_or_else(|| is_name(text), digits) {
        let right = "E.164 without blanks, such as \"+6565521111\", or the user part of a SIP address, such as \"taxi\"";
        value.wrong(format!("`{}` is no number to be dialled", shown(text)), right);
        return None;
    }
    numbers.take(value, text);
    Some(text.into())
}

fn menu(section: &Section<'_>, house: &House<'_>, exits: &mut Exits) -> Menu {
    let press = section.section("press");
    let entries = press.entries();
    if entries.is_empty() {
        exits.note(section.at.clone(), "after the greeting", FIRST_QUEUE);
    }
    for entry in entries {
        match entry.key.as_str() {
            "1" | "2" => {}
            "0" => press.refuse("0", "`press.0` is taken", "0 leads to a human on every line"),
            other if other.bytes().all(|b| b.is_ascii_digit()) || ["*", "#"].contains(&other) => {
                let right = "keep `press.1` and `press.2`; 0, silence and every other key lead to a human";
                press.refuse(other, format!("`press.{}` is a third option: a caller hears two at most", shown(other)), right);
            }
            other => {
                refuse_nested(&press, other);
            }
        }
    }
    let menu = Menu { one: option(&press, "1", house, exits), two: option(&press, "2", house, exits) };
    press.close();
    menu
}

fn option(press: &Section<'_>, key: &'static str, house: &House<'_>, exits: &mut Exits) -> Option<Choice> {
    let option = press.find(key)?.section(format!("press.{key}"))?;
    let nested = option.entries().iter().filter(|entry| refuse_nested(&option, &entry.key)).count();
    let choice = match (option.find("instant"), option.find("queue")) {
        (Some(instant), None) => instant_choice(&option, key, &instant, house, exits),
        (None, Some(value)) => {
            let queue = house.queues.find(&value).map(QueueId);
            note(exits, &value, &format!("press {key}"), queue);
            queue.map(Choice::Queue)
        }
        (Some(_), Some(value)) => {
            value.wrong(format!("`press.{key}` leads to a service and to a queue"), "the queue for every doubt is `otherwise`");
            None
        }
        (None, None) if nested > 0 => None,
        (None, None) => {
            option.wrong(format!("`press.{key}` leads nowhere"), "{ queue = \"…\" } or { instant = \"…\", otherwise = \"…\" }");
            None
        }
    };
    option.close();
    choice
}

fn instant_choice(option: &Section<'_>, key: &str, instant: &Value<'_>, house: &House<'_>, exits: &mut Exits) -> Option<Choice> {
    let service = house.services.find(instant).map(ServiceId);
    let Some(value) = option.find("otherwise") else {
        let name = shown(instant.raw.as_str().unwrap_or_default());
        let path = format!("press {key} → `{name}` → refused, too late, or not for this caller → nobody");
        option.wrong(format!("no human can be reached: {path}"), "add `otherwise = \"…\"`, the queue for every doubt");
        return None;
    };
    let queue = house.queues.find(&value).map(QueueId);
    note(exits, &value, &format!("press {key} → otherwise"), queue);
    let proof = proof(option);
    Some(Choice::Instant { service: service?, otherwise: queue?, proof })
}

/// How a known caller whose number is in doubt may prove who it is; nothing: such a caller goes to a human.
fn proof(option: &Section<'_>) -> Option<Proof> {
    let within = option.span("confirm_within", CONFIRM, Span::secs(20));
    let field = option.find("confirm");
    if field.is_none()
        && let Some(value) = option.find("confirm_within")
    {
        value.wrong(
            "nobody is asked to confirm anything",
            "add `confirm = \"pin\"`, the profile field that holds the caller's code",
        );
    }
    Some(Proof { field: field?.name()?, within })
}

/// Whether that key would open a second menu.
fn refuse_nested(section: &Section<'_>, key: &str) -> bool {
    let nested = ["menu", "press", "1", "2", "3"].contains(&key);
    if nested {
        section.refuse(key, "a menu inside a menu: a caller hears two options, once", "lead to a queue or an instant service");
    }
    nested
}

fn note(exits: &mut Exits, value: &Value<'_>, path: &str, queue: Option<QueueId>) {
    if let Some(queue) = queue {
        exits.note(value.at.clone(), path, queue);
    }
}

/// The first queue that the options name; on a line without options the first queue of the desk.
fn human(menu: &Menu) -> QueueId {
    let queue_of = |choice: &Choice| match choice {
        Choice::Instant { otherwise, .. } => *otherwise,
        Choice::Queue(queue) => *queue,
    };
    menu.one.as_ref().or(menu.two.as_ref()).map_or(FIRST_QUEUE, queue_of)
}

fn closed(section: &Section<'_>, house: &House<'_>, exits: &mut Exits) -> (Closed, Text) {
    let text = section.find("closed").and_then(|value| value.text().map(|text| (value, text)));
    match text {
        None | Some((_, "message")) => (Closed::Message, prompt_named("closed", section, house)),
        Some((value, text)) => match house.queues.position(text).map(QueueId) {
            Some(queue) => {
                note(exits, &value, "outside the hours", Some(queue));
                (Closed::Queue(queue), prompt_named("closed", section, house))
            }
            None => (Closed::Message, closed_words(&value, text, section, house)),
        },
    }
}

/// A prompt's name, or words to be spoken one day.
fn closed_words(value: &Value<'_>, text: &str, section: &Section<'_>, house: &House<'_>) -> Text {
    if text.contains(char::is_whitespace) {
        value.notice("a text of your own is not spoken yet: callers outside the hours hear the prompt `closed`");
        return prompt_named("closed", section, house);
    }
    if let Err(place) = house.base.find_prompt(house.language, text) {
        let right = format!("{}; \"message\" plays the prompt `closed`", house.queues.nearest(text));
        value.wrong(format!("`{}` is neither a queue nor a prompt: there is no {place}", shown(text)), right);
    }
    text.into()
}

fn menu_prompt(section: &Section<'_>, menu: &Menu, house: &House<'_>) -> Option<Text> {
    if *menu != Menu::default() {
        return Some(prompt(section, "menu", "menu", house));
    }
    if let Some(value) = section.find("menu") {
        value.notice("this line has no options: the prompt that names them is not played");
    }
    None
}

fn prompt(section: &Section<'_>, key: &'static str, default: &str, house: &House<'_>) -> Text {
    let Some(value) = section.find(key) else { return prompt_named(default, section, house) };
    let Some(name) = value.name() else { return default.into() };
    if let Err(place) = house.base.find_prompt(house.language, &name) {
        value.wrong(
            format!("there is no prompt `{name}`"),
            format!("record {place} (WAV, 8 kHz, 16 bits, mono), or name another"),
        );
    }
    name
}

fn prompt_named(name: &str, section: &Section<'_>, house: &House<'_>) -> Text {
    if let Err(place) = house.base.find_prompt(house.language, name) {
        section.wrong(format!("this line needs the prompt `{name}`, and there is none"), format!("record {place}"));
    }
    name.into()
}

fn hours(value: &Value<'_>) -> Option<Hours> {
    value.read("such as \"Mon-Fri 08:00-18:00, Sat 09:00-12:00\" or \"Mon-Sun 00:00-24:00\"", |text| {
        if text.len() > HOURS_LENGTH_MAX {
            Err("is too long".to_owned())
        } else {
            text.parse::<Hours>().map_err(|error| format!("cannot be read: {error}"))
        }
    })
}
