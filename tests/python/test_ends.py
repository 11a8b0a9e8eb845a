"""How processes and interpreters end that have a client: without a word, and without a hang."""

import os
import sys
from pathlib import Path

import pytest
from conftest import run

FORKS = str(Path(__file__).parent / "forks.py")
MADE = """
import libvanta, os, sys
config = libvanta.Config(environment=True)
client, cancel = libvanta.Client(config), libvanta.Cancel()
body = libvanta.Body.from_records("a", [{"uniqueId": "a"}])
token = client.token()
"""
LATE = """
class Late:
    def __init__(self):
        self.cycle, self.client = self, client
    def __del__(self, say=os.write):
        say(1, b"late " if self.client.token() == token else b"wrong")
        say(1, b"%d " % self.client.list("user_account", "a").count)
late = Late()
"""
# A thread that nobody waits for, inside a call that asks a store of Python's while it ends.
STORE = """
import libvanta, os, sys, threading, time
class Busy:
    name = "a store"
    def __init__(self): self.asked = threading.Event()
    def try_lock(self, key, hold):
        self.asked.set()
        return False
    def load(self, key): return b""
    def save(self, key, record): pass
    def unlock(self, key): pass
class Slow:
    def __del__(self, sleep=time.sleep): sleep(0.5)
store, slow = Busy(), Slow()
client = libvanta.Client(libvanta.Config(
    custom_token_store=store, on_event=lambda *told: None, environment=True))
"""
READER = """
class Reader:
    def read(self, size):
        store.asked.set()
        return b" "
def read():
    while True:
        libvanta.Body.from_reader(Reader())
threading.Thread(target=read, daemon=True).start()
store.asked.wait()
print("ended", flush=True)
"""
DAEMON = """
threading.Thread(target=client.token, daemon=True).start()
store.asked.wait()
print("ended", flush=True)
"""


@pytest.mark.parametrize("after", ["", "sys.exit()", "del body; client.close()"])
def test_objects_may_be_alive_when_the_interpreter_ends(after: str) -> None:
    assert run("-c", f"{MADE}print('made')\n{after}").stdout == "made\n"


def test_callbacks_may_be_alive_when_the_interpreter_ends() -> None:
    # What an older module holds goes after the functions that the library would call.
    code = f"import logging, libvanta._native\n{STORE}logging.client, logging.store = client, store"
    assert run("-c", code).stdout == ""


def test_a_destructor_may_use_a_client_while_the_interpreter_ends() -> None:
    assert run("-c", f"{MADE}{LATE}").stdout == "late 0 "
    call = "import atexit\natexit.register(lambda: print(client.list('user_account', 'a').count))"
    assert run("-c", f"{MADE}{call}").stdout == "0\n"


@pytest.mark.parametrize("code", [DAEMON, READER], ids=["call", "reader"])
def test_a_daemon_thread_may_be_inside_the_library_at_the_end(code: str) -> None:
    assert run("-c", STORE + code).stdout == "ended\n"


@pytest.mark.parametrize("leave", ["sys.exit()", "os._exit(0)", "client.close()"])
def test_a_child_of_a_fork_ends_in_its_own_way(leave: str) -> None:
    code = f"""{MADE}
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
    told = run("-W", "ignore::DeprecationWarning", "-c", code).stdout
    assert told == "ended\nin time\n"


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_share_a_token_however_they_are_started(method: str, tmp_path: Path) -> None:
    words = ("-W", "ignore::DeprecationWarning", FORKS, method, "2")
    told = run(*words, VANTA_TOKEN_STORE=str(tmp_path / "token")).stdout
    assert told in ("1 token in 2 processes\n", "1 token in 3 processes\n")


def test_a_client_is_not_handed_to_a_worker_but_made_there() -> None:
    code = f"""{MADE}
import multiprocessing
try:
    multiprocessing.get_context("spawn").Process(target=print, args=(client,)).start()
except TypeError as error:
    print(error)
"""
    assert run("-c", code).stdout.startswith("a Client cannot be pickled or copied")


def test_a_second_interpreter_has_clients_of_its_own() -> None:
    # One with a lock of its own cannot have ctypes, which says so.
    code = f"""{MADE}
try:
    import _interpreters as interpreters
    other = interpreters.create("legacy")
except ImportError:
    import _xxsubinterpreters as interpreters
    other = interpreters.create(isolated=False)
interpreters.run_string(other, {MADE + 'print(client.list("user_account", "a").count)'!r})
interpreters.destroy(other)
print(client.list("user_account", "a").count)
"""
    assert run("-c", code, PYTHONPATH=os.pathsep.join(sys.path)).stdout == "0\n0\n"
