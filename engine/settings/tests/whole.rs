//! What a good file becomes: everything users may write is taken, and what is not in force yet is said.

mod common;

use cabrank_core::{
    AgentOrder, CallbackTerms, Choice, Class, ClassId, Closed, Denominator, LineId, Order, Overflow, Permille, QueueId, Quoting,
    ServiceId, ServiceLevel, SignIn, Skill, Span, Thresholds, Widening,
};
use cabrank_settings::{Backend, Config, Event, Identity, OnDisk, Phone, Proof, Quic, QuicRole, Surroundings, Transport, parse};
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
press.1 = { instant = "taxi-now", otherwise = "booking", confirm = "pin", confirm_within = "30s" }
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
short_abandon = "4s"
order = "head-start"
widen = [{ after = "30s", level = 2 }]
preferred_agent_for = "8s"
offer_callback_over = "3m"
max_waiting = 400
max_wait = "20m"
quote = { confidence = 0.8, every = "30s" }
wrap_up = "10s"
ring_for = "14s"
agent_order = "least-occupied"
reserve = 1
overflow = { after = "60s", queue = "tours" }
keep_place_for = "4m"
callback_retry = "1m"
callback_tries = 2
warn_within = "10m"

[[queue]]
name = "tours"
order = "head-start"

[[agent]]
name = "a101"
skills = { booking = 1 }
sip = { password = "tomato" }

[[agent]]
name = "a102"
skills = { booking = 2, tours = 1 }
sip = { contact = "sip:a102@10.0.0.7" }
"#;

fn read(text: &str) -> Config {
    parse(text, "desk.toml", &Room).unwrap_or_else(|faults| panic!("{faults}: {:#?}", faults.iter().collect::<Vec<_>>()))
}

#[test]
fn everything_users_may_write_is_taken() {
    let config = read(EVERYTHING);
    let line = &config.desk.lines[0];
    let proof = Some(cabrank_core::Proof { field: "pin".into(), within: Span::secs(30) });
    assert_eq!(line.menu.one, Some(Choice::Instant { service: ServiceId(0), otherwise: QueueId(0), proof }));
    assert_eq!(config.desk.code_fields(), [cabrank_core::Text::from("pin")]);
    assert_eq!(line.menu.two, Some(Choice::Queue(QueueId(0))));
    assert_eq!((line.closed, line.human, line.silence), (Closed::Queue(QueueId(0)), QueueId(0), Span::secs(3)));
    let agent = &config.desk.agents[1];
    assert_eq!(
        (&*agent.skills, agent.sign_in),
        (&[Skill { queue: QueueId(0), level: 2 }, Skill { queue: QueueId(1), level: 1 }][..], SignIn::OnRequest)
    );
    assert_eq!(config.desk.agents[0].sign_in, SignIn::WithPhone);
    assert_eq!(config.desk.limits.calls_max, 20);
}

#[test]
fn every_threshold_reaches_the_core() {
    let class = |name: &str, target| Class { name: name.into(), target: Span::secs(target) };
    let expected = Thresholds {
        order: Order::HeadStart,
        classes: vec![class("regular", 20), class("visitor", 90)],
        default_class: ClassId(1),
        service_level: ServiceLevel { share: Permille(800), within: Span::secs(20), of: Denominator::Answered },
        short_abandon: Span::secs(4),
        agent_order: AgentOrder::LeastOccupied,
        widen: vec![Widening { after: Span::secs(30), level: 2 }],
        overflow: Some(Overflow { after: Span::secs(60), queue: QueueId(1) }),
        reserve: 1,
        preferred_agent_for: Span::secs(8),
        keep_place_for: Span::secs(240),
        max_waiting: 400,
        max_wait: Span::secs(1200),
        callback: Some(CallbackTerms { over: Span::secs(180), retry_after: Span::secs(60), tries_max: 2 }),
        quote: Some(Quoting { confidence: Permille(800) }),
        comfort_every: Span::secs(30),
        warn_within: Span::secs(600),
        ring_for: Span::secs(14),
        wrap_up: Span::secs(10),
    };
    assert_eq!(read(EVERYTHING).desk.queues[0].thresholds, expected);
}

