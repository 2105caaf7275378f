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
        let requirements = fs::read_to_string(path.with_file_name("requirements.txt")).expect("the requirements");
        Program { packages: installed(&requirements, &[], cache), path }
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

/// Where just these packages are (a line each, as in a `requirements.txt`), without what they need in their turn.
pub fn packages(requirements: &str, cache: &Path) -> PathBuf {
    installed(requirements, &["--no-deps"], cache)
}

/// Where the packages are, once all are there.
fn installed(requirements: &str, options: &[&str], cache: &Path) -> PathBuf {
    let digest = Sha256::digest(requirements);
    let name: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let folder = cache.join(format!("python-{name}"));
    if !folder.exists() {
        let unfinished = folder.with_extension(process::id().to_string());
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"]).arg(&unfinished);
        let list = unfinished.with_extension("txt");
        fs::write(&list, requirements).expect("a list of packages");
        let output = pip.args(options).arg("--requirement").arg(&list).output().expect("python3 runs");
        assert!(output.status.success(), "pip install: {}", String::from_utf8_lossy(&output.stderr));
        // What was installed is told by the name of the folder.
        let _ = fs::remove_file(&list);
        // Another run of this test may have been faster: then that one is as good.
        assert!(fs::rename(&unfinished, &folder).is_ok() || folder.exists(), "{} cannot be made", folder.display());
    }
    folder
}
