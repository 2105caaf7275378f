//! Where reading begins: with the first entry of all, or behind a snapshot.

use crate::error::{Damage, Error, What};
use crate::place::Place;
use crate::snapshot::{self, Flaw, PassedOver, State};
use crate::walk::Walk;
use crate::{Notes, SegmentNo, UnixMicros};

/// A walk about to begin, and what it goes on from.
#[derive(Debug)]
pub(crate) struct Origin {
    pub(crate) walk: Walk,
    /// The snapshot before the walk; none: the beginning.
    snapshot: Option<Snapshot>,
    /// Snapshots that were looked at and not believed.
    pub(crate) passed_over: Vec<PassedOver>,
}

/// A snapshot that was read and believed.
#[derive(Debug)]
struct Snapshot {
    segment: SegmentNo,
    bytes: Vec<u8>,
    notes: Notes,
}

impl Origin {
    /// Behind the newest snapshot that can be believed: as little as possible is left to read.
    pub(crate) fn newest(place: &Place) -> Result<Origin, Error> {
        let segments = place.segments()?;
        let snapshots = place.snapshots()?;
        Origin::of(place, &segments, snapshots.into_iter().rev())
    }

    /// With the first entry that still stands.
    pub(crate) fn oldest(place: &Place) -> Result<Origin, Error> {
        let segments = place.segments()?;
        let snapshots = if segments.first() == Some(&SegmentNo::FIRST) { Vec::new() } else { place.snapshots()? };
        Origin::of(place, &segments, snapshots.into_iter())
    }

    /// Behind the newest snapshot that can be believed and holds nothing later than this moment; else with the first entry that still
    /// stands.
    pub(crate) fn before(place: &Place, moment: UnixMicros) -> Result<Origin, Error> {
        let segments = place.segments()?;
        for snapshot in place.snapshots()?.into_iter().rev().filter(|snapshot| segments.contains(snapshot)) {
            match behind(place, &segments, snapshot) {
                Ok((walk, held)) if walk.start().epoch.0.saturating_add(walk.standing().tick.0) <= moment.0 => {
                    return Ok(Origin { walk, snapshot: Some(held), passed_over: Vec::new() });
                }
                Ok(_) | Err(NotBehind::Flaw(_)) => {}
                Err(NotBehind::Error(error)) => return Err(error),
            }
        }
        Origin::oldest(place)
    }

    /// Behind the first of these snapshots that can be believed, or with the first entry of all.
    fn of(place: &Place, segments: &[SegmentNo], snapshots: impl Iterator<Item = SegmentNo>) -> Result<Origin, Error> {
        let mut passed_over = Vec::new();
        for segment in snapshots.filter(|snapshot| segments.contains(snapshot)) {
            match behind(place, segments, segment) {
                Ok((walk, snapshot)) => return Ok(Origin { walk, snapshot: Some(snapshot), passed_over }),
                Err(NotBehind::Flaw(why)) => passed_over.push(PassedOver { segment, why }),
                Err(NotBehind::Error(error)) => return Err(error),
            }
        }
        match segments.first() {
            None => Err(Error::Absent(place.dir().to_owned())),
            Some(&SegmentNo::FIRST) => {
                let walk = Walk::begin(place.clone(), segments.iter().copied().collect())?;
                Ok(Origin { walk, snapshot: None, passed_over })
            }
            Some(&first) => Err(Error::Damaged(match passed_over.iter().find(|passed_over| passed_over.segment == first) {
                Some(passed_over) => Damage { segment: first, offset: 0, what: What::Unreplaced(passed_over.why) },
                None => Damage { segment: SegmentNo::FIRST, offset: 0, what: What::Missing },
            })),
        }
    }

    /// What the entries to be read go on from.
    pub(crate) fn state(&self) -> Result<State, Error> {
        match &self.snapshot {
            Some(Snapshot { segment, bytes, .. }) => {
                snapshot::parse(*segment, self.walk.start(), bytes).map_err(|why| Error::Unsound { segment: *segment, why })
            }
            None => Ok(State::of(self.walk.start())?),
        }
    }

    /// What was noted before the entries to be read.
    pub(crate) fn notes(&self) -> Notes {
        self.snapshot.as_ref().map(|snapshot| snapshot.notes.clone()).unwrap_or_default()
    }
}

/// Why a walk cannot begin behind a snapshot.
enum NotBehind {
    /// The snapshot's fault.
    Flaw(Flaw),
    /// Not the snapshot's fault.
    Error(Error),
}

fn behind(place: &Place, segments: &[SegmentNo], segment: SegmentNo) -> Result<(Walk, Snapshot), NotBehind> {
    let ahead = segments.iter().copied().filter(|ahead| *ahead >= segment).collect();
    let mut walk = Walk::enter(place.clone(), ahead).map_err(NotBehind::Error)?;
    let bytes = place.read_snapshot(segment).map_err(NotBehind::Flaw)?;
    let state = snapshot::parse(segment, walk.start(), &bytes).map_err(NotBehind::Flaw)?;
    if !walk.goes_on_from(state.last, state.tick) {
        return Err(NotBehind::Flaw(Flaw::Foreign));
    }
    Ok((walk, Snapshot { segment, bytes, notes: state.notes }))
}
