//! Cases: what customers said that somebody has to answer for.

use super::auth::Bearer;
use super::parts::{Body, Path, Query, call_id, case_id, is_current, moment, object, present, tag, words};
use super::problem::Problem;
use super::said::{EscalateAsked, ThankedDocument, WORDS_CHARS_MAX, WordDocument, due, owner};
use super::server::Api;
use crate::epoch::timestamp;
use crate::filing::Subject;
use crate::store::{KeptCase, WhichCases};
use crate::words::case_kind;
use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use cabrank_core::{CallId, CaseId, CaseWord, Matter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Cases in one answer, unless more are asked for.
const COUNT: u32 = 100;
/// Cases in one answer at the most.
const COUNT_MAX: u32 = 1_000;
/// The longest that a customer is quoted, in characters.
pub(super) const SAID_CHARS_MAX: usize = 2_000;

/// A case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Case)]
pub(super) struct CaseDocument {
    /// The case's id: sixteen hexadecimal digits.
    case: String,
    /// `complaint`, `opinion` or `praise`.
    pub(super) kind: &'static str,
    /// `open` or `closed`.
    state: &'static str,
    /// What the customer said.
    pub(super) said: String,
    /// When it was opened; as all moments, RFC 3339.
    pub(super) opened_at: String,
    opened_by: String,
    /// Who owns it now.
    pub(super) owner: Option<String>,
    /// The level that it was raised to; 0 at first.
    level: u8,
    /// By when it has to be closed.
    due: Option<String>,
    /// Whether it was not closed by then, and was raised for it.
    pub(super) late: bool,
    /// What the customer was told when it was closed.
    feedback: Option<String>,
    closed_at: Option<String>,
    /// When something was said of it last.
    changed_at: String,
    /// The calls that it is about.
    calls: Vec<String>,
}

/// A case with everything that was said of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CaseWithHistory)]
pub(super) struct WholeCase {
    #[serde(flatten)]
    case: CaseDocument,
    /// How and when the customer was thanked, if so.
    thanked: Option<ThankedDocument>,
    /// Everything that was said of it, oldest first.
    history: Vec<WordDocument>,
}

/// Cases, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CaseList {
    /// The cases.
    cases: Vec<CaseDocument>,
    /// Whether there are more than these: ask again with `before` and the last one's id.
    more: bool,
}

/// Which cases.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// `open` or `closed`; all if absent.
    state: Option<String>,
    /// Only those of that owner.
    owner: Option<String>,
    /// Only those about that call.
    call: Option<String>,
    /// Only those opened at this moment (RFC 3339) or later.
    since: Option<String>,
    /// Only open ones that have to be closed before this moment (RFC 3339).
    due_before: Option<String>,
    /// Only those behind that case in the list.
    before: Option<String>,
    /// At most so many; 100 if absent, 1,000 at the most.
    limit: Option<u32>,
}

/// Words on a case; at least one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CaseWords)]
pub(super) struct Words {
    /// Who owns it from now on, by name; `null`: nobody.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    owner: Option<Option<String>>,
    /// By when it has to be closed (RFC 3339); `null`: no longer by any time.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    due: Option<Option<String>>,
    /// It is raised to a higher level.
    #[serde(default, deserialize_with = "object")]
    escalate: Option<EscalateAsked>,
    /// It is about this call, too.
    link: Option<String>,
    /// A remark.
    remark: Option<String>,
    /// It is closed, and this is what the customer is told: what became of it, and thanks.
    close: Option<String>,
    /// It is open again, and why.
    reopen: Option<String>,
    /// The customer was thanked: how, and for what.
    #[schema(example = "by telephone, for the hint about the lights")]
    thanked: Option<String>,
}

