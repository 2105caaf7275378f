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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::Source;

    /// Who left on Friday, 20 November 2026, at 17:30 in London, after so many seconds.
    fn left_after(s: i64) -> AnalysedRecord {
        let offered_at = 1_795_195_800_000_000;
        AnalysedRecord {
            line: "taxi".to_owned(),
            number: Some("+6591234567".to_owned()),
            offered_at,
            queued_at: Some(offered_at),
            connected_at: None,
            ended_at: offered_at + s * 1_000_000,
            queue: Some("booking".to_owned()),
            class: Some("regular".to_owned()),
            agent: Some("a101".to_owned()),
            pressed: "9876".to_owned(),
            why: Some("mistakes".to_owned()),
            outcome: Outcome::Abandoned,
            promise: None,
            quote: None,
            offers: 0,
        }
    }

    fn taken(change: impl Fn(&mut Config), records: impl IntoIterator<Item = AnalysedRecord>) -> Cases {
        let mut config = Source::BuiltIn.config().expect("the built-in configuration is right");
        change(&mut config);
        let mut intake = Intake::new(&config);
        records.into_iter().for_each(|record| intake.take(record));
        intake.cases()
    }

    #[test]
    fn who_left_at_once_is_told_apart_by_the_queue() {
        let cases = taken(|_| (), [left_after(4), left_after(6)]);
        assert_eq!([0, 1].map(|n: usize| cases.all()[n].ending), [Ending::LeftSoon, Ending::Left]);
        assert_eq!(cases.all()[1].waited_us, Some(6_000_000));
        assert_eq!(cases.all()[0].caller, cases.all()[1].caller);
    }

    #[test]
    fn the_hour_is_the_desks_own() {
        let moment = taken(|_| (), [left_after(6)]).all()[0].moment;
        assert_eq!((moment.hour, moment.weekday), (1, 5), "Saturday, 01:30 in Singapore");
    }

    #[test]
    fn neither_numbers_nor_names_nor_keys_come_out() {
        let told = format!("{:?}", taken(|_| (), [left_after(6)]));
        for secret in ["91234567", "a101", "9876"] {
            assert!(!told.contains(secret), "{secret} is in {told}");
        }
    }

    #[test]
    fn a_skill_of_few_agents_names_nobody() {
        let skill = |agents: usize| {
            let alike = |config: &mut Config| {
                let agent = config.desk.agents[0].clone();
                config.desk.agents = vec![agent; agents];
            };
            let cases = taken(alike, [left_after(6)]);
            cases.all()[0].skill.map(|word| cases.lexicon().name(word).to_owned())
        };
        assert_eq!((skill(2), skill(3)), (None, Some("booking, level 1".to_owned())));
    }
}
