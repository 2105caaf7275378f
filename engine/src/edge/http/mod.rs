//! The HTTP edge: calls, agents, queues and records as JSON, for pages and programs.

mod agents;
mod auth;
mod calls;
mod connections;
mod glance;
mod health;
mod openapi;
mod parts;
mod problem;
mod queues;
mod records;
mod server;

pub use auth::{FreshToken, Tokens};
pub use problem::Problem;
pub use server::{Api, router, serve};

#[cfg(test)]
mod tests;
