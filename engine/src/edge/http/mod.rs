//! The HTTP edge: calls, agents, queues and records as JSON, for pages and programs.

mod agents;
mod auth;
mod calls;
mod cases;
mod changes;
mod connections;
mod figures;
mod first_contacts;
mod health;
mod metrics;
mod openapi;
mod opening;
mod parts;
mod problem;
mod profiles;
mod queues;
mod records;
mod said;
mod server;
mod thresholds;
mod webhooks;
mod why;

pub use auth::{FreshToken, Tokens};
pub use problem::Problem;
pub use server::{Api, Ways, router, serve};

#[cfg(test)]
mod case_tests;
#[cfg(test)]
mod profile_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tuning_tests;
