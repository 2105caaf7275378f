//! The configuration read again while the engine runs: thresholds at once, the rest of the desk while no call is live, and
//! what only a restart can change is named.

use super::filed::{BY_FILE, same_but_thresholds, same_ids};
use crate::assets::Source;
use crate::door::Door;
use crate::in_force::{InForce, Now};
use cabrank_core::{Input, QueueId, Refusal, Settings, Thresholds};
use cabrank_settings::{Config, Phone};
use std::sync::Arc;
use tracing::{error, info, warn};

/// Somebody else may change thresholds in the same moment; then it is tried again.
const ATTEMPTS_MAX: usize = 3;

/// What reading the configuration again stands on.
#[derive(Debug)]
pub(super) struct Reload {
    pub(super) source: Source,
    /// As the engine was started with: what the edges hold of it changes only with a restart.
    pub(super) started_with: Arc<Config>,
    pub(super) door: Door,
    pub(super) in_force: InForce,
}

/// What came of one attempt.
enum Attempt {
    Over,
    Again,
}

impl Reload {
    /// Reads the configuration again and says in the log what came of it. One with faults changes nothing.
    pub(super) async fn run(&self) {
        let config = match self.source.config() {
            Ok(config) => config,
            Err(failure) => return error!("the configuration is not taken, nothing has changed: {failure:?}"),
        };
        for notice in &config.notices {
            warn!("{}: {notice}", self.source.name());
        }
        let restart = only_by_restart(&self.started_with, &config);
        if !restart.is_empty() {
            return warn!("nothing has changed: {} can change only with a restart", restart.join(", "));
        }
        for _ in 0..ATTEMPTS_MAX {
            match self.attempt(&config.desk).await {
                Attempt::Over => return,
                Attempt::Again => {}
            }
        }
        warn!("nothing has changed: others change thresholds all the time; send the signal again");
    }

    async fn attempt(&self, file: &Settings) -> Attempt {
        let now = self.in_force.now();
        if same_but_thresholds(&now.settings, file) { self.tune(&now, file).await } else { self.replace(file).await }
    }

    async fn tune(&self, now: &Now, file: &Settings) -> Attempt {
        let queues = differing(&now.settings, file);
        if queues.is_empty() {
            info!("the configuration says what is in force");
            return Attempt::Over;
        }
        let (by, reason) = (BY_FILE.into(), "read again".into());
        match self.door.ask(Input::ThresholdsChanged { base: now.changes, queues, by, reason }).await {
            Ok(Ok(())) => drop(self.in_force.awaits(now.changes.saturating_add(1)).await),
            Ok(Err(Refusal::Outdated)) => {
                // What is in force shows here once it is on the disk.
                self.in_force.awaits(now.changes.saturating_add(1)).await;
                return Attempt::Again;
            }
            Ok(Err(refusal)) => warn!("nothing has changed: {refusal}"),
            Err(busy) => warn!("nothing has changed: {busy}"),
        }
        Attempt::Over
    }

    async fn replace(&self, file: &Settings) -> Attempt {
        let settings = Box::new(file.clone());
        match self.door.ask(Input::SettingsChanged { settings, by: BY_FILE.into(), reason: "read again".into() }).await {
            Ok(Ok(())) => {
                self.in_force.replace(file.clone());
                info!("the configuration is in force");
            }
            Ok(Err(Refusal::CallsLive)) => {
                warn!(
                    "nothing has changed: more than thresholds differs, and calls are live; restart, or send the signal again later"
                );
            }
            Ok(Err(refusal)) => warn!("nothing has changed: {refusal}"),
            Err(busy) => warn!("nothing has changed: {busy}"),
        }
        Attempt::Over
    }
}

fn differing(now: &Settings, file: &Settings) -> Vec<(QueueId, Thresholds)> {
    let pairs = now.queues.iter().zip(&file.queues).enumerate();
    let differing = pairs.filter(|(_, (now, file))| now.thresholds != file.thresholds);
    differing.map(|(index, (_, file))| (QueueId(index as u16), file.thresholds.clone())).collect()
}

/// What differs that the edges hold.
fn only_by_restart(old: &Config, new: &Config) -> Vec<&'static str> {
    let differs = [
        ("the names of lines, services, queues or agents", !same_ids(&old.desk, &new.desk)),
        ("the desk's name, region, timezone or language", desk_of(old) != desk_of(new)),
        ("drain", old.drain != new.drain),
        ("[sip]", printed(&old.sip) != printed(&new.sip)),
        ("[trust]", old.trust != new.trust),
        ("[media]", old.media != new.media),
        ("[http]", old.http != new.http),
        ("[quic]", old.quic != new.quic),
        ("[lookup]", old.look_up != new.look_up),
        ("[agents]", old.screen_pop != new.screen_pop),
        ("a line's prompts or hours", printed(&old.lines) != printed(&new.lines)),
        ("[[service]]", old.services != new.services),
        ("an agent's phone", !old.agents.iter().map(phone).eq(new.agents.iter().map(phone))),
        ("an agent's program", old.programs != new.programs),
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(what, _)| what).collect()
}

fn desk_of(config: &Config) -> (&str, String, &str) {
    (&config.desk.name, format!("{:?} {:?}", config.region, config.timezone), &config.language)
}

/// What has no equality of its own is compared as it prints; no secrets are among it.
fn printed(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}")
}

fn phone(phone: &Phone) -> String {
    match phone {
        Phone::Registers(password) => format!("registers {}", password.expose()),
        Phone::At(address) => format!("at {address}"),
        Phone::Program => "nowhere".to_owned(),
    }
}
