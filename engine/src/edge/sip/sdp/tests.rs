use super::*;
use proptest::prelude::*;

const HEAD: &str = "v=0\r\no=u 1 1 IN IP4 10.0.0.7\r\ns=-\r\nc=IN IP4 10.0.0.7\r\nt=0 0\r\n";

fn offer(tail: &str) -> Result<Offer, SdpFault> {
    read_offer(format!("{HEAD}{tail}").as_bytes())
}

fn local() -> LocalAudio {
    LocalAudio::new("192.0.2.1:16384".parse().unwrap(), 77)
}

fn text(body: Vec<u8>) -> String {
    String::from_utf8(body).unwrap()
}

#[test]
fn the_offerers_first_shared_codec_is_taken() {
    let it =
        offer("m=audio 4000 RTP/AVP 111 8 0 96\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:96 telephone-event/8000\r\n").unwrap();
    assert_eq!(it.audio.codec, Codec::Pcma);
    assert_eq!(it.audio.event_payload, Some(96));
    assert_eq!(it.audio.addr, "10.0.0.7:4000".parse().unwrap());
    assert_eq!(it.audio.direction, Direction::SendRecv);
}

#[test]
fn a_static_number_mapped_to_something_else_is_not_g711() {
    let it = offer("m=audio 4000 RTP/AVP 0\r\na=rtpmap:0 G726-32/8000\r\n");
    assert_eq!(it, Err(SdpFault::NothingInCommon));
}

#[test]
fn a_wideband_telephone_event_is_not_ours() {
    let it = offer("m=audio 4000 RTP/AVP 0 110\r\na=rtpmap:110 telephone-event/48000\r\n");
    assert_eq!(it.unwrap().audio.event_payload, None);
}

#[test]
fn every_other_media_line_is_refused_in_its_place() {
    let it = offer("m=video 5000 RTP/AVP 31\r\nm=audio 4000 RTP/AVP 0\r\nm=audio 4002 RTP/AVP 0\r\n");
    let said = text(local().answer(&it.unwrap()));
    let lines: Vec<&str> = said.lines().filter(|l| l.starts_with("m=")).collect();
    assert_eq!(lines, ["m=video 0 RTP/AVP 31", "m=audio 16384 RTP/AVP 0", "m=audio 0 RTP/AVP 0"]);
}

#[test]
fn nothing_in_common_is_said_so() {
    for tail in ["m=audio 4000 RTP/AVP 18\r\n", "m=audio 0 RTP/AVP 0\r\n", "m=audio 4000 RTP/SAVP 0\r\n", ""] {
        assert_eq!(offer(tail), Err(SdpFault::NothingInCommon), "{tail:?}");
    }
}

#[test]
fn hold_is_recognised_in_all_its_spellings() {
    let cases = [
        ("m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n", Direction::RecvOnly),
        ("m=audio 4000 RTP/AVP 0\r\na=inactive\r\n", Direction::Inactive),
        ("a=sendonly\r\nm=audio 4000 RTP/AVP 0\r\n", Direction::RecvOnly),
        ("m=audio 4000 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n", Direction::RecvOnly),
        ("a=inactive\r\nm=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n", Direction::SendRecv),
        ("m=audio 4000 RTP/AVP 0\r\na=recvonly\r\n", Direction::SendOnly),
    ];
    for (tail, ours) in cases {
        assert_eq!(offer(tail).unwrap().audio.direction, ours, "{tail:?}");
    }
}

#[test]
fn the_version_grows_only_with_what_is_said() {
    let mut local = local();
    let talk = offer("m=audio 4000 RTP/AVP 0\r\n").unwrap();
    let hold = offer("m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n").unwrap();
    assert!(text(local.answer(&talk)).contains("o=- 77 1 "));
    assert!(text(local.answer(&talk)).contains("o=- 77 1 "));
    assert!(text(local.answer(&hold)).contains("o=- 77 2 "));
    assert!(text(local.answer(&talk)).contains("o=- 77 3 "));
}

#[test]
fn ipv6_is_read_and_written() {
    let body = "v=0\r\no=u 1 1 IN IP6 2001:db8::7\r\ns=-\r\nc=IN IP6 2001:db8::7\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
    let it = read_offer(body.as_bytes()).unwrap();
    assert_eq!(it.audio.addr, "[2001:db8::7]:4000".parse().unwrap());
    let mut local = LocalAudio::new("[2001:db8::1]:16384".parse().unwrap(), 1);
    assert!(text(local.answer(&it)).contains("c=IN IP6 2001:db8::1\r\n"));
}

#[test]
fn our_own_offer_can_be_read() {
    let body = local().offer(Codec::Pcma, Direction::SendRecv);
    let audio = read_offer(&body).unwrap().audio;
    assert_eq!((audio.codec, audio.event_payload), (Codec::Pcma, Some(101)));
}

#[test]
fn a_host_name_or_a_missing_address_is_malformed() {
    let body = "v=0\r\no=u 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
    assert!(matches!(read_offer(body.as_bytes()), Err(SdpFault::Malformed(_))));
    let named = "v=0\r\no=u 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 pc.example\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
    assert!(matches!(read_offer(named.as_bytes()), Err(SdpFault::Malformed(_))));
}

proptest! {
    #[test]
    fn foreign_bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_offer(&body);
        let _ = read_answer(&body);
    }

    #[test]
    fn a_damaged_offer_never_panics(at in 0usize..200, with in any::<u8>()) {
        let mut body = format!("{HEAD}m=audio 4000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n").into_bytes();
        if let Some(byte) = body.get_mut(at) { *byte = with; }
        if let Ok(offer) = read_offer(&body) {
            let mut local = LocalAudio::new("192.0.2.1:16384".parse().unwrap(), 77);
            prop_assert!(read_offer(&local.answer(&offer)).is_ok());
        }
    }
}
