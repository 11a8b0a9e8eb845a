//! Every knob and its default; from code or the environment; parsed once, valid afterwards.

mod ca_files;
mod check;
mod credentials;
mod files;
mod no_proxy;
mod origin;
mod pem;
mod place;
mod proxy;
mod roots;
mod secret_callback;
mod secret_shape;
mod settings;
mod source;
// In an optimised build not even with the feature, which an example has as a test does.
#[cfg(all(feature = "test-util", debug_assertions, target_os = "linux"))]
mod test_clock;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{Clock, SystemClock};
use crate::error::{Error, ErrorKind, kind_of};
use crate::event::{Event, EventHandler};
use crate::secret::Secret;
use crate::store::TokenStore;

use ca_files::CaFiles;
use check::{invalid, is_visible};
pub(crate) use credentials::Credentials;
pub(crate) use origin::{Origin, is_origin, normal_origin};
pub use place::StoreAway;
pub(crate) use proxy::Proxy;
pub use roots::Roots;
use secret_callback::SecretCallback;
pub(crate) use settings::{Access, Settings};
use source::{Values, read_file, read_secret};

/// Long enough for a body of 10 MiB over a slow line, short enough for an hourly job.
const DEADLINE: Duration = Duration::from_secs(120);

/// Early enough that a request sent now arrives with a live token, and no earlier: a renewal kills
/// the token that everybody else is using.
const MARGIN: Duration = Duration::from_secs(30);

/// One less than the 5 a minute that Vanta allows: so a person can still log in with the same
/// application while jobs are in trouble.
const MINT_BUDGET: u32 = 4;

