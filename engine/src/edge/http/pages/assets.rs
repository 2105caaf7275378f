//! Scripts, style sheet and picture: in the binary, and cached for ever under an address that changes with them.

use super::super::parts::Path;
use super::super::problem::Problem;
use axum::body::Bytes;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// Name, media type and content. Scripts find each other by relative names.
const FILES: [(&str, &str, &str); 12] = [
    ("icon.svg", "image/svg+xml", include_str!("../../../../pages/icon.svg")),
    ("ask.js", "text/javascript; charset=utf-8", include_str!("../../../../pages/ask.js")),
    ("call.js", "text/javascript; charset=utf-8", include_str!("../../../../pages/call.js")),
    ("list.js", "text/javascript; charset=utf-8", include_str!("../../../../pages/list.js")),
    ("desk.js", "text/javascript; charset=utf-8", include_str!("../../../../pages/desk.js")),
    ("events.js", "text/javascript; charset=utf-8", include_str!("../../../../pages/events.js")),
    ("record.js", "text/javascript; charset=utf-8", include_str!("../../../../pages/record.js")),
    ("renew.js", "text/javascript; charset=utf-8", include_str!("../../../../pages/renew.js")),
    ("shown.js", "text/javascript; charset=utf-8", include_str!("../../../../pages/shown.js")),
    ("sign-in.js", "text/javascript; charset=utf-8", include_str!("../../../../pages/sign-in.js")),
    ("tune.js", "text/javascript; charset=utf-8", include_str!("../../../../pages/tune.js")),
    ("wallboard.js", "text/javascript; charset=utf-8", include_str!("../../../../pages/wallboard.js")),
];
/// The style sheet; the colours of charts are the charts' own.
const STYLE: (&str, &str, &str) = ("cabrank.css", "text/css; charset=utf-8", include_str!("../../../../pages/cabrank.css"));

static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::new);

struct Assets {
    /// Of all of them together.
    version: String,
    files: Vec<Asset>,
}

struct Asset {
    name: &'static str,
    kind: &'static str,
    content: Bytes,
}

/// Where a file lies.
pub(super) fn address(name: &str) -> String {
    format!("/assets/{}/{name}", ASSETS.version)
}

/// A file. Another version's are not here: their pages load anew.
pub(super) async fn one(Path((version, name)): Path<(String, String)>) -> Result<impl IntoResponse, Problem> {
    let found = ASSETS.files.iter().find(|asset| asset.name == name && version == ASSETS.version);
    let asset = found.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "There is no such file in this version."))?;
    let headers = [(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, asset.content.clone()))
}

impl Assets {
    fn new() -> Assets {
        let (style, kind, own) = STYLE;
        let style = Asset::new(style, kind, format!("{own}\n{}", cabrank_sim::charts::style_sheet()));
        let files = FILES.into_iter().map(|(name, kind, text)| Asset::new(name, kind, text.to_owned()));
        let files: Vec<Asset> = files.chain([style]).collect();
        let digest =
            files.iter().fold(Sha256::new(), |digest, asset| digest.chain_update(asset.name).chain_update(&asset.content));
        let version = digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Assets { version, files }
    }
}

impl Asset {
    fn new(name: &'static str, kind: &'static str, text: String) -> Asset {
        Asset { name, kind, content: text.into() }
    }
}
