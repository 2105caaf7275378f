//! What the desk wants said, as a gateway is told it.

use super::keys::Menus;
use super::settings::House;
use cabrank_core::{LineId, PlayId, Prospect, Say, Span, Text};
use cabrank_wire::v1::{Meaning, Play};

/// How somebody who waits is told so.
pub(super) fn prospect(say: Say) -> Option<Prospect> {
    match say {
        Say::PleaseWait(prospect) | Say::StillWaiting(prospect) | Say::LongerThanSaid(prospect) => Some(prospect),
        Say::Welcome { .. }
        | Say::MenuAgain { .. }
        | Say::Prove
        | Say::ProveAgain
        | Say::OneMoment
        | Say::Sent { .. }
        | Say::Goodbye
        | Say::NotNow
        | Say::NeedDetails
        | Say::ToHuman
        | Say::WillCallBack
        | Say::CalledBack
        | Say::Returned
        | Say::AgentLost
        | Say::Closed
        | Say::NobodyCame
        | Say::TooMany => None,
    }
}

/// The order to say that to a caller of a line.
pub(super) fn play(play: PlayId, say: Say, line: LineId, language: &Text, house: &dyn House, menus: &Menus) -> Play {
    let eta = if let Say::Sent { eta } = say { Some(eta) } else { prospect(say).and_then(|prospect| prospect.at_most) };
    Play {
        play: play.0.into(),
        prompts: house.prompts(say, line).iter().map(|name| name.to_string()).collect(),
        language: language.to_string(),
        meaning: meaning(say).into(),
        keys: menus.keys(say).to_owned(),
        eta_ms: eta.map(millis).unwrap_or_default(),
        secret: say.is_secret(),
        callback_offered: prospect(say).is_some_and(|prospect| prospect.callback),
    }
}

/// Whole milliseconds, as far as the message can say them.
pub(super) fn millis(span: Span) -> u32 {
    u32::try_from(span.as_millis()).unwrap_or(u32::MAX)
}

fn meaning(say: Say) -> Meaning {
    match say {
        Say::Welcome { .. } => Meaning::Welcome,
        Say::MenuAgain { .. } => Meaning::MenuAgain,
        Say::Prove => Meaning::Prove,
        Say::ProveAgain => Meaning::ProveAgain,
        Say::OneMoment => Meaning::OneMoment,
        Say::Sent { .. } => Meaning::Sent,
        Say::Goodbye => Meaning::Goodbye,
        Say::NotNow => Meaning::NotNow,
        Say::NeedDetails => Meaning::NeedDetails,
        Say::ToHuman => Meaning::ToHuman,
        Say::PleaseWait(_) => Meaning::PleaseWait,
        Say::StillWaiting(_) => Meaning::StillWaiting,
        Say::LongerThanSaid(_) => Meaning::LongerThanSaid,
        Say::WillCallBack => Meaning::WillCallBack,
        Say::CalledBack => Meaning::CalledBack,
        Say::Returned => Meaning::Returned,
        Say::AgentLost => Meaning::AgentLost,
        Say::Closed => Meaning::Closed,
        Say::NobodyCame => Meaning::NobodyCame,
        Say::TooMany => Meaning::TooMany,
    }
}