#[test]
fn where_nothing_is_said_the_defaults_hold() {
    let bare = GOOD.replace("target = \"20s\"\nring_for = \"15s\"\n", "");
    assert_eq!(read(&bare).desk.queues[0].thresholds, Thresholds::default());
}

#[test]
fn a_default_class_leaves_nobody_without_one() {
    let of = |keys: &str| read(&GOOD.replace("ring_for", &format!("{keys}\nring_for"))).desk.queues.remove(0).thresholds;
    let without = of("class.vip = \"5s\"");
    let names: Vec<&str> = without.classes.iter().map(|class| &*class.name).collect();
    assert_eq!((names, without.default_class), (vec!["", "vip"], ClassId(0)));
    assert_eq!((without.target(without.class_of("")), without.target(without.class_of("vip"))), (Span::secs(20), Span::secs(5)));
    let with = of("class.vip = \"5s\"\nclass.all = \"1m\"\ndefault_class = \"vip\"");
    let names: Vec<&str> = with.classes.iter().map(|class| &*class.name).collect();
    assert_eq!((names, with.default_class), (vec!["all", "vip"], ClassId(1)));
}

#[test]
fn a_comfort_interval_alone_quotes_nothing() {
    let thresholds = &read(&GOOD.replace("ring_for", "quote = { every = \"30s\" }\nring_for")).desk.queues[0].thresholds;
    assert_eq!((thresholds.quote, thresholds.comfort_every), (None, Span::secs(30)));
}

#[test]
fn a_callback_has_terms_where_none_are_named() {
    let of = |keys: &str| read(&GOOD.replace("ring_for", &format!("{keys}\nring_for"))).desk.queues[0].thresholds.callback;
    let usual = CallbackTerms { over: Span::secs(180), retry_after: Span::secs(120), tries_max: 3 };
    assert_eq!(of("offer_callback_over = \"3m\""), Some(usual));
    assert_eq!(of("offer_callback_over = \"0s\""), None);
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
    assert!(matches!(&config.agents[0], Phone::Registers(secret) if secret.expose() == "tomato"));
    assert!(matches!(&config.agents[1], Phone::At(uri) if uri.to_string() == "sip:a102@10.0.0.7"));
}

#[test]
fn an_agent_with_a_program_needs_no_phone() {
    let config = read(&GOOD.replace("sip = { password_file = \"secrets/a101\" }", "quic = { token = \"rhubarb\" }"));
    assert!(matches!(config.agents[0], Phone::Program));
    assert!(matches!(&config.programs[0], Some(Proof::Token(token)) if token.expose() == "rhubarb"));
    let certificate =
        format!("sip = {{ password_file = \"secrets/a101\" }}\nquic = {{ certificate = \"sha256:{}\" }}", "AB:".repeat(32));
    let config = read(&GOOD.replace("sip = { password_file = \"secrets/a101\" }", certificate.trim_end_matches(':')));
    assert!(matches!((&config.agents[0], &config.programs[0]), (Phone::Registers(_), Some(Proof::Certificate([0xab, ..])))));
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
    for start in ["identity = \"attested\"", "register =", "closed = \"We are", "sip = { password ="] {
        let line = EVERYTHING.lines().position(|line| line.starts_with(start)).expect(start) + 1;
        assert!(notices.iter().any(|notice| notice.line == line), "no notice on line {line} ({start}): {notices:#?}");
    }
    assert_eq!(notices.len(), 5, "{notices:#?}");
    assert!(notices.is_sorted_by_key(|notice| notice.line));
}

