"""A token store of the program's own: what the library asks of it, and what its answers lead to."""

import gc
import weakref
from typing import Optional

import libvanta


class Kept:
    name = "a store in Python"

    def __init__(self) -> None:
        self.record: Optional[bytes] = None
        self.locks = self.saves = 0
        self.locked = False
        self.answer = "done"
        self.call_back = False
        self.called_back = 0

    def try_lock(self, key: str, hold: float) -> bool:
        assert "vci_" in key and hold > 0
        if self.answer == "unusable":
            raise libvanta.UnusableStore("mend me")
        if self.answer == "away":
            raise OSError("away")
        if self.answer == "busy":
            return False
        self.locks += 1
        self.locked = True
        return True

    def load(self, key: str) -> Optional[bytes]:
        if self.call_back:
            self.called_back = token(10)
        return self.record

    def save(self, key: str, record: bytes) -> None:
        self.record = record
        self.saves += 1

    def unlock(self, key: str) -> None:
        self.locked = False


class Readable(Kept):
    """A store that is read without its lock too."""

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


def fresh(config: libvanta.Config, deadline: float = 10) -> int:
    """A new client has no token in memory: it must ask the store."""
    global client
    if client is not None:
        client.close()
    client = libvanta.Client(config)
    return token(deadline)


store = Kept()
config = libvanta.Config(custom_token_store=store, environment=True)
print("minted", fresh(config), "locks", store.locks, "saves", store.saves)
print("adopted", fresh(config), "locks", store.locks, "saves", store.saves, end=" ")
snapshot = client.snapshot()
named = "named" if snapshot.store.startswith("a store in ") else "not named"
print("source", ["none", "requested", "store"].index(snapshot.source), "store", named)
store.answer = "busy"
print("busy", fresh(config, 0.3))
store.answer = "away"
print("away", fresh(config))
store.answer = "unusable"
print("unusable", fresh(config))
readable = Readable(store.record)
readable.answer = "busy"
status = fresh(libvanta.Config(custom_token_store=readable, environment=True), 0.3)
locks, saves = store.locks + readable.locks, store.saves + readable.saves
print("read while locked", status, "reads", readable.reads, "locks", locks, "saves", saves)
store.answer = "done"
store.call_back = True
print("called back", fresh(config), store.called_back)
locked, gone = store.locked, weakref.ref(store)
client.close()
del store, config
# What the library needs no more goes with the next store that is given to it.
libvanta.Client(libvanta.Config(custom_token_store=Kept(), environment=True)).close()
gc.collect()
print("destroyed", int(gone() is None), "locked", int(locked))
