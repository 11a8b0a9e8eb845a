//! Every knob and its default; from code or the environment; parsed once, valid afterwards.

mod origin;
mod source;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{Clock, SystemClock};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Event, Listener};
use crate::secret::Secret;

pub(crate) use origin::Origin;
use source::{Values, only_one, read_file, read_secret};

/// Long enough for a body of 10 MiB over a slow line, short enough for an hourly job.
const DEADLINE: Duration = Duration::from_secs(120);

/// Early enough that a request sent now arrives with a live token, and no earlier: a renewal kills
/// the token that everybody else is using.
const MARGIN: Duration = Duration::from_secs(30);

/// Scopes of private integrations
/// (<https://developer.vanta.com/reference/build-integrations.json>).
const SCOPE: &str = "connectors.self:write-resource connectors.self:read-resource";

/// A list of a hundred thousand rows is some 60 MB.
const LIST_CAP: u64 = 256 << 20;

/// How to reach Vanta, as whom, and how patiently.
///
/// Nothing is read and nothing is checked until [`Client::new`](crate::Client::new) takes it.
///
/// ```
/// use vanta::{Client, Config};
/// let config = Config::new().client_id("vci_example").client_secret("vcs_example");
/// let client = Client::new(config)?;
/// # Ok::<(), vanta::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    code: Values,
    use_environment: bool,
    allow_loopback_http: bool,
    application: String,
    deadline: Duration,
    margin: Duration,
    list_cap: u64,
    clock: Arc<dyn Clock>,
    events: Listener,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            code: Values::default(),
            use_environment: false,
            allow_loopback_http: false,
            application: String::new(),
            deadline: DEADLINE,
            margin: MARGIN,
            list_cap: LIST_CAP,
            clock: Arc::new(SystemClock),
            events: Listener::default(),
        }
    }
}

impl Config {
    /// The origin of everybody but FedRAMP tenants, those in Europe and Australia included.
    pub const COMMERCIAL: &'static str = "https://api.vanta.com";
    /// The origin of FedRAMP tenants, with credentials of its own.
    pub const GOVERNMENT: &'static str = "https://api.vanta-gov.com";

    /// Defaults only; the environment is not read.
    pub fn new() -> Config {
        Config::default()
    }

    /// Takes from the environment (`VANTA_CLIENT_ID` and so on) what code does not set.
    pub fn from_env() -> Config {
        Config::new().use_environment()
    }

    /// From now on, the environment is asked for what code does not set.
    pub fn use_environment(mut self) -> Config {
        self.use_environment = true;
        self
    }

    /// The application's client id (`vci_…`).
    pub fn client_id(mut self, id: impl Into<String>) -> Config {
        self.code.client_id = Some(id.into());
        self
    }

    /// The application's client secret (`vcs_…`). Prefer
    /// [`client_secret_file`](Config::client_secret_file): it survives a rotation without restart.
    pub fn client_secret(mut self, secret: impl Into<Box<str>>) -> Config {
        self.code.client_secret = Some(Secret::new(secret));
        self
    }

    /// A file that holds the client secret; read again for each token request.
    ///
    /// White space around the text, and a byte order mark before it, are not part of it.
    pub fn client_secret_file(mut self, path: impl Into<PathBuf>) -> Config {
        self.code.client_secret_file = Some(path.into());
        self
    }

    /// Scheme and host of the API; default [`Config::COMMERCIAL`]. Only https.
    pub fn origin(mut self, origin: impl Into<String>) -> Config {
        self.code.origin = Some(origin.into());
        self
    }

    /// Scopes to ask for, separated by spaces; default both `connectors.self:*-resource` ones.
    pub fn scope(mut self, scope: impl Into<String>) -> Config {
        self.code.scope = Some(scope.into());
        self
    }

    /// Where tokens are kept: `memory` (the default) is the only store of this version.
    pub fn token_store(mut self, store: impl Into<String>) -> Config {
        self.code.token_store = Some(store.into());
        self
    }

    /// A PEM file of certificate authorities that are trusted besides the bundled public roots.
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Config {
        self.code.ca_file = Some(path.into());
        self
    }

    /// Allows an `http://` origin on a loopback address, for a simulator. Never for anything else.
    pub fn allow_plain_http_to_loopback(mut self) -> Config {
        self.allow_loopback_http = true;
        self
    }

    /// Your program's name and version, appended to the `User-Agent`.
    pub fn application(mut self, name: impl Into<String>) -> Config {
        self.application = name.into();
        self
    }

    /// How long a call may take in all; default 120 s. See also
    /// [`Client::with_deadline`](crate::Client::with_deadline).
    pub fn deadline(mut self, deadline: Duration) -> Config {
        self.deadline = deadline;
        self
    }

    /// How long a token must still live to be used; default 30 s. A larger margin renews earlier,
    /// and a renewal kills the token that others are using.
    pub fn margin(mut self, margin: Duration) -> Config {
        self.margin = margin;
        self
    }

    /// The largest list answer that is read, in bytes; default 256 MiB.
    pub fn list_cap(mut self, bytes: u64) -> Config {
        self.list_cap = bytes;
        self
    }

