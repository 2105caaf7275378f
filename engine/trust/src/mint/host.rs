//! A host that holds certificates, by https on a free port of loopback. A thread a connection: it is for tests.

use super::Authority;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::collections::HashMap;
use std::io::{self, BufRead as _, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What the host answers.
#[derive(Clone, Debug)]
pub enum Answer {
    /// This.
    Body(Vec<u8>),
    /// So many bytes.
    Bytes(usize),
    /// Look there.
    Redirect(String),
    /// Nothing, for a minute.
    Silence,
    /// This, after so long.
    Late(Duration, Vec<u8>),
}

/// A running host; its threads end with the process.
#[derive(Clone, Debug)]
pub struct Host {
    port: u16,
    shelf: Arc<Mutex<HashMap<String, Answer>>>,
    asked: Arc<AtomicUsize>,
}

impl Host {
    /// The name it is believed by.
    pub const NAME: &str = "localhost";

    /// A host that this authority stands behind.
    ///
    /// # Errors
    /// No key, no socket.
    pub fn start(authority: &Authority) -> io::Result<Host> {
        let (chain, key) = authority.host(Host::NAME).map_err(io::Error::other)?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.and_then(|config| config.with_no_client_auth().with_single_cert(chain, key));
        let config = Arc::new(config.map_err(io::Error::other)?);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let host = Host { port: listener.local_addr()?.port(), shelf: Arc::default(), asked: Arc::default() };
        let serves = host.clone();
        std::thread::Builder::new().name("host".into()).spawn(move || serves.serve(&listener, &config))?;
        Ok(host)
    }

    /// The port it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How often it was asked for something.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    /// Puts an answer under a path (`/a.pem`); its address.
    pub fn hold(&self, path: &str, answer: Answer) -> String {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), answer);
        format!("https://{}:{}{path}", Host::NAME, self.port)
    }

    fn serve(&self, listener: &TcpListener, config: &Arc<ServerConfig>) {
        for stream in listener.incoming().flatten() {
            let (host, config) = (self.clone(), Arc::clone(config));
            std::thread::spawn(move || host.answer(stream, config));
        }
    }

    fn answer(&self, stream: TcpStream, config: Arc<ServerConfig>) -> io::Result<()> {
        let connection = ServerConnection::new(config).map_err(io::Error::other)?;
        let mut stream = BufReader::new(StreamOwned::new(connection, stream));
        let mut first = String::new();
        stream.read_line(&mut first)?;
        let mut line = String::new();
        while stream.read_line(&mut line)? > 2 {
            line.clear();
        }
        self.asked.fetch_add(1, Ordering::Relaxed);
        let path = first.split(' ').nth(1).unwrap_or_default();
        let answer = self.shelf.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        let stream = stream.get_mut();
        say(stream, answer)?;
        stream.conn.send_close_notify();
        stream.flush()
    }
}

fn say(out: &mut impl Write, answer: Option<Answer>) -> io::Result<()> {
    let head = |status: &str, length: usize, more: &str| {
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{more}\r\n")
    };
    match answer {
        Some(Answer::Body(body)) => {
            out.write_all(head("200 OK", body.len(), "").as_bytes())?;
            out.write_all(&body)
        }
        Some(Answer::Late(pause, body)) => {
            std::thread::sleep(pause);
            say(out, Some(Answer::Body(body)))
        }
        Some(Answer::Bytes(count)) => {
            out.write_all(head("200 OK", count, "").as_bytes())?;
            (0..count / 4_096).try_for_each(|_| out.write_all(&[b'x'; 4_096]))
        }
        Some(Answer::Redirect(to)) => out.write_all(head("302 Found", 0, &format!("Location: {to}\r\n")).as_bytes()),
        Some(Answer::Silence) => {
            std::thread::sleep(Duration::from_secs(60));
            Ok(())
        }
        None => out.write_all(head("404 Not Found", 0, "").as_bytes()),
    }
}
