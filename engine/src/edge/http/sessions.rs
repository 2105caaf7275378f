//! Who is signed in to the pages: a cookie for a session, a session for a token. It is over when the token is, and outlives a restart.

use super::auth::{digest, hex};
use super::problem::Problem;
use crate::epoch::now_micros;
use crate::store::{SessionRow, Store, StoreError};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use cookie::time::Duration;
use cookie::{Cookie, SameSite};
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use subtle::ConstantTimeEq;

/// What a page sends along, to show that it is ours.
pub(super) const CSRF_HEADER: HeaderName = HeaderName::from_static("x-csrf-token");
/// How long a session lasts.
const LASTS: Duration = Duration::hours(12);
/// Sessions at once; a new one ends the one that would have ended next.
const OPEN_MAX: usize = 4_096;

/// Everybody who is signed in.
#[derive(Debug)]
pub struct Sessions {
    store: Store,
    by_tls: bool,
    /// What their cookies are called.
    name: String,
    /// By the session's digest.
    open: RwLock<HashMap<String, Open>>,
}

#[derive(Clone, Debug)]
struct Open {
    token: String,
    expires_at: i64,
}

/// A session that is open.
#[derive(Clone, Debug)]
pub(super) struct Session {
    /// The digest of its token.
    pub(super) token: String,
    /// What forms and scripts of its pages send along.
    pub(super) csrf: String,
    /// Its own digest.
    digest: String,
}

impl Sessions {
    /// Those that the store knows. `by_tls`: browsers reach the pages by https. `port`: the one that is listened on.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn open(store: &Store, by_tls: bool, port: u16) -> Result<Sessions, StoreError> {
        let known = store.sessions().await?.into_iter();
        let open = known.map(|SessionRow { digest, token, expires_at }| (digest, Open { token, expires_at })).collect();
        Ok(Sessions { store: store.clone(), by_tls, name: name(by_tls, port), open: RwLock::new(open) })
    }

    /// Whose cookie that is.
    pub(super) fn of(&self, headers: &HeaderMap) -> Option<Session> {
        let secret = self.secret(headers)?;
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        let digest = digest(&secret);
        let found = open.get(&digest).filter(|open| open.expires_at > now_micros())?;
        Some(Session { token: found.token.clone(), csrf: csrf(&secret), digest })
    }

    /// Whether it still is.
    pub(super) fn is_open(&self, session: &Session) -> bool {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.get(&session.digest).is_some_and(|open| open.expires_at > now_micros())
    }

    /// Opens one for the token of that digest; answers with the cookie.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn begin(&self, token: &str) -> Result<HeaderValue, StoreError> {
        let secret = hex(&rand::random::<[u8; 32]>());
        let (digest, expires_at) = (digest(&secret), now_micros() + LASTS.whole_seconds() * 1_000_000);
        self.make_room().await?;
        self.store.put_session(&SessionRow { digest: digest.clone(), token: token.to_owned(), expires_at }).await?;
        let session = Open { token: token.to_owned(), expires_at };
        self.open.write().unwrap_or_else(PoisonError::into_inner).insert(digest, session);
        Ok(self.cookie(&secret, LASTS))
    }

    /// Ends the one with that cookie; answers with one that takes its place.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn end(&self, headers: &HeaderMap) -> Result<HeaderValue, StoreError> {
        if let Some(digest) = self.secret(headers).map(|secret| digest(&secret)) {
            self.forget(&digest).await?;
        }
        Ok(self.cookie("", Duration::ZERO))
    }

    async fn make_room(&self) -> Result<(), StoreError> {
        let next_to_end = {
            let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
            let now = now_micros();
            open.retain(|_, session| session.expires_at > now);
            let oldest = open.iter().min_by_key(|(_, session)| session.expires_at).map(|(digest, _)| digest.clone());
            oldest.filter(|_| open.len() >= OPEN_MAX)
        };
        match next_to_end {
            Some(digest) => self.forget(&digest).await,
            None => Ok(()),
        }
    }

    async fn forget(&self, digest: &str) -> Result<(), StoreError> {
        self.open.write().unwrap_or_else(PoisonError::into_inner).remove(digest);
        self.store.end_session(digest).await
    }

    fn secret(&self, headers: &HeaderMap) -> Option<String> {
        let sent = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut cookies = sent.flat_map(Cookie::split_parse).flatten();
        cookies.find(|cookie| cookie.name() == self.name).map(|cookie| cookie.value().to_owned())
    }

    fn cookie(&self, secret: &str, lasts: Duration) -> HeaderValue {
        let cookie = Cookie::build((&self.name, secret)).path("/").max_age(lasts).http_only(true);
        let cookie = cookie.same_site(SameSite::Strict).secure(self.by_tls);
        // Hexadecimal digits and words of ours: always a value.
        HeaderValue::from_str(&cookie.to_string()).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

/// Browsers send a cookie to every port of its host: who is signed in at two engines there has two. Where pages come by TLS they are
/// held to that by a prefix.
fn name(by_tls: bool, port: u16) -> String {
    let prefix = if by_tls { "__Host-" } else { "" };
    format!("{prefix}cabrank-{port}")
}

/// Whether the request says what only a page of this session can know.
pub(super) fn is_ours(headers: &HeaderMap, csrf: &str) -> Result<(), Problem> {
    let said = headers.get(CSRF_HEADER).map(HeaderValue::as_bytes).unwrap_or_default();
    says(said, csrf)
}

/// The same of a form's field.
pub(super) fn says(said: &[u8], csrf: &str) -> Result<(), Problem> {
    if bool::from(said.ct_eq(csrf.as_bytes())) {
        return Ok(());
    }
    let detail = "Load the page again: what it sent does not belong to this session (header `x-csrf-token`).";
    Err(Problem::new(StatusCode::FORBIDDEN, detail))
}

/// Known to whoever knows the session, and telling nothing of it.
fn csrf(secret: &str) -> String {
    digest(&format!("csrf {secret}"))
}
