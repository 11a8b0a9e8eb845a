//! Where values come from: code over environment, and never two sources for one secret.

use std::env::{self, VarError};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::ca_files::CaFiles;
use super::secret_callback::SecretCallback;
use super::{invalid, unopened, unreadable};
use crate::error::Result;
use crate::secret::Secret;

/// No secret and no bundle of certificates is larger.
const FILE_CAP: u64 = 4 << 20;

/// Into less room than this, std reads by way of the stack, and leaves what it read there.
const ROOM: usize = 64;

/// What one source, code or environment, has to say.
#[derive(Clone, Debug, Default)]
pub(super) struct Values {
    pub(super) client_id: Option<String>,
    pub(super) client_secret: Option<Secret>,
    pub(super) client_secret_file: Option<PathBuf>,
    pub(super) client_secret_callback: Option<SecretCallback>,
    pub(super) origin: Option<String>,
    pub(super) scope: Option<String>,
    /// Not a secret, but a URL in which somebody may have put one.
    pub(super) token_store: Option<Secret>,
    pub(super) token_store_group: Option<String>,
    pub(super) token_store_password_file: Option<PathBuf>,
    pub(super) token_store_away: Option<String>,
    pub(super) ca_files: Option<CaFiles>,
    pub(super) roots: Option<String>,
    /// A URL in which somebody may have put a password.
    pub(super) proxy: Option<Secret>,
    /// `user:password`; only code gives it.
    pub(super) proxy_credentials: Option<Secret>,
    pub(super) proxy_credentials_file: Option<PathBuf>,
    pub(super) audit_file: Option<PathBuf>,
    pub(super) request_budget: Option<String>,
}

impl Values {
    pub(super) fn from_env() -> Result<Values> {
        Ok(Values {
            client_id: variable("VANTA_CLIENT_ID")?,
            client_secret: variable("VANTA_CLIENT_SECRET")?.map(Secret::new),
            client_secret_file: variable("VANTA_CLIENT_SECRET_FILE")?.map(PathBuf::from),
            client_secret_callback: None,
            origin: variable("VANTA_ORIGIN")?,
            scope: variable("VANTA_SCOPE")?,
            token_store: variable("VANTA_TOKEN_STORE")?.map(Secret::new),
            token_store_group: variable("VANTA_TOKEN_STORE_GROUP")?,
            token_store_password_file: variable("VANTA_TOKEN_STORE_PASSWORD_FILE")?
                .map(PathBuf::from),
            token_store_away: variable("VANTA_TOKEN_STORE_AWAY")?,
            ca_files: CaFiles::from_env()?,
            roots: variable("VANTA_ROOTS")?,
            proxy: variable("VANTA_PROXY")?.map(Secret::new),
            proxy_credentials: None,
            proxy_credentials_file: variable("VANTA_PROXY_CREDENTIALS_FILE")?.map(PathBuf::from),
            audit_file: variable("VANTA_AUDIT_FILE")?.map(PathBuf::from),
            request_budget: variable("VANTA_REQUEST_BUDGET")?,
        })
    }

    /// These values, and those of `other` where these say nothing.
    pub(super) fn over(self, other: Values) -> Result<Values> {
        other.check_one_secret()?;
        let own_secret = self.secrets() > 0;
        let fallback = if own_secret { Values::default() } else { other.clone() };
        Ok(Values {
            client_id: self.client_id.or(other.client_id),
            client_secret: self.client_secret.or(fallback.client_secret),
            client_secret_file: self.client_secret_file.or(fallback.client_secret_file),
            client_secret_callback: self.client_secret_callback,
            origin: self.origin.or(other.origin),
            scope: self.scope.or(other.scope),
            token_store: self.token_store.or(other.token_store),
            token_store_group: self.token_store_group.or(other.token_store_group),
            token_store_password_file: self
                .token_store_password_file
                .or(other.token_store_password_file),
            token_store_away: self.token_store_away.or(other.token_store_away),
            ca_files: self.ca_files.or(other.ca_files),
            roots: self.roots.or(other.roots),
            proxy: self.proxy.or(other.proxy),
            proxy_credentials_file: match self.proxy_credentials {
                Some(_) => self.proxy_credentials_file,
                None => self.proxy_credentials_file.or(other.proxy_credentials_file),
            },
            proxy_credentials: self.proxy_credentials,
            audit_file: self.audit_file.or(other.audit_file),
            request_budget: self.request_budget.or(other.request_budget),
        })
    }
}

impl Values {
    /// How many sources of the client secret are named.
    fn secrets(&self) -> usize {
        let Values { client_secret, client_secret_file, client_secret_callback, .. } = self;
        let (value, file) = (client_secret.is_some(), client_secret_file.is_some());
        [value, file, client_secret_callback.is_some()].iter().filter(|is_set| **is_set).count()
    }

    /// Two sources of one secret: nobody can tell which of them is stale.
    pub(super) fn check_one_secret(&self) -> Result<()> {
        if self.secrets() < 2 {
            return Ok(());
        }
        let ways = "client_secret, client_secret_file and client_secret_callback";
        Err(invalid(format!("the client secret is given in two ways; keep one of {ways}")))
    }
}

/// The variable's value; one that is set to nothing counts as not set.
pub(super) fn variable(name: &str) -> Result<Option<String>> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(invalid(format!("{name} is not valid UTF-8"))),
    }
}

/// A pipe is opened without waiting for its writer.
fn open(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    options.read(true).open(path)
}

pub(super) fn read_file(path: &Path) -> Result<Vec<u8>> {
    let file = open(path).map_err(|e| unopened(path, &e))?;
    if !file.metadata().is_ok_and(|found| found.is_file()) {
        return Err(unreadable(path, "which is not a regular file"));
    }
    // Room for all of it: a buffer that grew would leave copies of a secret behind.
    let size = file.metadata().map_or(0, |found| found.len()).min(FILE_CAP);
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(size).unwrap_or(0) + ROOM));
    file.take(FILE_CAP + 1).read_to_end(&mut bytes).map_err(|e| unopened(path, &e))?;
    if bytes.len() as u64 > FILE_CAP {
        return Err(unreadable(path, "larger than 4 MiB, so it is not what it should be"));
    }
    Ok(std::mem::take(&mut *bytes))
}

pub(super) fn read_secret(path: &Path) -> Result<Secret> {
    let bytes = Zeroizing::new(read_file(path)?);
    let text = std::str::from_utf8(&bytes).map_err(|_| unreadable(path, "not valid UTF-8"))?;
    Ok(trimmed(text))
}

/// A secret without the white space around it and a byte order mark before it.
pub(super) fn trimmed(text: &str) -> Secret {
    Secret::new(text.trim_start_matches('\u{feff}').trim())
}
