//! What a configuration comes to once it is read and checked: it needs no further check.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::check::{LONGEST_SECRET, check_budget, check_deadline, check_length};
use super::check::{check_request_budget, check_scope, is_visible, user_agent};
use super::credentials::Credentials;
use super::origin::Origin;
use super::problem::invalid;
use super::proxy::{self, Proxy};
use super::store_away::StoreAway;
use super::table::{Config, Values};
use super::{roots, store, written_files};
use crate::clock::Clock;
use crate::error::Result;
use crate::event::EventHandler;
use crate::net::Trust;
use crate::secret::Secret;
use crate::store::SharedStore;

/// A configuration that was checked.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) origin: Origin,
    pub(crate) access: Access,
    pub(crate) scope: String,
    /// `None` is memory.
    pub(crate) store: Option<Arc<dyn SharedStore>>,
    pub(crate) store_away: StoreAway,
    pub(crate) trust: Trust,
    /// `None` is the straight way.
    pub(crate) proxy: Option<Proxy>,
    pub(crate) user_agent: String,
    pub(crate) deadline: Duration,
    pub(crate) margin: Duration,
    pub(crate) list_cap: u64,
    pub(crate) never_mint: bool,
    pub(crate) mint_budget: u32,
    /// Resource requests a minute; 0 is no bound.
    pub(crate) request_budget: u32,
    pub(crate) audit_file: Option<PathBuf>,
    pub(crate) strict_token_answers: bool,
    pub(crate) leave_401: bool,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) events: EventHandler,
}

/// What lets us in.
#[derive(Debug)]
pub(crate) enum Access {
    /// A token from outside.
    Fixed(Secret),
    /// What a token is asked for with.
    Application(Credentials),
}

impl Config {
    /// Reads what is asked for of the environment and of files, and checks everything.
    pub(crate) fn resolve(self) -> Result<Settings> {
        let env = if self.use_environment { Values::from_env()? } else { Values::default() };
        let clock = self.clock_in_use()?;
        let values = self.code.over(env)?;
        let allows_http = values.allow_plain_http_to_loopback();
        let origin = Origin::parse(&values.origin(), allows_http)?;
        let access = access(&values)?;
        written_files::check(&values, store_file(&values, &access))?;
        let trust = roots::trust(values.roots().get()?, values.ca_file.as_ref())?;
        let (store, store_away) = match access {
            Access::Fixed(_) => (None, StoreAway::default()),
            Access::Application(_) => {
                let away = values.when_store_is_away().get()?;
                (store::find(&values, &trust)?, away)
            }
        };
        let requests_tokens = matches!(access, Access::Application(_)) && !values.never_mint();
        Ok(Settings {
            proxy: proxy::find(&values, &origin)?,
            origin,
            access,
            scope: check_scope(&values.scope())?,
            store,
            store_away,
            trust,
            user_agent: user_agent(&values.application())?,
            deadline: check_deadline(values.deadline(), requests_tokens)?,
            margin: values.margin(),
            list_cap: values.list_cap(),
            never_mint: values.never_mint(),
            mint_budget: check_budget(values.mint_budget())?,
            request_budget: check_request_budget(&values.request_budget())?,
            strict_token_answers: values.strict_token_answers(),
            leave_401: values.leave_401_to_caller(),
            clock,
            events: values.on_event(),
            audit_file: values.audit_file,
        })
    }

    /// In a test build, the clock of the environment goes before that of the configuration.
    fn clock_in_use(&self) -> Result<Arc<dyn Clock>> {
        #[cfg(all(feature = "test-util", debug_assertions, target_os = "linux"))]
        if self.use_environment {
            if let Some(clock) = super::test_clock::from_env()? {
                return Ok(clock);
            }
        }
        Ok(self.code.clock())
    }
}

fn access(values: &Values) -> Result<Access> {
    match &values.fixed_token {
        Some(token) if token.expose().is_empty() || !is_visible(token.expose()) => {
            Err(invalid("the fixed token is empty, or no header can carry it"))
        }
        Some(token) => {
            check_length("the fixed token", token.expose(), LONGEST_SECRET)?;
            Ok(Access::Fixed(token.clone()))
        }
        None => Credentials::from(values, values.never_mint()).map(Access::Application),
    }
}

/// The path of the token store, where it is a file that the library will write.
fn store_file<'a>(values: &'a Values, access: &Access) -> Option<&'a Path> {
    if values.custom_token_store.is_some() || matches!(access, Access::Fixed(_)) {
        return None;
    }
    store::file_path(values.token_store.as_ref()?.expose())
}
