//! The story in plain sentences.

use super::happening::{Because, Happening, NotAgent, Passed, Wait};
use super::story::{Moment, QuoteTold, Story, Totals};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The timezone of the story as a whole, which says so at its beginning.
const UTC: TimeZone = TimeZone::UTC;

/// The whole story, a sentence each; `before_gap` moments stand before those that were left out.
pub(super) fn all(story: &Story, before_gap: usize) -> Vec<String> {
    let mut sentences = vec![heading(story)];
    for (index, moment) in story.moments.iter().enumerate() {
        if index == before_gap && story.left_out > 0 {
            sentences.push(format!("... {} moments are left out here; the totals below count them.", story.left_out));
        }
        sentences.push(sentence(moment));
    }
    sentences.extend(story.quote.as_ref().map(quote));
    sentences.extend(summary(story));
    sentences
}

/// One moment.
fn sentence(moment: &Moment) -> String {
    format!("{} {}", clock(moment.at, &UTC), what(&moment.what, &UTC))
}

/// What the whole comes to: how it ended, how often what happened.
pub(super) fn summary(story: &Story) -> [String; 2] {
    [ending(story), totals(story)]
}

fn heading(story: &Story) -> String {
    let day = story.moments.first().map(|moment| moment.at.to_zoned(UTC).strftime("%Y-%m-%d").to_string());
    format!("Call {}, {} (all times in UTC).", story.call, day.unwrap_or_default())
}

/// What happened, with moments as they are in that timezone.
pub(super) fn what(what: &Happening, zone: &TimeZone) -> String {
    match what {
        Happening::Offered { line } => format!("called {line}."),
        Happening::KeyedCode { right: true } => "keyed in the right code.".to_owned(),
        Happening::KeyedCode { right: false } => "keyed in a wrong code.".to_owned(),
        Happening::Pressed { key } => format!("pressed {key}."),
        Happening::Joined { .. } => joined(what, zone),
        Happening::HeldFor { agent } => format!("held for {agent}, the caller's own agent, who is busy: nobody else is rung."),
        Happening::OpenToAll => "no longer held: any agent who serves the queue may take it.".to_owned(),
        Happening::Told { at_most_s, callback, longer } => told(*at_most_s, *callback, *longer),
        Happening::Overtaken { by, agent, this, because } => format!(
            "overtaken by call {} ({}); this call had {}. {agent} was given to that call: {}.",
            by.call,
            caller(by),
            wait(this),
            overtaking(because, agent, zone)
        ),
        Happening::Chosen { .. } => chosen(what, zone),
        Happening::Missed { agent, how } => format!("{agent} {}.", missed(how)),
        Happening::Answered { agent } => format!("{agent} answered."),
        Happening::AgentLost { agent } => format!("the connection to {agent} was lost; the caller keeps the place in line."),
        Happening::Returned { agent, queue } => format!("{agent} gave the caller back to {queue}; the place in line is kept."),
        Happening::ThresholdsChanged { number, by, reason, what } => {
            format!("thresholds changed by {by} (change {number}, \"{reason}\"): {}.", what.join("; "))
        }
        Happening::CallbackAgreed => "the caller asked to be called back; the place in line is kept.".to_owned(),
        Happening::CalledBack => "the caller is being called back.".to_owned(),
        Happening::CallbackAnswered => "the caller picked up.".to_owned(),
        Happening::CallbackUnreached => "the caller was not reached.".to_owned(),
        Happening::BackOnTheLine => "the caller is on the line again.".to_owned(),
        Happening::EngineRestarted => "the engine was started again.".to_owned(),
        Happening::Ended { outcome, goes_on_as: Some(call) } => {
            format!("ended ({}): the caller called again, and goes on as call {call} at the same place.", spaced(outcome))
        }
        Happening::Ended { outcome, goes_on_as: None } => format!("ended ({}).", spaced(outcome)),
    }
}

fn joined(what: &Happening, zone: &TimeZone) -> String {
    let Happening::Joined { queue, class, target_s, waiting_before, on_duty, place_kept_since, because } = what else {
        return String::new();
    };
    let class = if class.is_empty() { String::new() } else { format!(" as {class}") };
    let kept = place_kept_since.map(|since| format!(" The place was kept: the wait counts from {}.", clock(since, zone)));
    format!(
        "joined {queue}{class} (target {target_s} s); {} in that line, {} on duty. {because}{}",
        counted(*waiting_before, "other caller", "other callers"),
        counted(*on_duty, "agent", "agents"),
        kept.unwrap_or_default()
    )
}

fn told(at_most_s: Option<u64>, callback: bool, longer: bool) -> String {
    let mut said = Vec::new();
    if longer {
        said.push("that it takes longer than was said".to_owned());
    }
    said.extend(at_most_s.map(|at_most| format!("that the wait is {} at most", minutes(at_most))));
    if callback {
        said.push("that 1 is a callback".to_owned());
    }
    format!("was told {}.", said.join(" and "))
}

fn chosen(what: &Happening, zone: &TimeZone) -> String {
    let Happening::Chosen { agent, call_back, why, this, callers, agents, left_out } = what else { return String::new() };
    let step = if *call_back { "it is the turn of this callback".to_owned() } else { format!("{agent} is rung") };
    let mut sentence = format!("{step} after {}: {why}.", wait(this));
    for (passed, because) in callers {
        sentence += &format!(" Passed over: call {} ({}), {}.", passed.call, caller(passed), overtaking(because, agent, zone));
    }
    for NotAgent { agent, because } in agents {
        sentence += &format!(" Not {agent}: {}.", not_rung(because, zone));
    }
    if *left_out > 0 {
        sentence += &format!(" {left_out} more were passed over.");
    }
    sentence
}

