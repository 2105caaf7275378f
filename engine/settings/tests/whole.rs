//! What a good file becomes: everything users may write is taken, and what is not in force yet is said.

mod common;

use cabrank_core::{Choice, Closed, LineId, QueueId, ServiceId, SignIn, Skill, Span};
use cabrank_settings::{Backend, Config, Denominator, Identity, OnDisk, Phone, Surroundings, Transport, parse};
use common::{GOOD, Room};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// All that users may write, a value or more of each.
const EVERYTHING: &str = r#"
[desk]
name = "taxi"
region = "SG"
timezone = "Asia/Singapore"
calls_max = 20
drain = "90s"

[sip]
listen = ["udp:127.0.0.1:5060", "tcp:[::1]:5060"]
[[sip.trunk]]
name = "carrier"
from = ["127.0.0.0/8", "2001:db8::/32", "192.0.2.7"]
identity = "attested"
register = { server = "sip.example.net", user = "me", password_file = "secrets/a101" }

[media]
ports = "20000-20999"

[[line]]
number = "+6565521111"
greeting = "welcome"
hours = "Mon-Fri 08:00-18:00"
closed = "booking"
silence = "3s"
press.1 = { instant = "taxi-now", otherwise = "booking" }
press.2 = { queue = "booking" }

[[line]]
number = "bare"
closed = "We are closed. Call again."

[[service]]
name = "taxi-now"
webhook = "https://dispatch.example/ride"
timeout = "2s"
needs = ["pickup"]

[[queue]]
name = "booking"
target = "20s"
class.regular = "20s"
class.visitor = "1m30s"
default_class = "visitor"
service_level = "80% in 20s"
denominator = "answered"
short_abandon = "5s"
order = "proportional"
widen = [{ after = "30s", level = 2 }]
preferred_agent_for = "8s"
offer_callback_over = "3m"
max_waiting = 500
max_wait = "30m"
quote = { confidence = 0.8, every = "30s" }
wrap_up = "10s"
ring_for = "15s"

[[agent]]
name = "a101"
skills = { booking = 1 }
sip = { password = "tomato" }

[[agent]]
name = "a102"
skills = { booking = 2 }
sip = { contact = "sip:a102@10.0.0.7" }
"#;

fn read(text: &str) -> Config {
    parse(text, "desk.toml", &Room).unwrap_or_else(|faults| panic!("{faults}: {:#?}", faults.iter().collect::<Vec<_>>()))
}

#[test]
fn everything_users_may_write_is_taken() {
    let config = read(EVERYTHING);
    let line = &config.desk.lines[0];
    assert_eq!(line.menu.one, Some(Choice::Instant { service: ServiceId(0), otherwise: QueueId(0) }));
    assert_eq!(line.menu.two, Some(Choice::Queue(QueueId(0))));
    assert_eq!((line.closed, line.human, line.silence), (Closed::Queue(QueueId(0)), QueueId(0), Span::secs(3)));
    let queue = &config.desk.queues[0];
    assert_eq!((queue.max_waiting, queue.max_wait, queue.comfort_every), (500, Span::secs(1800), Span::secs(30)));
    assert_eq!((queue.ring_for, queue.wrap_up), (Span::secs(15), Span::secs(10)));
    let agent = &config.desk.agents[1];
    assert_eq!((&*agent.skills, agent.sign_in), (&[Skill { queue: QueueId(0), level: 2 }][..], SignIn::OnRequest));
    assert_eq!(config.desk.agents[0].sign_in, SignIn::WithPhone);
    assert_eq!(config.desk.limits.calls_max, 20);
}

