//! The keys of the telephone: as gateways write them, and which of them mean something.

use cabrank_core::{Digit, LineId, Menu, Say};

/// The keys of a code: `*` begins it anew, `#` ends it; a first 0 leads to a human.
const CODE_KEYS: &str = "0123456789*#";

/// The keys that each line's menu knows, by `LineId`.
#[derive(Clone, Debug, Default)]
pub struct Menus(Vec<&'static str>);

impl Menus {
    /// Of these menus, in the order of their lines.
    pub fn new<'m>(menus: impl Iterator<Item = &'m Menu>) -> Menus {
        Menus(menus.map(keys_of).collect())
    }

    fn of(&self, line: LineId) -> &'static str {
        self.0.get(usize::from(line.0)).copied().unwrap_or_default()
    }

    /// The keys that mean something while that is said.
    pub(super) fn keys(&self, say: Say) -> &'static str {
        match say {
            Say::Welcome { line } | Say::MenuAgain { line } => self.of(line),
            Say::Prove | Say::ProveAgain => CODE_KEYS,
            Say::OneMoment | Say::Sent { .. } => "02",
            Say::PleaseWait(prospect) | Say::StillWaiting(prospect) | Say::LongerThanSaid(prospect) if prospect.callback => "1",
            Say::CalledBack => "12",
            Say::PleaseWait(_) | Say::StillWaiting(_) | Say::LongerThanSaid(_) => "",
            Say::Goodbye
            | Say::NotNow
            | Say::NeedDetails
            | Say::ToHuman
            | Say::WillCallBack
            | Say::Returned
            | Say::AgentLost
            | Say::Closed
            | Say::NobodyCame
            | Say::TooMany => "",
        }
    }
}

/// A line without options asks nothing.
fn keys_of(menu: &Menu) -> &'static str {
    match (menu.one.is_some(), menu.two.is_some()) {
        (true, true) => "012",
        (true, false) => "01",
        (false, true) => "02",
        (false, false) => "",
    }
}

/// The key that is written so.
pub(super) fn digit(key: &str) -> Option<Digit> {
    let mut chars = key.chars();
    let (Some(key), None) = (chars.next(), chars.next()) else { return None };
    match key {
        '0'..='9' => key.to_digit(10).and_then(|number| u8::try_from(number).ok()).map(Digit::Number),
        '*' => Some(Digit::Star),
        '#' => Some(Digit::Pound),
        'A'..='D' => Some(Digit::Letter(key as u8 - b'A')),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::digit;
    use cabrank_core::Digit;
    use proptest::prelude::*;

    #[test]
    fn sixteen_keys_are_known() {
        assert_eq!((digit("7"), digit("*"), digit("#")), (Some(Digit::Number(7)), Some(Digit::Star), Some(Digit::Pound)));
        assert_eq!((digit("A"), digit("D")), (Some(Digit::Letter(0)), Some(Digit::Letter(3))));
        assert_eq!("0123456789*#ABCD".chars().filter(|key| digit(&key.to_string()).is_some()).count(), 16);
    }

    proptest! {
        #[test]
        fn no_other_text_is_a_key(text in "\\PC{0,3}") {
            if text.len() != 1 {
                prop_assert_eq!(digit(&text), None);
            }
        }
    }
}
