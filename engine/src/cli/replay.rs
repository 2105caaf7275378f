//! `cabrank replay`: a journal through the core again, held against the digests noted when it was live.

use super::{Outcome, Unusable};
use crate::lane::digests_of;
use cabrank_core::{CallId, Desk, Effect, Outbox, StageView};
use cabrank_journal::{Cut, Reader, Seq};
use cabrank_sim::simulate::DecisionsDigest;
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct ReplayArgs {
    /// The data directory; a running engine is not disturbed.
    dir: PathBuf,
    /// Print the digest alone.
    #[arg(long)]
    digest: bool,
    /// Print JSON.
    #[arg(long, conflicts_with = "digest")]
    json: bool,
}

/// What a replay came to.
#[derive(Serialize)]
struct Replay {
    /// The first entry that still stands, where segments before it were removed.
    goes_on_at: Option<u64>,
    entries: u64,
    effects: u64,
    refusals: u64,
    records: u64,
    calls_live: usize,
    /// Those in line, in the order in which they will be served, queue by queue.
    waiting: Vec<String>,
    digest: String,
    /// Over all decisions in order: `cabrank-sim replay` comes to the same.
    decisions_digest: String,
    digests_noted: usize,
    /// Entries after which the digest was another one than when it was live.
    digests_differ: Vec<u64>,
    torn_tail: Option<String>,
}

pub(super) fn run(args: &ReplayArgs) -> Result<Outcome, Unusable> {
    let replay = replay(args)?;
    if args.digest {
        println!("{}", replay.digest);
    } else if args.json {
        println!("{}", serde_json::to_string_pretty(&replay).map_err(Unusable::because)?);
    } else {
        print(&replay);
    }
    for entry in &replay.digests_differ {
        eprintln!("cabrank: after entry {entry} the digest differs from the one noted when it was live");
    }
    Ok(if replay.digests_differ.is_empty() { Outcome::Done } else { Outcome::Missed })
}

fn replay(args: &ReplayArgs) -> Result<Replay, Unusable> {
    let mut reader = Reader::open(&args.dir).map_err(Unusable::because)?;
    let (mut desk, first) = (reader.state().map_err(Unusable::because)?.desk, reader.first());
    let noted = digests_of(&args.dir).map_err(Unusable::because)?.into_iter();
    let noted: BTreeMap<Seq, u64> = noted.filter(|(at, _)| *at >= first).collect();
    let mut out = Outbox::default();
    let mut counts = Counts::default();
    for entry in &mut reader {
        let entry = entry.map_err(Unusable::because)?;
        out.clear();
        desk.handle(entry.tick, entry.input, &mut out);
        counts.add(&out);
        if noted.get(&entry.seq).is_some_and(|digest| *digest != desk.digest()) {
            counts.differ.push(entry.seq.0);
        }
    }
    Ok(Replay { goes_on_at: (first > Seq::FIRST).then_some(first.0), ..counts.close(&desk, noted.len(), reader.tail()) })
}

#[derive(Default)]
struct Counts {
    entries: u64,
    effects: u64,
    refusals: u64,
    records: u64,
    decisions: DecisionsDigest,
    differ: Vec<u64>,
}

impl Counts {
    fn add(&mut self, out: &Outbox) {
        self.entries += 1;
        self.decisions.note(out);
        self.effects += out.effects.len() as u64;
        self.refusals += out.refusals.len() as u64;
        self.records += out.effects.iter().filter(|effect| matches!(effect, Effect::Write(_))).count() as u64;
    }

    fn close(self, desk: &Desk, digests_noted: usize, tail: Option<Cut>) -> Replay {
        Replay {
            goes_on_at: None,
            entries: self.entries,
            effects: self.effects,
            refusals: self.refusals,
            records: self.records,
            calls_live: desk.view().calls.len(),
            waiting: waiting(desk).iter().map(CallId::to_string).collect(),
            digest: format!("{:016x}", desk.digest()),
            decisions_digest: format!("{:016x}", self.decisions.value()),
            digests_noted,
            digests_differ: self.differ,
            torn_tail: tail.map(|cut| cut.to_string()),
        }
    }
}

/// Who stands in line, in the order of service.
pub(crate) fn waiting(desk: &Desk) -> Vec<CallId> {
    let view = desk.view();
    let in_line = view.calls.iter().filter(|call| matches!(call.stage, StageView::Waiting | StageView::Offered));
    let mut line: Vec<_> = in_line.map(|call| (call.queue, call.place, call.call)).collect();
    line.sort_unstable();
    line.into_iter().map(|(_, _, call)| call).collect()
}

fn print(replay: &Replay) {
    if let Some(first) = replay.goes_on_at {
        println!("begins with    entry {first}: what came before was removed, and the desk is taken from a snapshot");
    }
    println!("entries        {}", replay.entries);
    println!("effects        {}", replay.effects);
    println!("refusals       {}", replay.refusals);
    println!("records        {}", replay.records);
    println!("live calls     {}", replay.calls_live);
    println!("waiting        {}", replay.waiting.join(" "));
    println!("digest         {}", replay.digest);
    println!("decisions      {}", replay.decisions_digest);
    println!("digests noted  {}, of which {} differ", replay.digests_noted, replay.digests_differ.len());
    if let Some(tail) = &replay.torn_tail {
        println!("torn tail      {tail}");
    }
}
