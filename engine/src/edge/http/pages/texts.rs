//! Every word of the pages, in one place: a translation is another value of [`Texts`].
//!
//! Sentences about calls and warnings come from the API, which has them in English.

mod desk;
mod tune;

pub(super) use tune::FieldWords;

/// The words of a language.
pub(super) struct Texts {
    pub(super) language: &'static str,
    pub(super) skip: &'static str,
    pub(super) pages: &'static str,
    pub(super) wallboard: &'static str,
    /// Of `/tune`.
    pub(super) tune: &'static tune::Words,
    pub(super) sign_in: &'static str,
    pub(super) sign_out: &'static str,
    pub(super) token: &'static str,
    pub(super) about_token: &'static str,
    pub(super) wrong_token: &'static str,
    pub(super) too_often: &'static str,
    pub(super) connecting: &'static str,
    pub(super) live: &'static str,
    pub(super) lost: &'static str,
    pub(super) notices: &'static str,
    pub(super) warnings: &'static str,
    pub(super) whole_desk: &'static str,
    pub(super) waiting: &'static str,
    pub(super) in_menu: &'static str,
    pub(super) talking: &'static str,
    pub(super) longest: &'static str,
    pub(super) longest_of_target: &'static str,
    pub(super) target: &'static str,
    pub(super) service_level: &'static str,
    pub(super) last_hour: &'static str,
    pub(super) quotes_kept: &'static str,
    pub(super) broken: &'static str,
    pub(super) abandoned: &'static str,
    pub(super) short: &'static str,
    pub(super) served: &'static str,
    pub(super) at_once: &'static str,
    pub(super) agents: &'static str,
    pub(super) free: &'static str,
    pub(super) talk: &'static str,
    pub(super) told: &'static str,
    pub(super) queues: &'static str,
    pub(super) queue: &'static str,
    pub(super) last_hour_curve: &'static str,
    pub(super) meaning: &'static str,
    pub(super) calls: &'static str,
    pub(super) call: &'static str,
    pub(super) caller: &'static str,
    pub(super) number_or_call: &'static str,
    pub(super) any: &'static str,
    pub(super) agent: &'static str,
    pub(super) state: &'static str,
    pub(super) search: &'static str,
    pub(super) no_calls: &'static str,
    pub(super) more_calls: &'static str,
    pub(super) came_in: &'static str,
    pub(super) joined: &'static str,
    pub(super) answered: &'static str,
    pub(super) ended: &'static str,
    pub(super) waited: &'static str,
    pub(super) line: &'static str,
    pub(super) class: &'static str,
    pub(super) pressed: &'static str,
    pub(super) because: &'static str,
    pub(super) told_until: &'static str,
    pub(super) promised: &'static str,
    pub(super) resolution: &'static str,
    pub(super) name: &'static str,
    pub(super) number: &'static str,
    pub(super) trust: &'static str,
    pub(super) verdict: &'static str,
    pub(super) language_of: &'static str,
    pub(super) preferred_agent: &'static str,
    pub(super) open_cases: &'static str,
    pub(super) contacts: &'static str,
    pub(super) withheld: &'static str,
    pub(super) why: &'static str,
    pub(super) story_comes: &'static str,
    pub(super) story_hint: &'static str,
    pub(super) no_story: &'static str,
    pub(super) left_out: &'static str,
    pub(super) not_for: &'static str,
    pub(super) desk: &'static desk::Words,
    /// Words of the API, and words for people.
    words: &'static [(&'static str, &'static str)],
    /// Stands before a number.
    pub(super) more_warnings: &'static str,
    /// The name of a mood in the API, and the words for it.
    pub(super) moods: [(&'static str, &'static str); 3],
    /// The name of a state in the API, and the word for it.
    pub(super) agent_states: [(&'static str, &'static str); 7],
    pub(super) about_waiting: &'static str,
    pub(super) about_longest: &'static str,
    pub(super) about_service_level: &'static str,
    pub(super) about_quotes: &'static str,
    pub(super) about_abandoned: &'static str,
    pub(super) about_served: &'static str,
    pub(super) about_agents: &'static str,
    pub(super) about_told: &'static str,
    pub(super) chart_waiting: &'static str,
    pub(super) chart_flow: &'static str,
    pub(super) about_chart_flow: &'static str,
    pub(super) chart_joined: &'static str,
    pub(super) chart_answered: &'static str,
    pub(super) chart_lost: &'static str,
}

