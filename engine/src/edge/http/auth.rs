//! Bearer tokens (RFC 6750): kept as digests, compared in constant time. Whoever is signed in to the pages needs none.

use super::origin;
use super::pass::Pass;
use super::problem::Problem;
use super::server::Api;
use super::sessions::{self, Session};
use crate::store::{Store, StoreError, TokenRow};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use cabrank_core::Text;
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use subtle::ConstantTimeEq;

/// Everybody there is.
pub(super) const ROLES: [&str; 5] = [ADMIN, SUPERVISOR, AGENT, "integrator", VIEWER];
/// Who may do everything.
pub(super) const ADMIN: &str = "admin";
/// Who sees to it that calls are taken.
pub(super) const SUPERVISOR: &str = "supervisor";
/// Who takes calls.
pub(super) const AGENT: &str = "agent";
/// Who may change thresholds.
const TUNERS: [&str; 2] = [ADMIN, SUPERVISOR];
/// Who may change profiles.
const KEEPERS: [&str; 2] = [ADMIN, "integrator"];
/// Who may see the wallboard and nothing else: no caller, no call.
pub(super) const VIEWER: &str = "viewer";
/// What a viewer may see.
const FOR_VIEWERS: [&str; 3] = ["/api/v1/board", "/api/v1/events", "/api/v1/queues"];

/// The digests of every token that opens the API. Clones are of the same tokens.
#[derive(Clone, Debug, Default)]
pub struct Tokens(Arc<RwLock<Vec<Held>>>);

/// A token, as far as it is kept.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) digest: String,
    /// Whose it is.
    pub(super) bearer: Bearer,
}

/// A token just made: shown once, kept nowhere.
pub struct FreshToken(String);

/// Who asks: whose token came with the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bearer {
    /// What he or she may do.
    pub(super) role: String,
    /// The agent whose token it is; of tokens that are no one agent's, none.
    pub(super) agent: Option<String>,
    /// What the token is called.
    pub(super) name: Option<String>,
}

impl Bearer {
    /// A bearer of whom no more is known than the role.
    pub(super) fn of_role(role: &str) -> Bearer {
        Bearer { role: role.to_owned(), agent: None, name: None }
    }

    /// Who it was, for what is written down: the token's name, or its agent, or its role.
    pub(super) fn by(&self) -> Text {
        self.name.as_ref().or(self.agent.as_ref()).unwrap_or(&self.role).as_str().into()
    }

    /// Who may change thresholds, by name.
    pub(super) fn may_tune(&self) -> Result<Text, Problem> {
        if TUNERS.contains(&self.role.as_str()) {
            return Ok(self.by());
        }
        let detail = format!("Thresholds are changed by {}; this token is one of {}.", TUNERS.join(" or "), self.role);
        Err(Problem::new(StatusCode::FORBIDDEN, detail))
    }

    /// Whether that may be asked at all.
    fn may_ask(&self, method: &Method, path: &str) -> Result<(), Problem> {
        if self.role != VIEWER || (method.is_safe() && is_for_viewers(path)) {
            return Ok(());
        }
        Err(Problem::new(StatusCode::FORBIDDEN, "A viewer sees the wallboard and the queues; this needs another token."))
    }

    /// Whether tokens may be given out and taken back.
    pub(super) fn may_give_tokens(&self) -> Result<(), Problem> {
        if self.role == ADMIN {
            return Ok(());
        }
        Err(Problem::new(StatusCode::FORBIDDEN, format!("Tokens are given out by {ADMIN}; this token is one of {}.", self.role)))
    }

    /// Whether the pages may show who called.
    pub(super) fn may_see_calls(&self) -> bool {
        TUNERS.contains(&self.role.as_str())
    }

    /// Whether messages that nobody took may be sent again.
    pub(super) fn may_send_again(&self) -> Result<(), Problem> {
        if self.role == ADMIN {
            return Ok(());
        }
        let detail = format!("Dead messages are sent again by {ADMIN}; this token is one of {}.", self.role);
        Err(Problem::new(StatusCode::FORBIDDEN, detail))
    }

