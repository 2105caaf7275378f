//! Whoever foresees, beside the engine, and the two pipes between them.

use super::seer;
use super::words::{Answer, Told};
use std::io::{self, PipeReader, PipeWriter, pipe};
use std::path::{Path, PathBuf};
use std::thread;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::unix::pipe::{Receiver, Sender};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

/// The lowest priority there is: it gets what nobody else wants.
const NICE: i32 = 19;

/// Where is foreseen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aside {
    /// In a process of its own, by this very program ([`see`]): it may be slow, run out of memory or die, and never harms
    /// a call.
    Process,
    /// In a thread of this process: for programs that have no such command.
    Thread,
}

/// The process that foresees from the journal in this data directory: answers on its output what it is asked on its input, until
/// nobody can ask any more.
///
/// # Errors
/// What it was told makes no sense, or its answers go nowhere.
pub fn see(data: PathBuf) -> io::Result<()> {
    step_back();
    seer::answer(data, io::stdin(), io::stdout().lock())
}

/// Before anybody on this machine gives something up, this process does. Where that cannot be had, it works all the same.
fn step_back() {
    if let Err(failure) = rustix::process::setpriority_process(None, NICE) {
        tracing::warn!(%failure, "what is foreseen is not of low priority");
    }
    // Linux: shown by top, and the first to be ended when there is no memory left.
    for (what, to) in [("comm", "cabrank-foresee"), ("oom_score_adj", "1000")] {
        if let Err(failure) = std::fs::write(format!("/proc/self/{what}"), to) {
            tracing::debug!(%failure, what, "not set");
        }
    }
}

/// One that works. It ends when this is dropped.
pub(super) struct Worker {
    to: Sender,
    from: Lines<BufReader<Receiver>>,
    /// Awaits the process, and kills it when it is dropped.
    _end: JoinSet<()>,
}

impl Worker {
    pub(super) fn start(aside: Aside, data: &Path) -> io::Result<Worker> {
        let (asked, to) = pipe()?;
        let (from, answers) = pipe()?;
        let mut end = JoinSet::new();
        match aside {
            Aside::Process => drop(end.spawn(ended(process(data, asked, answers)?))),
            Aside::Thread => thread(data, asked, answers)?,
        }
        let from = Receiver::from_owned_fd(from.into())?;
        Ok(Worker { to: Sender::from_owned_fd(to.into())?, from: BufReader::new(from).lines(), _end: end })
    }

    pub(super) async fn tell(&mut self, told: &Told) -> io::Result<()> {
        let mut line = serde_json::to_vec(told)?;
        line.push(b'\n');
        self.to.write_all(&line).await
    }

    /// The next answer. Nothing is lost if nobody waits to the end.
    pub(super) async fn answer(&mut self) -> io::Result<Answer> {
        let line = self.from.next_line().await?.ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(serde_json::from_str(&line)?)
    }
}

/// This very program again, whatever stands in its file by now: an engine may be replaced while it runs.
fn process(data: &Path, asked: PipeReader, answers: PipeWriter) -> io::Result<Child> {
    Command::new("/proc/self/exe")
        .arg0("cabrank")
        .arg("foresee")
        .arg(data)
        .stdin(asked)
        .stdout(answers)
        // Ctrl-C is for the engine, which ends this one when it ends.
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
}

async fn ended(mut process: Child) {
    match process.wait().await {
        Ok(status) => tracing::warn!("whoever foresees has ended: {status}"),
        Err(failure) => tracing::warn!(%failure, "whoever foresees is not to be seen"),
    }
}

fn thread(data: &Path, asked: PipeReader, answers: PipeWriter) -> io::Result<()> {
    let data = data.to_owned();
    thread::Builder::new().name("foresight".to_owned()).spawn(move || seer::answer(data, asked, answers)).map(drop)
}
