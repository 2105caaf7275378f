//! `trace = "calls.csv"`: calls that came exactly then.
//!
//! The first row names the columns: `at`, in seconds from the beginning or as a time of the day on which the scenario
//! begins (`25:30:00` is half past one on the next); and of `queue`, `class`, `handle_s`, `patience_s`, `number` those
//! that are known. An empty field is not known. Rows after the duration are nobody's.

use super::house::House;
use super::law::LENGTH;
use super::rows::{Fault, Rows, seconds};
use crate::scenario::{CallersOwn, Entrance, TraceCall};
use cabrank_core::{Caller, Number, Span, Text, Tick, Trust};
use cabrank_settings::reading::{Value, nearest, shown};
use std::sync::Arc;

const COLUMNS: [&str; 6] = ["at", "queue", "class", "handle_s", "patience_s", "number"];
const ROWS_MAX: usize = 10_000_000;
const AT_MAX: Span = Span::secs(1_000_000_000);
const NUMBER_LENGTH_MAX: usize = 64;

/// Reads the calls, in the order of time.
pub(super) fn read(value: &Value<'_>, house: &House, to: Option<&Entrance>) -> Option<Arc<[TraceCall]>> {
    let rows = Rows::read(value, house, ROWS_MAX)?;
    let columns = columns(value, &rows)?;
    let mut calls = Vec::with_capacity(rows.len());
    let sound = rows.each(value, |n, row| {
        if n > 0 {
            calls.push(Row { columns: &columns, row, house, to }.call()?);
        }
        Ok(())
    });
    if sound && calls.is_empty() {
        value.wrong(format!("`{}` holds no call", rows.name()), "a row for each, below the names of the columns");
        return None;
    }
    calls.sort_by_key(|call: &TraceCall| call.at);
    sound.then(|| calls.into())
}

/// Where each of [`COLUMNS`] stands.
type Columns = [Option<usize>; COLUMNS.len()];

fn columns(value: &Value<'_>, rows: &Rows) -> Option<Columns> {
    let names = rows.first();
    let before = value.report.count();
    for name in names.iter().filter(|name| !COLUMNS.contains(name)) {
        value.wrong(format!("`{}`: unknown column `{}`", rows.name(), shown(name)), nearest(name, COLUMNS.into_iter()));
    }
    if let Some((_, twice)) = names.iter().enumerate().find(|(n, name)| names[..*n].contains(name)) {
        value.wrong(format!("`{}`: two columns `{}`", rows.name(), shown(twice)), "leave one out");
    }
    if !names.contains(&"at") && value.report.count() == before {
        let right = "name the columns in the first row, `at` among them";
        value.wrong(format!("`{}` has no column `at`", rows.name()), right);
    }
    let place = |column: &str| names.iter().position(|name| *name == column);
    (value.report.count() == before).then(|| COLUMNS.map(place))
}

struct Row<'r> {
    columns: &'r Columns,
    row: &'r [&'r str],
    house: &'r House,
    to: Option<&'r Entrance>,
}

impl Row<'_> {
    fn call(&self) -> Result<TraceCall, Fault> {
        Ok(TraceCall {
            at: self.at()?,
            to: self.to()?,
            handle: self.length("handle_s")?,
            patience: self.length("patience_s")?,
            caller: self.field("number").map(caller).transpose()?,
        })
    }

    /// What stands in that column, if anything does.
    fn field(&self, column: &str) -> Option<&str> {
        let place = COLUMNS.iter().position(|known| *known == column)?;
        self.row.get((*self.columns.get(place)?)?).copied().filter(|field| !field.is_empty())
    }

    fn at(&self) -> Result<Tick, Fault> {
        let field = self.field("at").unwrap_or_default();
        let Some(time) = time_of_day(field) else { return seconds(field, AT_MAX).map(|span| Tick(span.0)) };
        let begins = self.house.clock.begins;
        let begun = i64::from(begins.hour()) * 3600 + i64::from(begins.minute()) * 60 + i64::from(begins.second());
        u64::try_from(time - begun).map(|s| Tick(Span::secs(s).0)).map_err(|_| {
            let what = format!("`{}` lies before the scenario begins, at {}", shown(field), begins.time());
            Fault::new(what, "hours go on past 24:00:00; or let the scenario begin sooner")
        })
    }

    fn to(&self) -> Result<Option<Entrance>, Fault> {
        let wrong = |(what, right): (String, String)| Fault::new(what, right);
        match (self.field("queue"), self.field("class"), self.to) {
            (None, None, _) => Ok(None),
            (Some(_), _, _) if self.house.settings().is_none() => Ok(None),
            (Some(queue), class, _) => {
                let queue = self.house.queue_named(queue).map_err(wrong)?;
                let class = class.map_or(Ok(self.house.default_class(queue)), |class| self.house.class(queue, class));
                Ok(Some(Entrance::Queue(queue, class.map_err(wrong)?)))
            }
            (None, Some(class), Some(Entrance::Queue(queue, _))) => {
                Ok(Some(Entrance::Queue(*queue, self.house.class(*queue, class).map_err(wrong)?)))
            }
            (None, Some(class), Some(Entrance::Line(line, _))) => {
                Ok(Some(Entrance::Line(*line, self.house.class_by_line(*line, class).map_err(wrong)?)))
            }
            (None, Some(_), None) => Ok(None),
        }
    }

    fn length(&self, column: &str) -> Result<Option<Span>, Fault> {
        self.field(column).map(|field| seconds(field, *LENGTH.end())).transpose()
    }
}

/// Seconds since midnight.
fn time_of_day(field: &str) -> Option<i64> {
    let mut parts = field.split(':');
    let mut part = |max: i64| {
        let part = parts.next()?;
        let digits = (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        part.parse::<i64>().ok().filter(|number| digits && *number <= max)
    };
    let seconds = part(999)? * 3600 + part(59)? * 60 + part(59)?;
    parts.next().is_none().then_some(seconds)
}

/// A caller by a number that may be believed.
fn caller(number: &str) -> Result<CallersOwn, Fault> {
    if number.len() > NUMBER_LENGTH_MAX || number.chars().any(|c| c.is_control() || c.is_whitespace()) {
        let right = format!("{NUMBER_LENGTH_MAX} bytes at the most, without blanks, such as +6591234567");
        return Err(Fault::new(format!("`{}` is no number", shown(number)), right));
    }
    let number = Some(Number(Text::from(number)));
    Ok(CallersOwn { caller: Caller { number, trust: Trust::Trusted, token: None, profile: None }, pressed: None })
}
