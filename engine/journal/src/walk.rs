//! Going through a journal from its first entry to its last, believing nothing that does not fit.

use crate::error::{Damage, Error, What};
use crate::format::{self, Content, Header, NoHeader, SEGMENT_BYTES_MAX, Salt, Salted, read_content, read_entry, read_header};
use crate::place::Place;
use crate::scan::any_entry;
use crate::{Beginning, SegmentNo, Seq};
use cabrank_core::Tick;
use std::collections::VecDeque;
use std::fmt;

/// The end of a journal that was no whole entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The last segment.
    pub segment: SegmentNo,
    /// Where its last whole entry ends, in bytes from the start of its file.
    pub offset: u64,
    /// How many bytes follow there.
    pub bytes: u64,
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "segment {} ends with {} bytes that are no whole entry, at byte {}", self.segment, self.bytes, self.offset)
    }
}

/// A walk through the segments that stood there when it began. Of those only the last can still grow.
#[derive(Debug)]
pub(crate) struct Walk {
    place: Place,
    ahead: VecDeque<SegmentNo>,
    beginning: Salted,
    start: Beginning,
    here: Segment,
    next: Seq,
    tick: Tick,
    cut: Option<Cut>,
}

/// The segment being walked through, whole in memory.
#[derive(Debug)]
struct Segment {
    number: SegmentNo,
    bytes: Vec<u8>,
    /// Bytes of its header.
    header: usize,
    at: usize,
}

/// An entry that can be believed.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) seq: Seq,
    pub(crate) tick: Tick,
    pub(crate) content: Content,
}

/// Where a walk stands: at its end, where the next entry belongs.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) segment: SegmentNo,
    pub(crate) offset: u64,
    pub(crate) last: Seq,
    pub(crate) tick: Tick,
    /// Whether the segment holds an entry.
    pub(crate) used: bool,
    pub(crate) cut: Option<Cut>,
}

impl Standing {
    /// Before there is a segment.
    pub(crate) const BEFORE_ALL: Standing =
        Standing { segment: SegmentNo(0), offset: 0, last: Seq::NONE, tick: Tick(0), used: false, cut: None };
}

impl Walk {
    /// Stands before the first entry of all; `ahead` are all segments.
    pub(crate) fn begin(place: Place, ahead: VecDeque<SegmentNo>) -> Result<Walk, Error> {
        let walk = Walk::enter(place, ahead)?;
        if walk.here.number != SegmentNo::FIRST {
            return Err(damage(SegmentNo::FIRST, 0, What::Missing));
        }
        if walk.next != Seq::FIRST {
            return Err(damage(walk.here.number, 0, What::Gap { expected: Seq::FIRST, found: walk.next }));
        }
        Ok(walk)
    }

    /// Stands before the first entry of the first of these segments, whichever that is.
    pub(crate) fn enter(place: Place, mut ahead: VecDeque<SegmentNo>) -> Result<Walk, Error> {
        let number = ahead.pop_front().ok_or_else(|| Error::Absent(place.dir().to_owned()))?;
        let (header, here) = Segment::read(&place, number)?;
        let start = header.beginning.parse().map_err(|_| damage(number, 0, What::Header))?;
        Ok(Walk { place, ahead, beginning: header.beginning, start, here, next: header.first, tick: Tick(0), cut: None })
    }

    /// Whether the next entry is the one after `last`, whose tick that was: none that follows may be earlier.
    pub(crate) fn goes_on_from(&mut self, last: Seq, tick: Tick) -> bool {
        self.tick = tick;
        self.next == last.next()
    }

    /// The first entry of a segment ahead, as its header announces it.
    pub(crate) fn first_of(&self, segment: SegmentNo) -> Result<Seq, Error> {
        header_of(&self.place, segment).map(|header| header.first)
    }

    pub(crate) fn start(&self) -> &Beginning {
        &self.start
    }

    /// The beginning as the segment has it that is being walked through.
    pub(crate) fn beginning(&self) -> &Salted {
        &self.beginning
    }

    /// The salts that entries from here on may have: that of this segment, and that of later ones in the newest form.
    pub(crate) fn salts(&self) -> Vec<Salt> {
        let mut salts = vec![self.beginning.salt(), Salted::new(&self.start).salt()];
        salts.dedup();
        salts
    }

    /// The bytes of this segment that no entry was read from yet.
    pub(crate) fn rest(&self) -> &[u8] {
        self.here.rest()
    }

    /// The segments not yet walked through.
    pub(crate) fn ahead(&self) -> impl Iterator<Item = SegmentNo> {
        self.ahead.iter().copied()
    }

