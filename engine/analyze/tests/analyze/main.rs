//! `analyze` on made-up calls: it finds what was planted, ranks it first, and is silent on noise.

mod noise;
mod planted;
mod world;
