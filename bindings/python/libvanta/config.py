"""Settings of a client: server, credentials, token store, limits."""

import logging
import os
from dataclasses import dataclass, field, fields
from typing import Any, Callable, Dict, Optional, Protocol, Type, Union

from . import _arguments, _native, errors
from .words import Event, OnStoreUnavailable, Roots, by_number, number_of


Listener = Callable[[str, bool, str], None]
Path = Union[str, "os.PathLike[str]"]


class TokenStore(Protocol):
    """A token store of your own: a place for the record that all jobs of an application share.

    Its methods are called by threads that are inside a call of the library, and must not call it.
    libvanta.UnusableStore means that its configuration must be corrected, any other exception that the
    store is unavailable. The page token-store of the documentation says what a store must promise.

    It may have one method more, `read(key)`: the record (bytes, or None) without its lock, and never
    a partial one. Then a good token is used even while another process holds the lock.
    """

    name: str

    def try_lock(self, key: str, hold: float) -> bool:
        """Takes the lock of `key`, at once or not at all; it may end after `hold` seconds."""

    def load(self, key: str) -> Optional[bytes]:
        """Returns the record; the lock is held."""

    def save(self, key: str, record: bytes) -> None:
        """Puts the record in its place, whole or not at all; the lock is held."""

    def unlock(self, key: str) -> None:
        """Gives the lock back."""


# -- generated from the table, by how they are given --
_TEXTS = (
    "client_id",
    "client_secret_file",
    "origin",
    "scope",
    "token_store",
    "token_store_group",
    "token_store_password_file",
    "ca_file",
    "proxy",
    "proxy_credentials_file",
    "audit_file",
    "user_agent",
)
_SECRETS = (
    "client_secret",
    "static_token",
    "proxy_credentials",
)
_SWITCHES = (
    "token_from_store_only",
    "strict_token_response",
    "retry_on_401",
    "allow_plain_http_to_loopback",
)
_MILLISECONDS = (
    "deadline",
)
_BITS = {
    "token_requests_per_minute": 32,
    "requests_per_minute": 32,
    "expiry_margin": 64,
    "list_cap": 64,
}
_CHOICES: Dict[str, Type[Any]] = {
    "on_store_unavailable": OnStoreUnavailable,
    "roots": Roots,
}
# -- end of what is generated --


_logger = logging.getLogger("libvanta")
# Silent until the program configures logging.
_logger.addHandler(logging.NullHandler())


def _is_logged() -> bool:
    """Returns whether the program has configured logging. Otherwise nothing is called for events: a
    callback costs time, and is not safe in every interpreter."""
    logger: Optional[logging.Logger] = _logger
    while logger is not None:
        if any(not isinstance(handler, logging.NullHandler) for handler in logger.handlers):
            return True
        logger = logger.parent if logger.propagate else None
    return False


def _heard(listener: Optional[Listener]) -> Callable[[int, bool, str], None]:
    """Returns what the library calls for an event: it goes to the log, and to the listener."""

    def hear(number: int, is_warning: bool, line: str) -> None:
        event = by_number(Event, number) or Event.OTHER
        level = logging.WARNING if is_warning else logging.INFO
        _logger.log(level, "%s", line, extra={"event": event})
        if listener is not None:
            listener(event, is_warning, line)

    return hear


