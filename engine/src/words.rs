//! The stable words that programs and the store know things by, and the plain sentences for people.

use cabrank_core::{
    AgentState, Attestation, CaseKind, Digit, DispatchFailure, Flaw, Outcome, Settled, StageView, Trust, WhyHuman,
};

/// Every outcome there is.
pub const OUTCOMES: [Outcome; 12] = [
    Outcome::ServedInstantly,
    Outcome::ServedByAgent,
    Outcome::LeftInMenu,
    Outcome::Abandoned,
    Outcome::WaitedTooLong,
    Outcome::Closed,
    Outcome::QueueFull,
    Outcome::Refused,
    Outcome::Joined,
    Outcome::CallbackCancelled,
    Outcome::CallbackFailed,
    Outcome::CutOff,
];

/// The word for an outcome.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::ServedInstantly => "served_instantly",
        Outcome::ServedByAgent => "served_by_agent",
        Outcome::LeftInMenu => "left_in_menu",
        Outcome::Abandoned => "abandoned",
        Outcome::WaitedTooLong => "waited_too_long",
        Outcome::Closed => "closed",
        Outcome::QueueFull => "queue_full",
        Outcome::Refused => "refused",
        Outcome::Joined => "joined",
        Outcome::CallbackCancelled => "callback_cancelled",
        Outcome::CallbackFailed => "callback_failed",
        Outcome::CutOff => "cut_off",
    }
}

/// The outcome of that word.
pub fn outcome_from(word: &str) -> Option<Outcome> {
    OUTCOMES.into_iter().find(|candidate| outcome(*candidate) == word)
}

/// The word for what an agent does.
pub fn agent_state(state: &AgentState) -> &'static str {
    match state {
        AgentState::SignedOut => "signed_out",
        AgentState::Idle => "idle",
        AgentState::Offered { .. } => "offered",
        AgentState::Talking { .. } => "talking",
        AgentState::WrapUp { .. } => "wrap_up",
        AgentState::Paused { .. } => "paused",
        AgentState::Unreachable { .. } => "unreachable",
    }
}

/// Every kind of case there is.
pub const CASE_KINDS: [CaseKind; 3] = [CaseKind::Complaint, CaseKind::Opinion, CaseKind::Praise];

/// The word for a kind of case.
pub fn case_kind(kind: CaseKind) -> &'static str {
    match kind {
        CaseKind::Complaint => "complaint",
        CaseKind::Opinion => "opinion",
        CaseKind::Praise => "praise",
    }
}

/// The kind of case of that word.
pub fn case_kind_from(word: &str) -> Option<CaseKind> {
    CASE_KINDS.into_iter().find(|kind| case_kind(*kind) == word)
}

/// The word for why a call went to a human, and the detail that goes with it.
pub fn why(why: &WhyHuman) -> (&'static str, Option<&str>) {
    match why {
        WhyHuman::Asked => ("asked", None),
        WhyHuman::PressedZero => ("pressed_zero", None),
        WhyHuman::Silence => ("silence", None),
        WhyHuman::Mistakes => ("mistakes", None),
        WhyHuman::NoMenu => ("no_menu", None),
        WhyHuman::UnknownCaller => ("unknown_caller", None),
        WhyHuman::UntrustedNumber => ("untrusted_number", None),
        WhyHuman::MissingDetail { field } => ("missing_detail", Some(field)),
        WhyHuman::DispatchRefused { reason } => ("dispatch_refused", Some(reason)),
        WhyHuman::DispatchFailed(DispatchFailure::TimedOut) => ("dispatch_timed_out", None),
        WhyHuman::DispatchFailed(DispatchFailure::Unreachable) => ("dispatch_unreachable", None),
        WhyHuman::DispatchFailed(DispatchFailure::Nonsense) => ("dispatch_nonsense", None),
        WhyHuman::AskedAfterService => ("asked_after_service", None),
        WhyHuman::WrongCode => ("wrong_code", None),
        WhyHuman::NoCode => ("no_code", None),
        WhyHuman::TooManyWrongCodes => ("too_many_wrong_codes", None),
    }
}

/// What that word and detail say of why a call went to a human.
pub fn why_from(word: &str, detail: &str) -> Option<WhyHuman> {
    let candidates = [
        WhyHuman::Asked,
        WhyHuman::PressedZero,
        WhyHuman::Silence,
        WhyHuman::Mistakes,
        WhyHuman::NoMenu,
        WhyHuman::UnknownCaller,
        WhyHuman::UntrustedNumber,
        WhyHuman::MissingDetail { field: detail.into() },
        WhyHuman::DispatchRefused { reason: detail.into() },
        WhyHuman::DispatchFailed(DispatchFailure::TimedOut),
        WhyHuman::DispatchFailed(DispatchFailure::Unreachable),
        WhyHuman::DispatchFailed(DispatchFailure::Nonsense),
        WhyHuman::AskedAfterService,
        WhyHuman::WrongCode,
        WhyHuman::NoCode,
        WhyHuman::TooManyWrongCodes,
    ];
    candidates.into_iter().find(|candidate| why(candidate).0 == word)
}

