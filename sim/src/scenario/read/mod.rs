//! A scenario's file: TOML in, a checked [`Scenario`] out; every fault at once, each with its line.
//!
//! Lengths of time carry units (`"20s"`, `"1h30m"`), shares lie between 0 and 1, files are looked for beside the scenario's.
//!
//! | key | such as | meaning, and what holds where it is absent |
//! |---|---|---|
//! | `desk` | `"taxi.toml"` | the engine's own configuration; its agents only count if there are no `[[agents]]` |
//! | `duration` | `"8h"` | for so long callers come; 92 days at the most |
//! | `warm_up` | `"30m"` | so much of it is not counted; none |
//! | `begins` | `"2026-11-20 18:00"` | the desk's wall clock at the beginning; a Monday's midnight |
//! | `seed`, `replications` | `1`, `20` | of the first replication, and how many there are; these |
//! | `prompt` | `"2s"` | how long a prompt takes; this |
//!
//! | `[[callers]]` | such as | |
//! |---|---|---|
//! | `name` | `"regulars"` | for messages, reports and `--set`; `callers 1` and so on |
//! | `queue`, `class` | `"booking"`, `"regular"` | straight into a queue; its default class |
//! | `line`, `class` | `"+6565521111"`, `"regular"` | through a line and its menu; the class is that of their profiles |
//! | `arrivals` | `{ poisson = { per_hour = 1200 } }` | |
//! | | `{ profile = { per_hour = [60, 90], every = "30m" } }` | each rate for so long, one after the other; nobody then |
//! | | `{ trace = "calls.csv" }` | exactly then: columns `at`, and `queue`, `class`, `handle_s`, `patience_s`, `number` if known |
//! | `handle` | a law | the talk, with an agent of speed 1; none is needed if a trace knows all |
//! | `patience` | a law, or `"never"` | after which wait they hang up; never |
//! | `redial` | `{ chance = 0.4, after = LAW }` | those who hung up while waiting call again; not |
//! | `press` | `{ 1 = 0.7, 2 = 0.2, other = 0.05, after = LAW }` | in the menu; nothing. 2 s after it was said |
//! | `known` | `0.6` | the share with a trusted and complete profile; none |
//! | `regulars` | `2000` | so many take turns by chance; each is another one |
//! | `callback` | `{ accepted = 0.5, reached = 0.9, picks_up_after = LAW }` | when one is offered; not accepted |
//! | `cut_off` | `0.001` | the share whose leg dies; none |
//!
//! | `[[agents]]` | such as | |
//! |---|---|---|
//! | `name`, `count` | `"evening"`, `90` | a group of agents who are alike, `evening-1` and so on; `agents 1`, one |
//! | `skills` | `{ booking = 1 }` | as in the desk's file |
//! | `present` | `"08:00-16:30"`, `["Mon-Fri 22:00-06:00", "Sat 09:00-12:00"]` | by the desk's clock; always |
//! | `breaks` | `["10:15-10:30", { at = "12:00-13:00", for = "30m" }]` | the latter begins within `at`; none |
//! | `late` | `{ chance = 0.1, by = LAW }` | never |
//! | `speed`, `cost_per_hour` | `1.1`, `25` | handle times are divided by it; 1, and 1 |
//! | `picks_up_after` | a law | at once |
//! | `unanswered`, `declined`, `dropped` | `0.01` | shares of ringings, and of talks whose leg dies; none |
//!
//! A law is `{ constant = "30s" }`, `{ exponential = { mean = "2m" } }`, `{ lognormal = { mean = "3m", sd = "2m" } }`,
//! `{ gamma = { mean = "3m", sd = "2m" } }`, `{ erlang = { mean = "3m", phases = 4 } }` or `{ empirical = "seen.csv" }`: seconds,
//! one a row.
//!
//! | further | keys |
//! |---|---|
//! | `[[service]]` | `name`; `answers_after` (300 ms) and `eta` (7 min): laws; `refused`, `failed`, `silent`: shares |
//! | `[trouble]` | `lost`, `late`, `doubled`: shares of all facts; `late_by`: a law; `crash_every`: the mean time between crashes |
//! | `[verify]` | `max_wait_over_target`, `abandoned`, `quote_error`: what the outcome is held against |

mod agents;
mod amended;
mod arrivals;
mod callers;
mod clock;
mod conditions;
mod desk;
mod faults;
mod house;
mod law;
mod plain;
mod rows;
mod said;
mod sets;
mod shifts;
mod source;
mod trace;
mod whole;

pub use amended::amended;
pub use faults::Faults;
pub use said::law_said;
pub use source::Written;

use super::{Scenario, Set};
use agents::Staff;
use cabrank_core::{Settings, Span};
use cabrank_settings::Config;
use cabrank_settings::reading::{Report, Section, Value, document};
use clock::Clock;
use house::House;
use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;
use source::Source;
use std::ops::RangeInclusive;
use std::path::Path;

