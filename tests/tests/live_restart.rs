//! `kill -9` and a new start under live calls: who waits keeps the place and hears music again, who talks goes on talking, who is
//! rung goes on being rung, and nobody is written down as gone who is still there.
//!
//! `CABRANK_RESTART=200,50` measures with so many waiting and so many bridged callers.

use std::time::{Duration, Instant};

use cabrank_tests::desk::{Desk, KNOWN};
use cabrank_tests::engine::{cabrank, path, printed};
use cabrank_tests::journal::{fill, segments};
use cabrank_tests::phones::{Mood, Phones};
use cabrank_tests::scene::Scene;
use cabrank_tests::sound::tone;
use cabrank_tests::wait::{pause, until};
use cabrank_tests::wire::{Request, code, over_tcp};
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(15);

/// Callers and agents with telephones of their own: the bridged callers first, then the waiting ones, then the agents.
struct House {
    scene: Scene,
    phones: Phones,
    waiting: usize,
    bridged: usize,
}

impl House {
    /// An engine with so many agents, all signed in, before anybody calls.
    fn open(waiting: usize, bridged: usize, change: impl FnOnce(Desk, &Phones) -> Desk) -> House {
        let phones = Phones::plug_in((waiting + 2 * bridged).max(2));
        let many = waiting + bridged > 30;
        let scene = Scene::start(|desk, _| {
            let at = |n: usize| format!("sip:agent{n}@127.0.0.1:{}", phones.port(waiting + bridged + n));
            let desk = (0..bridged).fold(desk, |desk, n| desk.agent_contact(&format!("agent{n}"), &at(n)));
            let desk = desk.queue_key("max_wait", "\"20m\"").queue_key("max_waiting", "400");
            change(if many { desk.rtp("20000-21999") } else { desk }, &phones)
        });
        (0..bridged).for_each(|n| scene.api().sign_in(&format!("agent{n}")));
        House { scene, phones, waiting, bridged }
    }

    /// Everybody calls and presses 2: the first talk, the others wait.
    fn fill(waiting: usize, bridged: usize) -> House {
        let house = House::open(waiting, bridged, |desk, _| desk);
        (0..bridged + waiting).for_each(|n| house.calls(n));
        house.awaits("talking", bridged);
        house.awaits("waiting", waiting);
        house
    }

    fn calls(&self, n: usize) {
        self.phones.call(n, self.scene.engine.sip(), &number(n));
        self.phones.press(n, '2');
    }

    /// Telephones of callers.
    fn callers(&self) -> std::ops::Range<usize> {
        0..self.bridged + self.waiting
    }

    /// The telephone of agent `n`.
    fn agent(&self, n: usize) -> usize {
        self.callers().end + n
    }

    fn awaits(&self, state: &str, count: usize) {
        until(PATIENCE, &format!("{count} calls {state}"), || (self.in_state(state).len() == count).then_some(()));
    }

    fn in_state(&self, state: &str) -> Vec<Value> {
        self.scene.api().calls().into_iter().filter(|call| call["state"] == state).collect()
    }

    /// `kill -9` and a start at once.
    fn restart(&mut self) -> Duration {
        let began = Instant::now();
        self.scene.engine.crash();
        self.scene.engine.restart();
        began.elapsed()
    }

    /// Waits until each of these telephones has heard something again.
    fn awaits_sound(&self, phones: impl Iterator<Item = usize>) {
        for n in phones {
            until(PATIENCE, &format!("phone {n} to hear something"), || (self.phones.seen(n).packets > 5).then_some(()));
        }
    }

    /// Waits until both ends of each talk hear each other.
    fn awaits_voices(&self) {
        for n in 0..self.bridged {
            let agent = self.partner(n);
            until(PATIENCE, &format!("caller {n} and phone {agent} to hear each other"), || {
                let (caller, agent) = (self.phones.seen(n).hears, self.phones.seen(agent).hears);
                ((caller, agent) == (voice(self.partner(n)), voice(n))).then_some(())
            });
        }
    }

    /// The telephone of the agent who talks with caller `n`.
    fn partner(&self, n: usize) -> usize {
        let talks = |agent: &usize| self.phones.seen(*agent).caller == number(n);
        (0..self.bridged).map(|agent| self.agent(agent)).find(talks).unwrap_or_else(|| panic!("nobody was rung for caller {n}"))
    }
}

fn number(n: usize) -> String {
    format!("+65987{:05}", 10_000 + n)
}

fn voice(n: usize) -> u16 {
    n as u16 + 1
}

fn wish() -> (usize, usize) {
    let wish = std::env::var("CABRANK_RESTART").unwrap_or_default();
    let parsed = wish.split_once(',').and_then(|(waiting, bridged)| Some((waiting.parse().ok()?, bridged.parse().ok()?)));
    parsed.unwrap_or((20, 5))
}

