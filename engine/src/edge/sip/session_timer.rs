//! Session timers (RFC 4028): a call whose other end has vanished is noticed without its BYE.

use rsipstack::sip::{Header, Headers, HeadersExt};

/// The shortest interval we accept, in seconds (RFC 4028 4 forbids less than 90).
pub(super) const MIN_SE_S: u32 = 90;
/// The interval we ask for, in seconds (RFC 4028 recommends 1800).
pub(super) const OUR_INTERVAL_S: u32 = 1800;

/// Who must refresh the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refresher {
    /// This desk.
    Us,
    /// The telephone or trunk.
    Them,
}

/// A session interval both ends agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SessionTimer {
    /// Seconds within which a refresh must come.
    pub interval_s: u32,
    /// Who sends it.
    pub refresher: Refresher,
}

impl SessionTimer {
    /// Milliseconds until we must act: refresh at half the interval, or give the other side up
    /// shortly before the interval ends (RFC 4028 10).
    #[must_use]
    pub(super) fn due_ms(&self) -> u64 {
        let interval_s = u64::from(self.interval_s);
        match self.refresher {
            Refresher::Us => interval_s * 500,
            Refresher::Them => (interval_s - (interval_s / 3).min(32)) * 1000,
        }
    }

    /// The headers that state the agreement in a 2xx we send.
    #[must_use]
    pub(super) fn answer_headers(&self) -> Vec<Header> {
        let who = match self.refresher {
            Refresher::Us => "uas",
            Refresher::Them => "uac",
        };
        let mut it = vec![Header::SessionExpires(format!("{};refresher={who}", self.interval_s).into())];
        if self.refresher == Refresher::Them {
            // RFC 4028 9: only a peer that knows timers may be told to refresh.
            it.push(Header::Require("timer".into()));
        }
        it
    }

    /// The headers that ask for the same agreement in a request we send.
    #[must_use]
    pub(super) fn request_headers(&self) -> Vec<Header> {
        let who = match self.refresher {
            Refresher::Us => "uac",
            Refresher::Them => "uas",
        };
        vec![
            Header::SessionExpires(format!("{};refresher={who}", self.interval_s).into()),
            Header::MinSE(MIN_SE_S.to_string().into()),
        ]
    }
}

/// What a request asks of the session timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Nothing.
    Nothing,
    /// An interval we can keep.
    Agreed(SessionTimer),
    /// An interval below [`MIN_SE_S`]: 422 with Min-SE (RFC 4028 9).
    TooSmall,
    /// The header cannot be read: 400.
    Malformed,
}

/// Reads what an INVITE or UPDATE asks of us as its server.
#[must_use]
pub(super) fn asked(request: &impl HeadersExt) -> Asked {
    let Some(header) = request.session_expires_header() else { return Asked::Nothing };
    let Some((interval_s, refresher)) = read(header.value()) else { return Asked::Malformed };
    let knows_timers = request.header_contains_token("Supported", "timer") || request.header_contains_token("Require", "timer");
    if interval_s < MIN_SE_S {
        // A proxy's wish on behalf of a phone that knows no timers may not be refused with 422.
        return if knows_timers { Asked::TooSmall } else { Asked::Nothing };
    }
    let refresher = match refresher.as_deref() {
        Some("uas") => Refresher::Us,
        Some(_) | None if knows_timers => Refresher::Them,
        Some(_) | None => Refresher::Us,
    };
    Asked::Agreed(SessionTimer { interval_s, refresher })
}

/// Reads what the 2xx to our own INVITE or UPDATE agreed to.
#[must_use]
pub(super) fn agreed(answer: &impl HeadersExt) -> Option<SessionTimer> {
    let (interval_s, refresher) = read(answer.session_expires_header()?.value())?;
    let refresher = match refresher.as_deref() {
        Some("uas") => Refresher::Them,
        Some(_) | None => Refresher::Us,
    };
    Some(SessionTimer { interval_s: interval_s.max(MIN_SE_S), refresher })
}

/// The interval a 422 demands, in seconds.
#[must_use]
pub(super) fn demanded_s(answer: &Headers) -> Option<u32> {
    let value = answer.iter().find_map(|header| {
        let Header::MinSE(value) = header else { return None };
        Some(value.value())
    })?;
    read(value).map(|(interval_s, _)| interval_s)
}

fn read(value: &str) -> Option<(u32, Option<String>)> {
    let mut parts = value.split(';').map(str::trim);
    let interval_s = parts.next()?.parse().ok()?;
    let refresher = parts.find_map(|part| {
        let (name, who) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("refresher").then(|| who.trim().to_ascii_lowercase())
    });
    Some((interval_s, refresher))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rsipstack::sip::Request;

    fn request(headers: &str) -> Request {
        let text = format!(
            "UPDATE sip:d@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\n\
             From: <sip:a@a>;tag=1\r\nTo: <sip:b@b>;tag=2\r\nCall-ID: c\r\nCSeq: 1 UPDATE\r\n{headers}\r\n"
        );
        Request::try_from(text.as_str()).unwrap()
    }

    fn agreed_with(interval_s: u32, refresher: Refresher) -> Asked {
        Asked::Agreed(SessionTimer { interval_s, refresher })
    }

    #[test]
    fn the_refresher_follows_rfc_4028_table_2() {
        let cases = [
            ("", Asked::Nothing),
            ("Session-Expires: 1800\r\nSupported: timer\r\n", agreed_with(1800, Refresher::Them)),
            ("x: 120;refresher=uas\r\nk: 100rel, timer\r\n", agreed_with(120, Refresher::Us)),
            ("Session-Expires: 120;refresher=uac\r\nSupported: timer\r\n", agreed_with(120, Refresher::Them)),
            ("Session-Expires: 120\r\n", agreed_with(120, Refresher::Us)),
            ("Session-Expires: 30\r\nSupported: timer\r\n", Asked::TooSmall),
            ("Session-Expires: 30\r\n", Asked::Nothing),
            ("Session-Expires: soon\r\nSupported: timer\r\n", Asked::Malformed),
        ];
        for (headers, want) in cases {
            assert_eq!(asked(&request(headers)), want, "{headers:?}");
        }
    }

    #[test]
    fn we_act_at_half_time_or_before_the_end() {
        let due_ms = |interval_s, refresher| SessionTimer { interval_s, refresher }.due_ms();
        assert_eq!(due_ms(90, Refresher::Us), 45_000);
        assert_eq!(due_ms(90, Refresher::Them), 60_000);
        assert_eq!(due_ms(1800, Refresher::Them), 1_768_000);
    }
}
