//! A session, and the connection it has at present.

use super::talk::Talk;
use super::target::{Identity, Target};
use super::{Error, tls};
use crate::Code;
use crate::v1::{Hello, Role, Welcome};
use quinn::{ClientConfig, Connection, Endpoint, IdleTimeout, TransportConfig, VarInt};
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// How long one try to connect may take at the most.
const TRY_FOR: Duration = Duration::from_secs(5);

/// Between two tries; doubles from one to the next up to the second.
const BACK_OFF_MIN: Duration = Duration::from_millis(50);
const BACK_OFF_MAX: Duration = Duration::from_secs(2);

/// So many times the client lets itself be heard before its silence would count as loss.
const HEARD_WITHIN_SILENCE: u32 = 5;

/// What the engine may send that was not read: on one stream, and on all.
const STREAM_WINDOW_BYTES: u32 = 128 * 1024;
const WINDOW_BYTES: u32 = 8 * 1024 * 1024;

/// What is kept until the engine says that it has it.
const SEND_WINDOW_BYTES: u64 = 4 * 1024 * 1024;

/// Datagrams not yet read: the newest matter.
const DATAGRAM_BYTES: usize = 64 * 1024;

/// Callers to be called back whom nobody has looked at yet.
const CALLBACKS_MAX: u32 = 256;

/// What became of a session that was to be resumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resumed {
    /// It goes on, with its calls and agents as they were.
    TakenUp,
    /// It was over. This is a new one, and what hung on the old one is over, too.
    Anew,
}

/// A client's session with an engine. It outlives its connection: [`Session::resume`] gives it another one.
///
/// Clones are the same session.
#[derive(Clone)]
pub struct Session(Arc<Shared>);

struct Shared {
    endpoint: Endpoint,
    target: Target,
    identity: Identity,
    role: Role,
    live: Mutex<Live>,
    /// Held while somebody resumes: the others wait for the same connection.
    resuming: tokio::sync::Mutex<()>,
}

/// What changes with a new connection.
struct Live {
    connection: Connection,
    welcome: Welcome,
    /// The session stream, until its reader takes it. It stays open as long as the session.
    stream: Option<Talk>,
    /// Counts the sessions that were begun anew: a call belongs to one.
    lineage: u64,
    /// Whether this side has ended the session.
    is_done: bool,
}

impl Session {
    pub(super) async fn begin(target: Target, identity: Identity, role: Role) -> Result<Session, Error> {
        let endpoint = endpoint(&target, &identity)?;
        let (connection, welcome, stream) = come_in(&endpoint, &target, &identity, role, Vec::new()).await?;
        let live = Mutex::new(Live { connection, welcome, stream: Some(stream), lineage: 0, is_done: false });
        Ok(Session(Arc::new(Shared { endpoint, target, identity, role, live, resuming: tokio::sync::Mutex::default() })))
    }

    /// How the engine welcomed the present connection: the desk's name, the engine's version, how long a session lasts
    /// without a connection, and the session's own name, which is a secret.
    pub fn welcome(&self) -> Welcome {
        self.live().welcome.clone()
    }

    /// Whether the connection is gone.
    pub fn is_lost(&self) -> bool {
        self.connection().close_reason().is_some()
    }

    /// Why the present connection is gone, once it is.
    pub async fn lost(&self) -> Error {
        self.connection().closed().await.into()
    }

    /// Takes the session up again on a new connection, for as long as the engine keeps it. See [`Session::resume_within`].
    ///
    /// # Errors
    /// As there.
    pub async fn resume(&self) -> Result<Resumed, Error> {
        let keeps = Duration::from_millis(self.live().welcome.resume_for_ms.into());
        self.resume_within(keeps).await
    }

    /// Takes the session up again on a new connection, and does nothing while the present one lives. Tries at once, then
    /// with growing pauses until `bound` has passed; whoever asks in the meantime gets the same connection.
    ///
    /// # Errors
    /// What hindered the last try; at once if more tries are of no use (see [`Error::is_resumable`]).
    pub async fn resume_within(&self, bound: Duration) -> Result<Resumed, Error> {
        let _only = self.0.resuming.lock().await;
        if !self.is_lost() {
            return Ok(Resumed::TakenUp);
        }
        if self.live().is_done {
            return Err(Error::Closed(Code::Done));
        }
        let (until, mut pause) = (Instant::now() + bound, BACK_OFF_MIN);
        loop {
            match self.come_back().await {
                Ok(resumed) => return Ok(resumed),
                Err(error) if !error.is_resumable() || Instant::now() + pause > until => return Err(error),
                Err(error) => tracing::debug!(%error, "the session cannot be resumed yet"),
            }
            sleep(spread(pause)).await;
            pause = (pause * 2).min(BACK_OFF_MAX);
        }
    }

