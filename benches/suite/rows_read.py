"""Rows about remote records that are listed and compared with a body, and the growth of the costs."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Dict, List, Tuple

from measure import ROOT, Bench, Contender, Row, in_turn
from plot import draw, growth_row

SIZES = (10, 100, 1_000, 10_000, 100_000)
LISTED, PLANNED = 100_000, 25_000
"""A body holds 100,000 records only when they are short."""
SLIM = {"BENCH_SLIM": "1"}


def measured(rows: int, jobs: List[str], environment: Dict[str, str]) -> Dict[str, Contender]:
    """Runs the jobs against a server that lists a number of rows."""
    with TemporaryDirectory() as folder, Bench(Path(folder), rows, environment) as bench:
        path = Path(folder) / "body.json"
        in_turn([bench.contender("writer", bench.rust / "bodies", "write", path, rows)], 1)
        word = {"validate": path}
        each = {job: bench.contender(job, bench.rust / "bodies", job, word.get(job, rows)) for job in jobs}
        in_turn(list(each.values()))
    return each


def listed(one: Contender) -> List[Row]:
    speed, size = 1e3 / one.least("cpu_ns"), one.told[0]["units"] / 1024
    words = "transferred and parsed; one row in ten soft-deleted, and all of each row proved to be JSON"
    grown = f"{one.least('rss_kb') / 1024:.0f} MB, of which {size / 1024:.0f} are the response's text, which is kept"
    return [
        Row("list of 100,000 rows", "MB/s on one core", speed, 400.0, words, floor=True),
        Row("", "peak growth / response", one.least("rss_kb") / size, 2.0, grown),
    ]


def listed_in_python() -> Row:
    """The same list in Python, where each row becomes a dict for as long as it is looked at."""
    with TemporaryDirectory() as folder, Bench(Path(folder), LISTED) as bench:
        python = bench.contender("Python", bench.built / "venv" / "bin" / "python", ROOT / "benches/python/ours.py", "list")
        in_turn([python], 3)
    each = f"{python.least('cpu_ns') / 1e3:.1f} µs of cpu a row, decoded"
    return Row("", "MiB of peak growth in Python", python.least("rss_kb") / 1024, 80.0, each)


def planned(each: Dict[str, Contender]) -> Row:
    plan, parse = (each[job].least("cpu_ns") * PLANNED / 1e6 for job in ("plan", "parse"))
    words = f"{plan:.0f} ms beside {parse:.0f}; every record is validated, and the list transferred too"
    return Row("plan of 25,000 against 25,000", "cpu / parsing both", plan / parse, 2.0, words)


def growth() -> List[Row]:
    curves: Dict[str, List[Tuple[int, float]]] = {"list": [], "plan": [], "validate": []}
    for rows in SIZES:
        for job, one in measured(rows, list(curves), SLIM).items():
            curves[job].append((rows, one.least("cpu_ns") * one.told[0]["units"] / 1e6))
    draw("read", "lists, plans and checks of short records: milliseconds of cpu by records", curves)
    return [growth_row(name, curve) for name, curve in curves.items()]


def rows(_: Bench) -> List[Row]:
    found = listed(measured(LISTED, ["list"], {})["list"])
    return found + [listed_in_python(), planned(measured(PLANNED, ["plan", "parse"], {}))] + growth()
