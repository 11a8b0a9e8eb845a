"""Fixtures of the tests of the installed package. .ci/check-python-package runs them in an environment that points to a
simulator."""

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
def hanging() -> Iterator[Dict[str, Any]]:
    """Settings for a server that accepts connections and never responds."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as server:
        origin = f"http://127.0.0.1:{server.getsockname()[1]}"
        settings = {"client_id": "vci_x", "allow_plain_http_to_loopback": True, "requests_per_minute": 0}
        yield {"origin": origin, **settings}


@pytest.fixture
def waiting(hanging: Dict[str, Any]) -> Iterator[libvanta.Client]:
    """A client with a static token whose calls wait for that server."""
    with libvanta.Client(libvanta.Config(static_token="vat_x", **hanging)) as made:
        yield made


def run(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Runs another interpreter. Output on stderr is a failure."""
    command = [sys.executable, "-X", "dev", "-W", "error", *words]
    ended = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60
    )
    assert (ended.returncode, ended.stderr) == (0, ""), ended
    return ended


def wait_until(holds: Callable[[], bool]) -> None:
    """Waits until a condition holds that another thread changes."""
    for _ in range(1000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("the condition did not become true")


def start_call(work: Callable[[], Any]) -> threading.Thread:
    """Starts a thread that makes a call, and returns while the thread is inside the library."""
    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.3)
    assert thread.is_alive()
    return thread
