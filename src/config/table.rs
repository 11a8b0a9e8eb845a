//! The one list of settings: name, variable, type, unit, default and documentation.
//!
//! The methods of [`Config`] and the reading of the environment are made from it. The entries
//! of docs/configuration.md and the settings of C++ and Python are written from it too, and the
//! setters of C are compared with it: see tests/it/generated.

use std::fmt::Display;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::ca_files::CaFiles;
use super::choices::{ProxyChoice, TokenStoreLocation};
use super::declare::settings;
use super::environment::{FromVariable, Given};
use super::on_store_unavailable::OnStoreUnavailable;
use super::roots::Roots;
use super::secret_callback::SecretCallback;
use crate::clock::{Clock, SystemClock};
use crate::error::Result;
use crate::event::{Event, EventHandler};
use crate::secret::Secret;
use crate::store::TokenStore;

/// Scopes of private integrations
/// (<https://developer.vanta.com/reference/build-integrations.json>).
const SCOPE: &str = "connectors.self:write-resource connectors.self:read-resource";

/// How to reach Vanta, with which credentials, and until when.
///
/// Nothing is read and nothing is checked until [`Client::new`](crate::Client::new) takes it.
///
/// ```
/// use vanta::{Client, Config};
/// let config = Config::new().client_id("vci_example").client_secret("vcs_example");
/// let client = Client::new(config)?;
/// # Ok::<(), vanta::Error>(())
/// ```
#[must_use = "each method returns it anew"]
#[derive(Clone, Debug, Default)]
pub struct Config {
    pub(super) code: Values,
    pub(super) use_environment: bool,
}

impl Config {
    /// The origin of everybody but FedRAMP tenants, those in Europe and Australia included.
    pub const COMMERCIAL: &'static str = "https://api.vanta.com";
    /// The origin of FedRAMP tenants, with credentials of its own.
    pub const GOVERNMENT: &'static str = "https://api.vanta-gov.com";

    /// Returns the defaults. The environment is not read.
    pub fn new() -> Config {
        Config::default()
    }

    /// Returns a configuration that takes from the environment (`VANTA_CLIENT_ID` and so on) what
    /// code does not set.
    pub fn from_env() -> Config {
        Config::new().use_environment()
    }

    /// Takes from the environment what code does not set.
    pub fn use_environment(mut self) -> Config {
        self.use_environment = true;
        self
    }
}

