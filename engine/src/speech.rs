//! Which recorded prompts say what the desk wants said. The desk knows meanings; the words, and the language, stand here.

use cabrank_core::{Prospect, Say, Span, Text};
use cabrank_settings::Reception;

/// The music of those who wait.
pub const MUSIC: &str = "music";

/// The way out of the line.
const CALLBACK_OFFER: &str = "callback-offer";

/// Minutes for which there is a prompt of its own.
const ETA_MINUTES_MAX: u64 = 60;

/// A wait up to so many minutes is said to the minute, a longer one in steps of [`WAIT_STEP`].
const WAIT_MINUTES_EXACT: u64 = 30;
/// Minutes between two of the longer waits that can be said.
const WAIT_STEP: u64 = 5;
/// Of a longer wait nothing is said.
const WAIT_MINUTES_MAX: u64 = 60;

/// The prompts that say it to callers of that line, in order.
pub fn prompts(say: Say, line: &Reception) -> Vec<Text> {
    match say {
        Say::Welcome { .. } => std::iter::once(line.greeting.clone()).chain(line.menu.clone()).collect(),
        Say::MenuAgain { .. } => std::iter::once("menu-again".into()).chain(line.menu.clone()).collect(),
        Say::Closed => vec![line.closed.clone()],
        Say::Sent { eta } => vec!["taxi-sent".into(), eta_prompt(eta), "eta-help".into()],
        Say::Prove => vec!["key-code".into()],
        Say::ProveAgain => vec!["wrong-code".into(), "key-code".into()],
        Say::OneMoment => vec!["one-moment".into()],
        Say::Goodbye => vec!["thank-you".into()],
        Say::NotNow => vec!["no-taxi-now".into()],
        Say::NeedDetails => vec!["need-details".into()],
        Say::ToHuman => vec!["to-human".into()],
        Say::PleaseWait(prospect) => with_prospect("wait", prospect),
        Say::StillWaiting(prospect) => with_prospect("still-waiting", prospect),
        Say::LongerThanSaid(prospect) => with_prospect("longer-than-said", prospect),
        Say::WillCallBack => vec!["will-call-back".into()],
        Say::CalledBack => vec!["called-back".into()],
        Say::Returned => vec!["returned".into()],
        Say::AgentLost => vec!["agent-lost".into()],
        Say::NobodyCame => vec!["sorry-no-answer".into()],
        Say::TooMany => vec!["too-many".into()],
    }
}

/// Whether that is said to a caller who may be called by name.
pub fn greets(say: Say) -> bool {
    matches!(say, Say::Welcome { .. })
}

/// Every prompt that can be asked for, beside those that a configuration names: a set that lacks one is refused at start.
pub fn needed() -> Vec<Text> {
    let whole = [
        "menu-again",
        "taxi-sent",
        "eta-help",
        "key-code",
        "wrong-code",
        "one-moment",
        "thank-you",
        "no-taxi-now",
        "need-details",
        "to-human",
        "wait",
        "still-waiting",
        "longer-than-said",
        CALLBACK_OFFER,
        "will-call-back",
        "called-back",
        "returned",
        "agent-lost",
        "sorry-no-answer",
        "too-many",
        MUSIC,
    ];
    let etas = (0..=ETA_MINUTES_MAX + 1).map(|minutes| eta_prompt(Span::secs(minutes * 60)));
    let waits = (1..=WAIT_MINUTES_MAX).filter_map(|minutes| wait_prompt(Span::secs(minutes * 60)));
    let mut all: Vec<Text> = whole.into_iter().map(Text::from).chain(etas).chain(waits).collect();
    all.dedup();
    all
}

/// A word to somebody who waits: how long at the most, and the way out, where there is something to say about them.
fn with_prospect(words: &str, prospect: Prospect) -> Vec<Text> {
    let offer = prospect.callback.then(|| CALLBACK_OFFER.into());
    std::iter::once(words.into()).chain(prospect.at_most.and_then(wait_prompt)).chain(offer).collect()
}

/// Rounded up, so that what is said is never less than what is reckoned with.
fn wait_prompt(at_most: Span) -> Option<Text> {
    let minutes = at_most.as_millis().div_ceil(60_000).max(1);
    let said = if minutes <= WAIT_MINUTES_EXACT { minutes } else { minutes.div_ceil(WAIT_STEP).saturating_mul(WAIT_STEP) };
    (said <= WAIT_MINUTES_MAX).then(|| format!("wait-under-{said}").into())
}

