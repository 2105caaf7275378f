//! Port ranges that no two tests share, whether they run as threads or as processes.

use std::net::{Ipv4Addr, TcpListener};
use std::ops::RangeInclusive;
use std::time::Duration;

use crate::wait::until;

const BLOCKS: u16 = 18;
const SIP_FIRST: u16 = 25_060;
const SIP_EACH: u16 = 40;
const RTP_FIRST: u16 = 26_000;
const RTP_EACH: u16 = 100;
const RTP_FOR_ENGINE: u16 = 72;
const HTTP_FIRST: u16 = 28_080;
const HTTP_EACH: u16 = 10;
const QUIC_FIRST: u16 = 28_300;
const CLAIM_FIRST: u16 = 28_900;

/// A block of ports held for as long as the value lives; the operating system gives it back if the process dies.
#[derive(Debug)]
pub struct Block {
    number: u16,
    _claim: TcpListener,
}

impl Block {
    /// Claims a block, waiting up to five minutes for another test to release one.
    pub fn claim() -> Block {
        until(Duration::from_secs(300), "a free block of ports", || (0..BLOCKS).find_map(Block::try_claim))
    }

    fn try_claim(number: u16) -> Option<Block> {
        let claim = TcpListener::bind((Ipv4Addr::LOCALHOST, CLAIM_FIRST + number)).ok()?;
        Some(Block { number, _claim: claim })
    }

    /// The `n`th SIP port of the block, `n` below 40. By custom 0 is the engine's.
    pub fn sip(&self, n: u16) -> u16 {
        assert!(n < SIP_EACH, "a block has {SIP_EACH} SIP ports");
        SIP_FIRST + self.number * SIP_EACH + n
    }

    /// The `n`th HTTP port of the block, `n` below 10. By custom 0 is the engine's.
    pub fn http(&self, n: u16) -> u16 {
        assert!(n < HTTP_EACH, "a block has {HTTP_EACH} HTTP ports");
        HTTP_FIRST + self.number * HTTP_EACH + n
    }

    /// The engine's QUIC port.
    pub fn quic(&self) -> u16 {
        QUIC_FIRST + self.number
    }

    /// The engine's RTP ports.
    pub fn engine_rtp(&self) -> RangeInclusive<u16> {
        let first = RTP_FIRST + self.number * RTP_EACH;
        first..=first + RTP_FOR_ENGINE - 1
    }

    /// The media port of the `n`th telephone, `n` below 7; each telephone has four.
    pub fn phone_rtp(&self, n: u16) -> u16 {
        assert!(n < (RTP_EACH - RTP_FOR_ENGINE) / 4, "a block has media ports for seven telephones");
        RTP_FIRST + self.number * RTP_EACH + RTP_FOR_ENGINE + 4 * n
    }
}
