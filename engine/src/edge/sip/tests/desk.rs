//! An edge with a real desk behind it, without journal and store.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cabrank_core::{
    Agent, CallbackTerms, Caller, Choice, Closed, Context, Desk, Input, Limits, Line, LineId, Menu, Number, Outbox, Profile,
    Queue, QueueId, Say, Settings, SignIn, Skill, Span, Thresholds, Tick,
};
use crossbeam::channel::{Receiver, RecvTimeoutError, Sender, bounded, unbounded};
use tokio::sync::mpsc;

use super::super::{AgentPhone, Algorithm, Doors, House, Listen, ListenOn, Phone, SipEdge, SipLimits, SipSettings, Trunk, Trust};
use crate::backlog::Backlog;
use crate::door::{Door, Submission};
use crate::media::{ClipId, Library, Media, MediaSettings, Sound};

/// A short T1, so that what takes 64 of them can be waited for, in milliseconds.
pub(super) const T1_MS: u64 = 20;

/// A running edge and desk.
pub(super) struct TestDesk {
    /// The edge.
    pub(super) edge: SipEdge,
    door: Door,
    /// Whoever holds it keeps the desk from hearing anything.
    pub(super) ear: Arc<Mutex<()>>,
    /// Every fact the edge told.
    facts: Receiver<Input>,
}

/// What a test may want otherwise.
pub(super) struct Wishes {
    /// The second agent's fixed contact.
    pub(super) contact: Option<SocketAddr>,
    /// Legs at once.
    pub(super) legs_max: usize,
    /// Session interval asked of agents, in seconds.
    pub(super) session_s: u32,
    /// How long an agent rings, in seconds.
    pub(super) ring_for_s: u64,
    /// Where the trunk takes calls.
    pub(super) outbound: Option<SocketAddr>,
    /// Whether signatures decide on the trunk's numbers, in place of its own word.
    pub(super) attested: bool,
    /// Whose signatures count.
    pub(super) trust: Option<cabrank_trust::Settings>,
}

impl Default for Wishes {
    fn default() -> Wishes {
        Wishes { contact: None, legs_max: 100, session_s: 1_800, ring_for_s: 30, outbound: None, attested: false, trust: None }
    }
}

impl TestDesk {
    /// Agent `a101` registers with password `pw`; agent `a102`, if wished, is at a fixed contact.
    pub(super) fn start(wishes: Wishes) -> TestDesk {
        let ip = std::net::IpAddr::from([127, 0, 0, 1]);
        let (lane, submissions) = bounded(1_000);
        let (orders, effects) = mpsc::channel(1_000);
        let (told, facts) = unbounded();
        let (heard, media_facts) = mpsc::channel(1_000);
        let settings = MediaSettings { ports: 15_500..=15_999, ..MediaSettings::new(vec![ip]) };
        let media = Media::start(&settings, Library::new(), move |fact| {
            let _ = heard.try_send(fact);
        })
        .unwrap();
        let agents = agents(&wishes);
        let desk = Desk::new(desk_settings(&agents, wishes.ring_for_s), 1).unwrap();
        let ear = Arc::<Mutex<()>>::default();
        let covered = ear.clone();
        std::thread::spawn(move || lane_of(desk, &submissions, &covered, &orders, &told));
        let door = Door::new(lane, Backlog::new());
        let doors = Doors { desk: door.clone(), effects, media, facts: media_facts, house: Arc::new(TestHouse), left: None };
        let edge = SipEdge::start(sip_settings(agents, &wishes), doors).unwrap();
        TestDesk { edge, door, ear, facts }
    }

    /// Tells the desk something past the edge.
    pub(super) fn tells(&self, input: Input) {
        self.door.submit(input).unwrap();
    }

    /// Where it listens on UDP.
    pub(super) fn udp(&self) -> SocketAddr {
        self.edge.addrs()[0]
    }

    /// Where it listens on TCP.
    pub(super) fn tcp(&self) -> SocketAddr {
        self.edge.addrs()[1]
    }

    /// Waits for the next fact that `wanted` picks.
    pub(super) fn hears<T>(&self, what: &str, wanted: impl Fn(&Input) -> Option<T>) -> T {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            let fact = self.facts.recv_deadline(until).unwrap_or_else(|_| panic!("the desk never heard: {what}"));
            if let Some(found) = wanted(&fact) {
                return found;
            }
        }
    }
}

fn agents(wishes: &Wishes) -> Vec<AgentPhone> {
    let registers = AgentPhone { name: "a101".into(), phone: Phone::Registers { password: "pw".into() } };
    let fixed = wishes.contact.map(|addr| {
        let contact = format!("sip:a102@{addr}").as_str().try_into().unwrap();
        AgentPhone { name: "a102".into(), phone: Phone::Fixed { contact } }
    });
    [registers].into_iter().chain(fixed).collect()
}

