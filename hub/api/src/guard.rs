//! What stands before every handler: the name the hub was called by, how often, who calls, and strict headers.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};

use crate::auth::caller::Who;

use crate::context::Web;
use crate::error::Error;
use crate::own_name::is_own;

/// Lets only those in who are known, and notes who it is.
pub(crate) async fn only_known(State(web): State<Web>, mut request: Request, next: Next) -> Result<Response, Error> {
    let who = who(&web, request.headers()).ok_or_else(|| {
        Error::new(StatusCode::UNAUTHORIZED, "you are not logged in")
            .hint("log in on the page, or send `Authorization: Bearer TOKEN`")
    })?;
    let is_change = !matches!(*request.method(), Method::GET | Method::HEAD);
    if matches!(who, Who::Browser(_)) && is_change && !request.headers().contains_key(OWN_HEADER) {
        return Err(Error::new(StatusCode::FORBIDDEN, "this call does not come from the hub's own page")
            .hint("send the header `x-hearth: 1`"));
    }
    request.extensions_mut().insert(who);
    Ok(next.run(request).await)
}

/// Who calls, by token or session.
pub(crate) fn who(web: &Web, headers: &HeaderMap) -> Option<Who> {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    match authorization {
        Some(value) => {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| web.access.by_token(token.trim())).flatten()
        }
        None => session(headers).and_then(|id| web.access.by_session(id)),
    }
}

/// Clients that call too often wait.
pub(crate) async fn not_too_often(State(web): State<Web>, request: Request, next: Next) -> Result<Response, Error> {
    match web.limits.take(client(&request), web.clock.now_ms()) {
        true => Ok(next.run(request).await),
        false => Err(Error::too_often("too many calls at once", 1).hint("call less often")),
    }
}

/// Refuses names that are not the hub's own: a foreign name that points here is how a foreign page
/// would reach into the home (DNS rebinding). Refuses changes that a page of another origin asks for.
pub(crate) async fn own_name_only(State(web): State<Web>, request: Request, next: Next) -> Result<Response, Error> {
    let host = request
        .uri()
        .authority()
        .map(|authority| authority.as_str())
        .or_else(|| text(request.headers(), &header::HOST))
        .unwrap_or_default()
        .to_owned();
    if !is_own(&host, &web.hosts) {
        return Err(Error::new(StatusCode::MISDIRECTED_REQUEST, "this hub does not go by that name")
            .hint("use its address, a name that ends in .local, or one of `web.hosts` in its configuration"));
    }
    // No page can send this header to another origin; a proxy tells by it what the browser asked for.
    let forwarded = text(request.headers(), &FORWARDED_HOST).filter(|forwarded| is_own(forwarded, &web.hosts));
    let is_asked_for =
        |origin: &str| std::iter::once(host.as_str()).chain(forwarded).any(|asked| origin.eq_ignore_ascii_case(asked));
    // An origin without a name (`null`) is a foreign one too.
    let origin = text(request.headers(), &header::ORIGIN)
        .map(|origin| origin.split_once("://").map_or(origin, |(_, origin)| origin));
    let is_foreign = origin.is_some_and(|origin| !is_asked_for(origin))
        || text(request.headers(), &FETCH_SITE).is_some_and(|site| site.eq_ignore_ascii_case("cross-site"));
    // A socket is opened by a GET that no rule of the browser keeps to its own origin.
    let is_socket = request.headers().contains_key(header::UPGRADE);
    let is_change = is_socket || !matches!(*request.method(), Method::GET | Method::HEAD);
    if is_change && is_foreign {
        return Err(Error::new(StatusCode::FORBIDDEN, "another site asked for this"));
    }
    Ok(next.run(request).await)
}

/// No call takes longer; a body that trickles in ends here too. The stream of events only begins in time.
pub(crate) async fn in_time(request: Request, next: Next) -> Result<Response, Error> {
    let limit = tokio::time::timeout(LONGEST, next.run(request)).await;
    limit.map_err(|_| Error::new(StatusCode::REQUEST_TIMEOUT, "this took too long"))
}

