//! What `cabrank-sim load` can be told.

use super::super::Unusable;
use super::super::output::OutputArgs;
use super::quic::QuicArgs;
use crate::chance::Law;
use crate::load::{Account, Audio, Bounds, People, Phase, Plan, QuicPlan, Search};
use crate::scenario::law_said;

use cabrank_settings::{OnDisk, Phone, parse};
use clap::Args;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Shown after the options.
pub(in crate::cli) const AFTER_HELP: &str = "\
LAW is a length of time (`500ms`), or one drawn by lot: exponential(2m), lognormal(3m, 2m), gamma(3m, 2m), erlang(3m, 4),
empirical(FILE), or as in a scenario: '{ exponential = { mean = \"2m\" } }'. Times carry their unit: 500ms, 90s, 2m.

Examples:
  cabrank-sim load sip:taxi@127.0.0.1:5060 --rate 20 --for 30s --press 2 --agents-from config/taxi.toml --html load.html
      20 callers a second press 2; the taxi desk's own agents answer and talk for half a second
  cabrank-sim load sip:taxi@127.0.0.1:5060 --rate 20,60,20 --for 10s --patience 'exponential(30s)' --redial '0.4,exponential(1m)'
      three phases of ten seconds: what an overload does, and whether the desk recovers at once
  cabrank-sim load sip:taxi@127.0.0.1:5060 --find-limit --rate 50 --for 10s --press 2 --agents-from desk.toml --watch $(pidof cabrank)
      the highest rate that is sustained, and what the engine takes of the processor at each
  cabrank-sim load quic://127.0.0.1:4433 --fingerprint sha256:... --token-file admin-token --connections 4 --rate 500 --agents-from desk.toml
      the same by QUIC: calls offered over four connections, the agents' programs simulated

Exit code: 0; 1 if any call failed (not with --find-limit); 2 for bad usage; 130 after Ctrl-C, with what there was so far.";

