//! Claiming the hub, logging in and out, the password, the PIN, and tokens for programs.

use std::net::IpAddr;

use axum::extract::{Extension, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::{Json, response::IntoResponse};
use house::{PersonId, Role};
use serde::{Deserialize, Serialize};
use tracing::info;
use utoipa::ToSchema;

use crate::auth::access::Token;
use crate::auth::caller::Who;
use runtime::household::owner;

use crate::context::Web;
use crate::error::{Body, ErrorWire, Path};
use crate::error::{Error, off_thread};
use crate::guard;
use crate::people::{self, PersonWire};

/// What a page must know before anyone is logged in.
#[derive(Serialize, ToSchema)]
pub(crate) struct Me {
    /// Whether the hub has an owner.
    claimed: bool,
    /// Whether the caller is logged in.
    logged_in: bool,
    /// Whether the household has a PIN; told only to those who are logged in.
    has_pin: Option<bool>,
    /// Whether the virtual house plays; told only to those who are logged in.
    demo: Option<bool>,
    /// The hub's version; told only to those who are logged in.
    version: Option<&'static str>,
    /// Whether others than the owner can log in, so that the page asks for a name.
    named: bool,
    /// Who is logged in.
    person: Option<PersonWire>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Claim {
    /// The code that the hub's terminal shows.
    code: String,
    /// The password to log in with from now on.
    password: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    /// Whose login it is; the owner's if it is missing or empty.
    name: Option<String>,
    /// The password.
    password: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// The password so far.
    old: String,
    /// The new one.
    new: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pin {
    /// 4 to 12 digits; null removes the PIN.
    pin: Option<String>,
    /// The password; needed to change or remove a PIN, because it guards locks and alarms.
    password: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    /// What it is for.
    name: String,
    /// The id of the person whose it is; your own if it is missing. Only the owner makes tokens for others.
    person: Option<String>,
}

/// A token, without its text.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenWire {
    /// Its id.
    id: String,
    /// What it is for.
    name: String,
    /// When it was made, in milliseconds since 1970 UTC.
    created_ms: i64,
    /// The id of the person whose it is.
    person: String,
}

/// A token that was just made.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenMade {
    /// Its id.
    id: String,
    /// What it is for.
    name: String,
    /// When it was made, in milliseconds since 1970 UTC.
    created_ms: i64,
    /// Its text, shown only here.
    token: String,
}

/// The address of the caller.
pub(crate) struct Client(IpAddr);

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let mut request = axum::extract::Request::new(axum::body::Body::empty());
        request.extensions_mut().clone_from(&parts.extensions);
        Ok(Self(guard::client(&request)))
    }
}

/// Whether the hub has an owner, and whether you are logged in.
#[utoipa::path(get, path = "/me", tag = "login", responses((status = 200, body = Me)))]
pub(crate) async fn me(web: State<Web>, headers: HeaderMap) -> Json<Me> {
    let person = guard::who(&web, &headers).and_then(|who| web.person(&who).ok());
    let logged_in = person.is_some();
    Json(Me {
        claimed: web.access.claim_code().is_none(),
        logged_in,
        has_pin: logged_in.then(|| web.household.has_pin()),
        demo: logged_in.then(|| web.faults.is_some()),
        version: logged_in.then_some(env!("CARGO_PKG_VERSION")),
        named: web.household.people().iter().any(|one| !one.is_owner() && web.access.has_login(&one.id)),
        person: person.map(|person| people::wire(&web, &person)),
    })
}

/// Makes you the owner and logs you in.
#[utoipa::path(
    post,
    path = "/claim",
    tag = "login",
    request_body = Claim,
    responses(
        (status = 200, description = "You are logged in"),
        (status = 401, body = ErrorWire),
        (status = 409, body = ErrorWire),
        (status = 422, body = ErrorWire),
        (status = 429, body = ErrorWire),
    ),
)]
pub(crate) async fn claim(
    web: State<Web>,
    client: Client,
    headers: HeaderMap,
    body: Body<Claim>,
) -> Result<impl IntoResponse, Error> {
    let session = web.access.claim(&body.0.code, &body.0.password, client.0).await?;
    Ok((guard::cookie(&session, &headers), Json(serde_json::json!({ "logged_in": true }))))
}

