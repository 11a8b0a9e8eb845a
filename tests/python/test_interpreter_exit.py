"""Ends interpreters and processes while clients, callbacks and calls exist: no output on stderr and no hang."""

import os
import sys
from pathlib import Path

import pytest
from conftest import run

WORKERS = str(Path(__file__).parent / "worker_processes.py")
CLIENT = """
import libvanta, os, sys
config = libvanta.Config(environment=True)
client, cancel = libvanta.Client(config), libvanta.Cancel()
body = libvanta.Body.from_records("a", [{"uniqueId": "a"}])
token = client.token()
"""
DESTRUCTOR = """
class Late:
    def __init__(self):
        self.cycle, self.client = self, client
    def __del__(self, say=os.write):
        say(1, b"late " if self.client.token() == token else b"wrong")
        say(1, b"%d " % self.client.list("user_account", "a").count)
late = Late()
"""
# A daemon thread is inside a call that uses a store written in Python while the interpreter ends.
STORE = """
import libvanta, os, sys, threading, time
class Busy:
    name = "a store"
    def __init__(self): self.called = threading.Event()
    def try_lock(self, key, hold):
        self.called.set()
        return False
    def load(self, key): return b""
    def save(self, key, record): pass
    def unlock(self, key): pass
class Slow:
    def __del__(self, sleep=time.sleep): sleep(0.5)
store, slow = Busy(), Slow()
client = libvanta.Client(libvanta.Config(
    custom_token_store=store, on_event=lambda *event: None, environment=True))
"""
READER = """
class Reader:
    def read(self, size):
        store.called.set()
        return b" "
def read():
    while True:
        libvanta.Body.from_reader(Reader())
threading.Thread(target=read, daemon=True).start()
store.called.wait()
print("ended", flush=True)
"""
DAEMON = """
threading.Thread(target=client.token, daemon=True).start()
store.called.wait()
print("ended", flush=True)
"""


@pytest.mark.parametrize("after", ["", "sys.exit()", "del body; client.close()"])
def test_objects_may_be_alive_when_the_interpreter_ends(after: str) -> None:
    assert run("-c", f"{CLIENT}print('made')\n{after}").stdout == "made\n"


def test_callbacks_may_be_alive_when_the_interpreter_ends() -> None:
    # Modules that were imported first are cleared last, after the functions that the library calls.
    code = f"import logging, libvanta._native\n{STORE}logging.client, logging.store = client, store"
    assert run("-c", code).stdout == ""


def test_a_destructor_may_use_a_client_while_the_interpreter_ends() -> None:
    assert run("-c", f"{CLIENT}{DESTRUCTOR}").stdout == "late 0 "
    call = "import atexit\natexit.register(lambda: print(client.list('user_account', 'a').count))"
    assert run("-c", f"{CLIENT}{call}").stdout == "0\n"


@pytest.mark.parametrize("code", [DAEMON, READER], ids=["call", "reader"])
def test_a_daemon_thread_may_be_inside_the_library_at_the_end(code: str) -> None:
    assert run("-c", STORE + code).stdout == "ended\n"


@pytest.mark.parametrize("leave", ["sys.exit()", "os._exit(0)", "client.close()"])
def test_a_child_of_a_fork_may_exit_or_close_the_client(leave: str) -> None:
    code = f"""{CLIENT}
child = os.fork()
if child == 0:
    assert client.token() == token and client.list("user_account", "a").count == 0
    {leave}
else:
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    print(client.list("user_account", "a").count)
"""
    # Python 3.12 warns of every fork in a program with threads.
    assert run("-W", "ignore::DeprecationWarning", "-c", code).stdout == "0\n"


def test_a_child_does_not_wait_for_the_threads_of_its_parent() -> None:
    code = f"""{STORE}{DAEMON}
began = time.monotonic()
if os.fork() == 0:
    sys.exit()
os.wait()
print("in time" if time.monotonic() - began < 1.5 else "late")
"""
    output = run("-W", "ignore::DeprecationWarning", "-c", code).stdout
    assert output == "ended\nin time\n"


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_share_a_token_however_they_are_started(method: str, tmp_path: Path) -> None:
    words = ("-W", "ignore::DeprecationWarning", WORKERS, method, "2")
    output = run(*words, VANTA_TOKEN_STORE=str(tmp_path / "token")).stdout
    assert output in ("1 token in 2 processes\n", "1 token in 3 processes\n")


def test_a_client_cannot_be_passed_to_a_spawned_worker() -> None:
    code = f"""{CLIENT}
import multiprocessing
try:
    multiprocessing.get_context("spawn").Process(target=print, args=(client,)).start()
except TypeError as error:
    print(error)
"""
    assert run("-c", code).stdout.startswith("a Client cannot be pickled or copied")


def test_a_subinterpreter_makes_its_own_client() -> None:
    # An interpreter with a GIL of its own cannot import ctypes.
    code = f"""{CLIENT}
try:
    import _interpreters as interpreters
    other = interpreters.create("legacy")
except ImportError:
    import _xxsubinterpreters as interpreters
    other = interpreters.create(isolated=False)
interpreters.run_string(other, {CLIENT + 'print(client.list("user_account", "a").count)'!r})
interpreters.destroy(other)
print(client.list("user_account", "a").count)
"""
    assert run("-c", code, PYTHONPATH=os.pathsep.join(sys.path)).stdout == "0\n0\n"
