//! Who belongs to the home: names, roles and logins. Only the owner changes them.

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use house::{PersonId, Role};
use mind::words::key;
use serde::{Deserialize, Serialize};
use tracing::info;
use utoipa::ToSchema;

use crate::auth::caller::Who;
use runtime::household::Person;
use store::role_of;

use crate::context::Web;
use crate::error::{Body, ErrorWire, Path};
use crate::error::{Error, off_thread};

/// Someone who belongs to the home.
#[derive(Serialize, ToSchema)]
pub(crate) struct PersonWire {
    id: String,
    /// What they are called, and log in with.
    name: String,
    /// `resident`, `guest` or `child`.
    role: &'static str,
    /// Whether this is the one who claimed the hub.
    is_owner: bool,
    /// Whether they can log in.
    has_login: bool,
}

/// Someone new.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPerson {
    name: String,
    /// `resident`, `guest` or `child`.
    role: String,
    /// Their password; without one they can't log in, but may have tokens.
    password: Option<String>,
}

/// Changes to a person; what is missing stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonEdit {
    name: Option<String>,
    /// `resident`, `guest` or `child`; the owner is always a resident.
    role: Option<String>,
    /// Another password; their sessions end.
    password: Option<String>,
}

/// Who belongs to the home.
#[utoipa::path(
    get,
    path = "/people",
    tag = "rules",
    security(("token" = []), ("session" = [])),
    responses((status = 200, body = Vec<PersonWire>), (status = 401, body = ErrorWire)),
)]
pub(crate) async fn people(web: State<Web>) -> Json<Vec<PersonWire>> {
    Json(web.household.people().iter().map(|person| wire(&web, person)).collect())
}

/// Adds someone. Only the owner may.
#[utoipa::path(
    post,
    path = "/people",
    tag = "rules",
    request_body = NewPerson,
    security(("session" = [])),
    responses(
        (status = 201, body = PersonWire),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
        (status = 422, body = ErrorWire),
    ),
)]
pub(crate) async fn add(
    web: State<Web>,
    who: Extension<Who>,
    body: Body<NewPerson>,
) -> Result<(StatusCode, Json<PersonWire>), Error> {
    web.only_owner(&who.0)?;
    let NewPerson { name, role, password } = body.0;
    let mut people = web.household.people();
    if MOST_PEOPLE <= people.len() {
        return Err(Error::unfit(format!("at most {MOST_PEOPLE} people")));
    }
    let person = Person { id: PersonId::new(new_id()), name: fit_name(&name, None, &people)?, role: fit_role(&role)? };
    people.push(person.clone());
    if let Some(password) = password {
        web.access.set_password(&person.id, &password).await?;
    }
    keep(&web, people).await?;
    info!(person = %person.id, role = person.role.as_str(), "A person was added.");
    Ok((StatusCode::CREATED, Json(wire(&web, &person))))
}

/// Changes a person's name, role or password. Only the owner may.
#[utoipa::path(
    patch,
    path = "/people/{id}",
    tag = "rules",
    params(("id" = String, Path, description = "The person's id")),
    request_body = PersonEdit,
    security(("session" = [])),
    responses(
        (status = 200, body = PersonWire),
        (status = 401, body = ErrorWire),
        (status = 403, body = ErrorWire),
        (status = 404, body = ErrorWire),
        (status = 422, body = ErrorWire),
    ),
)]
pub(crate) async fn change(
    web: State<Web>,
    who: Extension<Who>,
    id: Path<String>,
    body: Body<PersonEdit>,
) -> Result<Json<PersonWire>, Error> {
    web.only_owner(&who.0)?;
    let PersonEdit { name, role, password } = body.0;
    let mut people = web.household.people();
    let mut person = web.household.person(&PersonId::new(id.0)).ok_or_else(missing)?;
    if let Some(name) = name {
        person.name = fit_name(&name, Some(&person.id), &people)?;
    }
    if let Some(role) = role {
        person.role = fit_role(&role)?;
    }
    if person.is_owner() && (person.role != Role::Resident || password.is_some()) {
        return Err(Error::unfit("the owner stays a resident, and changes the password with the old one")
            .hint("see PUT /api/v1/password"));
    }
    people.iter_mut().filter(|other| other.id == person.id).for_each(|other| other.clone_from(&person));
    if let Some(password) = password {
        web.access.set_password(&person.id, &password).await?;
    }
    keep(&web, people).await?;
    info!(person = %person.id, role = person.role.as_str(), "A person was changed.");
    Ok(Json(wire(&web, &person)))
}

/// Removes a person with their logins and tokens. What they planned is judged from then on by the strictest limits.
/// Only the owner may.
#[utoipa::path(
    delete,
    path = "/people/{id}",
    tag = "rules",
    params(("id" = String, Path, description = "The person's id")),
    security(("session" = [])),
    responses(
        (status = 200, description = "They are gone"),
        (status = 403, body = ErrorWire),
        (status = 404, body = ErrorWire),
        (status = 422, body = ErrorWire),
    ),
)]
pub(crate) async fn remove(
    web: State<Web>,
    who: Extension<Who>,
    id: Path<String>,
) -> Result<Json<serde_json::Value>, Error> {
    web.only_owner(&who.0)?;
    let person = web.household.person(&PersonId::new(id.0)).ok_or_else(missing)?;
    if person.is_owner() {
        return Err(Error::unfit("the owner can't be removed"));
    }
    let (access, id) = (web.access.clone(), person.id.clone());
    off_thread(move || access.shut_out(&id)).await?;
    let rest = web.household.people().into_iter().filter(|other| other.id != person.id).collect();
    keep(&web, rest).await?;
    info!(person = %person.id, "A person was removed.");
    Ok(Json(serde_json::json!({ "gone": person.id.as_str() })))
}

async fn keep(web: &Web, people: Vec<Person>) -> Result<(), Error> {
    let household = web.household.clone();
    off_thread(move || household.set_people(people)).await
}

/// A person as the interface shows them.
pub(crate) fn wire(web: &Web, person: &Person) -> PersonWire {
    PersonWire {
        id: person.id.to_string(),
        name: person.name.clone(),
        role: person.role.as_str(),
        is_owner: person.is_owner(),
        has_login: web.access.has_login(&person.id),
    }
}

fn fit_name(name: &str, own: Option<&PersonId>, people: &[Person]) -> Result<String, Error> {
    let name: String = name.trim().chars().filter(|letter| !letter.is_control()).collect();
    if key(&name).is_empty() || LONGEST_NAME < name.chars().count() {
        return Err(Error::unfit(format!("a name has 1 to {LONGEST_NAME} characters")));
    }
    match people.iter().any(|other| key(&other.name) == key(&name) && Some(&other.id) != own) {
        true => Err(Error::unfit(format!("someone is called `{name}` already"))),
        false => Ok(name),
    }
}

fn fit_role(role: &str) -> Result<Role, Error> {
    role_of(role).map_err(|error| Error::unfit(error.to_string()))
}

/// Never an id that someone had before: what they planned must not become another one's.
fn new_id() -> String {
    format!("p{}", secrets::secret().chars().filter(char::is_ascii_alphanumeric).take(12).collect::<String>())
}

fn missing() -> Error {
    Error::missing("there is no such person")
}

const MOST_PEOPLE: usize = 50;
const LONGEST_NAME: usize = 40;
