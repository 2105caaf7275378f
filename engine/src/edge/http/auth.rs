//! Bearer tokens (RFC 6750): kept as digests, compared in constant time.

use super::problem::Problem;
use super::server::Api;
use crate::store::{Store, StoreError};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use cabrank_core::Text;
use sha2::{Digest, Sha256};
use std::fmt;
use subtle::ConstantTimeEq;

/// Who may do everything.
const ADMIN: &str = "admin";
/// Who may change thresholds.
const TUNERS: [&str; 2] = [ADMIN, "supervisor"];
/// Who may change profiles.
const KEEPERS: [&str; 2] = [ADMIN, "integrator"];

/// The digests of every token that opens the API.
#[derive(Clone, Debug, Default)]
pub struct Tokens(Vec<(String, String)>);

/// A token just made: shown once, kept nowhere.
pub struct FreshToken(String);

/// Who asks: the role of the token that came with the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bearer(pub(super) String);

impl Bearer {
    /// Who may change thresholds, by name.
    pub(super) fn may_tune(self) -> Result<Text, Problem> {
        if TUNERS.contains(&self.0.as_str()) {
            return Ok(self.0.into());
        }
        let detail = format!("Thresholds are changed by {}; this token is one of {}.", TUNERS.join(" or "), self.0);
        Err(Problem::new(StatusCode::FORBIDDEN, detail))
    }

    /// Whether messages that nobody took may be sent again.
    pub(super) fn may_send_again(&self) -> Result<(), Problem> {
        if self.0 == ADMIN {
            return Ok(());
        }
        let detail = format!("Dead messages are sent again by {ADMIN}; this token is one of {}.", self.0);
        Err(Problem::new(StatusCode::FORBIDDEN, detail))
    }

    /// Whether profiles may be changed.
    pub(super) fn may_keep_profiles(&self) -> Result<(), Problem> {
        if KEEPERS.contains(&self.0.as_str()) {
            return Ok(());
        }
        let detail = format!("Profiles are changed by {}; this token is one of {}.", KEEPERS.join(" or "), self.0);
        Err(Problem::new(StatusCode::FORBIDDEN, detail))
    }
}

impl Tokens {
    /// The tokens in the store. At the very first start there are none: then one for the administrator is made, to be shown.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn open(store: &Store) -> Result<(Tokens, Option<FreshToken>), StoreError> {
        let known = store.tokens().await?;
        if !known.is_empty() {
            return Ok((Tokens(known), None));
        }
        let token = FreshToken::random();
        let digest = digest(&token.0);
        store.put_token(&digest, ADMIN).await?;
        Ok((Tokens(vec![(digest, ADMIN.to_owned())]), Some(token)))
    }

    /// Whether that is the administrator's token.
    pub fn is_admin(&self, token: &str) -> bool {
        self.bearer(token).is_some_and(|Bearer(role)| role == ADMIN)
    }

    /// Every digest is compared, whichever fits: the time taken tells nothing.
    pub(super) fn bearer(&self, token: &str) -> Option<Bearer> {
        let asked = digest(token);
        self.0.iter().fold(None, |found, (known, role)| {
            let fits = bool::from(known.as_bytes().ct_eq(asked.as_bytes()));
            if fits { Some(Bearer(role.clone())) } else { found }
        })
    }
}

impl FreshToken {
    fn random() -> FreshToken {
        FreshToken(hex(&rand::random::<[u8; 32]>()))
    }
}

impl fmt::Display for FreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for FreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FreshToken(..)")
    }
}

/// Lets in who brings a token, and says who it is.
pub(super) async fn only_bearers(State(api): State<Api>, mut request: Request, next: Next) -> Result<Response, Problem> {
    let header = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = header.and_then(token).and_then(|token| api.tokens().bearer(token)).ok_or_else(|| {
        Problem::new(StatusCode::UNAUTHORIZED, "Send `Authorization: Bearer TOKEN` with a token that the engine has given out.")
    })?;
    request.extensions_mut().insert(bearer);
    Ok(next.run(request).await)
}

/// The scheme's name is case-insensitive (RFC 9110, 11.1).
fn token(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn digest(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
