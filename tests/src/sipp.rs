//! sipp: thousands of telephones in one program, here mostly one at a time.

use std::fs;
use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::Duration;

use crate::child::Child;
use crate::room::Room;
use crate::scenario::Scenario;

/// How sipp is to be started. It plays its scenario once unless told otherwise.
#[derive(Debug)]
pub struct Sipp {
    name: String,
    ip: IpAddr,
    port: u16,
    rtp: u16,
    target: Option<(u16, String)>,
    calls: u32,
    rate: u32,
    together: u32,
    tcp: bool,
    echo: bool,
    traced: bool,
    seconds_max: u32,
}

impl Sipp {
    /// A telephone called `name` (for its files) on a SIP port and a media port of 127.0.0.1.
    pub fn new(name: &str, port: u16, rtp: u16) -> Sipp {
        Sipp {
            name: name.to_owned(),
            ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port,
            rtp,
            target: None,
            calls: 1,
            rate: 1,
            together: 1,
            tcp: false,
            echo: false,
            traced: true,
            seconds_max: 60,
        }
    }

    /// Calls `user` at the engine (or proxy) on `port` of the same address.
    pub fn calls(mut self, port: u16, user: &str) -> Sipp {
        self.target = Some((port, user.to_owned()));
        self
    }

    /// Lives on another address than 127.0.0.1.
    pub fn on(mut self, ip: IpAddr) -> Sipp {
        self.ip = ip;
        self
    }

    /// Speaks TCP, one connection for all calls.
    pub fn tcp(mut self) -> Sipp {
        self.tcp = true;
        self
    }

    /// Sends back all the audio it hears.
    pub fn echoing(mut self) -> Sipp {
        self.echo = true;
        self
    }

    /// Plays the scenario `calls` times, `rate` new ones a second, at most `together` at once.
    pub fn times(mut self, calls: u32, rate: u32, together: u32) -> Sipp {
        (self.calls, self.rate, self.together) = (calls, rate, together);
        self
    }

    /// Writes no message down: there will be none to look at, but many more can be sent.
    pub fn untraced(mut self) -> Sipp {
        self.traced = false;
        self
    }

    /// Gives up after this many seconds in place of 60.
    pub fn at_most(mut self, seconds: u32) -> Sipp {
        self.seconds_max = seconds;
        self
    }

    /// Starts sipp with the scenario.
    pub fn start(self, room: &Room, scenario: &Scenario) -> Running {
        let directory = format!("{}.d", self.name);
        let xml = room.write(&format!("{directory}/scenario.xml"), scenario.xml());
        for (name, capture) in scenario.captures() {
            room.write(&format!("{directory}/{name}"), capture);
        }
        let messages = room.file(&format!("{}-messages.log", self.name));
        let errors = room.file(&format!("{}-errors.log", self.name));
        let mut args = self.arguments();
        for (flag, path) in [("-sf", &xml), ("-message_file", &messages), ("-error_file", &errors)] {
            args.extend([flag.to_owned(), path.display().to_string()]);
        }
        let limit = Duration::from_secs(u64::from(self.seconds_max) + 5);
        let directory = room.file(&directory);
        let child = Child::start_in(&directory, "sipp", &args, room.file(&format!("{}.log", self.name)));
        Running { child, name: self.name, messages, errors, limit }
    }

    fn arguments(&self) -> Vec<String> {
        let mut args: Vec<String> = Vec::new();
        if let Some((port, user)) = &self.target {
            let host = match self.ip {
                IpAddr::V4(ip) => format!("{ip}:{port}"),
                IpAddr::V6(ip) => format!("[{ip}]:{port}"),
            };
            args.extend([host, "-s".to_owned(), user.clone()]);
        }
        let ip = self.ip.to_string();
        let transport = if self.tcp { "t1" } else { "u1" };
        for (flag, value) in [
            ("-i", ip.as_str()),
            ("-mi", ip.as_str()),
            ("-p", &self.port.to_string()),
            ("-mp", &self.rtp.to_string()),
            ("-m", &self.calls.to_string()),
            ("-r", &self.rate.to_string()),
            ("-l", &self.together.to_string()),
            ("-t", transport),
            ("-timeout", &format!("{}s", self.seconds_max)),
        ] {
            args.extend([flag.to_owned(), value.to_owned()]);
        }
        args.extend(["-timeout_error", "-nostdin", "-trace_err"].map(str::to_owned));
        if self.traced {
            args.push("-trace_msg".to_owned());
        }
        if self.echo {
            args.push("-rtp_echo".to_owned());
        }
        args
    }
}