#[derive(Args)]
pub(in crate::cli) struct LoadArgs {
    /// What is put under load: sip:LINE@HOST:PORT, or quic://HOST:PORT. Only on this machine's loopback, unless --anywhere.
    pub(super) target: String,
    /// Calls a second, on average; several with commas between them are phases, each as long as --for says. Such as 100 or 50,150,50.
    #[arg(long, value_name = "N,...", value_delimiter = ',', required_unless_present = "find_limit", value_parser = read_rate)]
    rate: Vec<f64>,
    /// How long callers come, in each phase; with --find-limit at each rate. Such as 30s.
    #[arg(long = "for", value_name = "TIME", default_value = "10s", value_parser = read_time)]
    lasting: Duration,
    /// Fixes due moments, callers, and all lengths of time.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// What callers press once they are answered: 0-9, *, #, A-D; or none.
    #[arg(long, value_name = "KEY", default_value = "none", value_parser = read_key)]
    press: Key,
    /// How long they think before they press. Such as 'lognormal(2s, 1s)'.
    #[arg(long, value_name = "LAW", default_value = "0s", value_parser = law_said)]
    think: Law,
    /// How long callers to whom nobody comes stay, from the moment at which the call was due; or never. Such as 'exponential(2m)'.
    #[arg(long, value_name = "LAW", default_value = "never", value_parser = read_patience)]
    patience: Patience,
    /// The chance that somebody who was refused or lost patience calls again, and after how long. Such as '0.4,exponential(5m)'.
    #[arg(long, value_name = "CHANCE,LAW", value_parser = read_redial)]
    redial: Option<Redial>,
    /// How many different callers there are. Two calls of one number cannot be told apart: let there be many.
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000_000))]
    callers: u64,
    /// How their numbers begin. Such as +6580.
    #[arg(long, value_name = "TEXT", default_value = "+6580", value_parser = read_user)]
    caller_prefix: String,
    /// Call as the people of this CSV file instead: its column `number`. The desk's own profiles will do.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["callers", "caller_prefix"])]
    callers_from: Option<PathBuf>,
    /// Keys for instant service: a call that the desk ends without an agent after one of these was served.
    #[arg(long, value_name = "KEYS", default_value = "1")]
    instant: String,
    /// How many agents are simulated; of --agents-from the first so many, otherwise named by --agent-name.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=100_000))]
    agents: Option<u32>,
    /// Agents and their passwords are those of this desk's configuration whose phones register. Such as config/taxi.toml.
    #[arg(long, value_name = "CONFIG")]
    agents_from: Option<PathBuf>,
    /// What agents are called without --agents-from; {} is 1, 2, and so on.
    #[arg(long, value_name = "TEXT", default_value = "a{}", conflicts_with = "agents_from")]
    agent_name: String,
    /// Their passwords; {} as above. Such as 'secret-a{}'.
    #[arg(long, value_name = "TEXT", default_value = "secret-a{}", conflicts_with = "agents_from")]
    agent_password: String,
    /// How long an agent's phone rings before the agent answers. Such as 'exponential(3s)'.
    #[arg(long, value_name = "LAW", default_value = "0s", value_parser = law_said)]
    pick_up: Law,
    /// How long an agent talks before hanging up. Such as 'lognormal(3m, 2m)'.
    #[arg(long, value_name = "LAW", default_value = "500ms", value_parser = law_said)]
    talk: Law,
    /// How long callers may stay when no more come; then they are sent home, which is no failure.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = read_time_or_none)]
    drain: Duration,
    /// Calls at once; one more is not made and has failed.
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    calls_max: u32,
    /// Where to hear SIP; agents whose phones have a fixed address are rung there. Port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Speak: a packet of silence every 20 ms from everybody. Without it only keys are sent, and what --keep-alive says.
    #[arg(long)]
    audio: bool,
    /// Without --audio: a packet so often, since desks take legs for dead that say nothing for long ([media] silence_max).
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = read_time)]
    keep_alive: Duration,
    #[command(flatten)]
    quic: QuicArgs,
    /// Also tell how much of the processor this process takes, by its id: the engine's.
    #[arg(long, value_name = "PID")]
    pub(super) watch: Option<u32>,
    /// Search for the highest rate that is sustained: up from --rate (10) until a bound is broken, then halfway between, again and again.
    #[arg(long)]
    pub(super) find_limit: bool,
    /// With --find-limit: no rate beyond this one.
    #[arg(long, value_name = "N", default_value = "100000", value_parser = read_rate)]
    rate_max: f64,
    /// With --find-limit: how near the answer is to be. Such as 5%.
    #[arg(long, value_name = "SHARE", default_value = "5%", value_parser = read_share)]
    precision: f64,
    /// With --find-limit: the share of calls that may fail. Such as 0.1%.
    #[arg(long, value_name = "SHARE", default_value = "0%", value_parser = read_share)]
    failed_max: f64,
    /// With --find-limit: the share of calls that may be refused, or let go without an agent.
    #[arg(long, value_name = "SHARE", default_value = "1%", value_parser = read_share)]
    refused_max: f64,
    /// With --find-limit: 99 of 100 calls are answered within this time from when they were due.
    #[arg(long, value_name = "TIME", default_value = "100ms", value_parser = read_time)]
    answer_p99: Duration,
    /// With --find-limit: 99 of 100 calls for which an agent is rung have that within this time; not looked at without it.
    #[arg(long, value_name = "TIME", value_parser = read_time)]
    rung_p99: Option<Duration>,
    /// With --find-limit: 99 of 100 calls are made no later than this, or the generator is the limit.
    #[arg(long, value_name = "TIME", default_value = "10ms", value_parser = read_time)]
    late_p99: Duration,
    /// Call other machines than this one.
    #[arg(long)]
    pub(super) anywhere: bool,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

/// What is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key(Option<char>);

/// How long callers stay.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Patience(Option<Law>);

/// Who calls again, and when.
#[derive(Clone, Debug, PartialEq)]
struct Redial(f64, Law);

