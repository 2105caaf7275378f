//! What people write down of calls and of customers' cases. The desk passes it on and remembers none of it: it goes this way so
//! that the journal holds it before anybody is told that it is kept.

use crate::{CallId, CaseId, Text, Tick};
use alloc::vec::Vec;

/// Something written down, by whom and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filing {
    /// When.
    pub at: Tick,
    /// What.
    pub matter: Matter,
    /// Who.
    pub by: Text,
}

/// What was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Matter {
    /// Words on a call's record; the call may still be live.
    Record {
        /// The call.
        call: CallId,
        /// At least one.
        words: Vec<RecordWord>,
    },
    /// What a customer said became a case.
    CaseOpened {
        /// The new case; unique for ever.
        case: CaseId,
        /// What kind.
        kind: CaseKind,
        /// What the customer said.
        said: Text,
        /// The calls that it is about; at least one.
        calls: Vec<CallId>,
        /// What else was settled at once.
        words: Vec<CaseWord>,
    },
    /// Words on a case.
    Case {
        /// The case.
        case: CaseId,
        /// At least one.
        words: Vec<CaseWord>,
    },
}

/// A word on a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordWord {
    /// Who owns it now, by name; `None`: nobody does.
    Owner(Option<Text>),
    /// It was raised to a higher level.
    Escalated(Escalation),
    /// The disposition code, one of the configuration's.
    Disposition(Text),
    /// How the matter was resolved, in a few words ("overtaken by events").
    Resolution(Text),
    /// What is still to be done, and by when; `None`: nothing any more.
    FollowUp(Option<FollowUp>),
}

/// A word on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseWord {
    /// Who owns it now, by name; `None`: nobody does.
    Owner(Option<Text>),
    /// By when it has to be closed; `None`: no longer by any time.
    Due(Option<Tick>),
    /// It was raised to a higher level.
    Escalated(Escalation),
    /// It was not closed by its time, and was raised for that.
    Late {
        /// The time that passed.
        due: Tick,
        /// The level that it was raised to.
        level: u8,
    },
    /// It is about this call, too.
    Linked(CallId),
    /// A remark.
    Remark(Text),
    /// It is closed.
    Closed {
        /// What the customer is told: what became of it, and thanks.
        feedback: Text,
    },
    /// It is open again.
    Reopened {
        /// Why.
        why: Text,
    },
    /// The customer was thanked.
    Thanked {
        /// How, and for what.
        how: Text,
    },
}

/// A rise to a higher level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
    /// The level; 0 is where everything begins.
    pub level: u8,
    /// Why.
    pub why: Text,
}

/// What is still to be done for a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUp {
    /// By when.
    pub due: Tick,
    /// What.
    pub what: Text,
}

/// What kind of case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseKind {
    /// Something went wrong for the customer.
    Complaint,
    /// What the customer thinks of the service.
    Opinion,
    /// The customer is content, and says so.
    Praise,
}
