//! Telephones that speak and listen all the time, many of them in one thread: each has a socket for SIP and one for RTP, sends
//! a packet every 20 ms and knows when it heard the last one. For what no program of telephones shows: the gap in what each
//! of hundreds hears, and what is repeated to them.

mod dialog;
mod ear;

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use dialog::{Dialog, Incoming};
use ear::Ear;

use crate::wait::until;
use crate::wire::{code, header};

const FRAME: Duration = Duration::from_millis(20);
const T1: Duration = Duration::from_millis(500);
const PATIENCE: Duration = Duration::from_secs(20);

/// Telephones, from now on in a thread of their own; dropped, they are unplugged.
#[derive(Debug)]
pub struct Phones {
    phones: Arc<Mutex<Vec<Phone>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// What a telephone has come to.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Whether it is in a call.
    pub talks: bool,
    /// The Call-IDs by which it was rung, each once.
    pub rung: Vec<String>,
    /// Who called when it was rung last.
    pub caller: String,
    /// How often it was told that its call is answered.
    pub answers: usize,
    /// The first two octets of what it heard last: other telephones of ours say their own number there.
    pub hears: u16,
    /// Sources it has heard in all.
    pub sources: usize,
    /// Packets heard since the last [`Phones::mark`].
    pub packets: usize,
    /// The longest it heard nothing since then, the time before the first packet included.
    pub gap: Duration,
}

/// What a telephone does when it is rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Rings until told to answer.
    Rings,
    /// Answers at once.
    Answers,
}

#[derive(Debug)]
struct Phone {
    sip: UdpSocket,
    rtp: UdpSocket,
    engine: SocketAddr,
    voice: u16,
    mood: Mood,
    dialog: Option<Dialog>,
    ear: Ear,
    rung: Vec<String>,
    caller: String,
    answers: usize,
    due: Instant,
    sequence: u16,
}

impl Phones {
    /// So many telephones on 127.0.0.1; telephone `n` says `n + 1` in each of its packets.
    pub fn plug_in(count: usize) -> Phones {
        let phones: Vec<Phone> = (0..count).map(Phone::new).collect();
        let (phones, stop) = (Arc::new(Mutex::new(phones)), Arc::new(AtomicBool::new(false)));
        let (shared, ends) = (Arc::clone(&phones), Arc::clone(&stop));
        let thread = thread::spawn(move || {
            while !ends.load(Ordering::Relaxed) {
                lock(&shared).iter_mut().for_each(Phone::turn);
                thread::sleep(Duration::from_millis(1));
            }
        });
        Phones { phones, stop, thread: Some(thread) }
    }

    /// The SIP port of telephone `n`.
    pub fn port(&self, n: usize) -> u16 {
        self.with(n, |phone| phone.sip.local_addr().expect("an address").port())
    }

    /// What telephone `n` does when it is rung.
    pub fn mood(&self, n: usize, mood: Mood) {
        self.with(n, |phone| phone.mood = mood);
    }

    /// Telephone `n` calls the taxi line at the engine on `port`, as `number`, and has to be answered.
    pub fn call(&self, n: usize, port: u16, number: &str) {
        self.with(n, |phone| phone.call(port, number));
        until(PATIENCE, &format!("phone {n} to be answered"), || self.seen(n).talks.then_some(()));
    }

    /// Telephone `n` presses a key, which has to be acknowledged.
    pub fn press(&self, n: usize, key: char) {
        self.with(n, |phone| phone.ask("INFO", "application/dtmf-relay", &format!("Signal={key}\r\nDuration=160\r\n")));
        self.awaits_answered(n, "INFO");
    }

    /// Telephone `n` offers its audio anew, in that direction, and has to be answered.
    pub fn reinvite(&self, n: usize, direction: &str) {
        self.with(n, |phone| {
            let body = phone.description(direction);
            phone.ask("INVITE", "application/sdp", &body);
        });
        self.awaits_answered(n, "re-INVITE");
    }

