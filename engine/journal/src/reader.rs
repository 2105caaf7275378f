//! Reading without writing: beside a running engine, or long after it.

use crate::error::Error;
use crate::format::Content;
use crate::origin::Origin;
use crate::place::Place;
use crate::snapshot::State;
use crate::walk::Cut;
use crate::{Beginning, Entry, Seq, UnixMicros};
use cabrank_core::{Input, Tick};
use std::path::Path;

/// The inputs of a journal, first to last; what the edges noted is passed over. It takes no lock and changes no file. Of a
/// journal that is being written it shows what stood there when it came to the last segment; one segment is held in memory at
/// a time. Where the first segments were removed it begins behind the oldest snapshot.
#[derive(Debug)]
pub struct Reader {
    origin: Origin,
    first: Seq,
    over: bool,
}

impl Reader {
    /// Opens the journal in the data directory `data`.
    ///
    /// # Errors
    /// [`Error::Absent`], [`Error::Version`], [`Error::Damaged`] (in the first header), [`Error::Io`].
    pub fn open(data: &Path) -> Result<Reader, Error> {
        Ok(Reader::from(Origin::oldest(&Place::of(data))?))
    }

    /// The same, but as near before this moment as a snapshot lies: with as few entries to read as there can be, and none later left
    /// out.
    ///
    /// # Errors
    /// As [`Reader::open`].
    pub fn open_before(data: &Path, moment: UnixMicros) -> Result<Reader, Error> {
        Ok(Reader::from(Origin::before(&Place::of(data), moment)?))
    }

    fn from(origin: Origin) -> Reader {
        let first = origin.walk.standing().last.next();
        Reader { origin, first, over: false }
    }

    /// What the desk began with.
    pub fn start(&self) -> &Beginning {
        self.origin.walk.start()
    }

    /// The first entry to be read: another than 1 if segments were removed, or are passed over.
    pub fn first(&self) -> Seq {
        self.first
    }

    /// What the entries go on from: the beginning, or a snapshot of what was removed.
    ///
    /// # Errors
    /// [`Error::Settings`].
    pub fn state(&self) -> Result<State, Error> {
        self.origin.state()
    }

    /// What the reader stopped at, if it came to a torn tail. While an engine is writing that is a batch on its way.
    pub fn tail(&self) -> Option<Cut> {
        self.origin.walk.standing().cut
    }

    /// Hands every input that is left to `tell`, in order, and says which entry was the last.
    ///
    /// # Errors
    /// As [`Recovery::replay`](crate::Recovery::replay).
    pub fn replay(&mut self, mut tell: impl FnMut(Tick, Input)) -> Result<Seq, Error> {
        for entry in &mut *self {
            let entry = entry?;
            tell(entry.tick, entry.input);
        }
        Ok(self.origin.walk.standing().last)
    }

    fn next_input(&mut self) -> Result<Option<Entry>, Error> {
        while let Some(step) = self.origin.walk.step()? {
            if let Content::Input(input) = step.content {
                return Ok(Some(Entry { seq: step.seq, tick: step.tick, input }));
            }
        }
        Ok(None)
    }
}

impl Iterator for Reader {
    type Item = Result<Entry, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let entry = self.next_input().transpose();
        self.over = !matches!(entry, Some(Ok(_)));
        entry
    }
}
