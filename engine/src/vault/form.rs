//! The vault's file, byte by byte.
//!
//! ```text
//! header   magic   12 bytes   "cabrankvault"
//!          version u8         1
//!          zero    3 bytes
//!          salt    u32        random: what callers are named cannot be made to look like an entry
//! entry    mark    u8         'L' it holds; 'G' it is struck out
//!          kind    u8         1 a caller, 2 the secret for tokens, 3 a day on which a caller was named
//!          length  u16        of the content
//!          content            caller: alias (16 bytes), secret (16 bytes), day (u32, since 1970), number (UTF-8);
//!                             secret: 32 bytes; day: alias (16 bytes), day (u32)
//!          crc     u32        CRC-32 (IEEE) of salt, kind, length and content
//! ```
//! All numbers are little-endian. An entry is struck out in two steps, each synced: its mark, which is one byte and so can never be
//! torn, then zeros over its content. A crash in between leaves a marked entry, and its content goes when the file is next opened.

use super::Alias;
use std::collections::HashMap;

/// Octets before the first entry.
pub(super) const HEADER: usize = 20;
/// The longest number that is kept, in octets.
pub(super) const NUMBER_OCTETS_MAX: usize = 1_024;
/// It holds.
pub(super) const LIVE: u8 = b'L';
/// It is struck out.
pub(super) const GONE: u8 = b'G';

const MAGIC: &[u8; 12] = b"cabrankvault";
const VERSION: u8 = 1;
const CALLER: u8 = 1;
const TOKENS: u8 = 2;
const NAMED: u8 = 3;
/// Mark, kind and length.
const BEGINNING: usize = 4;
const CRC: usize = 4;

/// A day, counted from 1970 (UTC).
pub(super) type Day = u32;

/// What an entry holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// Who is behind an alias, and what seals the notes of their calls.
    Caller { alias: Alias, secret: [u8; 16], day: Day, number: String },
    /// From what the aliases of tokens are made.
    Tokens([u8; 32]),
    /// A later day on which a caller was named.
    Named { alias: Alias, day: Day },
}

/// What the file of a vault holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Content {
    /// Entries that hold, with the places where they begin.
    pub(super) entries: Vec<(Place, Entry)>,
    /// Entries that are struck out but whose content still stands.
    pub(super) half_gone: Vec<Place>,
    /// Where the last whole entry ends; what follows was torn by a crash.
    pub(super) end: u64,
}

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Octets before it.
    pub(super) at: u64,
    /// Octets of its content.
    pub(super) content: u16,
}

/// Why a file is no vault of this version's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It begins otherwise.
    Foreign,
    /// It is damaged here, and goes on after that.
    Damaged { at: u64 },
}

/// The beginning of a file.
pub(super) fn header(salt: u32) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..12].copy_from_slice(MAGIC);
    header[12] = VERSION;
    header[16..].copy_from_slice(&salt.to_le_bytes());
    header
}

/// The salt of a file that begins so.
pub(super) fn salt(bytes: &[u8]) -> Result<u32, Unreadable> {
    let (begins, salt) = bytes.get(..HEADER).and_then(|header| header.split_last_chunk()).ok_or(Unreadable::Foreign)?;
    let salt = u32::from_le_bytes(*salt);
    if begins == &header(salt)[..HEADER - 4] { Ok(salt) } else { Err(Unreadable::Foreign) }
}

impl Entry {
    /// Its bytes, and how many of them are content.
    pub(super) fn bytes(&self, salt: u32) -> (Vec<u8>, u16) {
        let (kind, content) = match self {
            Entry::Caller { alias, secret, day, number } => {
                (CALLER, [&alias.0[..], secret, &day.to_le_bytes(), number.as_bytes()].concat())
            }
            Entry::Named { alias, day } => (NAMED, [&alias.0[..], &day.to_le_bytes()].concat()),
            Entry::Tokens(secret) => (TOKENS, secret.to_vec()),
        };
        // Numbers are cut off before they get here; a length that did not fit would fail its crc, not lie.
        let length = u16::try_from(content.len()).unwrap_or(u16::MAX);
        (framed(LIVE, kind, length, &content, salt), length)
    }

