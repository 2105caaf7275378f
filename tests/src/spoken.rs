//! Which of the shipped prompts was heard.

use std::time::Duration;

use crate::desk::shipped_prompts;
use crate::sound::{self, Samples, likeness};

const SAID: f64 = 0.8;
const NOT_SAID: f64 = 0.6;

/// A shipped English prompt.
pub fn prompt(name: &str) -> Samples {
    sound::read(&shipped_prompts().join("en").join(format!("{name}.wav")))
}

/// How long it takes to say it.
pub fn length(name: &str) -> Duration {
    Duration::from_secs_f64(prompt(name).len() as f64 / f64::from(sound::RATE))
}

/// Panics unless it was heard.
pub fn was_said(heard: &[f64], name: &str) {
    let found = likeness(heard, &prompt(name));
    assert!(found > SAID, "{name} was not heard ({found:.2})");
}

/// Panics if it was heard.
pub fn was_not_said(heard: &[f64], name: &str) {
    let found = likeness(heard, &prompt(name));
    assert!(found < NOT_SAID, "{name} was heard ({found:.2})");
}
