//! Looking a journal over from end to end.

use crate::Seq;
use crate::error::{Damage, Error};
use crate::origin::Origin;
use crate::place::Place;
use crate::snapshot::{self, PassedOver};
use crate::walk::{Cut, Walk};
use std::fmt;
use std::path::Path;

/// What a look at every entry has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Segments that stand there.
    pub segments: u64,
    /// The first entry that stands: another than 1 if segments were removed.
    pub first: Seq,
    /// Whole entries before the first fault.
    pub entries: u64,
    /// The first fault.
    pub finding: Option<Finding>,
    /// Snapshots that can be believed.
    pub snapshots: u64,
    /// Those that cannot; the engine does without them.
    pub passed_over: Vec<PassedOver>,
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
        write!(f, "{} whole entries in {} segments", self.entries, self.segments)?;
        if self.first > Seq::FIRST {
            write!(f, " from entry {} on, {} snapshots", self.first, self.snapshots)?;
        } else if self.snapshots > 0 {
            write!(f, ", {} snapshots", self.snapshots)?;
        }
        match &self.finding {
            None => f.write_str("; no fault"),
            Some(finding) => write!(f, "; {finding}"),
        }?;
        self.passed_over.iter().try_for_each(|passed_over| write!(f, "\n{passed_over}"))
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
    let (first, entries, finding) = match Origin::oldest(&place) {
        Ok(Origin { mut walk, .. }) => {
            let first = walk.standing().last.next();
            let (entries, finding) = survey(&mut walk)?;
            (first, entries, finding)
        }
        Err(Error::Damaged(damage)) => (Seq::FIRST, 0, Some(Finding::Damaged(damage))),
        Err(error) => return Err(error),
    };
    let segments = place.segments()?;
    let (mut snapshots, mut passed_over) = (0, Vec::new());
    for segment in place.snapshots()?.into_iter().filter(|snapshot| segments.contains(snapshot)) {
        match snapshot::read(&place, segment) {
            Ok(_) => snapshots += 1,
            Err(why) => passed_over.push(PassedOver { segment, why }),
        }
    }
    Ok(Report { segments: segments.len() as u64, first, entries, finding, snapshots, passed_over })
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
