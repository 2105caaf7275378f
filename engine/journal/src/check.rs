//! Looking a journal over from end to end.

use crate::error::{Damage, Error};
use crate::place::Place;
use crate::walk::{Cut, Walk};
use std::fmt;
use std::path::Path;

/// What a look at every entry has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Segments that stand there.
    pub segments: u64,
    /// Whole entries before the first fault.
    pub entries: u64,
    /// The first fault.
    pub finding: Option<Finding>,
}

/// A fault in a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The tail is torn; the next start of the engine cuts it. While an engine is running it may be a batch on its way.
    Torn(Cut),
    /// Something cannot be believed; the engine refuses to start.
    Damaged(Damage),
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} whole entries in {} segments; ", self.entries, self.segments)?;
        match &self.finding {
            None => f.write_str("no fault"),
            Some(finding) => finding.fmt(f),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::Torn(cut) => cut.fmt(f),
            Finding::Damaged(damage) => damage.fmt(f),
        }
    }
}

/// Verifies every entry of the journal in the data directory `data`, up to the first fault. Changes nothing, and can be
/// done beside a running engine.
///
/// # Errors
/// [`Error::Absent`], [`Error::Version`], [`Error::Io`]. A fault in the journal is no error but a finding.
pub fn check(data: &Path) -> Result<Report, Error> {
    let place = Place::of(data);
    let segments = place.segments()?.len() as u64;
    match Walk::begin(place) {
        Ok(mut walk) => survey(&mut walk).map(|(entries, finding)| Report { segments, entries, finding }),
        Err(Error::Damaged(damage)) => Ok(Report { segments, entries: 0, finding: Some(Finding::Damaged(damage)) }),
        Err(error) => Err(error),
    }
}

/// Walks to the end or the first fault; says how many entries were whole.
pub(crate) fn survey(walk: &mut Walk) -> Result<(u64, Option<Finding>), Error> {
    let mut entries = 0;
    loop {
        match walk.step() {
            Ok(Some(_)) => entries += 1,
            Ok(None) => return Ok((entries, walk.standing().cut.map(Finding::Torn))),
            Err(Error::Damaged(damage)) => return Ok((entries, Some(Finding::Damaged(damage)))),
            Err(error) => return Err(error),
        }
    }
}
