"""Checks values of Python before C gets them: C would take some for others."""

import os
from typing import Any, Callable, Union


def _wrong(name: str, expected: str, given: Any) -> TypeError:
    return TypeError(f"{name} must be {expected}, not {type(given).__name__}")


def milliseconds(seconds: float, name: str = "deadline") -> int:
    if not isinstance(seconds, (int, float)) or isinstance(seconds, bool):
        raise _wrong(name, "a number of seconds", seconds)
    if not 0 <= seconds < 1e12:
        raise ValueError(f"{name} must be a number of seconds, 0 or more")
    return int(seconds * 1000)


def c_text(text: str, name: str) -> bytes:
    if not isinstance(text, str):
        raise _wrong(name, "a str", text)
    if "\0" in text:
        raise ValueError(f"{name} cannot hold a NUL")
    return text.encode()


def c_path(path: Union[str, "os.PathLike[str]"], name: str) -> bytes:
    if not isinstance(path, (str, os.PathLike)):
        raise _wrong(name, "a str or an os.PathLike", path)
    return c_text(os.fspath(path), name)


def data(given: Any, name: str) -> bytes:
    """Returns bytes, or what holds some: bytes(7) would be seven NULs."""
    if not isinstance(given, (bytes, bytearray, memoryview)):
        raise _wrong(name, "bytes", given)
    return bytes(given)


def count(number: int, name: str, bits: int = 64) -> int:
    """Returns a number that C has: it would make a huge one of -1."""
    if not isinstance(number, int) or isinstance(number, bool):
        raise _wrong(name, "an int", number)
    if not 0 <= number < 1 << bits:
        raise ValueError(f"{name} must be 0 or more, and fit into {bits} bits")
    return number


def switch(value: bool, name: str) -> int:
    """Returns 1 or 0: any text would count as true, "false" too."""
    if not isinstance(value, bool):
        raise _wrong(name, "True or False", value)
    return int(value)


def function(given: Any, name: str) -> Callable[..., Any]:
    if not callable(given):
        raise _wrong(name, "a function", given)
    return given  # type: ignore[no-any-return]


def instance(given: Any, kind: type, name: str, advice: str = "") -> Any:
    """Returns what is of the class; otherwise the error says what to do."""
    if not isinstance(given, kind):
        article = "an" if kind.__name__[0] in "AEIO" else "a"
        wrong = _wrong(name, f"{article} {kind.__name__}", given)
        raise TypeError(f"{wrong}{': ' if advice else ''}{advice}")
    return given
