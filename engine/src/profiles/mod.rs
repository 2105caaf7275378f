//! Profiles in and out: files of callers, checked whole before any is kept.

mod check;
mod fault;
mod file;
mod read;
mod tag;
mod write;

pub use check::row;
pub use fault::{BadRows, RowFault, Unreadable};
pub use file::{Import, ImportError, Imported, import};
pub use read::{Reading, from_json, read};
pub use tag::Tag;
pub use write::{Form, write};
