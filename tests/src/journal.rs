//! An engine's journal: its segments, and the snapshots made of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;

use crate::scene::Scene;
use crate::wait::until;

/// The segments in a data directory, in their order.
pub fn segments(data: &Path) -> Vec<PathBuf> {
    files(&data.join("journal"), "seg")
}

/// The snapshots in a data directory, in their order.
pub fn snapshots(data: &Path) -> Vec<PathBuf> {
    files(&data.join("snapshot"), "snap")
}

/// Says so much of an agent that three more segments are closed, and waits until all that are closed are in snapshots. The desk
/// has `segment_kb = 64`.
pub fn fill(scene: &Scene, agent: &str) {
    let (api, data) = (scene.api(), scene.engine.data());
    let stood = segments(data).len();
    let paused = json!({ "state": "paused", "reason": "🚕".repeat(100) });
    while segments(data).len() < stood + 3 {
        let answer = api.put(&format!("/api/v1/agents/{agent}/state"), &paused);
        assert!((200..300).contains(&answer.status), "{answer:?}");
    }
    until(Duration::from_secs(30), "snapshots of all closed segments", || {
        (snapshots(data).len() + 1 == segments(data).len()).then_some(())
    });
}

fn files(dir: &Path, ending: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(dir).into_iter().flatten().flatten().map(|file| file.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == ending));
    files.sort();
    files
}
