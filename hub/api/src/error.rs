//! What goes wrong at the interface: what the person hears, what the log keeps, in one place.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tracing::warn;

use store::Unkept;

use crate::auth::access::passwords::{LONGEST_PASSWORD, SHORTEST_PASSWORD};
use crate::auth::caller::Denied;

/// Why a call was not done.
#[derive(Debug)]
pub(crate) struct Error {
    status: StatusCode,
    said: String,
    hint: Option<String>,
    logged: Option<String>,
    retry_after_s: Option<u64>,
}

/// An error as the interface shows it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ErrorWire {
    /// What went wrong.
    said: String,
    /// What can be done about it.
    hint: Option<String>,
}

/// Does what waits for the disk off the async threads, so that no other call waits with it.
pub(crate) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(anyhow::Error::from).flatten().map_err(|error| Error::failed(&error))
}

impl Error {
    /// An error with what the person hears.
    pub(crate) fn new(status: StatusCode, said: impl Into<String>) -> Self {
        Self { status, said: said.into(), hint: None, logged: None, retry_after_s: None }
    }

    /// Something in the request can't be done as it stands.
    pub(crate) fn unfit(said: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, said)
    }

    /// There is no such thing.
    pub(crate) fn missing(said: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, said)
    }

    /// The hub itself failed.
    pub(crate) fn failed(error: &anyhow::Error) -> Self {
        if error.downcast_ref() == Some(&Unkept::NoRoom) {
            return Self::unkept(error);
        }
        let error_said = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the hub could not do this");
        Self { logged: Some(format!("{error:#}")), ..error_said }.hint("the hub's log says why")
    }

    /// Something that was asked for could not be kept, or can't be kept as it stands.
    pub(crate) fn unkept(error: &anyhow::Error) -> Self {
        match error.downcast_ref() {
            Some(Unkept::NoRoom) => Self {
                logged: Some(format!("{error:#}")),
                ..Self::new(StatusCode::INSUFFICIENT_STORAGE, "the hub's disk is full, so this was not kept")
                    .hint("free some space; the hub then goes on by itself")
            },
            Some(Unkept::Failed) => Self::failed(error),
            None => Self::unfit(error.to_string()),
        }
    }

    /// Too much at once; it may be tried again.
    pub(crate) fn too_often(said: impl Into<String>, retry_after_s: u64) -> Self {
        Self { retry_after_s: Some(retry_after_s), ..Self::new(StatusCode::TOO_MANY_REQUESTS, said) }
    }

    /// What the person hears.
    pub(crate) fn said(&self) -> &str {
        &self.said
    }

    /// The same with advice.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if let Some(logged) = &self.logged {
            warn!(error = %logged, "A call to the interface failed.");
        }
        let mut response = (self.status, Json(ErrorWire { said: self.said, hint: self.hint })).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Wrong => Self::new(StatusCode::UNAUTHORIZED, "that is not right")
                .hint("look at it again; after several wrong ones there is a pause"),
            Denied::Wait(seconds) => {
                Self::too_often("too many were wrong", seconds).hint(format!("try again in {seconds} seconds"))
            }
            Denied::Claimed => {
                Self::new(StatusCode::CONFLICT, "this hub has an owner already").hint("log in with the password")
            }
            Denied::Unclaimed => Self::new(StatusCode::CONFLICT, "this hub has no owner yet")
                .hint("claim it with the code that its terminal shows"),
            Denied::Unfit => {
                Self::unfit(format!("a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"))
                    .hint("several words make a good one")
            }
            Denied::Failed(error) => Self::failed(&error),
        }
    }
}

impl From<JsonRejection> for Error {
    fn from(rejection: JsonRejection) -> Self {
        let status = rejection.status();
        match status {
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                Self::new(status, "the body is not marked as JSON").hint("send `Content-Type: application/json`")
            }
            _ => Self::new(status, format!("the body can't be read: {}", rejection.body_text()))
                .hint("see /api/v1/openapi.json"),
        }
    }
}

impl From<QueryRejection> for Error {
    fn from(rejection: QueryRejection) -> Self {
        Self::new(rejection.status(), format!("the query can't be read: {}", rejection.body_text()))
            .hint("see /api/v1/openapi.json")
    }
}

impl From<PathRejection> for Error {
    fn from(rejection: PathRejection) -> Self {
        Self::new(rejection.status(), format!("the address can't be read: {}", rejection.body_text()))
    }
}

/// A JSON body; what can't be read is answered like every other error.
#[derive(FromRequest)]
#[from_request(via(Json), rejection(Error))]
pub(crate) struct Body<T>(pub(crate) T);

/// A query; what can't be read is answered like every other error.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Error))]
pub(crate) struct Query<T>(pub(crate) T);

/// A part of the address; what can't be read is answered like every other error.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Error))]
pub(crate) struct Path<T>(pub(crate) T);
