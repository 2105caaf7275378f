//! One leg through everything a call can bring: what it hears stays one stream.

use super::scene::{Scene, Sent, clip, far};
use super::speaker::{Speaker, network};
use crate::media::codec::Codec;
use crate::media::event::Digit;
use crate::media::orders::{Order, PlayId};
use proptest::prelude::*;
use std::collections::HashMap;
use std::time::Duration;

/// What happens to leg 0, to the two that speak to it, and to the network between.
#[derive(Clone, Debug)]
enum Step {
    /// A leg's audio, each packet lost, doubled or late as its number says.
    Relay {
        leg: usize,
        fates: Vec<u8>,
    },
    Press {
        leg: usize,
    },
    NewSsrc {
        leg: usize,
    },
    ComfortNoise {
        leg: usize,
    },
    Play {
        ticks: usize,
    },
    Music {
        ticks: usize,
    },
    Dial {
        ticks: usize,
    },
    Pause {
        ms: u64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let leg = 1_usize..3;
    prop_oneof![
        4 => (leg.clone(), prop::collection::vec(0_u8..100, 1..30)).prop_map(|(leg, fates)| Step::Relay { leg, fates }),
        1 => leg.clone().prop_map(|leg| Step::Press { leg }),
        1 => leg.clone().prop_map(|leg| Step::NewSsrc { leg }),
        1 => leg.prop_map(|leg| Step::ComfortNoise { leg }),
        1 => (1_usize..12).prop_map(|ticks| Step::Play { ticks }),
        1 => (1_usize..12).prop_map(|ticks| Step::Music { ticks }),
        1 => (1_usize..25).prop_map(|ticks| Step::Dial { ticks }),
        1 => (1_u64..3_000).prop_map(|ms| Step::Pause { ms }),
    ]
}

struct Story {
    scene: Scene,
    speakers: [Speaker; 2],
    heard: Vec<Sent>,
}

impl Story {
    fn new() -> Story {
        let scene = Scene::new(&[Codec::Pcmu, Codec::Pcmu, Codec::Pcma]);
        Story { scene, speakers: [Speaker::new(1), Speaker::new(2)], heard: vec![] }
    }

    fn tell(&mut self, step: Step) {
        match step {
            Step::Relay { leg, fates } => {
                let packets = fates.iter().map(|_| self.speakers[leg - 1].audio()).collect();
                self.relay(leg, &network(packets, &fates));
            }
            Step::Press { leg } => {
                let packets = self.speakers[leg - 1].press();
                self.relay(leg, &packets);
            }
            Step::ComfortNoise { leg } => {
                let packet = self.speakers[leg - 1].comfort_noise();
                self.relay(leg, &[packet]);
            }
            Step::NewSsrc { leg } => {
                let speaker = &mut self.speakers[leg - 1];
                speaker.ssrc += 100;
                speaker.sequence = speaker.sequence.wrapping_mul(31);
                speaker.timestamp = speaker.timestamp.wrapping_mul(37);
            }
            Step::Play { ticks } => {
                let clips = vec![clip(&self.scene.library, "three")];
                self.hear(Order::Play(PlayId(1), clips.into_iter().map(Into::into).collect()), ticks);
            }
            Step::Music { ticks } => {
                let music = clip(&self.scene.library, "two");
                self.hear(Order::Music(music), ticks);
            }
            Step::Dial { ticks } => self.hear(Order::SendDigit(Digit::from_event(3).expect("a key")), ticks),
            Step::Pause { ms } => {
                let pause = Duration::from_millis(ms);
                self.scene.wait(pause);
                self.speakers.iter_mut().for_each(|speaker| speaker.pause(pause));
            }
        }
    }

    fn hear(&mut self, order: Order, ticks: usize) {
        self.scene.order(0, order);
        let sent = self.scene.ticks(0, ticks);
        self.heard.extend(sent);
        self.speakers.iter_mut().for_each(|speaker| speaker.pause(Duration::from_millis(20 * ticks as u64)));
    }

    fn relay(&mut self, leg: usize, packets: &[Vec<u8>]) {
        self.scene.keep_relaying(leg);
        for packet in packets {
            // The receiver's own turn comes in between, for digits that still wait.
            let own = self.scene.tick(0);
            self.heard.extend(own);
            let sent = self.scene.receive(leg, far(leg), packet);
            self.heard.extend(sent);
        }
    }
}

/// What a jitter buffer would have: the packets by their unwrapped sequence number.
fn unwrapped(heard: &[Sent]) -> Vec<(i64, Sent)> {
    let Some(first) = heard.first() else {
        return vec![];
    };
    let (mut highest, mut last) = (0_i64, first.stamp.sequence);
    let mut packets = vec![];
    for sent in heard {
        let place = highest + i64::from(sent.stamp.sequence.wrapping_sub(last).cast_signed());
        if place > highest {
            (highest, last) = (place, sent.stamp.sequence);
        }
        packets.push((place, sent.clone()));
    }
    packets.sort_by_key(|(place, _)| *place);
    packets
}

proptest! {
    /// One SSRC; no number used for two packets; in order of the numbers, no timestamp runs back into what was
    /// heard before.
    #[test]
    fn the_receiver_hears_one_stream(steps in prop::collection::vec(step(), 1..40)) {
        let mut story = Story::new();
        steps.into_iter().for_each(|step| story.tell(step));
        let mut by_number: HashMap<i64, (u32, Vec<u8>)> = HashMap::new();
        let packets = unwrapped(&story.heard);
        for (place, sent) in &packets {
            prop_assert_eq!(sent.stamp.ssrc, 0xabc0);
            let said = (sent.stamp.timestamp, sent.payload.clone());
            let known = by_number.entry(*place).or_insert_with(|| said.clone());
            prop_assert_eq!(&*known, &said, "number {} was used twice", place);
        }
        for pair in packets.windows(2) {
            let [(earlier, before), (later, after)] = pair else { continue };
            let distance = after.stamp.timestamp.wrapping_sub(before.stamp.timestamp).cast_signed();
            let least = if earlier == later || before.payload.len() == 4 { 0 } else { 160 };
            prop_assert!(distance >= least, "{distance} from {:?} to {:?}", before.stamp, after.stamp);
        }
    }
}
