//! The page itself, carried inside the program.

use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::error::Error;

#[derive(rust_embed::RustEmbed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Dist;

/// A file of the page.
pub(crate) async fn asset(method: Method, uri: Uri, headers: HeaderMap) -> Result<Response, Error> {
    if !matches!(method, Method::GET | Method::HEAD) {
        return Err(Error::new(StatusCode::METHOD_NOT_ALLOWED, "the page is only read"));
    }
    let path = match uri.path().trim_start_matches('/') {
        "" => INDEX,
        path => path,
    };
    let Some(file) = Dist::get(path) else { return missing(path) };
    let tag = format!("\"{}\"", hex::encode(file.metadata.sha256_hash()));
    // Built files have their content's hash in their name.
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| known.trim_start_matches("W/") == tag) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    let kind = file.metadata.mimetype().to_owned();
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache.to_owned()), (header::ETAG, tag)], file.data)
        .into_response())
}

fn missing(path: &str) -> Result<Response, Error> {
    match path == INDEX {
        true => Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], UNBUILT).into_response()),
        false => Err(Error::missing("the page has no such file")),
    }
}

const INDEX: &str = "index.html";
const UNBUILT: &str =
    "The page was not built into this hub: run `npm ci && npm run build` in hub/web, then build hearthd again.\n";
