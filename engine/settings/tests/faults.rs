//! What is wrong is named with its line, what it is and what would be right; and all of it at once.

mod common;

use cabrank_settings::{Fault, parse};
use common::{GOOD, Room};
use miette::NarratableReportHandler;

/// A part of [`GOOD`], what stands there instead, and what has to be said: where (the text of that line), what, right.
struct Case(&'static str, &'static str, &'static str, &'static str, &'static str);

const CASES: &[Case] = &[
    // Keys.
    Case("ring_for =", "ring_fro =", "ring_fro", "unknown key `ring_fro` in [[queue]]", "did you mean `ring_for`?"),
    Case("[[service]]", "[[servise]]", "[[servise]]", "unknown key `servise` in the file", "did you mean `service`?"),
    Case("region = \"SG\"\n", "", "[desk]", "[desk] has no `region`", "add `region = \"SG\"`"),
    Case("name = \"booking\"\n", "", "[[queue]]", "[[queue]] has no `name`", "add `name"),
    Case("[[queue]]", "[queue]", "[queue]", "`[queue]` is one of a list", "write `[[queue]]`"),
    // The menu.
    Case("press.2 =", "press.3 = { queue = \"booking\" }\npress.2 =", "press.3", "third option", "keep `press.1` and `press.2`"),
    Case("press.2 =", "press.0 = { queue = \"booking\" }\npress.2 =", "press.0", "taken", "0 leads to a human"),
    Case(
        "press.2 = { queue = \"booking\" }",
        "press.2 = { menu = { press.1 = { queue = \"booking\" } } }",
        "press.2",
        "a menu inside a menu",
        "lead to a queue",
    ),
    Case("press.2 = {", "press.2 = { press.1 = {}, ", "press.2", "a menu inside a menu", "lead to a queue"),
    Case("press.2 = { queue = \"booking\" }", "press.2 = {}", "press.2", "`press.2` leads nowhere", "otherwise"),
    Case("press.2 = {", "press.2 = { instant = \"taxi-now\", ", "press.2", "to a service and to a queue", "`otherwise`"),
    Case("queue = \"booking\"", "queue = \"bokking\"", "press.2", "there is no queue `bokking`", "did you mean `booking`?"),
    Case("instant = \"taxi-now\"", "instant = \"cab\"", "press.1", "there is no service `cab`", "known are `taxi-now`"),
    Case(
        "otherwise = \"booking\"",
        "otherwise = \"booking\", confirm_within = \"20s\"",
        "press.1",
        "nobody is asked to confirm anything",
        "add `confirm",
    ),
    Case(
        "otherwise = \"booking\"",
        "otherwise = \"booking\", confirm = \"pin\", confirm_within = \"1s\"",
        "press.1",
        "`confirm_within`",
        "3s",
    ),
    // Nobody is turned away unexplained.
    Case(
        ", otherwise = \"booking\"",
        "",
        "press.1",
        "no human can be reached: press 1 → `taxi-now` → refused, too late, or not for this caller → nobody",
        "add `otherwise",
    ),
    Case(
        "[[agent]]",
        "[[queue]]\nname = \"lost\"\n[[line]]\nnumber = \"l\"\npress.1 = { queue = \"lost\" }\n[[agent]]",
        "press.1 = { queue = \"lost\" }",
        "no human can be reached: line `l` → press 1 → queue `lost` → nobody",
        "`skills = { lost = 1 }`",
    ),
    Case(
        "[[queue]]",
        "[[line]]\nnumber = \"bare\"\npress = {}\n[[queue]]\nname = \"first\"\n[[queue]]",
        "[[line]]\nnumber = \"bare\"",
        "no human can be reached: line `bare` → after the greeting → queue `first` → nobody",
        "`skills = { first = 1 }`",
    ),
    Case(
        "[[agent]]",
        "[[queue]]\nname = \"lost\"\noverflow = { after = \"60s\", queue = \"too\" }\n[[queue]]\nname = \"too\"\n[[line]]\n\
         number = \"l\"\nclosed = \"lost\"\npress.2 = { queue = \"booking\" }\n[[agent]]",
        "closed = \"lost\"",
        "no human can be reached: line `l` → outside the hours → queue `lost` → overflow → queue `too` → nobody",
        "`skills = { lost = 1 }`",
    ),
    Case(
        "[[agent]]",
        "[[queue]]\nname = \"lost\"\nmax_wait = \"1m\"\noverflow = { after = \"60s\", queue = \"booking\" }\n[[line]]\n\
         number = \"l\"\npress.2 = { queue = \"lost\" }\n[[agent]]",
        "press.2 = { queue = \"lost\"",
        "queue `lost` → overflow → queue `booking` → nobody: overflow begins after 1m, and nobody waits longer than 1m",
        "`skills = { lost = 1 }`",
    ),
    Case(
        "[[agent]]",
        "widen = [{ after = \"30s\", level = 2 }]\n[[agent]]\nname = \"a1\"\nskills = { booking = 3 }\ncontact = \"sip:a@h\"\n\
         [[queue]]\nname = \"far\"\nwiden = [{ after = \"30s\", level = 2 }]\n[[line]]\nnumber = \"l\"\n\
         press.1 = { instant = \"taxi-now\", otherwise = \"far\" }\n[[agent]]\nname = \"a2\"\nskills = { far = 3 }\n\
         contact = \"sip:a@h\"\n[[agent]]",
        "press.1 = { instant = \"taxi-now\", otherwise = \"far\" }",
        "press 1 → otherwise → queue `far` → nobody: the best agent is of level 3, to which `widen` never opens",
        "open level 3",
    ),
    Case(
        "target =",
        "max_wait = \"5m\"\nwiden = [{ after = \"10m\", level = 1 }]\ntarget =",
        "press.1",
        "queue `booking` → nobody: `widen` opens level 1 after 10m, and nobody waits longer than 5m",
        "open level 1 to the queue sooner",
    ),
    Case(
        "[[agent]]\nname = \"a101\"\nskills = { booking = 1 }\nsip = { password_file = \"secrets/a101\" }\n",
        "",
        "\n[desk]",
        "there is no [[agent]]",
        "nobody who calls ever reaches a human",
    ),
    Case(
        "hours =",
        "closed = \"night\"\nhours =",
        "closed",
        "`night` is neither a queue nor a prompt: there is no prompts/en/night.wav",
        "known are `booking`",
    ),
    // Prompts, hours, numbers.
    Case("\"welcome\"", "\"hello\"", "greeting", "there is no prompt `hello`", "record prompts/en/hello.wav"),
    Case("greeting =", "menu = \"options\"\ngreeting =", "menu", "there is no prompt `options`", "prompts/en/options.wav"),
    Case("\"welcome\"", "\"../welcome\"", "greeting", "`../welcome` cannot be a name", "letters"),
    Case("00:00-24:00", "0-24", "hours", "`0-24` is not a span of times", "Mon-Fri 08:00-18:00"),
    Case("Mon-Sun", "Mo-Su", "hours", "`Mo-Su` is not a day", "Mon-Fri"),
    Case("number = \"taxi\"", "number = \"+65 6552 1111\"", "number", "is no number to be dialled", "without blanks"),
    Case(
        "[[service]]",
        "[[line]]\nnumber = \"taxi\"\n[[service]]",
        "number = \"taxi\"\n[[s",
        "was there already on line",
        "another",
    ),
    // Lengths of time and counts.
    Case("\"15s\"", "\"15\"", "ring_for", "`15` has no unit", "\"15s\""),
    Case("\"15s\"", "15", "ring_for", "`ring_for` has no unit", "`ring_for = \"15s\"`"),
    Case("\"15s\"", "15s", "ring_for", "", "in quotes"),
    Case("\"15s\"", "\"soon\"", "ring_for", "`soon` is no length of time", "\"1h30m\""),
    Case("\"15s\"", "\"2h\"", "ring_for", "`2h` is out of bounds for `ring_for`", "from 500ms to 5m"),
    Case("\"15s\"", "\"99999999999999999h\"", "ring_for", "is no length of time", "such as"),
    Case("\"15s\"", "[\"15s\"]", "ring_for", "`ring_for` is a list, not text", "quotes"),
    Case("target =", "wrap_up = \"-3s\"\ntarget =", "wrap_up", "`-3s` is less than nothing", "leave out the `-`"),
    Case("target =", "max_waiting = 0\ntarget =", "max_waiting", "0 is out of bounds for `max_waiting`", "from 1 to 100000"),
    Case("target =", "max_waiting = 99999999999999999999\ntarget =", "max_waiting", "out of bounds", "from 1 to 100000"),
    Case("target =", "max_waiting = \"5\"\ntarget =", "max_waiting", "`max_waiting` is text, not a whole number", "from 1"),
    Case("region =", "calls_max = 2000000\nregion =", "calls_max", "out of bounds", "from 1 to 1000000"),
    // The rest of a queue.
    Case("target =", "order = \"fiffo\"\ntarget =", "order", "`fiffo` is no `order`", "did you mean `fifo`?"),
    Case("target =", "service_level = \"80 in 20s\"\ntarget =", "service_level", "is no service level", "80% in 20s"),
    Case("target =", "service_level = \"101% in 20s\"\ntarget =", "service_level", "is no service level", "80% in 20s"),
    Case("target =", "service_level = \"80% in 20\"\ntarget =", "service_level", "`20` has no unit", "20s"),
    Case("target =", "default_class = \"vip\"\ntarget =", "default_class", "no class `vip`", "add `class.vip"),
    Case("target =", "quote = { confidence = 1.5 }\ntarget =", "quote", "1.5 is out of bounds", "0.8"),
    Case("target =", "widen = [{ after = \"30s\" }]\ntarget =", "widen", "widen has no `level`", "add `level = 2`"),
    Case("target =", "preferred_agent_for = \"8\"\ntarget =", "preferred_agent_for", "has no unit", "8s"),
    Case("target =", "quote = { confidence = 0.0001 }\ntarget =", "quote", "0.0001 is out of bounds", "thousandths"),
    Case("target =", "quote = { confidence = 1 }\ntarget =", "quote", "`confidence` is a whole number, not a share", "0.8"),
    Case("target =", "agent_order = \"longest\"\ntarget =", "agent_order", "no `agent_order`", "did you mean `longest-idle`?"),
    Case("target =", "denominator = \"ofered\"\ntarget =", "denominator", "no `denominator`", "did you mean `offered`?"),
    Case("target =", "keep_place_for = 5\ntarget =", "keep_place_for", "`keep_place_for` has no unit", "\"5s\""),
    Case("target =", "warn_within = \"48h\"\ntarget =", "warn_within", "out of bounds for `warn_within`", "from 0s to 24h"),
    Case("target =", "callback_tries = 3\ntarget =", "callback_tries", "none is offered a callback", "offer_callback_over"),
    Case(
        "target =",
        "offer_callback_over = \"3m\"\ncallback_tries = 0\ntarget =",
        "callback_tries",
        "0 is out of bounds for `callback_tries`",
        "from 1 to 100",
    ),
    Case("target =", "overflow = { after = \"60s\" }\ntarget =", "overflow", "overflow has no `queue`", "add `queue"),
    Case(
        "target =",
        "overflow = { after = \"60s\", queue = \"boking\" }\ntarget =",
        "overflow",
        "there is no queue `boking`",
        "did you mean `booking`?",
    ),
    Case(
        "target =",
        "overflow = { after = \"60s\", queue = \"booking\" }\ntarget =",
        "overflow",
        "queue `booking` overflows to itself",
        "name another queue",
    ),
    Case("target =", "reserve = 1\ntarget =", "reserve", "keeps every agent of queue `booking` back: it has 1", "0, or leave"),
    // Queues that share agents.
    Case(
        "[[agent]]",
        "[[queue]]\nname = \"tours\"\norder = \"fifo\"\n[[agent]]\nname = \"a1\"\nskills = { tours = 1, booking = 1 }\n\
         contact = \"sip:a@h\"\n[[agent]]",
        "order = \"fifo\"",
        "agent `a1` may serve both queue `booking` (`proportional`, line 28) and queue `tours` (`fifo`, line 35)",
        "the same `order`",
    ),
    Case(
        "[[agent]]",
        "[[queue]]\nname = \"tours\"\norder = \"head-start\"\noverflow = { after = \"0s\", queue = \"booking\" }\n[[agent]]",
        "order = \"head-start\"",
        "agent `a101` may serve both queue `booking` (`proportional`, line 28) and queue `tours` (`head-start`, line 35)",
        "the same `order`",
    ),
    // Services.
    Case("https://dispatch.example/ride", "dispatch.example", "webhook", "is no URL", "https://"),
    Case("https://dispatch.example/ride", "ftp://dispatch.example", "webhook", "is no http:", "https://"),
    Case("https://dispatch", "https://me:pw@dispatch", "webhook", "has credentials in it", "https://"),
    Case("timeout =", "builtin = \"demo-fleet\"\ntimeout =", "builtin", "one backend", "keep"),
    Case("webhook = \"https://dispatch.example/ride\"\n", "", "[[service]]", "nobody fulfils", "builtin"),
    // SIP.
    Case("udp:127.0.0.1:5060", "tls:127.0.0.1:5061", "listen", "needs TLS, which is not built yet", "udp:"),
    Case("udp:127.0.0.1:5060", "udp:localhost:5060", "listen", "no address with its port", "udp:127.0.0.1:5060"),
    Case("udp:127.0.0.1:5060", "udp:127.0.0.1:0", "listen", "has port 0", "udp:"),
    Case("\"udp:127.0.0.1:5060\"", "", "listen", "nothing to listen on", "udp:"),
    Case("5060\"", "5060\", \"udp:127.0.0.1:5060\"", "listen", "was there already", "another"),
    Case("127.0.0.0/8", "127.0.0.0/33", "from", "`127.0.0.0/33` is no network", "192.0.2.0/24"),
    Case("127.0.0.0/8", "10.1.2.3/8", "from", "an address with the length of a network", "`10.0.0.0/8` for the network"),
    Case("\"trusted\"", "\"trust\"", "identity", "`trust` is no `identity`", "did you mean `trusted`?"),
    Case("listen =", "session_expires = \"30s\"\nlisten =", "session_expires", "out of bounds", "from 1m 30s"),
    // Agents.
    Case("{ booking = 1 }", "{ boking = 1 }", "skills", "there is no queue `boking`", "did you mean `booking`?"),
    Case("{ booking = 1 }", "{}", "skills", "serves no queue", "booking"),
    Case("{ booking = 1 }", "{ booking = 0 }", "skills", "0 is out of bounds for `booking`", "from 1 to 99"),
    Case("secrets/a101", "secrets/none", "sip = {", "`secrets/none` cannot be read", "starts where the configuration lies"),
    Case("secrets/a101", "secrets/empty", "sip = {", "the password in `secrets/empty` is empty", "one line"),
    Case("secrets/a101", "secrets/binary", "sip = {", "control characters", "one line"),
    Case(
        "sip = { password_file = \"secrets/a101\" }",
        "contact = \"a101@h\"",
        "contact",
        "does not start with `sip:`",
        "sip:a101@",
    ),
    Case("sip = { password_file = \"secrets/a101\" }", "contact = \"sips:a@h\"", "contact", "TLS", "sip:a101@"),
    Case("sip = { password_file = \"secrets/a101\" }", "", "[[agent]]", "this agent has no phone", "password_file"),
    Case(
        "sip = {",
        "quic = { token = \"t\", certificate = \"sha256:00\" }\nsip = {",
        "certificate",
        "a token and a certificate",
        "keep one",
    ),
    Case("sip = {", "quic = { certificate = \"sha256:00\" }\nsip = {", "certificate", "is no SHA-256", "64 hexadecimal"),
    Case("sip = {", "quic = { certificate = \"00\" }\nsip = {", "certificate", "does not begin with", "64 hexadecimal"),
    Case("skills =", "contact = \"sip:a@h\"\nskills =", "contact", "registers and has a fixed address", "keep"),
    Case(
        "[[agent]]",
        "[[agent]]\nname = \"a101\"\nskills = { booking = 1 }\ncontact = \"sip:a@h\"\n[[agent]]",
        "name = \"a101\"\nskills = { booking = 1 }\nsip",
        "the agent `a101` was there already on line",
        "choose another",
    ),
    // The house.
    Case("\"SG\"", "\"Singapore\"", "region", "`Singapore` is no region", "two capital letters"),
    Case("Asia/Singapore", "Asia/Singapur", "timezone", "is no timezone", "IANA"),
    Case("[sip]", "[media]\nports = \"30000\"\n[sip]", "ports", "is no range of ports", "16384-32767"),
    Case("[sip]", "[journal]\nsegment_kb = 1\n[sip]", "segment_kb", "out of bounds", "from 64 to 524288"),
    Case("[sip]", "[journal]\nkeep = 7\n[sip]", "keep", "unknown key `keep`", "keep_days"),
    // QUIC.
    Case("[sip]", "[quic]\nlisten = \"off\"\n[sip]", "listen = \"off\"", "`off` is no address", "\"none\""),
    Case("[sip]", "[quic]\nlisten = \"127.0.0.1:0\"\n[sip]", "listen = \"127", "has port 0", "127.0.0.1:4433"),
    Case("[sip]", "[quic]\nkey = \"quic.key\"\n[sip]", "key = ", "`key` stands alone", "go together"),
    Case("[sip]", "[quic]\nidle_timeout = \"1h\"\n[sip]", "idle_timeout", "out of bounds", "from 1s to 10m"),
    Case(
        "[sip]",
        "[[quic.peer]]\nname = \"pbx\"\nrole = \"gateway\"\n[sip]",
        "[[quic.peer]]",
        "nothing proves who this is",
        "token_file",
    ),
    Case(
        "[sip]",
        "[[quic.peer]]\nname = \"pbx\"\nrole = \"gatway\"\ntoken = \"t\"\n[sip]",
        "role",
        "`gatway` is no `role`",
        "did you mean `gateway`?",
    ),
    Case(
        "[sip]",
        "[[quic.peer]]\nname = \"boss\"\nrole = \"supervisor\"\nidentity = \"attested\"\ntoken = \"t\"\n[sip]",
        "identity = \"attested\"",
        "a supervisor offers no calls",
        "leave `identity` out",
    ),
    // Whose signatures count.
    Case("[sip]", "[trust]\nx5u_hosts = [\"c.example\"]\n[sip]", "[trust]", "[trust] has no `roots`", "sti-ca.pem"),
    Case("[sip]", "[trust]\nroots = \"sti-ca.pem\"\n[sip]", "[trust]", "[trust] has no `x5u_hosts`", "certificates.example.net"),
    Case(
        "[sip]",
        "[trust]\nroots = \"sti-ca.pem\"\nfrehsness = \"60s\"\nx5u_hosts = [\"c.example\"]\n[sip]",
        "frehsness",
        "unknown key `frehsness` in [trust]",
        "did you mean `freshness`?",
    ),
    Case(
        "[sip]",
        "[trust]\nroots = \"none.pem\"\nx5u_hosts = [\"c.example\"]\n[sip]",
        "none.pem",
        "`none.pem` cannot be used",
        "authorities in PEM",
    ),
    Case(
        "[sip]",
        "[trust]\nroots = \"empty.pem\"\nx5u_hosts = [\"c.example\"]\n[sip]",
        "empty.pem",
        "it holds no certificate",
        "authorities in PEM",
    ),
    Case(
        "[sip]",
        "[trust]\nroots = \"sti-ca.pem\"\nx5u_hosts = [\"c.example\"]\nx5u_roots = \"broken.pem\"\n[sip]",
        "broken.pem",
        "certificate 1 is none",
        "authorities in PEM",
    ),
    Case(
        "[sip]",
        "[trust]\nroots = \"sti-ca.pem\"\nx5u_hosts = []\n[sip]",
        "x5u_hosts",
        "no certificate can be fetched",
        "certificates.example.net",
    ),
    Case(
        "[sip]",
        "[trust]\nroots = \"sti-ca.pem\"\nx5u_hosts = [\"https://c.example\"]\n[sip]",
        "x5u_hosts",
        "is no host",
        "8443",
    ),
    Case(
        "[sip]",
        "[trust]\nroots = \"sti-ca.pem\"\nx5u_hosts = [\"c.example\", \"C.example:443\"]\n[sip]",
        "x5u_hosts",
        "the host `c.example:443` was there already",
        "leave one out",
    ),
    Case(
        "[sip]",
        "[trust]\nroots = \"sti-ca.pem\"\nx5u_hosts = [\"c.example\"]\nfreshness = \"2h\"\n[sip]",
        "freshness",
        "out of bounds",
        "1h",
    ),
    Case(
        "[sip]",
        "[trust]\nroots = \"sti-ca.pem\"\nx5u_hosts = [\"c.example\"]\nverify_within = \"1m\"\n[sip]",
        "verify_within",
        "out of bounds",
        "5s",
    ),
    Case("[sip]", "[http]\nlisten = \"8080\"\n[sip]", "listen = \"8080\"", "`8080` is no address", "127.0.0.1:8080"),
    // TOML itself.
    Case("name = \"taxi\"\nregion", "name = \"taxi\nregion", "name = \"taxi\nregion", "", "quotes"),
    Case("[desk]", "[desk", "[desk\n", "this is no TOML", "one a line"),
    Case("[[queue]]", "[[queue]", "[[queue]\n", "this is no TOML", "one a line"),
    Case("Mon-Sun 00:00-24:00", "Mon-Someday", "hours", "`Mon-Someday` is not a span of times", "such as"),
    Case("[sip]", "[desk]\n[sip]", "[desk]\n[sip]", "duplicate key", "keep one"),
];

fn faults(text: &str) -> Vec<Fault> {
    parse(text, "desk.toml", &Room).map_or_else(|faults| faults.iter().cloned().collect(), |_| Vec::new())
}

#[test]
fn each_fault_is_named_with_its_line_and_what_would_be_right() {
    for Case(part, instead, place, what, right) in CASES {
        assert!(GOOD.contains(part), "{part:?} is not in the good configuration");
        let text = GOOD.replacen(part, instead, 1);
        let offset = text.rfind(place).unwrap_or_else(|| panic!("{place:?} is not in the configuration"));
        let line = text[..offset].matches('\n').count() + 1;
        let found = faults(&text);
        let named = |fault: &Fault| fault.line == line && fault.what.contains(what) && fault.right.contains(right);
        assert!(found.iter().any(named), "{part:?} -> {instead:?}: wanted line {line}: {what} / {right}; found {found:#?}");
    }
}

#[test]
fn one_mistake_is_one_fault() {
    let in_two_places = |case: &&Case| case.1 == "[[servise]]";
    for Case(part, instead, ..) in CASES.iter().filter(|case| !in_two_places(case)) {
        let found = faults(&GOOD.replacen(part, instead, 1));
        assert_eq!(found.len(), 1, "{part:?} -> {instead:?}: {found:#?}");
    }
}

/// What a faulty queue leaves unsaid is no second fault: not a trap, not another order than that of its neighbour.
#[test]
fn a_fault_in_a_queue_is_not_held_against_the_desk() {
    let house = "[[queue]]\nname = \"tours\"\norder = \"fifo\"\n[[queue]]\nname = \"lost\"\norder = \"fifo\"\n\
                 overflow = { after = \"60s\", queue = \"tours\" }\n[[line]]\nnumber = \"l\"\npress.1 = { queue = \"lost\" }\n[[agent]]";
    let good = GOOD.replace("target =", "order = \"fifo\"\ntarget =").replace("[[agent]]", house);
    let good = good.replace("{ booking = 1 }", "{ booking = 1, tours = 1 }");
    assert!(faults(&good).is_empty());
    for (part, instead) in [("order = \"fifo\"", "order = \"fiffo\""), ("queue = \"tours\"", "queue = \"tour\"")] {
        let found = faults(&good.replacen(part, instead, 1));
        assert_eq!(found.len(), 1, "{part:?} -> {instead:?}: {found:#?}");
    }
}

#[test]
fn all_faults_come_at_once_in_the_order_of_the_file() {
    let text = GOOD
        .replace("\"SG\"", "\"Singapore\"")
        .replace("127.0.0.0/8", "everywhere")
        .replace("\"20s\"", "20s")
        .replace("greeting", "greting")
        .replace("\"15s\"", "\"15\"");
    let found = faults(&text);
    let whats: Vec<_> = found.iter().map(|fault| fault.what.as_str()).collect();
    assert_eq!(found.len(), 5, "{whats:#?}");
    assert!(found.is_sorted_by_key(|fault| fault.line), "{whats:#?}");
}

#[test]
fn more_of_anything_than_has_a_place_is_one_fault() {
    let services = (0..101).map(|n| format!("[[service]]\nname = \"s{n}\"\nbuiltin = \"demo-fleet\"\n"));
    let found = faults(&GOOD.replace("[[queue]]", &format!("{}[[queue]]", services.collect::<String>())));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].what.contains("`service` has 102 entries") && found[0].right.contains("at most 100"), "{found:#?}");
}

