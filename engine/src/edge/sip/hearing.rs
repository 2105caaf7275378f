//! What is heard on a leg: orders to the media below, and its facts to the desk.

use std::net::SocketAddr;

use cabrank_core::{CallId, Digit, Input, PlayId, Say};

use super::edge::Edge;
use super::event::LegId;
use super::leg::Latched;
use crate::media::{self, Fact, OrderError, StreamId};

impl Edge {
    /// Says something to a caller.
    pub(super) fn say(&mut self, call: CallId, play: PlayId, what: Say) {
        let Some(leg) = self.legs.caller(call) else { return };
        if play.0 < leg.newest_play {
            return;
        }
        leg.newest_play = play.0;
        let stream = leg.talk.stream;
        let clips = match self.legs.caller(call) {
            Some(leg) => self.house.words(what, leg.line, &leg.caller),
            None => return,
        };
        if self.media.play(stream, media::PlayId(play.0.into()), clips).is_err() {
            tracing::warn!(%call, "a prompt could not be played");
            self.desk.tell(Input::PromptEnded { call, play });
        }
    }

    /// Lets a caller hear music.
    pub(super) fn wait_with_music(&mut self, call: CallId, play: PlayId) {
        let Some(leg) = self.legs.caller(call) else { return };
        if play.0 < leg.newest_play {
            return;
        }
        leg.newest_play = play.0;
        let stream = leg.talk.stream;
        if let Some(music) = self.house.music() {
            self.order_media(self.media.music(stream, music));
        }
    }

    /// Takes what the media heard.
    pub(super) fn on_fact(&mut self, fact: Fact) {
        match fact {
            Fact::Digit { stream, digit } => {
                if let Some(leg) = self.legs.of_stream(stream) {
                    self.on_digit(leg, digit);
                }
            }
            Fact::PlayEnded { stream, play } => {
                if let (Some(LegId::Caller(call)), Ok(play)) = (self.legs.of_stream(stream), u32::try_from(play.0)) {
                    self.desk.tell(Input::PromptEnded { call, play: PlayId(play) });
                }
            }
            Fact::Silent { stream } => {
                if let Some(leg) = self.legs.of_stream(stream) {
                    self.on_silence(leg);
                }
            }
            Fact::Latched { stream, addr } => {
                tracing::debug!(%stream, %addr, "media latched");
                self.on_latched(stream, addr);
            }
        }
    }

    /// A key was pressed on a leg. Only the caller's keys concern the desk.
    pub(super) fn on_digit(&mut self, leg: LegId, digit: media::Digit) {
        if let (LegId::Caller(call), Some(digit)) = (leg, core_digit(digit)) {
            self.desk.tell(Input::DigitPressed { call, digit });
        }
    }

    /// From where a far end speaks, if not from where it said.
    fn on_latched(&mut self, stream: StreamId, from: SocketAddr) {
        let Some(talk) = self.legs.of_stream(stream).and_then(|leg| self.legs.talk(leg)) else { return };
        let announced = talk.remote.map(|remote| remote.addr).filter(|announced| *announced != from);
        talk.latched = announced.map(|announced| Latched { announced, from });
    }

    /// Media that should flow and does not: the leg is lost, unless it holds us and so may be silent.
    fn on_silence(&mut self, leg: LegId) {
        let talks = self.legs.talk(leg).is_some_and(|talk| !talk.is_held());
        if talks {
            self.lose(leg);
        }
    }

    /// An order the media could not take is lost; the call goes on without it.
    pub(super) fn order_media(&self, ordered: Result<(), OrderError>) {
        if let Err(fault) = ordered {
            tracing::warn!(%fault, "an order to the media was lost");
        }
    }
}

fn core_digit(digit: media::Digit) -> Option<Digit> {
    match digit.event() {
        number @ 0..=9 => Some(Digit::Number(number)),
        10 => Some(Digit::Star),
        11 => Some(Digit::Pound),
        letter @ 12..=15 => Some(Digit::Letter(letter - 12)),
        _ => None,
    }
}
