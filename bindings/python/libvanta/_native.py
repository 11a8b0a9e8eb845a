"""The only file that knows ctypes: every function of vanta.h, and the handles that it gives out.

Nothing is loaded before the first use. The bundled library is used, unless the environment variable
LIBVANTA_LIBRARY names another file.
"""

import itertools
import os
import sys
from contextlib import suppress
from ctypes import CDLL, CFUNCTYPE, POINTER, PyDLL, Structure, byref, c_char_p, c_double, c_int32, c_int64
from ctypes import c_size_t, c_ssize_t, c_uint32, c_uint64, c_void_p, create_string_buffer, memmove, sizeof
from ctypes import string_at
from functools import lru_cache
from pathlib import Path
from typing import Any, Callable, Dict, List, NoReturn, Optional, Tuple, Union

ABI_VERSION = 0

_OUT = POINTER(c_void_p)
_SIZE = POINTER(c_size_t)

_TRY_LOCK = CFUNCTYPE(c_int32, c_void_p, c_char_p, c_uint64)
_LOAD = CFUNCTYPE(c_int32, c_void_p, c_char_p, c_void_p, c_size_t, _SIZE)
_SAVE = CFUNCTYPE(c_int32, c_void_p, c_char_p, c_void_p, c_size_t)
_UNLOCK = CFUNCTYPE(None, c_void_p, c_char_p)
_DESTROY = CFUNCTYPE(None, c_void_p)
_EVENT = CFUNCTYPE(None, c_int32, c_int32, c_char_p, c_void_p)
_CLIENT_SECRET = CFUNCTYPE(c_int32, c_void_p, c_size_t, _SIZE, c_void_p, c_size_t, c_void_p)
_PROGRESS = CFUNCTYPE(None, c_uint64, c_uint64, c_size_t, c_void_p)
_READ = CFUNCTYPE(c_ssize_t, c_void_p, c_size_t, c_void_p)


class _Store(Structure):
    """A vanta_store: functions of Python behind pointers of C."""

    _fields_ = [
        ("size", c_size_t),
        ("name", c_char_p),
        ("try_lock", _TRY_LOCK),
        ("load", _LOAD),
        ("save", _SAVE),
        ("unlock", _UNLOCK),
        ("destroy", _DESTROY),
        ("read", _LOAD),
    ]