    /// Whether profiles may be changed.
    pub(super) fn may_keep_profiles(&self) -> Result<(), Problem> {
        if KEEPERS.contains(&self.role.as_str()) {
            return Ok(());
        }
        let detail = format!("Profiles are changed by {}; this token is one of {}.", KEEPERS.join(" or "), self.role);
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
            let held = known.into_iter().map(Held::from).collect();
            return Ok((Tokens(Arc::new(RwLock::new(held))), None));
        }
        let tokens = Tokens::default();
        let token = tokens.make(store, Bearer::of_role(ADMIN)).await?;
        Ok((tokens, Some(token)))
    }

    /// Makes one more, for them.
    pub(super) async fn make(&self, store: &Store, bearer: Bearer) -> Result<FreshToken, StoreError> {
        let token = FreshToken::random();
        let held = Held { digest: digest(&token.0), bearer };
        store.put_token(&held.row()).await?;
        self.0.write().unwrap_or_else(PoisonError::into_inner).push(held);
        Ok(token)
    }

    /// Takes one back, and with it every session that was opened with it.
    pub(super) async fn take_back(&self, store: &Store, digest: &str) -> Result<(), StoreError> {
        self.0.write().unwrap_or_else(PoisonError::into_inner).retain(|held| held.digest != digest);
        store.remove_token(digest).await
    }

    /// All of them.
    pub(super) fn held(&self) -> Vec<Held> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether that is the administrator's token.
    pub fn is_admin(&self, token: &str) -> bool {
        self.bearer(token).is_some_and(|bearer| bearer.role == ADMIN)
    }

    pub(super) fn bearer(&self, token: &str) -> Option<Bearer> {
        self.holder(&digest(token))
    }

    /// Whose token has that digest. Every digest is compared, whichever fits: the time taken tells nothing.
    pub(super) fn holder(&self, digest: &str) -> Option<Bearer> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).iter().fold(None, |found, held| {
            let fits = bool::from(held.digest.as_bytes().ct_eq(digest.as_bytes()));
            if fits { Some(held.bearer.clone()) } else { found }
        })
    }
}

impl Held {
    fn row(&self) -> TokenRow {
        let Bearer { role, agent, name } = self.bearer.clone();
        TokenRow { digest: self.digest.clone(), role, agent, name }
    }
}

impl From<TokenRow> for Held {
    fn from(TokenRow { digest, role, agent, name }: TokenRow) -> Held {
        Held { digest, bearer: Bearer { role, agent, name } }
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

/// Whether a viewer may see what is there.
pub(super) fn is_for_viewers(path: &str) -> bool {
    let is_open = |open: &str| path.strip_prefix(open).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    FOR_VIEWERS.into_iter().any(is_open)
}

/// Lets in who brings a token or is signed in, and says who it is.
pub(super) async fn only_bearers(State(api): State<Api>, mut request: Request, next: Next) -> Result<Response, Problem> {
    let (bearer, pass) = match brought(&api, request.headers()) {
        Some(known) => known,
        None => signed_in(&api, &request)?,
    };
    bearer.may_ask(request.method(), request.uri().path())?;
    request.extensions_mut().insert(bearer);
    request.extensions_mut().insert(pass);
    Ok(next.run(request).await)
}

fn brought(api: &Api, headers: &HeaderMap) -> Option<(Bearer, Pass)> {
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let digest = digest(header.and_then(token)?);
    Some((api.tokens().holder(&digest)?, Pass::Token(digest)))
}

/// A browser sends its cookie whoever made it ask: the page must be ours, and say so.
fn signed_in(api: &Api, request: &Request) -> Result<(Bearer, Pass), Problem> {
    let session = api.sessions().of(request.headers()).ok_or_else(unauthorized)?;
    origin::is_known_host(request.headers(), api.hosts())?;
    if !request.method().is_safe() {
        origin::is_our_page(request.headers(), api.hosts())?;
        let Session { csrf, .. } = &session;
        sessions::is_ours(request.headers(), csrf)?;
    }
    let bearer = api.tokens().holder(&session.token).ok_or_else(unauthorized)?;
    Ok((bearer, Pass::Session(session)))
}

/// Nobody knows who asks.
pub(super) fn unauthorized() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "Send `Authorization: Bearer TOKEN` with a token that the engine has given out.")
}

/// The scheme's name is case-insensitive (RFC 9110, 11.1).
fn token(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

pub(super) fn digest(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
