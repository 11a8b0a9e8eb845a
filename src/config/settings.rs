//! What a configuration comes to once it is read and checked: it needs no further check.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::check::{LONGEST_SECRET, check_budget, check_deadline, check_length};
use super::check::{check_request_budget, check_scope, user_agent};
use super::source::Values;
use super::{Config, Credentials, Origin, Proxy, StoreAway};
use super::{files, invalid, is_visible, place, proxy, roots};
use crate::clock::Clock;
use crate::error::Result;
use crate::event::EventHandler;
use crate::net::Trust;
use crate::secret::Secret;
use crate::store::SharedStore;

/// Scopes of private integrations
/// (<https://developer.vanta.com/reference/build-integrations.json>).
const SCOPE: &str = "connectors.self:write-resource connectors.self:read-resource";

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
    /// Reads, checks and settles everything.
    pub(crate) fn settle(self) -> Result<Settings> {
        let env = if self.use_environment { Values::from_env()? } else { Values::default() };
        let values = self.code.clone().over(env)?;
        let origin = values.origin.as_deref().unwrap_or(Config::COMMERCIAL);
        let origin = Origin::parse(origin, self.allow_loopback_http)?;
        let access = self.access(&values)?;
        let own_store = self.store.is_some() || matches!(access, Access::Fixed(_));
        let store_file = values.token_store.as_ref().filter(|_| !own_store);
        files::check(&values, store_file.and_then(|text| place::file_path(text.expose())))?;
        let trust = roots::find(&values, self.roots)?;
        let (store, store_away) = match access {
            Access::Fixed(_) => (None, StoreAway::default()),
            Access::Application(_) => place::find(&self, &values, &trust)?,
        };
        let requests_tokens = matches!(access, Access::Application(_)) && !self.never_mint;
        Ok(Settings {
            proxy: proxy::find(&values, &origin)?,
            origin,
            access,
            scope: check_scope(values.scope.as_deref().unwrap_or(SCOPE))?,
            store,
            store_away,
            trust,
            user_agent: user_agent(&self.application)?,
            deadline: check_deadline(self.deadline, requests_tokens)?,
            margin: self.margin,
            list_cap: self.list_cap,
            never_mint: self.never_mint,
            mint_budget: check_budget(self.mint_budget)?,
            request_budget: check_request_budget(
                values.request_budget.as_deref(),
                self.request_budget,
            )?,
            audit_file: values.audit_file,
            strict_token_answers: self.strict_token_answers,
            leave_401: self.leave_401,
            clock: self.used_clock()?,
            events: self.events,
        })
    }

    fn used_clock(&self) -> Result<Arc<dyn Clock>> {
        #[cfg(all(feature = "test-util", debug_assertions, target_os = "linux"))]
        if self.use_environment {
            if let Some(clock) = super::test_clock::from_env()? {
                return Ok(clock);
            }
        }
        Ok(Arc::clone(&self.clock))
    }

    fn access(&self, values: &Values) -> Result<Access> {
        match &self.fixed_token {
            Some(token) if token.expose().is_empty() || !is_visible(token.expose()) => {
                Err(invalid("the fixed token is empty, or no header can carry it"))
            }
            Some(token) => {
                check_length("the fixed token", token.expose(), LONGEST_SECRET)?;
                Ok(Access::Fixed(token.clone()))
            }
            None => Credentials::from(values, self.never_mint).map(Access::Application),
        }
    }
}
