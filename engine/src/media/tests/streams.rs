//! One stream: what it plays, hears, dials and believes.

use super::scene::{EVENTS_AT, Scene, at, clip, content, far, id, remote};
use crate::media::codec::Codec;
use crate::media::event::Digit;
use crate::media::orders::{Direction, Fact, Order, PlayId, Remote};
use crate::media::wire::{Stamp, tests::datagram};
use proptest::prelude::*;
use std::time::Duration;

fn play(scene: &mut Scene, play: u64, names: &[&str]) {
    let clips = names.iter().map(|name| clip(&scene.library, name).into()).collect();
    scene.order(0, Order::Play(PlayId(play), clips));
}

fn stamp(sequence: u16, timestamp: u32) -> Stamp {
    Stamp { ssrc: 7, sequence, timestamp, marker: false }
}

fn ended(play: u64) -> Fact {
    Fact::PlayEnded { stream: id(0), play: PlayId(play) }
}

#[test]
fn clips_play_without_a_seam_and_end_once() {
    let mut scene = Scene::new(&[Codec::Pcmu]);
    play(&mut scene, 4, &["one", "two"]);
    // 240 and 400 samples: four frames exactly.
    let sent = scene.ticks(0, 4);
    let octets: Vec<u8> = sent.iter().flat_map(|sent| sent.payload.clone()).collect();
    let expected: Vec<u8> = [(1_000, 240), (2_000, 400)]
        .into_iter()
        .flat_map(|(level, count)| std::iter::repeat_n(Codec::Pcmu.encode(level), count))
        .collect();
    assert_eq!(octets, expected);
    assert_eq!(scene.news(), []);
    assert_eq!(scene.ticks(0, 5), []);
    assert_eq!(scene.news(), [ended(4)]);
}

#[test]
fn the_last_frame_is_filled_with_silence() {
    let mut scene = Scene::new(&[Codec::Pcma]);
    play(&mut scene, 1, &["one"]);
    let sent = scene.ticks(0, 2);
    assert!(sent[1].payload[80..].iter().all(|octet| *octet == Codec::Pcma.silence()));
    assert_eq!(sent[1].payload.len(), 160);
}

#[test]
fn a_replaced_or_stopped_play_reports_nothing() {
    let mut scene = Scene::new(&[Codec::Pcmu]);
    play(&mut scene, 1, &["three"]);
    scene.ticks(0, 1);
    play(&mut scene, 2, &["one"]);
    scene.ticks(0, 5);
    assert_eq!(scene.news(), [ended(2)]);
    play(&mut scene, 3, &["three"]);
    scene.ticks(0, 1);
    scene.order(0, Order::Quiet);
    assert_eq!(scene.ticks(0, 10), []);
    assert_eq!(scene.news(), []);
}

#[test]
fn nothing_to_play_ends_at_once() {
    let mut scene = Scene::new(&[Codec::Pcmu]);
    play(&mut scene, 9, &[]);
    assert_eq!(scene.ticks(0, 1), []);
    assert_eq!(scene.news(), [ended(9)]);
}

#[test]
fn music_goes_round_from_its_beginning() {
    let mut scene = Scene::new(&[Codec::Pcmu]);
    let music = clip(&scene.library, "one");
    scene.order(0, Order::Music(music));
    let sent = scene.ticks(0, 50);
    assert_eq!(sent.len(), 50);
    assert!(sent.iter().all(|sent| sent.payload == vec![Codec::Pcmu.encode(1_000); 160]));
    assert_eq!(sent.iter().filter(|sent| sent.stamp.marker).count(), 1);
    assert_eq!(scene.news(), []);
}

#[test]
fn a_play_waits_for_the_far_end_and_goes_on_unheard_on_hold() {
    let mut scene = Scene::new(&[Codec::Pcmu]);
    let held = Remote { addr: far(0), direction: Direction::RecvOnly, ..remote("192.0.2.1:1", Codec::Pcmu) };
    scene.order(0, Order::SendTo(held));
    play(&mut scene, 1, &["three"]);
    assert_eq!(scene.ticks(0, 5), []);
    assert_eq!(scene.news(), [ended(1)]);
}

