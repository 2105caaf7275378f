//! `cabrank tokens`: one more token and one less, while the engine runs.

use cabrank_tests::api::Api;
use cabrank_tests::engine::{cabrank, path, printed};
use cabrank_tests::scene::Scene;
use serde_json::json;

#[test]
fn a_token_is_made_listed_and_taken_back_on_the_command_line() {
    let scene = Scene::with_agents(1, |desk| desk);
    let file = scene.room.file("admin.token");
    std::fs::write(&file, format!("{}\n", scene.engine.token())).expect("a file");
    let url = scene.engine.url();
    let tokens = |args: &[&str]| {
        let all: Vec<&str> = [&["tokens"], args, &["--url", &url, "--token-file", path(&file)]].concat();
        cabrank(&all)
    };
    let made = tokens(&["make", "agent", "--agent", "a101", "--name", "Ann"]);
    assert_eq!(made.status.code(), Some(0), "{}", printed(&made));
    let token = String::from_utf8_lossy(&made.stdout).trim().to_owned();
    let anns = Api::new(scene.ports.http(0), &token);
    assert_eq!(anns.get("/api/v1/agents/a101/desk").status, 200);
    let listed = printed(&tokens(&["list"]));
    let line = listed.lines().find(|line| line.ends_with("Ann")).unwrap_or_else(|| panic!("{listed}"));
    assert!(line.contains("a101") && !listed.contains(&token), "{listed}");
    let id = line.split_whitespace().next().expect("an id");
    assert_eq!(tokens(&["take-back", id]).status.code(), Some(0));
    assert_eq!(anns.put("/api/v1/agents/a101/state", &json!({"state": "paused"})).status, 401);
    let refused = tokens(&["make", "agent", "--agent", "nobody"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(printed(&refused).contains("There is no such agent"), "{}", printed(&refused));
}
