//! The server: its routes, what every request goes through, and its end.

use super::auth::{Tokens, only_bearers};
use super::origin::Hosts;
use super::problem::Problem;
use super::sessions::Sessions;
use super::throttle::Throttle;
use super::why::Teller;
use super::{
    agents, board, call_list, calls, cases, changes, connections, desk, events, figures, first_contacts, health, metrics,
    openapi, opening, pages, profiles, queues, records, thresholds, tokens, webhooks, what_if, why,
};
use crate::board::{Board, Ledger, Sources};
use crate::clerk::ClerkDoor;
use crate::directory::Directory;
use crate::door::{Busy, Door};
use crate::epoch::Epoch;
use crate::events::{Events, Kind};
use crate::filing::Files;
use crate::foresight::Foresight;
use crate::glance::Glance;
use crate::in_force::InForce;
use crate::lane::Clock;
use crate::lookup::Tally;
use crate::names::Names;
use crate::number::Region;
use crate::store::Store;
use crate::times::Times;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{delete, get, patch, post, put};
use cabrank_core::{Input, Tick, View};
use cabrank_settings::{Records, ScreenPop};
use jiff::tz::TimeZone;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// The longest body that is read, in bytes.
const BODY_BYTES_MAX: usize = 16 * 1024;
/// The longest profile that is read, in bytes.
const PROFILE_BYTES_MAX: usize = 512 * 1024;
/// The longest file of profiles that is read, in bytes: a million callers of a hundred bytes.
const IMPORT_BYTES_MAX: usize = 128 * 1024 * 1024;
/// The longest that one request may take.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(10);
/// The longest that an import may take.
const IMPORT_TIME_MAX: Duration = Duration::from_secs(600);

/// What the API stands on. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Api {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    ways: Ways,
    glance: Glance,
    teller: Teller,
    tokens: Tokens,
    sessions: Sessions,
    throttle: Throttle,
    board: Board,
    events: Events,
    /// What is done beside requests; it ends with the API.
    _beside: JoinSet<()>,
    /// One file at a time.
    importing: Semaphore,
    /// Told whenever somebody's token or session is taken away.
    taken_away: watch::Sender<()>,
}

/// The ways to what is shown and changed.
#[derive(Debug)]
pub struct Ways {
    /// The desk.
    pub door: Door,
    /// The thresholds in force.
    pub in_force: InForce,
    /// The names behind the desk's ids.
    pub names: Names,
    /// What its ticks count from.
    pub epoch: Epoch,
    /// Its clock.
    pub clock: Clock,
    /// What is kept.
    pub store: Store,
    /// Who calls.
    pub directory: Arc<Directory>,
    /// How long calls took.
    pub times: Arc<Times>,
    /// The data directory, for its journal.
    pub data: PathBuf,
    /// Who changes profiles.
    pub clerk: ClerkDoor,
    /// How numbers without a country code are read.
    pub region: Region,
    /// Who writes things down of calls and cases.
    pub files: Files,
    /// What may be said of calls.
    pub records: Records,
    /// What became of calls.
    pub ledger: Arc<Ledger>,
    /// What would become of them.
    pub foresight: Foresight,
    /// What the desk is called.
    pub desk: String,
    /// The desk's timezone.
    pub zone: TimeZone,
    /// The names under which browsers reach the pages.
    pub hosts: Hosts,
    /// What came of looking callers up, if anybody does.
    pub look_ups: Option<Arc<Tally>>,
    /// The page that agents' programs open for a call.
    pub screen_pop: Option<ScreenPop>,
}

impl Api {
    /// An API for one desk. Must be called within a tokio runtime.
    pub fn new(ways: Ways, tokens: Tokens, sessions: Sessions) -> Api {
        let glance = Glance::new(ways.door.clone());
        let teller = Teller::new(ways.data.clone());
        let board = Board::new(sources(&ways), glance.clone());
        let (events, throttle, importing) = (Events::new(rand::random()), Throttle::default(), Semaphore::new(1));
        let mut beside = JoinSet::new();
        beside.spawn(what_if::keep_predictions(ways.in_force.clone(), ways.foresight.clone(), ways.store.clone()));
        let (taken_away, _) = watch::channel(());
        let inner = Arc::new(Inner {
            ways,
            glance,
            teller,
            tokens,
            sessions,
            throttle,
            board,
            events,
            _beside: beside,
            importing,
            taken_away,
        });
        tokio::spawn(show_boards(Arc::downgrade(&inner)));
        Api { inner }
    }

