//! `cabrank serve`: the engine, until somebody stops it.

use super::{Outcome, ServeArgs, Unusable};
use crate::assets::Source;
use crate::serve::{Engine, Found, Setup, Welcome};
use cabrank_settings::{Config, Phone};
use std::io::Write as _;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tracing::{error, info, warn};

pub(super) fn run(args: ServeArgs) -> Result<Outcome, Unusable> {
    let source = source(&args)?;
    let config = source.config().map_err(super::check::explained)?;
    let drain = config.drain;
    let banner = (!args.quiet).then(|| Banner::new(&config, &args));
    for notice in &config.notices {
        warn!("{}: {notice}", source.name());
    }
    let setup = Setup { source, config, data: args.data, bind: args.bind, store: args.store };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(2).build();
    runtime.map_err(Unusable::because)?.block_on(serve(setup, banner, drain))
}

fn source(args: &ServeArgs) -> Result<Source, Unusable> {
    match args.config.as_slice() {
        [] => Ok(Source::BuiltIn),
        [one] => Ok(Source::File(one.clone())),
        more => Err(Unusable::because(format!(
            "{} configurations: this engine runs one desk; start one engine a desk, each with its own --data and ports",
            more.len()
        ))),
    }
}

async fn serve(setup: Setup, banner: Option<Banner>, drain: Duration) -> Result<Outcome, Unusable> {
    let mut asked_to_end = Ending::new()?;
    let engine = Engine::start(setup).await.map_err(Unusable::because)?;
    if let Some(found) = &engine.welcome().found {
        tell(found);
    }
    if let Some(banner) = banner {
        banner.print(&engine);
    }
    let well = tokio::select! {
        () = asked_to_end.wait() => true,
        () = reload_on_hangup(&engine) => true,
        () = engine.journal_failure() => false,
    };
    if !well {
        error!("the journal cannot be synced: ending; see `cabrank journal check`");
    }
    info!("draining: no new calls; a second signal ends it at once");
    tokio::select! {
        () = engine.drain(drain) => {}
        () = asked_to_end.wait() => {}
    }
    engine.stop().await;
    info!("ended");
    Ok(if well { Outcome::Done } else { Outcome::Missed })
}

/// SIGHUP reads the configuration again. Never comes back.
async fn reload_on_hangup(engine: &Engine) {
    let Ok(mut hangups) = signal(SignalKind::hangup()) else { return std::future::pending().await };
    loop {
        hangups.recv().await;
        info!("SIGHUP: reading the configuration again");
        engine.reload().await;
    }
}

/// The signals that end an engine.
struct Ending {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Ending {
    fn new() -> Result<Ending, Unusable> {
        let on = |kind| signal(kind).map_err(Unusable::because);
        Ok(Ending { terminate: on(SignalKind::terminate())?, interrupt: on(SignalKind::interrupt())? })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

fn tell(found: &Found) {
    info!(
        behind = found.behind.0,
        inputs = found.inputs,
        digest = format!("{:016x}", found.digest),
        calls = found.calls,
        waiting = found.waiting,
        "journal replayed"
    );
    for passed_over in &found.passed_over {
        warn!("{passed_over}");
    }
    if let Some(cut) = &found.cut {
        warn!("the journal's tail was torn and is cut: {cut}");
    }
    if found.calls > 0 {
        info!(calls = found.calls, "calls were live when the engine ended; those whose legs still stand go on");
    }
}

/// What a person is told once the engine runs: where to call, where to look, what to press.
struct Banner {
    text: String,
}

impl Banner {
    fn new(config: &Config, args: &ServeArgs) -> Banner {
        let listen = &config.sip.listen[0];
        let ip = args.bind.unwrap_or(listen.addr.ip());
        let at = std::net::SocketAddr::new(ip, listen.addr.port());
        let mut text = format!("Cabrank: the desk `{}` is open.\n", config.desk.name);
        for line in &config.desk.lines {
            text += &format!(
                "  call         sip:{}@{at}   (SIP over UDP or TCP, RTP on ports {}-{})\n",
                line.number,
                config.media.ports.start(),
                config.media.ports.end()
            );
        }
        let phones = config.desk.agents.iter().zip(&config.agents).filter(|(_, phone)| matches!(phone, Phone::Registers(_)));
        if let Some((agent, _)) = phones.clone().next() {
            text += &format!("  agents       {} phones register as sip:{}@{at}, ...\n", phones.count(), agent.name);
        }
        Banner { text }
    }

    /// Prints it. Where it cannot be read, the engine runs all the same.
    fn print(mut self, engine: &Engine) {
        self.add(engine.welcome());
        let _ = std::io::stdout().write_all(self.text.as_bytes());
    }

    fn add(&mut self, welcome: &Welcome) {
        let text = &mut self.text;
        let http = welcome.http;
        *text += &format!("  callers      {} are known\n", welcome.profiles);
        *text += &format!("  pages        {}\n", welcome.page());
        *text += &format!("  HTTP         http://{http}/healthz   http://{http}/metrics   http://{http}/api/v1/calls\n");
        if let Some((addr, fingerprint)) = &welcome.quic {
            *text += &format!("  QUIC         quic://{addr}   {fingerprint}\n");
        }
        if let Some(token) = &welcome.admin_token {
            *text += &format!(
                "  admin token  {token}   (shown once: curl -H 'Authorization: Bearer {token}' http://{http}/api/v1/agents)\n"
            );
        }
        *text += "  Press 1 as a known caller and a taxi is sent; press 2 to talk with an agent. Ctrl-C ends.\n";
    }
}