/// A sipp at work.
#[derive(Debug)]
pub struct Running {
    child: Child,
    name: String,
    messages: PathBuf,
    errors: PathBuf,
    limit: Duration,
}

impl Running {
    /// Waits until the scenario is over and panics, with sipp's own words, unless every call went as it says.
    pub fn succeeds(mut self) -> Vec<Message> {
        let status = self.child.wait(self.limit);
        assert!(status.success(), "sipp {:?} failed with {status}:\n{}", self.name, self.failure());
        self.messages()
    }

    /// The telephone is unplugged: killed with no further message.
    pub fn unplug(mut self) {
        self.child.kill();
    }

    /// Whether the scenario is still being played.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().is_none()
    }

    /// All messages so far.
    pub fn messages(&self) -> Vec<Message> {
        parse(&String::from_utf8_lossy(&fs::read(&self.messages).unwrap_or_default()))
    }

    /// Whether a message whose first line starts so has come in.
    pub fn has_received(&self, start: &str) -> bool {
        self.messages().iter().any(|m| m.received && m.text.starts_with(start))
    }

    fn failure(&self) -> String {
        let errors = fs::read_to_string(&self.errors).unwrap_or_default();
        let lines: Vec<String> = self.messages().iter().map(Message::summary).collect();
        format!("{errors}\nmessages:\n{}", lines.join("\n"))
    }
}

/// A SIP message that sipp sent or received.
#[derive(Clone, Debug)]
pub struct Message {
    /// Came in, rather than went out.
    pub received: bool,
    /// When, in seconds since midnight.
    pub at_s: f64,
    /// The whole message.
    pub text: String,
}

impl Message {
    /// The value of the first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.text.lines().take_while(|line| !line.is_empty()).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The user in From: who calls.
    pub fn caller(&self) -> String {
        let from = self.header("From").and_then(|from| from.split_once("sip:")?.1.split('@').next());
        from.unwrap_or_default().to_owned()
    }

    /// The first line.
    pub fn first_line(&self) -> &str {
        self.text.lines().next().unwrap_or_default()
    }

    /// What follows the headers.
    pub fn body(&self) -> &str {
        self.text.split_once("\n\n").map_or("", |(_, body)| body)
    }

    fn summary(&self) -> String {
        let way = if self.received { "<-" } else { "->" };
        format!("{:.3} {way} {} ({})", self.at_s, self.first_line(), self.header("CSeq").unwrap_or("no CSeq"))
    }
}

/// The first message received whose first line starts so; panics when there is none.
pub fn received<'a>(messages: &'a [Message], start: &str) -> &'a Message {
    messages.iter().find(|m| m.received && m.text.starts_with(start)).unwrap_or_else(|| {
        panic!("no {start:?} came; messages: {:#?}", messages.iter().map(Message::summary).collect::<Vec<_>>())
    })
}

fn parse(trace: &str) -> Vec<Message> {
    trace.replace('\r', "").split("----------------------------------------------- ").filter_map(parse_one).collect()
}

/// `DATE TIME\n`, `UDP message sent (502 bytes):` or `... received [350] bytes :`, a blank line, the message.
fn parse_one(entry: &str) -> Option<Message> {
    let (stamp, rest) = entry.split_once('\n')?;
    let (what, text) = rest.split_once("\n\n")?;
    let received = what.contains("received");
    let known = received || what.contains("sent");
    known.then(|| Message { received, at_s: seconds(stamp), text: text.to_owned() })
}

fn seconds(stamp: &str) -> f64 {
    let time = stamp.split_whitespace().nth(1).unwrap_or_default();
    time.split(':').fold(0.0, |sum, part| sum * 60.0 + part.parse::<f64>().unwrap_or(0.0))
}