    /// Telephone `n`, which rings, takes the call.
    pub fn take(&self, n: usize) {
        self.with(n, Phone::take);
        until(PATIENCE, &format!("phone {n} to be acknowledged"), || self.seen(n).talks.then_some(()));
    }

    /// Telephone `n` hangs up, which has to be acknowledged.
    pub fn hang_up(&self, n: usize) {
        self.with(n, |phone| phone.ask("BYE", "", ""));
        until(PATIENCE, &format!("phone {n}'s BYE to be answered"), || (!self.seen(n).talks).then_some(()));
    }

    /// From now on packets and gaps of all telephones are counted anew.
    pub fn mark(&self) {
        lock(&self.phones).iter_mut().for_each(|phone| phone.ear.mark());
    }

    /// What telephone `n` has come to.
    pub fn seen(&self, n: usize) -> Seen {
        self.with(n, |phone| Seen {
            talks: phone.dialog.as_ref().is_some_and(|dialog| dialog.confirmed),
            rung: phone.rung.clone(),
            caller: phone.caller.clone(),
            answers: phone.answers,
            hears: phone.ear.voice,
            sources: phone.ear.sources.len(),
            packets: phone.ear.packets,
            gap: phone.ear.gap(),
        })
    }

    fn awaits_answered(&self, n: usize, what: &str) {
        let answered = || self.with(n, |phone| phone.dialog.as_ref().is_none_or(|dialog| dialog.asked.is_none()));
        until(PATIENCE, &format!("phone {n}'s {what} to be answered"), || answered().then_some(()));
    }

    fn with<T>(&self, n: usize, what: impl FnOnce(&mut Phone) -> T) -> T {
        what(&mut lock(&self.phones)[n])
    }
}

