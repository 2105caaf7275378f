//! Fetching a certificate: https, no redirect, so much and no more, in so much time and no more.

use crate::certificate::Chain;
use cabrank_core::Flaw;
use reqwest::{Certificate, Client, StatusCode, redirect, retry};
use rustls_pki_types::CertificateDer;
use std::time::Duration;
use tokio::sync::Semaphore;
use url::Url;

/// The longest chain that is read, in bytes.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// Certificates that are fetched at once.
const TOGETHER_MAX: usize = 16;

/// Fetches certificates.
#[derive(Debug)]
pub(crate) struct Fetcher {
    client: Client,
    within: Duration,
    slots: Semaphore,
}

impl Fetcher {
    /// A fetcher that believes hosts by these roots, or by those of this machine, and takes so long at the most.
    pub(crate) fn new(roots: Option<&[CertificateDer<'static>]>, within: Duration) -> reqwest::Result<Fetcher> {
        let client = Client::builder()
            .https_only(true)
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .user_agent(concat!("cabrank/", env!("CARGO_PKG_VERSION")));
        let client = match roots {
            Some(roots) => {
                client.tls_certs_only(roots.iter().map(|der| Certificate::from_der(der)).collect::<Result<Vec<_>, _>>()?)
            }
            None => client,
        };
        Ok(Fetcher { client: client.build()?, within, slots: Semaphore::new(TOGETHER_MAX) })
    }

    /// The chain at that address.
    pub(crate) async fn fetch(&self, address: &Url) -> Result<Chain, Flaw> {
        let fetched = tokio::time::timeout(self.within, self.body(address)).await.unwrap_or(Err(Flaw::Unreachable));
        let chain = fetched.and_then(|body| Chain::read(&body));
        if let Err(flaw) = &chain {
            tracing::warn!(host = address.host_str(), ?flaw, "a certificate could not be had");
        }
        chain
    }

    async fn body(&self, address: &Url) -> Result<Vec<u8>, Flaw> {
        let _slot = self.slots.acquire().await.map_err(|_| Flaw::Unreachable)?;
        let mut response = self.client.get(address.clone()).send().await.map_err(|_| Flaw::Unreachable)?;
        if response.status() != StatusCode::OK {
            return Err(Flaw::Unreachable);
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| Flaw::Unreachable)? {
            if body.len() + chunk.len() > BODY_BYTES_MAX {
                return Err(Flaw::CertificateUnusable);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}
