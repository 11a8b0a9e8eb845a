//! What a configuration comes to once it is read and checked: it needs no further check.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::check::{LONGEST_SECRET, check_deadline, check_length, check_token_rate_limit};
use super::check::{check_requests_per_minute, check_scope, is_visible, user_agent};
use super::credentials::Credentials;
use super::on_store_unavailable::OnStoreUnavailable;
use super::origin::Origin;
use super::problem::invalid;
use super::proxy::{self, Proxy};
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
    pub(crate) on_store_unavailable: OnStoreUnavailable,
    pub(crate) trust: Trust,
    /// `None` is the straight way.
    pub(crate) proxy: Option<Proxy>,
    pub(crate) user_agent: String,
    pub(crate) deadline: Duration,
    pub(crate) margin: Duration,
    pub(crate) list_cap: u64,
    pub(crate) token_from_store_only: bool,
    pub(crate) token_requests_per_minute: u32,
    /// Resource requests a minute; 0 is no bound.
    pub(crate) requests_per_minute: u32,
    pub(crate) audit_file: Option<PathBuf>,
    pub(crate) strict_token_response: bool,
    pub(crate) retry_on_401: bool,
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
        let access = access(&values, self.use_environment)?;
        written_files::check(&values, store_file(&values, &access))?;
        let trust = roots::trust(values.roots().get()?, values.ca_file.as_ref())?;
        let (store, on_store_unavailable) = match access {
            Access::Fixed(_) => (None, OnStoreUnavailable::default()),
            Access::Application(_) => {
                let away = values.on_store_unavailable().get()?;
                (store::find(&values, &trust)?, away)
            }
        };
        let requests_tokens =
            matches!(access, Access::Application(_)) && !values.token_from_store_only();
        Ok(Settings {
            proxy: proxy::find(&values, &origin)?,
            origin,
            access,
            scope: check_scope(&values.scope())?,
            store,
            on_store_unavailable,
            trust,
            user_agent: user_agent(&values.user_agent())?,
            deadline: check_deadline(values.deadline(), requests_tokens)?,
            margin: values.expiry_margin(),
            list_cap: values.list_cap(),
            token_from_store_only: values.token_from_store_only(),
            token_requests_per_minute: check_token_rate_limit(values.token_requests_per_minute())?,
            requests_per_minute: check_requests_per_minute(&values.requests_per_minute())?,
            strict_token_response: values.strict_token_response(),
            retry_on_401: values.retry_on_401(),
            clock,
            events: values.on_event(),
            audit_file: values.audit_file,
        })
    }

    /// In a test build, the clock of the environment goes before that of the configuration.
    fn clock_in_use(&self) -> Result<Arc<dyn Clock>> {
        #[cfg(all(feature = "test-util", debug_assertions))]
        if self.use_environment {
            if let Some(clock) = super::test_clock::from_env()? {
                return Ok(clock);
            }
        }
        Ok(self.code.clock())
    }
}

fn access(values: &Values, reads_environment: bool) -> Result<Access> {
    match &values.static_token {
        Some(token) if token.expose().is_empty() || !is_visible(token.expose()) => {
            let words = "the static token is empty, or has characters that a header field cannot \
                         carry";
            Err(invalid(words))
        }
        Some(token) => {
            check_length("the static token", token.expose(), LONGEST_SECRET)?;
            Ok(Access::Fixed(token.clone()))
        }
        None => Credentials::from(values, reads_environment).map(Access::Application),
    }
}

/// The path of the token store, where it is a file that the library will write.
fn store_file<'a>(values: &'a Values, access: &Access) -> Option<&'a Path> {
    if values.custom_token_store.is_some() || matches!(access, Access::Fixed(_)) {
        return None;
    }
    store::file_path(values.token_store.as_ref()?.expose())
}
