//! Requests to other people's services: one kind of client for all of them, which follows nobody elsewhere and repeats nothing by
//! itself.

use reqwest::{Client, redirect, retry};

/// A client for services outside.
///
/// # Errors
/// When none can be made (no trust roots on this machine).
pub fn client() -> Result<Client, reqwest::Error> {
    Client::builder()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .user_agent(concat!("cabrank/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// What says most (a refused connection, a bad certificate), and without the address: it may hold a secret.
pub fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
