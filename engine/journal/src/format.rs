//! The bytes of a segment, format versions 1 to 3. All numbers are little-endian and of fixed width.
//!
//! A segment is the file `NNNNNNNN.seg`: a header and entries up to the end of the file, with nothing between them.
//!
//! ```text
//! header   magic      8 bytes   "cabrankj"
//!          version    u32       1 to 3: the form of all settings and entries in this segment
//!          length     u32       bytes of the body
//!          body       segment   u32    as in the file's name
//!                     first     u64    sequence number of the first entry in this segment
//!                     epoch     u64    wall clock at tick 0, microseconds since 1970    \
//!                     seed      u64    the desk's seed                                   > the beginning
//!                     settings  ...    byte form of the initial `Settings`, to the end  /
//!          crc        u32       CRC-32 (IEEE) of everything before it
//!
//! entry    length     u32       bytes of the content: 1 to 16 MiB
//!          seq        u64       one more than the entry before it
//!          tick       u64       microseconds since the epoch; never less than the entry before it
//!          content    kind      u8     0: an input; 1: a note
//!                     input     ...    byte form of the `Input`, to the end     \  one of
//!                     note      ...    byte form of the `Note`, to the end      /  the two
//!          crc        u32       CRC-32 (IEEE) of the beginning and of everything before it in this entry
//!
//! note     length     u16       bytes of the key
//!          key        ...       what is noted: a later note of the same key replaces this one
//!          state      ...       what there is to know about it, to the end; nothing: it is no more
//! ```
//!
//! Magic, version, length and crc of a header are the same in every version, so that another version can be told from
//! damage. The byte forms are those of [`cabrank_core::Code`]. An entry's CRC covers the beginning, so that no entry of
//! another journal passes for one of this, and so that nobody who lacks the seed can choose a text (a caller's name) that
//! looks like an entry.
//!
//! # Versions
//! Version 3 is written; versions 1 and 2 are read. What stands in a segment of version 1 has [`Form::One`], which knew of a
//! queue five limits and of a caller no token; in a segment of version 2 [`Form::Two`], in one of version 3 [`Form::Three`].
//! Before version 3 there were no notes, and no kind: the content was an input. No file holds two versions. A journal
//! whose last segment is of an older version goes on in a new segment, so versions only go up.
//! The beginning is the same in all segments of a journal: byte by byte in those of one version, and where the version goes
//! up it means the same in the newer form. An engine refuses a segment of a later version by name.
//!
//! A segment gets its name when its header is whole and synced; until then it is called `NNNNNNNN.seg.tmp`. The segment
//! before it is synced first, so only the last one can be torn.

use crate::{Beginning, Note, SegmentNo, Seq, UnixMicros};
use cabrank_core::{Code, Form, Input, Malformed, Settings, Sink, Tick};

/// The version that is written, and the newest that is read.
pub const VERSION: u32 = 3;

/// The oldest version that is read.
pub const VERSION_OLDEST: u32 = 1;

/// The longest content of one entry that is taken, an input or a note: 16 MiB.
pub const CONTENT_BYTES_MAX: usize = 16 << 20;

/// The longest key of a note.
pub const KEY_BYTES_MAX: usize = u16::MAX as usize;

/// No segment is longer than this, 1 GiB: a longer file was not written by an engine.
pub const SEGMENT_BYTES_MAX: u64 = 1 << 30;

/// The form that is written.
pub(crate) const WRITTEN: Form = Form::WRITTEN;

pub(crate) const ENTRY_BYTES_MIN: usize = ENTRY_FRONT + 1 + CRC;

const MAGIC: [u8; 8] = *b"cabrankj";
pub(crate) const HEADER_FRONT: usize = 16;
const ENTRY_FRONT: usize = 20;
const CRC: usize = 4;
const KIND_INPUT: u8 = 0;
const KIND_NOTE: u8 = 1;

/// The beginning in its byte form, and the CRC that every entry's own continues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Salted {
    form: Form,
    bytes: Vec<u8>,
    salt: Salt,
}

/// The CRC of a journal's beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Salt(u32);

/// A header as read.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) segment: SegmentNo,
    pub(crate) first: Seq,
    pub(crate) beginning: Salted,
    /// Bytes of the header itself.
    pub(crate) size: usize,
}

/// Why bytes are no header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoHeader {
    Short,
    Magic,
    Version(u32),
    Crc,
}

