"""Rows about a cached token, which every request needs."""

from typing import List

from measure import ROOT, Bench, Row, in_turn
from plot import draw, growth_row

TIMES = 2_000_000
THREADS = (1, 2, 4, 8, 16, 32, 64)
CLIENTS = (1, 10, 100, 1_000, 10_000)
CHECKS = "both clocks, the expiry margin and the scopes are checked; the hit is counted"


def growth(bench: Bench) -> List[Row]:
    """How a token that is cached costs by threads, and a client by clients of its process."""
    ours = {n: bench.contender("ours", bench.rust / "ours", "token", n, TIMES // n) for n in THREADS}
    curl = {n: bench.contender("curl", bench.built / "curl", "token", n, TIMES // n) for n in THREADS}
    in_turn([*ours.values(), *curl.values()], 3)
    curves = {
        "libvanta": [(n, one.least("wall_ns")) for n, one in ours.items()],
        "libcurl by hand": [(n, one.least("wall_ns")) for n, one in curl.items()],
    }
    draw("threads", "a cached token: nanoseconds of a call by threads", curves)
    by_threads = dict(curves["libvanta"])
    words = f"{by_threads[64]:.0f} ns beside {by_threads[2]:.0f} ns"
    many = {n: bench.contender("clients", bench.rust / "ours", "clients", n) for n in CLIENTS}
    in_turn(list(many.values()), 3)
    clients = [(n, one.least("cpu_ns") * n / 1e6) for n, one in many.items()]
    draw("clients", "clients of one process: milliseconds of cpu by clients", {"new client": clients})
    return [
        Row("growth: threads", "wall of a cached token, 64 threads / 2 threads", by_threads[64] / by_threads[2], 2.0, words),
        growth_row("clients", clients),
    ]


def rows(bench: Bench) -> List[Row]:
    found = growth(bench)
    for threads in (1, 2, 8):
        each = TIMES // threads
        limit = bench.contender("limit", bench.built / "limit", "token", threads, each)
        ours = bench.contender("ours", bench.rust / "ours", "token", threads, each)
        curl = bench.contender("curl", bench.built / "curl", "token", threads, each)
        in_turn([limit, ours, curl])
        least = {one.name: one.least("wall_ns") for one in (limit, ours, curl)}
        job = f"cached token, Rust, {threads} thread{'s' if threads > 1 else ''}"
        words = f"{least['ours']:.1f} ns; {CHECKS}"
        found.append(Row(job, "wall / (mutex, copy, two coarse clocks)", least["ours"] / least["limit"], 1.2, words))
        found.append(Row(job, "wall / libcurl by hand", least["ours"] / least["curl"], 0.8, f"{least['curl']:.1f} ns"))
    c = bench.contender("C", bench.built / "capi", "token", TIMES)
    rust = bench.contender("Rust", bench.rust / "ours", "token", 1, TIMES)
    in_turn([c, rust])
    ratio = c.least("cpu_ns") / rust.least("cpu_ns")
    words = f"{c.least('cpu_ns'):.1f} ns; copied into the caller's buffer; {CHECKS}"
    found.append(Row("cached token, C", "cpu / Rust", ratio, 1.4, words))
    python = ROOT / "benches" / "python"
    interpreter = bench.built / "venv" / "bin" / "python"
    ours = bench.contender("ours", interpreter, python / "ours.py", "token", TIMES // 10)
    authlib = bench.contender("authlib", interpreter, python / "authlib_token.py", TIMES // 10)
    in_turn([ours, authlib])
    ratio = ours.least("cpu_ns") / authlib.least("cpu_ns")
    words = f"{ours.least('cpu_ns'):.0f} ns beside {authlib.least('cpu_ns'):.0f} ns"
    found.append(Row("cached token, Python", "cpu / authlib", ratio, 1.0, words))
    return found
