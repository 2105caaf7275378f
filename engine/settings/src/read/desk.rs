//! `[desk]`, `[media]`, `[http]` and `[journal]`: what there is one of.

use super::section::Section;
use super::value::Value;
use crate::{Http, Journal, Media};
use cabrank_core::{Limits, Span, Text};
use jiff::tz::TimeZone;
use phonenumber::country::Id;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;
use url::Url;

const CALLS_MAX: RangeInclusive<u32> = 1..=1_000_000;
const DRAIN: RangeInclusive<Span> = Span(0)..=Span::secs(24 * 3600);
const SILENCE: RangeInclusive<Span> = Span::secs(1)..=Span::secs(3600);
const SEGMENT_KB: RangeInclusive<u32> = 64..=512 << 10;
const KEEP_DAYS: RangeInclusive<u32> = 0..=36_500;
const DAY: Duration = Duration::from_secs(24 * 3600);
const PORTS: RangeInclusive<u16> = 16384..=32767;

/// What `[desk]` says.
pub(super) struct Desk {
    pub(super) name: Text,
    pub(super) region: Id,
    pub(super) timezone: TimeZone,
    pub(super) language: Text,
    pub(super) limits: Limits,
    pub(super) drain: Duration,
}

pub(super) fn read(root: &Section<'_>) -> Desk {
    let section = root.section("desk");
    let desk = Desk {
        name: section.name(),
        region: section.need("region", "\"SG\"").and_then(|value| region(&value)).unwrap_or(Id::SG),
        timezone: section.need("timezone", "\"Asia/Singapore\"").and_then(|value| timezone(&value)).unwrap_or(TimeZone::UTC),
        language: section.find("language").and_then(|value| value.name()).unwrap_or_else(|| "en".into()),
        limits: Limits { calls_max: section.count("calls_max", CALLS_MAX, 10_000) },
        drain: section.duration("drain", DRAIN, Span::secs(300)),
    };
    section.close();
    desk
}

pub(super) fn read_media(root: &Section<'_>) -> Media {
    let section = root.section("media");
    let media = Media {
        ports: section.find("ports").and_then(|value| ports(&value)).unwrap_or(PORTS),
        silence_max: section.duration("silence_max", SILENCE, Span::secs(30)),
    };
    section.close();
    media
}

pub(super) fn read_http(root: &Section<'_>) -> Http {
    let section = root.section("http");
    let right = "an address with its port, such as \"127.0.0.1:8080\"";
    let listen = section
        .find("listen")
        .and_then(|value| value.read(right, |text| text.parse::<SocketAddr>().map_err(|_| "is no address with its port")));
    let right = "scheme and host as browsers use them, such as \"https://desk.example\"";
    let url = section.find("url").and_then(|value| value.read(right, public_url));
    section.close();
    Http { listen: listen.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 8080))), url }
}

/// Ninety days are kept unless said otherwise: longer than the questions of a bill or of a complaint take to come, and a disk does
/// not fill up in silence. Records of calls are not in the journal: see `[records]`.
pub(super) fn read_journal(root: &Section<'_>) -> Journal {
    let section = root.section("journal");
    let journal = Journal {
        segment_bytes_max: u64::from(section.count("segment_kb", SEGMENT_KB, 16 << 10)) << 10,
        keep: Some(section.count("keep_days", KEEP_DAYS, 90)).filter(|days| *days > 0).map(|days| DAY * days),
    };
    section.close();
    journal
}

fn public_url(text: &str) -> Result<Text, &'static str> {
    let url = Url::parse(text).map_err(|_| "is no URL")?;
    if !["http", "https"].contains(&url.scheme()) || !url.has_host() {
        return Err("is no http: or https: URL");
    }
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if bare { Ok(url.as_str().trim_end_matches('/').into()) } else { Err("says more than scheme, host and port") }
}

fn region(value: &Value<'_>) -> Option<Id> {
    value.read("the two capital letters of a country, such as \"SG\"", |text| text.parse::<Id>().map_err(|_| "is no region"))
}

fn timezone(value: &Value<'_>) -> Option<TimeZone> {
    value.read("a name from the IANA database, such as \"Asia/Singapore\"", |text| {
        TimeZone::get(text).map_err(|_| "is no timezone")
    })
}

fn ports(value: &Value<'_>) -> Option<RangeInclusive<u16>> {
    value.read("from 1024 to 65535, first and last, such as \"16384-32767\"", |text| {
        let (first, last) = text.split_once('-').ok_or("is no range of ports")?;
        let port = |text: &str| text.trim().parse::<u16>().ok().filter(|port| *port >= 1024).ok_or("is no range of ports");
        let (first, last) = (port(first)?, port(last)?);
        if last > first { Ok(first..=last) } else { Err("has no room between first and last") }
    })
}
