"""What a job costs in round trips: token, read, PUT and verify, counted and delayed by a relay."""

import dataclasses
import tempfile
from pathlib import Path
from typing import Dict, List, Tuple
from urllib.parse import urlsplit

from measure import ROOT, Bench, Contender, Row
from relay import Counts, Relay

ROUND_TRIP = 0.1
ROUNDS = 3

Figures = Tuple[Counts, float]


def took(contender: Contender, relay: Relay) -> Figures:
    """What one run of a contender costs: counts, and milliseconds of wall time."""
    relay.counts = Counts()
    contender.run()
    return relay.counts, contender.told[-1]["wall_ns"] / 1e6


def least(each: List[Figures]) -> Figures:
    """Connections that are spare, and flights that a busy machine tears apart, differ from run to run."""
    return min((counts for counts, _ in each), key=lambda counts: counts.trips), min(wall for _, wall in each)


def warm(one: Figures, two: Figures) -> Figures:
    """What the second of two jobs of a process adds."""
    fields = [field.name for field in dataclasses.fields(Counts)]
    added = Counts(**{name: getattr(two[0], name) - getattr(one[0], name) for name in fields})
    return added, two[1] - one[1]


def measured(bench: Bench) -> Dict[str, Tuple[Figures, Figures]]:
    """A cold job and a warm one of each program."""
    python = bench.built / "venv" / "bin" / "python"
    programs: Dict[str, List[object]] = {
        "ours": [bench.rust / "ours_small"],
        "libcurl": [bench.built / "curl"],
        "Go": [bench.built / "go"],
        "requests": [python, ROOT / "benches" / "python" / "requests_jobs.py"],
    }
    there = urlsplit(bench.environment["BENCH_ORIGIN"])
    found = {}
    with Relay(("127.0.0.1", there.port or 443), ROUND_TRIP) as relay:
        bench.environment["BENCH_ORIGIN"] = f"https://localhost:{relay.port}"
        for name, program in programs.items():
            if Path(str(program[0])).exists():
                once, twice = ([bench.contender(name, *program, "jobs", times)] for times in (1, 2))
                one, two = (least([took(each[0], relay) for _ in range(ROUNDS)]) for each in (once, twice))
                found[name] = (one, warm(one, two))
    return found


def shown(counts: Counts) -> str:
    requests = counts.trips - counts.tcp - counts.tls
    return f"{counts.trips}: TCP handshakes {counts.tcp}, TLS handshakes {counts.tls}, requests {requests}"


def job_rows(job: str, each: Dict[str, Figures]) -> List[Row]:
    (ours, wall), (peer, peer_wall) = each["ours"], each["libcurl"]
    others = [(name, figures) for name, figures in each.items() if name != "ours"]
    trips = ", ".join(f"{name} {counts.trips}" for name, (counts, _) in others)
    walls = ", ".join(f"{name} {time:.0f}" for name, (_, time) in others)
    at = f"wall at {ROUND_TRIP * 1e3:.0f} ms a round trip"
    return [
        Row(job, "round trips / libcurl by hand", ours.trips / peer.trips, 1.0, f"{shown(ours)}; {trips}"),
        Row(job, f"{at} / libcurl by hand", wall / peer_wall, 1.05, f"{wall:.0f} ms; {walls}"),
    ]


def rows(_: Bench) -> List[Row]:
    with tempfile.TemporaryDirectory() as folder, Bench(Path(folder), echo=True) as bench:
        found = measured(bench)
    cold = job_rows("cold job: token, read, PUT, verify", {name: pair[0] for name, pair in found.items()})
    return cold + job_rows("warm job: read, PUT, verify", {name: pair[1] for name, pair in found.items()})
