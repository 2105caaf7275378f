//! The engine put together: desk, lane, edges, media, store and fulfilment, started in order and stopped in reverse.

mod recovery;
mod sip_settings;

pub use recovery::{Found, RecoveryError};

use crate::assets::{Source, example_profiles};
use crate::directory::Directory;
use crate::dispatch::{self, Dispatcher, WebhookError};
use crate::door::Door;
use crate::edge::{http, sip};
use crate::epoch::{Epoch, timestamp};
use crate::house::{House, PromptMissing};
use crate::lane::{Digests, Lane, Outlets};
use crate::media::{self, Fact, LibraryError, Media, MediaSettings};
use crate::names::Names;
use crate::number::Region;
use crate::profiles;
use crate::store::{Patience, Store, StoreError, Writer};
use cabrank_core::Input;
use cabrank_settings::Config;
use recovery::Recovered;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
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
}

/// Why the engine did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory cannot be made.
    #[error("cannot make the data directory {}: {error}; name another with --data", .path.display())]
    Data {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The desk cannot go on from its journal.
    #[error("the desk cannot go on: {0}")]
    Recovery(#[from] RecoveryError),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The example profiles cannot be taken.
    #[error("the example profiles cannot be taken: {0}")]
    Profiles(String),
    /// A prompt file is none.
    #[error("the prompts cannot be used: {0}")]
    Prompts(#[from] LibraryError),
    /// A prompt is missing.
    #[error(transparent)]
    PromptMissing(#[from] PromptMissing),
    /// A fulfilment service cannot be set up.
    #[error("a fulfilment service cannot be set up: {0}")]
    Dispatch(#[from] WebhookError),
    /// Media cannot start.
    #[error(transparent)]
    Media(#[from] media::StartError),
    /// SIP cannot start.
    #[error(transparent)]
    Sip(#[from] sip::StartFault),
    /// An agent cannot be rung.
    #[error(transparent)]
    Contact(#[from] sip_settings::ContactUnreadable),
    /// HTTP cannot listen.
    #[error("HTTP cannot listen on {addr}: {error}; name another address in [http] listen")]
    Http {
        /// The address.
        addr: SocketAddr,
        /// What the system said.
        error: io::Error,
    },
    /// The system refuses a thread or a file.
    #[error("the system refuses: {0}")]
    System(#[from] io::Error),
}

/// A running engine.
pub struct Engine {
    lane: Lane,
    sip: sip::SipEdge,
    media: Media,
    store: Store,
    writer: JoinHandle<crate::store::Written>,
    dispatcher: JoinHandle<()>,
    follower: JoinHandle<()>,
    http: JoinHandle<()>,
    http_stop: oneshot::Sender<()>,
    journal_failed: watch::Receiver<bool>,
    welcome: Welcome,
}

/// What whoever starts an engine should know.
#[derive(Debug)]
pub struct Welcome {
    /// Where HTTP listens.
    pub http: SocketAddr,
    /// Callers who are known.
    pub profiles: usize,
    /// The administrator's token, the first time only.
    pub admin_token: Option<http::FreshToken>,
    /// What the journal held, if there was one.
    pub found: Option<Found>,
}

impl Engine {
    /// Starts everything, or nothing.
    ///
    /// # Errors
    /// [`StartError`], in one sentence that says what to do.
    pub async fn start(setup: Setup) -> Result<Engine, StartError> {
        dispatch::install_crypto();
        make_private_dir(&setup.data).map_err(|error| StartError::Data { path: setup.data.clone(), error })?;
        let config = Arc::new(setup.config);
        let http_listener = listen(config.http.listen).await?;
        let http_addr = http_listener.local_addr()?;
        let library = setup.source.prompts()?;
        let recovered = recovery::recover(&setup.data, config.desk.clone())?;
        let store = Store::open(&setup.data).await?;
        take_examples(&setup.source, &store, Region::from(config.region)).await?;
        let names = Names::new(Arc::new(config.desk.clone()));
        let directory = Arc::new(Directory::default());
        directory.load(&store, jiff::Timestamp::now()).await?;
        let url = format!("http://{http_addr}");
        let house = House::new(Arc::clone(&config), Arc::clone(&directory), names.clone(), url, &library)?;

        let Recovered { desk, journal, epoch, clock, entries, dispatches, found } = recovered;
        let epoch = Epoch::new(timestamp(i64::try_from(epoch.0).unwrap_or(i64::MAX)));
        let (store_in, store_out) = mpsc::channel(ORDERS_MAX);
        let (dispatch_in, dispatch_out) = mpsc::channel(ORDERS_MAX);
        let (sip_in, sip_out) = mpsc::channel(ORDERS_MAX);
        let (facts_in, facts_out) = mpsc::channel(ORDERS_MAX);
        let writer = Writer {
            store: store.clone(),
            directory: Arc::clone(&directory),
            names: names.clone(),
            epoch,
            patience: Patience::default(),
        };
        let writer = tokio::spawn(writer.run(store_out));
        for entry in entries {
            // The store catches up with the journal before anybody can ask it.
            let _ = store_in.send(entry).await;
        }
        let digests = Digests::open(&setup.data)?;
        let outlets = Outlets { sip: sip_in, dispatch: dispatch_in.clone(), store: store_in };
        let (failed, journal_failed) = watch::channel(false);
        let syncer = journal.syncer();
        let lane = Lane::start(desk, journal, syncer, clock, digests, outlets, move || {
            let _ = failed.send(true);
        })?;
        let dispatcher = Dispatcher::new(lane.door(), &names, epoch, &config.services)?;
        let dispatcher = tokio::spawn(dispatcher.run(dispatch_out));
        for dispatch in dispatches {
            info!(call = %dispatch.call, "asking the fulfilment service again, with the same key");
            let _ = dispatch_in.send(Box::new(dispatch)).await;
        }
        drop(dispatch_in);
        let media = start_media(&config, setup.bind, library, facts_in)?;
        let doors =
            sip::Doors { desk: lane.door(), effects: sip_out, media: media.clone(), facts: facts_out, house: Box::new(house) };
        let settings = sip_settings::from(&config, setup.bind)?;
        let sip = tokio::task::spawn_blocking(move || sip::SipEdge::start(settings, doors)).await.map_err(io::Error::other)??;
        let (http_stop, stopped) = oneshot::channel();
        let (tokens, admin_token) = http::Tokens::open(&store).await?;
        let api = http::Api::new(lane.door(), names, epoch, store.clone(), Arc::clone(&directory), tokens);
        let http = tokio::spawn(async move {
            if let Err(failure) = http::serve(http_listener, api, async { drop(stopped.await) }).await {
                error!(%failure, "HTTP has stopped");
            }
        });
        let welcome = Welcome { http: http_addr, profiles: directory.len(), admin_token, found };
        let follower = {
            let (directory, store) = (Arc::clone(&directory), store.clone());
            tokio::spawn(async move { directory.follow(&store).await })
        };
        Ok(Engine { lane, sip, media, store, writer, dispatcher, follower, http, http_stop, journal_failed, welcome })
    }

    /// A door to the desk.
    pub fn door(&self) -> Door {
        self.lane.door()
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

    /// Ends every call that is left, and keeps what there is to keep.
    pub async fn stop(self) {
        let Engine { lane, sip, media, store, writer, dispatcher, follower, http, http_stop, .. } = self;
        follower.abort();
        let _ = http_stop.send(());
        let ended = tokio::task::spawn_blocking(move || {
            sip.stop();
            drop(media);
            lane.door().close();
            lane.join();
        });
        if ended.await.is_err() {
            error!("the lane or the SIP edge did not end in order: this is a bug");
        }
        finish("HTTP", http).await;
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

async fn finish<T>(room: &str, task: JoinHandle<T>) {
    if tokio::time::timeout(FINISH, task).await.is_err() {
        warn!(room, "did not finish in time");
    }
}

async fn listen(addr: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(addr).await.map_err(|error| StartError::Http { addr, error })
}

/// The built-in desk knows a few callers from the start, so that there is something to try.
async fn take_examples(source: &Source, store: &Store, region: Region) -> Result<(), StartError> {
    match source {
        Source::File(_) => Ok(()),
        Source::BuiltIn if !store.profiles().await?.is_empty() => Ok(()),
        Source::BuiltIn => {
            let refuse = |error: &dyn std::fmt::Display| StartError::Profiles(error.to_string());
            let reading = profiles::read(example_profiles().as_bytes(), region).map_err(|error| refuse(&error))?;
            store.put_profiles(&reading.profiles).await?;
            Ok(())
        }
    }
}

fn start_media(
    config: &Config,
    bind: Option<IpAddr>,
    library: media::Library,
    facts: mpsc::Sender<Fact>,
) -> Result<Media, StartError> {
    let mut settings = MediaSettings::new(sip_settings::media_ips(config, bind)?);
    settings.ports = config.media.ports.clone();
    settings.silence = config.media.silence_max;
    let media = Media::start(&settings, library, move |fact| {
        if facts.try_send(fact).is_err() {
            error!("SIP is too far behind: a fact from the media was lost");
        }
    })?;
    Ok(media)
}
