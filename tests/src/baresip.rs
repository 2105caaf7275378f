//! baresip: a softphone with real audio, played from and recorded to WAV files, steered through its control port.

use std::fs;
use std::io::{Read, Write as _};
use std::net::{IpAddr, Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::child::Child;
use crate::room::Room;
use crate::sound::{self, Samples};
use crate::wait::until;

const PATIENCE: Duration = Duration::from_secs(15);
const SPEECH_S: usize = 180;

/// How a softphone is set up.
#[derive(Debug)]
pub struct Setup {
    name: String,
    ip: IpAddr,
    sip: u16,
    rtp: u16,
    control: u16,
    account: String,
    codecs: String,
    answers: bool,
}

impl Setup {
    /// A softphone `name` with its SIP, media and control ports on 127.0.0.1, not registered anywhere.
    pub fn new(name: &str, sip: u16, rtp: u16, control: u16) -> Setup {
        Setup {
            name: name.to_owned(),
            ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            sip,
            rtp,
            control,
            account: format!("<sip:{name}@127.0.0.1>;regint=0"),
            codecs: "PCMU,PCMA".to_owned(),
            answers: false,
        }
    }

    /// Registers as `name` at the engine on `port` with this password.
    pub fn registers(mut self, port: u16, password: &str) -> Setup {
        self.account = format!("<sip:{}@127.0.0.1:{port}>;auth_user={};auth_pass={password};regint=60", self.name, self.name);
        self
    }

    /// Shows this number (or user name) when it calls.
    pub fn shows(mut self, number: &str) -> Setup {
        self.account = format!("<sip:{number}@127.0.0.1>;regint=0");
        self
    }

    /// Offers these codecs only, in this order, as in `PCMA,PCMU`.
    pub fn codecs(mut self, codecs: &str) -> Setup {
        self.codecs = codecs.to_owned();
        self
    }

    /// Takes calls by itself.
    pub fn answers(mut self) -> Setup {
        self.answers = true;
        self
    }

    /// Starts it; it says `speech` in every call, then silence.
    pub fn start(self, room: &Room, speech: &[f64]) -> Baresip {
        let home = format!("{}.d", self.name);
        let spoken = room.file(&format!("{home}/speech.wav"));
        room.write(&format!("{home}/recordings/.keep"), "");
        sound::write(&spoken, &followed_by_silence(speech));
        let recordings = room.file(&format!("{home}/recordings"));
        let mode = if self.answers { "auto" } else { "manual" };
        let account = format!("{};answermode={mode};audio_codecs={}\n", self.account, self.codecs);
        room.write(&format!("{home}/accounts"), account);
        room.write(&format!("{home}/contacts"), "");
        room.write(&format!("{home}/config"), self.config(&spoken, &recordings));
        let args = ["-f".to_owned(), room.file(&home).display().to_string()];
        let mut child = Child::start("baresip", &args, room.file(&format!("{}.log", self.name)));
        child.wait_for_log("baresip is ready", PATIENCE);
        let control = Control::connect(self.control);
        Baresip { child, control, recordings }
    }

    fn config(&self, spoken: &std::path::Path, recordings: &std::path::Path) -> String {
        let Setup { ip, sip, rtp, control, .. } = self;
        let (rtp_last, spoken, recordings) = (rtp + 3, spoken.display(), recordings.display());
        format!(
            "poll_method epoll\nsip_listen {ip}:{sip}\nnet_interface {ip}\ncall_local_timeout 120\ncall_max_calls 4\n\
             audio_source aufile,{spoken}\naudio_player aufile,{recordings}/player.wav\naudio_alert aufile,/dev/null\n\
             rtp_ports {rtp}-{rtp_last}\nrtp_timeout 0\naudio_buffer 20-160\n\
             module_path /usr/lib/baresip/modules\n\
             module g711.so\nmodule sndfile.so\nmodule aufile.so\nmodule_tmp account.so\n\
             module_app menu.so\nmodule_app ctrl_tcp.so\n\
             ctrl_tcp_listen 127.0.0.1:{control}\nsnd_path {recordings}\nringback_disabled yes\nmenu_bell no\n"
        )
    }
}

/// A running softphone.
#[derive(Debug)]
pub struct Baresip {
    child: Child,
    control: Control,
    recordings: PathBuf,
}

impl Baresip {
    /// Calls.
    pub fn dial(&mut self, uri: &str) {
        self.control.command("dial", uri);
    }

    /// Takes the call that rings.
    pub fn accept(&mut self) {
        self.control.command("accept", "");
    }

    /// Hangs up, or declines.
    pub fn hang_up(&mut self) {
        self.control.command("hangup", "");
    }

    /// Puts the other side on hold.
    pub fn hold(&mut self) {
        self.control.command("hold", "");
    }

    /// Takes the other side back.
    pub fn resume(&mut self) {
        self.control.command("resume", "");
    }

    /// Presses a key (RFC 4733).
    pub fn press(&mut self, key: char) {
        self.control.command("sndcode", &key.to_string());
    }

    /// Waits for an event such as `CALL_ESTABLISHED`, `CALL_INCOMING`, `CALL_CLOSED`.
    pub fn awaits(&self, event: &str, limit: Duration) -> Value {
        until(limit, &format!("event {event} (seen: {:?})", self.control.kinds()), || self.control.find(event))
    }

    /// Waits until it says that it has registered: so early that no event tells of it.
    pub fn awaits_registration(&mut self) {
        self.child.wait_for_log(" 200 OK ", PATIENCE);
    }

    /// Waits until it says that its registration was refused.
    pub fn awaits_refused_registration(&mut self) {
        self.child.wait_for_log("403 Forbidden", PATIENCE);
        assert!(!self.child.log().contains(" 200 OK "), "it registered");
    }

    /// How often an event has come.
    pub fn count(&self, event: &str) -> usize {
        self.control.kinds().iter().filter(|kind| *kind == event).count()
    }

    /// What it has heard in its last call; complete once the call has ended.
    pub fn heard(&self) -> Samples {
        let mut found: Vec<PathBuf> = fs::read_dir(&self.recordings)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.to_string_lossy().ends_with("dec.wav"))
            .collect();
        found.sort();
        let last = found.last().unwrap_or_else(|| panic!("nothing was recorded in {}", self.recordings.display()));
        sound::read(last)
    }

    /// The telephone is unplugged: killed with no further message.
    pub fn unplug(mut self) {
        self.child.kill();
    }

    /// Turned off: it hangs up and de-registers.
    pub fn turn_off(mut self) {
        self.child.stop(Duration::from_secs(5));
    }
}

