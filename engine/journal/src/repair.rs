//! Giving up what comes after a fault: shown first, done only then, and nothing is thrown away.
//!
//! The desk's state is what all inputs in order made of it, so nothing after a missing entry can be kept as it stands. A
//! repair ends the journal before its first fault. The bytes cut off go to `NNNNNNNN.seg.cut`, and whole segments and snapshots
//! that came later get such a name too; the engine reads none of them.
//!
//! Where a snapshot that can be believed stands behind the fault, and no other fault behind that, the desk's state is not lost:
//! then the journal begins with that snapshot, and what is set aside is what came before.

use crate::check::{Finding, survey};
use crate::disk::{Disk, OsDisk, SegmentFile, write_whole};
use crate::error::{Doing, Error};
use crate::format::Salt;
use crate::origin::Origin;
use crate::place::Place;
use crate::scan::{count_entries, last_possible};
use crate::walk::Walk;
use crate::{Cut, SegmentNo, Seq};
use std::fmt;
use std::path::{Path, PathBuf};

/// Copies kept of one segment; after so many, a person should have looked.
const ASIDE_MAX: u32 = 1_000;

/// What a repair would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    place: Place,
    /// The fault.
    pub finding: Finding,
    /// Entries that stay: all before the fault, or all behind the snapshot.
    pub kept: u64,
    /// Entries that are whole but given up: all after the fault, or those before the snapshot that are before the fault.
    pub given_up: u64,
    /// Where the journal will end, and how many bytes come off there.
    pub cut: Cut,
    /// Segments that are set aside whole.
    pub set_aside: Vec<SegmentNo>,
    /// The snapshot that the journal will begin with.
    pub begins_with: Option<SegmentNo>,
}

/// Looks for the first fault of the journal in the data directory `data`. None: nothing to repair. Changes nothing.
///
/// # Errors
/// [`Error::Hopeless`] if the first header is damaged, [`Error::Absent`], [`Error::Version`], [`Error::Io`].
pub fn plan(data: &Path) -> Result<Option<Plan>, Error> {
    plan_at(&Place::of(data))
}

impl Plan {
    /// Does what the plan says, and names the files that hold what was cut off.
    ///
    /// # Errors
    /// [`Error::Locked`] while an engine is running, [`Error::Changed`] if the journal is no longer what was planned for,
    /// [`Error::Io`]; planning again is safe then.
    pub fn apply(&self) -> Result<Vec<PathBuf>, Error> {
        let _lock = self.place.lock()?;
        if plan_at(&self.place)?.as_ref() != Some(self) {
            return Err(Error::Changed);
        }
        let mut aside = Vec::new();
        if self.cut.bytes > 0 {
            aside.push(self.copy_cut()?);
        }
        for file in self.files_set_aside()? {
            aside.push(rename_aside(&file)?);
        }
        if self.begins_with.is_none() {
            self.cut()?;
        }
        OsDisk.sync_dir(self.place.dir()).doing("sync the directory", self.place.dir())?;
        Ok(aside)
    }

    /// Segments, and the snapshots of what is no more.
    fn files_set_aside(&self) -> Result<Vec<PathBuf>, Error> {
        let segments = self.set_aside.iter().map(|segment| self.place.segment(*segment));
        let snapshots = self.place.snapshots()?.into_iter().filter(|snapshot| match self.begins_with {
            Some(first) => *snapshot < first,
            None => *snapshot > self.cut.segment,
        });
        let snapshots = snapshots.map(|snapshot| self.place.snapshot(snapshot));
        Ok(segments.chain(snapshots).collect())
    }

    fn copy_cut(&self) -> Result<PathBuf, Error> {
        let bytes = self.place.read(self.cut.segment)?;
        let cut = bytes.get(self.cut.offset as usize..).ok_or(Error::Changed)?;
        let path = Place::aside(&self.place.segment(self.cut.segment), ASIDE_MAX)?;
        let file = OsDisk.create(&path).doing("create", &path)?;
        write_whole(&file, cut, 0).and_then(|()| SegmentFile::sync_data(&file)).doing("write", &path)?;
        Ok(path)
    }

