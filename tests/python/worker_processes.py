"""Uses clients in worker processes of multiprocessing, which inherit a client by fork or make one after spawn.

worker_processes.py fork|spawn PROCESSES [AN-HOUR-PASSES], configured from the environment.
"""

import mmap
import multiprocessing
import os
import struct
import sys
import threading
from typing import Optional, Tuple

import libvanta

client: Optional[libvanta.Client] = None


def work(number: int) -> Tuple[int, str]:
    global client
    if client is None:
        client = libvanta.Client(libvanta.Config(environment=True))
    client.list("user_account", f"process-{os.getpid()}")
    return os.getpid(), client.token()


def make_calls(busy: libvanta.Client, done: threading.Event) -> None:
    while not done.is_set():
        busy.token()
        busy.snapshot()


def pass_an_hour() -> None:
    """Moves the clock that the processes of the test share."""
    with open(os.environ["VANTA_TEST_CLOCK"], "r+b") as file, mmap.mmap(file.fileno(), 24) as clock:
        clock[:] = struct.pack("=3q", *(ms + 3_600_000 for ms in struct.unpack("=3q", clock[:])))


def main() -> None:
    global client
    method, processes = sys.argv[1], int(sys.argv[2])
    own = libvanta.Client(libvanta.Config(environment=True))
    own.list("user_account", "process-0")
    if method == "fork":
        client = own
    done = threading.Event()
    threads = [threading.Thread(target=make_calls, args=(own, done)) for _ in range(4)]
    for thread in threads:
        thread.start()
    context = multiprocessing.get_context(method)
    try:
        with context.Pool(processes) as pool:
            # With a timeout: a worker that hangs must not hang the test.
            if len(sys.argv) > 3:
                pool.map_async(work, range(4 * processes), chunksize=1).get(timeout=300)
                pass_an_hour()
            results = pool.map_async(work, range(4 * processes), chunksize=1).get(timeout=300)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    own.list("user_account", "process-0")
    tokens = {token for _, token in results} | {own.token()}
    print(len(tokens), "token in", len({pid for pid, _ in results} | {os.getpid()}), "processes")


if __name__ == "__main__":
    main()
