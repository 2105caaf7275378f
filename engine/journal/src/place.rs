//! Where a journal's files are, and who may write them.

use crate::disk::{Disk, make_dir};
use crate::error::{Doing, Error};
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

/// A journal's directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    dir: PathBuf,
}

/// The right to write a journal. It ends when dropped, or with the process.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Place {
    pub(crate) fn of(data: &Path) -> Place {
        Place { dir: data.join("journal") }
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Makes the directory, and those above it, unless they stand already; sees to it that their names last.
    pub(crate) fn make(&self, disk: &impl Disk) -> Result<(), Error> {
        let missing = self.dir.ancestors().take_while(|path| !path.exists()).count();
        make_dir(&self.dir).doing("make the directory", &self.dir)?;
        for above in self.dir.ancestors().skip(1).take(missing) {
            let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
            disk.sync_dir(above).doing("sync the directory", above)?;
        }
        Ok(())
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

    /// A free name for what a repair takes out of a segment.
    pub(crate) fn aside(&self, segment: SegmentNo, attempts_max: u32) -> Result<PathBuf, Error> {
        let first = self.dir.join(format!("{segment}.seg.cut"));
        let later = (2..=attempts_max).map(|n| self.dir.join(format!("{segment}.seg.cut-{n}")));
        let free = std::iter::once(first.clone()).chain(later).find(|path| !path.exists());
        free.ok_or(io::ErrorKind::AlreadyExists.into()).doing("find a free name beside", first)
    }

    /// The numbers of the segments that stand there, ascending. What is not named as a segment is none.
    pub(crate) fn segments(&self) -> Result<Vec<SegmentNo>, Error> {
        let names = match fs::read_dir(&self.dir) {
            Ok(names) => names,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error).doing("list", &self.dir),
        };
        let mut segments = Vec::new();
        for name in names {
            let name = name.doing("list", &self.dir)?.file_name();
            segments.extend(name.to_str().and_then(segment_named));
        }
        segments.sort_unstable();
        Ok(segments)
    }

    /// A segment's bytes, and one more than the longest segment has if there are that many.
    pub(crate) fn read(&self, segment: SegmentNo) -> Result<Vec<u8>, Error> {
        let path = self.segment(segment);
        let mut bytes = Vec::new();
        let file = File::open(&path).doing("open", &path)?;
        file.take(format::SEGMENT_BYTES_MAX + 1).read_to_end(&mut bytes).doing("read", &path)?;
        Ok(bytes)
    }
}

fn segment_named(name: &str) -> Option<SegmentNo> {
    let digits = name.strip_suffix(".seg")?;
    let number = digits.parse().map(SegmentNo).ok()?;
    (number.to_string() == digits).then_some(number)
}
