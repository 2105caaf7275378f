//! Cabrank: the engine around the desk. Everything that touches the world lives here.

pub mod analyze;
pub mod assets;
pub mod backlog;
pub mod cli;
pub mod context;
pub mod demo;
pub mod directory;
pub mod dispatch;
pub mod door;
pub mod edge;
pub mod epoch;
mod glance;
pub mod house;
pub mod in_force;
pub mod lane;
pub mod media;
pub mod names;
pub mod number;
pub mod profiles;
pub mod serve;
pub mod speech;
pub mod store;
pub mod thresholds;
pub mod times;
pub mod tuning;
pub mod why;
pub mod words;
