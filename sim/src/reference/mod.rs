//! Who must be served next, and by whom: a slow model of the rules, written without a look at how the desk does it.
//!
//! It sorts every caller whom an agent may serve, and every agent open to a caller, each time anew. The desk must decide
//! the same.

mod choice;
mod reasons;
mod scene;
mod turn;
mod way;

pub(crate) use reasons::{is_true_of_agent, is_true_of_caller};
pub(crate) use scene::{Free, InLine, Scene};
pub(crate) use way::is_own_queue;