    pub(super) fn board(&self) -> &Board {
        &self.inner.board
    }

    pub(super) fn foresight(&self) -> &Foresight {
        &self.inner.ways.foresight
    }

    pub(super) fn events(&self) -> &Events {
        &self.inner.events
    }

    pub(super) fn sessions(&self) -> &Sessions {
        &self.inner.sessions
    }

    /// Whoever waits here is told when a token or a session is taken away.
    pub(super) fn taken_away(&self) -> &watch::Sender<()> {
        &self.inner.taken_away
    }

    pub(super) fn throttle(&self) -> &Throttle {
        &self.inner.throttle
    }

    pub(super) fn hosts(&self) -> &Hosts {
        &self.inner.ways.hosts
    }

    pub(super) fn desk(&self) -> &str {
        &self.inner.ways.desk
    }

    pub(super) fn zone(&self) -> &TimeZone {
        &self.inner.ways.zone
    }

    /// Tells those who listen of the wallboard, if it has changed.
    pub(super) async fn show_board(&self) -> Result<(), Busy> {
        self.inner.board.tell(&self.inner.events).await
    }

    pub(super) fn door(&self) -> &Door {
        &self.inner.ways.door
    }

    pub(super) fn in_force(&self) -> &InForce {
        &self.inner.ways.in_force
    }

    pub(super) fn look_ups(&self) -> Option<&Tally> {
        self.inner.ways.look_ups.as_deref()
    }

    pub(super) fn screen_pop(&self) -> Option<&ScreenPop> {
        self.inner.ways.screen_pop.as_ref()
    }

    pub(super) fn times(&self) -> &Times {
        &self.inner.ways.times
    }

    pub(super) fn teller(&self) -> &Teller {
        &self.inner.teller
    }

    pub(super) fn names(&self) -> &Names {
        &self.inner.ways.names
    }

    pub(super) fn epoch(&self) -> Epoch {
        self.inner.ways.epoch
    }

    pub(super) fn store(&self) -> &Store {
        &self.inner.ways.store
    }

    pub(super) fn directory(&self) -> &Directory {
        &self.inner.ways.directory
    }

    pub(super) fn tokens(&self) -> &Tokens {
        &self.inner.tokens
    }

    pub(super) fn clerk(&self) -> &ClerkDoor {
        &self.inner.ways.clerk
    }

    pub(super) fn region(&self) -> Region {
        self.inner.ways.region
    }

    pub(super) fn files(&self) -> &Files {
        &self.inner.ways.files
    }

    pub(super) fn records(&self) -> &Records {
        &self.inner.ways.records
    }

    pub(super) fn importing(&self) -> &Semaphore {
        &self.inner.importing
    }

    /// The desk as it is, or was a moment ago.
    pub(super) async fn view(&self) -> Result<Arc<View>, Busy> {
        self.inner.glance.recent().await
    }

    /// The desk after everything that it was told before.
    pub(super) async fn new_view(&self) -> Result<Arc<View>, Busy> {
        self.inner.glance.new_look().await
    }

    /// Tells the desk something and waits until it is journalled.
    pub(super) async fn ask(&self, input: Input) -> Result<(), Problem> {
        Ok(self.door().ask(input).await??)
    }

    /// Now, as the desk counts. A quiet desk's own view may be older.
    pub(super) fn now(&self, view: &View) -> Tick {
        self.inner.ways.clock.now().max(view.at)
    }
}

fn sources(ways: &Ways) -> Sources {
    Sources {
        door: ways.door.clone(),
        in_force: ways.in_force.clone(),
        epoch: ways.epoch,
        clock: ways.clock.clone(),
        ledger: Arc::clone(&ways.ledger),
    }
}

