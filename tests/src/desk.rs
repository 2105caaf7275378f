//! The desk that tests run: the taxi desk with the test's own ports, agents and times.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::ports::Block;
use crate::room::Room;
use crate::sound;

/// The profiles every test desk knows: who has a pickup is served at once, who has none is not.
pub const PROFILES: &str = "\
number,name,language,class,preferred_agent,pickup
+6591234567,Ms Tan,en,regular,,1 Raffles Place
+6591234568,Mr Lim,en,regular,,
alice,Alice,en,regular,,10 Bayfront Avenue
";

/// A caller with a profile that has everything.
pub const KNOWN: &str = "+6591234567";
/// A caller with a profile that lacks the pickup.
pub const INCOMPLETE: &str = "+6591234568";
/// A caller nobody knows.
pub const STRANGER: &str = "+6598765432";

/// A desk's config, to be changed before it is written.
#[derive(Debug)]
pub struct Desk {
    listen: Vec<String>,
    rtp: String,
    http: u16,
    quic: u16,
    quic_extra: String,
    peers: Vec<String>,
    from: String,
    identity: String,
    outbound: String,
    service: String,
    desk_extra: String,
    sip_extra: String,
    media_extra: String,
    line_extra: String,
    confirm: String,
    queue: Vec<(String, String)>,
    agents: String,
    tables: String,
    profiles: String,
    real_prompts: bool,
}

impl Desk {
    /// The taxi desk on a block's ports: UDP and TCP on 127.0.0.1 and ::1, trusted callers, the demo fleet, no agents.
    pub fn new(ports: &Block) -> Desk {
        let sip = ports.sip(0);
        let listen = ["udp:127.0.0.1", "tcp:127.0.0.1", "udp:[::1]", "tcp:[::1]"];
        let rtp = ports.engine_rtp();
        let times = [("ring_for", "15s"), ("wrap_up", "1s"), ("max_wait", "5m")];
        Desk {
            listen: listen.iter().map(|address| format!("{address}:{sip}")).collect(),
            rtp: format!("{}-{}", rtp.start(), rtp.end()),
            http: ports.http(0),
            quic: ports.quic(),
            quic_extra: String::new(),
            peers: Vec::new(),
            from: "[\"127.0.0.0/8\", \"::1/128\"]".to_owned(),
            identity: "trusted".to_owned(),
            outbound: String::new(),
            service: "builtin = \"demo-fleet\"\ntimeout = \"2s\"".to_owned(),
            desk_extra: String::new(),
            sip_extra: String::new(),
            media_extra: String::new(),
            confirm: String::new(),
            line_extra: "menu = \"menu\"\nsilence = \"1s\"\n".to_owned(),
            queue: times.iter().map(|(k, v)| ((*k).to_owned(), format!("\"{v}\""))).collect(),
            agents: String::new(),
            tables: String::new(),
            profiles: PROFILES.to_owned(),
            real_prompts: false,
        }
    }

    /// Callers' numbers count as `trusted`, `untrusted` or `attested`.
    pub fn identity(mut self, identity: &str) -> Desk {
        self.identity = identity.to_owned();
        self
    }

    /// Known callers whose number is in doubt prove who they are by this code, for which they are given so long.
    pub fn confirms(mut self, code: &str, within: &str) -> Desk {
        self.confirm = format!(", confirm = \"pin\", confirm_within = \"{within}\"");
        let with_code = |(n, line): (usize, &str)| format!("{line},{}\n", if n == 0 { "pin" } else { code });
        self.profiles = self.profiles.lines().enumerate().map(with_code).collect();
        self
    }

    /// Callers are called back at a port of 127.0.0.1.
    pub fn outbound(mut self, port: u16) -> Desk {
        self.outbound = format!("outbound = \"sip:127.0.0.1:{port}\"\n");
        self
    }

    /// A callback is offered to who has waited for a second; who is not reached is tried again after another one.
    pub fn callbacks(self, tries: u8) -> Desk {
        let often = self.queue_key("quote", "{ every = \"1s\" }").queue_key("offer_callback_over", "\"1s\"");
        often.queue_key("callback_retry", "\"1s\"").queue_key("callback_tries", &tries.to_string())
    }

    /// Calls are taken from this network only.
    pub fn trunk_from(mut self, network: &str) -> Desk {
        self.from = format!("[\"{network}\"]");
        self
    }

