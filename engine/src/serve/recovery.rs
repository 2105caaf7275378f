//! From a data directory to a desk that goes on where it was.

use super::filed::{Filed, same_ids};
use super::retold::Retold;
use crate::edge::Origin;
use crate::lane::{Clock, facts_after_restart, unix_micros_now};
use crate::store::Entry;
use cabrank_core::{AgentId, AgentState, Desk, Dispatch, Input, Outbox, Refusal, Settings, StageView};
use cabrank_journal::{
    AppendError, Beginning, Cut, Error, Journal, Log, Notes, Options, OsDisk, PassedOver, Seq, State, UnixMicros, WriteError,
};
use std::path::Path;

/// A desk and its journal, ready for a lane.
pub(super) struct Recovered {
    pub(super) desk: Desk,
    pub(super) journal: Journal,
    pub(super) epoch: UnixMicros,
    pub(super) clock: Clock,
    /// What the journal says the store must hold. The store knows most of it already.
    pub(super) entries: Vec<Entry>,
    /// What was asked of a fulfilment service and not answered: it is asked again, with the same key.
    pub(super) dispatches: Vec<Dispatch>,
    /// Agents who were idle.
    pub(super) idle: Vec<AgentId>,
    /// What the edges noted of their legs.
    pub(super) notes: Notes,
    /// What was found, if the journal was not a new one.
    pub(super) found: Option<Found>,
}

/// What a journal held, for whoever starts the engine.
#[derive(Debug)]
pub struct Found {
    /// Inputs replayed.
    pub inputs: u64,
    /// The desk's digest after them.
    pub digest: u64,
    /// How many callers were in line.
    pub waiting: usize,
    /// How many calls were live in all.
    pub calls: usize,
    /// The last entry of the snapshot behind which it was replayed.
    pub behind: Seq,
    /// Snapshots that were not believed.
    pub passed_over: Vec<PassedOver>,
    /// What was cut off a torn tail.
    pub cut: Option<Cut>,
}

/// Why the desk cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    /// The journal cannot be read or begun.
    #[error("{0}")]
    Journal(#[from] Error),
    /// The journal cannot be written.
    #[error("the journal cannot be written: {0}")]
    Write(#[from] WriteError),
    /// The journal takes no more.
    #[error("the journal takes no more: {0}")]
    Append(#[from] AppendError),
    /// Callers are to be called back under other settings.
    #[error(
        "{0} calls are still to be finished (callbacks) under a configuration with other lines, services, queues or agents; start \
         once more with the configuration of before, and change it when they are done"
    )]
    CallsPending(usize),
    /// The settings do not fit together.
    #[error("the desk refuses its settings: {0}")]
    Settings(#[from] Refusal),
}

/// Recovers the desk of `data`, or begins a new one there. Of its legs, those say themselves whether they still stand whose edge
/// `is_there`.
pub(super) fn recover(
    data: &Path,
    settings: Settings,
    options: Options,
    is_there: impl Fn(Origin) -> bool,
) -> Result<Recovered, RecoveryError> {
    if cabrank_journal::exists(data)? { go_on(data, &settings, options, is_there) } else { begin(data, settings, options) }
}

fn begin(data: &Path, settings: Settings, options: Options) -> Result<Recovered, RecoveryError> {
    let epoch = UnixMicros(unix_micros_now());
    // The seed also guards the journal against forged entries: nobody may guess it.
    let seed = rand::random();
    let desk = Desk::new(settings.clone(), seed)?;
    let journal = Journal::create(OsDisk, data, &Beginning { epoch, seed, settings }, options)?;
    let clock = Clock::resume_in(data, epoch.0, Default::default(), false);
    Ok(Recovered {
        desk,
        journal,
        epoch,
        clock,
        entries: Vec::new(),
        dispatches: Vec::new(),
        idle: Vec::new(),
        notes: Notes::default(),
        found: None,
    })
}

fn go_on(
    data: &Path,
    settings: &Settings,
    options: Options,
    is_there: impl Fn(Origin) -> bool,
) -> Result<Recovered, RecoveryError> {
    let recovery = Journal::recover(OsDisk, data, options)?;
    let epoch = recovery.start().epoch;
    let mut state = recovery.state()?;
    let (behind, passed_over) = (state.last, recovery.passed_over().to_vec());
    let mut retold = Retold::default();
    let recovered = recovery.replay(|tick, input| retold.tell(&mut state, tick, input))?;
    let State { mut desk, filed, .. } = state;
    let (filed, mut entries, mut out) = (Filed::new(filed), retold.entries, Outbox::default());
    let found = Found { behind, passed_over, cut: recovered.cut, ..found(&desk, retold.inputs) };
    let (mut journal, notes) = (recovered.journal, recovered.notes);
    let clock = Clock::resume_in(data, epoch.0, journal.tick(), !desk.view().calls.is_empty());
    let wanted = filed.wanted(desk.settings(), settings);
    let mut tell = |desk: &mut Desk, facts: Vec<Input>| {
        for fact in facts {
            let tick = clock.now();
            journal.append(tick, &fact)?;
            desk.handle(tick, fact, &mut out);
            keep_entries(&mut out, &mut entries);
        }
        Ok::<(), AppendError>(())
    };
    let idle = idle(&desk);
    // Under another configuration nobody's line, queue or agent means what it meant.
    let same = same_ids(desk.settings(), settings);
    let facts = facts_after_restart(&desk, &wanted.settings, |call| same && is_there(Origin::of(call)));
    tell(&mut desk, facts)?;
    let changes = wanted.changes(desk.settings(), desk.view().changes);
    tell(&mut desk, changes)?;
    journal.write()?;
    if !same_ids(desk.settings(), settings) {
        return Err(RecoveryError::CallsPending(desk.view().calls.len()));
    }
    let dispatches = desk.view().dispatches;
    Ok(Recovered { desk, journal, epoch, clock, entries, dispatches, idle, notes, found: Some(found) })
}

/// Of what is ordered before the edges are there only the records matter: nobody is left to do anything else.
fn keep_entries(out: &mut Outbox, entries: &mut Vec<Entry>) {
    entries.extend(out.effects.drain(..).filter_map(|effect| Entry::try_from(effect).ok()));
    out.clear();
}

fn idle(desk: &Desk) -> Vec<AgentId> {
    let idle = desk.view().agents.into_iter().filter(|agent| agent.state == AgentState::Idle);
    idle.map(|agent| agent.agent).collect()
}

fn found(desk: &Desk, inputs: u64) -> Found {
    let view = desk.view();
    let waiting = view.calls.iter().filter(|call| matches!(call.stage, StageView::Waiting | StageView::Offered)).count();
    Found {
        inputs,
        digest: desk.digest(),
        waiting,
        calls: view.calls.len(),
        behind: Seq::NONE,
        passed_over: Vec::new(),
        cut: None,
    }
}