/// Logs you in.
#[utoipa::path(
    post,
    path = "/login",
    tag = "login",
    request_body = Login,
    responses(
        (status = 200, description = "You are logged in"),
        (status = 401, body = ErrorWire),
        (status = 409, body = ErrorWire),
        (status = 429, body = ErrorWire),
    ),
)]
pub(crate) async fn login(
    web: State<Web>,
    client: Client,
    headers: HeaderMap,
    body: Body<Login>,
) -> Result<impl IntoResponse, Error> {
    let person = match body.0.name.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => web.household.person_named(name).map(|person| person.id),
        None => Some(owner()),
    };
    let session = web.access.login(person.as_ref(), &body.0.password, client.0).await?;
    Ok((guard::cookie(&session, &headers), Json(serde_json::json!({ "logged_in": true }))))
}

/// Logs you out.
#[utoipa::path(
    post,
    path = "/logout",
    tag = "login",
    security(("token" = []), ("session" = [])),
    responses((status = 200, description = "You are logged out"), (status = 401, body = ErrorWire)),
)]
pub(crate) async fn logout(
    web: State<Web>,
    who: Extension<Who>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Error> {
    if let Who::Browser(session) = who.0 {
        let access = web.access.clone();
        off_thread(move || access.logout(&session)).await?;
    }
    Ok((guard::no_cookie(&headers), Json(serde_json::json!({ "logged_in": false }))))
}

/// Changes your password; every other session of yours ends.
#[utoipa::path(
    put,
    path = "/password",
    tag = "login",
    request_body = NewPassword,
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "It is changed"),
        (status = 401, body = ErrorWire),
        (status = 422, body = ErrorWire),
        (status = 429, body = ErrorWire),
    ),
)]
pub(crate) async fn set_password(
    web: State<Web>,
    who: Extension<Who>,
    client: Client,
    headers: HeaderMap,
    body: Body<NewPassword>,
) -> Result<impl IntoResponse, Error> {
    let person = web.person(&who.0)?.id;
    let session = web.access.change_password(&person, &body.0.old, &body.0.new, client.0).await?;
    Ok((guard::cookie(&session, &headers), Json(serde_json::json!({ "logged_in": true }))))
}

/// Sets or removes the household's PIN.
#[utoipa::path(
    put,
    path = "/pin",
    tag = "login",
    request_body = Pin,
    security(("token" = []), ("session" = [])),
    responses(
        (status = 200, description = "It is set or removed"),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
        (status = 422, body = ErrorWire),
    ),
)]
pub(crate) async fn set_pin(
    web: State<Web>,
    who: Extension<Who>,
    client: Client,
    body: Body<Pin>,
) -> Result<impl IntoResponse, Error> {
    let Pin { pin, password } = body.0;
    web.only_owner(&who.0)?;
    if web.household.has_pin() {
        confirmed(&web, &who.0, password.as_deref(), &client).await?;
    }
    let fits = pin
        .as_deref()
        .is_none_or(|pin| (4..=12).contains(&pin.len()) && pin.bytes().all(|letter| letter.is_ascii_digit()));
    if !fits {
        return Err(Error::unfit("a PIN is 4 to 12 digits"));
    }
    let household = web.household.clone();
    let is_set = pin.is_some();
    off_thread(move || household.set_pin(pin.as_deref())).await?;
    info!(is_set, "The PIN was changed.");
    Ok(Json(serde_json::json!({ "has_pin": is_set })))
}

