//! Tokens: who has one, one more, one less.

use super::auth::{ADMIN, AGENT, Bearer, Held, ROLES};
use super::parts::{Body, Path, words};
use super::problem::Problem;
use super::server::Api;
use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// As much of a digest as tells tokens apart, in hexadecimal digits.
const ID_CHARS: usize = 16;
/// Tokens at once.
const TOKENS_MAX: usize = 10_000;
/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 64;

/// A token that was given out, without itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Token)]
pub(super) struct TokenDocument {
    /// What it is known by: the beginning of its digest.
    id: String,
    /// Whose it is: `admin`, `supervisor`, `agent`, `integrator` or `viewer`.
    role: String,
    /// The agent whose it is: it opens that agent's desk, and changes nobody else's state. `null`: no one agent's.
    agent: Option<String>,
    /// What it is called; that is the author of what is done with it.
    name: Option<String>,
}

/// Every token.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TokenList {
    /// In the order in which they were made.
    tokens: Vec<TokenDocument>,
}

/// A token that is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenAsked {
    /// Whose it is to be: `admin`, `supervisor`, `agent`, `integrator` or `viewer`.
    #[schema(example = "agent")]
    role: String,
    /// With the role `agent` only: whose it is to be, by the agent's name.
    #[schema(example = "a101")]
    agent: Option<String>,
    /// What it is to be called: the author of what is done with it. Without one that is its agent, or else its role.
    #[schema(example = "Ann")]
    name: Option<String>,
}

/// A token just made.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NewToken {
    /// The token: shown this once, kept nowhere.
    token: String,
    #[serde(flatten)]
    known: TokenDocument,
}

/// Every token, without itself. For admins.
#[utoipa::path(
    get,
    path = "/api/v1/tokens",
    responses((status = 200, body = TokenList), (status = 401, body = Problem), (status = 403, body = Problem))
)]
pub(super) async fn list(State(api): State<Api>, Extension(bearer): Extension<Bearer>) -> Result<Json<TokenList>, Problem> {
    bearer.may_give_tokens()?;
    Ok(Json(TokenList { tokens: api.tokens().held().iter().map(TokenDocument::of).collect() }))
}

/// One more token. For admins.
#[utoipa::path(
    post,
    path = "/api/v1/tokens",
    request_body = TokenAsked,
    responses(
        (status = 201, body = NewToken),
        (status = 403, body = Problem),
        (status = 409, description = "There are too many, or another one is called so", body = Problem),
        (status = 422, body = Problem),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn make(
    State(api): State<Api>,
    Extension(bearer): Extension<Bearer>,
    Body(asked): Body<TokenAsked>,
) -> Result<(StatusCode, Json<NewToken>), Problem> {
    bearer.may_give_tokens()?;
    let theirs = asked.understood(&api)?;
    let held = api.tokens().held();
    if held.len() >= TOKENS_MAX {
        return Err(Problem::new(StatusCode::CONFLICT, "There are too many tokens; take back those that nobody needs."));
    }
    if theirs.name.is_some() && held.iter().any(|held| held.bearer.name == theirs.name) {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "Another token is called so; take it back, or give this one another name.",
        ));
    }
    let token = api.tokens().make(api.store(), theirs.clone()).await?.to_string();
    let known = TokenDocument::of(&Held { digest: super::auth::digest(&token), bearer: theirs });
    Ok((StatusCode::CREATED, Json(NewToken { token, known })))
}

/// Takes a token back: it opens nothing from now on, and whoever signed in with it is signed out. For admins.
#[utoipa::path(
    delete,
    path = "/api/v1/tokens/{id}",
    params(("id" = String, Path)),
    responses(
        (status = 204, description = "It is taken back"),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 409, description = "It is the last one of an admin", body = Problem),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn take_back(
    State(api): State<Api>,
    Extension(bearer): Extension<Bearer>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    bearer.may_give_tokens()?;
    let held = api.tokens().held();
    let found = held.iter().find(|held| TokenDocument::of(held).id == id);
    let found = found.ok_or_else(|| Problem::not_found("token", "/api/v1/tokens"))?;
    if found.bearer.role == ADMIN && held.iter().filter(|held| held.bearer.role == ADMIN).count() == 1 {
        return Err(Problem::new(StatusCode::CONFLICT, "This is the last token of an admin: make another one first."));
    }
    api.tokens().take_back(api.store(), &found.digest).await?;
    api.taken_away().send_replace(());
    Ok(StatusCode::NO_CONTENT)
}

impl TokenAsked {
    fn understood(self, api: &Api) -> Result<Bearer, Problem> {
        let TokenAsked { role, agent, name } = self;
        if !ROLES.contains(&role.as_str()) {
            return Err(Problem::unprocessable(format!("`role` is one of {}.", ROLES.join(", "))));
        }
        if agent.is_some() && role != AGENT {
            return Err(Problem::unprocessable("`agent` goes with the role `agent` only; leave it out."));
        }
        if agent.as_deref().is_some_and(|agent| api.names().agent_id(agent).is_none()) {
            return Err(Problem::unprocessable("There is no such agent; GET /api/v1/agents lists those there are."));
        }
        let name = name.map(|name| words("name", &name, NAME_CHARS_MAX)).transpose()?.map(|name| name.to_string());
        if let Some(taken) = name.as_deref().filter(|name| is_taken(api, name, agent.as_deref())) {
            return Err(Problem::unprocessable(format!("`name` is not {taken}: somebody else would seem to be the author.")));
        }
        Ok(Bearer { role, agent, name })
    }
}

/// Roles and agents are authors, too.
fn is_taken(api: &Api, name: &str, of_agent: Option<&str>) -> bool {
    ROLES.contains(&name) || (of_agent != Some(name) && api.names().agent_id(name).is_some())
}

impl TokenDocument {
    fn of(held: &Held) -> TokenDocument {
        let Bearer { role, agent, name } = held.bearer.clone();
        TokenDocument { id: held.digest.chars().take(ID_CHARS).collect(), role, agent, name }
    }
}