    /// Another clock, for tests.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Config {
        self.clock = Arc::new(clock);
        self
    }

    /// Is told what happens inside calls, on the calling thread. It must not call the client.
    pub fn on_event(mut self, listener: impl Fn(&Event) + Send + Sync + 'static) -> Config {
        self.events = Listener::new(listener);
        self
    }

    /// Reads, checks and settles everything; what comes out needs no further check.
    pub(crate) fn settle(self) -> Result<Settings> {
        let env = if self.use_environment { Values::from_env()? } else { Values::default() };
        let values = self.code.over(env)?;
        check_store(values.token_store.as_deref())?;
        let origin = values.origin.as_deref().unwrap_or(Config::COMMERCIAL);
        Ok(Settings {
            origin: Origin::parse(origin, self.allow_loopback_http)?,
            credentials: Credentials::from(&values)?,
            scope: check_scope(values.scope.as_deref().unwrap_or(SCOPE))?,
            ca_pem: values.ca_file.as_deref().map(read_file).transpose()?,
            user_agent: user_agent(&self.application)?,
            deadline: self.deadline,
            margin: self.margin,
            list_cap: self.list_cap,
            clock: self.clock,
            events: self.events,
        })
    }
}

/// A configuration that was checked.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) origin: Origin,
    pub(crate) credentials: Credentials,
    pub(crate) scope: String,
    pub(crate) ca_pem: Option<Vec<u8>>,
    pub(crate) user_agent: String,
    pub(crate) deadline: Duration,
    pub(crate) margin: Duration,
    pub(crate) list_cap: u64,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) events: Listener,
}

/// Who we are to Vanta.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) client_id: String,
    secret: SecretSource,
}

#[derive(Debug)]
enum SecretSource {
    Text(Secret),
    File(PathBuf),
}

impl Credentials {
    fn from(values: &Values) -> Result<Credentials> {
        let missing = |what: &str, how: &str| {
            Error::new(ErrorKind::MissingCredentials, format!("no {what}: set {how}"))
        };
        let id_how = "client_id, or VANTA_CLIENT_ID and Config::from_env";
        let client_id = values.client_id.clone().ok_or_else(|| missing("client id", id_how))?;
        only_one(values.client_secret.is_some(), values.client_secret_file.is_some())?;
        let secret_how = "client_secret_file or client_secret, or VANTA_CLIENT_SECRET_FILE or \
                          VANTA_CLIENT_SECRET and Config::from_env";
        let secret = match (&values.client_secret, &values.client_secret_file) {
            (Some(secret), _) => SecretSource::Text(secret.clone()),
            (None, Some(path)) => SecretSource::File(path.clone()),
            (None, None) => return Err(missing("client secret", secret_how)),
        };
        let credentials = Credentials { client_id: check_id(client_id)?, secret };
        credentials.secret()?;
        Ok(credentials)
    }

    /// The client secret as it stands now: a file is read anew, so a rotation needs no restart.
    pub(crate) fn secret(&self) -> Result<Secret> {
        let (secret, from) = match &self.secret {
            SecretSource::Text(secret) => (secret.clone(), "the client secret".to_owned()),
            SecretSource::File(path) => (read_secret(path)?, path.display().to_string()),
        };
        if secret.expose().is_empty() {
            let message = format!("{from} is empty");
            return Err(Error::new(ErrorKind::MissingCredentials, message));
        }
        if !is_visible(secret.expose()) {
            let message = format!("{from} holds white space, control or non-ASCII characters");
            return Err(Error::new(ErrorKind::InvalidConfig, message));
        }
        Ok(secret)
    }
}

fn is_visible(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_graphic())
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidConfig, message)
}

fn check_id(id: String) -> Result<String> {
    if id.starts_with("vcs_") {
        return Err(invalid("the client id begins with vcs_: that is a client secret"));
    }
    if id.is_empty() || !is_visible(&id) {
        return Err(invalid("the client id is empty or holds characters that no id has"));
    }
    Ok(id)
}

/// RFC 6749 section 3.3: tokens of visible ASCII without quote and backslash.
fn check_scope(scope: &str) -> Result<String> {
    let tokens: Vec<&str> = scope.split_whitespace().collect();
    let plain = |token: &&str| is_visible(token) && !token.contains(['"', '\\']);
    if tokens.is_empty() || !tokens.iter().all(plain) {
        return Err(invalid(format!("scope {scope:?}: give scope names separated by spaces")));
    }
    Ok(tokens.join(" "))
}

fn check_store(store: Option<&str>) -> Result<()> {
    match store {
        None | Some("memory") => Ok(()),
        Some(other) => {
            let rule = "this version keeps tokens in memory only; leave it out or say memory";
            Err(invalid(format!("token store {other:?}: {rule}")))
        }
    }
}

fn user_agent(application: &str) -> Result<String> {
    let own = concat!("libvanta/", env!("CARGO_PKG_VERSION"));
    if application.is_empty() {
        return Ok(own.to_owned());
    }
    if !application.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
        return Err(invalid("the application name may only hold printable ASCII"));
    }
    Ok(format!("{own} {application}"))
}

pub(crate) fn unreadable(path: &Path, why: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::UnreadableFile, format!("{}: {why}", path.display()))
}