PROTOTYPES: Dict[str, Tuple[Any, List[Any]]] = {
    # -- generated from include/vanta.h --
    "vanta_abi_version": (c_uint32, []),
    "vanta_body_count": (c_size_t, [c_void_p]),
    "vanta_body_free": (None, [c_void_p]),
    "vanta_body_from_file": (c_int32, [c_char_p, _OUT, _OUT]),
    "vanta_body_from_json_array": (c_int32, [c_char_p, c_char_p, c_size_t, _OUT, _OUT]),
    "vanta_body_from_ndjson": (c_int32, [c_char_p, c_char_p, c_size_t, _OUT, _OUT]),
    "vanta_body_from_ndjson_file": (c_int32, [c_char_p, c_char_p, _OUT, _OUT]),
    "vanta_body_from_ndjson_reader": (c_int32, [c_char_p, _READ, c_void_p, _OUT, _OUT]),
    "vanta_body_from_reader": (c_int32, [_READ, c_void_p, _OUT, _OUT]),
    "vanta_body_from_request": (c_int32, [c_char_p, c_size_t, _OUT, _OUT]),
    "vanta_body_resource_id": (c_char_p, [c_void_p]),
    "vanta_body_size": (c_size_t, [c_void_p]),
    "vanta_call_add_components": (c_int32, [c_void_p, c_void_p]),
    "vanta_call_allow_any_removals": (c_int32, [c_void_p]),
    "vanta_call_allow_empty": (c_int32, [c_void_p]),
    "vanta_call_expect_removals": (c_int32, [c_void_p, c_size_t]),
    "vanta_call_free": (None, [c_void_p]),
    "vanta_call_new": (c_int32, [_OUT]),
    "vanta_call_set_baseline": (c_int32, [c_void_p, c_void_p]),
    "vanta_call_set_baseline_from_audit": (c_int32, [c_void_p, c_char_p, c_char_p, c_char_p, _OUT]),
    "vanta_call_set_cancel": (c_int32, [c_void_p, c_void_p]),
    "vanta_call_set_custom_properties": (c_int32, [c_void_p, c_char_p, c_size_t, _OUT]),
    "vanta_call_set_deadline_ms": (c_int32, [c_void_p, c_uint64]),
    "vanta_call_set_live_components": (c_int32, [c_void_p, c_char_p]),
    "vanta_call_set_progress": (c_int32, [c_void_p, _PROGRESS, c_void_p]),
    "vanta_call_set_rule": (c_int32, [c_void_p, c_int32, c_int32]),
    "vanta_call_set_schema": (c_int32, [c_void_p, c_char_p, c_size_t, _OUT]),
    "vanta_cancel_free": (None, [c_void_p]),
    "vanta_cancel_new": (c_int32, [_OUT]),
    "vanta_cancel_now": (None, [c_void_p]),
    "vanta_check": (c_int32, [c_char_p, c_void_p, c_void_p, _OUT, _OUT]),
    "vanta_client_free": (None, [c_void_p]),
    "vanta_client_new": (c_int32, [c_void_p, _OUT, _OUT]),
    "vanta_client_snapshot": (c_int32, [c_void_p, _OUT, _OUT]),
    "vanta_config_allow_plain_http_to_loopback": (c_int32, [c_void_p]),
    "vanta_config_free": (None, [c_void_p]),
    "vanta_config_leave_401_to_caller": (c_int32, [c_void_p]),
    "vanta_config_never_mint": (c_int32, [c_void_p]),
    "vanta_config_new": (c_int32, [_OUT]),
    "vanta_config_on_event": (c_int32, [c_void_p, _EVENT, c_void_p, _DESTROY]),
    "vanta_config_set_application": (c_int32, [c_void_p, c_char_p]),
    "vanta_config_set_audit_file": (c_int32, [c_void_p, c_char_p]),
    "vanta_config_set_ca_file": (c_int32, [c_void_p, c_char_p]),
    "vanta_config_set_client_id": (c_int32, [c_void_p, c_char_p]),
    "vanta_config_set_client_secret": (c_int32, [c_void_p, c_char_p, c_size_t]),
    "vanta_config_set_client_secret_callback": (c_int32, [c_void_p, _CLIENT_SECRET, c_void_p, _DESTROY]),
    "vanta_config_set_client_secret_file": (c_int32, [c_void_p, c_char_p]),
    "vanta_config_set_custom_token_store": (c_int32, [c_void_p, POINTER(_Store), c_void_p]),
    "vanta_config_set_deadline_ms": (c_int32, [c_void_p, c_uint64]),
    "vanta_config_set_fixed_token": (c_int32, [c_void_p, c_char_p, c_size_t]),
    "vanta_config_set_list_cap": (c_int32, [c_void_p, c_uint64]),
    "vanta_config_set_margin": (c_int32, [c_void_p, c_uint64]),
    "vanta_config_set_mint_budget": (c_int32, [c_void_p, c_uint32]),
    "vanta_config_set_origin": (c_int32, [c_void_p, c_char_p]),
    "vanta_config_set_proxy": (c_int32, [c_void_p, c_char_p]),
    "vanta_config_set_proxy_credentials": (c_int32, [c_void_p, c_char_p, c_size_t]),
    "vanta_config_set_proxy_credentials_file": (c_int32, [c_void_p, c_char_p]),
    "vanta_config_set_request_budget": (c_int32, [c_void_p, c_uint32]),
    "vanta_config_set_roots": (c_int32, [c_void_p, c_int32]),
    "vanta_config_set_scope": (c_int32, [c_void_p, c_char_p]),
    "vanta_config_set_token_store": (c_int32, [c_void_p, c_char_p]),
    "vanta_config_set_token_store_group": (c_int32, [c_void_p, c_char_p]),
    "vanta_config_set_token_store_password_file": (c_int32, [c_void_p, c_char_p]),
    "vanta_config_set_when_store_is_away": (c_int32, [c_void_p, c_int32]),
    "vanta_config_strict_token_answers": (c_int32, [c_void_p]),
    "vanta_config_use_environment": (c_int32, [c_void_p]),
    "vanta_error_attempts": (c_uint32, [c_void_p]),
    "vanta_error_cause": (c_void_p, [c_void_p]),
    "vanta_error_excerpt": (c_char_p, [c_void_p]),
    "vanta_error_fault_count": (c_size_t, [c_void_p]),
    "vanta_error_fault_index": (c_int64, [c_void_p, c_size_t]),
    "vanta_error_fault_message": (c_char_p, [c_void_p, c_size_t]),
    "vanta_error_fault_pointer": (c_char_p, [c_void_p, c_size_t]),
    "vanta_error_fault_unique_id": (c_char_p, [c_void_p, c_size_t]),
    "vanta_error_free": (None, [c_void_p]),
    "vanta_error_http_status": (c_int32, [c_void_p]),
    "vanta_error_is_remembered": (c_int32, [c_void_p]),
    "vanta_error_is_retryable": (c_int32, [c_void_p]),
    "vanta_error_message": (c_char_p, [c_void_p]),
    "vanta_error_oauth_error": (c_char_p, [c_void_p]),
    "vanta_error_request_id": (c_char_p, [c_void_p]),
    "vanta_error_retry_after_ms": (c_int64, [c_void_p]),
    "vanta_error_status": (c_int32, [c_void_p]),
    "vanta_error_step": (c_int32, [c_void_p]),
    "vanta_faults_count": (c_size_t, [c_void_p]),
    "vanta_faults_free": (None, [c_void_p]),
    "vanta_faults_index": (c_int64, [c_void_p, c_size_t]),
    "vanta_faults_message": (c_char_p, [c_void_p, c_size_t]),
    "vanta_faults_pointer": (c_char_p, [c_void_p, c_size_t]),
    "vanta_faults_unique_id": (c_char_p, [c_void_p, c_size_t]),
    "vanta_list": (c_int32, [c_void_p, c_char_p, c_char_p, c_void_p, _OUT, _OUT]),
    "vanta_listing_count": (c_size_t, [c_void_p]),
    "vanta_listing_each": (c_int32, [c_void_p, c_void_p, c_void_p, _OUT]),
    "vanta_listing_free": (None, [c_void_p]),
    "vanta_listing_json": (c_int32, [c_void_p, c_char_p, c_size_t, _SIZE, _OUT]),
    "vanta_listing_live_count": (c_size_t, [c_void_p]),
    "vanta_not_comparable_count": (c_size_t, [c_void_p]),
    "vanta_not_comparable_pointer": (c_char_p, [c_void_p, c_size_t]),
    "vanta_not_comparable_records": (c_size_t, [c_void_p, c_size_t]),
    "vanta_plan_added": (c_size_t, [c_void_p]),
    "vanta_plan_changed": (c_size_t, [c_void_p]),
    "vanta_plan_free": (None, [c_void_p]),
    "vanta_plan_is_empty": (c_int32, [c_void_p]),
    "vanta_plan_is_refused": (c_int32, [c_void_p]),
    "vanta_plan_json": (c_char_p, [c_void_p]),
    "vanta_plan_new": (c_int32, [c_void_p, c_char_p, c_void_p, c_void_p, _OUT, _OUT]),
    "vanta_plan_not_comparable": (c_void_p, [c_void_p]),
    "vanta_plan_removed": (c_size_t, [c_void_p]),
    "vanta_plan_text": (c_char_p, [c_void_p]),
    "vanta_plan_unchanged": (c_size_t, [c_void_p]),
    "vanta_push": (c_int32, [c_void_p, c_char_p, c_void_p, c_void_p, _OUT, _OUT]),
    "vanta_receipt_application": (c_char_p, [c_void_p]),
    "vanta_receipt_attempts": (c_uint32, [c_void_p]),
    "vanta_receipt_bytes": (c_uint64, [c_void_p]),
    "vanta_receipt_free": (None, [c_void_p]),
    "vanta_receipt_from_json": (c_int32, [c_char_p, c_size_t, _OUT, _OUT]),
    "vanta_receipt_http_status": (c_int32, [c_void_p]),
    "vanta_receipt_is_audited": (c_int32, [c_void_p]),
    "vanta_receipt_json": (c_char_p, [c_void_p]),
    "vanta_receipt_kind": (c_char_p, [c_void_p]),
    "vanta_receipt_line": (c_char_p, [c_void_p]),
    "vanta_receipt_not_comparable": (c_void_p, [c_void_p]),
    "vanta_receipt_origin": (c_char_p, [c_void_p]),
    "vanta_receipt_proof": (c_int32, [c_void_p]),
    "vanta_receipt_records": (c_size_t, [c_void_p]),
    "vanta_receipt_removed": (c_int64, [c_void_p]),
    "vanta_receipt_request_id": (c_char_p, [c_void_p]),
    "vanta_receipt_resource_id": (c_char_p, [c_void_p]),
    "vanta_receipt_sha256": (c_char_p, [c_void_p]),
    "vanta_receipt_time": (c_char_p, [c_void_p]),
    "vanta_receipt_token_generation": (c_uint64, [c_void_p]),
    "vanta_receipt_upload_id": (c_char_p, [c_void_p]),
    "vanta_receipt_warnings": (c_void_p, [c_void_p]),
    "vanta_records_begin": (c_int32, [c_void_p]),
    "vanta_records_begin_array": (c_int32, [c_void_p, c_char_p]),
    "vanta_records_begin_object": (c_int32, [c_void_p, c_char_p]),
    "vanta_records_boolean": (c_int32, [c_void_p, c_char_p, c_int32]),
    "vanta_records_end": (c_int32, [c_void_p]),
    "vanta_records_finish": (c_int32, [c_void_p, _OUT, _OUT]),
    "vanta_records_free": (None, [c_void_p]),
    "vanta_records_integer": (c_int32, [c_void_p, c_char_p, c_int64]),
    "vanta_records_json": (c_int32, [c_void_p, c_char_p, c_char_p, c_size_t]),
    "vanta_records_new": (c_int32, [c_char_p, _OUT, _OUT]),
    "vanta_records_null": (c_int32, [c_void_p, c_char_p]),
    "vanta_records_number": (c_int32, [c_void_p, c_char_p, c_double]),
    "vanta_records_string": (c_int32, [c_void_p, c_char_p, c_char_p, c_size_t]),
    "vanta_records_text": (c_int32, [c_void_p, c_char_p, c_char_p]),
    "vanta_records_timestamp_ms": (c_int32, [c_void_p, c_char_p, c_int64]),
    "vanta_snapshot_free": (None, [c_void_p]),
    "vanta_snapshot_last_error": (c_char_p, [c_void_p]),
    "vanta_snapshot_line": (c_char_p, [c_void_p]),
    "vanta_snapshot_number": (c_int64, [c_void_p, c_int32]),
    "vanta_snapshot_scope": (c_char_p, [c_void_p]),
    "vanta_snapshot_store": (c_char_p, [c_void_p]),
    "vanta_snapshot_store_trouble": (c_char_p, [c_void_p]),
    "vanta_status_action": (c_int32, [c_int32]),
    "vanta_status_text": (c_char_p, [c_int32]),
    "vanta_token": (c_int32, [c_void_p, c_void_p, c_char_p, c_size_t, _SIZE, _OUT]),
    "vanta_token_refused": (c_int32, [c_void_p, c_char_p, c_size_t]),
    "vanta_token_serial": (c_uint64, [c_void_p]),
    "vanta_token_valid_for": (c_int32, [c_void_p, c_uint64, c_void_p, c_char_p, c_size_t, _SIZE, _OUT]),
    "vanta_upload": (c_int32, [c_void_p, c_char_p, c_char_p, c_char_p, c_char_p, c_void_p, _OUT, _OUT]),
    "vanta_verify": (c_int32, [c_void_p, c_char_p, c_void_p, c_void_p, _OUT, _OUT]),
    "vanta_version": (c_char_p, []),
    "vanta_wipe": (None, [c_void_p, c_size_t]),
    # -- end of what is generated --
}