fn sip_settings(agents: Vec<AgentPhone>, wishes: &Wishes) -> SipSettings {
    let any = "127.0.0.1:0".parse().unwrap();
    let listen = [ListenOn::Udp, ListenOn::Tcp].map(|transport| Listen { transport, addr: any });
    let outbound = wishes.outbound.map(|addr| format!("sip:{addr}").as_str().try_into().unwrap());
    let trust = if wishes.attested { Trust::Attested } else { Trust::Trusted };
    let trunk = Trunk { name: "carrier".into(), from: vec!["127.0.0.1/32".parse().unwrap()], trust, outbound };
    let (legs_max, session_s) = (wishes.legs_max, wishes.session_s);
    SipSettings {
        digest: vec![Algorithm::Sha256, Algorithm::Md5],
        listen: listen.to_vec(),
        trunks: vec![trunk],
        lines: vec!["taxi".into(), "+6565521111".into()],
        queues: vec!["booking".into()],
        agents,
        realm: "taxi".into(),
        region: "SG".parse().unwrap(),
        trust: wishes.trust.clone(),
        limits: SipLimits { t1_ms: T1_MS, legs_max, session_s, ..SipLimits::default() },
    }
}

fn desk_settings(agents: &[AgentPhone], ring_for_s: u64) -> Settings {
    let queue = QueueId(0);
    let menu = Menu { one: None, two: Some(Choice::Queue(queue)) };
    let line =
        |number: &str| Line { number: number.into(), closed: Closed::Message, menu, human: queue, silence: Span::secs(60) };
    let sign_in = |phone: &AgentPhone| match phone.phone {
        Phone::Registers { .. } => SignIn::WithPhone,
        Phone::Fixed { .. } | Phone::Nowhere => SignIn::OnRequest,
    };
    let agent =
        |phone: &AgentPhone| Agent { name: phone.name.clone(), skills: vec![Skill { queue, level: 1 }], sign_in: sign_in(phone) };
    Settings {
        name: "taxi".into(),
        limits: Limits { calls_max: 100 },
        lines: vec![line("taxi"), line("+6565521111")],
        services: Vec::new(),
        queues: vec![Queue {
            name: "booking".into(),
            thresholds: Thresholds {
                max_waiting: 100,
                max_wait: Span::secs(600),
                ring_for: Span::secs(ring_for_s),
                wrap_up: Span::secs(1),
                comfort_every: Span::secs(600),
                callback: Some(CallbackTerms { over: Span(0), retry_after: Span::millis(100), tries_max: 2 }),
                ..Thresholds::default()
            },
        }],
        agents: agents.iter().map(agent).collect(),
    }
}

/// A lane in short: facts in, orders out.
fn lane_of(
    mut desk: Desk,
    submissions: &Receiver<Submission>,
    covered: &Mutex<()>,
    orders: &mpsc::Sender<cabrank_core::Effect>,
    told: &Sender<Input>,
) {
    let begun = Instant::now();
    let now = || Tick(u64::try_from(begun.elapsed().as_micros()).unwrap());
    let mut out = Outbox::default();
    loop {
        let wait = desk.next_wake().map_or(Span::secs(1), |wake| wake.since(now()));
        let input = match submissions.recv_timeout(Duration::from_micros(wait.0)) {
            Ok(Submission::Told { input, .. }) => input,
            Ok(_) => continue,
            Err(RecvTimeoutError::Timeout) => Input::Woke,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let _heard = covered.lock().unwrap();
        let _ = told.send(input.clone());
        out.clear();
        desk.handle(now(), input, &mut out);
        for effect in out.effects.drain(..) {
            if orders.blocking_send(effect).is_err() {
                return;
            }
        }
    }
}

struct TestHouse;

impl crate::edge::House for TestHouse {
    fn profile(&self, number: &Number) -> Option<Arc<Profile>> {
        (&*number.0 == "+6591234567").then(|| Arc::new(Profile { name: "Ann \"Lee\"".into(), ..Profile::default() }))
    }

    fn is_open(&self, _: LineId) -> bool {
        true
    }
}

impl House for TestHouse {
    fn words(&self, _: Say, _: LineId, _: &Caller) -> Vec<Sound> {
        Vec::new()
    }

    fn music(&self) -> Option<ClipId> {
        None
    }

    fn context(&self, context: &Context) -> String {
        format!("{{\"call\":\"{}\"}}", context.call)
    }

    fn page(&self, context: &Context) -> Option<String> {
        Some(format!("https://crm.example/?call={}", context.call))
    }
}