@dataclass(frozen=True)
class Config:
    """The settings of a client. Its repr shows those that are set, and no secret.

    What is None has its default. `environment=True` takes what is not given from the environment
    variables that are named below. Nothing is read or checked until a Client takes it.

    Client id and secret are visible ASCII, without blanks.

    `client_secret_callback` returns the client secret (str or bytes), for a vault. It is called for
    each token request, by several threads at a time, and must not use the client. An exception of its
    fails the call as SecretUnavailable, and is quoted in the error: it must not hold the secret.

    `on_event` gets an Event, whether it is a warning, and a line for a log. Several threads may call it
    at a time, and it must not use the client. Events also go to the logger `libvanta` if the program
    configured logging before it made the client: warnings with the level WARNING and others with INFO.
    The attribute `event` of the log record names the event.

    Settings, generated from the documentation of the settings:
    client_id
        The application's id, `vci_...`. Default: required. Variable: VANTA_CLIENT_ID.
    client_secret
        The application's secret, `vcs_...`. Default: none; one of the three is required. Variable:
        VANTA_CLIENT_SECRET.
    client_secret_file
        A file that holds the client secret, read again for each token request. Default: none; one
        of the three is required. Variable: VANTA_CLIENT_SECRET_FILE.
    client_secret_callback
        A callback that returns the client secret, called for each token request. Default: none;
        one of the three is required.
    origin
        Where the API is served: https, a host, and a path prefix if an API gateway has one.
        Default: `https://api.vanta.com`. Variable: VANTA_ORIGIN.
    scope
        Scopes, separated by spaces. Default: `connectors.self:write-resource
        connectors.self:read-resource`. Variable: VANTA_SCOPE.
    token_store
        Where the access token is stored: `memory`, the absolute path of a file, or a URL
        `rediss://...`. Default: `memory`. Variable: VANTA_TOKEN_STORE.
    token_store_group
        The group that shares the file. Default: none. Variable: VANTA_TOKEN_STORE_GROUP.
    token_store_password_file
        A file that holds the password of Redis. Default: none. Variable:
        VANTA_TOKEN_STORE_PASSWORD_FILE.
    custom_token_store
        A store of your own. Default: none.
    on_store_unavailable
        `fail` or `proceed`: what to do when the store cannot be reached. Default: `fail`.
        Variable: VANTA_ON_STORE_UNAVAILABLE.
    static_token
        A token from outside, never renewed. Default: none.
    token_from_store_only
        Take tokens from the store alone. Default: off.
    token_requests_per_minute
        Token requests a minute of all jobs together, 1 to 5. Default: 4.
    requests_per_minute
        Resource requests a minute of all jobs together, 1 to 20; 0 for a simulator without limits.
        Default: 20. Variable: VANTA_REQUESTS_PER_MINUTE.
    strict_token_response
        A token response without `token_type`, or that grants less, is an error. Default: off.
    retry_on_401
        On a 401, try another token. Default: on.
    ca_file
        PEM file, or folder of such files, of authorities that are trusted besides the roots; in
        its place `SSL_CERT_FILE` and `SSL_CERT_DIR`. Default: none. Variable: VANTA_CA_FILE.
    roots
        `bundled`, `system` or `none`. Default: `bundled`. Variable: VANTA_ROOTS.
    proxy
        `http://host:port`, `environment` (takes `https_proxy` and `no_proxy`) or `none`: see the
        way to Vanta. Default: `none`. Variable: VANTA_PROXY.
    proxy_credentials
        `user:password` for the proxy (Basic authentication). Default: none.
    proxy_credentials_file
        A file that holds `user:password` for the proxy. Default: none. Variable:
        VANTA_PROXY_CREDENTIALS_FILE.
    audit_file
        A file to which receipts are appended. Default: none. Variable: VANTA_AUDIT_FILE.
    user_agent
        Your program's name in the `User-Agent`. Default: none.
    on_event
        The event handler, called with what happens inside calls. Default: none.
    deadline
        How long a call may take in all, in seconds; no token request starts with less than 2 s
        left, so one below 3 s is refused where tokens are requested. Default: 120 s.
    expiry_margin
        How long a token must still live to be used, in seconds. Default: 30 s.
    list_cap
        Largest list response that is read, in bytes. Default: 64 MiB.
    allow_plain_http_to_loopback
        Allows an `http://127.0.0.1` or `http://localhost` origin, for a simulator; the address
        that is connected to must be loopback. Default: off.
    (end of what is generated)
    """

    # -- generated from src/config/table.rs --
    client_id: Optional[str] = None
    client_secret: Optional[str] = field(default=None, repr=False)
    client_secret_file: Optional[Path] = None
    client_secret_callback: Optional[Callable[[], Union[str, bytes]]] = field(default=None, repr=False)
    origin: Optional[str] = None
    scope: Optional[str] = None
    token_store: Optional[str] = field(default=None, repr=False)
    token_store_group: Optional[str] = None
    token_store_password_file: Optional[Path] = None
    custom_token_store: Optional[TokenStore] = None
    on_store_unavailable: Optional[str] = None
    static_token: Optional[str] = field(default=None, repr=False)
    token_from_store_only: Optional[bool] = None
    token_requests_per_minute: Optional[int] = None
    requests_per_minute: Optional[int] = None
    strict_token_response: Optional[bool] = None
    retry_on_401: Optional[bool] = None
    ca_file: Optional[Path] = None
    roots: Optional[str] = None
    proxy: Optional[str] = field(default=None, repr=False)
    proxy_credentials: Optional[str] = field(default=None, repr=False)
    proxy_credentials_file: Optional[Path] = None
    audit_file: Optional[Path] = None
    user_agent: Optional[str] = None
    on_event: Optional[Listener] = field(default=None, repr=False)
    deadline: Optional[float] = None
    expiry_margin: Optional[int] = None
    list_cap: Optional[int] = None
    allow_plain_http_to_loopback: Optional[bool] = None
    # -- end of what is generated --
    environment: bool = False

    def __repr__(self) -> str:
        """Returns the settings that are set, without secrets."""
        shown = (each for each in fields(self) if each.repr or each.name in _URLS)
        values = ((each.name, getattr(self, each.name), each.default) for each in shown)
        given = [(name, value) for name, value, default in values if value is not default]
        words = (f"{name}={(_without_user(value) if name in _URLS else value)!r}" for name, value in given)
        return f"Config({', '.join(words)})"