@lru_cache(maxsize=1)
def library() -> CDLL:
    """The library, loaded and described once."""
    bundled = Path(__file__).parent / "libvanta.so.0"
    path = os.environ.get("LIBVANTA_LIBRARY") or str(bundled)
    try:
        loaded = CDLL(path)
        _check_version(loaded, path)
        for name, (result, arguments) in PROTOTYPES.items():
            function = getattr(loaded, name)
            function.restype = result
            function.argtypes = arguments
    except OSError as error:
        raise ImportError(f"the library cannot be loaded: {error}", path=path) from None
    except AttributeError as error:  # one that is older than this package, or none of ours
        raise ImportError(f"{path} is not the library of this package: {error}", path=path) from None
    return loaded


def _check_version(loaded: CDLL, path: str) -> None:
    """Before anything else is called: what else there is, the version says."""
    loaded.vanta_abi_version.restype, loaded.vanta_abi_version.argtypes = c_uint32, []
    found = loaded.vanta_abi_version()
    if found != ABI_VERSION:
        words = f"{path} has ABI version {found}, this package needs {ABI_VERSION}"
        raise ImportError(words, path=path)


class _Pointer(c_void_p):
    """Frees what it points to when nobody has it any more: no handle, and no call that runs.

    Not while the interpreter ends: the library might call functions that are gone already, and the
    memory goes with the process."""

    free: Any = None

    def __del__(self, is_over: Callable[[], bool] = sys.is_finalizing) -> None:
        if self and self.free is not None and not is_over():
            self.free(self)


