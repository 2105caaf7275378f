//! How the agents' time went. Groups are told, and nobody is ranked.

use super::definition;
use crate::charts::{Axis, Dots, Group, Words};
use crate::report::Report;
use crate::report::document::{Cell, Figure, Section, Table};
use crate::report::numbers::{Unit, grouped};
use crate::statistics::{jain, mean};

pub(in crate::report) fn agents(report: &Report) -> Section {
    let mut table = Table::of(&["", "occupancy, %", "calls", "cost", "idle in vain, s", "evenness"]);
    let told = [
        (&["occupancy"][..], Unit::Share),
        (&["calls"], Unit::Count),
        (&["cost"], Unit::Seconds),
        (&["idle_in_vain_s"], Unit::Seconds),
        (&["idle_share", "jain"], Unit::Ratio),
    ];
    let cells = told.map(|(figure, unit)| report.cell(&["agents"], figure, unit));
    table.row([Cell::plain("all")].into_iter().chain(cells));
    let groups = groups(report);
    Section {
        title: "Agents".to_owned(),
        tables: vec![table, by_group(&groups)],
        definitions: vec![
            definition("Occupancy", "(talk + hold + wrap-up) / (that + idle)"),
            definition("Idle in vain", "idle while a caller waited whom the agent might have taken at once by every rule"),
            definition("Idle share", "idle / present; breaks are no presence"),
            definition(
                "Evenness",
                "Jain's index over the agents of a group, 1 if all idle shares are the same; of the least even group",
            ),
        ],
        figures: figure(&groups).into_iter().collect(),
    }
}

/// The mean idle share over the replications of each agent of each group.
fn groups(report: &Report) -> Vec<Group> {
    let share = |agent: &String| report.value(&["agents", "idle_share", "by_agent"], &[agent]);
    let group =
        |(name, agents): &(String, Vec<String>)| Group { name: name.clone(), values: agents.iter().filter_map(share).collect() };
    report.definitions.groups.iter().map(group).filter(|group| !group.values.is_empty()).collect()
}

fn by_group(groups: &[Group]) -> Table {
    let mut table = Table::of(&["group", "agents", "idle share, %", "least", "most", "evenness"]);
    for Group { name, values } in groups {
        let percent = |share: f64| Cell::plain(grouped(share * 100.0, 1));
        table.row([
            Cell::plain(name),
            Cell::plain(grouped(values.len() as f64, 0)),
            percent(mean(values)),
            percent(values.iter().copied().fold(f64::MAX, f64::min)),
            percent(values.iter().copied().fold(0.0, f64::max)),
            Cell::plain(grouped(jain(values), 4)),
        ]);
    }
    table
}

fn figure(groups: &[Group]) -> Option<Figure> {
    let caption = "Idle shares of agents who are alike".to_owned();
    let dots = Dots {
        words: Words {
            title: caption.clone(),
            description:
                "Each dot is an agent's share of idle time, the mean over the replications; each row is a group of agents \
                 who are alike, in rising order. The steeper a row, the more even."
                    .to_owned(),
        },
        axis: Axis::Share,
        groups: groups.to_vec(),
    };
    (!groups.is_empty()).then(|| Figure { caption, svg: dots.to_svg(), table: Table::default() })
}
