//! What every handler works with: the parts of the hub, and who may do what with them.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use axum::http::StatusCode;
use house::Speaker;
use metrics_exporter_prometheus::PrometheusHandle;
use runtime::clock::Clock;
use runtime::faults::Faults;
use runtime::household::{Household, Person};
use runtime::hub::handle::Handle;
use runtime::late_confirmations::Late;
use runtime::learning::Learning;
use runtime::model::language_model::Model;
use runtime::notices::Notices;
use runtime::turn::Turns;
use store::Store;
use tokio::sync::broadcast;
use voice::ears::Ears;

use crate::auth::access::Access;
use crate::auth::caller::Who;
use crate::error::Error;
use crate::limit::CallLimits;
use crate::permits::Permits;
use crate::tls::Tls;

/// Everything the page and the interface work with.
#[derive(Clone)]
pub struct App {
    /// The hub.
    pub hub: Handle,
    /// Turns.
    pub turns: Turns,
    /// Who may in.
    pub access: Access,
    /// The household's rules.
    pub household: Household,
    /// The language model.
    pub model: Model,
    /// What hears.
    pub ears: Ears,
    /// The journal.
    pub store: Store,
    /// The virtual house's faults, if it plays.
    pub faults: Option<Faults>,
    /// What was told and waits to be dismissed.
    pub notices: Notices,
    /// What is learned of the household.
    pub learning: Learning,
    /// Devices that answer late, as they do.
    pub late: broadcast::Sender<Late>,
    /// What the owner should know about the start.
    pub notice: Option<String>,
    /// The time.
    pub clock: Clock,
    /// HTTPS of its own, where that is served.
    pub https: Option<Https>,
    /// Names that the hub goes by beside those of every home.
    pub hosts: Vec<String>,
}

/// HTTPS of the hub's own.
#[derive(Clone)]
pub struct Https {
    /// The port.
    pub port: u16,
    /// The authority.
    pub tls: Tls,
}

/// The parts, and what serving them needs.
#[derive(Clone)]
pub(crate) struct Web {
    pub(crate) app: Arc<App>,
    pub(crate) limits: Arc<CallLimits>,
    pub(crate) listeners: Permits<String>,
    pub(crate) speakers: Permits<String>,
    pub(crate) meters: PrometheusHandle,
    pub(crate) was_ready: Arc<AtomicBool>,
}

impl std::ops::Deref for Web {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl Web {
    /// The person who calls.
    pub(crate) fn person(&self, who: &Who) -> Result<Person, Error> {
        let id = self.access.person(who);
        id.and_then(|id| self.household.person(&id))
            .ok_or_else(|| Error::new(StatusCode::UNAUTHORIZED, "you do not belong to this home any more"))
    }

    /// The owner, at the page or on the hub itself; a program never is.
    pub(crate) fn only_owner(&self, who: &Who) -> Result<(), Error> {
        who.only_people()?;
        match self.person(who)?.is_owner() {
            true => Ok(()),
            false => Err(Error::new(StatusCode::FORBIDDEN, "only the owner of this hub may change that")),
        }
    }

    /// Those who may change names, taught words, routines and what others planned.
    pub(crate) fn only_editors(&self, who: &Who) -> Result<(), Error> {
        let speaker = Speaker::Person(self.person(who)?.id);
        match self.household.rules(&speaker, None).may_edit() {
            true => Ok(()),
            false => Err(Error::new(
                StatusCode::FORBIDDEN,
                "the household lets you use things, but not change how they are called or what they do",
            )),
        }
    }
}

impl Who {
    /// A program that was given a token must not be able to make itself another one.
    pub(crate) fn only_people(&self) -> Result<(), Error> {
        match self {
            Self::Browser(_) | Self::CommandLine => Ok(()),
            Self::Program(_) => Err(Error::new(StatusCode::FORBIDDEN, "a program can't change tokens")
                .hint("use the page, or `hearthd token` on the hub")),
        }
    }
}
