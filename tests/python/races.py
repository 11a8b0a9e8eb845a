"""Stores of many threads at once, and one whose methods are interrupted."""

import gc
import sys
import threading
from typing import List, Optional

import libvanta

sys.setswitchinterval(1e-6)
held: List[libvanta.Client] = []
failed: List[BaseException] = []


class Store:
    def __init__(self) -> None:
        self.record: Optional[bytes] = None
        self.interrupted = ""

    @property
    def name(self) -> str:
        return "a store"

    def try_lock(self, key: str, hold: float) -> bool:
        self.perhaps("try_lock")
        return True

    def load(self, key: str) -> Optional[bytes]:
        self.perhaps("load")
        return self.record

    def save(self, key: str, record: bytes) -> None:
        self.perhaps("save")
        self.record = record

    def unlock(self, key: str) -> None:
        pass

    def perhaps(self, method: str) -> None:
        if method == self.interrupted:
            raise KeyboardInterrupt


def make() -> None:
    try:
        for _ in range(20):
            held.append(libvanta.Client(libvanta.Config(custom_token_store=Store(), environment=True)))
    except BaseException as error:
        failed.append(error)


threads = [threading.Thread(target=make) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
gc.collect()
tokens = {client.token() for client in held}
print(len(held), "clients,", len(tokens), "token,", len(failed), "failures")
while held:
    held.pop().close()
for method in ("try_lock", "load", "save"):
    store = Store()
    store.interrupted = method
    with libvanta.Client(libvanta.Config(custom_token_store=store, environment=True)) as client:
        try:
            client.token()
            print(method, "interrupted, and a token all the same")
        except libvanta.VantaError as error:
            print(method, error.status)
