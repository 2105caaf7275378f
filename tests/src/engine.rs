//! The engine under test: the binary that people run, started, stopped, killed and looked at.

use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output};
use std::sync::OnceLock;
use std::time::Duration;

use cabrank_wire::Fingerprint;
use cabrank_wire::client::Target;

use crate::api::Api;
use crate::child::Child;
use crate::desk::Desk;
use crate::faults::Faults;
use crate::ports::Block;
use crate::room::Room;
use crate::wait::until;

const STARTS_WITHIN: Duration = Duration::from_secs(20);

/// A running engine.
#[derive(Debug)]
pub struct Engine {
    child: Child,
    config: PathBuf,
    data: PathBuf,
    log: PathBuf,
    sip: u16,
    http: u16,
    quic: u16,
    token: String,
    environment: Vec<String>,
}

impl Engine {
    /// Starts the engine with this desk and the test profiles, and waits until it can be called.
    pub fn start(room: &Room, ports: &Block, desk: &Desk) -> Engine {
        Engine::begin(room, ports, desk, Vec::new())
    }

    /// The same, on a disk and by a clock that can fail.
    pub fn start_with(room: &Room, ports: &Block, desk: &Desk, faults: &Faults) -> Engine {
        Engine::begin(room, ports, desk, faults.environment())
    }

    /// The same, with more in its environment (`NAME=value`).
    pub fn start_in(environment: &[&str], room: &Room, ports: &Block, desk: &Desk) -> Engine {
        Engine::begin(room, ports, desk, environment.iter().map(|&entry| entry.to_owned()).collect())
    }

    fn begin(room: &Room, ports: &Block, desk: &Desk, environment: Vec<String>) -> Engine {
        let config = desk.write(room);
        let data = room.file("data");
        import_profiles(room, &config, &data);
        let log = room.file("engine.log");
        let mut engine = Engine {
            child: launch(&config, &data, &log, &environment),
            config,
            data,
            log,
            sip: ports.sip(0),
            http: ports.http(0),
            quic: ports.quic(),
            token: String::new(),
            environment,
        };
        engine.wait_until_ready();
        engine.token = engine.printed_token();
        engine
    }

    /// `kill -9` in the midst of whatever it does.
    pub fn crash(&mut self) {
        self.child.kill();
    }

    /// Starts it again on the same data, after a crash or a stop.
    pub fn restart(&mut self) {
        self.child.kill();
        self.child = launch(&self.config, &self.data, &self.log, &self.environment);
        self.wait_until_ready();
    }

    /// Asks it to drain and end (SIGTERM); `None` when it had to be killed.
    pub fn stop(&mut self, limit: Duration) -> Option<ExitStatus> {
        self.child.stop(limit)
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait()
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: &str) {
        self.child.signal(signal);
    }

    /// Panics if it has ended.
    pub fn must_be_alive(&mut self) {
        let ended = self.child.try_wait();
        assert!(ended.is_none(), "the engine ended: {ended:?}");
        assert!(!self.log().contains("panicked at"), "the engine panicked");
    }

    /// Its SIP port, on 127.0.0.1 and ::1.
    pub fn sip(&self) -> u16 {
        self.sip
    }

    /// Where a browser finds it.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.http)
    }

    /// Its HTTP interface, as its administrator.
    pub fn api(&self) -> Api {
        Api::new(self.http, &self.token)
    }

    /// Its QUIC interface, with the certificate that it printed.
    pub fn quic(&self) -> Target {
        let fingerprint = until(Duration::from_secs(5), "the engine to print its fingerprint", || fingerprint_in(&self.log()));
        Target::pinned((Ipv4Addr::LOCALHOST, self.quic).into(), fingerprint)
    }

    /// The administrator's token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Its data directory.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Its config file.
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// All it has written to its terminal.
    pub fn log(&self) -> String {
        self.child.log()
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    fn wait_until_ready(&mut self) {
        let http = self.http;
        until(STARTS_WITHIN, "the engine to be ready", || {
            assert!(self.child.try_wait().is_none(), "the engine ended at its start:\n{}", self.child.log());
            TcpStream::connect((Ipv4Addr::LOCALHOST, http)).ok()?;
            let ready = Api::new(http, "").get("/readyz");
            // With a full disk it is as ready as it can be.
            (ready.status == 200 || ready.json["why"].to_string().contains("disk is full")).then_some(())
        });
    }

    fn printed_token(&self) -> String {
        until(Duration::from_secs(5), "the engine to print its token", || token_in(&self.log()))
    }
}

/// Runs `cabrank ARGS` to its end.
pub fn cabrank(args: &[&str]) -> Output {
    Command::new(binary()).args(args).output().expect("the engine's binary runs")
}

/// What a command printed, both streams.
pub fn printed(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn import_profiles(room: &Room, config: &Path, data: &Path) {
    let profiles = room.file("config/profiles.csv");
    let args = ["profiles", "import", path(&profiles), "--data", path(data), "--config", path(config)];
    let output = cabrank(&args);
    assert!(output.status.success(), "profiles import failed:\n{}", printed(&output));
}

fn launch(config: &Path, data: &Path, log: &Path, environment: &[String]) -> Child {
    let command = [path(binary()), "serve", path(config), "--data", path(data)].map(str::to_owned);
    let args: Vec<String> = environment.iter().cloned().chain(command).collect();
    Child::start("env", &args, log.to_owned())
}

/// A path as an argument; all paths of the tests are UTF-8.
pub fn path(path: &Path) -> &str {
    path.to_str().expect("a UTF-8 path")
}

/// The word after `admin token`.
fn token_in(log: &str) -> Option<String> {
    log.split_once("admin token")?.1.split_whitespace().next().map(str::to_owned)
}

/// The last fingerprint that it printed.
fn fingerprint_in(log: &str) -> Option<Fingerprint> {
    log.split_whitespace().rfind(|word| word.starts_with("sha256:"))?.parse().ok()
}

/// `CABRANK_BIN`, or what Cargo builds now: a test never runs an old engine.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| std::env::var_os("CABRANK_BIN").map_or_else(|| build("cabrank"), PathBuf::from))
}

/// Runs `cabrank-sim ARGS` to its end: the one beside `CABRANK_BIN`, or what Cargo builds now.
pub fn cabrank_sim(args: &[&str]) -> Output {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    let beside = |engine| Path::new(&engine).with_file_name("cabrank-sim");
    let binary = BINARY.get_or_init(|| std::env::var_os("CABRANK_BIN").map_or_else(|| build("cabrank-sim"), beside));
    Command::new(binary).args(args).output().expect("the simulator's binary runs")
}

fn build(program: &str) -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let args = ["build", "--quiet", "-p", program, "--bin", program];
    let status = Command::new(cargo).args(args).current_dir(workspace).status().expect("cargo runs");
    assert!(status.success(), "{program} does not build");
    let test = std::env::current_exe().expect("the test's own path");
    let profile = test.ancestors().nth(2).expect("target/PROFILE/deps/TEST");
    profile.join(program)
}
