//! The engine put together: desk, lane, edges, media, store and fulfilment, started in order and stopped in reverse.

mod edges;
mod error;
mod filed;
mod ground;
mod look_ups;
mod quic_settings;
mod recovery;
mod reload;
mod retold;
mod sip_settings;
mod snapshots;

pub use error::StartError;
pub use recovery::{Found, RecoveryError};

use crate::assets::Source;
use crate::board::Ledger;
use crate::clerk::Clerk;
use crate::dispatch::{self, Dispatcher, WebhookError};
use crate::door::Door;
use crate::edge::{Left, http, quic, sip};
use crate::filing::{Files, raise_late_cases};
use crate::foresight::{Aside, Foresight};
use crate::house::House;
use crate::lane::{Digests, Lane, Outlets};
use crate::media::Media;
use crate::names::Names;
use crate::number::Region;
use crate::retention::{forget_old_callers, remove_old_records};
use crate::store::{Store, Written};
use crate::voices::{VoiceSettings, Voices};
use crate::webhooks::{Known, Webhooks};
use cabrank_core::{Dispatch, Input};
use cabrank_settings::{Config, Speech, StoreUrl};
use cabrank_wire::Fingerprint;
use edges::{quic_ways, start_http, start_quic, start_telephony};
use ground::Ground;
use recovery::Recovered;
use reload::Reload;
use snapshots::{Material, Snapshots};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};
use tracing::{error, info, warn};

/// Orders to a room, or facts from one, that may wait on the way.
const ORDERS_MAX: usize = 16_384;

/// How often a draining engine looks whether the last call has ended.
const DRAIN_LOOK: Duration = Duration::from_millis(200);

/// How long the rooms have to finish what they hold at the end.
const FINISH: Duration = Duration::from_secs(20);

/// What to start.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The configuration, for its prompts.
    pub source: Source,
    /// The same, read and checked.
    pub config: Config,
    /// Where journal and database are kept.
    pub data: PathBuf,
    /// SIP and media on this address instead of the configured ones.
    pub bind: Option<IpAddr>,
    /// Profiles and records in this database instead of the configured one.
    pub store: Option<StoreUrl>,
}

/// A running engine.
pub struct Engine {
    lane: Lane,
    sip: sip::SipEdge,
    quic: Option<quic::QuicEdge>,
    media: Media,
    store: Store,
    writer: JoinHandle<Written>,
    dispatcher: JoinHandle<()>,
    clerk: JoinHandle<()>,
    late: JoinHandle<()>,
    retention: JoinSet<()>,
    webhooks: JoinHandle<()>,
    http: JoinHandle<()>,
    http_stop: oneshot::Sender<()>,
    journal_failed: watch::Receiver<bool>,
    snapshots: Snapshots,
    reload: Reload,
    welcome: Welcome,
}

/// What whoever starts an engine should know.
#[derive(Debug)]
pub struct Welcome {
    /// Where HTTP listens.
    pub http: SocketAddr,
    /// Where QUIC listens, if it does, and the fingerprint of its certificate.
    pub quic: Option<(SocketAddr, Fingerprint)>,
    /// Callers who are known.
    pub profiles: usize,
    /// The administrator's token, the first time only.
    pub admin_token: Option<http::FreshToken>,
    /// What the journal held, if there was one.
    pub found: Option<Found>,
}

impl Welcome {
    /// Where a browser sees the desk. The first time it signs in by itself: what stands behind the # never leaves the browser.
    pub fn page(&self) -> String {
        match &self.admin_token {
            Some(token) => format!("http://{}/sign-in#{token}", self.http),
            None => format!("http://{}/", self.http),
        }
    }
}