impl Drop for Phones {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn lock(phones: &Mutex<Vec<Phone>>) -> MutexGuard<'_, Vec<Phone>> {
    phones.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Phone {
    fn new(n: usize) -> Phone {
        let socket = || {
            let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
            socket.set_nonblocking(true).expect("a socket that does not wait");
            socket
        };
        Phone {
            sip: socket(),
            rtp: socket(),
            engine: (Ipv4Addr::LOCALHOST, 0).into(),
            voice: n as u16 + 1,
            mood: Mood::Answers,
            dialog: None,
            ear: Ear::default(),
            rung: Vec::new(),
            caller: String::new(),
            answers: 0,
            due: Instant::now(),
            sequence: 0,
        }
    }

    fn turn(&mut self) {
        let mut buffer = [0; 8_192];
        while let Ok((length, from)) = self.sip.recv_from(&mut buffer) {
            let message = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if message.starts_with("SIP/2.0 ") { self.answered(&message) } else { self.asked(&message, from) }
        }
        while let Ok((length, _)) = self.rtp.recv_from(&mut buffer) {
            self.ear.hear(&buffer[..length]);
        }
        self.speak();
        if let Some(again) = self.dialog.as_mut().and_then(Dialog::again) {
            self.send(&again);
        }
    }

    /// What fell behind is sent late, not twice.
    fn speak(&mut self) {
        let Some(to) = self.dialog.as_ref().filter(|dialog| dialog.confirmed).and_then(|dialog| dialog.media) else { return };
        if Instant::now() < self.due {
            return;
        }
        self.due = (self.due + FRAME).max(Instant::now());
        self.sequence = self.sequence.wrapping_add(1);
        let mut packet = vec![0x80, 0];
        packet.extend(self.sequence.to_be_bytes());
        packet.extend((u32::from(self.sequence) * 160).to_be_bytes());
        packet.extend(u32::from(self.voice).to_be_bytes());
        packet.extend([self.voice.to_be_bytes(); 80].as_flattened());
        let _ = self.rtp.send_to(&packet, to);
    }

    fn call(&mut self, port: u16, number: &str) {
        self.engine = (Ipv4Addr::LOCALHOST, port).into();
        let own = self.own();
        let body = self.description("sendrecv");
        let dialog = Dialog::outgoing(number, own, self.engine, &body);
        self.send(&dialog.invite);
        self.dialog = Some(dialog);
    }

    fn ask(&mut self, method: &str, kind: &str, body: &str) {
        let own = self.own();
        let request = self.dialog.as_mut().expect("a dialog").ask(method, own, kind, body);
        self.send(&request);
    }

    fn answered(&mut self, response: &str) {
        let own = self.own();
        let Some(dialog) = self.dialog.as_mut().filter(|dialog| header(response, "Call-ID") == Some(&dialog.call_id)) else {
            return;
        };
        let cseq = header(response, "CSeq").unwrap_or_default().to_owned();
        if code(response) < 200 {
            dialog.heard = true;
        } else if cseq.ends_with("INVITE") {
            self.answers += 1;
            let ack = dialog.accepted(response, own, &cseq);
            self.send(&ack);
        } else if dialog.is_answer(&cseq) {
            dialog.asked = None;
            if cseq.ends_with("BYE") {
                self.dialog = None;
            }
        }
    }

    fn asked(&mut self, request: &str, from: SocketAddr) {
        self.engine = from;
        match request.split(' ').next().unwrap_or_default() {
            "INVITE" if !has_tag(request, "To") => self.invited(request),
            "ACK" => {
                if let Some(dialog) = self.dialog.as_mut() {
                    dialog.confirmed |= dialog.incoming.is_some();
                    dialog.unacknowledged = None;
                }
            }
            "BYE" => {
                self.reply(request, "200 OK", "");
                let ours = |dialog: &Dialog| header(request, "Call-ID") == Some(&dialog.call_id);
                if self.dialog.as_ref().is_some_and(ours) {
                    self.dialog = None;
                }
            }
            "CANCEL" => {
                self.reply(request, "200 OK", "");
                if let Some(Incoming { invite, .. }) = self.dialog.take().and_then(|dialog| dialog.incoming) {
                    self.reply(&invite, "487 Request Terminated", "");
                }
            }
            _ => self.reply(request, "200 OK", ""),
        }
    }

    /// The same INVITE again gets the same answer again (RFC 3261 17.2.1).
    fn invited(&mut self, invite: &str) {
        let call_id = header(invite, "Call-ID").unwrap_or_default().to_owned();
        if self.rung.contains(&call_id) {
            let last = self.dialog.as_ref().and_then(|dialog| dialog.incoming.as_ref()).map(|incoming| incoming.last.clone());
            last.iter().for_each(|last| self.send(last));
            return;
        }
        self.caller =
            header(invite, "From").and_then(|from| from.split_once("sip:")?.1.split('@').next()).unwrap_or_default().into();
        self.rung.push(call_id);
        let mut dialog = Dialog::incoming(invite);
        let ringing = dialog::reply(invite, "180 Ringing", self.own(), "");
        self.send(&ringing);
        dialog.incoming = Some(Incoming { invite: invite.to_owned(), last: ringing });
        self.dialog = Some(dialog);
        if self.mood == Mood::Answers {
            self.take();
        }
    }

    fn take(&mut self) {
        let (own, body) = (self.own(), self.description("sendrecv"));
        let Some(dialog) = self.dialog.as_mut() else { return };
        let Some(incoming) = dialog.incoming.as_mut() else { return };
        incoming.last = dialog::reply(&incoming.invite, "200 OK", own, &body);
        let ok = incoming.last.clone();
        dialog.unacknowledged = Some((ok.clone(), Instant::now() + T1));
        self.send(&ok);
    }

    fn reply(&self, request: &str, status: &str, body: &str) {
        self.send(&dialog::reply(request, status, self.own(), body));
    }

    fn send(&self, message: &str) {
        let _ = self.sip.send_to(message.as_bytes(), self.engine);
    }

    fn own(&self) -> SocketAddr {
        self.sip.local_addr().expect("an address")
    }

    fn description(&self, direction: &str) -> String {
        let port = self.rtp.local_addr().expect("an address").port();
        format!(
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\na={direction}\r\n"
        )
    }
}

fn has_tag(message: &str, name: &str) -> bool {
    header(message, name).is_some_and(|value| value.contains(";tag="))
}