/// What an entry holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Input(Input),
    Note(Note),
}

/// An entry whose CRC holds; what its content says is not looked at yet.
#[derive(Debug)]
pub(crate) struct Whole<'a> {
    pub(crate) seq: Seq,
    pub(crate) tick: Tick,
    pub(crate) content: &'a [u8],
    /// Bytes of the whole entry.
    pub(crate) size: usize,
}

/// Why no whole entry starts here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoEntry {
    Short,
    Length,
    Crc,
}

/// A content is longer than [`CONTENT_BYTES_MAX`], or a key than [`KEY_BYTES_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

impl Salted {
    /// In the form that is written.
    pub(crate) fn new(beginning: &Beginning) -> Salted {
        let mut bytes = Vec::new();
        bytes.put(&beginning.epoch.0.to_le_bytes());
        bytes.put(&beginning.seed.to_le_bytes());
        beginning.settings.encode(&mut bytes);
        Salted::of(bytes, WRITTEN)
    }

    fn of(bytes: Vec<u8>, form: Form) -> Salted {
        let salt = Salt(crc32fast::hash(&bytes));
        Salted { form, bytes, salt }
    }

    /// The form of the beginning, and of every entry that follows it in its segment.
    pub(crate) fn form(&self) -> Form {
        self.form
    }

    pub(crate) fn salt(&self) -> Salt {
        self.salt
    }

    pub(crate) fn parse(&self) -> Result<Beginning, Malformed> {
        let (epoch, rest) = take_u64(&self.bytes).ok_or(Malformed)?;
        let (seed, rest) = take_u64(rest).ok_or(Malformed)?;
        Ok(Beginning { epoch: UnixMicros(epoch), seed, settings: Settings::from_bytes_of(rest, self.form)? })
    }
}

pub(crate) fn header(segment: SegmentNo, first: Seq, beginning: &Salted) -> Vec<u8> {
    let body = 12 + beginning.bytes.len();
    let mut bytes = Vec::with_capacity(HEADER_FRONT + body + CRC);
    bytes.put(&MAGIC);
    bytes.put(&version(beginning.form).to_le_bytes());
    bytes.put(&(body as u32).to_le_bytes());
    bytes.put(&segment.0.to_le_bytes());
    bytes.put(&first.0.to_le_bytes());
    bytes.put(&beginning.bytes);
    let crc = crc32fast::hash(&bytes);
    bytes.put(&crc.to_le_bytes());
    bytes
}

/// How many bytes of a header follow its front, as the front says.
pub(crate) fn header_rest(front: &[u8]) -> Option<u64> {
    let (length, _) = take_u32(front.get(12..)?)?;
    Some(u64::from(length) + CRC as u64)
}

pub(crate) fn read_header(bytes: &[u8]) -> Result<Header, NoHeader> {
    let (magic, rest) = bytes.split_first_chunk::<8>().ok_or(NoHeader::Short)?;
    let (version, rest) = take_u32(rest).ok_or(NoHeader::Short)?;
    let (length, _) = take_u32(rest).ok_or(NoHeader::Short)?;
    if *magic != MAGIC {
        return Err(NoHeader::Magic);
    }
    let end = HEADER_FRONT.saturating_add(length as usize);
    let (covered, rest) = bytes.split_at_checked(end).ok_or(NoHeader::Short)?;
    let (crc, _) = take_u32(rest).ok_or(NoHeader::Short)?;
    if crc32fast::hash(covered) != crc {
        return Err(NoHeader::Crc);
    }
    let form = form(version).ok_or(NoHeader::Version(version))?;
    let body = covered.get(HEADER_FRONT..).ok_or(NoHeader::Short)?;
    let (segment, body) = take_u32(body).ok_or(NoHeader::Short)?;
    let (first, body) = take_u64(body).ok_or(NoHeader::Short)?;
    let beginning = Salted::of(body.to_vec(), form);
    Ok(Header { segment: SegmentNo(segment), first: Seq(first), beginning, size: end + CRC })
}

/// Appends an input to `buffer`, or leaves `buffer` as it was.
pub(crate) fn put_input(buffer: &mut Vec<u8>, salt: Salt, seq: Seq, tick: Tick, input: &Input) -> Result<(), TooLong> {
    put_entry(buffer, salt, seq, tick, |buffer| {
        buffer.put(&[KIND_INPUT]);
        input.encode(buffer);
    })
}

