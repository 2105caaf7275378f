//! `[records]`: what may be said of calls when they are over.

use super::names::Places;
use super::section::Section;
use super::value::Value;
use crate::Records;
use cabrank_core::Text;
use std::ops::RangeInclusive;
use std::time::Duration;

const DISPOSITIONS_MAX: usize = 1_000;
const REPEAT_DAYS: RangeInclusive<u32> = 1..=365;
/// A century; 0: for ever.
const KEEP_DAYS: RangeInclusive<u32> = 0..=36_500;
const DAY: Duration = Duration::from_secs(24 * 3600);

pub(super) fn read(root: &Section<'_>) -> Records {
    let section = root.section("records");
    let records = Records {
        dispositions: section.find("dispositions").map(|value| codes(&value)).unwrap_or_default(),
        keep: Some(section.count("keep_days", KEEP_DAYS, 0)).filter(|days| *days > 0).map(|days| DAY * days),
        repeat_within: DAY * section.count("repeat_within_days", REPEAT_DAYS, 7),
    };
    section.close();
    records
}

fn codes(value: &Value<'_>) -> Vec<Text> {
    let mut places = Places::new("disposition");
    let items = value.list(DISPOSITIONS_MAX).unwrap_or_default();
    let named = items.iter().filter_map(|item| item.name().map(|name| (item, name)));
    named.inspect(|(item, name)| places.take(item, name)).map(|(_, name)| name).collect()
}
