//! The client against an engine that does what the test says.

mod call;
mod fake;
mod roles;
mod session;
