//! The names that sections go by, and what was probably meant by one that does not exist.

use super::section::Section;
use super::value::{Value, shown};
use cabrank_core::Text;

/// The names of the sections of one list. The place in the list is the id.
pub struct Names {
    kind: &'static str,
    names: Vec<Text>,
}

impl Names {
    /// Reads the `name` of each section; a name that comes twice is a fault.
    pub fn of(kind: &'static str, sections: &[Section<'_>]) -> Names {
        let mut names = Names { kind, names: Vec::with_capacity(sections.len()) };
        let mut places = Places::new(kind);
        for section in sections {
            let value = section.need("name", "\"…\"");
            let name = value.as_ref().and_then(Value::name);
            if let (Some(value), Some(name)) = (&value, &name) {
                places.take(value, name);
            }
            names.names.push(name.unwrap_or_default());
        }
        names
    }

    /// Names known from elsewhere.
    pub fn known(kind: &'static str, names: &[Text]) -> Names {
        Names { kind, names: names.to_vec() }
    }

    /// The name at that place.
    pub fn at(&self, place: usize) -> Text {
        self.names.get(place).cloned().unwrap_or_default()
    }

    /// Whether something goes by that name.
    pub fn position(&self, name: &str) -> Option<u16> {
        let place = self.names.iter().position(|known| **known == *name && !name.is_empty());
        place.and_then(|place| u16::try_from(place).ok())
    }

    /// The id that a name stands for; an unknown name is a fault.
    pub fn find(&self, value: &Value<'_>) -> Option<u16> {
        self.find_text(value, value.text()?)
    }

    /// The same for a name that is a part of the value, or its key.
    pub fn find_text(&self, value: &Value<'_>, name: &str) -> Option<u16> {
        let found = self.position(name);
        if found.is_none() && !self.is_unsure() {
            value.report.absent(value.at.clone(), self.unknown(name), self.nearest(name));
        }
        found
    }

    /// That nothing goes by that name.
    pub fn unknown(&self, name: &str) -> String {
        format!("there is no {} `{}`", self.kind, shown(name))
    }

    /// A name that could not be read may be the one that is looked for; its own fault is enough.
    fn is_unsure(&self) -> bool {
        self.names.iter().any(|name| name.is_empty())
    }

    /// What was probably meant.
    pub fn nearest(&self, name: &str) -> String {
        if self.names.is_empty() {
            return format!("there is no [[{}]] at all: add one of that name", self.kind);
        }
        nearest(name, self.names.iter().map(|known| &**known))
    }
}

/// What was taken where, so that nothing is taken twice.
pub struct Places {
    kind: &'static str,
    taken: std::collections::BTreeMap<String, usize>,
}

impl Places {
    /// Nothing is taken yet; the kind stands in messages.
    pub fn new(kind: &'static str) -> Places {
        Places { kind, taken: std::collections::BTreeMap::new() }
    }

    /// Takes it; that it is taken already is a fault.
    pub fn take(&mut self, value: &Value<'_>, what: &str) {
        let line = value.report.line(value.at.start);
        match self.taken.get(what) {
            Some(first) => value.wrong(
                format!("the {} `{}` was there already on line {first}", self.kind, shown(what)),
                "choose another, or leave one out",
            ),
            None => drop(self.taken.insert(what.to_owned(), line)),
        }
    }
}

/// What was probably meant, or else what there is.
pub fn nearest<'k>(text: &str, known: impl Iterator<Item = &'k str> + Clone) -> String {
    let likeness = |word: &&str| (strsim::jaro_winkler(text, word) * 1000.0) as u32;
    match known.clone().filter(|word| likeness(word) > 780).max_by_key(likeness) {
        Some(word) => format!("did you mean `{word}`?"),
        None => format!("known are {}", listed(known)),
    }
}

fn listed<'k>(words: impl Iterator<Item = &'k str>) -> String {
    let mut words: Vec<_> = words.map(|word| format!("`{word}`")).collect();
    let hidden = words.len().saturating_sub(20);
    words.truncate(20);
    let list = words.join(", ");
    if hidden > 0 { format!("{list} and {hidden} more") } else { list }
}
