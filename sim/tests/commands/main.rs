//! The commands as a person or a script runs them: the binary itself, on files in a folder of its own.

mod bench;
mod compare;
mod run;
mod tune;
mod usage;
mod verify;