#[test]
fn a_codec_changed_in_the_middle_is_spoken_at_once() {
    let mut scene = Scene::new(&[Codec::Pcmu]);
    play(&mut scene, 1, &["three"]);
    assert_eq!(content(&scene.tick(0).expect("a frame")), "Pcmu");
    scene.order(0, Order::SendTo(Remote { addr: far(0), ..remote("192.0.2.1:1", Codec::Pcma) }));
    let sent = scene.tick(0).expect("a frame");
    assert_eq!(content(&sent), "Pcma");
    assert_eq!(sent.payload, vec![Codec::Pcma.encode(3_000); 160]);
}

#[test]
fn dialled_digits_are_events_with_three_ends_between_which_audio_rests() {
    let mut scene = Scene::new(&[Codec::Pcmu]);
    play(&mut scene, 1, &["three"]);
    scene.ticks(0, 1);
    for key in ['5', '#'] {
        scene.order(0, Order::SendDigit(Digit::from_key(key).expect("a key")));
    }
    let sent = scene.ticks(0, 22);
    let said: Vec<String> = sent.iter().map(content).collect();
    let five = [vec!["5"; 5], vec!["5 end"; 3]].concat();
    let hash = [vec!["#"; 5], vec!["# end"; 3]].concat();
    assert_eq!(said, [five, hash, vec!["Pcmu"; 2]].concat());
    assert!(sent[..8].iter().all(|packet| packet.stamp.timestamp == sent[0].stamp.timestamp));
    assert!(sent[0].stamp.marker && !sent[1].stamp.marker && sent[8].stamp.marker && sent[16].stamp.marker);
    for pair in sent.windows(2) {
        assert_eq!(pair[1].stamp.sequence, pair[0].stamp.sequence.wrapping_add(1));
    }
    let durations: Vec<u8> = sent[..8].iter().map(|packet| packet.payload[3]).collect();
    let expected: Vec<u8> = [160_u16, 320, 480, 640, 800, 960, 960, 960].iter().map(|d| d.to_be_bytes()[1]).collect();
    assert_eq!(durations, expected);
}

#[test]
fn digits_nobody_takes_are_counted() {
    let mut scene = Scene::new(&[Codec::Pcmu]);
    let digit = Digit::from_event(1).expect("a key");
    (0..40).for_each(|_| scene.order(0, Order::SendDigit(digit)));
    assert_eq!(scene.streams[0].counters().read().digits_refused, 8);
    let deaf = Remote { telephone_event: None, addr: far(0), ..remote("192.0.2.1:1", Codec::Pcmu) };
    scene.order(0, Order::SendTo(deaf));
    scene.order(0, Order::SendDigit(digit));
    // Those that waited are gone with the agreement: nothing is sent with a payload type nobody knows.
    assert_eq!(scene.streams[0].counters().read().digits_refused, 8 + 32 + 1);
    assert_eq!(scene.ticks(0, 20), []);
}

#[test]
fn a_press_is_reported_once_and_repeats_are_not() {
    let mut scene = Scene::new(&[Codec::Pcmu]);
    for (n, payload) in [[5, 10, 0, 160], [5, 10, 1, 64], [5, 138, 1, 64], [5, 138, 1, 64]].iter().enumerate() {
        scene.receive(0, far(0), &datagram(EVENTS_AT, stamp(n as u16, 1_000), payload));
    }
    let digit = Digit::from_event(5).expect("a key");
    assert_eq!(scene.news(), [Fact::Digit { stream: id(0), digit }]);
}