settings! {
    /// Sets the application's client id (`vci_…`): visible ASCII, at most 255 bytes.
    client_id(id: impl Into<String>) -> String = id.into(),
        variable: "VANTA_CLIENT_ID",
        default: "required",
        example: "vci_example",
        errors: "`MissingCredentials` if it is not set; `InvalidConfig` if it is malformed or is \
                 a secret",
        meaning: "the application's id, `vci_…`";

    /// Sets the application's client secret (`vcs_…`): visible ASCII without blanks, at most 16
    /// KiB. Prefer [`client_secret_file`](Config::client_secret_file): it survives a rotation
    /// without restart.
    client_secret(secret: impl Into<Box<str>>) -> Secret = Secret::new(secret),
        variable: "VANTA_CLIENT_SECRET",
        default: "none; one of the three is required",
        example: "vcs_example",
        errors: "`MissingCredentials` if none of the three is set; `InvalidConfig` if two are \
                 set; `InvalidClient` if Vanta does not accept it",
        meaning: "the application's secret, `vcs_…`";

    /// Sets the file that holds the client secret. It is read again for each token request.
    ///
    /// White space around the text, and a byte order mark before it, are not part of it.
    client_secret_file(path: impl Into<PathBuf>) -> PathBuf = path.into(),
        variable: "VANTA_CLIENT_SECRET_FILE",
        default: "none; one of the three is required",
        example: "/run/secrets/vanta",
        errors: "`UnreadableFile` if it cannot be read; `MissingCredentials` if it is empty; \
                 `InvalidConfig` if two of the three are set",
        meaning: "a file that holds the client secret, read again for each token request";

    /// Sets a callback that returns the client secret, for a vault.
    ///
    /// It is called before each token request, also where the store then turns out to have a token,
    /// and never when the client is made. It runs on the thread that needs the token. No lock is
    /// held meanwhile, but other threads may wait for that token. Several threads may call it at a
    /// time. It must not call a client: a call that would wait is
    /// [`Reentrant`](crate::ErrorKind::Reentrant). The deadline does not interrupt it, so it needs
    /// a time limit of its own. Its error fails the call as
    /// [`SecretUnavailable`](crate::ErrorKind::SecretUnavailable) and is quoted, so it must not
    /// hold the secret. The secret is checked like one from a file.
    ///
    /// ```
    /// # fn read_vault(_: &str) -> Result<String, std::io::Error> { Ok(String::new()) }
    /// use vanta::{Config, Secret};
    /// let config = Config::new()
    ///     .client_id("vci_example")
    ///     .client_secret_callback(|| read_vault("vanta/client-secret").map(Secret::new));
    /// ```
    client_secret_callback<E: Display>(
        read: impl Fn() -> Result<Secret, E> + Send + Sync + 'static
    ) -> SecretCallback = SecretCallback::new(read),
        default: "none; one of the three is required",
        errors: "`SecretUnavailable` if it returns an error; `InvalidConfig` if two of the three \
                 are set",
        meaning: "[a callback](docs/rotating-a-secret.md#from-a-vault) that returns the client \
                  secret, called for each token request";

    /// Sets where the API is served: scheme, host, and port if need be; default
    /// [`Config::COMMERCIAL`]. Only https.
    ///
    /// The URL of an API gateway may have a path prefix, such as `https://gw.example/vanta`. All
    /// requests then go below it, token requests too. The origin is used in its normal form: the
    /// host in lower case and without a trailing dot, no default port, no slash at the end.
    origin(origin: impl Into<String>) -> String = origin.into(),
        variable: "VANTA_ORIGIN",
        default: "`https://api.vanta.com`" = Config::COMMERCIAL.to_owned(),
        example: "https://api.vanta-gov.com",
        errors: "`InvalidConfig` if it is malformed; `InsecureOrigin` if it is not https",
        meaning: "where the API is served: https, a host, and a path prefix if an [API \
                  gateway](docs/network.md#where-it-goes) has one";

    /// Sets the scopes to request, separated by spaces; default both `connectors.self:*-resource`
    /// ones. Visible ASCII without `"` and `\\`, at most 4096 bytes.
    scope(scope: impl Into<String>) -> String = scope.into(),
        variable: "VANTA_SCOPE",
        default: "`connectors.self:write-resource connectors.self:read-resource`"
            = SCOPE.to_owned(),
        example: "connectors.self:write-resource",
        errors: "`InvalidConfig` if it is malformed; `InvalidScope` if Vanta does not allow it; \
                 `Forbidden` if a call needs another",
        meaning: "scopes, separated by spaces";

    /// Sets where the access token is stored: `memory` (the default), an absolute path of a file
    /// that the jobs of one host share, or, with the feature `redis`, a URL `rediss://…` of a Redis
    /// that several hosts share. See the page [`several_jobs`](crate::several_jobs).
    token_store(store: impl Into<TokenStoreLocation>) -> Secret = store.into().into_secret(),
        variable: "VANTA_TOKEN_STORE",
        default: "`memory`",
        example: "/var/lib/vanta/token",
        errors: "`InvalidConfig` if it is malformed; `UnusableStore`, `StoreUnavailable` and \
                 `StoreLocked` if it cannot be used",
        meaning: "where the access token is stored: `memory`, the absolute path of a file, or a \
                  URL `rediss://…`";

    /// Sets the group, by name or number, whose members share the store's file (mode 0660). Without
    /// it only the owner may use the file (0600).
    token_store_group(group: impl Into<String>) -> String = group.into(),
        variable: "VANTA_TOKEN_STORE_GROUP",
        default: "none",
        example: "vanta",
        errors: "`InvalidConfig` if there is no such group",
        meaning: "the group that shares the file";

    /// Sets the file that holds the password of the Redis that is the store.
    token_store_password_file(path: impl Into<PathBuf>) -> PathBuf = path.into(),
        variable: "VANTA_TOKEN_STORE_PASSWORD_FILE",
        default: "none",
        example: "/run/secrets/redis",
        errors: "`UnreadableFile` if it cannot be read; `UnusableStore` if Redis refuses the \
                 password",
        meaning: "a file that holds the password of Redis";

    /// Sets a store of your own.
    custom_token_store(store: impl TokenStore + 'static) -> Arc<dyn TokenStore> = Arc::new(store),
        default: "none",
        errors: "`UnusableStore`, `StoreUnavailable` and `StoreLocked`, as the store reports",
        meaning: "a store of your own";

    /// Sets what to do when the store cannot be reached; default [`OnStoreUnavailable::Fail`].
    on_store_unavailable(to: OnStoreUnavailable) -> Given<OnStoreUnavailable> = Given::Value(to),
        variable: "VANTA_ON_STORE_UNAVAILABLE",
        default: "`fail`" = Given::Value(OnStoreUnavailable::Fail),
        example: "proceed",
        errors: "`InvalidConfig` if it is another word; `StoreUnavailable` is what `fail` leads to",
        meaning: "`fail` or `proceed`: what to do when the store cannot be reached";

    /// Sets an access token that the program has already. It is used as it is and never renewed,
    /// and a 401 goes to the caller. Client id, secret and store are ignored then.
    static_token(token: impl Into<Box<str>>) -> Secret = Secret::new(token),
        default: "none",
        example: "vat_example",
        errors: "`InvalidConfig` if it is malformed; `Unauthorized` if Vanta rejects it",
        meaning: "a token from outside, never renewed";

    /// Sets whether tokens come from the store alone, where another job puts them; default false.
    /// Then the client makes no token request, and needs no client secret.
    token_from_store_only(on: bool) -> bool = on,
        default: "off" = false,
        errors: "`TokenRequestNotAllowed` if the store has no token",
        meaning: "take tokens from the store alone";

    /// Sets the rate limit of token requests: how many all jobs together may make in a minute, 1 to
    /// 5; default 4. A request counts for 62 s, so that clocks may differ a little.
    // One less than the 5 a minute that Vanta allows: so a person can still log in with the same
    // application while jobs are in trouble.
    token_requests_per_minute(a_minute: u32) -> u32 = a_minute,
        unit: "a minute",
        default: "4" = 4,
        example: "2",
        errors: "`InvalidConfig` if it is not 1 to 5; `TokenRateLimitReached` if the limit is \
                 reached and the deadline is too short to wait",
        meaning: "token requests a minute of all jobs together, 1 to 5";

    /// Sets the rate limit of resource requests: how many all jobs together may make in a minute, 1
    /// to 20; default 20. A call acquires the permits for all its requests together, first come,
    /// first served, and waits for them as far as its deadline allows. 0 sets no limit, for a
    /// simulator.
    requests_per_minute(a_minute: u32) -> Given<u32> = Given::Value(a_minute),
        variable: "VANTA_REQUESTS_PER_MINUTE",
        unit: "a minute",
        default: "20" = Given::Value(20),
        example: "10",
        errors: "`InvalidConfig` if it is above 20; `RateLimited` if a call would wait for longer \
                 than its deadline",
        meaning: "resource requests a minute of all jobs together, 1 to 20; 0 for a simulator \
                  without limits";

    /// Sets whether a token response that has no `token_type`, or grants less than was requested,
    /// is an error; default false. Otherwise the token is used and an event reports it. Either way
    /// `expires_in` may be a number, or text that holds one, with blanks around it.
    strict_token_response(on: bool) -> bool = on,
        default: "off" = false,
        errors: "`InvalidTokenResponse` for such a token response",
        meaning: "a token response without `token_type`, or that grants less, is an error";

    /// Sets whether a call tries another token after a 401: that of another job where it worked
    /// before, and a new one; default true. Otherwise the 401 goes to the caller at once; see
    /// [`Client::report_token_rejected`](crate::Client::report_token_rejected).
    retry_on_401(on: bool) -> bool = on,
        default: "on" = true,
        errors: "`Unauthorized` if the token is rejected",
        meaning: "on a 401, try another token";

    /// Sets a PEM file of certificate authorities that are trusted besides the
    /// [`roots`](Config::roots), or a folder of such files.
    ///
    /// Each line of the file that begins something has to give a certificate; otherwise the error
    /// names the line. In the environment it is `VANTA_CA_FILE`, or else OpenSSL's `SSL_CERT_FILE`
    /// and `SSL_CERT_DIR`.
    ca_file(path: impl Into<PathBuf>) -> CaFiles = CaFiles::in_code(path.into()),
        variable: "VANTA_CA_FILE",
        default: "none",
        example: "/etc/ssl/company.pem",
        errors: "`UnreadableFile` if it cannot be read or a certificate in it is malformed; `Tls` \
                 if the server has no certificate of these authorities",
        meaning: "PEM file, or folder of such files, of authorities that are trusted besides the \
                  roots; in its place `SSL_CERT_FILE` and `SSL_CERT_DIR`";

    /// Sets which authorities are trusted besides those of the CA file; default [`Roots::Bundled`].
    roots(roots: Roots) -> Given<Roots> = Given::Value(roots),
        variable: "VANTA_ROOTS",
        default: "`bundled`" = Given::Value(Roots::Bundled),
        example: "system",
        errors: "`InvalidConfig` if it is another word; `UnreadableFile` if the system has no \
                 bundle",
        meaning: "`bundled`, `system` or `none`";

    /// Sets the proxy on the way to Vanta: `http://host:port`, `environment` for the one that
    /// `https_proxy` and `no_proxy` name, or `none` (the default). The proxy makes a tunnel, so it
    /// sees the host's name and no more. A URL that holds credentials is refused: give them with
    /// [`proxy_credentials`](Config::proxy_credentials).
    proxy(proxy: impl Into<ProxyChoice>) -> Secret = proxy.into().into_secret(),
        variable: "VANTA_PROXY",
        default: "`none`",
        example: "http://proxy.example:3128",
        errors: "`InvalidConfig` if it is malformed or holds credentials; `ProxyRefused` if the \
                 proxy refuses the tunnel",
        meaning: "`http://host:port`, `environment` (takes `https_proxy` and `no_proxy`) or \
                  `none`: see [the way to Vanta](docs/network.md)";

    /// Sets the credentials for the proxy, as `user:password` (Basic authentication). They are
    /// wiped from memory with the last client that uses them.
    proxy_credentials(credentials: impl Into<Box<str>>) -> Secret = Secret::new(credentials),
        default: "none",
        example: "user:password",
        errors: "`InvalidConfig` if it is malformed or if both are set; `ProxyRefused` if the \
                 proxy does not accept them",
        meaning: "`user:password` for the proxy (Basic authentication)";

    /// Sets the file that holds `user:password` for the proxy (Basic authentication). It is read
    /// when the client is made.
    proxy_credentials_file(path: impl Into<PathBuf>) -> PathBuf = path.into(),
        variable: "VANTA_PROXY_CREDENTIALS_FILE",
        default: "none",
        example: "/run/secrets/proxy",
        errors: "`UnreadableFile` if it cannot be read; `InvalidConfig` if both are set; \
                 `ProxyRefused` if the proxy does not accept them",
        meaning: "a file that holds `user:password` for the proxy";

    /// Sets the audit file. Each receipt is appended to it as a line of JSON, and synced before the
    /// push returns. It is created with mode 0600. A file that is there must be the user's own,
    /// with mode 0600 and one name: a symbolic link or a hard link is refused, as for the token
    /// store.
    audit_file(path: impl Into<PathBuf>) -> PathBuf = path.into(),
        variable: "VANTA_AUDIT_FILE",
        default: "none",
        example: "/var/lib/vanta/audit.jsonl",
        errors: "`UnwritableFile` if it cannot be opened or is not the user's own; \
                 `InvalidConfig` if another setting names the same file",
        meaning: "a file to which receipts are appended";

    /// Sets your program's name and version, which are appended to the `User-Agent`: printable
    /// ASCII, at most 255 bytes.
    user_agent(name: impl Into<String>) -> String = name.into(),
        default: "none" = String::new(),
        example: "nightly-export/1.2",
        errors: "`InvalidConfig` if it is malformed",
        meaning: "your program's name in the `User-Agent`";

    /// Sets the event handler. It is called on the thread of the call that the event happens in,
    /// and must not call the client. Other jobs may wait for it: let it be short.
    ///
    /// A handler that owns a client of this configuration is never freed: let it hold a
    /// [`Weak`](std::sync::Weak) one.
    on_event(handler: impl Fn(&Event) + Send + Sync + 'static)
        -> EventHandler = EventHandler::new(handler),
        default: "none" = EventHandler::default(),
        errors: "`Reentrant` from a call that the handler makes",
        meaning: "the event handler, called with what happens inside calls";

    /// Sets the deadline: the timeout of each whole call, with its waits and retries; default 120
    /// s. See also [`Client::with_deadline`](crate::Client::with_deadline).
    ///
    /// No token request starts with less than 2 s left. A deadline of less than 3 s is refused when
    /// the client is made, unless the client requests no tokens
    /// ([`static_token`](Config::static_token),
    /// [`token_from_store_only`](Config::token_from_store_only)).
    // Long enough for a body of 10 MiB over a slow line, short enough for an hourly job.
    deadline(deadline: Duration) -> Duration = deadline,
        unit: "ms",
        default: "120 s" = Duration::from_secs(120),
        example: "300000",
        errors: "`InvalidConfig` if it is below 3 s; `DeadlineExceeded` if a call takes longer",
        meaning: "how long a call may take in all; no token request starts with less than 2 s \
                  left, so one below 3 s is refused where tokens are requested";

    /// Sets how early a token is renewed: how long it must still be valid to be used; default 30 s.
    /// A larger expiry margin renews earlier, and a renewal revokes the token that others are
    /// using.
    // Early enough that a request sent now arrives with a live token, and no earlier: a renewal
    // revokes the token that others use.
    expiry_margin(margin: Duration) -> Duration = margin,
        unit: "s",
        default: "30 s" = Duration::from_secs(30),
        example: "60",
        meaning: "how long a token must still live to be used";

    /// Sets the largest list response that is read, in bytes; default 64 MiB.
    // A list of a hundred thousand rows is some 60 MB.
    list_cap(bytes: u64) -> u64 = bytes,
        unit: "bytes",
        default: "64 MiB" = 64 << 20,
        example: "134217728",
        errors: "`ResponseTooLarge` if a list is larger",
        meaning: "largest list response that is read";

    /// Sets another clock, for tests.
    clock(clock: impl Clock + 'static) -> Arc<dyn Clock> = Arc::new(clock),
        default: "the machine's" = Arc::new(SystemClock),
        meaning: "another clock, for tests";

    /// Sets whether the origin may be an `http://` one on a loopback address, for a simulator;
    /// default false. The address that is connected to counts, not the name `localhost`: any other
    /// address, also a proxy's, is [`InsecureOrigin`](crate::ErrorKind::InsecureOrigin).
    allow_plain_http_to_loopback(on: bool) -> bool = on,
        default: "off" = false,
        errors: "`InsecureOrigin` if the address is not loopback",
        meaning: "allows an `http://127.0.0.1` or `http://localhost` origin, for a simulator; the \
                  address that is connected to must be loopback";

}
