//! Relays: what one leg hears is one continuous stream, whatever the others and the network do.

use super::scene::{Scene, Sent, content, far, remote};
use super::speaker::{Speaker, network, speak};
use crate::media::codec::{Codec, transcode};
use crate::media::orders::{Direction, Order, PlayId, Remote};
use crate::media::wire::Stamp;
use proptest::prelude::*;

fn two_legs(a: Codec, b: Codec) -> Scene {
    let mut scene = Scene::new(&[a, b]);
    scene.relay(0, 1);
    scene
}

#[test]
fn a_relay_carries_audio_both_ways_in_the_codec_of_each() {
    let mut scene = two_legs(Codec::Pcma, Codec::Pcmu);
    let stamp = Stamp { ssrc: 1, sequence: 1, timestamp: 1, marker: false };
    let said: Vec<u8> = (0..160).collect();
    let heard = scene.hear(1, Codec::Pcmu, stamp, &said).expect("relayed");
    let mut expected = vec![0; 160];
    transcode(&said, Codec::Pcmu, &mut expected, Codec::Pcma);
    assert_eq!((heard.to, heard.payload_type, heard.payload), (far(0), 8, expected));
    let back = scene.hear(0, Codec::Pcma, stamp, &said).expect("relayed");
    assert_eq!((back.to, back.payload_type), (far(1), 0));
}

#[test]
fn digits_are_passed_on_in_the_payload_type_of_the_other_leg() {
    let mut scene = two_legs(Codec::Pcmu, Codec::Pcmu);
    scene.order(0, Order::SendTo(Remote { addr: far(0), telephone_event: Some(96), ..remote("192.0.2.1:1", Codec::Pcmu) }));
    let mut speaker = Speaker::new(1);
    let before = speak(&mut scene, 1, &[speaker.audio()]);
    let press = speaker.press();
    let heard = speak(&mut scene, 1, &press);
    assert_eq!(heard.len(), 8);
    for sent in &heard {
        assert_eq!(sent.payload_type, 96);
        assert_eq!(sent.stamp.timestamp, before[0].stamp.timestamp.wrapping_add(160));
    }
    let after = speak(&mut scene, 1, &[speaker.audio()]);
    assert_eq!(after[0].stamp.timestamp, before[0].stamp.timestamp.wrapping_add(160 + 960));
    assert_eq!(after[0].stamp.sequence, before[0].stamp.sequence.wrapping_add(9));
}

#[test]
fn what_the_other_leg_cannot_take_leaves_no_gap() {
    let mut scene = two_legs(Codec::Pcmu, Codec::Pcmu);
    let deaf = Remote { addr: far(0), telephone_event: None, ..remote("192.0.2.1:1", Codec::Pcmu) };
    scene.order(0, Order::SendTo(deaf));
    let mut speaker = Speaker::new(1);
    let mut said = vec![speaker.audio(), speaker.comfort_noise()];
    said.extend(speaker.press());
    said.push(speaker.audio());
    let heard = speak(&mut scene, 1, &said);
    assert_eq!(heard.iter().map(content).collect::<Vec<_>>(), ["Pcmu", "Pcmu"]);
    assert_eq!(heard[1].stamp.sequence, heard[0].stamp.sequence.wrapping_add(1));
}

#[test]
fn a_gap_stays_a_gap_and_a_late_packet_finds_its_place() {
    let mut scene = two_legs(Codec::Pcmu, Codec::Pcmu);
    let mut speaker = Speaker::new(1);
    let said: Vec<_> = (0..6).map(|_| speaker.audio()).collect();
    let order = [0, 1, 3, 2, 5, 5].map(|n: usize| said[n].clone());
    let heard = speak(&mut scene, 1, &order);
    let first = heard[0].stamp.sequence;
    let places: Vec<u16> = heard.iter().map(|sent| sent.stamp.sequence.wrapping_sub(first)).collect();
    assert_eq!(places, [0, 1, 3, 2, 5, 5]);
    assert!(heard[0].stamp.marker && heard[1..].iter().all(|sent| !sent.stamp.marker));
}

#[test]
fn a_packet_from_before_the_relay_is_not_passed_on() {
    let mut scene = two_legs(Codec::Pcmu, Codec::Pcmu);
    let mut speaker = Speaker::new(1);
    let (early, first) = (speaker.audio(), speaker.audio());
    assert_eq!(speak(&mut scene, 1, &[first, early]).len(), 1);
}

