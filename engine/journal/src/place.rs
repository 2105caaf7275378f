//! Where a journal's files are, and who may write them.

use crate::disk::{Disk, make_dir};
use crate::error::{Doing, Error};
use crate::snapshot::Flaw;
use crate::{SegmentNo, format};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Whether a journal stands in the data directory `data`.
///
/// # Errors
/// [`Error::Io`] if the directory cannot be read.
pub fn exists(data: &Path) -> Result<bool, Error> {
    Place::of(data).segments().map(|segments| !segments.is_empty())
}

/// A journal's directory, and that of its snapshots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    dir: PathBuf,
    snapshots: PathBuf,
}

/// The right to write a journal. It ends when dropped, or with the process.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Place {
    pub(crate) fn of(data: &Path) -> Place {
        Place { dir: data.join("journal"), snapshots: data.join("snapshot") }
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Makes the directory, and those above it, unless they stand already; sees to it that their names last.
    pub(crate) fn make(&self, disk: &impl Disk) -> Result<(), Error> {
        make_lasting(disk, &self.dir)
    }

    /// The same for the snapshots.
    pub(crate) fn make_snapshots(&self, disk: &impl Disk) -> Result<(), Error> {
        make_lasting(disk, &self.snapshots)
    }

    pub(crate) fn lock(&self) -> Result<Lock, Error> {
        let path = self.dir.join("lock");
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path).doing("open", &path)?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::Locked(self.dir.clone())),
            Err(TryLockError::Error(source)) => Err(source).doing("lock", path),
        }
    }

    pub(crate) fn segment(&self, segment: SegmentNo) -> PathBuf {
        self.dir.join(format!("{segment}.seg"))
    }

    pub(crate) fn unfinished(&self, segment: SegmentNo) -> PathBuf {
        self.dir.join(format!("{segment}.seg.tmp"))
    }

    pub(crate) fn snapshots_dir(&self) -> &Path {
        &self.snapshots
    }

    pub(crate) fn snapshot(&self, segment: SegmentNo) -> PathBuf {
        self.snapshots.join(format!("{segment}.snap"))
    }

    pub(crate) fn unfinished_snapshot(&self, segment: SegmentNo) -> PathBuf {
        self.snapshots.join(format!("{segment}.snap.tmp"))
    }

    /// A free name for what a repair takes out of a file, or for the whole file.
    pub(crate) fn aside(file: &Path, attempts_max: u32) -> Result<PathBuf, Error> {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let first = file.with_file_name(format!("{name}.cut"));
        let later = (2..=attempts_max).map(|n| file.with_file_name(format!("{name}.cut-{n}")));
        let free = std::iter::once(first.clone()).chain(later).find(|path| !path.exists());
        free.ok_or(io::ErrorKind::AlreadyExists.into()).doing("find a free name beside", first)
    }

    /// The numbers of the segments that stand there, ascending. What is not named as a segment is none.
    pub(crate) fn segments(&self) -> Result<Vec<SegmentNo>, Error> {
        numbered(&self.dir, ".seg")
    }

    /// The numbers of the snapshots that stand there, ascending: those of the segments that they stand before.
    pub(crate) fn snapshots(&self) -> Result<Vec<SegmentNo>, Error> {
        numbered(&self.snapshots, ".snap")
    }

    pub(crate) fn read_snapshot(&self, segment: SegmentNo) -> Result<Vec<u8>, Flaw> {
        fs::read(self.snapshot(segment)).map_err(|error| Flaw::Unreadable(error.kind()))
    }

    /// A segment's header and nothing else, if it is whole; what there is of it if not.
    pub(crate) fn read_header(&self, segment: SegmentNo) -> Result<Vec<u8>, Error> {
        let path = self.segment(segment);
        let mut bytes = Vec::new();
        let mut file = File::open(&path).doing("open", &path)?;
        file.by_ref().take(format::HEADER_FRONT as u64).read_to_end(&mut bytes).doing("read", &path)?;
        let rest = format::header_rest(&bytes).unwrap_or_default();
        file.take(rest).read_to_end(&mut bytes).doing("read", &path)?;
        Ok(bytes)
    }

    /// A segment's bytes, and one more than the longest segment has if there are that many.
    pub(crate) fn read(&self, segment: SegmentNo) -> Result<Vec<u8>, Error> {
        let path = self.segment(segment);
        let file = File::open(&path).doing("open", &path)?;
        let length = file.metadata().doing("read", &path)?.len().min(format::SEGMENT_BYTES_MAX);
        let mut bytes = Vec::with_capacity(length as usize + 1);
        file.take(format::SEGMENT_BYTES_MAX + 1).read_to_end(&mut bytes).doing("read", &path)?;
        Ok(bytes)
    }
}

fn make_lasting(disk: &impl Disk, dir: &Path) -> Result<(), Error> {
    let missing = dir.ancestors().take_while(|path| !path.exists()).count();
    make_dir(dir).doing("make the directory", dir)?;
    for above in dir.ancestors().skip(1).take(missing) {
        let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
        disk.sync_dir(above).doing("sync the directory", above)?;
    }
    Ok(())
}

/// The numbers of the files with that ending, ascending; none if there is no such directory.
fn numbered(dir: &Path, ending: &str) -> Result<Vec<SegmentNo>, Error> {
    let names = match fs::read_dir(dir) {
        Ok(names) => names,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).doing("list", dir),
    };
    let mut numbers = Vec::new();
    for name in names {
        let name = name.doing("list", dir)?.file_name();
        numbers.extend(name.to_str().and_then(|name| number_of(name, ending)));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

fn number_of(name: &str, ending: &str) -> Option<SegmentNo> {
    let digits = name.strip_suffix(ending)?;
    let number = digits.parse().map(SegmentNo).ok()?;
    (number.to_string() == digits).then_some(number)
}
