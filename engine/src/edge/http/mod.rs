//! The HTTP edge: calls, agents, queues and records as JSON, for pages and programs.

mod aftermath;
mod agents;
mod answers;
mod auth;
mod board;
mod call_list;
mod calls;
mod cases;
mod changes;
mod connections;
mod desk;
mod events;
mod figures;
mod first_contacts;
mod health;
mod masked;
mod metrics;
mod openapi;
mod opening;
mod own;
mod parts;
mod pass;
mod problem;
mod profiles;
mod queues;
mod records;
mod said;
mod server;
mod socket;
mod thresholds;
mod tokens;
mod unread;
mod webhooks;
mod what_if;
mod why;

pub use auth::{FreshToken, Tokens};
pub use problem::Problem;
pub use server::{Api, Ways, router, serve};

#[cfg(test)]
mod case_tests;
#[cfg(test)]
mod desk_tests;
#[cfg(test)]
mod profile_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tuning_tests;
