"""Checks values of Python before C gets them: C would take some for others."""

import os
from typing import Any, Union


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