    fn read(kind: u8, content: &[u8]) -> Option<Entry> {
        match kind {
            CALLER => {
                let (alias, rest) = content.split_first_chunk()?;
                let (secret, rest) = rest.split_first_chunk()?;
                let (day, number) = rest.split_first_chunk()?;
                let number = std::str::from_utf8(number).ok()?.to_owned();
                Some(Entry::Caller { alias: Alias(*alias), secret: *secret, day: Day::from_le_bytes(*day), number })
            }
            NAMED => {
                let (alias, day) = content.split_first_chunk()?;
                Some(Entry::Named { alias: Alias(*alias), day: Day::from_le_bytes(day.try_into().ok()?) })
            }
            TOKENS => content.try_into().ok().map(Entry::Tokens),
            _ => None,
        }
    }
}

impl Place {
    /// Octets up to where the next entry begins.
    fn end(self) -> u64 {
        self.at + (BEGINNING + usize::from(self.content) + CRC) as u64
    }

    /// Octets of all of it.
    pub(super) fn octets(self) -> u64 {
        self.end() - self.at
    }

    /// Where the content begins.
    pub(super) fn content_at(self) -> u64 {
        self.at + BEGINNING as u64
    }
}

/// Reads a whole file.
pub(super) fn read(bytes: &[u8]) -> Result<Content, Unreadable> {
    let salt = salt(bytes)?;
    let mut content = Content { end: HEADER as u64, ..Content::default() };
    let mut at = HEADER;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(found) = Found::first_of(rest, at as u64, salt) else {
            return if goes_on(rest, salt) { Err(Unreadable::Damaged { at: at as u64 }) } else { Ok(content) };
        };
        content.end = found.place().end();
        at = usize::try_from(content.end).unwrap_or(usize::MAX);
        content.take(found);
    }
    Ok(content)
}

impl Content {
    fn take(&mut self, found: Found) {
        match found {
            Found::Live(place, entry) => self.entries.push((place, entry)),
            Found::HalfGone(place) => self.half_gone.push(place),
            Found::Gone(_) => {}
        }
    }
}

enum Found {
    Live(Place, Entry),
    HalfGone(Place),
    Gone(Place),
}

impl Found {
    fn first_of(bytes: &[u8], at: u64, salt: u32) -> Option<Found> {
        let ([mark, kind, low, high], rest) = bytes.split_first_chunk()?;
        let length = u16::from_le_bytes([*low, *high]);
        let (content, rest) = rest.split_at_checked(length.into())?;
        let (crc, _) = rest.split_first_chunk()?;
        let place = Place { at, content: length };
        match *mark {
            LIVE if u32::from_le_bytes(*crc) == checksum(salt, *kind, length, content) => {
                Entry::read(*kind, content).map(|entry| Found::Live(place, entry))
            }
            GONE if content.iter().all(|octet| *octet == 0) => Some(Found::Gone(place)),
            GONE => Some(Found::HalfGone(place)),
            _ => None,
        }
    }

    fn place(&self) -> Place {
        match self {
            Found::Live(place, _) | Found::HalfGone(place) | Found::Gone(place) => *place,
        }
    }
}

/// These entries with each caller's newest day in the caller's own.
pub(super) fn with_newest_days(entries: Vec<(Place, Entry)>) -> Vec<Entry> {
    let mut newest = HashMap::new();
    for (_, entry) in &entries {
        if let Entry::Named { alias, day } = entry {
            newest.entry(*alias).and_modify(|known: &mut Day| *known = (*known).max(*day)).or_insert(*day);
        }
    }
    let holds = entries.into_iter().filter_map(|(_, entry)| match entry {
        Entry::Caller { alias, secret, day, number } => {
            let day = newest.get(&alias).copied().unwrap_or(day).max(day);
            Some(Entry::Caller { alias, secret, day, number })
        }
        Entry::Tokens(secret) => Some(Entry::Tokens(secret)),
        Entry::Named { .. } => None,
    });
    holds.collect()
}

/// Whether a whole entry comes after what is none.
fn goes_on(bytes: &[u8], salt: u32) -> bool {
    (1..bytes.len()).any(|at| matches!(Found::first_of(&bytes[at..], 0, salt), Some(Found::Live(..))))
}

fn framed(mark: u8, kind: u8, length: u16, content: &[u8], salt: u32) -> Vec<u8> {
    let [low, high] = length.to_le_bytes();
    let crc = checksum(salt, kind, length, content).to_le_bytes();
    [&[mark, kind, low, high][..], content, &crc].concat()
}

fn checksum(salt: u32, kind: u8, length: u16, content: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&salt.to_le_bytes());
    hasher.update(&[kind]);
    hasher.update(&length.to_le_bytes());
    hasher.update(content);
    hasher.finalize()
}
