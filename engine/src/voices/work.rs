//! The threads that render, one name after the other, giving way to everything else.

use super::{Job, Shared};
use std::sync::PoisonError;
use tracing::warn;

/// How far they give way.
const NICENESS: i32 = 10;

pub(super) fn run(shared: &Shared) {
    // On Linux this is the thread's own, and that of what it starts; where it is refused, names are rendered all the same.
    let _ = rustix::process::nice(NICENESS);
    while let Some(job) = next(shared) {
        match job {
            Job::Render(phrase) => {
                match shared.settings.render(&phrase) {
                    Ok(word) => shared.keep(word, |known, word| known.phrases.insert(phrase.clone(), word)),
                    Err(why) => warn!(%why, "a name could not be rendered: its bearers are greeted without it"),
                }
                if !shared.wanted().phrases.remove(&phrase) {
                    // Its bearer was forgotten meanwhile.
                    shared.unsay(&phrase);
                }
            }
            Job::Recording(number) => match shared.settings.recording(&number.0) {
                Ok(Some(word)) => shared.keep(word, |known, word| known.recordings.insert(number, word)),
                Ok(None) => {}
                Err(why) => warn!(%why, "a recorded name cannot be used"),
            },
        }
    }
}

fn next(shared: &Shared) -> Option<Job> {
    let mut wanted = shared.wanted();
    loop {
        if wanted.ended {
            return None;
        }
        if let Some(job) = wanted.jobs.pop_front() {
            return Some(job);
        }
        wanted = shared.more.wait(wanted).unwrap_or_else(PoisonError::into_inner);
    }
}