/// Reads the body before anything is done for it: one that trickles in, or that is too large, holds up nothing.
pub(crate) async fn whole_body(request: Request, next: Next) -> Result<Response, Error> {
    let (head, body) = request.into_parts();
    let read = tokio::time::timeout(LONGEST_BODY, axum::body::to_bytes(body, crate::MOST_BODY_BYTES)).await;
    let body = read.map_err(|_| Error::new(StatusCode::REQUEST_TIMEOUT, "this took too long to come in"))?;
    let body = body.map_err(too_large)?;
    Ok(next.run(Request::from_parts(head, body.into())).await)
}

/// Whatever ends a body that is small enough ends its connection too, so that nobody reads this then.
fn too_large(_: axum::Error) -> Error {
    Error::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large").hint("at most 64 KiB")
}

/// Headers that keep a browser strict.
pub(crate) async fn strict_headers(request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    // Home Assistant shows what it is a way to in a frame of its own page. No page can send the header that says so.
    let frames = if ingress_path(request.headers()).is_some() { IN_OWN_FRAME } else { IN_NO_FRAME };
    let mut response = next.run(request).await.into_response();
    let headers = response.headers_mut();
    for (name, value) in HEADERS.iter().chain(frames) {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if is_api {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// The address a request came from.
pub(crate) fn client(request: &Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip().to_canonical())
}

/// The session cookie that makes a browser known.
pub(crate) fn cookie(session: &str, request: &HeaderMap) -> HeaderMap {
    set_cookie(session, crate::auth::access::SESSION_MS / 1000, request)
}

/// The cookie that makes a browser forget its session.
pub(crate) fn no_cookie(request: &HeaderMap) -> HeaderMap {
    set_cookie("", 0, request)
}

/// How one proves who one is, for the OpenAPI document.
pub(crate) struct Security;

impl utoipa::Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(COOKIE))));
    }
}

/// Below a path of another page, the cookie is for that path alone.
fn set_cookie(session: &str, seconds: i64, request: &HeaderMap) -> HeaderMap {
    let path = ingress_path(request).unwrap_or("/");
    let text = format!("{COOKIE}={session}; HttpOnly; SameSite=Strict; Path={path}; Max-Age={seconds}");
    // A session's id is base64url and a path was looked at, so the text is always a header's value.
    HeaderValue::from_str(&text).map(|value| HeaderMap::from_iter([(header::SET_COOKIE, value)])).unwrap_or_default()
}

fn session(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|line| line.split(';')).find_map(|cookie| cookie.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// The path that Home Assistant's ingress puts before the hub's own.
fn ingress_path(headers: &HeaderMap) -> Option<&str> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '/' | '-' | '_' | '.');
    text(headers, &INGRESS_PATH)
        .filter(|path| path.starts_with('/') && path.len() <= LONGEST_PATH && path.chars().all(is_plain))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

const COOKIE: &str = "hearth_session";
const OWN_HEADER: &str = "x-hearth";
/// Where Home Assistant's ingress says below which path it shows the hub.
const INGRESS_PATH: HeaderName = HeaderName::from_static("x-ingress-path");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const LONGEST_PATH: usize = 200;
/// A body is 64 KiB at most.
const LONGEST_BODY: Duration = Duration::from_secs(15);
/// Longer than the model's and the devices' longest deadlines together.
const LONGEST: Duration = Duration::from_secs(180);
/// Where a browser says whether the page that asks is of this site.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const HEADERS: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(self), payment=(), usb=()"),
];

const IN_NO_FRAME: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'",
    ),
    ("x-frame-options", "DENY"),
];
const IN_OWN_FRAME: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'self'",
    ),
    ("x-frame-options", "SAMEORIGIN"),
];
