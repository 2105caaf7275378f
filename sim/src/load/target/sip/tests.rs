//! The user agent against a desk over a network that loses, doubles and delays, in virtual time: every call comes to an end.

use super::leg::Peer;
use super::message::{Message, Start};
use super::ua::Ua;
use super::voice::{Audio, Voice};
use super::write::Pen;
use crate::chance::{Law, Purpose, stream};
use crate::load::clock::{Agenda, Moment};
use crate::load::figures::{Figures, Latency};
use crate::load::plan::Plan;
use crate::load::stage::{Numbers, perform};
use crate::load::target::{News, Order, Target};
use cabrank_core::Span;
use proptest::prelude::*;
use rand::RngExt;
use rand_pcg::Pcg64;
use std::collections::HashMap;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

const SDP: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n";
const AGAIN: Duration = Duration::from_millis(500);

/// What a network does to datagrams.
#[derive(Clone, Copy, Debug)]
struct Weather {
    lost: f64,
    doubled: f64,
    delay_ms: u64,
}

/// A desk that answers, rings an agent once it is acknowledged, and insists like anybody over UDP.
#[derive(Default)]
struct Desk {
    /// By what is insisted upon: until it is answered, and not for ever.
    insisted: HashMap<String, (Vec<u8>, u32)>,
    agenda: Agenda<String>,
    out: Vec<Vec<u8>>,
    /// The agents' legs by their callers' `Call-ID`, and the other way round; and how far they are.
    legs: HashMap<String, (String, Leg)>,
    seen: HashMap<String, String>,
    /// CANCELs of agents' legs that wait for a provisional answer: before it none may be sent (RFC 3261, 9.1).
    too_early: HashMap<String, String>,
    refuses_every: u64,
    offered: u64,
}

#[derive(Clone, Copy, PartialEq)]
enum Leg {
    Invited,
    Ringing,
    Up,
    Over,
}

impl Desk {
    fn send(&mut self, text: String) {
        self.out.push(text.into_bytes());
    }

    fn insist(&mut self, now: Moment, key: String, text: String) {
        self.send(text.clone());
        self.agenda.note(now.after(AGAIN), key.clone());
        self.insisted.insert(key, (text.into_bytes(), 40));
    }

    fn turn(&mut self, now: Moment) {
        while let Some((_, key)) = self.agenda.take_due(now) {
            let Some((text, left)) = self.insisted.get_mut(&key) else { continue };
            *left = left.saturating_sub(1);
            if *left > 0 {
                self.out.push(text.clone());
                self.agenda.note(now.after(AGAIN), key);
            }
        }
    }

    fn hear(&mut self, datagram: &[u8], now: Moment) {
        let message = Message::read(datagram).expect("a user agent's own words");
        let id = message.call_id.to_owned();
        match message.start {
            Start::Request("INVITE", _) => self.on_invite(&message, id, now),
            Start::Request("ACK", _) => {
                let answered = self.insisted.remove(&format!("200 {id}")).is_some();
                self.insisted.remove(&format!("no {id}"));
                if answered {
                    self.ring(&message, &id, now);
                }
            }
            Start::Request("CANCEL", _) => {
                self.send(answer("200 OK", &message, ""));
                // Answered already: the 200 stands, and a BYE follows.
            }
            Start::Request("BYE", _) => {
                self.send(answer("200 OK", &message, ""));
                self.insisted.retain(|key, _| *key != format!("200 {id}") && *key != format!("BYE {id}"));
                self.end_other_side(&id, now);
            }
            Start::Request(..) => panic!("{:?}", message.start),
            Start::Response(code) => self.on_answer(&message, &id, code, now),
        }
    }

    fn on_invite(&mut self, message: &Message<'_>, id: String, now: Moment) {
        if self.seen.contains_key(&id) {
            return;
        }
        self.offered += 1;
        self.send(answer("100 Trying", message, ""));
        let no = self.refuses_every > 0 && self.offered.is_multiple_of(self.refuses_every);
        let (key, status, body) = if no { ("no", "503 Service Unavailable", "") } else { ("200", "200 OK", SDP) };
        self.insist(now, format!("{key} {id}"), answer(status, message, body));
        self.seen.insert(id, message.from.to_owned());
    }

