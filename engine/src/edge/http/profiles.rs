//! Profiles: who calls, and what is known of them. A change is in force for the next call when the answer comes.

use super::auth::Bearer;
use super::masked;
use super::parts::{Body, File, Path, Query};
use super::problem::Problem;
use super::server::Api;
use crate::clerk::Seen;
use crate::number;
use crate::profiles::{self, Reading, RowFault, Tag};
use crate::store::Erased;
use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use cabrank_core::{Number, Profile};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// Columns that are no further fields.
const KNOWN: [&str; 5] = ["number", "name", "language", "class", "preferred_agent"];

/// What is known of who calls from a number. What is not known is empty.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Profile)]
pub(super) struct ProfileDocument {
    /// The caller's name, as it is greeted and shown.
    #[schema(example = "Ann Tan")]
    name: String,
    /// Language tag.
    #[schema(example = "en")]
    language: String,
    /// Service class.
    #[schema(example = "regular")]
    class: String,
    /// The agent whom this caller would rather talk to, by name.
    preferred_agent: String,
    /// Everything else, by field.
    #[schema(example = json!({"pickup": "12 Orchard Road"}))]
    fields: BTreeMap<String, String>,
}

/// A profile, and whose it is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NumberedProfile {
    /// E.164 number or SIP user name, as it is kept.
    #[schema(example = "+6591234567")]
    number: String,
    /// The caller's name, as it is greeted and shown.
    name: String,
    /// Language tag.
    language: String,
    /// Service class.
    class: String,
    /// The agent whom this caller would rather talk to, by name.
    preferred_agent: String,
    /// Everything else, by field.
    fields: BTreeMap<String, String>,
}

/// What was erased.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ErasedDocument {
    /// Whether there was a profile.
    profile: bool,
    /// How many records no longer say who called.
    records: u64,
    /// How many words on these records, and on the cases about them, can no longer be read: here, and in the journal.
    words: u64,
    /// How many cases no longer say what the customer said. They stay: somebody has to answer for them.
    cases: u64,
    /// Whether journal and snapshots named the caller, by an alias of which nobody knows any more whose it is.
    alias: bool,
}

/// How an import is done.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct How {
    /// `true`: the good rows are taken although others are bad.
    skip_bad: Option<bool>,
}

/// What was imported.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImportedDocument {
    /// Profiles kept, new or in the place of older ones.
    profiles: u64,
    /// Rows left out.
    bad_rows: u64,
    /// What is wrong with them; of the first thousand.
    faults: Vec<String>,
}

/// What is known of who calls from that number. Not for agents: they see it with the call.
#[utoipa::path(
    get,
    path = "/api/v1/profiles/{number}",
    params(("number" = String, Path, description = "E.164 number or SIP user name")),
    responses(
        (status = 200, body = NumberedProfile, headers(("ETag", description = "A digest of the profile"))),
        (status = 400, body = Problem),
        (status = 404, body = Problem),
    )
)]
pub(super) async fn one(
    State(api): State<Api>,
    Extension(bearer): Extension<Bearer>,
    Path(number): Path<String>,
) -> Result<(HeaderMap, Json<NumberedProfile>), Problem> {
    masked::may_ask_by_number(&bearer)?;
    let number = caller_number(&api, &number)?;
    let profile = api.directory().profile(&number).ok_or_else(unknown)?;
    Ok((tag(&profile), Json(NumberedProfile::new(&number, &profile))))
}

/// Puts a profile in the place of what was known.
#[utoipa::path(
    put,
    path = "/api/v1/profiles/{number}",
    params(
        ("number" = String, Path, description = "E.164 number or SIP user name"),
        ("If-Match" = Option<String>, Header, description = "Only if the profile has one of these ETags; `*`: any"),
        ("If-None-Match" = Option<String>, Header, description = "`*`: only if there is no profile"),
    ),
    request_body = ProfileDocument,
    responses(
        (status = 200, body = NumberedProfile, headers(("ETag", description = "A digest of the profile"))),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 412, body = Problem, description = "Somebody has changed it since"),
        (status = 422, body = Problem),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn put(
    State(api): State<Api>,
    Extension(bearer): Extension<Bearer>,
    Path(number): Path<String>,
    headers: HeaderMap,
    Body(document): Body<ProfileDocument>,
) -> Result<(HeaderMap, Json<NumberedProfile>), Problem> {
    bearer.may_keep_profiles()?;
    let number = caller_number(&api, &number)?;
    let profile = document.understood(&number, &api)?;
    api.clerk().put(number.clone(), profile.clone(), seen(&headers)?).await?;
    Ok((tag(&profile), Json(NumberedProfile::new(&number, &profile))))
}

/// Erases what is known of who calls from that number: the profile, number and name in every record, and what people said of these
/// calls and of cases about them in their own words. What a webhook was told before is with its receiver.
#[utoipa::path(
    delete,
    path = "/api/v1/profiles/{number}",
    params(
        ("number" = String, Path, description = "E.164 number or SIP user name"),
        ("If-Match" = Option<String>, Header, description = "Only if the profile has one of these ETags; `*`: any"),
    ),
    responses(
        (status = 200, body = ErasedDocument),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 409, body = Problem, description = "A call of this number is going on, or it is to be called back"),
        (status = 412, body = Problem, description = "Somebody has changed it since"),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn erase(
    State(api): State<Api>,
    Extension(bearer): Extension<Bearer>,
    Path(number): Path<String>,
    headers: HeaderMap,
) -> Result<Json<ErasedDocument>, Problem> {
    bearer.may_keep_profiles()?;
    let erased = api.clerk().erase(caller_number(&api, &number)?, seen(&headers)?).await?;
    let Erased { profile, records, words, cases, .. } = erased.stored;
    Ok(Json(ErasedDocument { profile, records, words, cases, alias: erased.alias }))
}