    /// Goes on from another address: what was sent meanwhile is sent again, and nothing is lost.
    ///
    /// # Errors
    /// The socket cannot be used.
    pub fn move_to(&self, socket: UdpSocket) -> std::io::Result<()> {
        self.0.endpoint.rebind(socket)
    }

    /// Ends the session, with every call and agent that hangs on it, and waits until the engine has heard it.
    pub async fn close(&self) {
        let connection = {
            let mut live = self.live();
            live.is_done = true;
            live.connection.clone()
        };
        connection.close(Code::Done.varint(), &[]);
        self.0.endpoint.wait_idle().await;
    }

    /// Lets the connection go and not the session, as a lost network would, but that the engine hears of it at once.
    pub fn disconnect(&self) {
        self.connection().close(Code::Stopping.varint(), &[]);
    }

    /// The present one.
    pub(super) fn connection(&self) -> Connection {
        self.live().connection.clone()
    }

    /// The present connection, and the lineage it belongs to.
    pub(super) fn present(&self) -> (Connection, u64) {
        let live = self.live();
        (live.connection.clone(), live.lineage)
    }

    /// The session stream of the present connection, for who has not taken it yet.
    pub(super) fn take_stream(&self) -> Option<Talk> {
        self.live().stream.take()
    }

    async fn come_back(&self) -> Result<Resumed, Error> {
        let shared = &*self.0;
        let known = self.live().welcome.session.clone();
        let came = match come_in(&shared.endpoint, &shared.target, &shared.identity, shared.role, known).await {
            Err(Error::Closed(Code::NoSession)) => {
                come_in(&shared.endpoint, &shared.target, &shared.identity, shared.role, Vec::new()).await
            }
            came => came,
        };
        let (connection, welcome, stream) = came?;
        let resumed = if welcome.resumed { Resumed::TakenUp } else { Resumed::Anew };
        let mut live = self.live();
        let lineage = live.lineage + u64::from(resumed == Resumed::Anew);
        *live = Live { connection, welcome, stream: Some(stream), lineage, is_done: live.is_done };
        Ok(resumed)
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        self.0.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Without what is secret.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session of {} with {}", self.0.identity.name, self.0.target.address)
    }
}

/// Connects and says hello: one try.
async fn come_in(
    endpoint: &Endpoint,
    target: &Target,
    identity: &Identity,
    role: Role,
    session: Vec<u8>,
) -> Result<(Connection, Welcome, Talk), Error> {
    let hello = Hello {
        role: role.into(),
        name: identity.name.clone(),
        token: identity.proof.token().into(),
        session,
        software: identity.software.clone(),
    };
    let entering = async {
        let connecting = endpoint.connect(target.address, &target.server_name).map_err(|e| Error::Unusable(e.to_string()))?;
        let connection = connecting.await?;
        let mut stream = Talk::open(&connection, &hello).await?;
        let welcome = stream.hear::<Welcome>().await?.ok_or(Error::Half)?;
        Ok((connection, welcome, stream))
    };
    timeout(TRY_FOR.min(target.silence_max), entering).await.unwrap_or(Err(Error::Unreached(target.address)))
}

fn endpoint(target: &Target, identity: &Identity) -> Result<Endpoint, Error> {
    let any: SocketAddr = match target.address {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let mut endpoint = Endpoint::client(any).map_err(|error| Error::Unusable(error.to_string()))?;
    let mut config = ClientConfig::new(Arc::new(tls::crypto(target, identity)?));
    config.transport_config(Arc::new(transport(target.silence_max)?));
    endpoint.set_default_client_config(config);
    Ok(endpoint)
}

fn transport(silence_max: Duration) -> Result<TransportConfig, Error> {
    let idle = IdleTimeout::try_from(silence_max).map_err(|error| Error::Unusable(error.to_string()))?;
    let mut transport = TransportConfig::default();
    transport
        .max_concurrent_bidi_streams(CALLBACKS_MAX.into())
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .max_idle_timeout(Some(idle))
        .keep_alive_interval(Some(silence_max / HEARD_WITHIN_SILENCE))
        .stream_receive_window(STREAM_WINDOW_BYTES.into())
        .receive_window(WINDOW_BYTES.into())
        .send_window(SEND_WINDOW_BYTES)
        .datagram_receive_buffer_size(Some(DATAGRAM_BYTES))
        .send_fairness(false);
    Ok(transport)
}

/// Half of it to all of it, by chance: clients that were lost together do not come back together.
fn spread(pause: Duration) -> Duration {
    let share = RandomState::new().hash_one(0_u8) % 512;
    pause / 2 + pause / 1024 * share as u32
}
