//! Records become cases: names and numbers go in, and do not come out.

use super::region::Regions;
use crate::epoch::timestamp;
use crate::store::AnalysedRecord;
use cabrank_analyze::{Caller, Case, Cases, Ending, Lexicon, Moment, Pressed, PromiseMade, Word};
use cabrank_core::{Outcome, Settings};
use cabrank_settings::Config;
use jiff::tz::TimeZone;
use std::collections::HashMap;

/// A skill that fewer agents have would name them.
const AGENTS_MIN: usize = 3;
/// Who hangs up sooner did not really wait, in a queue that the configuration does not know; in microseconds.
const SHORT_ABANDON_US: u64 = 5_000_000;

/// Takes records in.
#[derive(Debug)]
pub struct Intake {
    timezone: TimeZone,
    /// Who serves a queue on what level, by queue and agent.
    skills: HashMap<(String, String), Word>,
    short_abandons_us: HashMap<String, u64>,
    callers: HashMap<String, Caller>,
    regions: Regions,
    lexicon: Lexicon,
    cases: Vec<Case>,
}

impl Intake {
    /// With the timezone, the skills and the short abandons of this configuration.
    pub fn new(config: &Config) -> Intake {
        let mut lexicon = Lexicon::default();
        let queues = config.desk.queues.iter();
        Intake {
            timezone: config.timezone.clone(),
            skills: skills(&config.desk, &mut lexicon),
            short_abandons_us: queues.map(|queue| (queue.name.to_string(), queue.thresholds.short_abandon.0)).collect(),
            callers: HashMap::new(),
            regions: Regions::default(),
            lexicon,
            cases: Vec::new(),
        }
    }

    /// One more record.
    pub fn take(&mut self, record: AnalysedRecord) {
        let waited_us = waited_us(&record);
        let ending = self.ending(&record, waited_us);
        let skill = self.skill(&record);
        let mut word = |name: &str| self.lexicon.word(name);
        self.cases.push(Case {
            came_at: record.offered_at,
            moment: moment(record.offered_at, &self.timezone),
            line: word(&record.line),
            pressed: pressed(&record.pressed),
            queue: record.queue.as_deref().map(&mut word),
            class: record.class.as_deref().map(&mut word),
            region: word(self.regions.of(record.number.as_deref())),
            skill,
            why: record.why.as_deref().map(&mut word),
            waited_us,
            offers: record.offers,
            ending,
            promise: record.promise.map(|(made_at, due_at, settled)| PromiseMade { ahead_us: between(made_at, due_at), settled }),
            quote: record.quote,
            caller: record.number.map(|number| {
                let next = Caller(u32::try_from(self.callers.len()).unwrap_or(u32::MAX));
                *self.callers.entry(number).or_insert(next)
            }),
        });
    }

    /// All that was taken.
    pub fn cases(self) -> Cases {
        Cases::new(self.cases, self.lexicon)
    }

    fn ending(&self, record: &AnalysedRecord, waited_us: Option<u64>) -> Ending {
        match record.outcome {
            Outcome::ServedInstantly | Outcome::ServedByAgent => Ending::Served,
            Outcome::Abandoned => {
                let short = record.queue.as_ref().and_then(|queue| self.short_abandons_us.get(queue));
                let soon = waited_us.is_some_and(|waited| waited < short.copied().unwrap_or(SHORT_ABANDON_US));
                if soon { Ending::LeftSoon } else { Ending::Left }
            }
            Outcome::LeftInMenu
            | Outcome::WaitedTooLong
            | Outcome::Closed
            | Outcome::QueueFull
            | Outcome::Refused
            | Outcome::Joined
            | Outcome::CallbackCancelled
            | Outcome::CallbackFailed
            | Outcome::CutOff => Ending::Otherwise,
        }
    }

    fn skill(&self, record: &AnalysedRecord) -> Option<Word> {
        let (queue, agent) = (record.queue.clone()?, record.agent.clone()?);
        self.skills.get(&(queue, agent)).copied()
    }
}

/// The level on which each agent serves each queue, where enough agents do.
fn skills(desk: &Settings, lexicon: &mut Lexicon) -> HashMap<(String, String), Word> {
    let each = desk.agents.iter().flat_map(|agent| agent.skills.iter().map(move |skill| (agent, skill)));
    let mut sharing: HashMap<(u16, u8), usize> = HashMap::new();
    each.clone().for_each(|(_, skill)| *sharing.entry((skill.queue.0, skill.level)).or_default() += 1);
    let shared = each.filter(|(_, skill)| sharing.get(&(skill.queue.0, skill.level)).is_some_and(|agents| *agents >= AGENTS_MIN));
    let named = shared.filter_map(|(agent, skill)| {
        let queue = desk.queues.get(usize::from(skill.queue.0))?.name.to_string();
        let word = lexicon.word(&format!("{queue}, level {}", skill.level));
        Some(((queue, agent.name.to_string()), word))
    });
    named.collect()
}

/// From joining the queue until being connected, or until the end.
fn waited_us(record: &AnalysedRecord) -> Option<u64> {
    let until = record.connected_at.unwrap_or(record.ended_at);
    record.queued_at.map(|queued_at| between(queued_at, until))
}

fn between(from: i64, to: i64) -> u64 {
    u64::try_from(to.saturating_sub(from)).unwrap_or(0)
}

fn moment(unix_micros: i64, timezone: &TimeZone) -> Moment {
    let local = timezone.to_datetime(timestamp(unix_micros));
    let date = local.date();
    let days = date.duration_since(jiff::civil::Date::constant(1970, 1, 1)).as_hours() / 24;
    Moment {
        date: i32::try_from(days).unwrap_or(0),
        hour: u8::try_from(local.hour()).unwrap_or(0),
        weekday: u8::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0),
    }
}

/// What else was pressed may be what only the caller knows.
fn pressed(keys: &str) -> Pressed {
    match keys.chars().next() {
        Some('1') => Pressed::One,
        Some('2') => Pressed::Two,
        Some('0') => Pressed::Zero,
        Some(_) => Pressed::Other,
        None => Pressed::Nothing,
    }
}
