"""Does a job with the Python package. Prints its measurements as one line of JSON.

    ours.py token TIMES
"""

import json
import os
import sys
import time

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


assert sys.argv[1] == "token", sys.argv
token(int(sys.argv[2]))