/// Why a call went to a human, as one sentence.
pub fn why_sentence(why: &WhyHuman) -> String {
    let sentence = match why {
        WhyHuman::Asked => "The caller chose to talk with someone.",
        WhyHuman::PressedZero => "The caller pressed 0.",
        WhyHuman::Silence => "The caller pressed nothing.",
        WhyHuman::Mistakes => "The caller pressed keys that are no option.",
        WhyHuman::NoMenu => "This line leads straight to a person.",
        WhyHuman::UnknownCaller => "The caller asked to be served at once, but there is no profile for this number.",
        WhyHuman::UntrustedNumber => "The caller asked to be served at once, but nobody vouches for the number: ask who it is.",
        WhyHuman::MissingDetail { field } => {
            return format!("The caller asked to be served at once, but the profile has no {field}.");
        }
        WhyHuman::DispatchRefused { reason } => {
            return format!("The caller asked to be served at once; the service refused: {reason}");
        }
        WhyHuman::DispatchFailed(DispatchFailure::TimedOut) => {
            "The caller asked to be served at once; the service did not answer in time: it may or may not have been ordered."
        }
        WhyHuman::DispatchFailed(DispatchFailure::Unreachable) => {
            "The caller asked to be served at once; the service could not be reached."
        }
        WhyHuman::DispatchFailed(DispatchFailure::Nonsense) => {
            "The caller asked to be served at once; the service's answer made no sense: it may or may not have been ordered."
        }
        WhyHuman::AskedAfterService => "The caller was served, and wants to talk about it.",
        WhyHuman::WrongCode => "The caller asked to be served at once, and keyed in a wrong code twice: ask who it is.",
        WhyHuman::NoCode => "The caller asked to be served at once, and did not key in the code in time: ask who it is.",
        WhyHuman::TooManyWrongCodes => {
            "The caller asked to be served at once, but too many wrong codes came from this number of late: ask who it is."
        }
    };
    sentence.to_owned()
}

/// The word for whether a promise was kept.
pub fn settled(settled: Settled) -> &'static str {
    match settled {
        Settled::Open => "open",
        Settled::Kept => "kept",
        Settled::Broken => "broken",
    }
}

/// Whether a promise was kept, from its word.
pub fn settled_from(word: &str) -> Option<Settled> {
    [Settled::Open, Settled::Kept, Settled::Broken].into_iter().find(|candidate| settled(*candidate) == word)
}

/// The word for whether a number may be believed.
pub fn trust(trust: Trust) -> &'static str {
    if trust.is_sure() { "trusted" } else { "untrusted" }
}

/// The word for what came of verifying the signature on a number; nothing where none was asked for.
pub fn verdict(trust: Trust) -> Option<&'static str> {
    match trust {
        Trust::Trusted | Trust::Untrusted => None,
        Trust::Attested(_) => Some("verified"),
        Trust::Unproven(why) => Some(flaw(why)),
    }
}

/// The letter of a verified attestation (RFC 8588).
pub fn attestation(trust: Trust) -> Option<&'static str> {
    match trust {
        Trust::Trusted | Trust::Untrusted | Trust::Unproven(_) => None,
        Trust::Attested(Attestation::Full) => Some("A"),
        Trust::Attested(Attestation::Partial) => Some("B"),
        Trust::Attested(Attestation::Gateway) => Some("C"),
    }
}

/// Who said that a number may be believed, or why not, from the words for it.
pub fn trust_from(trusted: bool, verdict: Option<&str>, attestation: Option<&str>) -> Option<Trust> {
    let signed = [Attestation::Full, Attestation::Partial, Attestation::Gateway].map(Trust::Attested);
    let unproven = FLAWS.into_iter().map(Trust::Unproven);
    let mut all = [Trust::Trusted, Trust::Untrusted].into_iter().chain(signed).chain(unproven);
    all.find(|trust| trust.is_sure() == trusted && self::verdict(*trust) == verdict && self::attestation(*trust) == attestation)
}

const FLAWS: [Flaw; 23] = [
    Flaw::Unsigned,
    Flaw::NotShaken,
    Flaw::Ambiguous,
    Flaw::Oversized,
    Flaw::Malformed,
    Flaw::CompactForm,
    Flaw::ForeignAlgorithm,
    Flaw::Stale,
    Flaw::FromTheFuture,
    Flaw::WrongOrigin,
    Flaw::WrongDestination,
    Flaw::ForeignSource,
    Flaw::Unreachable,
    Flaw::CertificateUnusable,
    Flaw::UnknownAuthority,
    Flaw::CertificateExpired,
    Flaw::CertificateNotYetValid,
    Flaw::NoNumbers,
    Flaw::NotItsNumber,
    Flaw::BadSignature,
    Flaw::Replayed,
    Flaw::NotInTime,
    Flaw::NotSetUp,
];