/// Shows the wallboard to those who listen, as often as it changes, until the API is no more.
async fn show_boards(api: Weak<Inner>) {
    let mut turns = tokio::time::interval(board::EVERY);
    turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        let Some(inner) = api.upgrade() else { return };
        if (inner.events.are_heard(Kind::Board) || inner.events.are_awaited())
            && let Err(busy) = inner.board.tell(&inner.events).await
        {
            tracing::debug!(%busy, "the wallboard stands still");
        }
    }
}

/// Every route.
pub fn router(api: Api) -> Router {
    let guarded = Router::new()
        .route("/api/v1/calls", get(call_list::list))
        .route("/api/v1/calls/{id}", get(calls::one))
        .route("/api/v1/calls/{id}/why", get(why::tell))
        .route("/api/v1/what-if", post(what_if::ask))
        .route("/api/v1/changes", get(changes::list))
        .route("/api/v1/changes/{number}/revert", post(changes::revert))
        .route("/api/v1/figures", get(figures::all))
        .route("/api/v1/board", get(board::now))
        .route("/api/v1/board/curve", get(board::curve))
        .route("/api/v1/events", get(events::follow))
        .route("/api/v1/first-contacts", get(first_contacts::all))
        .route("/api/v1/agents", get(agents::list))
        .route("/api/v1/agents/{name}", get(agents::one))
        .route("/api/v1/agents/{name}/desk", get(desk::one))
        .route("/api/v1/agents/{name}/state", put(agents::set_state))
        .route("/api/v1/queues", get(queues::list))
        .route("/api/v1/queues/{name}", get(queues::one))
        .route("/api/v1/queues/{name}/thresholds", patch(thresholds::change))
        .route("/api/v1/records/{id}", patch(records::amend).get(records::one))
        .route("/api/v1/tokens", get(tokens::list).post(tokens::make))
        .route("/api/v1/tokens/{id}", delete(tokens::take_back))
        .route("/api/v1/webhooks/dead", get(webhooks::dead))
        .route("/api/v1/webhooks/dead:send", post(webhooks::send_again))
        .route("/api/v1/cases", get(cases::list).post(opening::open))
        .route("/api/v1/cases/{id}", get(cases::one).patch(cases::amend))
        .route(
            "/api/v1/profiles/{number}",
            get(profiles::one).put(profiles::put).delete(profiles::erase).layer(DefaultBodyLimit::max(PROFILE_BYTES_MAX)),
        )
        .route_layer(middleware::from_fn_with_state(api.clone(), only_bearers));
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::all))
        .route("/api/v1/openapi.json", get(openapi::document))
        .merge(guarded)
        .merge(pages::routes(api.clone()))
        .fallback(nowhere)
        .method_not_allowed_fallback(not_so)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn(|request, next| within(REQUEST_TIME_MAX, request, next)))
        .merge(imports(api.clone()))
        .with_state(api)
}

/// What takes longer, and is longer, than anything else.
fn imports(api: Api) -> Router<Api> {
    Router::new()
        .route("/api/v1/profiles:import", post(profiles::import))
        .route_layer(middleware::from_fn_with_state(api, only_bearers))
        .layer(DefaultBodyLimit::max(IMPORT_BYTES_MAX))
        .layer(middleware::from_fn(|request, next| within(IMPORT_TIME_MAX, request, next)))
}

/// Serves until `end` comes; requests under way are then given a moment to finish.
///
/// # Errors
/// When nothing can be accepted any more, for half a minute.
pub async fn serve(listener: TcpListener, api: Api, end: impl Future<Output = ()>) -> io::Result<()> {
    let events = api.events().clone();
    let end = async move {
        end.await;
        // A stream of events would never end by itself.
        events.close();
    };
    connections::serve(listener, router(api), end).await
}

async fn nowhere() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "There is nothing here; /api/v1/openapi.json says what there is.")
}

async fn not_so() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "This cannot be done here; the Allow header says what can.")
}

/// No request takes for ever, and nothing is cached on the way unless it says that it may be.
async fn within(time_max: Duration, request: Request, next: Next) -> Result<Response, Problem> {
    let answer = tokio::time::timeout(time_max, next.run(request)).await;
    let mut response =
        answer.map_err(|_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "The engine took too long; try again shortly."))?;
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    Ok(response)
}