impl Engine {
    /// Starts everything, or nothing.
    ///
    /// # Errors
    /// [`StartError`], in one sentence that says what to do.
    pub async fn start(setup: Setup) -> Result<Engine, StartError> {
        dispatch::install_crypto();
        let source = setup.source.clone();
        let ground = Ground::lay(setup).await?;
        let writer = ground.writer();
        let material = Material { data: ground.data.clone(), keep: ground.config.journal.keep, writer: ground.writer() };
        let Ground { config, data, bind, http, http_addr, library, store, directory, .. } = ground;
        let Ground { names, epoch, times, ledger, in_force, in_hand, recovered, profiles_known, vault, veil, .. } = ground;
        let voices = Voices::start(voice_settings(&config, &source, &data))?;
        let house = Arc::new(House::new(
            Arc::clone(&config),
            Arc::clone(&directory),
            names.clone(),
            epoch,
            format!("http://{http_addr}"),
            &library,
            voices.clone(),
        )?);
        let Recovered { desk, journal, clock, entries, dispatches, idle, notes, found, .. } = recovered;
        let left = found.is_some().then(|| Arc::new(Left { notes: veil.opened(&notes), idle, view: veil.view(desk.view()) }));
        let (sip_in, sip_out) = mpsc::channel(ORDERS_MAX);
        let (dispatch_in, dispatch_out) = mpsc::channel(ORDERS_MAX);
        let (store_in, store_out) = mpsc::channel(ORDERS_MAX);
        let writer = tokio::spawn(writer.run(store_out));
        for entry in entries {
            // The store catches up with the journal before anybody can ask it.
            in_hand.is_coming(&entry);
            let _ = store_in.send(entry).await;
        }
        tokio::spawn(count_today(Arc::clone(&ledger), store.clone(), names.clone()));
        let (quic_in, quic_out) = quic_ways(&config, left.is_some());
        let look_ups = look_ups::prepare(&config);
        let tally = look_ups.as_ref().map(look_ups::Prepared::tally);
        let outlets = Outlets {
            sip: sip_in,
            quic: quic_in.clone(),
            dispatch: dispatch_in.clone(),
            look_ups: look_ups.as_ref().map(look_ups::Prepared::outlet),
            store: store_in,
            in_hand: in_hand.clone(),
            in_force: in_force.clone(),
            veil: veil.clone(),
        };
        let dispatches = dispatches.into_iter().map(|dispatch| veil.dispatch(dispatch)).collect();
        let (failed, journal_failed) = watch::channel(false);
        let syncer = journal.syncer();
        let lane = Lane::start(desk, journal, syncer, clock.clone(), Digests::open(&data)?, outlets, move || {
            // Nobody left to be told is told already.
            let _ = failed.send(true);
        })?;
        let dispatcher = Dispatcher::new(lane.door(), &names, epoch, &config.services)?;
        let dispatcher = tokio::spawn(dispatcher.run(dispatch_out));
        ask_again(dispatches, dispatch_in).await;
        if let Some(look_ups) = look_ups {
            look_ups.start(lane.door(), names.clone(), Arc::clone(&directory), in_force.clone())?;
        }
        let beside = source.directory();
        let reload = Reload { source, started_with: Arc::clone(&config), door: lane.door(), in_force: in_force.clone() };
        let doors = (lane.door(), sip_out, Arc::clone(&house), left.clone());
        let (media, sip) = start_telephony(&config, bind, library, doors).await?;
        let (tokens, admin_token) = http::Tokens::open(&store).await?;
        let quic = quic_settings::from(&config, bind, &beside, &data, tokens.clone());
        let quic = start_quic(quic, quic_in, quic_out, lane.door(), in_force.clone(), (house, left)).await?;
        let (clerk_door, clerk) = Clerk::new(store.clone(), Arc::clone(&directory), Some(profiles_known), voices, lane.door());
        let files = Files::new(lane.door(), in_hand, store.clone());
        let late = tokio::spawn(raise_late_cases(store.clone(), files.clone(), epoch));
        let mut retention = JoinSet::new();
        retention.spawn(remove_old_records(store.clone(), config.records.keep));
        retention.spawn(forget_old_callers(vault, store.clone(), config.journal.keep));
        let (told_of, door) = (Arc::clone(&directory), lane.door());
        let told = Known { store: store.clone(), directory: told_of, door, names: names.clone(), epoch };
        let webhooks = Webhooks::new(told).map_err(WebhookError::from)?;
        let webhooks = tokio::spawn(webhooks.run(config.hooks.clone()));
        let foresight = Foresight::new(data.clone(), in_force.clone(), config.timezone.clone(), Aside::Process);
        let ways = http::Ways {
            door: lane.door(),
            in_force,
            names,
            epoch,
            clock,
            store: store.clone(),
            directory: Arc::clone(&directory),
            times,
            data,
            clerk: clerk_door,
            region: Region::from(config.region),
            files,
            records: config.records.clone(),
            ledger,
            foresight,
            desk: config.desk.name.to_string(),
            zone: config.timezone.clone(),
            hosts: http::Hosts::new(config.http.url.as_deref()),
            look_ups: tally,
            screen_pop: config.screen_pop.clone(),
        };
        let sessions = http::Sessions::open(&store, ways.hosts.by_tls(), http_addr.port()).await?;
        let api = http::Api::new(ways, tokens, sessions);
        let (http_stop, http) = start_http(http, api);
        let quic_at = quic.as_ref().map(|quic| (quic.addr(), quic.fingerprint()));
        let welcome = Welcome { http: http_addr, quic: quic_at, profiles: directory.len(), admin_token, found };
        let clerk = tokio::spawn(clerk.run());
        let snapshots = Snapshots::start(material)?;
        Ok(Engine {
            lane,
            sip,
            quic,
            media,
            store,
            writer,
            dispatcher,
            clerk,
            late,
            retention,
            webhooks,
            http,
            http_stop,
            journal_failed,
            snapshots,
            reload,
            welcome,
        })
    }

