//! The oracle must be able to fail: true steps pass, doctored ones are found out, each under its own rule.

mod bench;
mod callers;
mod records;
mod service;