/// English.
pub(super) static ENGLISH: Texts = Texts {
    language: "en",
    skip: "Skip to the page",
    pages: "Pages",
    wallboard: "Wallboard",
    tune: &tune::ENGLISH,
    sign_in: "Sign in",
    sign_out: "Sign out",
    token: "Token",
    about_token: "The engine prints an administrator's token at its very first start.",
    wrong_token: "This token is not known here.",
    too_often: "Too many wrong tokens came from your address. Wait a minute, then try again.",
    connecting: "Connecting",
    live: "Live",
    lost: "Connection lost: trying again",
    notices: "Notices",
    warnings: "Warnings",
    whole_desk: "The whole desk",
    waiting: "Waiting",
    in_menu: "in the menu",
    talking: "with an agent",
    longest: "Longest wait",
    longest_of_target: "Longest / target",
    target: "target",
    service_level: "Service level",
    last_hour: "last hour",
    quotes_kept: "Quotes kept",
    broken: "broken",
    abandoned: "Abandoned",
    short: "short",
    served: "Answered",
    at_once: "served at once",
    agents: "Agents",
    free: "free",
    talk: "talk",
    told: "Told",
    queues: "Queues",
    queue: "Queue",
    last_hour_curve: "The last hour",
    meaning: "What the figures mean",
    calls: "Calls",
    call: "Call",
    caller: "Caller",
    number_or_call: "Part of a number, or a call's id",
    any: "any",
    agent: "Agent",
    state: "State",
    search: "Search",
    no_calls: "No calls are like that.",
    more_calls: "There are more: search more closely to see them.",
    came_in: "Came in",
    joined: "Joined the line",
    answered: "Answered",
    ended: "Ended",
    waited: "Waited",
    line: "Line",
    class: "Class",
    pressed: "Pressed",
    because: "Why to a person",
    told_until: "Told to wait until",
    promised: "Promised for",
    resolution: "Resolution",
    name: "Name",
    number: "Number",
    trust: "Number is",
    verdict: "Signature",
    language_of: "Language",
    preferred_agent: "Preferred agent",
    open_cases: "Open cases",
    contacts: "Last calls",
    withheld: "number withheld or erased",
    why: "Why it went as it did",
    story_comes: "Reading the journal",
    story_hint: "Times on the left are those of the desk; within a sentence they are in UTC.",
    no_story: "The journal does not tell of this call, or not now.",
    left_out: "Moments left out in between:",
    not_for: "Calls and callers are for admins and supervisors; you are signed in as",
    desk: &desk::ENGLISH,
    words: &[
        ("live", "live"),
        ("ended", "ended"),
        ("menu", "in the menu"),
        ("proving", "keying in a code"),
        ("dispatching", "being served"),
        ("told", "served, being told"),
        ("waiting", "waiting"),
        ("offered", "an agent's phone rings"),
        ("agreeing", "agreeing on a callback"),
        ("absent", "to be called back"),
        ("called_back", "being called back"),
        ("resting", "to be called back later"),
        ("talking", "talking"),
        ("parting", "hearing the last words"),
        ("left", "left"),
        ("served_instantly", "served at once"),
        ("served_by_agent", "served by an agent"),
        ("left_in_menu", "left in the menu"),
        ("abandoned", "abandoned"),
        ("waited_too_long", "waited too long"),
        ("closed", "outside the hours"),
        ("queue_full", "the queue was full"),
        ("refused", "refused"),
        ("joined", "went on as a later call"),
        ("callback_cancelled", "needed no callback"),
        ("callback_failed", "not reached"),
        ("cut_off", "cut off by us"),
        ("open", "open"),
        ("kept", "kept"),
        ("broken", "broken"),
        ("trusted", "to be believed"),
        ("untrusted", "not to be believed"),
        ("verified", "verified"),
        ("unsigned", "none"),
    ],
    more_warnings: "More queues that miss their targets or will:",
    moods: [("well", "on target"), ("warned", "will miss its target"), ("late", "misses its target")],
    agent_states: [
        ("idle", "Free"),
        ("ringing", "Ringing"),
        ("talking", "Talking"),
        ("wrap_up", "Wrap-up"),
        ("paused", "Paused"),
        ("unreachable", "Out of reach"),
        ("signed_out", "Off duty"),
    ],
    about_waiting: "Callers in line now, those included for whom a phone rings; not those who are to be called back.",
    about_longest: "Of all in line, the wait of whoever has used up the greatest share of the target, and that target.",
    about_service_level: "Today: calls answered in time, as each queue defines it. Callers still waiting are not counted yet. A call \
                          belongs to the day in which it joined the line.",
    about_quotes: "Today: callers who waited no longer than they were told. Who hung up before that time was over counts neither way.",
    about_abandoned: "Today: callers who hung up while waiting. Those who hung up within the queue's short_abandon are told apart.",
    about_served: "Today: callers from a line who were connected with an agent; beside it, callers served without waiting for anybody.",
    about_agents: "Agents who serve this queue: free ones, and those in a call.",
    about_told: "The longest wait that a newcomer would be told now; nothing where too little is known.",
    chart_waiting: "Callers in line",
    chart_flow: "Callers a minute",
    about_chart_flow: "How many joined a line, were answered, and left unanswered, each minute.",
    chart_joined: "joined",
    chart_answered: "answered",
    chart_lost: "left unanswered",
};

impl Texts {
    /// What people call what the API calls so; a word that is not known here stays as it is.
    pub(super) fn word(&self, word: &'static str) -> &'static str {
        self.words.iter().find(|(known, _)| *known == word).map_or(word, |(_, words)| words)
    }

    /// How a queue fares, by the API's word for it.
    pub(super) fn mood(&self, mood: &str) -> Option<&'static str> {
        self.moods.iter().find(|(known, _)| *known == mood).map(|(_, words)| *words)
    }

    /// What the chart of those in line comes to.
    pub(super) fn about_chart_waiting(&self, now: u64, most: u64) -> String {
        format!("{now} now, {most} at the most.")
    }

    /// What the figures mean, by their names.
    pub(super) fn meanings(&self) -> [(&'static str, &'static str); 8] {
        [
            (self.waiting, self.about_waiting),
            (self.longest, self.about_longest),
            (self.service_level, self.about_service_level),
            (self.quotes_kept, self.about_quotes),
            (self.abandoned, self.about_abandoned),
            (self.served, self.about_served),
            (self.agents, self.about_agents),
            (self.told, self.about_told),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::call_list::LIVE;
    use super::ENGLISH;
    use crate::words::{OUTCOMES, outcome};

    #[test]
    fn people_are_told_of_every_state_and_outcome_in_words() {
        for word in LIVE.into_iter().chain(OUTCOMES.map(outcome)) {
            assert!(ENGLISH.words.iter().any(|(known, _)| *known == word), "{word}");
        }
    }
}
