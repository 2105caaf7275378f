//! An HTTP service of the test's own, on a port of 127.0.0.1.

use std::net::{Ipv4Addr, TcpListener};
use std::thread::{self, JoinHandle};

use axum::Router;
use tokio::sync::oneshot;

/// A running service; it ends with the value.
#[derive(Debug)]
pub struct Service {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Service {
    /// Starts it.
    pub fn start(port: u16, routes: Router) -> Service {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("the service's port");
        listener.set_nonblocking(true).expect("a listener for tokio");
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || run(listener, routes, stopped));
        Service { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Service {
    /// Its port is free for another one then.
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(listener: TcpListener, routes: Router, stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
        tokio::select! {
            _ = stopped => {}
            served = axum::serve(listener, routes) => served.expect("the service runs"),
        }
    });
}