impl LoadArgs {
    pub(super) fn plan(&self) -> Result<Plan, Unusable> {
        let rates = if self.rate.is_empty() { vec![Search::default().from] } else { self.rate.clone() };
        if self.find_limit && rates.len() > 1 {
            return Err(Unusable::because("--find-limit starts from one rate: --rate 50"));
        }
        Ok(Plan {
            phases: rates.iter().map(|rate| Phase { rate: *rate, lasting: self.lasting }).collect(),
            seed: self.seed,
            people: self.people()?,
            key: self.press.0,
            think: self.think.clone(),
            patience: self.patience.0.clone(),
            redial: self.redial.clone().map(|Redial(chance, law)| (chance, law)),
            instant: self.instant.chars().collect(),
            pick_up: self.pick_up.clone(),
            talk: self.talk.clone(),
            drain: self.drain,
            calls_max: self.calls_max as usize,
        })
    }

    fn people(&self) -> Result<People, Unusable> {
        let Some(path) = &self.callers_from else {
            return Ok(People::Numbered { prefix: self.caller_prefix.clone(), count: self.callers });
        };
        People::read(&text_of(path)?).map_err(|why| Unusable::because(format!("{}: {why}", path.display())))
    }

    /// The agents: with SIP those who register, with QUIC those whose program is all there is.
    pub(super) fn agents(&self, by_quic: bool) -> Result<Vec<Account>, Unusable> {
        let count = self.agents.unwrap_or(0);
        let Some(path) = &self.agents_from else {
            let named = |pattern: &str, n: u32| pattern.replace("{}", &n.to_string());
            let account = |n| Account { name: named(&self.agent_name, n), password: named(&self.agent_password, n) };
            return Ok((1..=count).map(account).collect());
        };
        let config = parse(&text_of(path)?, &path.display().to_string(), &OnDisk::beside(path));
        let config = config.map_err(|faults| Unusable::because(format!("{:?}", miette::Report::new(faults))))?;
        let accounts: Vec<Account> =
            config.desk.agents.iter().zip(&config.agents).filter_map(|one| account(one, by_quic)).collect();
        if accounts.is_empty() {
            return Err(Unusable::because(format!(
                "{}: there is no agent here who could be simulated: by SIP their phones must register (or see --listen), by QUIC \
                 a program must be all they have",
                path.display()
            )));
        }
        if accounts.len() < count as usize {
            let (path, there) = (path.display(), accounts.len());
            return Err(Unusable::because(format!(
                "{path} has {there} agents who can be simulated, and --agents asks for {count}"
            )));
        }
        let wanted = self.agents.map_or(accounts.len(), |count| count as usize);
        Ok(accounts.into_iter().take(wanted).collect())
    }

