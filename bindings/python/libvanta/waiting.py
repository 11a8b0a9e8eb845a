"""Calls that block: a signal ends them, and so does the end of the program.

Python sees signals on its main thread, and not while that is inside the library. And when it ends, it
ends daemon threads where they next need it: that would be inside a function that the library called.
"""

import _thread
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
if sys.platform != "win32":  # there are no forks
    os.register_at_fork(after_in_child=_running.clear)


def interruptible(cancel: _native.Handle, run: Callable[[], Result]) -> Result:
    """Runs a call so that Ctrl-C is felt while it blocks: that of the main thread on another one.

    What a handler raises cancels the call, and is raised when it has ended: from the error of the
    call, or with what it came to all the same as `result`.
    """
    if not _is_main():
        return counted(cancel, run)
    outcome: List[Tuple[Optional[Result], Optional[BaseException]]] = []
    # Not an Event: an exception in the middle of its Python code can leave its lock held for ever.
    ended = _thread.allocate_lock()
    ended.acquire()
    # Who is first decides whether the call is made: an exception may come while the thread begins.
    claims: List[str] = []

    def work() -> None:
        claims.append("work")
        if claims[0] == "work":
            try:
                outcome.append((run(), None))
            except BaseException as error:
                outcome.append((None, error))
        ended.release()

    def wait() -> None:
        while not outcome:  # once more after an exception, which may come when the lock is held
            ended.acquire()

    if sys.is_finalizing():  # no thread begins any more, and none says so
        return run()
    try:
        if not _begins(work):
            return run()
        wait()
    except BaseException as interrupt:
        while True:  # a call that still runs must not outlive what it was given
            try:
                claims.append("interrupt")
                if claims[0] == "work":
                    _native.cancel_set(cancel)
                    wait()
                break
            except BaseException:  # the first one is on its way already
                pass
        value, error = outcome[0] if outcome else (None, None)
        setattr(interrupt, "result", value)
        raise interrupt from error
    value, error = outcome[0]
    if error is not None:
        raise error
    return cast(Result, value)


def _is_main() -> bool:
    return threading.get_ident() == threading.main_thread().ident


def _begins(work: Callable[[], None]) -> bool:
    """A bare thread: an exception in the middle of Thread.start() leaves a broken one behind."""
    try:
        _thread.start_new_thread(work, ())
    except RuntimeError:  # no more threads: then without
        return False
    return True


def _is_daemon() -> bool:
    return threading.current_thread().daemon


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
        while _is_over and _is_daemon():  # as Python itself stops them, at their next step
            time.sleep(1)


def check_that_it_goes_on() -> None:
    """Raises in a daemon thread when the program ends."""
    if _is_over and _is_daemon():
        raise SystemExit


@atexit.register
def _end_all() -> None:
    global _is_over
    _is_over = True
    for cancel in list(_running.values()):
        if cancel is not None:
            _native.cancel_set(cancel)
    # A call ends within 200 ms; a function of Python that hangs must not keep the program.
    latest = time.monotonic() + 2
    while _running and time.monotonic() < latest:
        time.sleep(0.01)
