//! A network of a test's own: nothing but loopback, every port free, nothing can leave. And disks of its own.

use std::env;
use std::path::Path;
use std::process::Command;

const INSIDE: &str = "CABRANK_TEST_NAMESPACE";

/// Runs `body` in a network namespace that has nothing but loopback, and where what is mounted is seen by nobody else. The test binary starts itself again inside, with only the
/// test `name`, whose whole body this must be. Needs root, as the other tests' captures do.
pub fn alone(name: &str, body: impl FnOnce()) {
    if env::var_os(INSIDE).is_some_and(|inside| inside == name) {
        return body();
    }
    let itself = env::current_exe().expect("the test's own path");
    let command = "ip link set lo up && exec \"$0\" --exact \"$1\" --nocapture";
    let status = Command::new("unshare")
        .args(["--net", "--mount", "sh", "-c", command])
        .arg(itself)
        .arg(name)
        .env(INSIDE, name)
        .env("CABRANK_BIN", crate::engine::binary())
        .status();
    assert!(status.expect("unshare runs").success(), "{name} failed in its namespace; its output stands above");
}

/// Puts an empty disk of so many MiB at a directory that stands; for tests that are [`alone`].
pub fn mount_disk(at: &Path, mib: u32) {
    let size = format!("size={mib}m");
    let status = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(at).status();
    assert!(status.expect("mount runs").success(), "no disk at {}", at.display());
}