    /// A door to the desk.
    pub fn door(&self) -> Door {
        self.lane.door()
    }

    /// Reads the configuration again; what came of it is in the log.
    pub async fn reload(&self) {
        self.reload.run().await;
    }

    /// What whoever started the engine should know.
    pub fn welcome(&self) -> &Welcome {
        &self.welcome
    }

    /// Comes back when the journal can no longer be trusted: then nothing is promised any more, and the engine must end.
    pub async fn journal_failure(&self) {
        let mut failed = self.journal_failed.clone();
        if failed.wait_for(|failed| *failed).await.is_err() {
            // The lane has ended in an orderly way: there will be no failure.
            std::future::pending::<()>().await;
        }
    }

    /// Takes no new calls, and waits for the present ones for so long.
    pub async fn drain(&self, patience: Duration) {
        self.sip.drain();
        self.quic.iter().for_each(quic::QuicEdge::drain);
        let door = self.lane.door();
        let _ = door.ask(Input::DrainAsked { by: "shutdown".into() }).await;
        let until = tokio::time::Instant::now() + patience;
        while tokio::time::Instant::now() < until {
            match door.look().await {
                Ok(view) if view.calls.is_empty() => return,
                Ok(_) | Err(_) => tokio::time::sleep(DRAIN_LOOK).await,
            }
        }
        warn!("calls were still going on when the time to drain was over");
    }

    /// Ends every call that is left, but for those whose media gateways hold: these are let go of, and the next engine goes on with
    /// them. Keeps what there is to keep.
    pub async fn stop(self) {
        let Engine {
            lane,
            sip,
            quic,
            media,
            store,
            writer,
            dispatcher,
            clerk,
            late,
            retention,
            webhooks,
            http,
            http_stop,
            snapshots,
            ..
        } = self;
        late.abort();
        drop(retention);
        webhooks.abort();
        let _ = http_stop.send(());
        let ended = tokio::task::spawn_blocking(move || {
            if let Some(quic) = quic {
                quic.stop();
            }
            sip.stop();
            drop(media);
            lane.door().close();
            lane.join();
            snapshots.stop();
        });
        if ended.await.is_err() {
            error!("the lane or an edge did not end in order: this is a bug");
        }
        finish("HTTP", http).await;
        clerk.abort();
        finish("the fulfilment services", dispatcher).await;
        finish("the store", writer).await;
        store.close().await;
    }
}

/// Makes a directory for its owner alone; one that stands is left as it is.
///
/// # Errors
/// The system refuses.
pub fn make_private_dir(dir: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

fn voice_settings(config: &Config, source: &Source, data: &Path) -> VoiceSettings {
    let Speech { command, timeout, at_once, recordings, memory_mb } = config.speech.clone();
    VoiceSettings {
        command,
        timeout,
        at_once: at_once as usize,
        recordings: recordings.map(|path| source.directory().join(path)),
        language: config.language.clone(),
        octets_max: (memory_mb as usize) << 20,
        rendered: data.join("voices"),
    }
}

async fn finish<T>(room: &str, task: JoinHandle<T>) {
    if tokio::time::timeout(FINISH, task).await.is_err() {
        warn!(room, "did not finish in time");
    }
}

/// What became of today's calls is read beside everything else: no call waits for the wallboard.
async fn count_today(ledger: Arc<Ledger>, store: Store, names: Names) {
    if let Err(failure) = ledger.load(&store, &names).await {
        warn!(%failure, "the wallboard counts from now on only: the store does not tell what became of earlier calls");
    }
}

/// What a crash left unanswered, with the same key as before.
async fn ask_again(dispatches: Vec<Dispatch>, orders: mpsc::Sender<Box<Dispatch>>) {
    for dispatch in dispatches {
        info!(call = %dispatch.call, "asking the fulfilment service again, with the same key");
        let _ = orders.send(Box::new(dispatch)).await;
    }
}
