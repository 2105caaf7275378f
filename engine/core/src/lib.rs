//! The desk: who is served next, by whom, and why. Facts in, orders out; no clock, no I/O, no dependency.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
