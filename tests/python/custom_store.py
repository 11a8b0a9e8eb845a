"""Implements a token store, and prints which of its methods the library calls and what their results lead to."""

import gc
import weakref
from typing import Optional

import libvanta


class MemoryStore:
    name = "a store in Python"

    def __init__(self) -> None:
        self.record: Optional[bytes] = None
        self.locks = self.saves = 0
        self.locked = False
        self.lock_result = "done"
        self.call_back = False
        self.reentrant_status = 0

    def try_lock(self, key: str, hold: float) -> bool:
        assert "vci_" in key and hold > 0
        if self.lock_result == "unusable":
            raise libvanta.UnusableStore("broken")
        if self.lock_result == "unavailable":
            raise OSError("unavailable")
        if self.lock_result == "busy":
            return False
        self.locks += 1
        self.locked = True
        return True

    def load(self, key: str) -> Optional[bytes]:
        if self.call_back:
            self.reentrant_status = token(10)
        return self.record

    def save(self, key: str, record: bytes) -> None:
        self.record = record
        self.saves += 1

    def unlock(self, key: str) -> None:
        self.locked = False


class Readable(MemoryStore):
    """A store that can also be read without its lock."""

    def __init__(self, record: Optional[bytes]) -> None:
        super().__init__()
        self.record = record
        self.reads = 0

    def read(self, key: str) -> Optional[bytes]:
        self.reads += 1
        return self.record


client: Optional[libvanta.Client] = None


def token(deadline: float) -> int:
    try:
        assert client is not None
        client.token(deadline=deadline)
        return 0
    except libvanta.VantaError as error:
        return error.code


def token_of_new_client(config: libvanta.Config, deadline: float = 10) -> int:
    """Gets a token with a new client, which has no cached token and uses the store."""
    global client
    if client is not None:
        client.close()
    client = libvanta.Client(config)
    return token(deadline)


store = MemoryStore()
config = libvanta.Config(custom_token_store=store, environment=True)
print("requested", token_of_new_client(config), "locks", store.locks, "saves", store.saves)
print("stored", token_of_new_client(config), "locks", store.locks, "saves", store.saves, end=" ")
snapshot = client.snapshot()
named = "named" if snapshot.store.startswith("a store in ") else "not named"
print("source", ["none", "requested", "store"].index(snapshot.source), "store", named)
store.lock_result = "busy"
print("busy", token_of_new_client(config, 0.3))
store.lock_result = "unavailable"
print("unavailable", token_of_new_client(config))
store.lock_result = "unusable"
print("unusable", token_of_new_client(config))
readable = Readable(store.record)
readable.lock_result = "busy"
status = token_of_new_client(libvanta.Config(custom_token_store=readable, environment=True), 0.3)
locks, saves = store.locks + readable.locks, store.saves + readable.saves
print("read while locked", status, "reads", readable.reads, "locks", locks, "saves", saves)
store.lock_result = "done"
store.call_back = True
print("reentrant", token_of_new_client(config), store.reentrant_status)
locked, gone = store.locked, weakref.ref(store)
client.close()
del store, config
# The library releases stores that it no longer needs when it gets the next one.
libvanta.Client(libvanta.Config(custom_token_store=MemoryStore(), environment=True)).close()
gc.collect()
print("destroyed", int(gone() is None), "locked", int(locked))