    /// Where to hear SIP, if the desk is there.
    pub(super) fn listen(&self, server: SocketAddr) -> SocketAddr {
        let any = match server.ip() {
            ip if ip.is_loopback() => ip,
            IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        self.listen.unwrap_or(SocketAddr::new(any, 0))
    }

    pub(super) fn audio(&self) -> Audio {
        Audio { constant: self.audio, keep_alive: self.keep_alive }
    }

    /// The desk of that name behind QUIC.
    pub(super) fn quic(&self, server_name: String, server: SocketAddr, agents: Vec<String>) -> Result<QuicPlan, Unusable> {
        self.quic.plan(server_name, server, agents)
    }

    pub(super) fn search(&self) -> (Search, Bounds) {
        let from = self.rate.first().copied().unwrap_or(Search::default().from);
        let search = Search { from, to: self.rate_max, precision: self.precision.max(0.001), ..Search::default() };
        let bounds = Bounds {
            failed: self.failed_max,
            refused: self.refused_max,
            answer_p99: self.answer_p99,
            rung_p99: self.rung_p99,
            late_p99: self.late_p99,
        };
        (search, bounds)
    }
}

fn account((agent, phone): (&cabrank_core::Agent, &Phone), by_quic: bool) -> Option<Account> {
    let named = |password: &str| Account { name: agent.name.to_string(), password: password.to_owned() };
    match phone {
        Phone::Registers(password) if !by_quic => Some(named(password.expose())),
        Phone::Program if by_quic => Some(named("")),
        Phone::Registers(_) | Phone::At(_) | Phone::Program => None,
    }
}

pub(super) fn text_of(path: &Path) -> Result<String, Unusable> {
    std::fs::read_to_string(path).map_err(|error| Unusable::because(format!("{} cannot be read: {error}", path.display())))
}

fn read_rate(text: &str) -> Result<f64, String> {
    let rate = text.trim().parse::<f64>().ok().filter(|rate| (0.001..=1e6).contains(rate));
    rate.ok_or_else(|| "a number of calls a second from 0.001 to 1000000".into())
}

fn read_time_or_none(text: &str) -> Result<Duration, String> {
    let time = text.parse::<jiff::SignedDuration>().ok().and_then(|time| Duration::try_from(time).ok());
    time.filter(|time| time.as_secs() <= 7 * 86_400).ok_or_else(|| "a length of time, for example 500ms, 90s or 2m".into())
}

pub(super) fn read_time(text: &str) -> Result<Duration, String> {
    read_time_or_none(text).and_then(|time| if time.is_zero() { Err("longer than nothing".into()) } else { Ok(time) })
}

fn read_share(text: &str) -> Result<f64, String> {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let share =
        text.trim().strip_suffix('%').map_or_else(|| number(text), |percent| number(percent).map(|percent| percent / 100.0));
    share.filter(|share| (0.0..=1.0).contains(share)).ok_or_else(|| "a share, for example 1% or 0.01".into())
}

fn read_key(text: &str) -> Result<Key, String> {
    let mut keys = text.chars();
    match (text, keys.next(), keys.next()) {
        ("none", _, _) => Ok(Key(None)),
        (_, Some(key), None) if "0123456789*#ABCD".contains(key) => Ok(Key(Some(key))),
        _ => Err("one of 0-9, *, #, A-D; or none".into()),
    }
}

fn read_patience(text: &str) -> Result<Patience, String> {
    if text == "never" { Ok(Patience(None)) } else { law_said(text).map(|law| Patience(Some(law))) }
}

fn read_redial(text: &str) -> Result<Redial, String> {
    let (chance, law) = text.split_once(',').ok_or("a chance, a comma and a law, for example 0.4,exponential(5m)")?;
    let (chance, law) = (read_share(chance)?, law_said(law)?);
    // Who calls again at once, for ever, is no caller but a loop.
    if law.mean_s() == 0.0 && chance > 0.0 {
        return Err("whoever calls again does so after some time, for example 0.4,exponential(5m)".into());
    }
    Ok(Redial(chance, law))
}

pub(super) fn read_user(text: &str) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+-_.".contains(&byte);
    if text.len() <= 32 && text.bytes().all(plain) { Ok(text.to_owned()) } else { Err("digits, letters, + - _ .".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cabrank_core::Span;

    #[test]
    fn options_are_read_with_their_bounds() {
        assert_eq!(read_share("1%"), Ok(0.01));
        assert_eq!(read_share("0.4"), Ok(0.4));
        assert_eq!(read_redial("0.4,30s"), Ok(Redial(0.4, Law::Constant(Span::secs(30)))));
        assert_eq!(read_patience("never"), Ok(Patience(None)));
        assert_eq!(read_key("#"), Ok(Key(Some('#'))));
        for bad in ["", "12", "x", "nobody"] {
            assert!(read_key(bad).is_err(), "{bad}");
        }
        for bad in ["", "0.4", "2,30s", "0.4,", "0.4,0s"] {
            assert!(read_redial(bad).is_err(), "{bad}");
        }
        for bad in ["", "0", "-1", "NaN", "inf"] {
            assert!(read_rate(bad).is_err(), "{bad}");
        }
        assert!(read_time("0s").is_err() && read_time("9").is_err() && read_time_or_none("0s").is_ok());
    }
}
