//! A telephone: one socket, and messages as text.

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(10);

/// An offer of PCMU and PCMA.
pub(super) const OFFER: &str = "v=0\r\no=t 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
    m=audio 15490 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n";

/// One telephone.
pub(super) struct Phone {
    socket: UdpSocket,
    desk: SocketAddr,
    cseq: u32,
    call_id: String,
    /// Its own tag.
    pub(super) tag: String,
}

/// A message, as it came.
#[derive(Debug, Clone)]
pub(super) struct Message(pub(super) String);

impl Message {
    /// The status of a response, or the method of a request.
    pub(super) fn what(&self) -> &str {
        let mut words = self.0.split(' ');
        let first = words.next().unwrap();
        if first == "SIP/2.0" { words.next().unwrap() } else { first }
    }

    /// A header's value.
    pub(super) fn header(&self, name: &str) -> &str {
        self.find(name).unwrap_or_else(|| panic!("no {name} in\n{}", self.0))
    }

    /// A header's value, if it is there.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        let start = format!("{name}: ");
        self.0.lines().find_map(|line| line.strip_prefix(&start))
    }

    /// All values of a header.
    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        let start = format!("{name}: ");
        self.0.lines().filter_map(|line| line.strip_prefix(&start)).collect()
    }

    /// The tag of a header.
    pub(super) fn tag(&self, name: &str) -> &str {
        self.header(name).split(";tag=").nth(1).unwrap_or_default()
    }

    /// What comes after the headers.
    pub(super) fn body(&self) -> &str {
        self.0.split("\r\n\r\n").nth(1).unwrap_or_default()
    }

    /// The address in Contact.
    pub(super) fn contact(&self) -> &str {
        self.header("Contact").split('<').nth(1).unwrap().split('>').next().unwrap()
    }
}

impl Phone {
    /// A telephone on `ip` that talks with the desk at `desk`.
    pub(super) fn on(ip: &str, desk: SocketAddr) -> Phone {
        let socket = UdpSocket::bind(format!("{ip}:0")).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let call_id = format!("{:016x}", rand::random::<u64>());
        Phone { socket, desk, cseq: 0, call_id, tag: "phone".into() }
    }

    /// The same telephone, for another desk.
    pub(super) fn towards(self, desk: SocketAddr) -> Phone {
        Phone { desk, ..self }
    }

    /// A telephone behind the trunk.
    pub(super) fn caller(desk: SocketAddr) -> Phone {
        Phone::on("127.0.0.1", desk)
    }

    /// Its address.
    pub(super) fn addr(&self) -> SocketAddr {
        self.socket.local_addr().unwrap()
    }

    /// The headers every request of it has, for `to` (with a tag inside a dialog), CRLF after each.
    pub(super) fn headers(&self, method: &str, cseq: u32, to: &str) -> String {
        let (addr, tag, call_id) = (self.addr(), &self.tag, &self.call_id);
        format!(
            "Via: SIP/2.0/UDP {addr};branch=z9hG4bK{call_id}{method}{cseq};rport\r\nMax-Forwards: 70\r\n\
             From: <sip:91234567@t>;tag={tag}\r\nTo: {to}\r\nCall-ID: {call_id}\r\nCSeq: {cseq} {method}\r\n\
             Contact: <sip:phone@{addr}>\r\n"
        )
    }

    /// Sends a request; `more` headers end with CRLF each.
    pub(super) fn request(&mut self, method: &str, uri: &str, to: &str, more: &str, body: &str) {
        self.cseq += 1;
        self.request_as(self.cseq, method, uri, to, more, body);
    }

    /// Sends a request with a number of its own.
    pub(super) fn request_as(&self, cseq: u32, method: &str, uri: &str, to: &str, more: &str, body: &str) {
        let headers = self.headers(method, cseq, to);
        let kind = if body.starts_with("v=0") { "Content-Type: application/sdp\r\n" } else { "" };
        let length = body.len();
        self.send(&format!("{method} {uri} SIP/2.0\r\n{headers}{more}{kind}Content-Length: {length}\r\n\r\n{body}"));
    }