/// baresip hangs up at the end of what it has to say: let that be later than any test.
fn followed_by_silence(speech: &[f64]) -> Samples {
    let mut all = speech.to_vec();
    all.resize(all.len().max(SPEECH_S * sound::RATE as usize), 0.0);
    all
}

/// baresip's ctrl_tcp: JSON in netstrings both ways.
#[derive(Debug)]
struct Control {
    stream: TcpStream,
    events: Arc<Mutex<Vec<Value>>>,
}

impl Control {
    fn connect(port: u16) -> Control {
        let stream = until(PATIENCE, "baresip's control port", || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok());
        let events = Arc::default();
        let (reader, shared) = (stream.try_clone().expect("a second handle"), Arc::clone(&events));
        thread::spawn(move || collect(reader, &shared));
        Control { stream, events }
    }

    fn command(&mut self, command: &str, params: &str) {
        let text = json!({"command": command, "params": params}).to_string();
        write!(self.stream, "{}:{text},", text.len()).expect("baresip takes commands");
    }

    fn find(&self, kind: &str) -> Option<Value> {
        let events = self.events.lock().expect("events");
        events.iter().find(|event| event["type"] == kind).cloned()
    }

    fn kinds(&self) -> Vec<String> {
        let events = self.events.lock().expect("events");
        events.iter().map(|event| event["type"].as_str().unwrap_or("?").to_owned()).collect()
    }
}

fn collect(mut stream: TcpStream, events: &Mutex<Vec<Value>>) {
    let mut buffer = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut chunk) {
        buffer.extend_from_slice(&chunk[..count]);
        while let Some(text) = next_netstring(&mut buffer) {
            if let Ok(event) = serde_json::from_slice::<Value>(&text) {
                events.lock().expect("events").push(event);
            }
        }
    }
}

/// `LENGTH:TEXT,` taken off the front of `buffer` once it is complete.
fn next_netstring(buffer: &mut Vec<u8>) -> Option<Vec<u8>> {
    let colon = buffer.iter().position(|b| *b == b':')?;
    let length: usize = std::str::from_utf8(&buffer[..colon]).ok()?.parse().ok()?;
    let end = colon + 1 + length + 1;
    if buffer.len() < end {
        return None;
    }
    let taken: Vec<u8> = buffer.drain(..end).collect();
    Some(taken[colon + 1..end - 1].to_vec())
}
