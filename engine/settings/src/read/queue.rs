//! `[[queue]]`: a name, and its thresholds.

use super::names::Names;
use super::section::Section;
use super::thresholds;
use cabrank_core::{Queue, QueueId};
use std::ops::Range;

/// Where a queue's keys stand in the file.
pub(super) struct Site {
    pub(super) section: Range<usize>,
    pub(super) order: Range<usize>,
    pub(super) reserve: Range<usize>,
    /// Whether no fault was found in it: only then does what is missing prove anything.
    pub(super) sound: bool,
}

pub(super) fn read_all(sections: Vec<Section<'_>>, names: &Names) -> (Vec<Queue>, Vec<Site>) {
    (0..).zip(sections).map(|(place, section)| read(section, QueueId(place), names)).unzip()
}

fn read(section: Section<'_>, id: QueueId, names: &Names) -> (Queue, Site) {
    let (report, before) = (section.report, section.report.count());
    let (order, reserve, at) = (section.place("order"), section.place("reserve"), section.at.clone());
    let thresholds = thresholds::read(&section, id, names);
    section.close();
    let site = Site { section: at, order, reserve, sound: report.count() == before };
    (Queue { name: names.at(usize::from(id.0)), thresholds }, site)
}
