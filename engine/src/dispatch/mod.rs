//! Instant service: what the desk orders is asked of a fulfilment service, and the answer is told to the desk.

mod fleet;
mod watch;
mod webhook;

pub use fleet::{Arrival, Fleet};
pub use webhook::{Webhook, WebhookError};

use crate::door::Door;
use crate::epoch::Epoch;
use crate::names::Names;
use cabrank_core::{CallId, Dispatch, DispatchAnswer, DispatchFailure, Input};
use cabrank_settings::Backend;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::Receiver;
use tokio::task::JoinSet;
use tracing::{error, info, warn};
use watch::Watch;

/// Requests and reports under way at once; further orders wait in their queue.
const AT_ONCE_MAX: usize = 1_024;
/// How often a busy desk is told again.
const TELLS_MAX: u32 = 40;
/// The wait before a busy desk is told again.
const TELL_PAUSE: Duration = Duration::from_millis(50);
/// Who says whether the demo fleet kept its promises.
const FLEET_NAME: &str = "demo-fleet";

/// Installs the one cryptography provider that everything with TLS uses. Call it first thing; again does no harm.
pub fn install_crypto() {
    // It fails only when one is installed already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

/// Takes the desk's orders to the fulfilment services.
#[derive(Debug)]
pub struct Dispatcher {
    door: Door,
    backends: Vec<Fulfils>,
    names: Names,
    fleet: Fleet,
    watch: Watch,
    at_work: JoinSet<()>,
}

#[derive(Debug)]
enum Fulfils {
    Webhook(Arc<Webhook>),
    DemoFleet,
}

impl Dispatcher {
    /// A dispatcher for the services in these settings; `backends` stand in the same order.
    ///
    /// # Errors
    /// When no HTTP client can be made (no trust roots on this machine).
    pub fn new(door: Door, names: &Names, epoch: Epoch, backends: &[Backend]) -> Result<Dispatcher, WebhookError> {
        let backends = names.settings().services.iter().zip(backends).map(|(service, backend)| match backend {
            Backend::DemoFleet => Ok(Fulfils::DemoFleet),
            Backend::Webhook(url) => {
                let timeout = Duration::from_micros(service.timeout.0);
                Ok(Fulfils::Webhook(Arc::new(Webhook::new(url.clone(), timeout, names.clone(), epoch)?)))
            }
        });
        let backends = backends.collect::<Result<_, WebhookError>>()?;
        let names = names.clone();
        Ok(Dispatcher { door, backends, names, fleet: Fleet::default(), watch: Watch::default(), at_work: JoinSet::new() })
    }

    /// Works until the other end is closed and every order is answered.
    pub async fn run(mut self, mut orders: Receiver<Box<Dispatch>>) {
        loop {
            let next_arrival = self.watch.until(self.fleet.next_arrival());
            tokio::select! {
                order = orders.recv(), if self.at_work.len() < AT_ONCE_MAX => match order {
                    Some(order) => self.take(order),
                    None => break,
                },
                Some(_) = self.at_work.join_next(), if !self.at_work.is_empty() => {}
                () = next_arrival => self.report_arrivals(),
            }
        }
        while self.at_work.join_next().await.is_some() {}
    }

    fn take(&mut self, order: Box<Dispatch>) {
        self.watch.saw(order.asked_at);
        let call = order.call;
        if self.has_lost_what_it_needs(&order) {
            warn!(%call, "what a look-up said of this caller did not outlive the restart: a human asks");
            return self.answer(call, DispatchAnswer::Failed(DispatchFailure::Unreachable));
        }
        match self.backends.get(usize::from(order.service.0)) {
            Some(Fulfils::Webhook(webhook)) => self.ask(Arc::clone(webhook), order),
            Some(Fulfils::DemoFleet) => {
                let answer = self.book(&order);
                self.answer(call, answer);
            }
            None => {
                error!(%call, service = %order.service, "no such service is set up");
                self.answer(call, DispatchAnswer::Failed(DispatchFailure::Unreachable));
            }
        }
    }

    /// The desk asks for nobody without it; but what is asked again after a restart may be for a caller whom only a look-up knew.
    fn has_lost_what_it_needs(&self, order: &Dispatch) -> bool {
        let Some(service) = self.names.settings().services.get(usize::from(order.service.0)) else { return false };
        let profile = order.caller.profile.as_deref();
        service.needs.iter().any(|need| profile.is_none_or(|profile| profile.field(need).is_none()))
    }

    fn ask(&mut self, webhook: Arc<Webhook>, order: Box<Dispatch>) {
        let door = self.door.clone();
        self.at_work.spawn(async move {
            let answer = webhook.ask(&order).await;
            answered(&door, order.call, answer).await;
        });
    }

    fn book(&mut self, order: &Dispatch) -> DispatchAnswer {
        let pickup = order.caller.profile.as_ref().and_then(|profile| profile.field("pickup")).unwrap_or_default();
        self.fleet.book(order.call, pickup, order.asked_at)
    }

    fn answer(&mut self, call: CallId, answer: DispatchAnswer) {
        let door = self.door.clone();
        self.at_work.spawn(async move { answered(&door, call, answer).await });
    }

    fn report_arrivals(&mut self) {
        for Arrival { call, kept } in self.fleet.arrivals(self.watch.now()) {
            let door = self.door.clone();
            let report = Input::PromiseSettled { call, kept, by: FLEET_NAME.into() };
            self.at_work.spawn(async move { tell(&door, call, report).await });
        }
    }
}

async fn answered(door: &Door, call: CallId, answer: DispatchAnswer) {
    info!(%call, answer = word(&answer), "dispatch answered");
    tell(door, call, Input::DispatchAnswered { call, answer }).await;
}

/// Tells the desk, again and again while it is busy, but not for ever: the desk has its own limits on waiting.
async fn tell(door: &Door, call: CallId, input: Input) {
    for _ in 0..TELLS_MAX {
        if door.submit(input.clone()).is_ok() {
            return;
        }
        tokio::time::sleep(TELL_PAUSE).await;
    }
    error!(%call, "the desk stayed busy: an answer for it is lost");
}

fn word(answer: &DispatchAnswer) -> &'static str {
    match answer {
        DispatchAnswer::Accepted { .. } => "accepted",
        DispatchAnswer::Refused { .. } => "refused",
        DispatchAnswer::Failed(DispatchFailure::TimedOut) => "timed out",
        DispatchAnswer::Failed(DispatchFailure::Unreachable) => "unreachable",
        DispatchAnswer::Failed(DispatchFailure::Nonsense) => "nonsense",
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
