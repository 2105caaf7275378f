//! A small softphone for demonstrations, tests and load: thousands of calls over one SIP endpoint and one RTP socket.
//!
//! It calls ([`Phone::call`]), registers ([`Phone::register`]) and is called ([`Rings`]); it speaks PCMU and RFC 4733 keys,
//! counts what it hears, holds and hangs up. UDP only. A phone bound to loopback reaches nothing but loopback.

mod call;
mod fault;
mod leg;
mod line;
mod register;
mod ring;
pub(crate) mod sdp;
pub(crate) mod stream;
mod voice;

pub use call::Call;
pub use fault::PhoneFault;
pub use leg::Ended;
pub use ring::{Ring, Rings};
pub use stream::{Heard, Sound};

use line::Line;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// A softphone with as many users and calls as wanted. It stops when it and all its calls are gone.
#[derive(Clone)]
pub struct Phone {
    line: Arc<Line>,
}

impl Phone {
    /// A phone that hears SIP on `at` (UDP) and RTP two ports above it; port 0 takes free ones. Only on loopback.
    /// Whoever is called is to be found in [`Rings`]; calls that nobody takes out of it in time are told "busy".
    pub async fn bind(at: SocketAddr) -> Result<(Phone, Rings), PhoneFault> {
        if at.ip().is_loopback() { Phone::bind_anywhere(at).await } else { Err(PhoneFault::NotLoopback { at }) }
    }

    /// The same on any address: its calls may reach other machines.
    pub async fn bind_anywhere(at: SocketAddr) -> Result<(Phone, Rings), PhoneFault> {
        let (line, rings) = Line::bind(at).await?;
        Ok((Phone { line }, rings))
    }

    /// Where the phone hears SIP.
    pub fn here(&self) -> SocketAddr {
        self.line.here
    }

    /// Calls `to` (`sip:taxi@127.0.0.1:5060`) as `from` (a user part, or a whole URI) and waits for the answer.
    /// Dropping the future cancels the call.
    pub async fn call(&self, to: &str, from: &str) -> Result<Call, PhoneFault> {
        Call::dial(&self.line, to, from).await
    }

    /// Registers `user` with a server for so long; answers its challenge (MD5, SHA-256). `Duration::ZERO` de-registers.
    pub async fn register(&self, server: SocketAddr, user: &str, password: &str, lasting: Duration) -> Result<(), PhoneFault> {
        register::register(&self.line, server, user, password, lasting).await
    }
}
