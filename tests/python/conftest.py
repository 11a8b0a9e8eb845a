"""What the tests of the installed package share. They are run by .ci/check-python-package, in an environment that
points to a simulator."""

import os
import socket
import subprocess
import sys
import threading
import time
from typing import Any, Callable, Dict, Iterator

import pytest

import libvanta

RESOURCE = "66f0c0ffee0000000000a001"


@pytest.fixture
def client() -> Iterator[libvanta.Client]:
    with libvanta.Client(libvanta.Config(environment=True)) as made:
        yield made


@pytest.fixture
def silent() -> Iterator[Dict[str, Any]]:
    """Settings for a server that takes every request and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as server:
        origin = f"http://127.0.0.1:{server.getsockname()[1]}"
        settings = {"client_id": "vci_x", "allow_plain_http_to_loopback": True, "requests_per_minute": 0}
        yield {"origin": origin, **settings}


@pytest.fixture
def waiting(silent: Dict[str, Any]) -> Iterator[libvanta.Client]:
    """A client whose calls wait for that server; it has a token already."""
    with libvanta.Client(libvanta.Config(static_token="vat_x", **silent)) as made:
        yield made


def run(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Another Python; what it writes on stderr is a failure."""
    command = [sys.executable, "-X", "dev", "-W", "error", *words]
    ended = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60
    )
    assert (ended.returncode, ended.stderr) == (0, ""), ended
    return ended


def soon(is_so: Callable[[], bool]) -> None:
    """Waits until something is so that another thread does."""
    for _ in range(1000):
        if is_so():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come to be")


def inside(work: Callable[[], Any]) -> threading.Thread:
    """A thread that does some work, which is inside the library when this returns."""
    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.3)
    assert thread.is_alive()
    return thread