class Handle:
    """Owns a handle of the library's; a call that is inside the library keeps it until it returns."""

    def __init__(self, noun: str, pointer: c_void_p) -> None:
        self.noun = noun
        self.pointer: Optional[_Pointer] = _Pointer(pointer.value)
        self.pointer.free = getattr(library(), f"vanta_{noun}_free")
        self.callback: Any = None  # lives as long as the handle that may call it
        self.cancel: Any = None  # the handle of the switch that ends the call
        self.interrupt: Optional[BaseException] = None  # what ended the callback, such as Ctrl-C

    def get(self) -> c_void_p:
        pointer = self.pointer
        if pointer is None:
            raise ValueError(f"this {self.noun} is closed")
        return pointer

    def close(self) -> None:
        self.pointer = None


def uncopied(given: Any) -> NoReturn:
    """The __reduce__ of what holds a handle: a second owner would free it a second time."""
    words = "cannot be pickled or copied, since it belongs to this process: make another one"
    raise TypeError(f"a {type(given).__name__} {words}")


def _call(name: str, *arguments: Any) -> Any:
    """Calls a function. Nothing but the call itself holds the pointers of its handles: a traceback
    that somebody keeps must not keep a secret."""
    handed = (each.get() if isinstance(each, Handle) else each for each in arguments)
    return getattr(library(), name)(*handed)


