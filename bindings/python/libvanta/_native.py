"""The only file that knows ctypes: how functions of vanta.h are called, and the handles that they give out.

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
from typing import Any, Callable, Dict, List, NoReturn, Optional, Tuple, Type, Union

from ._arguments import data
from ._prototypes import PROTOTYPES

ABI_VERSION = 0

# The bundled library.
_FILE = {"darwin": "libvanta.0.dylib", "win32": "vanta.dll"}.get(sys.platform, "libvanta.so.0")

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


# What _prototypes.py calls them.
_TYPES: Dict[str, Any] = {
    "void": None,
    "double": c_double,
    "int32": c_int32,
    "int64": c_int64,
    "uint32": c_uint32,
    "uint64": c_uint64,
    "size": c_size_t,
    "text": c_char_p,
    "pointer": c_void_p,
    "out_pointer": POINTER(c_void_p),
    "out_size": _SIZE,
    "store": POINTER(_Store),
    "destroy": _DESTROY,
    "event": _EVENT,
    "progress": _PROGRESS,
    "read": _READ,
    "secret": _CLIENT_SECRET,
}


@lru_cache(maxsize=1)
def library() -> CDLL:
    """The library, loaded and described once."""
    path = os.environ.get("LIBVANTA_LIBRARY") or str(Path(__file__).parent / _FILE)
    try:
        loaded = CDLL(path)
        _check_version(loaded, path)
        for name, types in PROTOTYPES.items():
            function = getattr(loaded, name)
            function.restype, *function.argtypes = (_TYPES[each] for each in types.split())
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


# What the library may call, for as long as it may, and what it needs no more. The latter goes at the
# next occasion: a function cannot be freed while it runs.
_called: Dict[int, Any] = {}
_finished: List[int] = []
_numbers = itertools.count(1)


def set_custom_store(config: "Handle", store: Any, unusable: Type[Exception]) -> int:
    """Gives the library a store that is written in Python; an exception of its means "unavailable",
    one of the class `unusable` that its configuration must be corrected."""

    def guarded(work: Callable[[], int]) -> int:
        try:
            return work()
        except unusable:
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


def text(name: str, *arguments: Any) -> Optional[str]:
    """Calls a getter of text, of a handle or of what borrowed() returns."""
    value = _call(name, *arguments)
    return None if value is None else str(value.decode())


def number(name: str, *arguments: Any) -> int:
    """Calls a getter of a number, likewise."""
    return int(_call(name, *arguments))


def sized_text(name: str, *arguments: Any) -> bytes:
    """Calls a getter of text that ends with no NUL, and copies it."""
    size = c_size_t()
    pointer = _call(name, *arguments, byref(size))
    return b"" if pointer is None else string_at(pointer, size.value)


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
    return int(_call("vanta_options_set_progress", call, call.callback, None))


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
    return int(library().vanta_error_code(found)), str(message)


def cancel_set(handle: Handle) -> None:
    _call("vanta_cancel_set", handle)