/// Rounded up to whole minutes: a promise is rather kept early than broken.
fn eta_prompt(eta: Span) -> Text {
    let seconds = eta.as_millis().div_ceil(1_000);
    match seconds.div_ceil(60) {
        _ if seconds < 60 => "eta-0".into(),
        minutes if minutes <= ETA_MINUTES_MAX => format!("eta-{minutes}").into(),
        _ => "eta-over-60".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eta(seconds: u64) -> Text {
        eta_prompt(Span::secs(seconds))
    }

    #[test]
    fn an_eta_is_rounded_up_to_minutes() {
        assert_eq!(&*eta(0), "eta-0");
        assert_eq!(&*eta(59), "eta-0");
        assert_eq!(&*eta(60), "eta-1");
        assert_eq!(&*eta(61), "eta-2");
        assert_eq!(&*eta(420), "eta-7");
        assert_eq!(&*eta(3_600), "eta-60");
        assert_eq!(&*eta(3_601), "eta-over-60");
        assert_eq!(&*eta_prompt(Span(u64::MAX)), "eta-over-60");
        assert_eq!(&*eta_prompt(Span::millis(59_001)), "eta-1");
    }

    #[test]
    fn a_wait_is_never_said_shorter_than_it_is() {
        for seconds in 0..=4_000 {
            let said = wait_prompt(Span::secs(seconds)).map(|name| name.rsplit('-').next().unwrap().parse::<u64>().unwrap());
            match said {
                Some(minutes) => {
                    assert!(minutes * 60 >= seconds && minutes <= 60, "{seconds} s are said as {minutes} min");
                    let coarse = if seconds > 30 * 60 { 5 * 60 } else { 60 };
                    assert!(minutes * 60 < seconds.max(1) + coarse, "{seconds} s are said as {minutes} min");
                }
                None => assert!(seconds > 60 * 60, "nothing is said of {seconds} s"),
            }
        }
        assert_eq!(wait_prompt(Span(u64::MAX)), None);
    }

    #[test]
    fn a_waiting_caller_hears_how_long_and_the_way_out() {
        let line = reception(None);
        let prospect = |minutes: Option<u64>, callback| Prospect { at_most: minutes.map(|m| Span::secs(60 * m)), callback };
        let said = |say| prompts(say, &line).iter().map(|name| name.to_string()).collect::<Vec<_>>().join(" ");
        assert_eq!(said(Say::PleaseWait(prospect(None, false))), "wait");
        assert_eq!(said(Say::PleaseWait(prospect(Some(7), false))), "wait wait-under-7");
        assert_eq!(said(Say::StillWaiting(prospect(Some(1), true))), "still-waiting wait-under-1 callback-offer");
        assert_eq!(said(Say::StillWaiting(prospect(Some(61), true))), "still-waiting callback-offer");
        assert_eq!(said(Say::LongerThanSaid(prospect(None, true))), "longer-than-said callback-offer");
    }

    #[test]
    fn the_menu_follows_the_greeting_if_there_is_one() {
        let line = cabrank_core::LineId(0);
        let with = reception(Some("menu"));
        assert_eq!(prompts(Say::Welcome { line }, &with), ["welcome".into(), Text::from("menu")]);
        assert_eq!(prompts(Say::Welcome { line }, &reception(None)), [Text::from("welcome")]);
    }

    /// What is said is either named by the line or among the needed prompts, whatever the desk says.
    #[test]
    fn nothing_is_said_that_was_not_checked_at_start() {
        let line = cabrank_core::LineId(0);
        let named: [Text; 3] = ["welcome".into(), "menu".into(), "closed".into()];
        let says = [
            Say::Welcome { line },
            Say::MenuAgain { line },
            Say::OneMoment,
            Say::Sent { eta: Span::secs(1_234) },
            Say::Goodbye,
            Say::NotNow,
            Say::NeedDetails,
            Say::ToHuman,
            Say::WillCallBack,
            Say::CalledBack,
            Say::Returned,
            Say::AgentLost,
            Say::Closed,
            Say::NobodyCame,
            Say::TooMany,
        ];
        let waits = (0..=70).map(|minutes| Prospect { at_most: Some(Span::secs(60 * minutes)), callback: true });
        let waits = waits.flat_map(|it| [Say::PleaseWait(it), Say::StillWaiting(it), Say::LongerThanSaid(it)]);
        for prompt in says.into_iter().chain(waits).flat_map(|say| prompts(say, &reception(Some("menu")))) {
            assert!(named.contains(&prompt) || needed().contains(&prompt), "{prompt}");
        }
    }

    fn reception(menu: Option<&str>) -> Reception {
        Reception {
            greeting: "welcome".into(),
            menu: menu.map(Text::from),
            closed: "closed".into(),
            hours: cabrank_settings::Hours::always(),
        }
    }
}