#[test]
fn a_play_on_either_leg_ends_the_relay_for_both() {
    let mut scene = two_legs(Codec::Pcmu, Codec::Pcmu);
    let (mut zero, mut one) = (Speaker::new(0), Speaker::new(1));
    scene.order(0, Order::Play(PlayId(1), vec![]));
    assert_eq!(speak(&mut scene, 0, &[zero.audio()]), []);
    assert_eq!(speak(&mut scene, 1, &[one.audio()]), []);
    scene.relay(0, 1);
    scene.order(1, Order::Unrelay);
    assert_eq!(speak(&mut scene, 0, &[zero.audio()]), []);
    assert_eq!(speak(&mut scene, 1, &[one.audio()]), []);
}

#[test]
fn a_held_leg_hears_nothing_and_misses_no_number() {
    let mut scene = two_legs(Codec::Pcmu, Codec::Pcmu);
    let mut speaker = Speaker::new(1);
    let before = speak(&mut scene, 1, &[speaker.audio()]);
    let held = Remote { addr: far(0), direction: Direction::Inactive, ..remote("192.0.2.1:1", Codec::Pcmu) };
    scene.order(0, Order::SendTo(held));
    let unheard: Vec<_> = (0..100).map(|_| speaker.audio()).collect();
    assert_eq!(speak(&mut scene, 1, &unheard), []);
    scene.order(0, Order::SendTo(Remote { direction: Direction::SendRecv, ..held }));
    let after = speak(&mut scene, 1, &[speaker.audio()]);
    assert_eq!(after[0].stamp.sequence, before[0].stamp.sequence.wrapping_add(1));
    assert!(after[0].stamp.marker);
}

#[test]
fn a_source_that_starts_again_is_followed_after_two_packets() {
    let mut scene = two_legs(Codec::Pcmu, Codec::Pcmu);
    let mut speaker = Speaker::new(1);
    let before = speak(&mut scene, 1, &[speaker.audio()]);
    speaker.sequence = speaker.sequence.wrapping_add(20_000);
    speaker.timestamp = speaker.timestamp.wrapping_add(0x4000_0000);
    let said = [speaker.audio(), speaker.audio(), speaker.audio()];
    let after = speak(&mut scene, 1, &said);
    assert_eq!(after.len(), 2);
    assert_eq!(after[0].stamp.sequence, before[0].stamp.sequence.wrapping_add(1));
    assert_eq!(after[0].stamp.timestamp, before[0].stamp.timestamp.wrapping_add(320));
}

#[test]
fn a_source_that_only_sets_its_timestamps_anew_is_followed_at_once() {
    let mut scene = two_legs(Codec::Pcmu, Codec::Pcmu);
    let mut speaker = Speaker::new(1);
    let before = speak(&mut scene, 1, &[speaker.audio()]);
    speaker.timestamp = speaker.timestamp.wrapping_add(0x7000_0000);
    let after = speak(&mut scene, 1, &[speaker.audio()]);
    assert_eq!(after[0].stamp.sequence, before[0].stamp.sequence.wrapping_add(1));
    assert_eq!(after[0].stamp.timestamp, before[0].stamp.timestamp.wrapping_add(160));
}

proptest! {
    /// Loss, repetition and late packets of one source reach the receiver as they are, in number and in time.
    #[test]
    fn the_network_stays_visible(fates in prop::collection::vec(0_u8..100, 2..200)) {
        let mut scene = two_legs(Codec::Pcmu, Codec::Pcmu);
        let mut speaker = Speaker::new(1);
        let said: Vec<_> = fates.iter().map(|_| speaker.audio()).collect();
        let arrivals = network(said, &fates);
        let heard = speak(&mut scene, 1, &arrivals);
        let Some(first) = heard.first() else { return Ok(()) };
        let spoken = |sent: &Sent| u32::from_be_bytes([sent.payload[0], sent.payload[1], sent.payload[2], sent.payload[3]]);
        for sent in &heard {
            let packets = spoken(sent).wrapping_sub(spoken(first));
            prop_assert_eq!(u32::from(sent.stamp.sequence.wrapping_sub(first.stamp.sequence)), packets);
            prop_assert_eq!(sent.stamp.timestamp.wrapping_sub(first.stamp.timestamp), packets * 160);
        }
        let before_first = arrivals.len() - heard.len();
        prop_assert!(before_first <= 3, "{before_first} packets are missing");
    }
}
