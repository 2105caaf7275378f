//! SIP by hand: for messages that no telephone would send, and for answers that sipp would not show.

use std::io::{Read, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

/// The session description of a telephone that speaks PCMU, at a port where nobody listens.
pub const SDP: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 27990 RTP/AVP 0 101\r\n\
                       a=rtpmap:101 telephone-event/8000\r\n";

/// A UDP socket that talks to one engine.
#[derive(Debug)]
pub struct Wire {
    socket: UdpSocket,
    engine: SocketAddr,
}

/// A request being put together.
#[derive(Clone, Debug)]
pub struct Request {
    method: String,
    user: String,
    from: String,
    call_id: String,
    branch: String,
    cseq: u32,
    to_tag: String,
    extra: String,
    body: String,
}

impl Wire {
    /// A socket on a port of 127.0.0.1 that talks to the engine on another.
    pub fn new(port: u16, engine: u16) -> Wire {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).expect("a free port");
        Wire { socket, engine: (Ipv4Addr::LOCALHOST, engine).into() }
    }

    /// Sends a datagram.
    pub fn send(&self, datagram: impl AsRef<[u8]>) {
        self.socket.send_to(datagram.as_ref(), self.engine).expect("a datagram leaves");
    }

    /// Sends a request.
    pub fn ask(&self, request: &Request) {
        self.send(request.text(self.port()));
    }

    /// The next message, if one comes within `limit`.
    pub fn receive(&self, limit: Duration) -> Option<String> {
        self.socket.set_read_timeout(Some(limit.max(Duration::from_millis(1)))).expect("a read timeout");
        let mut buffer = [0; 65_536];
        let (length, _) = self.socket.recv_from(&mut buffer).ok()?;
        Some(String::from_utf8_lossy(&buffer[..length]).into_owned())
    }

    /// The next final response to this request within `limit`.
    pub fn final_answer(&self, request: &Request, limit: Duration) -> Option<String> {
        self.answer_that(request, limit, |code| code >= 200)
    }

    /// The next response of any kind to this request within `limit`.
    pub fn answer(&self, request: &Request, limit: Duration) -> Option<String> {
        self.answer_that(request, limit, |_| true)
    }

    /// Asks and gives the final status code; panics when none comes within five seconds.
    pub fn code(&self, request: &Request) -> u16 {
        self.ask(request);
        let answer = self.final_answer(request, Duration::from_secs(5));
        code(&answer.unwrap_or_else(|| panic!("no final answer to {request:#?}")))
    }

    /// The socket's own port.
    pub fn port(&self) -> u16 {
        self.socket.local_addr().expect("an address").port()
    }

    fn answer_that(&self, request: &Request, limit: Duration, fits: impl Fn(u16) -> bool) -> Option<String> {
        let deadline = Instant::now() + limit;
        while let Some(left) = deadline.checked_duration_since(Instant::now()) {
            let message = self.receive(left)?;
            let ours = message.starts_with("SIP/2.0 ") && header(&message, "Call-ID") == Some(&request.call_id);
            if ours && header(&message, "CSeq").is_some_and(|c| c.ends_with(&request.method)) && fits(code(&message)) {
                return Some(message);
            }
        }
        None
    }
}

impl Request {
    /// A request to `user`, the first of a dialog, with a Call-ID and branch made from `name`.
    pub fn new(method: &str, user: &str, name: &str) -> Request {
        Request {
            method: method.to_owned(),
            user: user.to_owned(),
            from: "<sip:+6598765432@127.0.0.1>;tag=wire".to_owned(),
            call_id: format!("{name}@wire"),
            branch: format!("z9hG4bK-{name}-{method}"),
            cseq: 1,
            to_tag: String::new(),
            extra: String::new(),
            body: String::new(),
        }
    }

    /// An INVITE with the usual session description.
    pub fn invite(user: &str, name: &str) -> Request {
        Request::new("INVITE", user, name).body("application/sdp", SDP)
    }

    /// Another request of the same dialog: its To-tag and route as the answer says.
    pub fn next(&self, method: &str, answer: &str, cseq: u32) -> Request {
        let to_tag = header(answer, "To").and_then(|to| to.split_once(";tag=")).map_or("", |(_, tag)| tag).to_owned();
        let branch = if method == "ACK" && code(answer) >= 300 || method == "CANCEL" {
            self.branch.clone()
        } else {
            format!("{}-{method}-{cseq}", self.branch)
        };
        let method = method.to_owned();
        Request { method, branch, cseq, to_tag, extra: String::new(), body: String::new(), ..self.clone() }
    }

    /// Adds a header line.
    pub fn header(mut self, line: &str) -> Request {
        self.extra.push_str(line);
        self.extra.push_str("\r\n");
        self
    }

    /// Sets the body and its type.
    pub fn body(mut self, kind: &str, body: &str) -> Request {
        self.body = body.to_owned();
        self.header(&format!("Content-Type: {kind}"))
    }

    /// Sets From.
    pub fn from(mut self, from: &str) -> Request {
        self.from = from.to_owned();
        self
    }

    /// The message, as sent from `port`.
    pub fn text(&self, port: u16) -> String {
        let Request { method, user, from, call_id, branch, cseq, extra, body, .. } = self;
        let tag = if self.to_tag.is_empty() { String::new() } else { format!(";tag={}", self.to_tag) };
        let max_forwards = if extra.contains("Max-Forwards") { "" } else { "Max-Forwards: 70\r\n" };
        format!(
            "{method} sip:{user}@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch={branch};rport\r\n{max_forwards}\
             From: {from}\r\nTo: <sip:{user}@127.0.0.1>{tag}\r\nCall-ID: {call_id}\r\nCSeq: {cseq} {method}\r\n\
             Contact: <sip:wire@127.0.0.1:{port}>\r\n{extra}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }
}

/// The value of the first header of this name.
pub fn header<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    message.lines().take_while(|line| !line.is_empty()).find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// The status code of a response; 0 if it is none.
pub fn code(message: &str) -> u16 {
    message.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0)
}

/// Sends pieces over one TCP connection with a pause after each, and returns what came back within `limit`.
pub fn over_tcp(port: u16, pieces: &[&[u8]], limit: Duration) -> String {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("a connection");
    for piece in pieces {
        if stream.write_all(piece).is_err() {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    read_for(&mut stream, limit)
}

fn read_for(stream: &mut TcpStream, limit: Duration) -> String {
    let deadline = Instant::now() + limit;
    let mut received = Vec::new();
    let mut chunk = [0; 4096];
    while let Some(left) = deadline.checked_duration_since(Instant::now()) {
        stream.set_read_timeout(Some(left.max(Duration::from_millis(1)))).expect("a read timeout");
        match stream.read(&mut chunk) {
            Ok(count @ 1..) => received.extend_from_slice(&chunk[..count]),
            Ok(0) | Err(_) => break,
        }
    }
    String::from_utf8_lossy(&received).into_owned()
}