    /// Calls the taxi line.
    pub(super) fn invite(&mut self, more: &str, body: &str) {
        let uri = format!("sip:taxi@{}", self.desk);
        self.request("INVITE", &uri, &format!("<{uri}>"), more, body);
    }

    /// Sends a request inside the dialog that `ok` made.
    pub(super) fn within(&mut self, ok: &Message, method: &str, more: &str, body: &str) {
        let (uri, to) = (ok.contact().to_owned(), ok.header("To").to_owned());
        self.request(method, &uri, &to, more, body);
    }

    /// Acknowledges `ok`.
    pub(super) fn ack(&self, ok: &Message, body: &str) {
        let cseq = ok.header("CSeq").split(' ').next().unwrap().parse().unwrap();
        self.request_as(cseq, "ACK", ok.contact(), ok.header("To"), "", body);
    }

    /// Calls, is answered, acknowledges: the 200.
    pub(super) fn call(&mut self) -> Message {
        self.invite("", OFFER);
        let ok = self.expect("200");
        self.ack(&ok, "");
        ok
    }

    /// Whether a call is answered soon; the network, or an edge with its hands full, may have lost it.
    pub(super) fn finds_an_answer(mut self) -> bool {
        self.socket.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        self.invite("", OFFER);
        std::iter::from_fn(|| self.next()).any(|message| message.what() == "200")
    }

    /// Calls and presses 2, so that an agent is rung.
    pub(super) fn call_for_agent(&mut self) -> Message {
        let ok = self.call();
        self.within(&ok, "INFO", "Content-Type: application/dtmf\r\n", "2");
        self.expect("200");
        ok
    }

    /// Answers a request; `more` headers end with CRLF each.
    pub(super) fn answer(&self, request: &Message, status: &str, tag: &str, more: &str, body: &str) {
        let copied: String = request
            .0
            .lines()
            .take_while(|line| !line.is_empty())
            .filter(|line| ["Via: ", "From: ", "Call-ID: ", "CSeq: ", "Record-Route: "].iter().any(|name| line.starts_with(name)))
            .map(|line| format!("{line}\r\n"))
            .collect();
        let to = request.header("To");
        let to = if to.contains(";tag=") || tag.is_empty() { to.to_owned() } else { format!("{to};tag={tag}") };
        let (addr, length) = (self.addr(), body.len());
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        self.send(&format!(
            "SIP/2.0 {status}\r\n{copied}To: {to}\r\nContact: <sip:phone@{addr}>\r\n{more}{kind}Content-Length: {length}\r\n\r\n{body}"
        ));
    }

    /// Sends text as it is.
    pub(super) fn send(&self, text: &str) {
        self.socket.send_to(text.as_bytes(), self.desk).unwrap();
    }

    /// Sends bytes as they are.
    pub(super) fn send_bytes(&self, bytes: &[u8]) {
        self.socket.send_to(bytes, self.desk).unwrap();
    }

    /// The next message with this status or method; others before it are passed over.
    pub(super) fn expect(&self, what: &str) -> Message {
        let mut seen = Vec::new();
        loop {
            let Some(message) = self.next() else { panic!("no {what} came, only {seen:?}") };
            if message.what() == what {
                return message;
            }
            seen.push(message.what().to_owned());
        }
    }

    /// The next message of any kind.
    pub(super) fn next(&self) -> Option<Message> {
        let mut buf = [0; 65_535];
        let (len, _) = self.socket.recv_from(&mut buf).ok()?;
        Some(Message(String::from_utf8_lossy(&buf[..len]).into_owned()))
    }

    /// Another call of the same telephone.
    pub(super) fn hang_up_memory(&mut self) {
        self.call_id = format!("{:016x}", rand::random::<u64>());
        self.cseq = 0;
    }
}