#[test]
fn who_waits_keeps_the_place_and_who_talks_goes_on_talking() {
    let (waiting, bridged) = wish();
    let mut house = House::fill(waiting, bridged);
    house.awaits_voices();
    house.awaits_sound(house.callers());
    let (line, first) = (house.scene.api().line(), house.phones.seen(bridged).sources);
    house.phones.mark();
    let ready = house.restart();
    house.awaits_sound(0..house.agent(bridged));
    house.awaits_voices();
    let mut gaps: Vec<Duration> = (0..house.agent(bridged)).map(|n| house.phones.seen(n).gap).collect();
    gaps.sort_unstable();
    println!(
        "{waiting} waiting, {bridged} bridged: ready after {ready:?}, gap p50 {:?} max {:?}",
        gaps[gaps.len() / 2],
        gaps[gaps.len() - 1]
    );
    house.awaits("talking", bridged);
    assert_eq!(house.scene.api().line(), line, "place, time and what was said stay");
    assert!((0..house.agent(bridged)).all(|n| house.phones.seen(n).talks), "somebody was dropped");
    assert_eq!(house.phones.seen(bridged).sources, first + 1, "the far end hears one new source");
    assert!((0..bridged).all(|n| house.phones.seen(house.agent(n)).rung.len() == 1), "somebody was rung again");
    everybody_leaves(&house);
}

/// Each side of a talk hangs up, who is held is taken back, and the next in line gets the agent who is free.
fn everybody_leaves(house: &House) {
    let (phones, bridged) = (&house.phones, house.bridged);
    phones.reinvite(0, "sendonly");
    phones.reinvite(0, "sendrecv");
    house.awaits_voices();
    let agent = house.partner(0);
    phones.hang_up(0);
    until(PATIENCE, "the agent to be let go", || (!phones.seen(agent).talks || phones.seen(agent).rung.len() == 2).then_some(()));
    until(PATIENCE, "the agent to be rung for the first in line", || {
        (phones.seen(agent).caller == number(bridged)).then_some(())
    });
    let other = house.partner(1);
    phones.mood(other, Mood::Rings);
    phones.hang_up(other);
    until(PATIENCE, "the caller to be let go", || (!phones.seen(1).talks).then_some(()));
    let last = house.callers().end - 1;
    phones.hang_up(last);
    house.scene.api().awaits_outcomes("served_by_agent", 2);
    house.scene.api().awaits_outcomes("abandoned", 1);
    assert!(house.scene.api().calls().iter().all(|call| call["outcome"] != "cut_off"), "nobody was cut off");
}

/// A caller, and the agent's phone that rings for that caller.
fn where_an_agent_is_rung() -> (House, usize) {
    let house = House::open(0, 1, |desk, _| desk);
    let agent = house.agent(0);
    house.phones.mood(agent, Mood::Rings);
    house.calls(0);
    until(PATIENCE, "the agent to be rung", || (!house.phones.seen(agent).rung.is_empty()).then_some(()));
    pause(Duration::from_millis(300));
    (house, agent)
}

#[test]
fn who_is_rung_is_rung_once_and_may_answer_after_the_restart() {
    let (mut house, agent) = where_an_agent_is_rung();
    house.restart();
    house.phones.take(agent);
    house.awaits("talking", 1);
    house.awaits_voices();
    assert_eq!(house.phones.seen(agent).rung.len(), 1, "it rang twice");
    house.phones.hang_up(agent);
    house.scene.api().awaits_outcomes("served_by_agent", 1);
}

#[test]
fn who_answers_while_the_engine_is_down_is_connected() {
    let (mut house, agent) = where_an_agent_is_rung();
    house.scene.engine.crash();
    std::thread::scope(|scope| {
        let House { scene, phones, .. } = &mut house;
        scope.spawn(|| phones.take(agent));
        pause(Duration::from_millis(200));
        scene.engine.restart();
    });
    house.awaits("talking", 1);
}

#[test]
fn who_hears_the_menu_hears_it_again_and_may_press() {
    let mut house = House::open(1, 0, |desk, _| desk.agent_registering("a101").silence("6s"));
    house.phones.call(0, house.scene.engine.sip(), KNOWN);
    pause(Duration::from_millis(500));
    house.phones.mark();
    house.restart();
    house.awaits_sound(0..1);
    house.phones.press(0, '1');
    until(PATIENCE, "the caller to be served and let go", || (!house.phones.seen(0).talks).then_some(()));
    house.scene.api().awaits_outcomes("served_instantly", 1);
}

#[test]
fn a_registered_phone_is_rung_without_registering_again() {
    let mut house = House::open(1, 0, |desk, _| desk.agent_registering("a101").md5_only());
    let phone = house.scene.softphone("a101", 0).registers(house.scene.engine.sip(), "secret-a101").answers();
    let mut agent = phone.start(&house.scene.room, &tone(500.0, 1.0));
    agent.awaits_registration();
    house.scene.api().awaits_agent("a101", "idle");
    house.restart();
    house.scene.api().awaits_agent("a101", "idle");
    house.calls(0);
    agent.awaits("CALL_ESTABLISHED", PATIENCE);
    house.awaits("talking", 1);
    assert_eq!(agent.count("REGISTER_OK"), 0, "it registered again");
}