/// Appends a note to `buffer`, or leaves `buffer` as it was.
pub(crate) fn put_note(buffer: &mut Vec<u8>, salt: Salt, seq: Seq, tick: Tick, note: &Note) -> Result<(), TooLong> {
    let key_length = u16::try_from(note.key.len()).map_err(|_| TooLong)?;
    put_entry(buffer, salt, seq, tick, |buffer| {
        buffer.put(&[KIND_NOTE]);
        buffer.put(&key_length.to_le_bytes());
        buffer.put(&note.key);
        buffer.put(&note.state);
    })
}

fn put_entry(buffer: &mut Vec<u8>, salt: Salt, seq: Seq, tick: Tick, put: impl FnOnce(&mut Vec<u8>)) -> Result<(), TooLong> {
    let start = buffer.len();
    buffer.put(&[0; 4]);
    buffer.put(&seq.0.to_le_bytes());
    buffer.put(&tick.0.to_le_bytes());
    put(buffer);
    let length = buffer.len() - start - ENTRY_FRONT;
    let Some(entry) = buffer.get_mut(start..).filter(|_| length <= CONTENT_BYTES_MAX) else {
        buffer.truncate(start);
        return Err(TooLong);
    };
    if let Some(front) = entry.first_chunk_mut::<4>() {
        *front = (length as u32).to_le_bytes();
    }
    let crc = salted(salt, entry);
    buffer.put(&crc.to_le_bytes());
    Ok(())
}

pub(crate) fn read_entry(bytes: &[u8], salt: Salt) -> Result<Whole<'_>, NoEntry> {
    let (length, rest) = take_u32(bytes).ok_or(NoEntry::Short)?;
    let length = length as usize;
    if length == 0 || length > CONTENT_BYTES_MAX {
        return Err(NoEntry::Length);
    }
    let (covered, after) = bytes.split_at_checked(ENTRY_FRONT + length).ok_or(NoEntry::Short)?;
    let (crc, _) = take_u32(after).ok_or(NoEntry::Short)?;
    if salted(salt, covered) != crc {
        return Err(NoEntry::Crc);
    }
    let (seq, rest) = take_u64(rest).ok_or(NoEntry::Short)?;
    let (tick, _) = take_u64(rest).ok_or(NoEntry::Short)?;
    let content = covered.get(ENTRY_FRONT..).ok_or(NoEntry::Short)?;
    Ok(Whole { seq: Seq(seq), tick: Tick(tick), content, size: covered.len() + CRC })
}

/// The sequence number that an entry starting here would claim, looked at before its CRC is worked out.
pub(crate) fn claimed_seq(bytes: &[u8]) -> Option<Seq> {
    take_u64(bytes.get(4..)?).map(|(seq, _)| Seq(seq))
}

/// The content of a whole entry.
pub(crate) fn read_content(bytes: &[u8], form: Form) -> Result<Content, Malformed> {
    if form < Form::Three {
        return Input::from_bytes_of(bytes, form).map(Content::Input);
    }
    match bytes.split_first() {
        Some((&KIND_INPUT, input)) => Input::from_bytes_of(input, form).map(Content::Input),
        Some((&KIND_NOTE, note)) => read_note(note).map(Content::Note),
        Some(_) | None => Err(Malformed),
    }
}

fn read_note(bytes: &[u8]) -> Result<Note, Malformed> {
    let (length, rest) = bytes.split_first_chunk::<2>().ok_or(Malformed)?;
    let (key, state) = rest.split_at_checked(u16::from_le_bytes(*length).into()).ok_or(Malformed)?;
    Ok(Note { key: key.to_vec(), state: state.to_vec() })
}

fn version(form: Form) -> u32 {
    match form {
        Form::One => VERSION_OLDEST,
        Form::Two => 2,
        Form::Three => VERSION,
    }
}

fn form(version: u32) -> Option<Form> {
    [Form::One, Form::Two, Form::Three].into_iter().find(|form| self::version(*form) == version)
}

fn salted(salt: Salt, bytes: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new_with_initial(salt.0);
    crc.update(bytes);
    crc.finalize()
}

fn take_u32(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_le_bytes(*number), rest))
}

fn take_u64(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<8>()?;
    Some((u64::from_le_bytes(*number), rest))
}
