//! Benchmarks of Cabrank; one file a question, see README.md beside this crate.