/// A list of a hundred thousand rows is some 60 MB.
const LIST_CAP: u64 = 64 << 20;

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
    store: Option<Arc<dyn TokenStore>>,
    store_away: Option<StoreAway>,
    roots: Option<Roots>,
    fixed_token: Option<Secret>,
    never_mint: bool,
    mint_budget: u32,
    request_budget: Option<u32>,
    strict_token_answers: bool,
    leave_401: bool,
    clock: Arc<dyn Clock>,
    events: EventHandler,
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
            store: None,
            store_away: None,
            roots: None,
            fixed_token: None,
            never_mint: false,
            mint_budget: MINT_BUDGET,
            request_budget: None,
            strict_token_answers: false,
            leave_401: false,
            clock: Arc::new(SystemClock),
            events: EventHandler::default(),
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

    /// The application's client id (`vci_…`): visible ASCII, at most 255 bytes.
    pub fn client_id(mut self, id: impl Into<String>) -> Config {
        self.code.client_id = Some(id.into());
        self
    }

    /// The application's client secret (`vcs_…`): visible ASCII without blanks, at most 16 KiB.
    /// Prefer [`client_secret_file`](Config::client_secret_file): it survives a rotation without
    /// restart.
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

    /// Sets a callback that returns the client secret, for a vault.
    ///
    /// It is called for each token request, and never when the client is made, on the thread that
    /// needs the token. No lock is held meanwhile, but other threads may wait for that token.
    /// Several threads may call it at a time. It must not call a client: a call that would wait is
    /// [`Reentrant`](ErrorKind::Reentrant). The deadline does not interrupt it, so it needs a time
    /// limit of its own. Its error fails the call as
    /// [`SecretUnavailable`](ErrorKind::SecretUnavailable) and is quoted, so it must not hold the
    /// secret. The secret is checked like one from a file.
    ///
    /// ```
    /// # fn read_vault(_: &str) -> Result<String, std::io::Error> { Ok(String::new()) }
    /// use vanta::{Config, Secret};
    /// let config = Config::new()
    ///     .client_id("vci_example")
    ///     .client_secret_callback(|| read_vault("vanta/client-secret").map(Secret::new));
    /// ```
    pub fn client_secret_callback<E: std::fmt::Display>(
        mut self,
        read: impl Fn() -> Result<Secret, E> + Send + Sync + 'static,
    ) -> Config {
        self.code.client_secret_callback = Some(SecretCallback::new(read));
        self
    }

    /// Sets where the API is served: scheme, host, and port if need be; default
    /// [`Config::COMMERCIAL`]. Only https.
    ///
    /// The URL of an API gateway may have a path prefix, such as `https://gw.example/vanta`. All
    /// requests then go below it, token requests too. The origin is used in its normal form: the
    /// host in lower case and without a trailing dot, no default port, no slash at the end.
    pub fn origin(mut self, origin: impl Into<String>) -> Config {
        self.code.origin = Some(origin.into());
        self
    }

    /// Scopes to ask for, separated by spaces; default both `connectors.self:*-resource` ones.
    /// Visible ASCII without `"` and `\\`, at most 4096 bytes.
    pub fn scope(mut self, scope: impl Into<String>) -> Config {
        self.code.scope = Some(scope.into());
        self
    }

    /// Where the token is kept: `memory` (the default), an absolute path of a file that the jobs of
    /// one host share, or, with the feature `redis`, a URL `rediss://…` of a Redis that several
    /// hosts share. See the page [`several_jobs`](crate::several_jobs).
    pub fn token_store(mut self, store: impl Into<String>) -> Config {
        self.code.token_store = Some(Secret::new(store.into()));
        self
    }

    /// A store of your own.
    pub fn custom_token_store(mut self, store: impl TokenStore + 'static) -> Config {
        self.store = Some(Arc::new(store));
        self
    }

    /// The group, by name or number, whose members share the store's file (mode 0660). Without it
    /// the file is its owner's alone (0600).
    pub fn token_store_group(mut self, group: impl Into<String>) -> Config {
        self.code.token_store_group = Some(group.into());
        self
    }

    /// A file that holds the password of the Redis that is the store.
    pub fn token_store_password_file(mut self, path: impl Into<PathBuf>) -> Config {
        self.code.token_store_password_file = Some(path.into());
        self
    }

    /// What to do when the store cannot be reached; default [`StoreAway::Refuse`].
    pub fn when_store_is_away(mut self, policy: StoreAway) -> Config {
        self.store_away = Some(policy);
        self
    }

    /// A token from outside: it is used as it is, never renewed, and a 401 goes to the caller.
    /// Client id, secret and store have no say then.
    pub fn fixed_token(mut self, token: impl Into<Box<str>>) -> Config {
        self.fixed_token = Some(Secret::new(token));
        self
    }

    /// Never makes a token request: tokens come from the store alone, where another job puts them.
    /// No client secret is needed then.
    pub fn never_mint(mut self) -> Config {
        self.never_mint = true;
        self
    }

    /// How many token requests all jobs together may make in a minute, 1 to 5; default 4.
    pub fn mint_budget(mut self, a_minute: u32) -> Config {
        self.mint_budget = a_minute;
        self
    }

    /// How many resource requests all jobs together may make in a minute, 1 to 20; default 20. A
    /// call acquires the permits for all its requests together, first come, first served, and waits
    /// for them as far as its deadline allows. 0 sets no limit, for a simulator.
    pub fn request_budget(mut self, a_minute: u32) -> Config {
        self.request_budget = Some(a_minute);
        self
    }

    /// A file to which each receipt is appended as a line of JSON, and synced before the push
    /// returns. It is created with mode 0600. A file that is there must be the user's own, with
    /// mode 0600 and one name: a symbolic link or a hard link is refused, as for the token store.
    pub fn audit_file(mut self, path: impl Into<PathBuf>) -> Config {
        self.code.audit_file = Some(path.into());
        self
    }

    /// Takes a token answer that leaves `token_type` out, or grants less than was asked for, as an
    /// error. Otherwise the token is used and an event tells of it. Either way `expires_in` may be
    /// a number, or text that holds one, with blanks around it.
    pub fn strict_token_answers(mut self) -> Config {
        self.strict_token_answers = true;
        self
    }

    /// A 401 goes to the caller at once; see
    /// [`Client::report_refused`](crate::Client::report_refused).
    pub fn leave_401_to_caller(mut self) -> Config {
        self.leave_401 = true;
        self
    }

    /// A PEM file of certificate authorities that are trusted besides the [`roots`](Config::roots),
    /// or a folder of such files.
    ///
    /// Each line of the file that begins something has to give a certificate; otherwise the error
    /// names the line. In the environment it is `VANTA_CA_FILE`, or else OpenSSL's `SSL_CERT_FILE`
    /// and `SSL_CERT_DIR`.
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Config {
        self.code.ca_files = Some(CaFiles::in_code(path.into()));
        self
    }

    /// Which authorities are trusted besides those of the CA file; default [`Roots::Bundled`].
    pub fn roots(mut self, roots: Roots) -> Config {
        self.roots = Some(roots);
        self
    }

    /// The proxy on the way to Vanta: `http://host:port`, `environment` for the one that
    /// `https_proxy` and `no_proxy` name, or `none` (the default). It is asked for a tunnel, so it
    /// sees the host's name and no more. A URL that holds credentials is refused: give them with
    /// [`proxy_credentials`](Config::proxy_credentials).
    pub fn proxy(mut self, proxy: impl Into<String>) -> Config {
        self.code.proxy = Some(Secret::new(proxy.into()));
        self
    }

    /// Credentials for the proxy, as `user:password` (Basic authentication). They are wiped from
    /// memory with the last client that uses them.
    pub fn proxy_credentials(mut self, credentials: impl Into<Box<str>>) -> Config {
        self.code.proxy_credentials = Some(Secret::new(credentials));
        self
    }

    /// A file that holds `user:password` for the proxy (Basic authentication). It is read when the
    /// client is made.
    pub fn proxy_credentials_file(mut self, path: impl Into<PathBuf>) -> Config {
        self.code.proxy_credentials_file = Some(path.into());
        self
    }

    /// Allows an `http://` origin on a loopback address, for a simulator. The address that is
    /// connected to counts, not the name `localhost`: any other address, also a proxy's, is
    /// [`InsecureOrigin`](ErrorKind::InsecureOrigin).
    pub fn allow_plain_http_to_loopback(mut self) -> Config {
        self.allow_loopback_http = true;
        self
    }

    /// Your program's name and version, appended to the `User-Agent`: printable ASCII, at most 255
    /// bytes.
    pub fn application(mut self, name: impl Into<String>) -> Config {
        self.application = name.into();
        self
    }

    /// How long a call may take in all; default 120 s. See also
    /// [`Client::with_deadline`](crate::Client::with_deadline).
    ///
    /// No token request starts with less than 2 s left. A deadline of less than 3 s is refused when
    /// the client is made, unless the client requests no tokens
    /// ([`fixed_token`](Config::fixed_token), [`never_mint`](Config::never_mint)).
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

    /// The largest list response that is read, in bytes; default 64 MiB.
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
    ///
    /// A listener that owns a client of this configuration is never freed: let it hold a
    /// [`Weak`](std::sync::Weak) one.
    pub fn on_event(mut self, listener: impl Fn(&Event) + Send + Sync + 'static) -> Config {
        self.events = EventHandler::new(listener);
        self
    }
}

/// As the system says why a file cannot be opened or read.
pub(crate) fn unopened(path: &Path, why: &std::io::Error) -> Error {
    #[cfg(unix)]
    let remedy = crate::store::read_remedy(path, why);
    #[cfg(not(unix))]
    let remedy = "";
    let words = format!("{}, {why}{remedy}", path.display());
    Error::new(kind_of(why, ErrorKind::UnreadableFile), words)
}

pub(crate) fn unreadable(path: &Path, why: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::UnreadableFile, format!("{}, {why}", path.display()))
}
