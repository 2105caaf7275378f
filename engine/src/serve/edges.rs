//! The edges are started: media and SIP, QUIC, HTTP.

use super::ORDERS_MAX;
use super::error::StartError;
use super::sip_settings;
use crate::door::Door;
use crate::edge::{Left, http, quic, sip};
use crate::house::House;
use crate::in_force::InForce;
use crate::lane::QuicOutlet;
use crate::media::{self, Fact, Media, MediaSettings};
use cabrank_core::Effect;
use cabrank_settings::Config;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tracing::error;

/// Media first: no call may come in before it can be heard.
pub(super) async fn start_telephony(
    config: &Config,
    bind: Option<IpAddr>,
    library: media::Library,
    (desk, effects, house, left): (Door, mpsc::Receiver<Effect>, Arc<House>, Option<Arc<Left>>),
) -> Result<(Media, sip::SipEdge), StartError> {
    let (facts_in, facts) = mpsc::channel(ORDERS_MAX);
    let media = start_media(config, bind, library, facts_in)?;
    let doors = sip::Doors { desk, effects, media: media.clone(), facts, house, left };
    let settings = sip_settings::from(config, bind)?;
    // Starting waits for the edge's own thread.
    let started = tokio::task::spawn_blocking(move || sip::SipEdge::start(settings, doors)).await;
    Ok((media, started.map_err(io::Error::other)??))
}

/// The way of orders to the QUIC edge, where there is one, and their other end. After a restart programs may be there that still
/// show what other edges do: what changes before their edge is there waits for it.
pub(super) fn quic_ways(config: &Config, restarted: bool) -> (Option<QuicOutlet>, mpsc::Receiver<Effect>) {
    let (orders, taken) = mpsc::channel(ORDERS_MAX);
    let outlet = QuicOutlet { orders, shows_agents: Arc::new(restarted.into()) };
    (config.quic.listen.map(|_| outlet), taken)
}

pub(super) async fn start_quic(
    settings: Option<quic::QuicSettings>,
    outlet: Option<QuicOutlet>,
    orders: mpsc::Receiver<Effect>,
    desk: Door,
    in_force: InForce,
    (house, left): (Arc<House>, Option<Arc<Left>>),
) -> Result<Option<quic::QuicEdge>, quic::StartFault> {
    let (Some(settings), Some(QuicOutlet { shows_agents, .. })) = (settings, outlet) else { return Ok(None) };
    let doors = quic::Doors { desk, orders, shows_agents, in_force, house, left };
    // A start that fails drops a runtime: never where tasks run.
    let started = tokio::task::spawn_blocking(move || quic::QuicEdge::start(settings, doors)).await;
    started.map_err(io::Error::other)?.map(Some)
}

pub(super) fn start_http(listener: TcpListener, api: http::Api) -> (oneshot::Sender<()>, JoinHandle<()>) {
    let (stop, stopped) = oneshot::channel();
    let serving = tokio::spawn(async move {
        if let Err(failure) = http::serve(listener, api, async { drop(stopped.await) }).await {
            error!(%failure, "HTTP has stopped");
        }
    });
    (stop, serving)
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
