//! A whole engine in this process, and a load generator that is let in by QUIC.

use cabrank::assets::Source;
use cabrank::serve::{Engine, Setup};
use cabrank_wire::client::{Gateway, Identity, Load, Order, Reply, Target};
use cabrank_wire::v1::set_agent::State;
use cabrank_wire::v1::{Offer, Ready};
use std::fmt::Write as _;
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// Agents who are idle.
const AGENTS: usize = 200;
/// The load generator's token.
const TOKEN: &str = "a-token-of-the-benches";

/// A running engine, on a runtime of its own like the program's.
pub struct Served {
    /// Taken when it ends.
    engine: Option<Engine>,
    runtime: Runtime,
    target: Target,
    room: TempDir,
}

/// A load generator, let in and with all agents idle. What it does is done on the caller's runtime.
pub struct Generator {
    load: Load,
    caller: Caller,
}

/// Whoever calls through a generator's connection.
#[derive(Clone)]
pub struct Caller {
    gateway: Gateway,
    calls: Arc<AtomicU64>,
}

impl Served {
    /// Starts one, with its configuration and data below `under`.
    pub fn start(under: &Path) -> Served {
        let room = tempfile::tempdir_in(under).expect("a directory can be made");
        let source = Source::File(write_desk(room.path()));
        let config = source.config().unwrap_or_else(|faults| panic!("{faults}"));
        let runtime = Builder::new_multi_thread().enable_all().build().expect("a runtime");
        let setup = Setup { source, config, data: room.path().join("data"), bind: None, store: None };
        let engine = runtime.block_on(Engine::start(setup)).unwrap_or_else(|error| panic!("{error}"));
        let (address, fingerprint) = engine.welcome().quic.expect("the desk listens for QUIC");
        Served { engine: Some(engine), runtime, target: Target::pinned(address, fingerprint), room }
    }

    /// Where its certificate and key are, in PEM: whoever is to be compared uses the same.
    pub fn certificate(&self) -> [std::path::PathBuf; 2] {
        ["quic.pem", "quic.key"].map(|name| self.room.path().join("data").join(name))
    }

    /// Lets a load generator in, and has every agent on duty.
    pub async fn generator(&self) -> Generator {
        let identity = Identity::with_token("bench", TOKEN);
        let mut load = Load::connect(self.target.clone(), identity).await.expect("let in");
        for agent in 0..AGENTS {
            load.set_agent(format!("a{agent}"), State::Ready(Ready {})).await.expect("heard");
        }
        let caller = Caller { gateway: load.gateway().clone(), calls: Arc::default() };
        let mut generator = Generator { load, caller };
        generator.echo(&[0; 8]).await;
        generator
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(engine) = self.engine.take() {
            self.runtime.block_on(engine.stop());
        }
    }
}

/// A call that was offered.
pub struct Offered(cabrank_wire::client::Call);

impl Generator {
    /// There and back through the edge, and no farther.
    pub async fn echo(&mut self, payload: &[u8]) {
        self.load.echo(payload.to_vec()).await.expect("heard");
        match self.load.next().await.expect("the session goes on") {
            Some(Reply::Echo(_)) => {}
            other => panic!("no echo, but {other:?}"),
        }
    }

    /// Who calls through it.
    pub fn caller(&self) -> Caller {
        self.caller.clone()
    }
}

impl Caller {
    /// A call is offered, and the caller has pressed 2 before anything was said: until an agent is to be rung. One way there,
    /// through the desk and its journal, and one way back. Nothing if it is turned away.
    pub async fn offer_to_ring(&self) -> Option<Offered> {
        let mut call = self.offer().await;
        // One that was turned away has nobody left to hear it.
        let _ = call.digit('2').await;
        until(&mut call, |order| matches!(order, Order::Ring(_))).await.then_some(Offered(call))
    }

    /// A call is offered: until the caller is to be answered. Through the desk and its journal as well. Nothing if it is turned away.
    pub async fn offer_to_answer(&self) -> Option<Offered> {
        let mut call = self.offer().await;
        until(&mut call, |order| matches!(order, Order::Answer)).await.then_some(Offered(call))
    }

    async fn offer(&self) -> cabrank_wire::client::Call {
        let caller = format!("+659{:07}", self.calls.fetch_add(1, Ordering::Relaxed) % 10_000_000);
        let offer = Offer { line: "desk".into(), caller, ..Offer::default() };
        self.gateway.offer(offer).await.expect("heard")
    }
}

impl Offered {
    /// The caller hangs up, and the desk has no more to say.
    pub async fn hang_up(mut self) {
        self.0.hang_up();
        while let Ok(Some(_)) = self.0.next().await {}
    }
}

/// Whether that order came, rather than a refusal.
async fn until(call: &mut cabrank_wire::client::Call, is_it: impl Fn(&Order) -> bool) -> bool {
    loop {
        match call.next().await {
            Ok(Some(Order::Refused { .. })) => return false,
            Ok(Some(order)) if is_it(&order) => return true,
            Ok(Some(_)) => {}
            other => panic!("the call was cut off: {other:?}"),
        }
    }
}

/// A desk with one menu and one queue, on ports that are free now.
fn write_desk(room: &Path) -> std::path::PathBuf {
    let secrets = room.join("secrets");
    std::fs::create_dir(&secrets).expect("a directory can be made");
    std::fs::write(secrets.join("bench"), TOKEN).expect("a file can be written");
    let mut text = desk(free_udp(), free_udp(), free_tcp());
    for agent in 0..AGENTS {
        let _ = write!(
            text,
            "[[agent]]\nname = \"a{agent}\"\nskills = {{ booking = 1 }}\nquic = {{ token_file = \"secrets/a{agent}\" }}\n"
        );
        std::fs::write(secrets.join(format!("a{agent}")), format!("{TOKEN}-{agent}")).expect("a file can be written");
    }
    let file = room.join("desk.toml");
    std::fs::write(&file, text).expect("a file can be written");
    file
}

fn desk(sip: u16, quic: u16, http: u16) -> String {
    format!(
        r#"
[desk]
name = "desk"
region = "SG"
timezone = "Asia/Singapore"

[sip]
listen = ["udp:127.0.0.1:{sip}"]

[http]
listen = "127.0.0.1:{http}"

[quic]
listen = "127.0.0.1:{quic}"

[[quic.peer]]
name = "bench"
role = "load"
identity = "trusted"
token_file = "secrets/bench"

[[line]]
number = "desk"
greeting = "welcome"
menu = "menu"
hours = "Mon-Sun 00:00-24:00"
press.2 = {{ queue = "booking" }}

[[queue]]
name = "booking"
target = "20s"
keep_place_for = "0s"
wrap_up = "0s"
"#
    )
}

fn free_udp() -> u16 {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    socket.local_addr().expect("it has an address").port()
}

fn free_tcp() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    listener.local_addr().expect("it has an address").port()
}
