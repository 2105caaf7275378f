//! Snapshots of closed segments, made beside a running engine, and the removal of what they replace.

use crate::error::{Doing, Error, What};
use crate::format::Content;
use crate::origin::Origin;
use crate::place::Place;
use crate::snapshot::{self, State};
use crate::{Beginning, Damage, Disk, SegmentNo, Seq};
use cabrank_core::{Input, Span, Tick};
use std::path::Path;

/// The oldest closed segment that is in no snapshot yet. A segment is closed once another one follows it: it is synced, and never
/// written again. No lock is taken, and whoever writes the journal is not disturbed.
#[derive(Debug)]
pub struct Closed {
    place: Place,
    origin: Origin,
    /// The segment that follows.
    next: SegmentNo,
    /// The last entry of the closed one.
    last: Seq,
}

/// A closed segment that was replayed whole.
#[derive(Debug)]
pub struct Replayed {
    place: Place,
    beginning: Beginning,
    next: SegmentNo,
}

impl Closed {
    /// Looks for one in the journal of the data directory `data`; none if all are in a snapshot.
    ///
    /// # Errors
    /// [`Error::Absent`], [`Error::Version`], [`Error::Damaged`] (in a header), [`Error::Io`].
    pub fn find(data: &Path) -> Result<Option<Closed>, Error> {
        let place = Place::of(data);
        let (segments, snapshots) = (place.segments()?, place.snapshots()?);
        if segments.len() < 2 || segments.last() == snapshots.last() {
            return Ok(None);
        }
        let origin = Origin::newest(&place)?;
        let Some(next) = origin.walk.ahead().next() else { return Ok(None) };
        let last = Seq(origin.walk.first_of(next)?.0.saturating_sub(1));
        Ok(Some(Closed { place, origin, next, last }))
    }

    /// The state before its first entry.
    ///
    /// # Errors
    /// [`Error::Settings`].
    pub fn state(&self) -> Result<State, Error> {
        self.origin.state()
    }

    /// Hands every input to `tell`, in order; what the edges noted goes into `state`, as do the last entry and its tick.
    ///
    /// # Errors
    /// [`Error::Damaged`] or [`Error::Version`] at a place that cannot be believed; [`Error::Io`].
    pub fn replay(self, state: &mut State, mut tell: impl FnMut(&mut State, Tick, Input)) -> Result<Replayed, Error> {
        let Closed { place, mut origin, next, last } = self;
        while origin.walk.standing().last < last {
            let standing = origin.walk.standing();
            let Some(step) = origin.walk.step()? else {
                let what = What::Unfinished(standing.last);
                return Err(Error::Damaged(Damage { segment: standing.segment, offset: standing.offset, what }));
            };
            (state.last, state.tick) = (step.seq, step.tick);
            match step.content {
                Content::Input(input) => tell(state, step.tick, input),
                Content::Note(note) => state.notes.see(note),
            }
        }
        Ok(Replayed { place, beginning: origin.walk.start().clone(), next })
    }
}

impl Replayed {
    /// Keeps what the segment came to. The snapshot is tried before it is written: bytes that do not make this very state again
    /// are never kept. Says before which segment it stands.
    ///
    /// # Errors
    /// [`Error::Unsound`], [`Error::Io`].
    pub fn keep(self, disk: &impl Disk, state: &State) -> Result<SegmentNo, Error> {
        let segment = self.next;
        let bytes = snapshot::bytes_of(segment, &self.beginning, state).map_err(|why| Error::Unsound { segment, why })?;
        snapshot::write(disk, &self.place, segment, &bytes)?;
        Ok(segment)
    }
}

/// Removes the segments of the journal in the data directory `data` whose last entry is more than `keep` older than the last
/// one that is in a snapshot, oldest first, and says which. Age is a matter of ticks alone: whatever the wall clock is set to,
/// nothing goes. A segment goes only when a snapshot that can be believed stands for it, so that the journal can be read
/// and recovered at every moment in between; the segment being written never goes.
///
/// # Errors
/// [`Error::Io`]; what is gone by then is gone, and the rest stands.
pub fn retain(disk: &impl Disk, data: &Path, keep: Span) -> Result<Vec<SegmentNo>, Error> {
    let place = Place::of(data);
    let (segments, snapshots) = (place.segments()?, place.snapshots()?);
    let Some(newest) = snapshots.iter().rev().find_map(|snapshot| snapshot::read(&place, *snapshot).ok()) else {
        return Ok(Vec::new());
    };
    let too_old = |state: &State| newest.tick.since(state.tick) > keep;
    let mut removed = Vec::new();
    for pair in segments.windows(2) {
        let &[segment, next] = pair else { break };
        let replaced = snapshots.contains(&next).then(|| snapshot::read(&place, next).ok()).flatten();
        if next != segment.next() || !replaced.is_some_and(|state| too_old(&state)) {
            break;
        }
        let path = place.segment(segment);
        disk.remove(&path).doing("remove", &path)?;
        removed.push(segment);
    }
    if !removed.is_empty() {
        disk.sync_dir(place.dir()).doing("sync the directory", place.dir())?;
    }
    let first = segments.get(removed.len()).copied();
    for snapshot in snapshots.into_iter().filter(|snapshot| first.is_some_and(|first| *snapshot < first)) {
        let path = place.snapshot(snapshot);
        disk.remove(&path).doing("remove", &path)?;
    }
    Ok(removed)
}
