//! What people say in their own words of calls and of callers: whatever else a matter holds is ids, levels, times and names of staff.

use cabrank_core::{CaseWord, Escalation, FollowUp, Matter, RecordWord, Text};

/// What stands in the place of words that nobody can read any more.
pub const ERASED: &str = "(erased)";

/// Puts something in the place of everything that is said in a matter.
pub fn with_words(matter: &mut Matter, mut put: impl FnMut(&mut Text)) {
    match matter {
        Matter::Record { words, .. } => words.iter_mut().for_each(|word| on_record(word, &mut put)),
        Matter::CaseOpened { said, words, .. } => {
            put(said);
            words.iter_mut().for_each(|word| on_case(word, &mut put));
        }
        Matter::Case { words, .. } => words.iter_mut().for_each(|word| on_case(word, &mut put)),
    }
}

/// Whether anything is said in it.
pub fn says_something(matter: &Matter) -> bool {
    let mut says = false;
    with_words(&mut matter.clone(), |_| says = true);
    says
}

fn on_record(word: &mut RecordWord, put: &mut impl FnMut(&mut Text)) {
    match word {
        RecordWord::Escalated(Escalation { why: said, .. })
        | RecordWord::Resolution(said)
        | RecordWord::FollowUp(Some(FollowUp { what: said, .. })) => put(said),
        RecordWord::Owner(_) | RecordWord::Disposition(_) | RecordWord::FollowUp(None) => {}
    }
}

fn on_case(word: &mut CaseWord, put: &mut impl FnMut(&mut Text)) {
    match word {
        CaseWord::Escalated(Escalation { why: said, .. })
        | CaseWord::Remark(said)
        | CaseWord::Closed { feedback: said }
        | CaseWord::Reopened { why: said }
        | CaseWord::Thanked { how: said } => put(said),
        CaseWord::Owner(_) | CaseWord::Due(_) | CaseWord::Late { .. } | CaseWord::Linked(_) => {}
    }
}