const HOUR: Span = Span::secs(3600);
const DURATION: RangeInclusive<Span> = Span::secs(1)..=Span::secs(92 * 24 * 3600);
const WARM_UP: RangeInclusive<Span> = Span(0)..=*DURATION.end();
const PROMPT: RangeInclusive<Span> = Span(0)..=HOUR;
const REPLICATIONS: RangeInclusive<u32> = 1..=1_000_000;
const USUAL_REPLICATIONS: u32 = 20;
/// A Monday.
const USUAL_BEGINNING: DateTime = date(2026, 1, 5).at(0, 0, 0, 0);

/// Reads the scenario of that file, with what `--set` makes of it.
///
/// # Errors
/// All that is wrong with the file, the desk's file and the assignments.
pub fn read(path: &Path, sets: &[Set]) -> Result<Scenario, Faults> {
    read_written(&Written::open(path)?, sets)
}

/// Reads a scenario whose text is at hand.
///
/// # Errors
/// All that is wrong with it, with the desk's file and the assignments.
pub fn read_written(written: &Written, sets: &[Set]) -> Result<Scenario, Faults> {
    let source = Source::new(written, sets);
    let report = Report::new(source.whole());
    let mut tables = document(&report, source.file());
    let changes = sets::plan(&report, &tables, &source.sets(|set| set.of_queue().is_none()));
    sets::apply(&mut tables, &changes);
    let root = Section::new(&report, 0..0, "the scenario".to_owned(), Some(&tables));
    let folder = &*written.folder;
    let (config, desks_faults) = match desk::read(&root, folder) {
        Ok(config) => (config, None),
        Err(faults) => (None, Some(faults)),
    };
    let settings =
        config.as_ref().map(|config| desk::amended(&report, &config.desk, &source.sets(|set| set.of_queue().is_some())));
    let scenario = scenario(&root, written.stem(), folder, config.zip(settings));
    root.close();
    let faulty = report.close_parts(source.whole(), &source.parts()).err().unwrap_or_default();
    Faults::any(faulty.into_iter().chain(desks_faults).collect())?;
    scenario.ok_or_else(|| {
        Faults::of(cabrank_settings::Faults::unread(&source.name(), "nothing is simulated", "name a desk and callers"))
    })
}

/// Where a fault was reported, something arbitrary stands in the result or nothing at all; it is then thrown away.
fn scenario(root: &Section<'_>, name: String, folder: &Path, desk: Option<(Config, Settings)>) -> Option<Scenario> {
    let duration = root.need("duration", "\"8h\"").and_then(|value| value.span(DURATION));
    let warm_up = root.find("warm_up").and_then(|value| warm_up(&value, duration)).unwrap_or_default();
    let duration = duration.unwrap_or(HOUR);
    let begins = root.find("begins").and_then(|value| begins(&value)).unwrap_or(USUAL_BEGINNING);
    let timezone = desk.as_ref().map_or(TimeZone::UTC, |(config, _)| config.timezone.clone());
    let house = House::new(folder, desk, Clock::new(begins, duration, timezone));
    let seed = root.find("seed").and_then(|value| seed(&value)).unwrap_or(1);
    let replications = root.count("replications", REPLICATIONS, USUAL_REPLICATIONS);
    let prompt = root.span("prompt", PROMPT, Span::secs(2));
    let callers = callers::read_all(root, &house);
    let staff = agents::read_all(root, &house);
    let services = conditions::services(root, &house);
    let (trouble, limits) = (conditions::trouble(root, &house), conditions::limits(root));
    whole::check(root, &house, &callers, &staff);
    let open = house.config()?.lines.iter().map(|reception| house.clock.windows(&reception.hours)).collect();
    let Staff { agents, rosters, .. } = staff;
    let settings = Settings { agents, ..house.settings()?.clone() };
    let agents = rosters;
    Some(Scenario {
        name,
        settings,
        begins,
        open,
        seed,
        warm_up,
        duration,
        replications,
        callers,
        agents,
        services,
        prompt,
        changes: Vec::new(),
        trouble,
        limits,
    })
}

fn warm_up(value: &Value<'_>, duration: Option<Span>) -> Option<Span> {
    let warm_up = value.span(WARM_UP)?;
    if duration.is_some_and(|duration| warm_up >= duration) {
        value.wrong("the warm-up is as long as all of it: nothing would be counted", "shorter than `duration`");
        return None;
    }
    Some(warm_up)
}

fn seed(value: &Value<'_>) -> Option<u64> {
    let right = "a whole number from 0 to 9223372036854775807";
    let number = value.raw.as_integer().and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok());
    let seed = number.and_then(|number| u64::try_from(number).ok());
    if seed.is_none() {
        value.wrong("this is no seed", right);
    }
    seed
}

/// A date and a time, in quotes or without.
fn begins(value: &Value<'_>) -> Option<DateTime> {
    let right = "a date and a time without a timezone, which is the desk's, such as \"2026-11-20 18:00\"";
    let text = value.raw.as_datetime().map_or_else(|| value.text().map(str::to_owned), |moment| Some(moment.to_string()))?;
    let read = text.parse::<DateTime>().ok().filter(|read| (2000..=2100).contains(&read.year()));
    if read.is_none() {
        value.wrong("this is no beginning", right);
    }
    read
}
