//! From the files to a journal that can be written again.

use crate::disk::{Disk, SegmentFile};
use crate::error::{Doing, Error};
use crate::format::{Content, WRITTEN};
use crate::journal::{Journal, Options};
use crate::origin::Origin;
use crate::place::{Lock, Place};
use crate::snapshot::{PassedOver, State};
use crate::walk::{Cut, Standing};
use crate::{Beginning, Notes, Seq};
use cabrank_core::{Input, Tick};
use std::path::Path;

/// A journal that was found and locked, but not read yet. It can be written only after everything in it was replayed.
#[derive(Debug)]
pub struct Recovery<D> {
    disk: D,
    place: Place,
    options: Options,
    lock: Lock,
    origin: Origin,
}

/// A journal that goes on where it ended.
pub struct Recovered<D: Disk> {
    /// The journal; what was recovered is synced.
    pub journal: Journal<D>,
    /// The last entry that was replayed.
    pub last: Seq,
    /// What the edges noted and still want to know.
    pub notes: Notes,
    /// What was cut off, if the tail was torn. It belongs before a person's eyes.
    pub cut: Option<Cut>,
}

impl<D: Disk> Journal<D> {
    /// Finds the journal in the data directory `data` and keeps all others from writing it.
    ///
    /// # Errors
    /// [`Error::Absent`], [`Error::Locked`], [`Error::Version`], [`Error::Damaged`] (in the first header), [`Error::Io`].
    pub fn recover(disk: D, data: &Path, options: Options) -> Result<Recovery<D>, Error> {
        let place = Place::of(data);
        if place.segments()?.is_empty() {
            return Err(Error::Absent(place.dir().to_owned()));
        }
        let lock = place.lock()?;
        let origin = Origin::newest(&place)?;
        Ok(Recovery { disk, place, options, lock, origin })
    }
}

impl<D: Disk> Recovery<D> {
    /// What the desk began with.
    pub fn start(&self) -> &Beginning {
        self.origin.walk.start()
    }

    /// What the inputs to be replayed go on from: the newest snapshot that can be believed, or the beginning.
    ///
    /// # Errors
    /// [`Error::Settings`].
    pub fn state(&self) -> Result<State, Error> {
        self.origin.state()
    }

    /// Snapshots that are not believed. They belong before a person's eyes.
    pub fn passed_over(&self) -> &[PassedOver] {
        &self.origin.passed_over
    }

    /// Hands every input behind [`Self::state`] to `tell`, in order, then cuts a torn tail and syncs. If the last segment is of an older format
    /// version, a new one is begun behind it.
    ///
    /// # Errors
    /// [`Error::Damaged`] or [`Error::Version`] at a place that cannot be believed: what was told until then must be thrown
    /// away, and no file has been changed. [`Error::Io`].
    pub fn replay(mut self, mut tell: impl FnMut(Tick, Input)) -> Result<Recovered<D>, Error> {
        let mut notes = self.origin.notes();
        while let Some(step) = self.origin.walk.step()? {
            match step.content {
                Content::Input(input) => tell(step.tick, input),
                Content::Note(note) => notes.see(note),
            }
        }
        let standing = self.origin.walk.standing();
        let path = self.place.segment(standing.segment);
        let file = self.disk.open(&path).doing("open", &path)?;
        if standing.cut.is_some() {
            file.truncate(standing.offset).doing("cut", &path)?;
        }
        // After a kill, entries may stand in the system's memory alone.
        file.sync_data().doing("sync", &path)?;
        self.disk.sync_dir(self.place.dir()).doing("sync the directory", self.place.dir())?;
        let (last, cut) = (standing.last, standing.cut);
        Ok(Recovered { journal: self.go_on(file, &standing)?, last, notes, cut })
    }

    /// In the last segment; behind it if that is in an older form than what is written.
    fn go_on(self, file: D::File, standing: &Standing) -> Result<Journal<D>, Error> {
        let Recovery { disk, place, options, lock, origin: Origin { walk, .. } } = self;
        let beginning = walk.beginning().clone();
        if beginning.form() == WRITTEN {
            Ok(Journal::go_on(disk, place, lock, options, beginning, file, standing))
        } else {
            Journal::begin(disk, place, lock, options, walk.start(), standing)
        }
    }
}
