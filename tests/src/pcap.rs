//! Captures for sipp's `play_pcap_audio`: keys pressed, as RFC 4733 sends them, and spoken-looking tones.

const SAMPLES_PER_PACKET: u32 = 160;
const PACKET_US: u64 = 20_000;
const PACKETS_A_KEY: u32 = 8;
const END_PACKETS: u32 = 3;
const GAP_US: u64 = 200_000;
const TELEPHONE_EVENT: u8 = 101;
const VOLUME: u8 = 10;

/// A capture being written: libpcap's classic format, Ethernet, IPv4, UDP, RTP.
#[derive(Debug)]
pub struct Capture {
    bytes: Vec<u8>,
    at_us: u64,
    sequence: u16,
    timestamp: u32,
}

impl Capture {
    /// An empty capture whose RTP timestamps begin at `timestamp`: later captures of a call must begin later.
    pub fn starting_at(timestamp: u32) -> Capture {
        let mut bytes = Vec::new();
        for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65_535, 1] {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        Capture { bytes, at_us: 0, sequence: (timestamp / SAMPLES_PER_PACKET) as u16, timestamp }
    }

    /// The keys, one after the other, each about 160 ms long, with 200 ms between them.
    pub fn keys(self, keys: &str) -> Capture {
        keys.chars().fold(self, |capture, key| capture.key(key, |_| true))
    }

    /// One key of which only the packets arrive whose index `arrives`; the last three are the end packets.
    pub fn key(mut self, key: char, arrives: impl Fn(u32) -> bool) -> Capture {
        let last_middle = PACKETS_A_KEY;
        for index in 0..last_middle + END_PACKETS {
            let duration = (index + 1).min(last_middle) * SAMPLES_PER_PACKET;
            if arrives(index) {
                self.packet(index == 0, &event(key, index >= last_middle, duration));
            }
            self.sequence = self.sequence.wrapping_add(1);
            self.at_us += PACKET_US;
        }
        self.at_us += GAP_US;
        let elapsed = u64::from(PACKETS_A_KEY) * PACKET_US + GAP_US;
        self.timestamp = self.timestamp.wrapping_add((elapsed / 125) as u32);
        self
    }

    /// The finished file.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn packet(&mut self, marker: bool, payload: &[u8]) {
        let rtp = rtp(marker, self.sequence, self.timestamp, payload);
        let frame = ethernet_ipv4_udp(&rtp);
        let length = frame.len() as u32;
        for word in [(self.at_us / 1_000_000) as u32, (self.at_us % 1_000_000) as u32, length, length] {
            self.bytes.extend_from_slice(&word.to_le_bytes());
        }
        self.bytes.extend_from_slice(&frame);
    }
}

/// RFC 4733 section 2.3: event, end bit and volume, duration.
fn event(key: char, end: bool, duration: u32) -> Vec<u8> {
    let code = "0123456789*#ABCD".find(key).unwrap_or_else(|| panic!("{key:?} is no telephone key")) as u8;
    let mut payload = vec![code, VOLUME | if end { 0x80 } else { 0 }];
    payload.extend_from_slice(&(duration as u16).to_be_bytes());
    payload
}

fn rtp(marker: bool, sequence: u16, timestamp: u32, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80, TELEPHONE_EVENT | if marker { 0x80 } else { 0 }];
    packet.extend_from_slice(&sequence.to_be_bytes());
    packet.extend_from_slice(&timestamp.to_be_bytes());
    packet.extend_from_slice(&0x0cab_7a11_u32.to_be_bytes());
    packet.extend_from_slice(payload);
    packet
}

/// Addresses, ports and checksums are placeholders: sipp writes its own.
fn ethernet_ipv4_udp(rtp: &[u8]) -> Vec<u8> {
    let udp_length = 8 + rtp.len() as u16;
    let ip_length = 20 + udp_length;
    let mut frame = vec![0; 12];
    frame.extend_from_slice(&[0x08, 0x00, 0x45, 0x00]);
    frame.extend_from_slice(&ip_length.to_be_bytes());
    frame.extend_from_slice(&[0, 0, 0, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]);
    for word in [6_000_u16, 6_000, udp_length, 0] {
        frame.extend_from_slice(&word.to_be_bytes());
    }
    frame.extend_from_slice(rtp);
    frame
}
