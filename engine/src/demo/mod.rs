//! `cabrank demo`: the engine, with callers and agents who are simulated and calls that are real (SIP and RTP on loopback).

mod agents;
mod callers;
mod ledger;
mod pace;
mod screen;

use crate::assets::{Source, example_profiles};
use crate::cli::{Outcome, Unusable};
use crate::number::Region;
use crate::profiles;
use crate::serve::{Engine, Setup};
use cabrank_settings::{Config, Transport};
use cabrank_sim::phone::Phone;
use clap::Args;
use ledger::Ledger;
use pace::Pace;
use screen::Screen;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

/// How often the desk is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// How long the last calls may still go on at the end.
const LAST_CALLS: Duration = Duration::from_secs(3);

/// What to show.
#[derive(Args, Clone)]
pub struct DemoArgs {
    /// The configuration; without one, the built-in taxi desk. Its agents' phones are simulated.
    config: Option<PathBuf>,
    /// Everybody but the prompts is so many times as fast (0.1 to 100).
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = read_speed)]
    speed: f64,
    /// How long it goes on; Ctrl-C ends it sooner.
    #[arg(long = "for", value_name = "TIME", default_value = "2m", value_parser = read_time)]
    lasting: Duration,
    /// Callers a minute, before --speed, after the eight of the first seconds.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=6_000))]
    per_minute: u32,
    /// The same callers do the same again with the same seed, as far as real time lets them.
    #[arg(long, value_name = "N", default_value_t = 3)]
    seed: u64,
    /// Where journal and database are kept; without it, in a temporary directory that goes away at the end.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Shows the engine busy, until the time is over or somebody presses Ctrl-C.
///
/// # Errors
/// What keeps the engine or the phones from starting.
pub fn run(args: DemoArgs) -> Result<Outcome, Unusable> {
    let source = args.config.clone().map_or(Source::BuiltIn, Source::File);
    let mut config = source.config().map_err(Unusable::because)?;
    hurry_wrap_up(&mut config, args.speed);
    let stage = Stage::new(&config)?;
    let known = known_callers(&source, &config)?;
    let data = Data::new(args.data.clone());
    let setup = Setup { source, config, data: data.path.clone(), bind: Some(stage.desk.ip()), store: None };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(2).build().map_err(Unusable::because)?;
    runtime.block_on(async {
        let engine = Engine::start(setup).await.map_err(Unusable::because)?;
        let played = play(&engine, &stage, known, &args).await;
        engine.drain(LAST_CALLS).await;
        engine.stop().await;
        played.map(|()| Outcome::Done)
    })
}

/// Agents are as fast after a call as in it.
fn hurry_wrap_up(config: &mut Config, speed: f64) {
    for queue in &mut config.desk.queues {
        queue.thresholds.wrap_up.0 = (queue.thresholds.wrap_up.0 as f64 / speed) as u64;
    }
}

/// Where and with whom it is played.
struct Stage {
    /// The desk's SIP address.
    desk: SocketAddr,
    /// The line that is called.
    line: String,
    /// The agents' names, by id.
    names: Vec<String>,
    /// Names and passwords of the agents whose phones register.
    agents: Vec<agents::Account>,
}

impl Stage {
    fn new(config: &Config) -> Result<Stage, Unusable> {
        let udp = config.sip.listen.iter().find(|listen| listen.transport == Transport::Udp);
        let udp = udp.ok_or_else(|| Unusable::because("the demo calls over UDP: name a udp: address in [sip] listen"))?;
        let ip = if udp.addr.ip().is_loopback() { udp.addr.ip() } else { IpAddr::V4(Ipv4Addr::LOCALHOST) };
        let line = config.desk.lines.first().map(|line| line.number.to_string()).unwrap_or_default();
        let names = config.desk.agents.iter().map(|agent| agent.name.to_string()).collect();
        Ok(Stage { desk: SocketAddr::new(ip, udp.addr.port()), line, names, agents: agents::accounts(config) })
    }

    fn phone_address(&self) -> SocketAddr {
        SocketAddr::new(self.desk.ip(), 0)
    }
}

