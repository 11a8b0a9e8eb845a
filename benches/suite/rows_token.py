"""A token that is in hand: what every request of a program begins with."""

from typing import List

from measure import ROOT, Bench, Row, in_turn

TIMES = 2_000_000
CHECKS = "both clocks, the expiry margin and the scopes are checked; the hit is counted"


def rows(bench: Bench) -> List[Row]:
    found = []
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