    fn cut(&self) -> Result<(), Error> {
        let path = self.place.segment(self.cut.segment);
        let file = OsDisk.open(&path).doing("open", &path)?;
        file.truncate(self.cut.offset).and_then(|()| SegmentFile::sync_data(&file)).doing("cut", path)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Plan { place: _, finding, kept, given_up, cut, set_aside, begins_with } = self;
        writeln!(f, "{finding}")?;
        match begins_with {
            Some(segment) => {
                writeln!(f, "keep     {kept} entries, and what came before them in the snapshot before segment {segment}")
            }
            None => writeln!(f, "keep     {kept} entries, up to byte {} of segment {}", cut.offset, cut.segment),
        }?;
        if begins_with.is_none() {
            writeln!(f, "cut      {} bytes there, kept in a file beside it", cut.bytes)?;
        }
        for segment in set_aside {
            writeln!(f, "set aside segment {segment}, whole")?;
        }
        match begins_with {
            Some(_) => {
                write!(f, "give up  nothing of the desk; {given_up} whole entries before the fault can no longer be replayed")
            }
            None => write!(f, "give up  {given_up} whole entries that come after the fault"),
        }
    }
}

fn rename_aside(from: &Path) -> Result<PathBuf, Error> {
    let to = Place::aside(from, ASIDE_MAX)?;
    OsDisk.rename(from, &to).doing("rename", from)?;
    Ok(to)
}

fn plan_at(place: &Place) -> Result<Option<Plan>, Error> {
    let mut walk = match Origin::oldest(place) {
        Ok(Origin { walk, .. }) => walk,
        Err(Error::Damaged(damage)) => {
            return begin_behind(place, 0, Finding::Damaged(damage.clone()))?.ok_or(Error::Hopeless(damage)).map(Some);
        }
        Err(error) => return Err(error),
    };
    let (kept, finding) = survey(&mut walk)?;
    let Some(finding) = finding else { return Ok(None) };
    if let Finding::Damaged(_) = &finding
        && let Some(plan) = begin_behind(place, kept, finding.clone())?
    {
        return Ok(Some(plan));
    }
    let standing = walk.standing();
    let cut = Cut { segment: standing.segment, offset: standing.offset, bytes: walk.rest().len() as u64 };
    let set_aside: Vec<_> = walk.ahead().collect();
    let given_up = count_given_up(place, &walk, &set_aside, standing.last.next())?;
    Ok(Some(Plan { place: place.clone(), finding, kept, given_up, cut, set_aside, begins_with: None }))
}

/// The plan to begin behind the newest snapshot, if there is one and no fault behind it; so many entries stand before the fault.
fn begin_behind(place: &Place, given_up: u64, finding: Finding) -> Result<Option<Plan>, Error> {
    let Ok(Origin { mut walk, .. }) = Origin::newest(place) else { return Ok(None) };
    let first = walk.standing().segment;
    if first == SegmentNo::FIRST {
        return Ok(None);
    }
    let (kept, behind) = survey(&mut walk)?;
    let standing = walk.standing();
    let cut = Cut { segment: standing.segment, offset: standing.offset, bytes: 0 };
    let set_aside = place.segments()?.into_iter().filter(|segment| *segment < first).collect();
    let plan = Plan { place: place.clone(), finding, kept, given_up, cut, set_aside, begins_with: Some(first) };
    Ok(Some(plan).filter(|_| !matches!(behind, Some(Finding::Damaged(_)))))
}

fn count_given_up(place: &Place, walk: &Walk, set_aside: &[SegmentNo], next: Seq) -> Result<u64, Error> {
    let mut passed = walk.rest().len();
    let mut count = count_entries(walk.rest(), walk.beginning().salt(), next, last_possible(passed, next));
    let salts = walk.salts();
    for &segment in set_aside {
        let bytes = place.read(segment)?;
        passed = passed.saturating_add(bytes.len());
        let count_salted = |salt: &Salt| count_entries(&bytes, *salt, next, last_possible(passed, next));
        count += salts.iter().map(count_salted).sum::<u64>();
    }
    Ok(count)
}
