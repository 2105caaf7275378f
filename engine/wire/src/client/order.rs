//! What a gateway is told.

use crate::v1::refused::Why;
use crate::v1::to_gateway::Message;
use crate::v1::{CallBack, Fault, Place, Play, Refused, Ring};
use std::time::Duration;

/// What the desk wants done about a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// The desk has the call.
    Offered {
        /// Its id: 16 hexadecimal digits wherever people see it.
        call: u64,
        /// The caller's name, to be greeted by, where it is known and the number can be believed.
        name: Option<String>,
    },
    /// The call is turned away; nothing follows.
    Refused {
        /// Why.
        why: Why,
        /// How long to stay away; nothing where coming back would not help.
        retry_after: Option<Duration>,
    },
    /// Answer the caller's leg.
    Answer,
    /// Play these instead of whatever is heard now, and say [`prompt_ended`](super::Call::prompt_ended) at their end.
    Play(Play),
    /// Let the caller hear music, instead of whatever is heard now.
    Music {
        /// Orders what is heard, as [`Play::play`] does.
        play: u64,
        /// The prompt's name.
        prompt: String,
    },
    /// Ring this agent for the call.
    Ring(Box<Ring>),
    /// Stop ringing; if the agent has answered in this very moment, end that leg.
    StopRinging {
        /// As the ring named it.
        offer: u64,
    },
    /// Let caller and agent hear each other.
    Connect {
        /// As the ring named it.
        offer: u64,
    },
    /// End the agent's leg of an answered call.
    Release {
        /// As the ring named it.
        offer: u64,
    },
    /// End the caller's leg. The stream ends with it.
    HangUp {
        /// The agent hung up; else all was said and done.
        agent_hung_up: bool,
    },
    /// Call this caller, who asked for it.
    CallBack(CallBack),
    /// Where the caller stands, at this moment.
    Place(Place),
    /// What was said about this call has not happened.
    Fault(Fault),
}

impl From<Message> for Order {
    fn from(message: Message) -> Order {
        match message {
            Message::Offered(offered) => {
                Order::Offered { call: offered.call, name: Some(offered.name).filter(|name| !name.is_empty()) }
            }
            Message::Refused(refused) => Order::refused(refused),
            Message::Answer(_) => Order::Answer,
            Message::Play(play) => Order::Play(play),
            Message::Music(music) => Order::Music { play: music.play, prompt: music.prompt },
            Message::Ring(ring) => Order::Ring(Box::new(ring)),
            Message::StopRinging(stop) => Order::StopRinging { offer: stop.offer },
            Message::Connect(connect) => Order::Connect { offer: connect.offer },
            Message::Release(release) => Order::Release { offer: release.offer },
            Message::HangUp(hang_up) => Order::HangUp { agent_hung_up: hang_up.agent_hung_up },
            Message::CallBack(call_back) => Order::CallBack(call_back),
            Message::Place(place) => Order::Place(place),
            Message::Fault(fault) => Order::Fault(fault),
        }
    }
}

impl Order {
    fn refused(refused: Refused) -> Order {
        let stay_away = Duration::from_millis(refused.retry_after_ms.into());
        Order::Refused { why: refused.why(), retry_after: (!stay_away.is_zero()).then_some(stay_away) }
    }
}
