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
mod origin;
mod own;
mod pages;
mod parts;
mod pass;
mod problem;
mod profiles;
mod queues;
mod records;
mod said;
mod server;
mod sessions;
mod socket;
mod thresholds;
mod throttle;
mod tokens;
mod unread;
mod webhooks;
mod what_if;
mod why;

pub use auth::{FreshToken, Tokens};
pub use origin::Hosts;
pub use problem::Problem;
pub use server::{Api, Ways, router, serve};
pub use sessions::Sessions;

#[cfg(test)]
mod case_tests;
#[cfg(test)]
mod desk_tests;
#[cfg(test)]
mod hygiene_tests;
#[cfg(test)]
mod masked_tests;
#[cfg(test)]
mod page_tests;
#[cfg(test)]
mod profile_tests;
#[cfg(test)]
mod rig;
#[cfg(test)]
mod socket_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tuning_tests;
#[cfg(test)]
mod what_if_tests;