#[test]
fn a_queue_has_32_classes_at_most_the_one_without_a_name_among_them() {
    let classes: String = (0..32).map(|n| format!("class.c{n} = \"20s\"\n")).collect();
    let found = faults(&GOOD.replace("target =", &format!("{classes}target =")));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].what.contains("has 33 classes") && found[0].right.contains("at most 32"), "{found:#?}");
    assert!(faults(&GOOD.replace("target =", &format!("{classes}default_class = \"c7\"\ntarget ="))).is_empty());
}

#[test]
fn an_empty_file_is_told_what_a_desk_needs() {
    let found: Vec<_> = faults("").into_iter().map(|fault| fault.what).collect();
    for what in ["[desk] has no `name`", "there is no [[line]]", "there is no [[queue]]", "there is no [[agent]]"] {
        assert!(found.iter().any(|fault| fault == what), "{what} is not in {found:#?}");
    }
}

#[test]
fn faults_print_with_file_and_line() {
    let faults = parse(&GOOD.replace("ring_for", "ring_fro"), "desk.toml", &Room).expect_err("a typo");
    assert_eq!(faults.to_string(), "desk.toml has 1 fault");
    let mut report = String::new();
    NarratableReportHandler::new().render_report(&mut report, &faults).expect("rendered");
    assert!(report.contains("ring_fro") && report.contains("did you mean `ring_for`?"), "{report}");
}

#[test]
fn a_secret_is_not_shown() {
    let config = parse(GOOD, "desk.toml", &Room).expect("good");
    assert!(!format!("{config:?}").contains("tomato"));
}
