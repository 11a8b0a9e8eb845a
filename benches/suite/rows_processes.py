"""Many processes that start together and share one token: how long until the last one has it."""

import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Iterator, List, Optional, Sequence

from measure import ROUNDS, Bench, Contender, Row

COUNTS = (10, 100, 500)
OVER_REDIS = (10, 100)
SLOW_S = 2
"""No store: each process has a token of its own. What is above it is the cost of sharing."""
ALONE = "static token"


@dataclass
class Took:
    """What a group of processes took until the last one had its token."""

    wall: float
    cpu: float
    requests: int


def together(one: Contender, count: int, bench: Bench) -> Took:
    """Starts the processes without waiting, and waits for all of them."""
    counted = bench.folder / "token_requests"
    counted.write_bytes(b"")
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    began = time.perf_counter()
    for _ in range(count):
        os.posix_spawn(one.command[0], one.command, one.everything, file_actions=quiet)
    cpu = 0.0
    for _ in range(count):
        _, status, used = os.wait3(0)
        assert status == 0, (one.command, status)
        cpu += used.ru_utime + used.ru_stime
    return Took(time.perf_counter() - began, cpu, counted.stat().st_size)


def least(taken: Sequence[Took]) -> Took:
    """The fastest round, with the token requests of the worst."""
    return Took(min(t.wall for t in taken), min(t.cpu for t in taken), max(t.requests for t in taken))


def job(bench: Bench, store: Optional[str]) -> Contender:
    one = bench.contender(store or ALONE, bench.rust / "ours", "stored")
    if store is not None:
        one.environment = {**one.environment, "BENCH_STORE": store}
    return one


def words(took: Took) -> str:
    requests = "1 token request" if took.requests == 1 else f"{took.requests} token requests"
    return f"{took.wall:.3f} s, {took.cpu * 1e3:.0f} ms of cpu, {requests}"


def on_files(bench: Bench, count: int) -> List[Row]:
    """Cold: the store is absent. Warm: it holds a token."""
    cold, warm, alone = [], [], []
    for number in range(min(ROUNDS, 5)):
        file = bench.folder / f"token-{count}-{number}"
        one = job(bench, str(file))
        cold.append(together(one, count, bench))
        warm.append(together(one, count, bench))
        alone.append(together(job(bench, None), count, bench))
    base, found = least(alone), []
    for name, took in (("cold", least(cold)), ("warm", least(warm))):
        figure = "wall until the last has its token / processes that share nothing"
        found.append(Row(f"{count} processes, file store, {name}", figure, took.wall / base.wall, None, words(took)))
    added = (least(warm).cpu - base.cpu) / count * 1e3
    found.append(Row("", "ms of cpu that a warm store adds to a process", added, 0.2, words(base) + " without a store"))
    return found


def waiting(count: int) -> Row:
    """A slow token endpoint: all but one process wait for the lock of the store."""
    with TemporaryDirectory() as folder, Bench(Path(folder), 0, {"BENCH_TOKEN_MS": str(SLOW_S * 1000)}) as bench:
        slow = least([together(job(bench, str(bench.folder / f"token-{n}")), count, bench) for n in range(3)])
        base = least([together(job(bench, None), count, bench) for _ in range(3)])
    each = (slow.cpu - base.cpu) / (count - 1) / SLOW_S * 1e3
    figure = "ms of cpu a second of a process that waits for the lock"
    return Row(f"{count} processes, token endpoint of {SLOW_S} s", figure, each, 1.0, words(slow))


@contextmanager
def redis() -> Iterator[str]:
    """A server of Redis on loopback; its URL."""
    with socket.socket() as free, TemporaryDirectory() as folder:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
        free.close()
        command = ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            while subprocess.run(["redis-cli", "-p", port, "ping"], capture_output=True).stdout != b"PONG\n":
                time.sleep(0.02)
            yield f"redis://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def over_redis(bench: Bench, count: int) -> Row:
    taken = []
    for _ in range(3):
        with redis() as url:
            taken.append(together(job(bench, url), count, bench))
    base = least([together(job(bench, None), count, bench) for _ in range(3)])
    figure = "wall until the last has its token / processes that share nothing"
    return Row(f"{count} processes, Redis, cold", figure, least(taken).wall / base.wall, None, words(least(taken)))


def rows(bench: Bench) -> List[Row]:
    found = [row for count in COUNTS for row in on_files(bench, count)]
    found += [waiting(count) for count in (10, 100)]
    if shutil.which("redis-server"):
        found += [over_redis(bench, count) for count in OVER_REDIS]
    return found