    /// Instant service comes from a webhook with this time limit.
    pub fn webhook(mut self, url: &str, timeout: &str) -> Desk {
        self.service = format!("webhook = \"{url}\"\ntimeout = \"{timeout}\"");
        self
    }

    /// A key of `[desk]`, as TOML.
    pub fn desk_key(mut self, line: &str) -> Desk {
        let _ = writeln!(self.desk_extra, "{line}");
        self
    }

    /// A key of `[media]`, as TOML.
    pub fn media_key(mut self, line: &str) -> Desk {
        let _ = writeln!(self.media_extra, "{line}");
        self
    }

    /// Media ports other than the block's, as `FIRST-LAST`.
    pub fn rtp(mut self, ports: &str) -> Desk {
        self.rtp = ports.to_owned();
        self
    }

    /// A second line, `direct`, that leads to the queue without a menu, after a greeting of one packet (20 ms).
    pub fn direct_line(mut self) -> Desk {
        self.tables.push_str("[[line]]\nnumber = \"direct\"\ngreeting = \"blip\"\n\n");
        self
    }

    /// Further tables, as TOML.
    pub fn table(mut self, toml: &str) -> Desk {
        self.tables.push_str(toml);
        self.tables.push('\n');
        self
    }

    /// A key of the queue, as TOML.
    pub fn queue_key(mut self, key: &str, value: &str) -> Desk {
        self.queue.retain(|(known, _)| known != key);
        self.queue.push((key.to_owned(), value.to_owned()));
        self
    }

    /// A key of the line, as TOML.
    pub fn line_key(mut self, line: &str) -> Desk {
        let _ = writeln!(self.line_extra, "{line}");
        self
    }

    /// How long the menu waits for a key.
    pub fn silence(mut self, time: &str) -> Desk {
        self.line_extra = self.line_extra.replace("silence = \"1s\"", &format!("silence = \"{time}\""));
        self
    }

    /// An agent whose phone is always at a port of 127.0.0.1.
    pub fn agent_at(self, name: &str, port: u16) -> Desk {
        self.agent_contact(name, &format!("sip:{name}@127.0.0.1:{port}"))
    }

    /// An agent whose phone is always at this URI.
    pub fn agent_contact(mut self, name: &str, uri: &str) -> Desk {
        let _ = writeln!(
            self.agents,
            "[[agent]]\nname = \"{name}\"\nskills = {{ booking = 1 }}\nsip = {{ contact = \"{uri}\" }}\nsign_in = \"request\"\n"
        );
        self
    }

    /// An agent whose phone registers with the password `secret-NAME`.
    pub fn agent_registering(mut self, name: &str) -> Desk {
        let _ = writeln!(
            self.agents,
            "[[agent]]\nname = \"{name}\"\nskills = {{ booking = 1 }}\nsip = {{ password_file = \"secrets/{name}\" }}\n"
        );
        self
    }

    /// An agent who has no telephone: the program proves itself with `secret-NAME`, and a gateway rings.
    pub fn agent_by_program(mut self, name: &str) -> Desk {
        let _ = writeln!(
            self.agents,
            "[[agent]]\nname = \"{name}\"\nskills = {{ booking = 1 }}\nquic = {{ token_file = \"secrets/{name}\" }}\n"
        );
        self
    }

    /// `[journal]` with one key, as TOML.
    pub fn journal_key(mut self, line: &str) -> Desk {
        self.tables = format!("[journal]\n{line}\n\n{}", self.tables);
        self
    }

    /// A key of `[quic]`, as TOML.
    pub fn quic_key(mut self, line: &str) -> Desk {
        let _ = writeln!(self.quic_extra, "{line}");
        self
    }

    /// A `[[quic.peer]]` of a role, with the token `token-NAME`.
    pub fn peer(mut self, name: &str, role: &str) -> Desk {
        let identity = if role == "supervisor" { "" } else { "identity = \"trusted\"\n" };
        self.peers.push(name.to_owned());
        let proof = format!("token_file = \"secrets/quic-{name}\"");
        self.tables = format!("[[quic.peer]]\nname = \"{name}\"\nrole = \"{role}\"\n{identity}{proof}\n\n{}", self.tables);
        self
    }

    /// The peers so far are believed so far as this says.
    pub fn peers_identity(mut self, identity: &str) -> Desk {
        self.tables = self.tables.replace("identity = \"trusted\"\n", &format!("identity = \"{identity}\"\n"));
        self
    }

