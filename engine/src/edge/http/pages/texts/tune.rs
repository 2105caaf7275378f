//! The words of `/tune`.

use crate::foresight::Foreseen;

/// A field's key in the configuration, its name, and what it means.
pub(in super::super) type FieldWords = (&'static str, &'static str, &'static str);

/// The words of a language.
pub(in super::super) struct Words {
    pub(in super::super) title: &'static str,
    pub(in super::super) queues: &'static str,
    pub(in super::super) thresholds: &'static str,
    pub(in super::super) about_thresholds: &'static str,
    pub(in super::super) in_force: &'static str,
    pub(in super::super) foresee: &'static str,
    pub(in super::super) foreseen: &'static str,
    pub(in super::super) about_foreseen: &'static str,
    pub(in super::super) nothing_typed: &'static str,
    pub(in super::super) being_foreseen: &'static str,
    pub(in super::super) no_answer: &'static str,
    pub(in super::super) not_foreseen: &'static str,
    pub(in super::super) apply: &'static str,
    pub(in super::super) reason: &'static str,
    pub(in super::super) about_reason: &'static str,
    pub(in super::super) figure: &'static str,
    pub(in super::super) as_it_is: &'static str,
    pub(in super::super) changed: &'static str,
    pub(in super::super) difference: &'static str,
    pub(in super::super) interval: &'static str,
    pub(in super::super) model_off: &'static str,
    pub(in super::super) means: &'static str,
    pub(in super::super) to: &'static str,
    pub(in super::super) about_interval: &'static str,
    pub(in super::super) about_model: &'static str,
    pub(in super::super) points: &'static str,
    pub(in super::super) holds: &'static str,
    pub(in super::super) does_not_hold: &'static str,
    pub(in super::super) really: &'static str,
    pub(in super::super) simulated: &'static str,
    pub(in super::super) collided: &'static str,
    pub(in super::super) collided_then: &'static str,
    pub(in super::super) refused: &'static str,
    pub(in super::super) done: &'static str,
    pub(in super::super) history: &'static str,
    pub(in super::super) no_history: &'static str,
    pub(in super::super) no_prediction: &'static str,
    pub(in super::super) predicted: &'static str,
    pub(in super::super) band: &'static str,
    pub(in super::super) came: &'static str,
    pub(in super::super) about_band: &'static str,
    pub(in super::super) calls_since: &'static str,
    pub(in super::super) an_hour: &'static str,
    pub(in super::super) an_hour_foreseen: &'static str,
    pub(in super::super) take_back: &'static str,
    pub(in super::super) why_back: &'static str,
    pub(in super::super) outside_now: &'static str,
    pub(in super::super) see: &'static str,
    /// The names of figures in the API, and the words for them.
    pub(in super::super) figures: [(&'static str, &'static str); 4],
    /// The same of effects, each with a sign.
    pub(in super::super) effects: [(&'static str, &'static str, &'static str); 5],
    /// The same of verdicts.
    pub(in super::super) verdicts: [(&'static str, &'static str); 3],
    /// The same of sides of the band.
    pub(in super::super) sides: [(&'static str, &'static str); 3],
    /// The form: groups of fields, each with key, name and meaning.
    pub(in super::super) groups: [(&'static str, &'static [FieldWords]); 4],
}

pub(in super::super) static ENGLISH: Words = Words {
    title: "Tune",
    queues: "Queues",
    thresholds: "Thresholds",
    about_thresholds: "Lengths of time carry a unit: 30s, 3m, 1h30m. A change reaches callers who already wait.",
    in_force: "in force:",
    foresee: "Foresee",
    foreseen: "What today would have been",
    about_foreseen: "Change a threshold: today's calls are lived through again with it, and without it, and what differs is shown here.",
    nothing_typed: "Nothing is changed yet.",
    being_foreseen: "Living through today, with the change and without it",
    no_answer: "The engine did not answer. Try again.",
    not_foreseen: "Not foreseen",
    apply: "Apply",
    reason: "Reason",
    about_reason: "Stands in the history, for whoever asks later.",
    figure: "Figure",
    as_it_is: "In force",
    changed: "Changed",
    difference: "Difference",
    interval: "95 % interval",
    model_off: "Model off by",
    means: "For callers",
    to: "to",
    about_interval: "The true mean difference lies in the interval with 95 % confidence. One that leaves out zero is clear: more than chance makes.",
    about_model: "How far the simulated day is off the real one when nothing is changed. It is the same on both sides of a difference.",
    points: "points",
    holds: "Unchanged, the simulated day comes out as the real one did.",
    does_not_hold: "Take this with care: unchanged, the simulated day does not come out as the real one did.",
    really: "really",
    simulated: "simulated",
    collided: "Nothing was changed: somebody else was faster.",
    collided_then: "What you typed still stands below, beside what is in force now. Look at it, then apply it again if it is still right.",
    refused: "Nothing was changed.",
    done: "In force, and on the disk: change",
    history: "History",
    no_history: "The thresholds of this queue were never changed while it ran.",
    no_prediction: "Nothing is foreseen of this change: it is still being worked out, or too few callers had come.",
    predicted: "Foreseen",
    band: "Band",
    came: "Came",
    about_band: "Where the figure of so many calls lies at 95 %, if it was foreseen rightly and the traffic is like that of the day that was lived \
                 through. Fewer calls, wider band.",
    calls_since: "calls since",
    an_hour: "an hour",
    an_hour_foreseen: "an hour on the day that was lived through",
    take_back: "Take back",
    why_back: "Why it is taken back",
    outside_now: "It does not come as foreseen: change",
    see: "See, and take it back",
    figures: [
        ("offered", "Callers"),
        ("wait_mean", "Mean wait"),
        ("service_level", "Service level"),
        ("abandonment", "Abandoned"),
    ],
    effects: [
        ("better", "▲", "better"),
        ("worse", "▼", "worse"),
        ("different", "◆", "different"),
        ("unclear", "○", "not clear"),
        ("same", "=", "the same"),
    ],
    verdicts: [("too_early", "too early to tell"), ("as_predicted", "as foreseen"), ("outside", "not as foreseen")],
    sides: [("below", "below the band"), ("within", ""), ("above", "above the band")],
    groups: [
        (
            "Who comes first",
            &[
                ("target", "Target", "The longest that a wait should be."),
                ("class", "Target,", "The longest that a wait of this class should be."),
                ("default_class", "Other callers", "The class of callers whose profile names none."),
                ("order", "Order", "By the share of the target used up, first come, strictly by class, or earliest due."),
                ("widen", "Widen", "After so long a wait, agents up to which level: 10s: 2, 1m: 3."),
                ("overflow", "Overflow", "After so long a wait, the agents of which queue: 1m: support."),
                ("reserve", "Reserve", "Idle agents who are kept from callers of other queues."),
            ],
        ),
        (
            "Agents",
            &[
                ("wrap_up", "Wrap-up", "An agent's time after a call."),
                ("ring_for", "Ring for", "Then the next agent is rung."),
                ("agent_order", "Who is rung", "Of several idle agents of the best level."),
                ("preferred_agent_for", "Same agent for", "How long a caller and the agent of last time wait for each other."),
            ],
        ),
        (
            "While they wait",
            &[
                ("max_waiting", "Most callers", "One more is told so."),
                ("max_wait", "Longest wait", "Then the caller is told that nobody came."),
                ("keep_place_for", "Keep the place", "Of who was cut off and calls again."),
                ("quote.every", "Speak every", "How often a caller hears how long it will be."),
                (
                    "quote.confidence",
                    "Quotes kept",
                    "What is said shall hold for this share of callers; nothing is said if empty.",
                ),
                ("offer_callback_over", "Call back over", "Who will wait longer may be called back; nobody if empty."),
                ("callback_retry", "Call back again", "Who was not reached is tried again after so long."),
                ("callback_tries", "Tries", "How often a caller is called back at the most."),
            ],
        ),
        (
            "What is reported",
            &[
                ("service_level", "Service level", "The share to be answered in which time: 80% in 20s."),
                ("denominator", "Share of", "Which calls the service level is a share of."),
                ("short_abandon", "Short", "Who hangs up sooner did not really wait."),
                ("warn_within", "Warn", "When the target is going to be missed within so long."),
            ],
        ),
    ],
};

impl Words {
    /// `22 Nov, 00:00 to 18:40: 4812 callers, lived through 64 times each way.`
    pub(in super::super) fn lived_through(&self, from: &str, until: &str, foreseen: &Foreseen) -> String {
        let Foreseen { calls, seeds, .. } = foreseen;
        format!("{from} to {until}: {calls} callers, lived through {seeds} times each way.")
    }

    /// Why nothing can be said of a queue.
    pub(in super::super) fn nobody_in_line(&self, queue: &str) -> String {
        format!("Nobody stood in the line of {queue} today, so nothing can be said of it.")
    }

    /// What people call a figure of the API.
    pub(in super::super) fn figure(&self, word: &str) -> &'static str {
        self.figures.iter().find(|(known, _)| *known == word).map_or("", |(_, words)| words)
    }

    /// The sign and the words of an effect.
    pub(in super::super) fn effect(&self, word: &str) -> (&'static str, &'static str) {
        self.effects.iter().find(|(known, ..)| *known == word).map_or(("", ""), |(_, sign, words)| (sign, words))
    }

    /// The words of a verdict.
    pub(in super::super) fn verdict(&self, word: &str) -> &'static str {
        self.verdicts.iter().find(|(known, _)| *known == word).map_or("", |(_, words)| words)
    }

    /// The words of a side.
    pub(in super::super) fn side(&self, word: &str) -> &'static str {
        self.sides.iter().find(|(known, _)| *known == word).map_or("", |(_, words)| words)
    }
}