/// Imports a file of profiles (CSV or JSON lines, as `cabrank profiles import` takes it): all of it or nothing.
#[utoipa::path(
    post,
    path = "/api/v1/profiles:import",
    params(How),
    request_body(content = String, content_type = "text/csv"),
    responses(
        (status = 200, body = ImportedDocument),
        (status = 403, body = Problem),
        (status = 413, body = Problem),
        (status = 422, body = Problem, description = "Every bad row; nothing was imported"),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn import(
    State(api): State<Api>,
    Extension(bearer): Extension<Bearer>,
    Query(how): Query<How>,
    File(file): File,
) -> Result<Json<ImportedDocument>, Problem> {
    bearer.may_keep_profiles()?;
    // Memory is bounded by one file at a time.
    let _alone = api.importing().try_acquire().map_err(|_| busy("Another file is being imported; try again when it is done."))?;
    let region = api.region();
    let reading = tokio::task::spawn_blocking(move || profiles::read(&*file, region)).await;
    let reading = reading.map_err(|_| busy("The file could not be read; try again."))?;
    let Reading { profiles, bad, .. } = reading.map_err(|fault| Problem::unprocessable(format!("{fault}.")))?;
    let faults: Vec<String> = bad.told.iter().map(RowFault::to_string).collect();
    if bad.rows > 0 && how.skip_bad != Some(true) {
        let detail = format!("{} bad rows, so nothing was imported; correct them, or send skip_bad=true.", bad.rows);
        return Err(Problem::unprocessable(detail).with_faults(faults));
    }
    let count = profiles.len() as u64;
    api.clerk().put_all(profiles).await?;
    Ok(Json(ImportedDocument { profiles: count, bad_rows: bad.rows, faults }))
}

impl ProfileDocument {
    fn understood(&self, number: &Number, api: &Api) -> Result<Profile, Problem> {
        if let Some(name) = self.fields.keys().find(|name| KNOWN.contains(&name.trim())) {
            return Err(Problem::unprocessable(format!("`{name}` is no further field; write it beside `fields`.")));
        }
        let known = [&*number.0, &self.name, &self.language, &self.class, &self.preferred_agent];
        let further = self.fields.iter().map(|(name, value)| (name.trim(), value.as_str()));
        let values = KNOWN.into_iter().zip(known).chain(further);
        profiles::row(0, values, api.region()).map(|(_, profile)| profile).map_err(|RowFault { column, what, .. }| {
            Problem::unprocessable(column.map_or_else(|| format!("{what}."), |column| format!("`{column}`: {what}.")))
        })
    }
}

impl NumberedProfile {
    fn new(number: &Number, profile: &Profile) -> NumberedProfile {
        NumberedProfile {
            number: number.0.to_string(),
            name: profile.name.to_string(),
            language: profile.language.to_string(),
            class: profile.class.to_string(),
            preferred_agent: profile.preferred_agent.to_string(),
            fields: profile.fields.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
        }
    }
}

fn caller_number(api: &Api, text: &str) -> Result<Number, Problem> {
    number::parse(text, api.region()).map_err(|fault| Problem::new(StatusCode::BAD_REQUEST, format!("Of the number: {fault}.")))
}

fn unknown() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "Nobody is known by that number.")
}

fn busy(why: &str) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, why)
}

fn tag(profile: &Profile) -> HeaderMap {
    let value = HeaderValue::from_str(&format!("\"{}\"", Tag::of(profile)));
    value.into_iter().map(|value| (header::ETAG, value)).collect()
}

/// What whoever asks has seen (RFC 9110, 13.1). Nothing has to be: who owns the profile elsewhere simply puts it here.
fn seen(headers: &HeaderMap) -> Result<Seen, Problem> {
    match (condition(headers, header::IF_MATCH)?, condition(headers, header::IF_NONE_MATCH)?) {
        (None, None) => Ok(Seen::Anything),
        (None, Some("*")) => Ok(Seen::Nothing),
        (Some("*"), None) => Ok(Seen::Something),
        (Some(tags), None) => Ok(Seen::One(tags.split(',').filter_map(strong_tag).collect())),
        (_, Some(_)) => {
            Err(Problem::new(StatusCode::BAD_REQUEST, "Send `If-Match` with an ETag, or `If-None-Match: *`, and not both."))
        }
    }
}

fn condition(headers: &HeaderMap, name: HeaderName) -> Result<Option<&str>, Problem> {
    let unreadable = || Problem::new(StatusCode::BAD_REQUEST, format!("`{name}` is not ASCII."));
    headers.get(&name).map(|value| value.to_str().map(str::trim).map_err(|_| unreadable())).transpose()
}

fn strong_tag(text: &str) -> Option<Tag> {
    Tag::from_hex(text.trim().strip_prefix('"')?.strip_suffix('"')?)
}
