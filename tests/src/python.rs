//! Programs in Python, with what they need from PyPI.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command};

use sha2::{Digest, Sha256};

use crate::child::Child;
use crate::room::Room;

/// A program of this repository, and the packages it needs.
#[derive(Clone, Debug)]
pub struct Program {
    path: PathBuf,
    packages: PathBuf,
}

impl Program {
    /// The program at this path, with the packages of the `requirements.txt` beside it. They are installed once, below `cache`.
    pub fn new(path: impl Into<PathBuf>, cache: &Path) -> Program {
        let path = path.into();
        Program { packages: installed(&path.with_file_name("requirements.txt"), cache), path }
    }

    /// Starts it; what it prints is in its log.
    pub fn start(&self, room: &Room, args: &[&str]) -> Child {
        let set = [format!("PYTHONPATH={}", self.packages.display()), "PYTHONDONTWRITEBYTECODE=1".into(), "python3".into()];
        let args = args.iter().map(|arg| (*arg).to_owned());
        let command: Vec<String> = set.into_iter().chain([self.path.display().to_string()]).chain(args).collect();
        let number = (0..).find(|n| !room.file(&log_name(*n)).exists()).expect("a free name");
        Child::start("env", &command, room.file(&log_name(number)))
    }
}

fn log_name(number: u32) -> String {
    format!("python-{number}.log")
}

/// Where the packages are, once all are there.
fn installed(requirements: &Path, cache: &Path) -> PathBuf {
    let wanted = fs::read(requirements).expect("the requirements");
    let digest = Sha256::digest(&wanted);
    let name: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let folder = cache.join(format!("python-{name}"));
    if !folder.exists() {
        let unfinished = folder.with_extension(process::id().to_string());
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"]).arg(&unfinished);
        let output = pip.arg("--requirement").arg(requirements).output().expect("python3 runs");
        assert!(output.status.success(), "pip install: {}", String::from_utf8_lossy(&output.stderr));
        // Another run of this test may have been faster: then that one is as good.
        assert!(fs::rename(&unfinished, &folder).is_ok() || folder.exists(), "{} cannot be made", folder.display());
    }
    folder
}
