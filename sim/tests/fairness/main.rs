//! Every order of service passes every checker, and every router that is unfair on purpose is found out by the one that is
//! meant to. `cargo test -p cabrank-sim --test fairness -- --nocapture` prints the table of who waited how long.

mod orders;
mod scenarios;
mod table;
mod toys;
mod unfair;
