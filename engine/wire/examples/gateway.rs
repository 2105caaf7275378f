//! A switch that holds its own media has one call routed, and prints what it is told.
//!
//! ```text
//! cargo run -p cabrank-wire --example gateway -- quic://127.0.0.1:4433 --fingerprint sha256:… --token-file secrets/pbx \
//!     --name pbx --line taxi --caller alice --press 1
//! ```
//!
//! Address and fingerprint are printed by the engine at its start; name and token stand under `[[quic.peer]]` in the desk's
//! file, with `role = "gateway"`. There is no sound here: a prompt is over at once, the key is pressed when the desk waits for
//! one, the agent takes the call at the first ring, and hangs up after a second.

use cabrank_wire::client::{Call, Gateway, Identity, Order, Target};
use cabrank_wire::v1::{Offer, Place, Play, Ring};
use std::collections::HashMap;
use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

const USAGE: &str =
    "gateway quic://HOST:PORT --fingerprint sha256:… --token-file FILE [--name pbx] [--line taxi] [--caller alice] [--press 1]";

/// How long caller and agent talk.
const TALK: Duration = Duration::from_secs(1);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match route_a_call().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gateway: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn route_a_call() -> Result<(), Box<dyn Error>> {
    let Asked { target, identity, offer, press } = asked(std::env::args().skip(1)).inspect_err(|_| eprintln!("{USAGE}"))?;
    let gateway = Gateway::connect(target, identity).await?;
    println!("let in by the desk {}", gateway.session().welcome().desk);
    let mut call = gateway.offer(offer).await?;
    let mut caller = Caller { press };
    loop {
        match call.next().await {
            Ok(Some(order)) => caller.obey(&mut call, order).await?,
            Ok(None) => break println!("the desk has no more to say"),
            Err(error) if error.is_resumable() => {
                println!("{error}: resuming");
                call.resume().await?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    gateway.session().close().await;
    Ok(())
}

/// Who calls, with the key to press once.
struct Caller {
    press: Option<char>,
}

impl Caller {
    async fn obey(&mut self, call: &mut Call, order: Order) -> Result<(), Box<dyn Error>> {
        match order {
            Order::Offered { call, name } => {
                println!("the desk has the call: {call:016x}, of {}", name.as_deref().unwrap_or("nobody known"))
            }
            Order::Refused { why, retry_after } => println!("turned away: {why:?}, come back after {retry_after:?}"),
            Order::Answer => println!("answer the caller"),
            Order::Play(play) => self.hear(call, play).await?,
            Order::Music { prompt, .. } => {
                println!("music: {prompt}");
                call.ask_place().await?;
            }
            Order::Place(place) => print_place(&place),
            Order::Ring(ring) => {
                print_ring(&ring);
                call.ringing(ring.offer).await?;
                call.answered(ring.offer).await?;
            }
            Order::StopRinging { .. } => println!("stop ringing"),
            Order::Connect { offer } => {
                println!("caller and agent hear each other");
                tokio::time::sleep(TALK).await;
                call.agent_hung_up(offer).await?;
            }
            Order::Release { .. } => println!("hang up the agent"),
            Order::HangUp { .. } => {
                println!("hang up the caller");
                call.hang_up();
            }
            Order::CallBack(_) => println!("a call of one's own is not called back"),
            Order::Fault(fault) => println!("not done: {}", fault.sentence),
        }
        Ok(())
    }

    async fn hear(&mut self, call: &mut Call, play: Play) -> Result<(), Box<dyn Error>> {
        println!("play {} ({:?}, keys {:?}, {} ms)", play.prompts.join(" "), play.meaning(), play.keys, play.eta_ms);
        if let Some(key) = self.press.take_if(|key| play.keys.contains(*key)) {
            println!("the caller presses {key}");
            call.digit(key).await?;
        }
        Ok(call.prompt_ended(play.play).await?)
    }
}

fn print_place(place: &Place) {
    println!("in {}: {} ahead, waited {} ms, at most {} ms more", place.queue, place.ahead, place.waited_ms, place.at_most_ms);
}

fn print_ring(ring: &Ring) {
    let context = ring.context.clone().unwrap_or_default();
    println!("ring {}: {} ({}) waited {} ms: {}", ring.agent, context.caller, context.class, context.waited_ms, context.sentence);
}

/// What the command line asks for.
struct Asked {
    target: Target,
    identity: Identity,
    offer: Offer,
    press: Option<char>,
}

fn asked(mut words: impl Iterator<Item = String>) -> Result<Asked, Box<dyn Error>> {
    let address = words.next().ok_or("no address")?;
    let address = address.strip_prefix("quic://").ok_or("the address begins with quic://")?.parse()?;
    let mut options = HashMap::new();
    while let Some(option) = words.next() {
        options.insert(option.clone(), words.next().ok_or(format!("{option} of what?"))?);
    }
    let mut option = |name: &str| options.remove(name);
    let fingerprint = option("--fingerprint").ok_or("no --fingerprint")?.parse()?;
    let token = std::fs::read_to_string(option("--token-file").ok_or("no --token-file")?)?;
    let identity = Identity::with_token(option("--name").unwrap_or("pbx".into()), token.trim());
    let line = option("--line").unwrap_or("taxi".into());
    let offer = Offer { line, caller: option("--caller").unwrap_or("alice".into()), ..Offer::default() };
    let press = option("--press").and_then(|keys| keys.chars().next());
    match options.into_keys().next() {
        Some(unknown) => Err(format!("what is {unknown}?").into()),
        None => Ok(Asked { target: Target::pinned(address, fingerprint), identity, offer, press }),
    }
}