    pub(crate) fn standing(&self) -> Standing {
        Standing {
            segment: self.here.number,
            offset: self.here.at as u64,
            last: Seq(self.next.0.saturating_sub(1)),
            tick: self.tick,
            used: self.here.at > self.here.header,
            cut: self.cut,
        }
    }

    /// The next entry; none at the end, torn or not. After an error the walk stands before the damage.
    pub(crate) fn step(&mut self) -> Result<Option<Step>, Error> {
        while self.cut.is_none() && self.here.rest().is_empty() {
            if !self.enter_next()? {
                return Ok(None);
            }
        }
        if self.cut.is_some() {
            return Ok(None);
        }
        match read_entry(self.here.rest(), self.beginning.salt()) {
            Ok(whole) => {
                let size = whole.size;
                let step = self.believe(whole)?;
                self.here.at += size;
                self.next = self.next.next();
                self.tick = step.tick;
                Ok(Some(step))
            }
            Err(format::NoEntry::Short | format::NoEntry::Length | format::NoEntry::Crc) => self.torn_or_damaged(),
        }
    }

    fn believe(&self, whole: format::Whole<'_>) -> Result<Step, Error> {
        if whole.seq != self.next {
            return Err(self.damage(What::OutOfSequence { expected: self.next, found: whole.seq }));
        }
        if whole.tick < self.tick {
            return Err(self.damage(What::TimeTurned(whole.seq)));
        }
        let content = read_content(whole.content, self.beginning.form());
        let content = content.map_err(|_| self.damage(What::Unknown(whole.seq)))?;
        Ok(Step { seq: whole.seq, tick: whole.tick, content })
    }

    fn torn_or_damaged(&mut self) -> Result<Option<Step>, Error> {
        if !self.ahead.is_empty() {
            return Err(self.damage(What::Unfinished(self.next)));
        }
        let rest = self.here.rest();
        if any_entry(rest, self.beginning.salt(), self.next) {
            return Err(self.damage(What::Entry(self.next)));
        }
        self.cut = Some(Cut { segment: self.here.number, offset: self.here.at as u64, bytes: rest.len() as u64 });
        Ok(None)
    }

    fn enter_next(&mut self) -> Result<bool, Error> {
        let Some(&found) = self.ahead.front() else { return Ok(false) };
        let number = self.here.number.next();
        if found != number {
            return Err(damage(number, 0, What::Missing));
        }
        let (header, here) = Segment::read(&self.place, number)?;
        if !self.goes_on_with(&header.beginning) {
            return Err(damage(number, 0, What::Foreign));
        }
        if header.first != self.next {
            return Err(damage(number, 0, What::Gap { expected: self.next, found: header.first }));
        }
        self.ahead.pop_front();
        self.beginning = header.beginning;
        self.here = here;
        Ok(true)
    }

    /// Whether that is this journal's beginning: the same, or the same told in a newer form.
    fn goes_on_with(&self, next: &Salted) -> bool {
        let newer = || next.form() > self.beginning.form() && next.parse().as_ref() == Ok(&self.start);
        *next == self.beginning || newer()
    }

    fn damage(&self, what: What) -> Error {
        damage(self.here.number, self.here.at, what)
    }
}

impl Segment {
    /// Reads a segment whose header is whole and in its place.
    fn read(place: &Place, number: SegmentNo) -> Result<(Header, Segment), Error> {
        let bytes = place.read(number)?;
        if bytes.len() as u64 > SEGMENT_BYTES_MAX {
            return Err(damage(number, SEGMENT_BYTES_MAX as usize, What::TooLong));
        }
        let header = header_in(&bytes, number)?;
        let size = header.size;
        Ok((header, Segment { number, bytes, header: size, at: size }))
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }
}

/// The header of a segment, of which nothing else is read.
pub(crate) fn header_of(place: &Place, segment: SegmentNo) -> Result<Header, Error> {
    header_in(&place.read_header(segment)?, segment)
}

fn header_in(bytes: &[u8], number: SegmentNo) -> Result<Header, Error> {
    let header = read_header(bytes).map_err(|fault| match fault {
        NoHeader::Version(found) => Error::Version { segment: number, found },
        NoHeader::Short | NoHeader::Magic | NoHeader::Crc => damage(number, 0, What::Header),
    })?;
    if header.segment == number { Ok(header) } else { Err(damage(number, 0, What::Foreign)) }
}

fn damage(segment: SegmentNo, offset: usize, what: What) -> Error {
    Error::Damaged(Damage { segment, offset: offset as u64, what })
}
