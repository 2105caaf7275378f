//! Giving up what comes after a fault: shown first, done only then, and nothing is thrown away.
//!
//! The desk's state is what all inputs in order made of it, so nothing after a missing entry can be kept as it stands. A
//! repair ends the journal before its first fault. The bytes cut off go to `NNNNNNNN.seg.cut`, and whole segments that came
//! later get such a name too; the engine reads neither.

use crate::check::{Finding, survey};
use crate::disk::{Disk, OsDisk, SegmentFile, write_whole};
use crate::error::{Doing, Error};
use crate::format::Salt;
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
    /// Entries that stay: all before the fault.
    pub kept: u64,
    /// Entries that are whole but come after the fault, so that they are given up.
    pub given_up: u64,
    /// Where the journal will end, and how many bytes come off there.
    pub cut: Cut,
    /// Later segments, which are set aside whole.
    pub set_aside: Vec<SegmentNo>,
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
        for &segment in &self.set_aside {
            aside.push(self.rename_aside(segment)?);
        }
        self.cut()?;
        OsDisk.sync_dir(self.place.dir()).doing("sync the directory", self.place.dir())?;
        Ok(aside)
    }

    fn copy_cut(&self) -> Result<PathBuf, Error> {
        let bytes = self.place.read(self.cut.segment)?;
        let cut = bytes.get(self.cut.offset as usize..).ok_or(Error::Changed)?;
        let path = self.place.aside(self.cut.segment, ASIDE_MAX)?;
        let file = OsDisk.create(&path).doing("create", &path)?;
        write_whole(&file, cut, 0).and_then(|()| SegmentFile::sync_data(&file)).doing("write", &path)?;
        Ok(path)
    }

    fn rename_aside(&self, segment: SegmentNo) -> Result<PathBuf, Error> {
        let from = self.place.segment(segment);
        let to = self.place.aside(segment, ASIDE_MAX)?;
        OsDisk.rename(&from, &to).doing("rename", from)?;
        Ok(to)
    }

    fn cut(&self) -> Result<(), Error> {
        let path = self.place.segment(self.cut.segment);
        let file = OsDisk.open(&path).doing("open", &path)?;
        file.truncate(self.cut.offset).and_then(|()| SegmentFile::sync_data(&file)).doing("cut", path)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Plan { place: _, finding, kept, given_up, cut, set_aside } = self;
        writeln!(f, "{finding}")?;
        writeln!(f, "keep     {kept} entries, up to byte {} of segment {}", cut.offset, cut.segment)?;
        writeln!(f, "cut      {} bytes there, kept in a file beside it", cut.bytes)?;
        for segment in set_aside {
            writeln!(f, "set aside segment {segment}, whole")?;
        }
        write!(f, "give up  {given_up} whole entries that come after the fault")
    }
}

fn plan_at(place: &Place) -> Result<Option<Plan>, Error> {
    let mut walk = match Walk::begin(place.clone()) {
        Err(Error::Damaged(damage)) => return Err(Error::Hopeless(damage)),
        begun => begun?,
    };
    let (kept, finding) = survey(&mut walk)?;
    let Some(finding) = finding else { return Ok(None) };
    let standing = walk.standing();
    let cut = Cut { segment: standing.segment, offset: standing.offset, bytes: walk.rest().len() as u64 };
    let set_aside: Vec<_> = walk.ahead().collect();
    let given_up = count_given_up(place, &walk, &set_aside, standing.last.next())?;
    Ok(Some(Plan { place: place.clone(), finding, kept, given_up, cut, set_aside }))
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