    /// A gateway, known by its certificate's fingerprint.
    pub fn peer_with_certificate(mut self, name: &str, fingerprint: &str) -> Desk {
        let peer = format!("[[quic.peer]]\nname = \"{name}\"\nrole = \"gateway\"\ncertificate = \"{fingerprint}\"\n\n");
        self.tables = peer + &self.tables;
        self
    }

    /// Offers telephones MD5 alone: Debian's baresip gives up when it is so much as offered SHA-256.
    pub fn md5_only(mut self) -> Desk {
        self.sip_extra = "digest = [\"md5\"]\n".to_owned();
        self
    }

    /// Callers of these names have a profile with everything, besides the usual.
    pub fn known(mut self, names: impl IntoIterator<Item = String>) -> Desk {
        for name in names {
            let _ = writeln!(self.profiles, "{name},,en,regular,,1 Raffles Place");
        }
        self
    }

    /// Speaks with the prompts it ships, in place of short tones that save time.
    pub fn real_prompts(mut self) -> Desk {
        self.real_prompts = true;
        self
    }

    /// Writes the config, its secrets, prompts and profiles; returns the config's path.
    pub fn write(&self, room: &Room) -> PathBuf {
        for name in self.agent_names() {
            room.write(&format!("config/secrets/{name}"), format!("secret-{name}\n"));
        }
        for name in &self.peers {
            room.write(&format!("config/secrets/quic-{name}"), format!("token-{name}\n"));
        }
        room.write("config/profiles.csv", &self.profiles);
        if self.real_prompts {
            let _ = std::os::unix::fs::symlink(shipped_prompts(), room.file("config/prompts"));
        } else {
            write_short_prompts(room);
            sound::write(&room.write("config/prompts/en/blip.wav", ""), &sound::tone(400.0, 0.02));
        }
        room.write("config/desk.toml", self.toml())
    }

    fn agent_names(&self) -> impl Iterator<Item = &str> {
        self.agents.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
    }

    fn toml(&self) -> String {
        let Desk {
            rtp,
            http,
            quic,
            quic_extra,
            from,
            identity,
            outbound,
            service,
            desk_extra,
            sip_extra,
            media_extra,
            line_extra,
            confirm,
            agents,
            tables,
            ..
        } = self;
        let listen = self.listen.iter().map(|l| format!("\"{l}\"")).collect::<Vec<_>>().join(", ");
        let queue = self.queue.iter().map(|(k, v)| format!("{k} = {v}\n")).collect::<String>();
        format!(
            "[desk]\nname = \"taxi\"\nregion = \"SG\"\ntimezone = \"Asia/Singapore\"\n{desk_extra}\n\
             [media]\nports = \"{rtp}\"\n{media_extra}\n[http]\nlisten = \"127.0.0.1:{http}\"\n\n\
             [quic]\nlisten = \"127.0.0.1:{quic}\"\n{quic_extra}\n\
             [sip]\nlisten = [{listen}]\nregistration_min = \"5s\"\n{sip_extra}\n\
             [[sip.trunk]]\nname = \"carrier\"\nfrom = {from}\nidentity = \"{identity}\"\n{outbound}\n\
             [[line]]\nnumber = \"taxi\"\ngreeting = \"welcome\"\nhours = \"Mon-Sun 00:00-24:00\"\n{line_extra}\
             press.1 = {{ instant = \"taxi-now\", otherwise = \"booking\"{confirm} }}\npress.2 = {{ queue = \"booking\" }}\n\n\
             [[service]]\nname = \"taxi-now\"\n{service}\nneeds = [\"pickup\"]\n\n\
             [[queue]]\nname = \"booking\"\n{queue}\n{agents}{tables}"
        )
    }
}

/// The prompts that come with the engine.
pub fn shipped_prompts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/prompts").canonicalize().expect("config/prompts")
}

/// Every shipped prompt as a tone of a fifth of a second, the music as one of two seconds.
fn write_short_prompts(room: &Room) {
    let english = fs::read_dir(shipped_prompts().join("en")).expect("config/prompts/en");
    for name in english.flatten().filter_map(|entry| entry.file_name().into_string().ok()) {
        if name.ends_with(".wav") {
            let path = room.write(&format!("config/prompts/en/{name}"), "");
            sound::write(&path, &sound::tone(400.0, if name == "music.wav" { 2.0 } else { 0.2 }));
        }
    }
}
