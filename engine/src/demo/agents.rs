//! Simulated agents: they register, answer most of the time, talk for a while and hang up.

use super::pace::Pace;
use crate::cli::Unusable;
use cabrank_settings::{Config, Phone as Registered, Secret};
use cabrank_sim::Draw;
use cabrank_sim::phone::{Call, Phone, PhoneFault, Ring, Rings, Sound};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// Longer than any demo that is not left running; the engine cuts it to what it allows.
const REGISTERED_FOR: Duration = Duration::from_secs(3_600);

const TALK: Duration = Duration::from_secs(25);

/// The answer to a ringing that is not taken: 486 Busy Here.
const BUSY: u16 = 486;

/// An agent whose phone registers.
pub(super) struct Account {
    user: String,
    password: Secret,
}

/// The agents whose phones register; those at a fixed address have phones of their own.
pub(super) fn accounts(config: &Config) -> Vec<Account> {
    let phones = config.desk.agents.iter().zip(&config.agents);
    phones
        .filter_map(|(agent, phone)| match phone {
            Registered::Registers(password) => Some(Account { user: agent.name.to_string(), password: password.clone() }),
            Registered::At(_) | Registered::Program => None,
        })
        .collect()
}

pub(super) async fn register(phone: &Phone, desk: SocketAddr, accounts: &[Account]) -> Result<(), Unusable> {
    for Account { user, password } in accounts {
        let registered = phone.register(desk, user, password.expose(), REGISTERED_FOR).await;
        registered.map_err(|fault| Unusable::because(format!("the phone of agent {user} cannot register: {fault}")))?;
    }
    Ok(())
}

/// Everybody at work, until the phone is gone. Dropped, all hang up.
pub(super) async fn work(mut rings: Rings, pace: Pace, seed: u64) {
    let mut talks = JoinSet::new();
    let mut number = 0;
    while let Some(ring) = rings.next().await {
        number += 1;
        let draw = Draw::new(seed ^ (number << 32), 1);
        talks.spawn(async move {
            if let Err(fault) = take(ring, pace, draw).await {
                tracing::debug!(%fault, "an agent lost a call");
            }
        });
        while talks.try_join_next().is_some() {}
    }
}

async fn take(ring: Ring, pace: Pace, mut draw: Draw) -> Result<(), PhoneFault> {
    ring.ringing()?;
    let reaction = pace.between(&mut draw, 800, 5_000);
    tokio::select! {
        () = sleep(reaction) => {}
        () = ring.given_up() => return Ok(()),
    }
    match draw.between(0, 19) {
        0 => ring.decline(BUSY),
        1 => {
            ring.given_up().await;
            Ok(())
        }
        _ => talk(ring.answer().await?, pace, draw).await,
    }
}

async fn talk(call: Call, pace: Pace, mut draw: Draw) -> Result<(), PhoneFault> {
    call.say(Sound::Tone(400));
    tokio::select! {
        () = sleep(pace.about(&mut draw, TALK)) => call.hang_up().await.map(drop),
        _ = call.ended() => Ok(()),
    }
}