#[test]
fn the_edges_find_their_part_under_the_same_ids() {
    let config = read(EVERYTHING);
    assert_eq!(config.drain, Duration::from_secs(90));
    assert_eq!(config.sip.listen[1].transport, Transport::Tcp);
    assert_eq!((config.sip.trunks[0].from.len(), config.sip.trunks[0].identity), (3, Identity::Attested));
    assert_eq!(config.media.ports, 20000..=20999);
    assert_eq!(config.lines[0].menu.as_deref(), Some("menu"));
    assert_eq!((config.lines[1].menu.as_deref(), &*config.lines[1].closed), (None, "closed"));
    assert!(matches!(&config.services[0], Backend::Webhook(url) if url.as_str() == "https://dispatch.example/ride"));
    let targets = &config.queues[0];
    assert_eq!(targets.classes, [("regular".into(), Duration::from_secs(20)), ("visitor".into(), Duration::from_secs(90))]);
    assert_eq!(targets.default_class.as_deref(), Some("visitor"));
    assert_eq!((targets.service_level.percent, targets.service_level.denominator), (80, Denominator::Answered));
    assert!(matches!(&config.agents[0], Phone::Registers(secret) if secret.expose() == "tomato"));
    assert!(matches!(&config.agents[1], Phone::At(uri) if uri.to_string() == "sip:a102@10.0.0.7"));
}

#[test]
fn opening_hours_are_asked_by_line() {
    let config = read(EVERYTHING);
    let open = |line, at: &str| config.is_open(LineId(line), at.parse().expect(at));
    assert!(open(0, "2026-11-20T17:59:00+08:00"));
    assert!(!open(0, "2026-11-20T18:00:00+08:00"));
    assert!(open(1, "2026-11-20T18:00:00+08:00"));
    assert!(!open(2, "2026-11-20T12:00:00+08:00"), "there is no third line");
}

#[test]
fn what_is_not_in_force_yet_is_said_with_its_line() {
    let notices = read(EVERYTHING).notices;
    for start in [
        "identity = \"attested\"",
        "register =",
        "closed = \"We are",
        "order =",
        "widen =",
        "preferred_agent_for =",
        "offer_callback_over =",
        "quote =",
        "sip = { password =",
    ] {
        let line = EVERYTHING.lines().position(|line| line.starts_with(start)).expect(start) + 1;
        assert!(notices.iter().any(|notice| notice.line == line), "no notice on line {line} ({start}): {notices:#?}");
    }
    assert_eq!(notices.len(), 9, "{notices:#?}");
    assert!(notices.is_sorted_by_key(|notice| notice.line));
}

#[test]
fn a_plain_desk_has_no_notices() {
    assert_eq!(read(GOOD).notices, []);
    assert_eq!(read(&GOOD.replace("target =", "order = \"fifo\"\ntarget =")).notices, []);
}

fn config_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config")
}

#[test]
fn every_shipped_configuration_is_good() {
    for name in ["taxi.toml", "clinic.toml"] {
        let file = config_dir().join(name);
        let text = std::fs::read_to_string(&file).expect(name);
        let config = parse(&text, name, &OnDisk::beside(&file));
        let config = config.unwrap_or_else(|faults| panic!("{faults}: {:#?}", faults.iter().collect::<Vec<_>>()));
        assert_eq!(config.notices, [], "{name}");
    }
}

#[test]
fn the_example_callers_have_numbers_that_can_exist() {
    let file = std::fs::read_to_string(config_dir().join("profiles.csv")).expect("profiles.csv");
    let numbers: Vec<_> = file.lines().skip(1).filter_map(|row| row.split(',').next()).collect();
    assert!(numbers.contains(&"alice"));
    for number in numbers.iter().filter(|number| number.starts_with('+')) {
        assert!(phonenumber::parse(None, number).is_ok_and(|parsed| parsed.is_valid()), "{number}");
    }
}

#[test]
fn the_demo_phones_have_a_secret_each() {
    let disk = OnDisk::beside(&config_dir().join("taxi.toml"));
    let mut secrets: Vec<_> = ["a101", "a102", "a103"].map(|name| disk.secret(&format!("secrets/{name}")).expect(name)).into();
    secrets.dedup();
    assert_eq!(secrets.len(), 3);
}

#[test]
fn a_secret_that_is_not_there_is_an_error() {
    let disk = OnDisk::beside(Path::new("no/such/desk.toml"));
    assert_eq!(disk.secret("secret").map_err(|error| error.kind()), Err(io::ErrorKind::NotFound));
    assert!(disk.find_prompt("en", "welcome").is_err_and(|place| place.ends_with("prompts/en/welcome.wav")));
}
