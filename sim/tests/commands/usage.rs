//! Help, exit codes, words to whoever is mistaken.

use crate::bench::Bench;

const COMMANDS: [&str; 4] = ["run", "compare", "verify", "tune"];

#[test]
fn every_command_has_help_with_an_example() {
    let bench = Bench::new();
    for command in COMMANDS {
        let told = bench.says(command, &["--help"]);
        assert_eq!(told.code, Some(0), "{command}");
        assert!(told.out.contains(&format!("Example: cabrank-sim {command} ")), "{}", told.out);
    }
    assert!(bench.says("tune", &["--help"]).out.contains("GOAL is: min|max FIGURE"));
}

#[test]
fn bad_usage_is_exit_code_2_and_says_what_would_be_right() {
    let bench = Bench::new();
    bench.write("bad.toml", "desk = \"desk.toml\"\nduration = \"-3h\"\n");
    let least = "min agents.cost subject to queues.*.service_level >= 80%";
    let mistakes: [(&str, &[&str], &str); 14] = [
        ("run missing.toml", &[], "missing.toml"),
        ("run bad.toml", &[], "line 2"),
        ("run plain.toml --set queue.main.targte=3s", &[], "--set"),
        ("run plain.toml --set", &["nothing"], "assigns nothing"),
        ("run plain.toml --reps 0", &[], "--reps"),
        ("run plain.toml --threads 0", &[], "--threads"),
        ("run plain.toml --json - --html -", &[], "--html -"),
        ("run plain.toml --json no/such/folder.json", &[], "cannot be written"),
        ("compare plain.toml", &["--set", ""], "two variants"),
        ("compare plain.toml --reps 1", &["--set", "", "--set", "duration=3h"], "one replication"),
        ("tune plain.toml --vary agents.staff.count=9..3", &["--goal", least], "less than the second"),
        ("tune plain.toml --vary agents.staff.count=11..20 --budget 7", &["--goal", least], "--budget"),
        ("tune plain.toml --vary agents.staff.count=11..20", &["--goal", "min agent.costs"], "did you mean agents.cost?"),
        ("tune plain.toml --vary agents.staff.cuont=11..20", &["--goal", least], "cuont"),
    ];
    for (words, more, wanted) in mistakes {
        let told = bench.says(words, more);
        assert_eq!(told.code, Some(2), "{words} {more:?}: {}", told.err);
        assert!(told.err.contains(wanted) && told.out.is_empty(), "{words} {more:?}: {}{}", told.out, told.err);
    }
}

#[test]
fn whoever_has_heard_enough_may_go() {
    let bench = Bench::new();
    let mut child = bench.command("run plain.toml --json -", &[]).spawn().expect("the binary runs");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}