/// Everybody plays until the end; whoever is in a call then hangs up.
async fn play(engine: &Engine, stage: &Stage, known: Vec<String>, args: &DemoArgs) -> Result<(), Unusable> {
    let pace = Pace { speed: args.speed };
    let (agents_phone, rings) = Phone::bind(stage.phone_address()).await.map_err(Unusable::because)?;
    let (callers_phone, _) = Phone::bind(stage.phone_address()).await.map_err(Unusable::because)?;
    agents::register(&agents_phone, stage.desk, &stage.agents).await?;
    let mut screen = Screen::new(stage, &engine.welcome().page(), args);
    let mut ledger = Ledger::default();
    let crowd = callers::Crowd {
        phone: callers_phone,
        to: format!("sip:{}@{}", stage.line, stage.desk),
        known,
        pace,
        gap: Duration::from_secs(60) / args.per_minute,
        seed: args.seed,
    };
    let counts = crowd.counts();
    let mut cast = JoinSet::new();
    cast.spawn(agents::work(rings, pace, args.seed));
    cast.spawn(crowd.call(counts.clone()));
    let end = Instant::now() + args.lasting;
    tokio::select! {
        () = sleep_until(end) => {}
        _ = tokio::signal::ctrl_c() => {}
        () = engine.journal_failure() => return Err(Unusable::because("the journal cannot be synced")),
        () = watch(engine, &mut ledger, &mut screen, &counts) => {}
    }
    cast.shutdown().await;
    screen.close(&ledger, &counts);
    Ok(())
}

async fn watch(engine: &Engine, ledger: &mut Ledger, screen: &mut Screen, counts: &callers::Counts) {
    let door = engine.door();
    loop {
        if let Ok(view) = door.look().await {
            ledger.note(&view);
            screen.show(&view, ledger, counts);
        }
        sleep(LOOK_EVERY).await;
    }
}

/// Only the built-in desk's callers are known here; a desk of one's own is called by strangers.
fn known_callers(source: &Source, config: &Config) -> Result<Vec<String>, Unusable> {
    match source {
        Source::File(_) => Ok(Vec::new()),
        Source::BuiltIn => {
            let reading = profiles::read(example_profiles().as_bytes(), Region::from(config.region));
            let profiles = reading.map_err(Unusable::because)?.profiles;
            Ok(profiles.into_iter().map(|(number, _)| number.0.to_string()).collect())
        }
    }
}

/// The data directory; a temporary one goes away with it.
struct Data {
    path: PathBuf,
    temporary: bool,
}

impl Data {
    fn new(wanted: Option<PathBuf>) -> Data {
        let temporary = wanted.is_none();
        let path = wanted.unwrap_or_else(|| std::env::temp_dir().join(format!("cabrank-demo-{}", std::process::id())));
        Data { path, temporary }
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        if self.temporary {
            // What cannot be removed is left to whoever cleans the temporary directory.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

fn read_speed(text: &str) -> Result<f64, String> {
    let speed = text.parse::<f64>().ok().filter(|speed| (0.1..=100.0).contains(speed));
    speed.ok_or_else(|| "a number from 0.1 to 100, for example 4".into())
}

fn read_time(text: &str) -> Result<Duration, String> {
    let time = text.parse::<jiff::SignedDuration>().ok().and_then(|time| Duration::try_from(time).ok());
    let time = time.filter(|time| (1..=86_400).contains(&time.as_secs()));
    time.ok_or_else(|| "a length of time from 1s to 24h, for example 90s or 2m".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_speeds_are_read_with_their_bounds() {
        assert_eq!(read_time("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(read_time("2m"), Ok(Duration::from_secs(120)));
        for bad in ["", "0s", "-1m", "25h", "soon", "5"] {
            assert!(read_time(bad).is_err(), "{bad}");
        }
        assert_eq!(read_speed("0.5"), Ok(0.5));
        for bad in ["", "0", "-1", "1000", "NaN", "fast"] {
            assert!(read_speed(bad).is_err(), "{bad}");
        }
    }
}
