"""How to reach Vanta, and where the token is kept."""

from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Optional, Protocol, Type, Union

from . import _arguments, _native, errors
from .words import Event, OnStoreUnavailable, Roots, by_number, number_of


class TokenStore(Protocol):
    """A token store of your own: a place for the record that all jobs of an application share.

    Its methods are called by threads that are inside a call of the library, and must not call it.
    UnusableStore means that its configuration must be corrected, any other exception that the store
    is unavailable. The page token-store of the documentation says what a store must promise.

    It may have one method more, `read(key)`: the record (bytes, or None) without its lock, and never
    a partial one. Then a good token is used even while another process holds the lock.
    """

    name: str

    def try_lock(self, key: str, hold: float) -> bool:
        """Takes the lock of `key`, at once or not at all; it may end after `hold` seconds."""

    def load(self, key: str) -> Optional[bytes]:
        """The record; the lock is held."""

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


def _named(listener: Callable[[str, bool, str], None]) -> Callable[[int, bool, str], None]:
    def told(event: int, is_warning: bool, line: str) -> None:
        listener(by_number(Event, event) or Event.OTHER, is_warning, line)

    return told


@dataclass(frozen=True)
class Config:
    """How to reach Vanta, as whom, and how patiently. Its repr shows no secret.

    Client id and secret are visible ASCII, without blanks. `deadline` is in seconds: no token request
    starts with less than 2 s left, so one below 3 s is refused where tokens are requested.

    `client_secret_callback` returns the client secret (str or bytes), for a vault. It is called for
    each token request, by several threads at a time, and must not use the client. An exception of its
    fails the call as RetryLater, and is quoted in the error: it must not hold the secret.

    `origin` is https, a host, and the path prefix of an API gateway if there is one.

    `on_event` is told what happens inside calls: which event, whether it is a warning, and a line for
    a log. Several threads may call it at a time, and it must not use the client.
    """

    # -- generated from src/config/table.rs --
    client_id: Optional[str] = None
    client_secret: Optional[str] = field(default=None, repr=False)
    client_secret_file: Optional[str] = None
    client_secret_callback: Optional[Callable[[], Union[str, bytes]]] = field(default=None, repr=False)
    origin: Optional[str] = None
    scope: Optional[str] = None
    token_store: Optional[str] = field(default=None, repr=False)
    token_store_group: Optional[str] = None
    token_store_password_file: Optional[str] = None
    custom_token_store: Optional[TokenStore] = None
    on_store_unavailable: Optional[str] = None
    static_token: Optional[str] = field(default=None, repr=False)
    token_from_store_only: Optional[bool] = None
    token_requests_per_minute: Optional[int] = None
    requests_per_minute: Optional[int] = None
    strict_token_response: Optional[bool] = None
    retry_on_401: Optional[bool] = None
    ca_file: Optional[str] = None
    roots: Optional[str] = None
    proxy: Optional[str] = field(default=None, repr=False)
    proxy_credentials: Optional[str] = field(default=None, repr=False)
    proxy_credentials_file: Optional[str] = None
    audit_file: Optional[str] = None
    user_agent: Optional[str] = None
    on_event: Optional[Callable[[str, bool, str], None]] = field(default=None, repr=False)
    deadline: Optional[float] = None
    expiry_margin: Optional[int] = None
    list_cap: Optional[int] = None
    allow_plain_http_to_loopback: Optional[bool] = None
    # -- end of what is generated --
    environment: bool = False


def _tell_secret(handle: _native.Handle, name: str, secret: Optional[str]) -> None:
    """In a function of its own: what reports exceptions with local variables must not see it."""
    if secret is None:
        return
    try:
        given = secret.encode()
    except UnicodeEncodeError:  # holds the text
        raise ValueError(f"{name} holds a lone surrogate") from None
    status = _native.status_of(f"vanta_config_set_{name}", handle, given, len(given))
    del given, secret
    errors.check(status)


def native(config: Config) -> _native.Handle:
    """The configuration as the library has it; what is malformed raises."""
    handle = _native.new("config")

    def tell(name: str, *values: Any) -> None:
        errors.check(_native.status_of(f"vanta_config_{name}", handle, *values))

    for name in _TEXTS:
        value = getattr(config, name)
        if value is not None:
            tell(f"set_{name}", _arguments.c_text(str(value)))
    for name in _SECRETS:
        _tell_secret(handle, name, getattr(config, name))
    for name in _SWITCHES:
        value = getattr(config, name)
        if value is not None:
            tell(f"set_{name}", int(bool(value)))
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
            tell(f"set_{name}_ms", _arguments.milliseconds(seconds))
    if config.custom_token_store is not None:
        errors.check(_native.set_custom_store(handle, config.custom_token_store))
    if config.client_secret_callback is not None:
        errors.check(_native.set_secret_callback(handle, config.client_secret_callback))
    if config.on_event is not None:
        errors.check(_native.set_listener(handle, _named(config.on_event)))
    if config.environment:
        tell("use_environment")
    return handle