/// Cases, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/cases",
    params(Which),
    responses((status = 200, body = CaseList), (status = 400, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn list(State(api): State<Api>, Query(which): Query<Which>) -> Result<Json<CaseList>, Problem> {
    let limit = which.limit.unwrap_or(COUNT);
    if !(1..=COUNT_MAX).contains(&limit) {
        return Err(Problem::new(StatusCode::BAD_REQUEST, format!("`limit` is 1 to {COUNT_MAX}.")));
    }
    let mut found = api.store().cases(&which.understood(&api).await?, limit.saturating_add(1)).await?;
    let count_max = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > count_max;
    found.truncate(count_max);
    Ok(Json(CaseList { cases: found.iter().map(CaseDocument::new).collect(), more }))
}

/// One case, with everything that was said of it.
#[utoipa::path(
    get,
    path = "/api/v1/cases/{id}",
    params(("id" = String, Path, description = "Sixteen hexadecimal digits")),
    responses(
        (status = 200, body = WholeCase, headers(("ETag", description = "How many words were said of it"))),
        (status = 404, body = Problem),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn one(State(api): State<Api>, Path(id): Path<String>) -> Result<(HeaderMap, Json<WholeCase>), Problem> {
    shown(&api, case_id(&id)?).await
}

/// Adds to a case. The words are on the disk, and read by whoever asks next, when the answer comes.
#[utoipa::path(
    patch,
    path = "/api/v1/cases/{id}",
    params(
        ("id" = String, Path, description = "Sixteen hexadecimal digits"),
        ("If-Match" = String, Header, description = "The ETag of the case as it was seen"),
    ),
    request_body = Words,
    responses(
        (status = 200, body = WholeCase, headers(("ETag", description = "How many words were said of it"))),
        (status = 403, body = Problem, description = "The token is an agent's, and the case is not"),
        (status = 404, body = Problem),
        (status = 412, body = Problem, description = "Somebody else has said something since"),
        (status = 422, body = Problem),
        (status = 428, body = Problem, description = "There is no If-Match"),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn amend(
    State(api): State<Api>,
    Extension(bearer): Extension<Bearer>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(said): Body<Words>,
) -> Result<(HeaderMap, Json<WholeCase>), Problem> {
    let case = case_id(&id)?;
    let words = said.understood(&api)?;
    let held = api.files().take(Subject::Case(case)).await?;
    let seen = known(&api, case).await?;
    must_be_current(&headers, seen.revision)?;
    bearer.may_write_on_case(&api, seen.owner.as_deref(), &seen.calls).await?;
    must_fit(&words, &seen)?;
    if let Some(call) = &said.link {
        must_be_known(&api, call_id(call)?).await?;
    }
    held.file(Matter::Case { case, words }, bearer.by()).await?;
    shown(&api, case).await
}

impl Which {
    async fn understood(&self, api: &Api) -> Result<WhichCases, Problem> {
        let open = match self.state.as_deref() {
            None => None,
            Some("open") => Some(true),
            Some("closed") => Some(false),
            Some(_) => return Err(Problem::new(StatusCode::BAD_REQUEST, "`state` is open or closed.")),
        };
        let at = |what, text: &Option<String>| text.as_deref().map(|text| moment(what, text)).transpose();
        let behind = match self.before.as_deref().map(case_id).transpose()? {
            Some(case) => Some((known(api, case).await?.opened_at, case)),
            None => None,
        };
        Ok(WhichCases {
            open,
            owner: self.owner.clone(),
            call: self.call.as_deref().map(call_id).transpose()?,
            since: at("since", &self.since)?,
            due_before: at("due_before", &self.due_before)?,
            behind,
        })
    }
}

impl Words {
    fn understood(&self, api: &Api) -> Result<Vec<CaseWord>, Problem> {
        let text = |what, text: &Option<String>, max| text.as_deref().map(|text| words(what, text, max)).transpose();
        let by_then = self.due.as_ref().map(|at| at.as_deref().map(|at| due(at, api.epoch())).transpose()).transpose()?;
        let all = [
            self.owner.as_ref().map(|name| owner(name.as_deref())).transpose()?.map(CaseWord::Owner),
            by_then.map(CaseWord::Due),
            self.escalate.as_ref().map(EscalateAsked::understood).transpose()?.map(CaseWord::Escalated),
            self.link.as_deref().map(call_id).transpose()?.map(CaseWord::Linked),
            text("remark", &self.remark, SAID_CHARS_MAX)?.map(CaseWord::Remark),
            text("close", &self.close, SAID_CHARS_MAX)?.map(|feedback| CaseWord::Closed { feedback }),
            text("reopen", &self.reopen, WORDS_CHARS_MAX)?.map(|why| CaseWord::Reopened { why }),
            text("thanked", &self.thanked, WORDS_CHARS_MAX)?.map(|how| CaseWord::Thanked { how }),
        ];
        let words: Vec<CaseWord> = all.into_iter().flatten().collect();
        if words.is_empty() {
            let detail = "Say `owner`, `due`, `escalate`, `link`, `remark`, `close`, `reopen` or `thanked`: one at least.";
            return Err(Problem::unprocessable(detail));
        }
        Ok(words)
    }
}

/// What is closed is closed once, and only what is closed is opened again.
fn must_fit(words: &[CaseWord], seen: &KeptCase) -> Result<(), Problem> {
    let closes = words.iter().any(|word| matches!(word, CaseWord::Closed { .. }));
    let reopens = words.iter().any(|word| matches!(word, CaseWord::Reopened { .. }));
    match (closes, reopens, seen.open) {
        (true, true, _) => Err(Problem::unprocessable("Send `close` or `reopen`, and not both.")),
        (true, false, false) => Err(Problem::unprocessable("The case is closed already; `reopen` it first.")),
        (false, true, true) => Err(Problem::unprocessable("The case is open; there is nothing to reopen.")),
        (true, false, true) | (false, true, false) | (false, false, _) => Ok(()),
    }
}

fn must_be_current(headers: &HeaderMap, revision: u64) -> Result<(), Problem> {
    match is_current(headers, revision) {
        Some(true) => Ok(()),
        Some(false) => {
            let detail = "Somebody has said something of this case since; look at it again, and decide anew.";
            Err(Problem::new(StatusCode::PRECONDITION_FAILED, detail))
        }
        None => {
            let detail = "Send `If-Match` with the ETag of the case, so that nobody's words are lost.";
            Err(Problem::new(StatusCode::PRECONDITION_REQUIRED, detail))
        }
    }
}

/// A case is about calls that happened, or are happening.
pub(super) async fn must_be_known(api: &Api, call: CallId) -> Result<(), Problem> {
    let is_live = api.view().await?.calls.iter().any(|live| live.call == call);
    if is_live || api.store().record(call).await?.is_some() {
        return Ok(());
    }
    Err(Problem::unprocessable(format!("There is no call {call}; /api/v1/calls lists them.")))
}

async fn known(api: &Api, case: CaseId) -> Result<KeptCase, Problem> {
    api.store().case(case).await?.ok_or_else(|| Problem::not_found("case", "/api/v1/cases"))
}

pub(super) async fn shown(api: &Api, case: CaseId) -> Result<(HeaderMap, Json<WholeCase>), Problem> {
    let kept = known(api, case).await?;
    let words = api.store().words_of_case(case).await?;
    let (thanked, history) = (ThankedDocument::newest(&words), WordDocument::all(&words));
    Ok((tag(kept.revision), Json(WholeCase { case: CaseDocument::new(&kept), thanked, history })))
}

impl CaseDocument {
    pub(super) fn new(case: &KeptCase) -> CaseDocument {
        let at = |micros: i64| timestamp(micros).to_string();
        CaseDocument {
            case: case.case.to_string(),
            kind: case_kind(case.kind),
            state: if case.open { "open" } else { "closed" },
            said: case.said.clone(),
            opened_at: at(case.opened_at),
            opened_by: case.opened_by.clone(),
            owner: case.owner.clone(),
            level: case.level,
            due: case.due_at.map(at),
            late: case.due_at.is_some() && case.late_of == case.due_at,
            feedback: case.feedback.clone(),
            closed_at: case.closed_at.map(at),
            changed_at: at(case.changed_at),
            calls: case.calls.iter().map(CallId::to_string).collect(),
        }
    }
}
