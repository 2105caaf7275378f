//! The append-only journal of a desk's inputs: group commit, recovery, reading.