fn flaw(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::Unsigned => "unsigned",
        Flaw::NotShaken => "not_shaken",
        Flaw::Ambiguous => "ambiguous",
        Flaw::Oversized => "oversized",
        Flaw::Malformed => "malformed",
        Flaw::CompactForm => "compact_form",
        Flaw::ForeignAlgorithm => "foreign_algorithm",
        Flaw::Stale => "stale",
        Flaw::FromTheFuture => "from_the_future",
        Flaw::WrongOrigin => "wrong_origin",
        Flaw::WrongDestination => "wrong_destination",
        Flaw::ForeignSource => "foreign_source",
        Flaw::Unreachable => "unreachable",
        Flaw::CertificateUnusable => "certificate_unusable",
        Flaw::UnknownAuthority => "unknown_authority",
        Flaw::CertificateExpired => "certificate_expired",
        Flaw::CertificateNotYetValid => "certificate_not_yet_valid",
        Flaw::NoNumbers => "no_numbers",
        Flaw::NotItsNumber => "not_its_number",
        Flaw::BadSignature => "bad_signature",
        Flaw::Replayed => "replayed",
        Flaw::NotInTime => "not_in_time",
        Flaw::NotSetUp => "not_set_up",
    }
}

/// The word for where a live call is.
pub fn stage(stage: StageView) -> &'static str {
    match stage {
        StageView::Menu => "menu",
        StageView::Proving => "proving",
        StageView::Dispatching => "dispatching",
        StageView::Told => "told",
        StageView::Waiting => "waiting",
        StageView::Offered => "offered",
        StageView::Agreeing => "agreeing",
        StageView::Absent => "absent",
        StageView::CalledBack => "called_back",
        StageView::Resting => "resting",
        StageView::Talking => "talking",
        StageView::Parting => "parting",
        StageView::Left => "left",
    }
}

/// The keys that were pressed, one character each.
pub fn pressed(digits: &[Digit]) -> String {
    digits.iter().copied().map(key).collect()
}

fn key(digit: Digit) -> char {
    match digit {
        Digit::Number(n) => char::from_digit(u32::from(n), 10).unwrap_or('?'),
        Digit::Star => '*',
        Digit::Pound => '#',
        Digit::Letter(n) => ['A', 'B', 'C', 'D'].get(usize::from(n)).copied().unwrap_or('?'),
    }
}

/// The first `chars_max` characters.
pub fn cut(text: &str, chars_max: usize) -> &str {
    text.char_indices().nth(chars_max).and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_is_found_by_its_word() {
        for each in OUTCOMES {
            assert_eq!(outcome_from(outcome(each)), Some(each));
        }
        assert_eq!(outcome_from("vanished"), None);
    }

    #[test]
    fn a_reason_survives_being_written_as_word_and_detail() {
        for each in [
            WhyHuman::Asked,
            WhyHuman::MissingDetail { field: "pickup".into() },
            WhyHuman::DispatchRefused { reason: "no cars".into() },
            WhyHuman::DispatchFailed(DispatchFailure::Nonsense),
            WhyHuman::AskedAfterService,
            WhyHuman::WrongCode,
            WhyHuman::NoCode,
            WhyHuman::TooManyWrongCodes,
        ] {
            let (word, detail) = why(&each);
            assert_eq!(why_from(word, detail.unwrap_or_default()), Some(each));
        }
    }

    #[test]
    fn who_vouches_for_a_number_is_read_back_from_its_words() {
        let signed = [Attestation::Full, Attestation::Partial, Attestation::Gateway].map(Trust::Attested);
        let all = [Trust::Trusted, Trust::Untrusted].into_iter().chain(signed).chain(FLAWS.map(Trust::Unproven));
        for each in all {
            assert_eq!(trust_from(each.is_sure(), verdict(each), attestation(each)), Some(each));
        }
        let distinct: std::collections::BTreeSet<_> = FLAWS.map(flaw).into();
        assert_eq!(distinct.len(), FLAWS.len());
        assert_eq!(trust_from(true, Some("unsigned"), None), None);
    }

    #[test]
    fn keys_read_as_on_the_telephone() {
        assert_eq!(pressed(&[Digit::Number(1), Digit::Star, Digit::Pound, Digit::Letter(3), Digit::Number(77)]), "1*#D?");
    }

    #[test]
    fn cutting_keeps_whole_characters() {
        assert_eq!((cut("zürich", 2), cut("zü", 5), cut("", 0)), ("zü", "zü", ""));
    }
}