#[test]
fn whose_signatures_count_is_read_and_an_attested_trunk_no_longer_noticed() {
    let text = GOOD.replace("\"trusted\"", "\"attested\"").replacen(
        "[sip]",
        "[trust]\nroots = \"sti-ca.pem\"\nx5u_hosts = [\"C.example\", \"[::1]:8443\"]\nfreshness = \"30s\"\n[sip]",
        1,
    );
    let config = read(&text);
    assert!(config.notices.is_empty(), "{:#?}", config.notices);
    let trust = config.trust.expect("[trust]");
    assert_eq!((trust.roots.len(), trust.x5u_roots), (1, None));
    assert_eq!(trust.x5u_hosts, [("c.example".to_owned(), 443), ("[::1]".to_owned(), 8443)]);
    assert_eq!((trust.freshness.as_secs(), trust.verify_within.as_millis()), (30, 500));
    assert_eq!((trust.fetch_within.as_secs(), trust.certificates_max, trust.keep_certificates_for.as_secs()), (5, 1_000, 86_400));
    assert!(read(GOOD).trust.is_none());
}

#[test]
fn callbacks_without_a_way_out_are_noticed() {
    let of = |outbound: &str| {
        let text = GOOD.replacen("[[queue]]", "[[queue]]\noffer_callback_over = \"3m\"", 1);
        read(&format!("{text}\n[[sip.trunk]]\nname = \"way\"\nfrom = [\"11.0.0.0/8\"]\nidentity = \"untrusted\"\n{outbound}\n"))
            .notices
    };
    assert!(matches!(&of("")[..], [notice] if notice.what.contains("`outbound`")), "{:?}", of(""));
    assert_eq!(of("outbound = \"sip:192.0.2.1:5060\""), []);
}

#[test]
fn a_queue_that_nobody_serves_and_no_line_leads_to_is_said() {
    let notices = read(&GOOD.replace("[[agent]]", "[[queue]]\nname = \"attic\"\n[[agent]]")).notices;
    assert!(notices.len() == 1 && notices[0].what.starts_with("no line leads to queue `attic`"), "{notices:?}");
}

#[test]
fn overflow_and_widening_are_ways_to_a_human() {
    let lost = "[[line]]\nnumber = \"l\"\npress.1 = { queue = \"lost\" }\n[[queue]]\nname = \"lost\"\n";
    let helped = format!("{lost}overflow = {{ after = \"60s\", queue = \"booking\" }}\n[[agent]]");
    assert_eq!(read(&GOOD.replace("[[agent]]", &helped)).notices, []);
    let widened = format!("{lost}widen = [{{ after = \"60s\", level = 3 }}]\n[[agent]]");
    let skilled = GOOD.replace("[[agent]]", &widened).replace("{ booking = 1 }", "{ booking = 1, lost = 3 }");
    assert_eq!(read(&skilled).notices, []);
}

#[test]
fn a_plain_desk_has_no_notices() {
    assert_eq!(read(GOOD).notices, []);
    assert_eq!(read(&GOOD.replace("target =", "order = \"fifo\"\ntarget =")).notices, []);
}

/// What `[quic]` comes to.
fn quic(text: &str) -> Quic {
    let text = format!("{GOOD}\n{text}");
    parse(&text, "desk.toml", &Room).unwrap_or_else(|faults| panic!("{faults}: {:#?}", faults.iter().collect::<Vec<_>>())).quic
}

#[test]
fn quic_listens_on_loopback_unless_it_is_told_otherwise() {
    let usual = quic("");
    assert_eq!(usual.listen.map(|addr| addr.to_string()).as_deref(), Some("127.0.0.1:4433"));
    assert!(usual.certificate.is_none() && usual.peers.is_empty());
    assert_eq!((usual.resume_for.as_secs(), usual.idle_timeout.as_secs()), (30, 15));
    assert_eq!((usual.sessions_max, usual.calls_max), (4_096, 20_000));
    assert_eq!(quic("[quic]\nlisten = \"none\"").listen, None);
}

