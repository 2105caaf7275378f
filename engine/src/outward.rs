//! Requests to other people's services: one kind of client for all of them, which follows nobody elsewhere and repeats nothing by
//! itself.

use reqwest::{Client, Response, redirect, retry};

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

/// What was answered; nothing if it is longer than that, of which no more is read then.
///
/// # Errors
/// When the answer breaks off.
pub async fn body(mut response: Response, bytes_max: usize) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > bytes_max {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// What says most (a refused connection, a bad certificate), and without the address: it may hold a secret.
pub fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