/// Tokens of programs, without their texts: yours, and to the owner all of them.
#[utoipa::path(
    get,
    path = "/tokens",
    tag = "tokens",
    security(("token" = []), ("session" = [])),
    responses((status = 200, body = Vec<TokenWire>), (status = 401, body = ErrorWire)),
)]
pub(crate) async fn tokens(web: State<Web>, who: Extension<Who>) -> Result<Json<Vec<TokenWire>>, Error> {
    let caller = web.person(&who.0)?;
    let all = web.access.tokens().into_iter().filter(|token| caller.is_owner() || token.person == caller.id.as_str());
    Ok(Json(all.map(|Token { id, name, created_ms, person, .. }| TokenWire { id, name, created_ms, person }).collect()))
}

/// Makes a token; its text is shown once. Programs can't make tokens.
#[utoipa::path(
    post,
    path = "/tokens",
    tag = "tokens",
    request_body = NewToken,
    security(("session" = [])),
    responses(
        (status = 201, body = TokenMade),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
        (status = 422, body = ErrorWire),
    ),
)]
pub(crate) async fn create_token(
    web: State<Web>,
    who: Extension<Who>,
    body: Body<NewToken>,
) -> Result<(StatusCode, Json<TokenMade>), Error> {
    who.0.only_people()?;
    let caller = web.person(&who.0)?;
    if caller.role == Role::Guest {
        return Err(Error::new(StatusCode::FORBIDDEN, "a guest can't let programs in"));
    }
    let whose = body.0.person.map_or_else(|| caller.id.clone(), PersonId::new);
    if whose != caller.id {
        web.only_owner(&who.0)?;
        web.household.person(&whose).ok_or_else(|| Error::missing("there is no such person"))?;
    }
    let name: String = body.0.name.trim().chars().filter(|letter| !letter.is_control()).collect();
    if name.is_empty() || LONGEST_NAME < name.chars().count() {
        return Err(Error::unfit(format!("a token's name has 1 to {LONGEST_NAME} characters")));
    }
    let access = web.access.clone();
    let made = off_thread(move || access.create_token(&name, &whose)).await?;
    let (token, text) =
        made.ok_or_else(|| Error::unfit("there are too many tokens").hint("take back those that nobody uses"))?;
    info!(name = %token.name, "A token was made.");
    Ok((
        StatusCode::CREATED,
        Json(TokenMade { id: token.id, name: token.name, created_ms: token.created_ms, token: text }),
    ))
}

/// Takes a token back.
#[utoipa::path(
    delete,
    path = "/tokens/{id}",
    tag = "tokens",
    params(("id" = String, Path, description = "The token's id")),
    security(("session" = [])),
    responses(
        (status = 200, description = "It is taken back"),
        (status = 403, body = ErrorWire),
        (status = 404, body = ErrorWire),
    ),
)]
pub(crate) async fn revoke_token(
    web: State<Web>,
    who: Extension<Who>,
    id: Path<String>,
) -> Result<impl IntoResponse, Error> {
    who.0.only_people()?;
    let caller = web.person(&who.0)?;
    let is_theirs = web.access.tokens().iter().any(|token| token.id == id.0 && token.person == caller.id.as_str());
    if !is_theirs {
        web.only_owner(&who.0)?;
    }
    let access = web.access.clone();
    match off_thread(move || access.revoke_token(&id.0)).await? {
        true => Ok(Json(serde_json::json!({ "revoked": true }))),
        false => Err(Error::missing("there is no such token")),
    }
}

/// Asks for the password again, before what guards the home is changed. Whoever runs commands on the hub needs none.
pub(crate) async fn confirmed(web: &Web, who: &Who, password: Option<&str>, client: &Client) -> Result<(), Error> {
    if *who == Who::CommandLine {
        return Ok(());
    }
    let password = password.ok_or_else(|| {
        Error::new(StatusCode::UNAUTHORIZED, "changing this needs the password").hint("send it as `password`")
    })?;
    Ok(web.access.confirm(&web.person(who)?.id, password, client.0).await?)
}

const LONGEST_NAME: usize = 60;
