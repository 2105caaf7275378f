//! A process that a test started: its log, its end, and no way to outlive the test.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child as Process, Command, ExitStatus, Stdio};
use std::time::Duration;

use crate::wait::{until, within};

/// A running program whose output goes to a log file; killed when dropped, and by the kernel if the test dies first.
#[derive(Debug)]
pub struct Child {
    process: Process,
    name: String,
    log: PathBuf,
}

impl Child {
    /// Starts `program` with its output in `log`. The program is found in PATH.
    pub fn start(program: &str, args: &[String], log: PathBuf) -> Child {
        Child::start_in(Path::new("."), program, args, log)
    }

    /// The same, in a directory.
    pub fn start_in(directory: &Path, program: &str, args: &[String], log: PathBuf) -> Child {
        let out = File::options().create(true).append(true).open(&log).expect("a log file");
        let err = out.try_clone().expect("a second handle of the log file");
        let process = tied_to_us(program)
            .args(args)
            .current_dir(directory)
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .spawn()
            .unwrap_or_else(|e| panic!("cannot start {program}: {e}"));
        Child { process, name: program.to_owned(), log }
    }

    /// What the program has written so far.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// Where the program writes.
    pub fn log_path(&self) -> &Path {
        &self.log
    }

    /// Waits until `text` stands in the log; panics early when the program ends without having written it.
    pub fn wait_for_log(&mut self, text: &str, limit: Duration) {
        until(limit, &format!("{} to write {text:?}", self.name), || {
            if self.log().contains(text) {
                return Some(());
            }
            let ended = self.try_wait();
            assert!(ended.is_none() || self.log().contains(text), "{} ended ({ended:?}) without {text:?}", self.name);
            None
        });
    }

    /// The exit status, if the program has ended.
    pub fn try_wait(&mut self) -> Option<ExitStatus> {
        self.process.try_wait().expect("the state of a child")
    }

    /// Waits for the program's own end.
    pub fn wait(&mut self, limit: Duration) -> ExitStatus {
        let what = format!("{} to end", self.name);
        until(limit, &what, || self.try_wait())
    }

    /// Asks the program to end (SIGTERM) and kills it if it does not within `limit`; tells whether it obeyed.
    pub fn stop(&mut self, limit: Duration) -> Option<ExitStatus> {
        self.signal("TERM");
        let status = within(limit, || self.try_wait());
        self.kill();
        status
    }

    /// Sends a signal by name, as kill(1) knows it.
    pub fn signal(&self, signal: &str) {
        let target = self.process.id().to_string();
        let _ = Command::new("kill").args(["-s", signal, &target]).stderr(Stdio::null()).status();
    }

    /// `kill -9`, and waits until it is gone.
    pub fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.kill();
    }
}

/// `setpriv --pdeathsig` has the kernel kill the program when the thread that started it is gone.
fn tied_to_us(program: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--", program]);
    command
}
