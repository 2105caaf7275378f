//! The voices of all calls of one phone on one socket: a packet each every 20 ms, told apart by where they come from.

use super::sdp::Remote;
use super::stream::{Heard, Sound, Stream};
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

const TICK: Duration = Duration::from_millis(20);

/// The shared socket and who talks over it.
#[derive(Clone)]
pub(super) struct Voice {
    socket: Arc<UdpSocket>,
    here: SocketAddr,
    streams: Arc<Mutex<Streams>>,
}

#[derive(Default)]
struct Streams {
    by_number: BTreeMap<u64, Stream>,
    by_source: HashMap<SocketAddr, u64>,
    numbers_given: u64,
}

/// One call's voice; dropped, it falls silent.
pub(super) struct Strand {
    voice: Voice,
    number: u64,
}

impl Voice {
    pub(super) async fn bind(at: SocketAddr, stop: CancellationToken) -> std::io::Result<Voice> {
        let socket = Arc::new(UdpSocket::bind(at).await?);
        let voice = Voice { here: socket.local_addr()?, socket, streams: Arc::default() };
        let (speaking, hearing) = (voice.clone(), voice.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = speaking.speak() => {}
                () = hearing.hear() => {}
            }
        });
        Ok(voice)
    }

    pub(super) fn open(&self) -> Strand {
        let mut streams = self.lock();
        streams.numbers_given += 1;
        let number = streams.numbers_given;
        streams.by_number.insert(number, Stream::new((number as u32).wrapping_mul(0x9e37_79b9)));
        drop(streams);
        Strand { voice: self.clone(), number }
    }

    async fn speak(self) {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut packet = Vec::new();
        loop {
            tick.tick().await;
            self.speak_once(&mut packet);
        }
    }

    fn speak_once(&self, packet: &mut Vec<u8>) {
        for stream in self.lock().by_number.values_mut() {
            if let Some(remote) = stream.remote
                && stream.next_packet(packet)
            {
                // A full socket buffer loses a packet, as a network does.
                let _ = self.socket.try_send_to(packet, remote.at);
            }
        }
    }

    async fn hear(self) {
        let mut buffer = [0; 2_048];
        loop {
            // An error here is an earlier packet's "port unreachable".
            let Ok((length, from)) = self.socket.recv_from(&mut buffer).await else { continue };
            self.hear_once(from, buffer.get(..length).unwrap_or_default());
        }
    }

    fn hear_once(&self, from: SocketAddr, packet: &[u8]) {
        let mut streams = self.lock();
        let number = streams.by_source.get(&from).copied();
        if let Some(stream) = number.and_then(|number| streams.by_number.get_mut(&number)) {
            stream.hear(packet);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Streams> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Streams {
    /// The source may belong to a newer call by now.
    fn forget_source(&mut self, number: u64) {
        let source = self.by_number.get(&number).and_then(|stream| stream.remote).map(|remote| remote.at);
        if let Some(source) = source.filter(|source| self.by_source.get(source) == Some(&number)) {
            self.by_source.remove(&source);
        }
    }
}

impl Strand {
    /// From now on the other side is there.
    pub(super) fn turn_to(&self, remote: Remote) {
        let mut streams = self.voice.lock();
        streams.forget_source(self.number);
        streams.by_source.insert(remote.at, self.number);
        if let Some(stream) = streams.by_number.get_mut(&self.number) {
            stream.remote = Some(remote);
        }
    }

    /// The other side is gone; what was heard stays known.
    pub(super) fn turn_away(&self) {
        let mut streams = self.voice.lock();
        streams.forget_source(self.number);
        if let Some(stream) = streams.by_number.get_mut(&self.number) {
            stream.remote = None;
        }
    }

    pub(super) fn remote(&self) -> Option<Remote> {
        self.with(|stream| stream.remote).flatten()
    }

    pub(super) fn say(&self, sound: Sound) {
        self.with(|stream| stream.sound = sound);
    }

    pub(super) fn press(&self, key: char) -> bool {
        self.with(|stream| stream.press(key)).unwrap_or(false)
    }

    pub(super) fn heard(&self) -> Heard {
        self.with(|stream| stream.heard.clone()).unwrap_or_default()
    }

    pub(super) fn here(&self) -> SocketAddr {
        self.voice.here
    }

    fn with<T>(&self, act: impl FnOnce(&mut Stream) -> T) -> Option<T> {
        self.voice.lock().by_number.get_mut(&self.number).map(act)
    }
}

impl Drop for Strand {
    fn drop(&mut self) {
        let mut streams = self.voice.lock();
        streams.forget_source(self.number);
        streams.by_number.remove(&self.number);
    }
}