# Settings that may be a URL with a user and a password.
_URLS = ("token_store", "proxy")


def _without_user(url: Any) -> Any:
    """Returns a URL without its user, its password and what follows a question mark."""
    if not isinstance(url, str) or url.startswith("/"):
        return url
    scheme, separator, rest = url.partition("://")
    if not separator or not scheme.replace("+", "").isalpha():
        scheme, separator, rest = "", "", url
    return scheme + separator + rest.rpartition("@")[2].partition("?")[0]


def _tell_secret(handle: _native.Handle, name: str, secret: Optional[str]) -> None:
    """In a function of its own: what reports exceptions with local variables must not see it."""
    if secret is None:
        return
    if not isinstance(secret, str):
        raise TypeError(f"{name} must be a str, not {type(secret).__name__}")
    try:
        given = secret.encode()
    except UnicodeEncodeError:  # holds the text
        raise ValueError(f"{name} holds a lone surrogate") from None
    status = _native.status_of(f"vanta_config_set_{name}", handle, given, len(given))
    del given, secret
    errors.check(status)


def native(config: Config) -> _native.Handle:
    """Returns the configuration as the library has it; what is malformed raises."""
    _arguments.instance(config, Config, "config")
    handle = _native.new("config")

    def tell(name: str, *values: Any) -> None:
        errors.check(_native.status_of(f"vanta_config_{name}", handle, *values))

    for name in _TEXTS:
        value = getattr(config, name)
        if value is not None:
            take = _arguments.c_path if name.endswith("_file") else _arguments.c_text
            tell(f"set_{name}", take(value, name))
    for name in _SECRETS:
        _tell_secret(handle, name, getattr(config, name))
    for name in _SWITCHES:
        value = getattr(config, name)
        if value is not None:
            tell(f"set_{name}", _arguments.switch(value, name))
    for name, words in _CHOICES.items():
        word = getattr(config, name)
        if word is not None:
            tell(f"set_{name}", number_of(words, word, name))
    for name, bits in _BITS.items():
        number = getattr(config, name)
        if number is not None:
            tell(f"set_{name}", _arguments.count(number, name, bits))
    for name in _MILLISECONDS:
        seconds = getattr(config, name)
        if seconds is not None:
            tell(f"set_{name}_ms", _arguments.milliseconds(seconds, name))
    if config.custom_token_store is not None:
        store = config.custom_token_store
        errors.check(_native.set_custom_store(handle, store, errors.UnusableStore))
    if config.client_secret_callback is not None:
        read = _arguments.function(config.client_secret_callback, "client_secret_callback")
        errors.check(_native.set_secret_callback(handle, read))
    if config.on_event is not None:
        _arguments.function(config.on_event, "on_event")
    if config.on_event is not None or _is_logged():
        errors.check(_native.set_listener(handle, _heard(config.on_event)))
    if config.environment:
        tell("use_environment")
    return handle
