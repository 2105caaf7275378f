//! REGISTER, with an answer to the server's challenge (RFC 3261, 10.2 and 22; RFC 8760).

use super::fault::PhoneFault;
use super::line::Line;
use digest_auth::{AuthContext, HttpMethod};
use rsipstack::sip::{Header, Request, Response, SipMessage, Transport};
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transaction::random_text;
use rsipstack::transaction::transaction::Transaction;
use rsipstack::transport::SipAddr;
use std::net::SocketAddr;
use std::time::Duration;

/// What stays the same from one try to the next.
struct Wish<'a> {
    line: &'a Line,
    server: SocketAddr,
    user: &'a str,
    lasting: Duration,
    call_id: String,
    tag: String,
}

pub(super) async fn register(
    line: &Line,
    server: SocketAddr,
    user: &str,
    password: &str,
    lasting: Duration,
) -> Result<(), PhoneFault> {
    let wish = Wish { line, server, user, lasting, call_id: random_text(16), tag: random_text(8) };
    let first = wish.ask(1, None).await?;
    let last = match first.status_code.code() {
        401 | 407 => wish.ask(2, Some(wish.authorization(&first, password)?)).await?,
        _ => first,
    };
    match last.status_code.code() {
        200..300 => Ok(()),
        401 | 403 | 407 => Err(PhoneFault::NotLetIn { user: user.into() }),
        code => Err(PhoneFault::Refused { code }),
    }
}

impl Wish<'_> {
    fn uri(&self) -> String {
        format!("sip:{}", self.server)
    }

    /// The header that answers a challenge: the first one whose algorithm is known.
    fn authorization(&self, challenge: &Response, password: &str) -> Result<(&'static str, String), PhoneFault> {
        let uri = self.uri();
        let context = AuthContext::new_with_method(self.user, password, &uri, None::<&[u8]>, HttpMethod::from("REGISTER"));
        let answer = challenge.headers.iter().filter_map(challenge_of).find_map(|(name, text)| {
            let answer = digest_auth::parse(&text).ok()?.respond(&context).ok()?;
            Some((name, answer.to_header_string()))
        });
        answer.ok_or_else(|| PhoneFault::NotLetIn { user: self.user.into() })
    }

    async fn ask(&self, number: u32, authorization: Option<(&str, String)>) -> Result<Response, PhoneFault> {
        let request = self.request(number, authorization)?;
        let key = TransactionKey::from_request(&request, TransactionRole::Client)?;
        let mut transaction = Transaction::new_client(key, request, self.line.endpoint.clone(), None);
        transaction.destination = Some(SipAddr::new(Transport::Udp, self.server.into()));
        transaction.send().await?;
        while let Some(message) = transaction.receive().await {
            if let SipMessage::Response(response) = message
                && response.status_code.code() >= 200
            {
                return Ok(response);
            }
        }
        Err(PhoneFault::NoAnswer)
    }

    fn request(&self, number: u32, authorization: Option<(&str, String)>) -> Result<Request, PhoneFault> {
        let Wish { line, server, user, lasting, call_id, tag } = self;
        let (here, branch, seconds) = (line.here, random_text(16), lasting.as_secs());
        let authorization = authorization.map(|(name, value)| format!("{name}: {value}\r\n")).unwrap_or_default();
        let text = format!(
            "REGISTER {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {here};rport;branch=z9hG4bK{branch}\r\nMax-Forwards: 70\r\n\
             From: <sip:{user}@{server}>;tag={tag}\r\nTo: <sip:{user}@{server}>\r\nCall-ID: {call_id}\r\n\
             CSeq: {number} REGISTER\r\nContact: <sip:{user}@{here}>\r\nExpires: {seconds}\r\n{authorization}\
             Content-Length: 0\r\n\r\n",
            uri = self.uri(),
        );
        Ok(Request::try_from(text.as_str())?)
    }
}

fn challenge_of(header: &Header) -> Option<(&'static str, String)> {
    if let Header::WwwAuthenticate(challenge) = header {
        return Some(("Authorization", challenge.value().into()));
    }
    if let Header::ProxyAuthenticate(challenge) = header {
        return Some(("Proxy-Authorization", challenge.value().into()));
    }
    None
}
