//! The usual scene: an engine, some agents' telephones, some callers', each with ports of its own.

use std::time::Duration;

use serde_json::Value;

use crate::api::Api;
use crate::baresip;
use crate::desk::Desk;
use crate::engine::Engine;
use crate::ports::Block;
use crate::room::Room;
use crate::scenario::Scenario;
use crate::sipp::{Message, Running, Sipp};

const AGENTS_MAX: u16 = 3;
const CALLERS_MAX: u16 = 4;

/// The agents' names, in the order of their telephones.
pub const AGENTS: [&str; AGENTS_MAX as usize] = ["a101", "a102", "a103"];

/// Everything a test needs; dropped in the right order.
#[derive(Debug)]
pub struct Scene {
    /// The engine.
    pub engine: Engine,
    /// Its ports and its telephones'.
    pub ports: Block,
    /// Where their files are.
    pub room: Room,
}

impl Scene {
    /// An engine with that many agents, signed in, whose telephones are to be started with [`Scene::agent`]. With none, there
    /// is one who never signs in: a queue without agents is a fault of the config.
    pub fn with_agents(agents: usize, change: impl FnOnce(Desk) -> Desk) -> Scene {
        Scene::with_agents_and_ports(agents, |desk, _| change(desk))
    }

    /// The same, for a desk that needs to know its ports.
    pub fn with_agents_and_ports(agents: usize, change: impl FnOnce(Desk, &Block) -> Desk) -> Scene {
        let scene = Scene::start(|desk, ports| {
            let named = AGENTS.iter().zip(0..).take(agents.max(1));
            let desk = named.fold(desk, |desk, (name, n)| desk.agent_at(name, agent_port(ports, n)));
            change(desk, ports)
        });
        AGENTS.iter().take(agents).for_each(|name| scene.api().sign_in(name));
        scene
    }

    /// An engine with whatever `change` makes of the usual desk, which has no agents and needs one.
    pub fn start(change: impl FnOnce(Desk, &Block) -> Desk) -> Scene {
        let (room, ports) = (Room::new(), Block::claim());
        let desk = change(Desk::new(&ports), &ports);
        let engine = Engine::start(&room, &ports, &desk);
        Scene { engine, ports, room }
    }

    /// The engine's HTTP interface.
    pub fn api(&self) -> Api {
        self.engine.api()
    }

    /// The telephone of agent `n`, not started.
    pub fn agent_phone(&self, n: u16) -> Sipp {
        assert!(n < AGENTS_MAX);
        Sipp::new(&format!("agent{n}"), agent_port(&self.ports, n), self.ports.phone_rtp(n)).echoing()
    }

    /// Caller `n`'s telephone, not started, that calls the taxi line.
    pub fn caller_phone(&self, n: u16) -> Sipp {
        assert!(n < CALLERS_MAX);
        let sipp = Sipp::new(&format!("caller{n}"), self.ports.sip(12 + n), self.ports.phone_rtp(AGENTS_MAX + n));
        sipp.calls(self.engine.sip(), "taxi")
    }

    /// Where callers are called back: a port that is nobody else's.
    pub fn called_port(ports: &Block) -> u16 {
        ports.sip(16)
    }

    /// The telephone of a caller who is called back, not started; it takes the media ports of caller 3.
    pub fn called_phone(&self) -> Sipp {
        Sipp::new("called", Scene::called_port(&self.ports), self.ports.phone_rtp(AGENTS_MAX + CALLERS_MAX - 1)).echoing()
    }

    /// Starts the telephone of a caller who is called back.
    pub fn called(&self, scenario: &Scenario) -> Running {
        self.called_phone().start(&self.room, scenario)
    }

    /// Starts the telephone of agent `n`.
    pub fn agent(&self, n: u16, scenario: &Scenario) -> Running {
        self.agent_phone(n).start(&self.room, scenario)
    }

    /// Starts caller `n`, who calls the taxi line.
    pub fn caller(&self, n: u16, scenario: &Scenario) -> Running {
        self.caller_phone(n).start(&self.room, scenario)
    }

    /// Caller 0 calls, does as the scenario says, and all must go so.
    pub fn call(&self, scenario: &Scenario) -> Vec<Message> {
        self.caller(0, scenario).succeeds()
    }

    /// A softphone in place of caller `n`.
    pub fn softphone(&self, name: &str, n: u16) -> baresip::Setup {
        assert!(n < CALLERS_MAX);
        baresip::Setup::new(name, self.ports.sip(20 + 2 * n), self.ports.phone_rtp(AGENTS_MAX + n), self.ports.http(2 + n))
    }

    /// Waits until exactly that many calls wait in line.
    pub fn awaits_waiting(&self, count: usize) {
        crate::wait::until(Duration::from_secs(15), &format!("{count} calls to wait"), || {
            let waiting = self.api().calls().iter().filter(|call| call["state"] == "waiting").count();
            (waiting == count).then_some(())
        });
    }
}

/// What `User-to-User` carries (RFC 7433, hex), as JSON; panics when there is none.
pub fn user_to_user(invite: &Message) -> Value {
    let header = invite.header("User-to-User").unwrap_or_else(|| panic!("no User-to-User in:\n{}", invite.text));
    let (hex, parameters) = header.split_once(';').unwrap_or((header, ""));
    assert!(parameters.is_empty() || parameters.contains("encoding=hex"), "unknown encoding {parameters:?}");
    let bytes: Option<Vec<u8>> =
        hex.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    let bytes = bytes.unwrap_or_else(|| panic!("no hex: {hex:?}"));
    serde_json::from_slice(&bytes).unwrap_or_else(|e| panic!("no JSON ({e}): {:?}", String::from_utf8_lossy(&bytes)))
}

fn agent_port(ports: &Block, n: u16) -> u16 {
    ports.sip(2 + 2 * n)
}
