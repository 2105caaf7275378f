//! Which recorded prompts say what the desk wants said. The desk knows meanings; the words, and the language, stand here.

use cabrank_core::{Say, Span, Text};
use cabrank_settings::Reception;

/// The music of those who wait.
pub const MUSIC: &str = "music";

/// Minutes for which there is a prompt of its own.
const ETA_MINUTES_MAX: u64 = 60;

/// The prompts that say it to callers of that line, in order.
pub fn prompts(say: Say, line: &Reception) -> Vec<Text> {
    match say {
        Say::Welcome { .. } => std::iter::once(line.greeting.clone()).chain(line.menu.clone()).collect(),
        Say::MenuAgain { .. } => std::iter::once("menu-again".into()).chain(line.menu.clone()).collect(),
        Say::Closed => vec![line.closed.clone()],
        Say::Sent { eta } => vec!["taxi-sent".into(), eta_prompt(eta), "eta-help".into()],
        Say::OneMoment => vec!["one-moment".into()],
        Say::Goodbye => vec!["thank-you".into()],
        Say::NotNow => vec!["no-taxi-now".into()],
        Say::NeedDetails => vec!["need-details".into()],
        Say::ToHuman => vec!["to-human".into()],
        Say::PleaseWait => vec!["wait".into()],
        Say::StillWaiting => vec!["still-waiting".into()],
        Say::AgentLost => vec!["agent-lost".into()],
        Say::NobodyCame => vec!["sorry-no-answer".into()],
        Say::TooMany => vec!["too-many".into()],
    }
}

/// Every prompt that can be asked for, beside those that a configuration names: a set that lacks one is refused at start.
pub fn needed() -> Vec<Text> {
    let whole = [
        "menu-again",
        "taxi-sent",
        "eta-help",
        "one-moment",
        "thank-you",
        "no-taxi-now",
        "need-details",
        "to-human",
        "wait",
        "still-waiting",
        "agent-lost",
        "sorry-no-answer",
        "too-many",
        MUSIC,
    ];
    let etas = (0..=ETA_MINUTES_MAX + 1).map(|minutes| eta_prompt(Span::secs(minutes * 60)));
    whole.into_iter().map(Text::from).chain(etas).collect()
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
            Say::PleaseWait,
            Say::StillWaiting,
            Say::AgentLost,
            Say::Closed,
            Say::NobodyCame,
            Say::TooMany,
        ];
        for prompt in says.into_iter().flat_map(|say| prompts(say, &reception(Some("menu")))) {
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
