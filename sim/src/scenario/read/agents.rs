//! `[[agents]]`: groups of agents who are alike, and their days.

use super::arrivals::{share, within_whole};
use super::house::House;
use super::law;
use super::shifts::{self, Shifts};
use crate::chance::Law;
use crate::scenario::{Late, Phone, Roster, Window};
use cabrank_core::{Agent, SignIn, Skill, Span, Text, Tick};
use cabrank_settings::reading::{Places, Section, Value};
use std::ops::{Range, RangeInclusive};

const GROUPS_MAX: usize = 1_000;
const COUNT: RangeInclusive<u32> = 1..=20_000;
const LEVELS: RangeInclusive<u32> = 1..=99;
const SPEED: RangeInclusive<f64> = 0.01..=100.0;
const COST: RangeInclusive<f64> = 0.0..=1_000_000.0;

/// Who works, and when: two lists of the same length.
pub(super) struct Staff {
    pub(super) agents: Vec<Agent>,
    pub(super) rosters: Vec<Roster>,
    /// Where the scenario speaks of them.
    pub(super) at: Range<usize>,
}

/// Reads the groups; without any, the desk's own agents are there all the time.
pub(super) fn read_all(root: &Section<'_>, house: &House) -> Staff {
    let at = root.place("agents");
    let sections = root.sections("agents", "agents", GROUPS_MAX);
    let mut names = Places::new("group");
    let mut staff = Staff { agents: Vec::new(), rosters: Vec::new(), at };
    if sections.is_empty() {
        staff.desks_own(house);
    }
    for (n, section) in (1..).zip(sections) {
        staff.enlist(section, n, house, &mut names);
    }
    staff
}

impl Staff {
    fn enlist(&mut self, section: Section<'_>, n: usize, house: &House, names: &mut Places) {
        let (report, before) = (section.report, section.report.count());
        let named = section.find("name");
        let group = named.as_ref().and_then(Value::name).unwrap_or_else(|| format!("agents {n}").into());
        named.iter().for_each(|value| names.take(value, &group));
        let count = section.count("count", COUNT, 1);
        let skills = section.need("skills", "{ … = 1 }").map(|value| skills(&value, house)).unwrap_or_default();
        let roster = roster(&section, group.clone(), house);
        let room = (*COUNT.end() as usize).saturating_sub(self.agents.len());
        if count as usize > room {
            let right = format!("{} in all at the most", COUNT.end());
            report.wrong(section.place("count"), format!("{} of these agents have no place", count as usize - room), right);
        }
        section.close();
        if report.count() == before {
            let agent =
                |n: u32| Agent { name: format!("{group}-{n}").into(), skills: skills.clone(), sign_in: SignIn::OnRequest };
            self.agents.extend((1..=count).map(agent));
            self.rosters.extend((0..count).map(|_| roster.clone()));
        }
    }

    fn desks_own(&mut self, house: &House) {
        let Some(desk) = house.settings() else { return };
        let present = vec![Window { from: Tick(0), until: house.clock.end() }];
        for agent in &desk.agents {
            let skills: Vec<String> = agent
                .skills
                .iter()
                .filter_map(|skill| Some(format!("{} {}", house.about(skill.queue)?.name, skill.level)))
                .collect();
            self.rosters.push(Roster { group: skills.join(", ").into(), present: present.clone(), ..Roster::usual() });
            self.agents.push(Agent { sign_in: SignIn::OnRequest, ..agent.clone() });
        }
    }
}

impl Roster {
    /// Never there; otherwise like anybody of whom nothing is said.
    fn usual() -> Roster {
        Roster {
            group: Text::default(),
            present: Vec::new(),
            breaks: Vec::new(),
            late: None,
            speed: 1.0,
            phone: Phone { picks_up_after: Law::Constant(Span(0)), unanswered: 0.0, declined: 0.0, dropped: 0.0 },
            cost_per_hour: 1.0,
        }
    }
}

fn skills(value: &Value<'_>, house: &House) -> Vec<Skill> {
    let Some(section) = value.section("skills".to_owned()) else { return Vec::new() };
    let entries = section.entries();
    if entries.is_empty() {
        value.wrong("these agents serve no queue", "name one with a level, such as { booking = 1 }; lower is better");
    }
    entries.iter().filter_map(|entry| skill(entry, house)).collect()
}

fn skill(entry: &Value<'_>, house: &House) -> Option<Skill> {
    let queue = house.queue_by_key(entry);
    let level = entry.count(LEVELS).and_then(|level| u8::try_from(level).ok());
    Some(Skill { queue: queue?, level: level? })
}

fn roster(section: &Section<'_>, group: Text, house: &House) -> Roster {
    let usual = Roster::usual();
    let Shifts { present, breaks } = shifts::read(section, &house.clock);
    Roster {
        group,
        present,
        breaks,
        late: late(section, house),
        speed: section.find("speed").and_then(|value| value.number(SPEED)).unwrap_or(usual.speed),
        phone: phone(section, house, usual.phone),
        cost_per_hour: section.find("cost_per_hour").and_then(|value| value.number(COST)).unwrap_or(usual.cost_per_hour),
    }
}

fn late(section: &Section<'_>, house: &House) -> Option<Late> {
    let section = section.find("late")?.section("`late`".to_owned())?;
    let chance = section.need("chance", "0.1").and_then(|value| value.number(0.0..=1.0));
    let by = law::need(&section, "by", house);
    section.close();
    Some(Late { chance: chance?, by: by? })
}

fn phone(section: &Section<'_>, house: &House, usual: Phone) -> Phone {
    let (unanswered, declined) = (share(section, "unanswered"), share(section, "declined"));
    within_whole(section, &[("unanswered", unanswered), ("declined", declined)]);
    let picks_up_after = law::find(section, "picks_up_after", house, usual.picks_up_after);
    Phone { picks_up_after, unanswered, declined, dropped: share(section, "dropped") }
}