Raise = Callable[[int, Handle], None]

_DONE, _BUSY, _AWAY, _UNUSABLE = 0, 1, 2, 3


class UnusableStore(Exception):
    """A store raises this when its configuration must be corrected before it can be used."""


# What the library may call, for as long as it may, and what it needs no more. The latter goes at the
# next occasion: a function cannot be freed while it runs.
_called: Dict[int, Any] = {}
_finished: List[int] = []
_numbers = itertools.count(1)


def set_custom_store(config: "Handle", store: Any) -> int:
    """Gives the library a store that is written in Python; an exception of its means "away"."""

    def guarded(work: Callable[[], int]) -> int:
        try:
            return work()
        except UnusableStore:
            return _UNUSABLE
        except BaseException:  # an interrupt too: without an answer the library would read garbage
            return _AWAY

    def try_lock(_: Any, key: bytes, hold_ms: int) -> int:
        def work() -> int:
            return _DONE if store.try_lock(key.decode(), hold_ms / 1000) else _BUSY

        return guarded(work)

    def copies(method: Callable[[str], Optional[bytes]]) -> Any:
        def copy(_: Any, key: bytes, record: Any, room: int, size: Any) -> int:
            def work() -> int:
                found = bytes(method(key.decode()) or b"")
                size[0] = len(found)
                if len(found) <= room:
                    memmove(record, found, len(found))
                return _DONE

            return guarded(work)

        return _LOAD(copy)

    def save(_: Any, key: bytes, record: Any, size: int) -> int:
        def work() -> int:
            store.save(key.decode(), string_at(record, size))
            return _DONE

        return guarded(work)

    def unlock(_: Any, key: bytes) -> None:
        def work() -> int:
            store.unlock(key.decode())
            return _DONE

        guarded(work)

    given = _Store(
        sizeof(_Store),
        str(store.name).encode(),
        _TRY_LOCK(try_lock),
        copies(store.load),
        _SAVE(save),
        _UNLOCK(unlock),
        _forget,
        # Without it, the record is read under the lock.
        copies(read) if (read := getattr(store, "read", None)) is not None else _LOAD(),
    )
    name = "vanta_config_set_custom_token_store"
    return _give(given, lambda number: _call(name, config, byref(given), number))