/// Why a caller stayed behind when an agent was given to another.
fn overtaking(because: &Because, agent: &str, zone: &TimeZone) -> String {
    match because {
        Because::Order { order } => format!("the other one came first by the order of service `{order}`"),
        Because::OwnAgent => format!("{agent} is that caller's own agent, which is a head start"),
        Because::OpensAt { at } => format!("{agent} may take this caller only from {} on", clock(*at, zone)),
        Because::KeptFor { queue } => format!("{agent} was kept for callers of {queue}"),
        Because::JustMissed => format!("{agent} had just missed this caller's ringing"),
        Because::OthersDialled => "as many callbacks were under way as agents were idle".to_owned(),
        Because::HeldFor { agent } => format!("this caller was held for {agent}"),
        Because::Ringing { agent } => format!("{agent} was being rung for this caller"),
        Because::Agreeing => "this caller was just being told of the callback".to_owned(),
        Because::Absent => "this caller was to be called back, and not all agents are taken up by callbacks".to_owned(),
        Because::BeingCalled => "this caller was just being called back".to_owned(),
        Because::Resting => "this caller could not be reached shortly before, and was left alone".to_owned(),
        Because::WorseLevel | Because::LaterTurn => "another agent came first".to_owned(),
        Because::Unexplained => "the desk gave no reason, which is a defect: please report it".to_owned(),
    }
}

/// Why an agent was not rung.
fn not_rung(because: &Because, zone: &TimeZone) -> String {
    match because {
        Because::WorseLevel => "serves this queue at a worse level".to_owned(),
        Because::LaterTurn => "it was the other one's turn".to_owned(),
        Because::OwnAgent => "another one is this caller's own agent".to_owned(),
        Because::OpensAt { at } => format!("may take this caller only from {} on", clock(*at, zone)),
        Because::KeptFor { queue } => format!("kept for callers of {queue}"),
        Because::JustMissed => "had just missed this caller's ringing".to_owned(),
        Because::Order { .. }
        | Because::OthersDialled
        | Because::HeldFor { .. }
        | Because::Ringing { .. }
        | Because::Agreeing
        | Because::Absent
        | Because::BeingCalled
        | Because::Resting
        | Because::Unexplained => "no reason was given, which is a defect: please report it".to_owned(),
    }
}

fn missed(how: &str) -> &'static str {
    match how {
        "busy" => "was busy with something else",
        "declined" => "declined",
        "unavailable" => "was not to be had",
        "failed" => "could not be rung: the phone failed",
        _ => "did not pick up in time",
    }
}

fn quote(quote: &QuoteTold) -> String {
    let became = match quote.settled {
        "kept" => "That was kept.",
        "broken" => "That was not kept.",
        _ => "That is not settled: the call was not connected by then, or left before it was over.",
    };
    format!(
        "At {} the wait was said to be over by {} at the latest. {became}",
        clock(quote.said_at, &UTC),
        clock(quote.until, &UTC)
    )
}

fn ending(story: &Story) -> String {
    let waited = story.waited_s.map_or("It never waited in a line".to_owned(), |waited| format!("It waited {waited} s"));
    match (story.outcome, &story.agent) {
        (Some(outcome), Some(agent)) => format!("{waited}, was taken by {agent}, and ended as {}.", spaced(outcome)),
        (Some(outcome), None) => format!("{waited}, was taken by nobody, and ended as {}.", spaced(outcome)),
        (None, _) => format!("{waited} so far, and is {}.", spaced(story.state)),
    }
}

/// Only what happened at all.
fn totals(story: &Story) -> String {
    let Totals { overtaken, unexplained, rung, missed, changes, spoken_to, called_back } = story.totals;
    let parts = [
        (overtaken, format!("overtaken {} ({unexplained} unexplained)", times(overtaken))),
        (rung, format!("{} rung, {missed} of them did not take it", counted(rung, "agent", "agents"))),
        (changes, format!("{} of thresholds", counted(changes, "change", "changes"))),
        (spoken_to, format!("spoken to {}", times(spoken_to))),
        (called_back, format!("called back {}", times(called_back))),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, part)| part).collect();
    if parts.is_empty() {
        "Nobody overtook it, and nobody was rung for it.".to_owned()
    } else {
        format!("In all: {}.", parts.join(", "))
    }
}

fn times(count: u64) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

fn caller(passed: &Passed) -> String {
    let class = if passed.class.is_empty() { String::new() } else { format!(", {}", passed.class) };
    format!("{}{class}, {}", passed.queue, wait(&passed.wait))
}

fn wait(wait: &Wait) -> String {
    format!("waited {} s of {} s = {} %", wait.waited_s, wait.target_s, wait.percent)
}

/// A word of the API, as people write it.
fn spaced(word: &str) -> String {
    word.replace('_', " ")
}

fn minutes(seconds: u64) -> String {
    counted(seconds / 60, "minute", "minutes")
}

fn counted(count: impl Into<u64>, one: &str, many: &str) -> String {
    let count = count.into();
    format!("{count} {}", if count == 1 { one } else { many })
}

fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string()
}
