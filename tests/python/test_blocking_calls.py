"""Checks calls that block: other threads run meanwhile, and signals end the call."""

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, Type

import pytest
from conftest import RESOURCE

import libvanta
from libvanta import Body, Client, Config, _native


def body() -> Body:
    return Body.from_ndjson(RESOURCE, b'{"uniqueId":"a"}\n')


CALLS: Dict[str, Callable[[Client, Path], Any]] = {
    "token": lambda client, file: client.token(),
    "list": lambda client, file: client.list("user_account", RESOURCE),
    "plan": lambda client, file: client.plan("host", body()),
    "verify": lambda client, file: client.verify("host", body()),
    "upload": lambda client, file: client.upload("document", file),
}


class Alarm(Exception):
    pass


def ring(number: int, frame: Any) -> None:
    raise Alarm


@pytest.fixture
def alarms() -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, ring)
    # A shell makes jobs in the background ignore SIGINT.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def threads() -> int:
    return len(os.listdir("/proc/self/task"))


def threads_end(before: int) -> bool:
    """Waits until there are no more threads than before, and returns whether that happened."""
    latest = time.monotonic() + 2
    while threads() > before and time.monotonic() < latest:
        time.sleep(0.001)
    return threads() <= before


def time_to_exception(number: signal.Signals, expected: Type[BaseException], call: Callable[[], Any]) -> float:
    """Returns the time from the signal to the exception."""
    sent = []

    def send() -> None:
        time.sleep(0.3)
        sent.append(time.monotonic())
        signal.pthread_kill(threading.main_thread().ident or 0, number)

    thread = threading.Thread(target=send)
    thread.start()
    with pytest.raises(expected):
        call()
    took = time.monotonic() - sent[0]
    thread.join()
    return took


@pytest.mark.parametrize("name", CALLS)
def test_signals_end_a_call_within_half_a_second(
    name: str, hanging: Dict[str, Any], tmp_path: Path, alarms: None
) -> None:
    file = tmp_path / "document"
    file.write_text("a document")
    with Client(Config(client_secret="vcs_x", deadline=60, **hanging)) as client:
        for number, expected in ((signal.SIGINT, KeyboardInterrupt), (signal.SIGALRM, Alarm)):
            # A loaded machine may be late once, but not three times.
            tries = (time_to_exception(number, expected, lambda: CALLS[name](client, file)) for _ in range(3))
            assert any(took < 0.5 for took in tries)


def test_a_signal_handler_that_returns_does_not_end_the_call(waiting: Client) -> None:
    signals = []
    before = signal.signal(signal.SIGALRM, lambda *arguments: signals.append(arguments))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
        began = time.monotonic()
        with pytest.raises(libvanta.RetryLater, match="deadline"):
            waiting.list("user_account", RESOURCE, deadline=1)
        assert 0.9 < time.monotonic() - began < 3 and len(signals) > 3
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_a_second_signal_does_not_leave_the_call_behind(
    waiting: Client, alarms: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = _native.cancel_set

    def late(cancel: _native.Handle) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        threading.Timer(0.5, original, (cancel,)).start()

    before = threads()
    monkeypatch.setattr(_native, "cancel_set", late)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    began = time.monotonic()
    with pytest.raises(Alarm):
        waiting.list("user_account", RESOURCE, deadline=60)
    took = time.monotonic() - began
    signal.setitimer(signal.ITIMER_REAL, 0)
    assert took > 0.75, "the first signal came at 0.3 s, the cancel 0.5 s later"
    assert threads_end(before)


def test_a_signal_while_a_call_begins_leaves_nothing_behind(waiting: Client, alarms: None) -> None:
    before = threads()
    for i in range(240):
        with pytest.raises(Alarm):
            # Repeated, since Python ignores an exception that is raised inside a destructor.
            signal.setitimer(signal.ITIMER_REAL, (i % 60 + 1) * 1e-5, 1)
            waiting.list("user_account", RESOURCE, deadline=60)
        signal.setitimer(signal.ITIMER_REAL, 0)
        assert threads_end(before), i


def test_the_cause_of_an_interrupt_is_the_cancelled_call(waiting: Client, alarms: None) -> None:
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    with pytest.raises(Alarm) as interrupted:
        waiting.list("user_account", RESOURCE, deadline=60)
    assert isinstance(interrupted.value.__cause__, libvanta.Cancelled)


@pytest.mark.parametrize("on_main", [True, False])
def test_other_threads_run_during_a_call(on_main: bool, waiting: Client) -> None:
    ticks = 0
    done = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not done.wait(0.01):
            ticks += 1

    def call() -> None:
        with pytest.raises(libvanta.RetryLater):
            waiting.list("user_account", RESOURCE, deadline=1)
        done.set()

    other = threading.Thread(target=tick if on_main else call)
    other.start()
    call() if on_main else tick()
    other.join()
    assert ticks > 20
