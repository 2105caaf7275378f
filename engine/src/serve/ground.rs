//! What an engine stands on before anybody can call it: its data, its prompts, its memory of callers.

use super::recovery::{self, Recovered};
use super::{Setup, StartError, make_private_dir};
use crate::assets::{Source, example_profiles};
use crate::board::Ledger;
use crate::directory::Directory;
use crate::edge::Origin;
use crate::epoch::{Epoch, timestamp};
use crate::filing::InHand;
use crate::in_force::InForce;
use crate::media::Library;
use crate::names::Names;
use crate::number::{self, Region};
use crate::profiles;
use crate::store::{Patience, Store, Writer};
use crate::times::Times;
use crate::vault::Vault;
use crate::veil::Veil;
use cabrank_journal::Options;
use cabrank_settings::Config;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Everything that is there before the first thread of the desk.
pub(super) struct Ground {
    pub(super) config: Arc<Config>,
    pub(super) data: PathBuf,
    pub(super) bind: Option<IpAddr>,
    pub(super) http: TcpListener,
    pub(super) http_addr: SocketAddr,
    pub(super) library: Library,
    pub(super) store: Store,
    pub(super) directory: Arc<Directory>,
    /// Who is behind the aliases.
    pub(super) vault: Arc<Vault>,
    /// What is between the desk and who calls.
    pub(super) veil: Veil,
    /// The store's count of changes of profiles up to which the directory knows them.
    pub(super) profiles_known: i64,
    pub(super) names: Names,
    pub(super) epoch: Epoch,
    pub(super) times: Arc<Times>,
    /// What became of calls.
    pub(super) ledger: Arc<Ledger>,
    pub(super) in_force: InForce,
    /// What is being written down.
    pub(super) in_hand: InHand,
    pub(super) recovered: Recovered,
}

impl Ground {
    pub(super) async fn lay(setup: Setup) -> Result<Ground, StartError> {
        let Setup { source, config, data, bind, store } = setup;
        make_private_dir(&data).map_err(|error| StartError::Data { path: data.clone(), error })?;
        let config = Arc::new(config);
        let http = listen(config.http.listen).await?;
        // Whoever was in a call before a restart waits for all of this: prompts are encoded beside the rest.
        let (prompts, region) = (source.clone(), Region::from(config.region));
        let numbers = tokio::task::spawn_blocking(move || number::make_ready(region));
        let library = tokio::task::spawn_blocking(move || prompts.prompts());
        let options = Options { segment_bytes_max: config.journal.segment_bytes_max };
        let recovered = recovery::recover(&data, config.desk.clone(), options, |origin| match origin {
            Origin::Sip => true,
            Origin::Quic => config.quic.listen.is_some(),
        })?;
        let store = Store::find(&data, store.as_ref().or(config.store.as_ref())).await?;
        take_examples(&source, &store, region).await?;
        let directory = Arc::new(Directory::default().with_secret(config.desk.code_fields()));
        let vault = Arc::new(Vault::open(&data)?);
        let veil = Veil::new(Arc::clone(&vault), Arc::clone(&directory));
        let profiles_known = directory.load(&store, jiff::Timestamp::now()).await?;
        let library = library.await.map_err(io::Error::other)??;
        numbers.await.map_err(io::Error::other)?;
        let epoch = Epoch::new(timestamp(i64::try_from(recovered.epoch.0).unwrap_or(i64::MAX)));
        let in_force = InForce::new(recovered.desk.settings().clone(), recovered.desk.view().changes);
        Ok(Ground {
            http_addr: http.local_addr()?,
            names: Names::new(Arc::new(config.desk.clone())),
            ledger: Arc::new(Ledger::new(in_force.clone(), epoch, config.timezone.clone())),
            in_force,
            epoch,
            times: Arc::default(),
            in_hand: InHand::default(),
            config,
            data,
            bind,
            http,
            library,
            store,
            directory,
            vault,
            veil,
            profiles_known,
            recovered,
        })
    }

    /// Who writes the records.
    pub(super) fn writer(&self) -> Writer {
        Writer {
            store: self.store.clone(),
            directory: Arc::clone(&self.directory),
            names: self.names.clone(),
            veil: self.veil.clone(),
            epoch: self.epoch,
            times: Arc::clone(&self.times),
            ledger: Arc::clone(&self.ledger),
            hooks: self.config.hooks.clone().into(),
            in_hand: self.in_hand.clone(),
            patience: Patience::default(),
        }
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
            let reading = profiles::read(example_profiles().as_bytes(), region);
            let profiles = reading.map_err(|error| StartError::Profiles(error.to_string()))?.profiles;
            store.put_profiles(&profiles).await?;
            Ok(())
        }
    }
}