def set_listener(config: "Handle", listener: Callable[[int, bool, str], None]) -> int:
    """Has `listener` told what happens inside calls; what it raises is shown as unraisable."""

    def told(event: int, is_warning: int, line: bytes, _: Any) -> None:
        listener(event, is_warning == 1, line.decode())

    callback = _EVENT(told)
    name = "vanta_config_on_event"
    return _give(callback, lambda number: _call(name, config, callback, number, _forget))


def set_secret_callback(config: "Handle", read: Callable[[], Union[str, bytes]]) -> int:
    """Has `read` called for the client secret; an exception of its is quoted in the error."""

    def copy(secret: Any, room: int, size: Any, reason: Any, reason_room: int, _: Any) -> int:
        try:
            given = read()
            found = given.encode() if isinstance(given, str) else data(given, "the client secret")
            size[0] = len(found)
            memmove(secret, found, min(len(found), room))
            return 0
        except UnicodeEncodeError:  # its words hold the text
            words = b"the client secret holds a lone surrogate"
        except BaseException as error:  # an interrupt too: without an answer there is no secret
            words = f"{type(error).__name__}: {error}".encode(errors="replace")[: reason_room - 1]
        memmove(reason, words + b"\0", len(words) + 1)
        return 1

    callback = _CLIENT_SECRET(copy)
    name = "vanta_config_set_client_secret_callback"
    return _give(callback, lambda number: _call(name, config, callback, number, _forget))


_forget = _DESTROY(_finished.append)


def _give(called: Any, give: Callable[[int], int]) -> int:
    """Keeps what the library may call until it says that it needs it no more."""
    while _finished:
        # Another thread may do the same; a lock might be held when the process forks.
        with suppress(IndexError):
            _called.pop(_finished.pop(), None)
    number = next(_numbers)
    _called[number] = called
    status = int(give(number))
    if status != _DONE:
        del _called[number]
    return status


def new(noun: str) -> Handle:
    """A config, a call or a cancel switch."""
    pointer = c_void_p()
    _call(f"vanta_{noun}_new", byref(pointer))
    return Handle(noun, pointer)


def status_of(name: str, *arguments: Any) -> int:
    """Calls a function that has no error output."""
    return int(_call(name, *arguments))


def make(noun: str, raise_error: Raise, name: str, *arguments: Any) -> Handle:
    """Calls a function that gives out a handle and an error."""
    pointer, error = c_void_p(), c_void_p()
    status = _call(name, *arguments, byref(pointer), byref(error))
    if status != 0:
        raise_error(status, Handle("error", error))
    return Handle(noun, pointer)


def told(raise_error: Raise, name: str, *arguments: Any) -> None:
    """Calls a function that gives out nothing but an error."""
    error = c_void_p()
    status = _call(name, *arguments, byref(error))
    if status != 0:
        raise_error(status, Handle("error", error))


def fill(raise_error: Raise, size: int, name: str, *arguments: Any) -> str:
    """Calls a function that copies text into a buffer, with a larger one when it asks for it."""
    too_small = -3
    while True:
        buffer, needed, error = create_string_buffer(size), c_size_t(), c_void_p()
        status = _call(name, *arguments, buffer, size, byref(needed), byref(error))
        held = Handle("error", error)
        if status == 0:
            text = buffer.value.decode()
            library().vanta_wipe(buffer, size)
            return text
        if status != too_small or needed.value <= size:
            raise_error(status, held)
        size = needed.value


@lru_cache(maxsize=1)
def serial_function() -> Callable[[Optional[c_void_p]], int]:
    """vanta_token_serial(), which waits for nothing: the interpreter's lock is kept, and no types are
    looked at, since that takes longer than all the rest."""
    function: Any = PyDLL(None, handle=library()._handle)["vanta_token_serial"]
    function.restype = c_uint64
    return function  # type: ignore[no-any-return]


def text(name: str, handle: Handle, *arguments: Any) -> Optional[str]:
    """Calls a getter of text."""
    value = _call(name, handle, *arguments)
    return None if value is None else str(value.decode())


def number(name: str, handle: Handle, *arguments: Any) -> int:
    """Calls a getter of a number."""
    return int(_call(name, handle, *arguments))


Told = Tuple[int, Optional[str], Optional[str], Optional[str]]


def faults(error: Handle) -> List[Told]:
    """Index, uniqueId, JSON pointer and words of each fault."""
    return _told("vanta_error_fault", "vanta_error_fault_count", error)


