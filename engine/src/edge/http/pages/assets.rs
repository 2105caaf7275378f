//! Scripts, style sheet and picture: in the binary, compressed once, and cached for ever under an address that changes with them.

use super::super::parts::Path;
use super::super::problem::Problem;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::io::Write as _;
use std::sync::LazyLock;

/// Name, media type and content. Scripts find each other by relative names.
const FILES: [(&str, &str, &str); 12] = [
    ("icon.svg", "image/svg+xml", include_str!("../../../../pages/icon.svg")),
    ("ask.js", "text/javascript; charset=utf-8", include_str!("../../../../pages/ask.js")),
    ("call.js", "text/javascript; charset=utf-8", include_str!("../../../../pages/call.js")),
    ("calls.js", "text/javascript; charset=utf-8", include_str!("../../../../pages/calls.js")),
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
    plain: Bytes,
    packed: Bytes,
}

/// Where a file lies.
pub(super) fn address(name: &str) -> String {
    format!("/assets/{}/{name}", ASSETS.version)
}

/// A file. Another version's are not here: their pages load anew.
pub(super) async fn one(Path((version, name)): Path<(String, String)>, asked: HeaderMap) -> Result<Response, Problem> {
    let found = ASSETS.files.iter().find(|asset| asset.name == name && version == ASSETS.version);
    let asset = found.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "There is no such file in this version."))?;
    let mut response = if takes_gzip(&asked) {
        ([(header::CONTENT_ENCODING, "gzip")], asset.packed.clone()).into_response()
    } else {
        asset.plain.clone().into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    Ok(response)
}

/// Whether a client takes what is compressed by gzip.
pub(super) fn takes_gzip(asked: &HeaderMap) -> bool {
    let said = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    said.split(',').any(|coding| coding.trim().split(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case("gzip")))
        && !said.replace(' ', "").contains("gzip;q=0,")
        && !said.replace(' ', "").ends_with("gzip;q=0")
}

/// Compressed.
pub(super) fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    // Memory takes what it is given.
    let _ = packer.write_all(plain);
    packer.finish().unwrap_or_default()
}

impl Assets {
    fn new() -> Assets {
        let (style, kind, own) = STYLE;
        let style = Asset::new(style, kind, format!("{own}\n{}", cabrank_sim::charts::style_sheet()));
        let files = FILES.into_iter().map(|(name, kind, text)| Asset::new(name, kind, text.to_owned()));
        let files: Vec<Asset> = files.chain([style]).collect();
        let digest = files.iter().fold(Sha256::new(), |digest, asset| digest.chain_update(asset.name).chain_update(&asset.plain));
        let version = digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Assets { version, files }
    }
}

impl Asset {
    fn new(name: &'static str, kind: &'static str, text: String) -> Asset {
        let packed = gzip(text.as_bytes()).into();
        Asset { name, kind, plain: text.into(), packed }
    }
}
