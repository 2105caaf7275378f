//! The page that agents' programs open for a call, as `[agents] screen_pop` has it.

use crate::context::CallDocument;
use cabrank_core::Context;
use cabrank_settings::{ScreenPop, Shown};

/// The page of a call that rings.
pub fn of_context(pop: &ScreenPop, context: &Context) -> String {
    let number = context.caller.number.as_ref().map_or("", |number| &number.0);
    let name = context.caller.profile.as_ref().map_or("", |profile| &profile.name);
    pop.fill(Shown { number, call: &context.call.to_string(), name })
}

/// The page of a call that is shown.
pub fn of_call(pop: &ScreenPop, call: &CallDocument) -> String {
    let caller = &call.caller;
    let (number, name) = (caller.number.as_deref().unwrap_or_default(), caller.name.as_deref().unwrap_or_default());
    pop.fill(Shown { number, call: &call.call, name })
}