def warnings(pointer: Any) -> List[Told]:
    """The same of a list of warnings, which may be borrowed."""
    return _told("vanta_faults", "vanta_faults_count", pointer)


def _told(prefix: str, count: str, pointer: Any) -> List[Told]:

    def words(name: str, i: int) -> Optional[str]:
        value = _call(f"{prefix}_{name}", pointer, i)
        return None if value is None else str(value.decode())

    def told(i: int) -> Told:
        index = int(_call(f"{prefix}_index", pointer, i))
        return index, words("unique_id", i), words("pointer", i), words("message", i)

    return [told(i) for i in range(_call(count, pointer))]


def not_comparable(pointer: Any) -> List[Tuple[str, int]]:
    """JSON pointer and number of records of each member that could not be compared."""

    def member(i: int) -> Tuple[str, int]:
        value = _call("vanta_not_comparable_pointer", pointer, i)
        return str(value.decode()), int(_call("vanta_not_comparable_records", pointer, i))

    return [member(i) for i in range(_call("vanta_not_comparable_count", pointer))]


def borrowed(name: str, handle: Handle) -> Any:
    """Calls a getter of a handle that is freed with this one."""
    return _call(name, handle)


def set_progress(call: Handle, progress: Callable[[int, int, int], None]) -> int:
    """Has `progress` called with bytes sent, bytes in all, and records. What it raises is shown as
    Python shows it of destructors; an interrupt waits in `call.interrupt` for the end of the call."""

    def told(sent: int, total: int, records: int, _: Any) -> None:
        try:
            progress(sent, total, records)
        except Exception:
            raise
        except BaseException as error:
            call.interrupt = error

    call.callback = _PROGRESS(told)
    return int(_call("vanta_call_set_progress", call, call.callback, None))


def body_of_reader(raise_error: Raise, name: str, read: Callable[[int], bytes], *before: Any) -> Handle:
    """Makes a body from what a binary file or the like gives; what it raises is raised."""
    failed: List[BaseException] = []

    def next_bytes(buffer: int, size: int, _: Any) -> int:
        try:
            found = data(read(size), "what read() gives")
            memmove(buffer, found, min(len(found), size))
            return len(found)
        except BaseException as error:  # without an answer the library would read garbage
            failed.append(error)
            return -1

    try:
        return make("body", raise_error, name, *before, _READ(next_bytes), None)
    except Exception:
        if failed:
            raise failed[0] from None
        raise


def cause(error: Handle) -> Tuple[Optional[int], Optional[str]]:
    """Status and message of the error before this one; it is freed with this one."""
    found = _call("vanta_error_cause", error)
    if not found:
        return None, None
    message = library().vanta_error_message(found).decode()
    return int(library().vanta_error_status(found)), str(message)


def version() -> str:
    return str(library().vanta_version().decode())


def status_text(status: int) -> str:
    return str(library().vanta_status_text(status).decode())


def action(status: int) -> int:
    return int(library().vanta_status_action(status))


def cancel_now(handle: Handle) -> None:
    _call("vanta_cancel_now", handle)


def milliseconds(seconds: float) -> int:
    if not 0 <= seconds < 1e12:
        raise ValueError("a deadline is a number of seconds, 0 or more")
    return int(seconds * 1000)


def c_text(text: str) -> bytes:
    if not isinstance(text, str):
        raise TypeError(f"a text for libvanta is a str, not {type(text).__name__}")
    if "\0" in text:
        raise ValueError("a text for libvanta cannot hold a NUL")
    return text.encode()


def c_path(path: Union[str, "os.PathLike[str]"]) -> bytes:
    return c_text(os.fspath(path))


def data(given: Any, name: str) -> bytes:
    """Bytes, or what holds some: bytes(7) would be seven NULs."""
    if not isinstance(given, (bytes, bytearray, memoryview)):
        raise TypeError(f"{name} must be bytes, not {type(given).__name__}")
    return bytes(given)


def count(number: int, name: str, bits: int = 64) -> int:
    """A number that C has: it would make a huge one of -1."""
    if not isinstance(number, int) or isinstance(number, bool):
        raise TypeError(f"{name} must be an int, not {type(number).__name__}")
    if not 0 <= number < 1 << bits:
        raise ValueError(f"{name} must be 0 or more, and fit into {bits} bits")
    return number
