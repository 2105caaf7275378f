//! Reading a file: everything that is wrong is said at once.

mod agent;
mod amend;
mod class;
mod crm;
mod desk;
mod hook;
mod line;
mod names;
mod proof;
mod queue;
mod quic;
mod reach;
mod records;
mod report;
mod section;
mod service;
mod service_level;
mod sharing;
mod sip;
mod speech;
mod store;
mod thresholds;
mod trust;
mod value;

pub use amend::{amend, contradictions};
pub use names::{Names, Places, nearest};
pub use report::{Part, Report};
pub use section::Section;
pub use service_level::DENOMINATORS;
pub use thresholds::AGENT_ORDERS;
pub use value::{Value, is_name, shown, written};

use crate::{Config, Faults, Phone, Surroundings};
use cabrank_core::{Settings, Span};
use queue::Site;
use reach::Exits;
use std::time::Duration;
use toml::de::DeTable;

/// The longest file taken, in bytes.
const FILE_LENGTH_MAX: usize = 4 << 20;
const LINES_MAX: usize = 1_000;
const SERVICES_MAX: usize = 100;
const QUEUES_MAX: usize = 1_000;
const AGENTS_MAX: usize = 20_000;
const HOOKS_MAX: usize = 100;

/// Reads a configuration. `file_name` stands in messages, `base` is what the file may refer to.
///
/// # Errors
/// All that is wrong with it, in the order of the file: TOML, keys, values and what they refer to.
pub fn parse(text: &str, file_name: &str, base: &impl Surroundings) -> Result<Config, Faults> {
    if text.len() > FILE_LENGTH_MAX {
        return Err(Faults::too_long(file_name));
    }
    let report = Report::new(text);
    let document = document(&report, text);
    let root = Section::new(&report, 0..0, "the file".to_owned(), Some(&document));
    let config = read(&root, base);
    root.close();
    let notices = report.close(file_name, text)?;
    Ok(Config { notices, ..config })
}

/// The tables of a text that the report is on, or begins with. What is no TOML is reported, and the rest is there.
pub fn document<'t>(report: &Report, text: &'t str) -> DeTable<'t> {
    let (document, errors) = DeTable::parse_recoverable(text);
    errors.iter().for_each(|error| toml_fault(report, text, error));
    document.into_inner()
}

/// Where a fault was reported, something arbitrary stands in the result or nothing at all; it is then thrown away.
fn read(root: &Section<'_>, base: &dyn Surroundings) -> Config {
    let desk = desk::read(root);
    let lines = root.sections("line", "line", LINES_MAX);
    let services = root.sections("service", "service", SERVICES_MAX);
    let queues = root.sections("queue", "queue", QUEUES_MAX);
    let agents = root.sections("agent", "agent", AGENTS_MAX);
    let service_names = Names::of("service", &services);
    let queue_names = Names::of("queue", &queues);
    let agent_names = Names::of("agent", &agents);
    at_least_one(root, "line", lines.len(), "callers dial it");
    at_least_one(root, "queue", queues.len(), "everything leads to a human, by way of a queue");
    at_least_one(root, "agent", agents.len(), "without one nobody who calls ever reaches a human");

    let trust = trust::read(root, base);
    let sip = sip::read(root, &desk.name, trust.is_some(), base);
    let media = desk::read_media(root);
    let http = desk::read_http(root);
    let quic = quic::read(root, base);
    let journal = desk::read_journal(root);
    let store = store::read(root, base);
    let records = records::read(root);
    let hooks = hook::read_all(root.sections("webhook", "webhook", HOOKS_MAX), base);
    let look_up = crm::look_up(root, base);
    let screen_pop = crm::screen_pop(root);
    let speech = speech::read(root);
    let house = line::House { queues: &queue_names, services: &service_names, language: &desk.language, base };
    let mut exits = Exits::default();
    let (lines, receptions) = line::read_all(lines, &house, &mut exits);
    let (services, backends) = service::read_all(services, &service_names);
    let (queues, sites) = queue::read_all(queues, &queue_names);
    let agent::Read { agents, phones, programs } = agent::read_all(agents, &agent_names, &queue_names, base);
    let settings = Settings { name: desk.name, limits: desk.limits, lines, services, queues, agents };
    check_whole(root.report, &settings, &exits, &sites);
    if !sip.trunks.is_empty() {
        note_agents_without_a_phone(root, &settings, &phones);
    }
    if sip.trunks.iter().all(|trunk| trunk.outbound.is_none()) {
        note_callbacks_without_a_way(root.report, &settings, &sites);
    }

    Config {
        desk: settings,
        region: desk.region,
        timezone: desk.timezone,
        language: desk.language,
        drain: desk.drain,
        sip,
        trust,
        media,
        http,
        quic,
        journal,
        store,
        records,
        hooks,
        look_up,
        screen_pop,
        speech,
        lines: receptions,
        services: backends,
        agents: phones,
        programs,
        notices: Vec::new(),
    }
}