#[test]
fn who_comes_by_quic_is_known_by_a_token_or_a_certificate() {
    let certificate = format!("sha256:{}", "ab:".repeat(32).trim_end_matches(':'));
    let read = quic(&format!(
        "[quic]\nresume_for = \"1m\"\ncertificate = \"quic.pem\"\nkey = \"quic.key\"\n\
         [[quic.peer]]\nname = \"pbx\"\nrole = \"gateway\"\nidentity = \"attested\"\ntoken_file = \"secrets/a101\"\n\
         [[quic.peer]]\nname = \"boss\"\nrole = \"supervisor\"\ncertificate = \"{certificate}\""
    ));
    assert_eq!(read.resume_for.as_secs(), 60);
    assert!(read.certificate.is_some_and(|files| files.chain.ends_with("quic.pem") && files.key.ends_with("quic.key")));
    assert_eq!((read.peers[0].role, read.peers[0].identity), (QuicRole::Gateway, Identity::Attested));
    assert!(matches!(&read.peers[0].proof, Proof::Token(token) if token.expose() == "tomato"));
    assert_eq!((read.peers[1].role, read.peers[1].identity), (QuicRole::Supervisor, Identity::Untrusted));
    assert_eq!(read.peers[1].proof, Proof::Certificate([0xab; 32]));
}

fn config_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config")
}

#[test]
fn every_shipped_configuration_is_good() {
    for name in ["taxi.toml", "clinic.toml", "center.toml"] {
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

#[test]
fn records_are_kept_for_ever_unless_it_is_told_otherwise() {
    let keep = |text: &str| read(&format!("{GOOD}\n{text}")).records.keep;
    assert_eq!((keep(""), keep("[records]\nkeep_days = 0")), (None, None));
    assert_eq!(keep("[records]\nkeep_days = 365"), Some(std::time::Duration::from_secs(365 * 86_400)));
}

#[test]
fn a_journal_is_kept_for_ninety_days_unless_it_is_told_otherwise() {
    let read = |text: &str| read(&format!("{GOOD}\n{text}")).journal;
    let days = |days: u64| Some(std::time::Duration::from_secs(days * 86_400));
    assert_eq!((read("").segment_bytes_max, read("").keep), (16 << 20, days(90)));
    assert_eq!(read("[journal]\nkeep_days = 7").keep, days(7));
    assert_eq!(read("[journal]\nkeep_days = 0").keep, None);
    assert_eq!(read("[journal]\nsegment_kb = 64").segment_bytes_max, 65_536);
}

#[test]
fn a_webhook_and_what_is_said_of_calls_are_read_and_nothing_secret_is_shown() {
    let told = "[records]\ndispositions = [\"sent\"]\n[[webhook]]\nname = \"crm\"\nurl = \"https://crm.example/hooks\"\n\
                events = [\"case.opened\", \"taxi.dispatched\"]\nsecret_file = \"secrets/crm\"\n[sip]";
    let config = parse(&GOOD.replace("[sip]", told), "desk.toml", &Room).expect("good");
    assert_eq!(config.records.dispositions, ["sent".into()]);
    assert_eq!(config.records.repeat_within, Duration::from_secs(7 * 24 * 3600));
    let hook = &config.hooks[0];
    assert_eq!((&*hook.name, hook.url.as_str()), ("crm", "https://crm.example/hooks"));
    assert_eq!(hook.events, [Event::CaseOpened, Event::TaxiDispatched]);
    assert!(!format!("{config:?}").contains("MfKQ9"));
}

#[test]
fn the_pages_public_address_is_scheme_and_host() {
    let url = |more: &str| {
        let text = GOOD.replacen("[sip]", &format!("{more}\n[sip]"), 1);
        parse(&text, "desk.toml", &Room).expect("no fault").http.url
    };
    assert_eq!(url(""), None);
    assert_eq!(url("[http]\nurl = \"https://desk.example:8443/\"").as_deref(), Some("https://desk.example:8443"));
}
