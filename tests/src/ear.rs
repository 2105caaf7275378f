//! An ear at the far end of a call's media: when each packet came.

use std::net::{Ipv4Addr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::wire;

/// A listening ear; it ends with the value.
#[derive(Debug)]
pub struct Ear {
    port: u16,
    came: Arc<Mutex<Vec<Instant>>>,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Ear {
    /// Listens on a port of 127.0.0.1.
    pub fn listen(port: u16) -> Ear {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).expect("a media port");
        socket.set_read_timeout(Some(Duration::from_millis(100))).expect("a read timeout");
        let (came, ended): (Arc<Mutex<Vec<Instant>>>, Arc<AtomicBool>) = Default::default();
        let (kept, over) = (Arc::clone(&came), Arc::clone(&ended));
        let thread = thread::spawn(move || {
            let mut packet = [0; 2_048];
            while !over.load(Ordering::Relaxed) {
                if socket.recv(&mut packet).is_ok() {
                    kept.lock().expect("an ear").push(Instant::now());
                }
            }
        });
        Ear { port, came, ended, thread: Some(thread) }
    }

    /// The session description that leads to it.
    pub fn sdp(&self) -> String {
        wire::SDP.replace("27990", &self.port.to_string())
    }

    /// Forgets what it has heard.
    pub fn forget(&self) {
        self.came.lock().expect("an ear").clear();
    }

    /// Packets it has heard.
    pub fn heard(&self) -> usize {
        self.came.lock().expect("an ear").len()
    }

    /// The times between packets, sorted; the silence that lasts now is the last of them.
    pub fn gaps(&self) -> Vec<Duration> {
        let mut came = self.came.lock().expect("an ear").clone();
        came.push(Instant::now());
        let mut gaps: Vec<Duration> = came.windows(2).map(|pair| pair[1] - pair[0]).collect();
        gaps.sort();
        gaps
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// The value that so many hundredths of the sorted ones do not exceed; zero of none.
pub fn percentile(sorted: &[Duration], hundredths: usize) -> Duration {
    let at = (sorted.len() * hundredths).div_ceil(100).saturating_sub(1);
    sorted.get(at).copied().unwrap_or_default()
}