#[test]
fn who_is_called_back_is_rung_once_and_picks_up_after_the_restart() {
    let mut house = House::open(1, 0, |desk, phones| {
        let desk = desk.callbacks(2).outbound(phones.port(0));
        desk.agent_at("a101", phones.port(1))
    });
    house.calls(0);
    pause(Duration::from_millis(1_800));
    house.phones.press(0, '1');
    house.awaits("absent", 1);
    until(PATIENCE, "the caller to be let go", || (!house.phones.seen(0).talks).then_some(()));
    house.restart();
    house.awaits("absent", 1);
    house.phones.mood(0, Mood::Rings);
    house.scene.api().sign_in_unseen("a101");
    until(PATIENCE, "the caller to be called back", || (house.phones.seen(0).rung.len() == 1).then_some(()));
    pause(Duration::from_millis(300));
    house.restart();
    house.phones.take(0);
    pause(Duration::from_millis(600));
    house.restart();
    house.phones.mark();
    house.awaits_sound(0..1);
    house.phones.press(0, '1');
    house.awaits("talking", 1);
    assert_eq!((house.phones.seen(0).rung.len(), house.phones.seen(1).rung.len()), (1, 1), "somebody was rung twice");
    house.phones.hang_up(0);
    house.scene.api().awaits_outcomes("served_by_agent", 1);
}

/// The caller's connection went with the engine; another one leads to the same call.
#[test]
fn a_call_over_tcp_is_ended_over_a_new_connection() {
    let mut house = House::open(0, 0, |desk, _| desk.agent_registering("a101"));
    let invite = Request::invite("taxi", "tcp");
    let answer = over_tcp(house.scene.engine.sip(), &[invite.text(0).as_bytes()], Duration::from_secs(1));
    let answer = answer.split_once("SIP/2.0 200").map(|(_, rest)| format!("SIP/2.0 200{rest}")).expect("a 200");
    let ack = invite.next("ACK", &answer, 1).text(0);
    assert_eq!(over_tcp(house.scene.engine.sip(), &[ack.as_bytes()], Duration::from_millis(200)), "");
    house.restart();
    house.awaits("waiting", 1);
    let bye = invite.next("BYE", &answer, 2).text(0);
    let answer = over_tcp(house.scene.engine.sip(), &[bye.as_bytes()], Duration::from_secs(1));
    assert_eq!(code(&answer), 200, "{answer}");
    house.scene.api().awaits_outcomes("abandoned", 1);
}

#[test]
fn a_call_outlives_restart_after_restart_and_its_journal_is_sound() {
    let mut house = House::fill(2, 1);
    for _ in 0..4 {
        house.phones.mark();
        house.restart();
        house.awaits_sound(0..house.agent(1));
        house.awaits_voices();
    }
    house.phones.reinvite(0, "sendonly");
    house.restart();
    house.phones.reinvite(0, "sendrecv");
    house.awaits_voices();
    house.phones.hang_up(0);
    (1..3).for_each(|n| house.phones.hang_up(n));
    house.scene.api().awaits_outcomes("served_by_agent", 1);
    house.scene.api().awaits_outcomes("abandoned", 2);
    assert_eq!(house.scene.engine.stop(PATIENCE).and_then(|status| status.code()), Some(0));
    let replay = cabrank(&["replay", path(house.scene.engine.data())]);
    assert!(replay.status.success(), "{}", printed(&replay));
}

#[test]
fn a_call_outlives_a_restart_behind_a_snapshot_though_all_that_came_before_is_gone() {
    let mut house = House::open(2, 1, |desk, _| desk.journal_key("segment_kb = 64"));
    (0..house.callers().end).for_each(|n| house.calls(n));
    house.awaits("talking", 1);
    house.awaits("waiting", 2);
    house.awaits_voices();
    fill(&house.scene, "agent0");
    let line = house.scene.api().line();
    house.scene.engine.crash();
    let segments = segments(house.scene.engine.data());
    for closed in &segments[..segments.len() - 1] {
        std::fs::remove_file(closed).expect("a segment");
    }
    house.phones.mark();
    house.scene.engine.restart();
    house.awaits_sound(0..house.agent(1));
    house.awaits_voices();
    assert_eq!(house.scene.api().line(), line, "place, time and what was said stay");
    house.phones.hang_up(0);
    (1..3).for_each(|n| house.phones.hang_up(n));
    house.scene.api().awaits_outcomes("served_by_agent", 1);
    house.scene.api().awaits_outcomes("abandoned", 2);
}