    fn ring(&mut self, ack: &Message<'_>, id: &str, now: Moment) {
        let other = format!("d-{id}");
        let number = super::message::user_of(super::message::uri_of(ack.from));
        let hex: String = format!("{{\"call\":\"{id}\"}}").bytes().map(|byte| format!("{byte:02x}")).collect();
        let text = format!(
            "INVITE sip:a1@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch=z9{other}\r\nFrom: <sip:{number}@desk>;tag=d\r\n\
             To: <sip:a1@desk>\r\nCall-ID: {other}\r\nCSeq: 1 INVITE\r\nContact: <sip:desk@127.0.0.1:5060>\r\n\
             User-to-User: {hex};encoding=hex\r\nContent-Length: {}\r\n\r\n{SDP}",
            SDP.len()
        );
        self.legs.insert(id.to_owned(), (other.clone(), Leg::Invited));
        self.legs.insert(other.clone(), (id.to_owned(), Leg::Invited));
        self.insist(now, format!("ring {other}"), text);
    }

    fn on_answer(&mut self, message: &Message<'_>, id: &str, code: u16, now: Moment) {
        match (message.cseq.1, code) {
            ("INVITE", 180) => {
                self.insisted.remove(&format!("ring {id}"));
                self.legs.get_mut(id).into_iter().for_each(|(_, leg)| *leg = Leg::Ringing);
                if let Some(cancel) = self.too_early.remove(id) {
                    self.insist(now, format!("CANCEL {id}"), cancel);
                }
            }
            ("INVITE", 200..) => {
                self.insisted.remove(&format!("ring {id}"));
                self.too_early.remove(id);
                self.send(request("ACK", message, 1));
                self.legs.get_mut(id).into_iter().for_each(|(_, leg)| *leg = if code < 300 { Leg::Up } else { Leg::Over });
            }
            ("CANCEL" | "BYE", _) => drop(self.insisted.remove(&format!("{} {id}", message.cseq.1))),
            _ => {}
        }
    }

    /// One side has hung up: so does the other.
    fn end_other_side(&mut self, id: &str, now: Moment) {
        let Some((other, _)) = self.legs.remove(id) else { return };
        let leg = self.legs.remove(&other).map(|(_, leg)| leg);
        let to_caller = other.starts_with('c');
        let (from, to) = if to_caller {
            ("<sip:taxi@desk>;tag=x".to_owned(), self.seen.get(&other).cloned().unwrap_or_default())
        } else {
            ("<sip:x@desk>;tag=d".to_owned(), "<sip:a1@desk>".to_owned())
        };
        let method = if to_caller || leg == Some(Leg::Up) { "BYE" } else { "CANCEL" };
        let tag = if to_caller || method == "CANCEL" { "" } else { ";tag=a" };
        let text = format!(
            "{method} sip:b@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch=z9{other}\r\nFrom: {from}\r\nTo: {to}{tag}\r\n\
             Call-ID: {other}\r\nCSeq: {} {method}\r\nContent-Length: 0\r\n\r\n",
            if method == "CANCEL" { 1 } else { 2 }
        );
        if leg == Some(Leg::Invited) && method == "CANCEL" {
            self.too_early.insert(other, text);
            return;
        }
        self.insisted.remove(&format!("ring {other}"));
        self.insist(now, format!("{method} {other}"), text);
    }
}

