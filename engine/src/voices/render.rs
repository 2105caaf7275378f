//! One name rendered: by a program that gets it as an argument, never through a shell, and has so long and no longer.

use super::spoken::Phrase;
use super::{LONGEST, VoiceSettings};
use crate::media::Word;
use rustix::process::{Pid, Signal, kill_process_group};
use std::collections::HashSet;
use std::fs::{self, File, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Octets of the largest file that is read: the longest name in the largest form.
const FILE_OCTETS_MAX: u64 = 5 * 48_000 * 2 * 2 + 65_536;

/// How a file ends that is being written.
const PART: &str = "part.wav";

/// How often one looks whether the program has ended.
const LOOK: Duration = Duration::from_millis(5);

impl VoiceSettings {
    /// What was rendered before, or is now.
    ///
    /// # Errors
    /// Why there is nothing to hear, without the name.
    pub(super) fn render(&self, phrase: &Phrase) -> Result<Word, String> {
        let kept = self.rendered_file(phrase);
        if let Ok(word) = read(&kept) {
            return Ok(word);
        }
        let fresh = kept.with_extension(PART);
        let rendered = self.run(phrase, &fresh).and_then(|()| read(&fresh));
        let own = || fs::set_permissions(&fresh, Permissions::from_mode(0o600));
        let moved = rendered.and_then(|word| match own().and_then(|()| fs::rename(&fresh, &kept)) {
            Ok(()) => Ok(word),
            Err(error) => Err(error.to_string()),
        });
        if moved.is_err() {
            // It may never have been there.
            let _ = fs::remove_file(&fresh);
        }
        moved
    }

    /// The recording of a number, if there is one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn recording(&self, number: &str) -> Result<Option<Word>, String> {
        let Some(directory) = &self.recordings else { return Ok(None) };
        // A SIP user name may hold a slash, and what follows it is no business of ours.
        if number.contains('/') || number.starts_with('.') {
            return Ok(None);
        }
        let file = directory.join(format!("{number}.wav"));
        if file.is_file() { read(&file).map(Some) } else { Ok(None) }
    }

    /// Removes what was rendered.
    pub(super) fn forget_rendered(&self, phrase: &Phrase) {
        if let Err(error) = fs::remove_file(self.rendered_file(phrase))
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::error!(%error, "a spoken name could not be removed");
        }
    }

    /// Removes what was rendered of other names, by this command or an earlier one; what is being rendered stays.
    pub(super) fn remove_all_but(&self, borne: &HashSet<Phrase>) {
        let kept: HashSet<PathBuf> = borne.iter().map(|phrase| self.rendered_file(phrase)).collect();
        let there = fs::read_dir(&self.rendered).into_iter().flatten().flatten().map(|entry| entry.path());
        for path in there.filter(|path| !kept.contains(path) && !is_part(path)) {
            if let Err(error) = fs::remove_file(path) {
                tracing::error!(%error, "a spoken name could not be removed");
            }
        }
    }

    fn rendered_file(&self, phrase: &Phrase) -> PathBuf {
        self.rendered.join(format!("{}.wav", phrase.digest(&self.command)))
    }

    fn run(&self, phrase: &Phrase, file: &Path) -> Result<(), String> {
        let file = file.to_str().ok_or("the data directory is not UTF-8")?;
        let filled = |argument: &String| match argument.as_str() {
            "{text}" => phrase.text.to_string(),
            "{file}" => file.to_owned(),
            "{language}" => phrase.language.to_string(),
            other => other.to_owned(),
        };
        let (program, arguments) = self.command.split_first().ok_or("there is no command")?;
        let mut command = Command::new(program);
        command.args(arguments.iter().map(filled)).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.process_group(0).spawn().map_err(|error| format!("{program} cannot be run: {error}"))?;
        match ended(child, self.timeout) {
            Ok(Some(status)) if status.success() => Ok(()),
            Ok(Some(status)) => Err(format!("{program} failed: {status}")),
            Ok(None) => Err(format!("{program} took more than {} s", self.timeout.as_secs_f64())),
            Err(error) => Err(error.to_string()),
        }
    }
}

fn is_part(path: &Path) -> bool {
    path.to_str().is_some_and(|path| path.ends_with(PART))
}

/// How it ended; none if it had to be killed, with whatever it had started.
fn ended(mut child: Child, timeout: Duration) -> io::Result<Option<ExitStatus>> {
    let until = Instant::now() + timeout;
    while Instant::now() < until {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        std::thread::sleep(LOOK);
    }
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        kill_process_group(group, Signal::KILL)?;
    }
    child.wait()?;
    Ok(None)
}

fn read(file: &Path) -> Result<Word, String> {
    let mut wav = Vec::new();
    let opened = File::open(file).map_err(|error| format!("no WAV file was written: {error}"))?;
    opened.take(FILE_OCTETS_MAX).read_to_end(&mut wav).map_err(|error| error.to_string())?;
    Word::read(&wav, LONGEST)
}