/// What a whole desk contradicts itself in. Of an agent whose skills could not be read nobody knows whom it serves: that fault
/// comes first, and so do those of a queue itself.
fn check_whole(report: &Report, settings: &Settings, exits: &Exits, sites: &[Site]) {
    if settings.agents.is_empty() || settings.agents.iter().any(|agent| agent.skills.is_empty()) {
        return;
    }
    exits.check(report, settings, |queue| sites.get(usize::from(queue.0)).is_some_and(|site| site.sound));
    sharing::check(report, settings, sites);
    for (place, name) in exits.idle_queues(settings) {
        if let Some(site) = sites.get(place).filter(|site| site.sound) {
            let what =
                format!("no line leads to queue `{name}`, and no agent serves it: whoever is passed on to it waits for nobody");
            report.notice(site.section.clone(), what);
        }
    }
}

/// Callers are offered to be called back where no trunk can do it.
fn note_callbacks_without_a_way(report: &Report, settings: &Settings, sites: &[Site]) {
    for (queue, site) in settings.queues.iter().zip(sites) {
        if queue.thresholds.callback.is_some() {
            let what = format!(
                "callers of queue `{}` are offered to be called back, and no [[sip.trunk]] names `outbound`: only registered \
                 phones can be reached",
                queue.name
            );
            report.notice(site.section.clone(), what);
        }
    }
}

/// Agents whom a call that came in by SIP cannot be brought to.
fn note_agents_without_a_phone(root: &Section<'_>, settings: &Settings, phones: &[Phone]) {
    let without: Vec<&str> = settings
        .agents
        .iter()
        .zip(phones)
        .filter(|(_, phone)| matches!(phone, Phone::Program))
        .map(|(agent, _)| &*agent.name)
        .collect();
    if let Some(first) = without.first() {
        let (count, what) = (
            without.len(),
            "is rung by a gateway alone: calls from a [[sip.trunk]] that reach the agent's queues are passed on to others",
        );
        root.report.notice(root.at.clone(), format!("{count} agents have no phone, `{first}` for one, who {what}"));
    }
}

fn at_least_one(root: &Section<'_>, list: &str, count: usize, why: &str) {
    if count == 0 {
        root.report.absent(root.at.clone(), format!("there is no [[{list}]]"), format!("add one: {why}"));
    }
}

/// The parser's words, and what they most often mean.
fn toml_fault(report: &Report, text: &str, error: &toml::de::Error) {
    let at = error.span().unwrap_or(text.len()..text.len());
    let right = match error.message() {
        "duplicate key" => "keep one of the two",
        _ => "`key = value`, one a line; text, and lengths of time such as \"20s\", in quotes",
    };
    if report.opens_section(text, at.start) {
        report.lose_section();
    }
    report.broken(at, format!("this is no TOML: {}", error.message()), right.to_owned());
}

/// The edges' unit of time.
fn duration(span: Span) -> Duration {
    Duration::from_micros(span.0)
}
