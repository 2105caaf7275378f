//! Which recorded prompts say what the desk wants said. The desk knows meanings; the words, and the language, stand here.

use cabrank_core::{Say, Span};

/// What a line's callers hear, by prompt name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reception {
    /// The greeting.
    pub greeting: String,
    /// The two options, unless the line has none.
    pub menu: Option<String>,
    /// What is said outside the hours.
    pub closed: String,
}

/// The music of those who wait.
pub const MUSIC: &str = "music";

/// Minutes for which there is a prompt of its own.
const ETA_MINUTES_MAX: u64 = 60;

/// The prompts that say it, in order.
pub fn prompts(say: Say, reception: &Reception) -> Vec<String> {
    let menu = reception.menu.iter().cloned();
    match say {
        Say::Welcome { .. } => std::iter::once(reception.greeting.clone()).chain(menu).collect(),
        Say::MenuAgain { .. } => std::iter::once("menu-again".to_owned()).chain(menu).collect(),
        Say::Closed => vec![reception.closed.clone()],
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

/// Every prompt that can be asked for, whatever the line: a set that lacks one is refused at start.
pub fn needed() -> Vec<String> {
    let reception = Reception { greeting: MUSIC.into(), menu: None, closed: MUSIC.into() };
    let says = [
        Say::OneMoment,
        Say::Goodbye,
        Say::NotNow,
        Say::NeedDetails,
        Say::ToHuman,
        Say::PleaseWait,
        Say::StillWaiting,
        Say::AgentLost,
        Say::NobodyCame,
        Say::TooMany,
    ];
    let etas = (0..=ETA_MINUTES_MAX + 1).map(|minutes| Say::Sent { eta: Span::secs(minutes * 60) });
    let mut names: Vec<String> = says.into_iter().chain(etas).flat_map(|say| prompts(say, &reception)).collect();
    names.extend(["menu-again".to_owned(), MUSIC.to_owned()]);
    names.sort_unstable();
    names.dedup();
    names
}

/// Rounded up to whole minutes: a promise is rather kept early than broken.
fn eta_prompt(eta: Span) -> String {
    let seconds = eta.as_millis().div_ceil(1_000);
    match seconds.div_ceil(60) {
        _ if seconds < 60 => "eta-0".into(),
        minutes if minutes <= ETA_MINUTES_MAX => format!("eta-{minutes}"),
        _ => "eta-over-60".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eta(seconds: u64) -> String {
        eta_prompt(Span::secs(seconds))
    }

    #[test]
    fn an_eta_is_rounded_up_to_minutes() {
        assert_eq!(eta(0), "eta-0");
        assert_eq!(eta(59), "eta-0");
        assert_eq!(eta(60), "eta-1");
        assert_eq!(eta(61), "eta-2");
        assert_eq!(eta(420), "eta-7");
        assert_eq!(eta(3_600), "eta-60");
        assert_eq!(eta(3_601), "eta-over-60");
        assert_eq!(eta_prompt(Span(u64::MAX)), "eta-over-60");
        assert_eq!(eta_prompt(Span::millis(59_001)), "eta-1");
    }

    #[test]
    fn the_menu_follows_the_greeting_if_there_is_one() {
        let line = cabrank_core::LineId(0);
        let with = Reception { greeting: "welcome".into(), menu: Some("menu".into()), closed: "closed".into() };
        assert_eq!(prompts(Say::Welcome { line }, &with), ["welcome", "menu"]);
        let without = Reception { menu: None, ..with };
        assert_eq!(prompts(Say::Welcome { line }, &without), ["welcome"]);
    }

    #[test]
    fn every_needed_prompt_is_named_once() {
        let names = needed();
        assert!(names.contains(&"eta-over-60".to_owned()) && names.contains(&"menu-again".to_owned()));
        assert!(names.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
