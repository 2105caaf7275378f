//! A PostgreSQL server of the tests' own: in a temporary directory, on a free loopback port, gone when the test program is, however
//! that ends. Tests of one program share a server and take a database each.
//!
//! This file stands on the standard library alone: the engine's own tests take it in, too.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// The superuser of the server, and what lets it in.
const USER: &str = "cabrank";
const PASSWORD: &str = "let me in";
/// The same as it stands in an address.
const PASSWORD_ESCAPED: &str = "let%20me%20in";
/// Debian's user who owns nothing: PostgreSQL does not run as root.
const NOBODY: (u32, u32) = (65_534, 65_534);

/// What the shell does that watches over a server: it ends when its input does, which is when the test program does.
const WATCH: &str = r#"
"$BIN/initdb" -D "$DIR/data" -U "$USER" --pwfile="$DIR/password" --auth=scram-sha-256 -E UTF8 --locale=C.UTF-8 --no-sync \
  >"$DIR/log" 2>&1 &&
"$BIN/pg_ctl" -D "$DIR/data" -l "$DIR/log" -o "$OPTIONS" -w -s start >>"$DIR/log" 2>&1 && echo ready
cat >/dev/null
"$BIN/pg_ctl" -D "$DIR/data" -m immediate -s stop >/dev/null 2>&1
rm -rf "$DIR"
"#;

/// A server that runs.
#[derive(Debug)]
pub struct Server {
    bin: PathBuf,
    directory: PathBuf,
    port: u16,
    databases: AtomicU32,
    /// Ends by itself once nobody holds its input.
    watch: Child,
}

/// The server that all tests of this program share.
pub fn shared() -> &'static Server {
    static SHARED: OnceLock<Server> = OnceLock::new();
    SHARED.get_or_init(Server::start)
}

impl Server {
    /// Starts one more, for a test that stops it.
    pub fn start() -> Server {
        let port = free_port();
        let directory = directory(port);
        let bin = programs();
        let mut watch = unprivileged("sh")
            .args(["-c", WATCH])
            .env("BIN", &bin)
            .env("DIR", &directory)
            .env("USER", USER)
            .env("OPTIONS", options(port))
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .expect("a shell, and setpriv to run it as nobody");
        let mut said = String::new();
        let out = watch.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut said).expect("a word from the shell");
        let log = || std::fs::read_to_string(directory.join("log")).unwrap_or_default();
        assert_eq!(said, "ready\n", "PostgreSQL did not start:\n{}", log());
        Server { bin, directory, port, databases: AtomicU32::new(0), watch }
    }

    /// The address of a new database, with the password in it.
    pub fn database(&self) -> String {
        let name = format!("calls_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        self.address(&name)
    }

    /// The address of a database of that name, which need not be there.
    pub fn address(&self, name: &str) -> String {
        format!("postgres://{USER}:{PASSWORD_ESCAPED}@127.0.0.1:{}/{name}", self.port)
    }

    /// Runs a statement in a database and returns what it printed, a row a line.
    pub fn sql(&self, database: &str, statement: &str) -> String {
        let mut psql = Command::new(self.bin.join("psql"));
        psql.args(["-X", "-A", "-t", "-q", "-h", "127.0.0.1", "-U", USER, "-v", "ON_ERROR_STOP=1", "-c", statement]);
        psql.args(["-p", &self.port.to_string(), "-d", database]).env("PGPASSWORD", PASSWORD);
        let output = psql.output().expect("psql runs");
        assert!(output.status.success(), "{statement}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Takes the server away in the midst of whatever it does.
    pub fn stop(&self) {
        self.control(&["-m", "immediate", "stop"]);
    }

    /// Brings it back where it was.
    pub fn resume(&self) {
        let log = self.directory.join("log");
        self.control(&["-w", "-o", &options(self.port), "-l", &log.display().to_string(), "start"]);
    }

    fn control(&self, what: &[&str]) {
        let mut control = unprivileged(&self.bin.join("pg_ctl").display().to_string());
        control.arg("-D").arg(self.directory.join("data")).arg("-s").args(what).current_dir("/");
        let Output { status, stderr, .. } = control.stdout(Stdio::null()).output().expect("pg_ctl runs");
        assert!(status.success(), "pg_ctl {what:?}: {}", String::from_utf8_lossy(&stderr));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.watch.stdin.take());
        // The shell cleans up, whether or not anybody is interested.
        let _ = self.watch.wait();
    }
}

/// Where Debian keeps the server's programs, of the newest version there is.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let newest = versions.filter(|bin| bin.join("initdb").is_file()).max();
    newest.expect("PostgreSQL's programs in /usr/lib/postgresql (Debian: apt-get install postgresql)")
}

fn options(port: u16) -> String {
    format!(
        "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c fsync=off -c full_page_writes=off \
         -c max_connections=400 -c shared_buffers=16MB -c jit=off"
    )
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its number").port()
}

/// A new directory that the server's user owns, with the password in it.
fn directory(port: u16) -> PathBuf {
    let directory = std::env::temp_dir().join(format!("cabrank-postgres-{}-{port}", std::process::id()));
    std::fs::create_dir(&directory).expect("a directory");
    let password = directory.join("password");
    std::fs::write(&password, PASSWORD).expect("a password file");
    if is_root() {
        for path in [&directory, &password] {
            chown(path, Some(NOBODY.0), Some(NOBODY.1)).expect("root may give away its files");
        }
    }
    directory
}

fn is_root() -> bool {
    std::fs::metadata(Path::new("/proc/self")).is_ok_and(|own| own.uid() == 0)
}

fn unprivileged(program: &str) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    let (user, group) = (format!("--reuid={}", NOBODY.0), format!("--regid={}", NOBODY.1));
    command.args([&user, &group, "--clear-groups", "--", program]);
    command
}