fn answer(status: &str, message: &Message<'_>, body: &str) -> String {
    let repeated = message.repeated("x");
    format!("SIP/2.0 {status}\r\n{repeated}Contact: <sip:desk@127.0.0.1:5060>\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn request(method: &str, answer: &Message<'_>, cseq: u32) -> String {
    let peer = Peer::of_answer(answer, ([127, 0, 0, 1], 1).into());
    format!(
        "{method} {} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch=z9a\r\nFrom: {}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {cseq} {method}\r\n\r\n",
        peer.target, answer.from, answer.to, answer.call_id
    )
}

struct Network {
    ua: Ua,
    desk: Desk,
    now: Moment,
    under_way: Agenda<(bool, Vec<u8>)>,
    weather: Weather,
    chance: Pcg64,
}

fn server() -> SocketAddr {
    ([127, 0, 0, 1], 5060).into()
}

impl Network {
    fn new(weather: Weather, seed: u64, refuses_every: u64) -> Network {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        let pen = Pen::new(([127, 0, 0, 1], 5070).into(), "s1", "sip:taxi@127.0.0.1:5060", SDP);
        let ua = Ua::new(pen, server(), Voice::new(socket, Audio::default()), Vec::new());
        let desk = Desk { refuses_every, ..Desk::default() };
        Network { ua, desk, now: Moment(0), under_way: Agenda::default(), weather, chance: stream(seed, 0, Purpose::Trouble) }
    }

    fn carry(&mut self, to_desk: bool, datagram: &[u8]) {
        let Weather { lost, doubled, delay_ms } = self.weather;
        let copies = if self.chance.random_bool(lost) { 0 } else { 1 + usize::from(self.chance.random_bool(doubled)) };
        for _ in 0..copies {
            let delay = Duration::from_micros(self.chance.random_range(0..=delay_ms * 1_000));
            self.under_way.note(self.now.after(delay), (to_desk, datagram.to_vec()));
        }
    }

    fn send_all(&mut self) {
        let (ours, theirs) = (std::mem::take(&mut self.ua.out), std::mem::take(&mut self.desk.out));
        ours.iter().for_each(|(_, datagram)| self.carry(true, datagram));
        theirs.iter().for_each(|datagram| self.carry(false, datagram));
    }

    fn next(&self) -> Moment {
        self.under_way.next().min(self.ua.next()).min(self.desk.agenda.next())
    }

    fn step(&mut self) {
        while let Some((_, (to_desk, datagram))) = self.under_way.take_due(self.now) {
            match to_desk {
                true => self.desk.hear(&datagram, self.now),
                false => self.ua.hear(&datagram, server(), self.now),
            }
        }
        self.ua.turn(self.now);
        self.desk.turn(self.now);
        self.send_all();
    }
}

impl Target for Network {
    fn now(&self) -> Moment {
        self.now
    }

    fn carry_out(&mut self, order: Order<'_>) {
        self.ua.carry_out(order, self.now);
        self.send_all();
    }

    fn wait(&mut self, until: Moment, news: &mut Vec<News>) {
        while news.is_empty() && self.now < until {
            self.now = self.now.max(until.min(self.next()));
            self.step();
            news.append(&mut self.ua.news);
        }
    }
}

const FINE: Weather = Weather { lost: 0.0, doubled: 0.0, delay_ms: 1 };

fn plan(secs: u64) -> Plan {
    Plan { drain: Duration::from_secs(120), ..Plan::default().at_rate(20.0, Duration::from_secs(secs)) }
}

fn perform_on(plan: &Plan, network: &mut Network) -> Figures {
    perform(plan, network, &mut (), &mut Numbers::default()).figures
}

#[test]
fn on_a_fine_day_nothing_is_said_twice() {
    let mut network = Network::new(FINE, 1, 0);
    let figures = perform_on(&plan(10), &mut network);
    assert_eq!((figures.answered, figures.strays, figures.failed_in_all()), (figures.due, 0, 0), "{:?}", figures.failed);
    let counts = network.ua.counts;
    assert_eq!((counts.sent_again, counts.received_again, counts.unreadable), (0, 0, 0));
    // INVITE, ACK, 200 to the BYE; 180, 200, BYE.
    assert_eq!(counts.sent, 6 * figures.due);
    assert!(figures.latency(Latency::Answer).max_ms() < 2.1 && figures.latency(Latency::Rung).count() == figures.due);
}

#[test]
fn a_desk_that_is_not_there_is_noticed() {
    let mut network = Network::new(Weather { lost: 1.0, ..FINE }, 1, 0);
    let figures = perform_on(&plan(3), &mut network);
    assert_eq!(figures.failed.get("INVITE was never answered"), Some(&figures.due), "{:?}", figures.failed);
    assert!(network.ua.counts.sent_again > 5 * figures.due);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn whatever_the_network_does_every_call_comes_to_an_end(
        seed: u64,
        lost in 0.0..0.1_f64,
        doubled in 0.0..0.2_f64,
        delay_ms in 0..60_u64,
        refuses_every in 0..8_u64,
        patience_ms in prop::option::of(1..2_000_u64),
        pick_up_ms in 0..800_u64,
    ) {
        let plan = Plan {
            seed,
            patience: patience_ms.map(|ms| Law::Exponential { mean: Span::millis(ms) }),
            pick_up: Law::Exponential { mean: Span::millis(pick_up_ms) },
            ..plan(5)
        };
        let mut network = Network::new(Weather { lost, doubled, delay_ms }, seed, refuses_every);
        let figures = perform_on(&plan, &mut network);
        prop_assert_eq!(figures.over(), figures.due);
        prop_assert!(figures.failed.is_empty(), "{:?}", figures.failed);
        prop_assert!(figures.agents_failed.is_empty(), "{:?}", figures.agents_failed);
        prop_assert_eq!(figures.unfinished, 0);
        prop_assert!(network.ua.callers.is_empty(), "{} callers' legs are left over", network.ua.callers.len());
        // What waits for an ACK that may be lost for good is forgotten by and by.
        let until = network.now.after(Duration::from_secs(70));
        while network.now < until {
            network.wait(until, &mut Vec::new());
        }
        prop_assert!(network.ua.agents.is_empty() && network.ua.rings_by_call_id.is_empty());
        prop_assert_eq!(network.ua.counts.unreadable, 0);
    }
}
