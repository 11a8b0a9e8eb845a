"""Calls that block: a signal ends them, and so does the end of the program.

Python sees signals on its main thread, and not while that is inside the library. And when it ends, it
ends daemon threads where they next need it: that would be inside a function that the library called.
"""

import atexit
import itertools
import os
import sys
import threading
import time
from typing import Callable, Dict, List, Optional, Tuple, TypeVar, cast

from . import _native

Result = TypeVar("Result")

# The work of threads that may be daemons, with the switch that ends it.
_running: Dict[int, Optional[_native.Handle]] = {}
_numbers = itertools.count()
_is_over = False
# The child of a fork has none of these threads.
os.register_at_fork(after_in_child=_running.clear)


def interruptible(cancel: _native.Handle, run: Callable[[], Result]) -> Result:
    """Runs a call so that Ctrl-C is felt while it blocks: that of the main thread on another one.

    What a handler raises cancels the call, and is raised when it has ended.
    """
    if not _is_main():
        return counted(cancel, run)
    outcome: List[Tuple[Optional[Result], Optional[BaseException]]] = []
    ended = threading.Event()

    def work() -> None:
        try:
            outcome.append((run(), None))
        except BaseException as error:
            outcome.append((None, error))
        ended.set()

    if sys.is_finalizing():  # no thread begins any more, and none says so
        return run()
    try:
        threading.Thread(target=work, name="libvanta", daemon=True).start()
    except RuntimeError:  # no more threads: then without
        return run()
    try:
        ended.wait()
    except BaseException:
        _native.cancel_now(cancel)
        _wait_out(ended)
        raise
    value, error = outcome[0]
    if error is not None:
        raise error
    return cast(Result, value)


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()


def _wait_out(ended: threading.Event) -> None:
    """Waits whatever signals arrive: a call that still runs must not outlive what it was given."""
    while not ended.is_set():
        try:
            ended.wait()
        except BaseException:  # the first one is on its way already
            pass


def counted(cancel: Optional[_native.Handle], run: Callable[[], Result]) -> Result:
    """Runs what calls functions of Python, so that the end of the program waits for it."""
    if _is_main():
        return run()
    number = next(_numbers)
    _running[number] = cancel
    try:
        check_that_it_goes_on()
        return run()
    finally:
        del _running[number]
        while _is_over:  # as Python itself stops daemons, at their next step
            time.sleep(1)


def check_that_it_goes_on() -> None:
    """Raises in a daemon thread when the program ends."""
    if _is_over and not _is_main():
        raise SystemExit


@atexit.register
def _end_all() -> None:
    global _is_over
    _is_over = True
    for cancel in list(_running.values()):
        if cancel is not None:
            _native.cancel_now(cancel)
    # A call ends within 200 ms; a function of Python that hangs must not keep the program.
    latest = time.monotonic() + 2
    while _running and time.monotonic() < latest:
        time.sleep(0.01)
