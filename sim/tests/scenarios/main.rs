//! Scenario files: what each says, what is wrong with one, what `--set` makes of it.

mod anything;
mod bench;
mod faults;
mod files;
mod plain;
mod sets;
mod shipped;
