//! Why a connection was closed or a stream reset.

use quinn::VarInt;
use std::fmt;

/// The codes of the schema's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// 0: all was said.
    Done,
    /// 1: the engine stops or drains; come back later.
    Stopping,
    /// 2: a message cannot be read, or does not belong where it stands.
    Unreadable,
    /// 3: not let in.
    NotLetIn,
    /// 4: read too slowly, and cut off.
    TooSlow,
    /// 5: too many sessions, streams or calls at once; come back later.
    Busy,
    /// 6: another connection has taken up this session.
    TakenUp,
    /// 7: no such session, or it is over.
    NoSession,
}

impl Code {
    /// Every code, by its number.
    pub const ALL: [Code; 8] =
        [Code::Done, Code::Stopping, Code::Unreadable, Code::NotLetIn, Code::TooSlow, Code::Busy, Code::TakenUp, Code::NoSession];

    /// The code of that number, if there is one.
    pub fn from_number(number: u64) -> Option<Code> {
        Code::ALL.into_iter().find(|code| u64::from(code.number()) == number)
    }

    /// Its number on the wire.
    pub const fn number(self) -> u32 {
        self as u32
    }

    /// The same as QUIC has it.
    pub fn varint(self) -> VarInt {
        VarInt::from_u32(self.number())
    }

    /// One sentence for people.
    pub const fn sentence(self) -> &'static str {
        match self {
            Code::Done => "all was said",
            Code::Stopping => "the engine stops; come back later",
            Code::Unreadable => "a message cannot be read, or does not belong where it stands",
            Code::NotLetIn => "not let in: unknown name, wrong token or wrong role",
            Code::TooSlow => "you read too slowly and were cut off",
            Code::Busy => "too many sessions, streams or calls at once; come back later",
            Code::TakenUp => "another connection has taken up this session",
            Code::NoSession => "no such session, or it is over",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn every_code_is_found_by_its_number() {
        for (number, code) in (0..).zip(Code::ALL) {
            assert_eq!(Code::from_number(number), Some(code));
        }
        assert_eq!(Code::from_number(Code::ALL.len() as u64), None);
    }
}