#[test]
fn silence_is_reported_once_until_something_is_heard() {
    let mut scene = Scene::new(&[Codec::Pcmu]);
    let limit = Duration::from_secs(30);
    let watch = |scene: &mut Scene, seconds| {
        scene.wait(Duration::from_secs(seconds));
        let now = scene.now;
        scene.streams[0].watch(now, limit, &mut scene.facts);
        scene.news()
    };
    let silent = [Fact::Silent { stream: id(0) }];
    assert_eq!(watch(&mut scene, 29), []);
    assert_eq!(watch(&mut scene, 1), silent);
    assert_eq!(watch(&mut scene, 60), []);
    scene.receive(0, at("203.0.113.9:9"), &datagram(0, stamp(1, 1), &[0; 160]));
    assert_eq!(watch(&mut scene, 60), [], "a stranger's packet changes nothing");
    scene.hear(0, Codec::Pcmu, stamp(1, 1), &[0; 160]);
    assert_eq!(watch(&mut scene, 29), []);
    assert_eq!(watch(&mut scene, 1), silent);
}

#[test]
fn a_far_end_on_hold_may_be_silent() {
    let mut scene = Scene::new(&[Codec::Pcmu]);
    let held = Remote { direction: Direction::SendOnly, addr: far(0), ..remote("192.0.2.1:1", Codec::Pcmu) };
    scene.order(0, Order::SendTo(held));
    scene.wait(Duration::from_secs(600));
    let now = scene.now;
    scene.streams[0].watch(now, Duration::from_secs(30), &mut scene.facts);
    assert_eq!(scene.news(), []);
    // Taken off hold, it has the whole time again.
    scene.order(0, Order::SendTo(Remote { direction: Direction::SendRecv, ..held }));
    scene.streams[0].watch(now, Duration::from_secs(30), &mut scene.facts);
    assert_eq!(scene.news(), []);
}

#[test]
fn a_thief_hears_and_says_nothing() {
    let mut scene = Scene::new(&[Codec::Pcmu]);
    scene.hear(0, Codec::Pcmu, stamp(1, 160), &[0; 160]);
    assert_eq!(scene.take_facts(), [Fact::Latched { stream: id(0), addr: far(0) }]);
    let thief = at("203.0.113.66:6666");
    for n in 0..200 {
        scene.receive(0, thief, &datagram(EVENTS_AT, stamp(n, 5_000), &[9, 10, 0, 160]));
        scene.receive(0, thief, &datagram(0, stamp(n, 5_000), &[0; 160]));
        scene.wait(Duration::from_millis(5));
    }
    play(&mut scene, 1, &["one"]);
    assert_eq!(scene.tick(0).map(|sent| sent.to), Some(far(0)));
    assert_eq!(scene.news(), []);
    assert_eq!(scene.streams[0].counters().read().foreign, 400);
}

#[test]
fn rtcp_and_comfort_noise_settle_no_latch() {
    let mut scene = Scene::new(&[Codec::Pcmu]);
    let nat = at("198.51.100.7:31000");
    for n in 0..20 {
        scene.receive(0, nat, &datagram(72, stamp(n, 0), &[0; 24]));
        scene.receive(0, nat, &datagram(13, stamp(n, 0), &[40]));
    }
    assert_eq!(scene.take_facts(), []);
}

proptest! {
    /// Whatever arrives, from whomever: no panic, and no answer to anybody but the far end.
    #[test]
    fn garbage_harms_nothing(
        datagrams in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..64), 0_u8..3, any::<bool>()), 0..200),
    ) {
        let mut scene = Scene::new(&[Codec::Pcmu, Codec::Pcma]);
        scene.relay(0, 1);
        for (mut octets, from, looks_like_rtp) in datagrams {
            if let (true, [first, second, ..]) = (looks_like_rtp, octets.as_mut_slice()) {
                *first = 0x80 | (*first & 0x3f);
                *second = [0, 8, 101, 13][usize::from(*second) % 4];
            }
            let from = [far(0), at("198.51.100.7:31000"), at("203.0.113.66:6666")][usize::from(from)];
            if let Some(sent) = scene.receive(0, from, &octets) {
                prop_assert_eq!(sent.to, far(1));
            }
            scene.wait(Duration::from_millis(7));
        }
    }
}
