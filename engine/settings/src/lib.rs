//! TOML in, checked settings out; every fault at once, each with its line.
