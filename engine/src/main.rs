//! The command line of Cabrank.

fn main() {}
