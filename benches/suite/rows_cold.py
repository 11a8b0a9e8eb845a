"""Rows about a whole process, which requests a token, pushes ten records and ends."""

import os
import shutil
from pathlib import Path
from typing import List

from measure import ROOT, Bench, Row, whole

CHECKS = "schema and deletion guard on, the live records are read first"


def beside(bench: Bench, program: Path) -> Path:
    """Makes a copy of each program alike: the cost of loading a file depends on how it was written."""
    copy = bench.folder / f"{program.name}-cold"
    shutil.copy(program, copy)
    return copy


def rows(bench: Bench) -> List[Row]:
    python = bench.built / "venv" / "bin" / "python"
    programs = {
        "tuned": [beside(bench, bench.rust / "tuned"), "cold"],
        "ours": [beside(bench, bench.rust / "ours_small"), "cold"],
        "unread": [beside(bench, bench.rust / "ours_small"), "cold", "unread"],
        "curl": [beside(bench, bench.built / "curl"), "cold"],
        "limit": [beside(bench, bench.built / "limit_small"), "cold"],
    }
    slow = {"requests": [python, ROOT / "benches" / "python" / "requests_jobs.py", "cold"]}
    for name, program in (("reqwest", bench.built / "reqwest"), ("Go", bench.built / "go")):
        if program.exists():
            programs[name] = [beside(bench, program), "cold"]
    contenders = {name: bench.contender(name, *words) for name, words in {**programs, **slow}.items()}
    # Many rounds, because the process is short; fewer where it takes a hundred times as long.
    rounds = int(os.environ.get("BENCH_COLD_ROUNDS", "60"))
    whole([one for name, one in contenders.items() if name not in slow], rounds)
    whole([contenders[name] for name in slow], max(rounds // 20, 2))
    least = {name: one.least("cpu_ns") / 1e6 for name, one in contenders.items()}
    job, ours = "cold: token, push ten, exit", least["ours"]
    figure = lambda name: f"cpu of the process / {name}"  # noqa: E731
    found = [
        Row(job, figure("tuned ureq program"), ours / least["tuned"], 1.15, f"{ours:.2f} ms; {CHECKS}"),
        Row(job, figure("libcurl by hand"), ours / least["curl"], 0.3, f"{least['curl']:.2f} ms"),
    ]
    if "Go" in least:
        found.append(Row(job, figure("Go, x/oauth2"), ours / least["Go"], 0.5, f"{least['Go']:.2f} ms"))
    found.append(Row(job, figure("OpenSSL by hand"), ours / least["limit"], None, f"{least['limit']:.2f} ms"))
    for name in ("reqwest", "requests"):
        if name in least:
            found.append(Row(job, figure(name), ours / least[name], None, f"{least[name]:.1f} ms"))
    found.append(
        Row(job, "live records not read / read", least["unread"] / ours, None, f"{least['unread']:.2f} ms")
    )
    return found
