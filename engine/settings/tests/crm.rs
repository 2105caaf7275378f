//! `[lookup]` and `[agents]`: read where they are good, named with their line where they are not.

mod common;

use cabrank_settings::{Config, Shown, parse};
use common::{GOOD, Room};
use std::time::Duration;

fn with(more: &str) -> Result<Config, String> {
    let told = |faults: &cabrank_settings::Faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    parse(&format!("{GOOD}\n{more}\n"), "desk.toml", &Room).map_err(|faults| told(&faults))
}

#[test]
fn a_look_up_has_a_deadline_and_may_have_a_secret() {
    let config = with("[lookup]\nurl = \"https://crm.example/callers\"").expect("a good desk");
    let look_up = config.look_up.expect("a look-up");
    assert_eq!((look_up.url.as_str(), look_up.deadline), ("https://crm.example/callers", Duration::from_millis(150)));
    assert_eq!(look_up.key, None);
    let signed =
        "[lookup]\nurl = \"https://crm.example/\"\ndeadline = \"1s\"\nsecret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"";
    let look_up = with(signed).expect("a good desk").look_up.expect("a look-up");
    assert_eq!((look_up.deadline, look_up.key.is_some()), (Duration::from_secs(1), true));
    let config = with("").expect("a good desk");
    assert_eq!((config.look_up, config.screen_pop), (None, None));
}

#[test]
fn a_page_is_filled_in() {
    let config = with("[agents]\nscreen_pop = \"https://crm.example/?n={number}&c={call}&w={name}\"").expect("a good desk");
    let filled = config.screen_pop.expect("a page").fill(Shown { number: "+6591234567", call: "a7", name: "Ann & Ömer" });
    assert_eq!(filled, "https://crm.example/?n=%2B6591234567&c=a7&w=Ann%20%26%20%C3%96mer");
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let lookup = "[lookup]\nurl = \"https://crm.example/\"";
    let cases = [
        ("[lookup]\ndeadline = \"150ms\"".to_owned(), "has no `url`"),
        ("[lookup]\nurl = \"ftp://crm.example/\"".to_owned(), "is no http:"),
        (format!("{lookup}\ndeadline = \"1m\""), "out of bounds"),
        (format!("{lookup}\ndeadline = 150"), "deadline"),
        (format!("{lookup}\nsecret = \"hunter2\""), "does not begin with `whsec_`"),
        (format!("{lookup}\nretries = 3"), "unknown key `retries`"),
        ("[agents]\nscreen_pop = \"https://crm.example/{phone}\"".to_owned(), "unknown placeholder `{phone}`"),
        ("[agents]\nscreen_pops = \"https://crm.example/\"".to_owned(), "unknown key `screen_pops`"),
    ];
    let before = GOOD.lines().count();
    for (more, what) in cases {
        let fault = with(&more).expect_err(&more);
        assert!(fault.contains(what), "{more}: {fault}");
        let named = (2..=5).any(|line| fault.contains(&format!("line {}: ", before + line)));
        assert!(named, "{more}: {fault}");
        assert!(!fault.contains("hunter2"), "{fault}");
    }
}
