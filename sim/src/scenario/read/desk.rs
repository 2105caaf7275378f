//! `desk`: the engine's own configuration, and what `--set` changes of its queues.

use super::sets::{self, Wrong};
use super::source;
use crate::scenario::Set;
use cabrank_core::{Settings, Text};
use cabrank_settings::reading::{Names, Report, Section, shown};
use cabrank_settings::{CertificateDer, Config, Faults, Surroundings, amend, parse, show};
use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::Path;
use toml::Table;

/// A simulation speaks no prompt, asks for no password and verifies no signature.
struct Anything;

impl Surroundings for Anything {
    fn find_prompt(&self, _language: &str, _name: &str) -> Result<(), String> {
        Ok(())
    }

    fn secret(&self, _path: &str) -> io::Result<String> {
        Ok("unasked".to_owned())
    }

    fn certificates(&self, _path: &str) -> io::Result<Vec<CertificateDer<'static>>> {
        Ok(Vec::new())
    }
}

/// Reads the desk that the scenario names.
///
/// # Errors
/// The faults of the desk's own file. That it is not named, or not there, is a fault of the scenario's, and there is no desk.
pub(super) fn read(root: &Section<'_>, folder: &Path) -> Result<Option<Config>, Faults> {
    let Some(value) = root.need("desk", "\"taxi.toml\"") else { return Ok(None) };
    let Some(path) = value.text().map(|path| folder.join(path)) else { return Ok(None) };
    let name = path.display().to_string();
    match source::text(File::open(&path)) {
        Ok(text) => parse(&text, &name, &Anything).map(Some),
        Err(error) => {
            let right = "the desk's configuration; its path starts where the scenario lies";
            value.wrong(format!("`{}` cannot be read: {error}", shown(&name)), right);
            Ok(None)
        }
    }
}

/// The desk's settings after the assignments that are about its queues, which come with their places in the text.
pub(super) fn amended(report: &Report, desk: &Settings, sets: &[(&Set, Range<usize>)]) -> Settings {
    let mut desk = desk.clone();
    let texts: Vec<Text> = desk.queues.iter().map(|queue| queue.name.clone()).collect();
    let names = Names::known("queue", &texts);
    for (set, at) in sets {
        let Some((queue, keys)) = set.of_queue() else { continue };
        if keys.is_empty() {
            report.wrong(at.clone(), "this names no key of the queue", "such as `queue.booking.target=30s`");
        } else if queue == "*" {
            amend_all(report, &mut desk, &texts, keys, set, at);
        } else if let Some(place) = names.position(queue) {
            if let Err(wrong) = amend_one(&mut desk, usize::from(place), &texts, keys, set) {
                tell(report, at, wrong);
            }
        } else {
            report.wrong(at.clone(), names.unknown(queue), names.nearest(queue));
        }
    }
    desk
}

/// What cannot be multiplied in one queue stays as it is there, unless that is so in all of them.
fn amend_all(report: &Report, desk: &mut Settings, names: &[Text], keys: &[String], set: &Set, at: &Range<usize>) {
    let tried: Vec<_> = (0..names.len()).map(|place| amend_one(desk, place, names, keys, set)).collect();
    let nowhere = tried.iter().all(|tried| tried.is_err());
    let grave = tried.into_iter().filter_map(Result::err).filter(|wrong| nowhere || matches!(wrong, Unfit::Thresholds(_)));
    grave.for_each(|unfit| tell(report, at, unfit));
}

/// Why a queue stays as it is.
enum Unfit {
    Assignment(Wrong),
    Thresholds(Vec<Wrong>),
}

fn tell(report: &Report, at: &Range<usize>, unfit: Unfit) {
    let wrongs = match unfit {
        Unfit::Assignment(wrong) => vec![wrong],
        Unfit::Thresholds(wrongs) => wrongs,
    };
    wrongs.into_iter().for_each(|Wrong(what, right)| report.wrong(at.clone(), what, right));
}

fn amend_one(desk: &mut Settings, place: usize, names: &[Text], keys: &[String], set: &Set) -> Result<(), Unfit> {
    let Some(queue) = desk.queues.get_mut(place) else { return Ok(()) };
    let changes: Table = sets::changes_within(show(&queue.thresholds, names), keys, set.value()).map_err(Unfit::Assignment)?;
    match amend(&queue.name, &queue.thresholds, changes, names) {
        Ok(thresholds) => queue.thresholds = thresholds,
        Err(faults) => {
            let told = |what: &str| format!("queue `{}`: {what}", queue.name);
            return Err(Unfit::Thresholds(faults.into_iter().map(|fault| Wrong(told(&fault.what), fault.right)).collect()));
        }
    }
    Ok(())
}
