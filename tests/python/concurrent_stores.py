"""Makes clients with custom stores on many threads at once, and a store whose methods raise KeyboardInterrupt."""

import gc
import sys
import threading
import time
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
        time.sleep(0)  # yields to another thread
        return "a store"

    def try_lock(self, key: str, hold: float) -> bool:
        self.interrupt("try_lock")
        return True

    def load(self, key: str) -> Optional[bytes]:
        self.interrupt("load")
        return self.record

    def save(self, key: str, record: bytes) -> None:
        self.interrupt("save")
        self.record = record

    def unlock(self, key: str) -> None:
        pass

    def interrupt(self, method: str) -> None:
        if method == self.interrupted:
            raise KeyboardInterrupt


def make(thread: int) -> None:
    """Makes clients of different applications, each with a store of its own."""
    try:
        for i in range(20):
            config = libvanta.Config(
                client_id=f"vci_{thread}_{i}",
                custom_token_store=Store(),
                token_from_store_only=True,
                environment=True,
            )
            held.append(libvanta.Client(config))
    except BaseException as error:
        failed.append(error)


def status(client: libvanta.Client) -> int:
    try:
        client.token()
        return 0
    except libvanta.VantaError as error:
        return error.code


threads = [threading.Thread(target=make, args=(number,)) for number in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
gc.collect()
print(len(held), "clients,", {int(status(client)) for client in held}, len(failed), "failures")
while held:
    held.pop().close()
for method in ("try_lock", "load", "save"):
    store = Store()
    store.interrupted = method
    with libvanta.Client(libvanta.Config(custom_token_store=store, environment=True)) as client:
        try:
            client.token()
            print(method, "interrupted, but a token was returned")
        except libvanta.VantaError as error:
            print(method, error.code)
