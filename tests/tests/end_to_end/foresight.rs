//! Whoever foresees, beside the engine: a process that may starve and die, and calls that do not notice.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use cabrank_tests::api::Answer;
use cabrank_tests::desk::STRANGER;
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::Scene;
use cabrank_tests::wait::until;
use serde_json::json;

const PATIENCE: Duration = Duration::from_secs(30);

/// Four and twenty callers gave up waiting, and one has an agent and talks.
#[test]
fn what_is_foreseen_is_foreseen_aside_and_its_death_harms_no_call() {
    let mut scene = Scene::with_agents(1, |desk| desk);
    super::tuning_pages::a_day(&scene);
    scene.api().sign_in("a101");
    let agent = scene.agent(0, &Scenario::agent().takes_call(10, 100).expects_bye(60));
    let caller = scene.caller(0, &Scenario::caller(STRANGER).call().keys("2").pause(8_000).bye());
    scene.api().awaits_agent("a101", "talking");

    assert_eq!(processes_of(&scene), Vec::<PathBuf>::new(), "nobody has asked yet");
    foreseen(&scene);
    let first = the_process_of(&scene);
    let shown = fs::read_to_string(first.join("comm")).expect("a name");
    assert_eq!(shown.trim(), "cabrank-foresee");
    assert_eq!(nice(&first), 19);
    assert_eq!(fs::read_to_string(first.join("oom_score_adj")).expect("a score").trim(), "1000");
    assert_eq!(sockets(&first), 0, "it holds the engine's sockets, too");
    foreseen(&scene);
    assert_eq!(the_process_of(&scene), first, "one is enough");

    signal(&first, "KILL");
    until(PATIENCE, "the first to be gone", || (!first.exists()).then_some(()));
    foreseen(&scene);
    let second = the_process_of(&scene);
    assert_ne!(second, first);
    assert_eq!(scene.api().agent("a101")["state"], "talking");
    caller.succeeds();
    agent.succeeds();

    scene.engine.crash();
    until(PATIENCE, "the second to end with its engine", || (!second.exists()).then_some(()));
}

fn foreseen(scene: &Scene) {
    let Answer { status, json, .. } = scene.api().post("/api/v1/what-if", &json!({"set": {"booking": {"wrap_up": "10s"}}}));
    assert_eq!(status, 200, "{json}");
    assert_eq!(json["calls"], 26, "{json}");
}

/// The processes that the engine has begun, below `/proc`.
fn processes_of(scene: &Scene) -> Vec<PathBuf> {
    let tasks = fs::read_dir(format!("/proc/{}/task", scene.engine.id())).expect("a process");
    let children = tasks.flatten().flat_map(|task| fs::read_to_string(task.path().join("children")));
    children.flat_map(|ids| ids.split_whitespace().map(|id| Path::new("/proc").join(id)).collect::<Vec<_>>()).collect()
}

fn the_process_of(scene: &Scene) -> PathBuf {
    let processes = processes_of(scene);
    let [one] = processes.as_slice() else { panic!("not one: {processes:?}") };
    one.clone()
}

/// What no thread of it is above: field 19 of proc_pid_stat(5).
fn nice(process: &Path) -> i32 {
    let threads = fs::read_dir(process.join("task")).expect("threads").flatten();
    // Threads come and go.
    let stats = threads.filter_map(|thread| fs::read_to_string(thread.path().join("stat")).ok());
    let nice = |stat: String| -> Option<i32> {
        // The second field is the name in brackets, and may hold anything.
        let (_, fields) = stat.rsplit_once(')')?;
        fields.split_whitespace().nth(16)?.parse().ok()
    };
    stats.map(|stat| nice(stat).expect("a number")).min().expect("a thread")
}

fn sockets(process: &Path) -> usize {
    let open = fs::read_dir(process.join("fd")).expect("descriptors").flatten();
    open.filter(|fd| fs::read_link(fd.path()).is_ok_and(|to| to.to_string_lossy().starts_with("socket:"))).count()
}

fn signal(process: &Path, signal: &str) {
    let id = process.file_name().expect("an id");
    assert!(Command::new("kill").arg(format!("-{signal}")).arg(id).status().expect("kill runs").success());
}
