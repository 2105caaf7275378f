//! What is wrong is named with its line, what it is and what would be right; all of it at once.

use crate::bench::{Bench, DESK, GOOD};
use cabrank_settings::Fault;
use miette::NarratableReportHandler;

/// A part of [`GOOD`], what stands there instead, and what has to be said: where (the text of that line), what, right.
struct Case(&'static str, &'static str, &'static str, &'static str, &'static str);

const CASES: &[Case] = &[
    // Keys.
    Case("prompt =", "promt =", "promt", "unknown key `promt` in the scenario", "did you mean `prompt`?"),
    Case(
        "[[agents]]\nname = \"day\"",
        "[[agent]]\nname = \"day\"",
        "[[agent]]",
        "unknown key `agent` in",
        "did you mean `agents`?",
    ),
    Case(
        "picks_up_after = { constant = \"4s\" }",
        "picks_up_aftr = { constant = \"4s\" }",
        "callback",
        "unknown key `picks_up_aftr` in `callback`",
        "did you mean `picks_up_after`?",
    ),
    Case("desk = \"desk.toml\"\n", "", "", "the scenario has no `desk`", "add `desk ="),
    Case("duration = \"8h\"", "", "", "the scenario has no `duration`", "add `duration = \"8h\"`"),
    Case(
        "handle = { empirical = \"handle.csv\" }",
        "",
        "[[callers]]\nname = \"tourists\"",
        "[[callers]] has no `handle`",
        "add `handle =",
    ),
    Case(
        "[[callers]]\nline",
        "[[callers]]\nname = \"regulars\"\nline",
        "name = \"regulars\"\nline",
        "was there already on line 11",
        "another",
    ),
    Case(
        "[[agents]]\ncount",
        "[[agents]]\nname = \"day\"\ncount",
        "name = \"day\"\ncount",
        "the group `day` was there already",
        "another",
    ),
    Case(
        "[trouble]",
        "[[service]]\nname = \"taxi-now\"\n[trouble]",
        "name = \"taxi-now\"\n[trouble]",
        "was there already",
        "another",
    ),
    // The run.
    Case("seed = 3", "seed = -3", "seed", "this is no seed", "a whole number from 0"),
    Case("seed = 3", "seed = \"3\"", "seed", "this is no seed", "a whole number from 0"),
    Case("replications = 5", "replications = 0", "replications", "0 is out of bounds for `replications`", "from 1 to"),
    Case("warm_up = \"30m\"", "warm_up = \"8h\"", "warm_up", "as long as all of it", "shorter than `duration`"),
    Case("duration = \"8h\"", "duration = \"-8h\"", "duration", "less than nothing", "leave out the `-`"),
    Case("duration = \"8h\"", "duration = 8", "duration", "`duration` has no unit", "duration = \"8s\""),
    Case("duration = \"8h\"", "duration = \"9999h\"", "duration", "out of bounds", "from"),
    Case("2026-11-20 07:30", "2026-11-31 07:30", "begins", "this is no beginning", "2026-11-20 18:00"),
    Case(
        "desk = \"desk.toml\"",
        "desk = \"tacsi.toml\"",
        "desk",
        "tacsi.toml` cannot be read: No such file",
        "starts where the scenario lies",
    ),
    // Where they come in.
    Case("queue = \"booking\"", "queue = \"bokking\"", "bokking", "there is no queue `bokking`", "did you mean `booking`?"),
    Case(
        "class = \"regular\"",
        "class = \"regulr\"",
        "regulr",
        "queue `booking` has no class `regulr`",
        "did you mean `regular`?",
    ),
    Case(
        "queue = \"tours\"",
        "queue = \"tours\"\nclass = \"vip\"",
        "vip",
        "queue `tours` has no class `vip`",
        "which has no name",
    ),
    Case(
        "line = \"+6565521111\"",
        "line = \"+6565521112\"",
        "65521112",
        "there is no line `+6565521112`",
        "did you mean `+6565521111`?",
    ),
    Case(
        "line = \"+65",
        "class = \"vip\"\nline = \"+65",
        "vip",
        "no queue that line `+6565521111` leads to has a class `vip`",
        "regular",
    ),
    Case(
        "line = \"+65",
        "queue = \"tours\"\nline = \"+65",
        "line = ",
        "by a line and straight into a queue",
        "keep `line` or `queue`",
    ),
    Case("queue = \"tours\"", "", "[[callers]]\nname = \"tourists\"", "these callers come in nowhere", "add `queue ="),
    Case(
        "queue = \"tours\"",
        "queue = \"tours\"\nknown = 0.5",
        "known = 0.5",
        "`known` is for callers who go through a menu",
        "name a `line`",
    ),
    Case(
        "queue = \"tours\"",
        "queue = \"tours\"\npress = { 1 = 0.5 }",
        "press = { 1 = 0.5 }",
        "`press` is for callers",
        "name a `line`",
    ),
    Case("line = \"+6565521111\"", "line = \"taxi\"", "press", "this line has no option 2", "say `other`"),
    // Arrivals.
    Case("per_hour = 120", "per_hour = -120", "-120", "-120 is out of bounds for `per_hour`", "from 0 to"),
    Case("per_hour = 120", "per_hour = nan", "per_hour = nan", "nan is out of bounds for `per_hour`", "from 0 to"),
    Case("per_hour = 120", "per_hour = inf", "inf }", "inf is out of bounds for `per_hour`", "from 0 to"),
    Case("per_hour = 120", "per_hour = \"120\"", "\"120\"", "`per_hour` is text, not a number", "from 0 to"),
    Case("90.5", "-90.5", "-90.5", "-90.5 is out of bounds for `per_hour`", "from 0 to"),
    Case("[60, 90.5, 30]", "[]", "[]", "this profile has no rate", "one for each"),
    Case(", every = \"30m\"", "", "profile", "`profile` has no `every`", "add `every ="),
    Case("every = \"30m\"", "every = \"0s\"", "profile", "`0s` is out of bounds for `every`", "from 1s"),
    Case("{ poisson = { per_hour = 120 } }", "{}", "arrivals = {}", "this is empty", "such as `{ poisson"),
    Case("{ poisson = ", "{ poison = ", "poison", "unknown key `poison` in `arrivals`", "did you mean `poisson`?"),
    Case(
        "per_hour = 120 }",
        "per_hour = 120 }, trace = \"calls.csv\"",
        "per_hour = 120",
        "`poisson` and `trace` at once",
        "keep one",
    ),
    // Laws.
    Case("{ constant = \"4s\" }", "\"4s\"", "callback", "`picks_up_after` = \"4s\" names no law", "{ constant = \"30s\" }"),
    Case("patience = \"never\"", "patience = \"newer\"", "newer", "`patience` = \"newer\" names no law", "such as"),
    Case(
        "{ exponential = { mean = \"120s\" } }",
        "{ exponental = { mean = \"120s\" } }",
        "exponental",
        "unknown key `exponental`",
        "`exponential`?",
    ),
    Case("sd = \"150s\"", "sd = \"-150s\"", "150s", "`-150s` is less than nothing", "leave out the `-`"),
    Case(", sd = \"150s\"", "", "lognormal", "`lognormal` has no `sd`", "add `sd ="),
    Case(
        "mean = \"180s\", sd",
        "mean = \"0s\", sd",
        "lognormal",
        "a mean of nothing has no standard deviation",
        "give `mean` a length",
    ),
    Case("phases = 4", "phases = 0", "phases", "0 is out of bounds for `phases`", "from 1 to"),
    // Shares.
    Case("chance = 0.4", "chance = 1.4", "redial", "1.4 is out of bounds for `chance`", "a number from 0 to 1"),
    Case("chance = 0.4", "chance = nan", "redial", "nan is out of bounds for `chance`", "a number from 0 to 1"),
    Case("2 = 0.2", "2 = 0.3", "press", "`1`, `2`, `other` come to 1.05 together", "1 at the most"),
    Case(
        "declined = 0.01",
        "declined = 0.995",
        "[[agents]]\nname = \"day\"",
        "`unanswered`, `declined` come to 1.005",
        "1 at the most",
    ),
    Case("refused = 0.1", "refused = 0.98", "[[service]]", "`refused`, `failed`, `silent` come to 1.04", "1 at the most"),
    Case("late = 0.01", "late = 0.999", "[trouble]", "`lost`, `late`, `doubled` come to 1.01", "1 at the most"),
    Case("cut_off = 0.001", "cut_off = -0.001", "cut_off", "-0.001 is out of bounds for `cut_off`", "a number from 0 to 1"),
    // Agents.
    Case("count = 12", "count = 0", "count = 0", "0 is out of bounds for `count`", "from 1 to 20000"),
    Case("count = 12", "count = 19998", "count = 3", "1 of these agents have no place", "20000 in all"),
    Case("{ booking = 1 }", "{}", "skills = {}", "these agents serve no queue", "name one with a level"),
    Case("{ booking = 1 }", "{ bookin = 1 }", "bookin =", "there is no queue `bookin`", "did you mean `booking`?"),
    Case("{ booking = 1 }", "{ booking = 100 }", "100", "100 is out of bounds for `booking`", "from 1 to 99"),
    Case("\"12:30-16:00\"", "\"11:30-16:00\"", "present", "two stretches of presence overlap by 30m", "let one end"),
    Case("\"12:30-16:00\"", "\"12:30-25:00\"", "present", "`12:30-25:00` is not a span of times", "08:00-16:30"),
    Case("[\"07:00-12:00\", \"12:30-16:00\"]", "[]", "present", "`present` is an empty list", "08:00-16:30"),
    Case("\"10:15-10:30\"", "\"12:15-12:30\"", "breaks", "a break begins when these agents are never there", "within `present`"),
    Case("\"10:15-10:30\"", "\"13:10-13:40\"", "breaks", "two breaks may overlap", "let each end"),
    Case(", for = \"10m\"", "", "breaks", "`breaks` has no `for`", "add `for ="),
    Case("speed = 1.1", "speed = 0", "speed", "0 is out of bounds for `speed`", "from 0.01"),
    Case("cost_per_hour = 25", "cost_per_hour = inf", "cost", "inf is out of bounds", "from 0"),
    // Services, troubles, limits.
    Case("name = \"taxi-now\"", "name = \"taxi-nov\"", "taxi-nov", "there is no service `taxi-nov`", "did you mean `taxi-now`?"),
    Case("crash_every = \"4h\"", "crash_every = \"0s\"", "crash_every", "`0s` is out of bounds", "from 1s"),
    Case("abandoned = 0.05", "abandoned = 5", "abandoned", "5 is out of bounds for `abandoned`", "a number from 0 to 1"),
    // The whole.
    Case(
        "skills = { booking = 2, tours = 1 }",
        "skills = { booking = 2 }",
        "[[agents]]\nname = \"day\"",
        "no human can be reached: line `+6565521111`",
        "give an agent the skill",
    ),
    // TOML itself.
    Case("[trouble]", "[trouble", "[trouble\n", "this is no TOML", "one a line"),
    Case("seed = 3", "seed = 3\nseed = 4", "seed = 4", "duplicate key", "keep one"),
];

fn faults(text: &str) -> Vec<Fault> {
    Bench::new().read(text).map_or_else(|faults| faults.iter().cloned().collect(), |_| Vec::new())
}

/// The line that a case names: of the place, or the first one for what is missing from the whole.
fn line(text: &str, place: &str) -> usize {
    if place.is_empty() {
        return 1;
    }
    let offset = text.rfind(place).unwrap_or_else(|| panic!("{place:?} is not in the scenario"));
    text[..offset].matches('\n').count() + 1
}

#[test]
fn each_fault_is_named_with_its_line_and_what_would_be_right() {
    let mut wrong = Vec::new();
    for Case(part, instead, place, what, right) in CASES {
        assert!(GOOD.contains(part), "{part:?} is not in the good scenario");
        let text = GOOD.replacen(part, instead, 1);
        let (found, line) = (faults(&text), line(&text, place));
        let named = |fault: &Fault| fault.line == line && fault.what.contains(what) && fault.right.contains(right);
        if found.len() != 1 || !found.iter().any(named) {
            wrong.push(format!("{part:?} -> {instead:?}: wanted line {line} alone: {what} / {right}; found {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_faults_come_at_once_and_the_desks_with_its_name() {
    let bench = Bench::new();
    bench.write("desk.toml", &DESK.replace("target = \"1m\"", "target = \"1\""));
    let text = GOOD.replace("seed = 3", "seed = -3").replace("queue = \"booking\"", "queue = \"anything\"");
    let faults = bench.read_with(&text, "agents.day.count=0; queue.booking.target=5s").expect_err("faulty");
    let told: Vec<String> = faults.files().iter().map(ToString::to_string).collect();
    let [scenario, flag, desk] = &*told else { panic!("{told:?}") };
    assert!(
        scenario.ends_with("scenario.toml has 1 fault"),
        "of a desk that could not be read no name is held against: {scenario}"
    );
    assert_eq!(flag, "--set has 1 fault");
    assert!(desk.ends_with("desk.toml has 1 fault"), "{desk}");
    let mut printed = String::new();
    NarratableReportHandler::new().render_report(&mut printed, &faults).expect("rendered");
    for part in ["seed = -3", "agents.day.count=0", "target = \"1\"", "has no unit"] {
        assert!(printed.contains(part), "{part} is not in {printed}");
    }
}

#[test]
fn a_scenario_that_is_not_there_is_said_to_be() {
    let faults = cabrank_sim::scenario::read(std::path::Path::new("no/such.toml"), &[]).expect_err("nothing is there");
    let told: Vec<String> = faults.iter().map(|fault| fault.what.clone()).collect();
    assert!(matches!(&*told, [what] if what.contains("cannot be read: No such file")), "{told:?}");
}

#[test]
fn callers_whom_nobody_serves_are_a_fault() {
    let bench = Bench::new();
    bench.write("desk.toml", &DESK.replace("press.2 = { queue = \"tours\" }\n", ""));
    let text = GOOD.replace("skills = { booking = 2, tours = 1 }", "skills = { booking = 2 }").replace("2 = 0.2, ", "");
    let told = bench.read(&text).expect_err("nobody serves tours").iter().map(|fault| fault.what.clone()).collect::<Vec<_>>();
    assert_eq!(told, ["nobody serves queue `tours`, into which `tourists` come"]);
    let never = GOOD.replace("[[agents]]\ncount = 3", "[[agents]]\npresent = \"Sun 09:00-12:00\"\ncount = 3");
    let never = never.replace("[\"07:00-12:00\", \"12:30-16:00\"]", "\"Sun 07:00-16:00\"");
    let told = Bench::new().read(&never).expect_err("nobody is there").iter().map(|fault| fault.what.clone()).collect::<Vec<_>>();
    assert_eq!(told, ["none of the agents is ever there while the scenario lasts"]);
}
