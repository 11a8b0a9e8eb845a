"""Does a job with the Python package. Prints its measurements as one line of JSON.

    ours.py token TIMES
    ours.py list
"""

import json
import os
import sys
import time
from pathlib import Path

from libvanta import Client, Config


def client() -> Client:
    return Client(
        Config(
            client_id=os.environ["BENCH_ID"],
            client_secret=os.environ["BENCH_SECRET"],
            origin=os.environ["BENCH_ORIGIN"],
            ca_file=os.environ["BENCH_CA"],
        )
    )


def token(times: int) -> None:
    with client() as made:
        made.token()
        cpu, wall = time.process_time_ns(), time.perf_counter_ns()
        for _ in range(times):
            made.token()
        cpu, wall = time.process_time_ns() - cpu, time.perf_counter_ns() - wall
    print(json.dumps({"cpu_ns": cpu, "wall_ns": wall, "units": times, "rss_kb": 0}))


def peak_kb() -> int:
    """Returns the most memory that was resident so far."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


def listed() -> None:
    """Lists all rows, and decodes each once."""
    with client() as made:
        made.token()
        before, cpu, wall = peak_kb(), time.process_time_ns(), time.perf_counter_ns()
        count = sum(1 for row in made.list("user_account", "66f0c0ffee0000000000a001") if row["uniqueId"])
        cpu, wall = time.process_time_ns() - cpu, time.perf_counter_ns() - wall
    print(json.dumps({"cpu_ns": cpu, "wall_ns": wall, "units": count, "rss_kb": peak_kb() - before}))


if sys.argv[1] == "token":
    token(int(sys.argv[2]))
else:
    listed()
