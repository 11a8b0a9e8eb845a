"""Runs programs in turn, and compares the minimum that each one took."""

import json
import os
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Dict, Iterator, List, Optional, Sequence

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))


@dataclass
class Contender:
    """A command that does a job, and prints its measurements as one line of JSON."""

    name: str
    command: Sequence[str]
    environment: Dict[str, str] = field(default_factory=dict)
    """The output of each round."""
    told: List[Dict[str, float]] = field(default_factory=list)

    @property
    def everything(self) -> Dict[str, str]:
        return {**os.environ, **self.environment}

    def run(self) -> None:
        output = subprocess.run(
            list(self.command),
            env=self.everything,
            stdout=subprocess.PIPE,
            check=True,
            timeout=300,
        ).stdout
        self.told.append(json.loads(output.decode().strip().splitlines()[-1]))

    def run_whole(self) -> None:
        """Measures user and system time of the whole process."""
        quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
        began = time.perf_counter_ns()
        child = os.posix_spawn(self.command[0], self.command, self.everything, file_actions=quiet)
        _, status, used = os.wait4(child, 0)
        wall = time.perf_counter_ns() - began
        assert status == 0, (self.command, status)
        cpu = (used.ru_utime + used.ru_stime) * 1e9
        self.told.append({"cpu_ns": cpu, "wall_ns": wall, "units": 1, "rss_kb": used.ru_maxrss})

    def least(self, what: str) -> float:
        """Returns the minimum of a figure. Times are for one unit."""
        each = [one[what] / (one["units"] if what.endswith("_ns") else 1) for one in self.told]
        return min(each)


@dataclass
class Row:
    """One line of the table: the ratio of our figure to another's, and its limit."""

    job: str
    figure: str
    ratio: float
    target: Optional[float]
    """A note: absolute figures, which validation is on."""
    words: str = ""
    """Whether more is better."""
    floor: bool = False

    @property
    def met(self) -> Optional[bool]:
        if self.target is None:
            return None
        return self.ratio >= self.target if self.floor else self.ratio <= self.target


class Bench:
    """What the programs need: the folders of their builds, and a server."""

    def __init__(
        self, folder: Path, listed: int = 0, more: Optional[Dict[str, str]] = None, echo: bool = False
    ) -> None:
        self.folder = folder
        self.echo = echo
        self.more = more or {}
        self.rust = ROOT / "target" / "release"
        self.built = ROOT / "target" / "benches"
        """The installed library: its folders lib and include."""
        self.prefix = self.built / "prefix"
        self.listed = listed

    def __enter__(self) -> "Bench":
        command = [str(self.rust / "server"), str(self.folder), str(self.listed), *["echo"] * self.echo]
        self.server = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **self.more}
        )
        assert self.server.stdout is not None
        origin = self.server.stdout.readline().decode().strip()
        self.environment = {
            **self.more,
            "BENCH_ORIGIN": origin,
            "BENCH_CA": str(self.folder / "ca.pem"),
            "BENCH_ID": "vci_bench",
            "BENCH_SECRET": "vcs_bench",
            "LD_LIBRARY_PATH": str(self.prefix / "lib"),
            "LIBVANTA_LIBRARY": str(self.prefix / "lib" / "libvanta.so"),
            "PYTHONPATH": str(ROOT / "bindings" / "python"),
        }
        return self

    def __exit__(self, *_: object) -> None:
        assert self.server.stdin is not None
        self.server.stdin.close()
        self.server.wait()

    def contender(self, name: str, *command: object) -> Contender:
        return Contender(name, [str(word) for word in command], self.environment)


@contextmanager
def on_one_cpu(wanted: bool) -> Iterator[None]:
    """Has the server and the client share one CPU. On two, each wakes the other's at each request: in a
    virtual machine that takes longer than the request, and for one program it differs by the factor of three.
    """
    before = os.sched_getaffinity(0)
    if wanted:
        os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def in_turn(contenders: Sequence[Contender], rounds: int = ROUNDS) -> None:
    """Runs the programs in turn, several times, so that a disturbance affects all of them."""
    for _ in range(rounds):
        for contender in contenders:
            contender.run()


def whole(contenders: Sequence[Contender], rounds: int) -> None:
    """Does the same with whole processes."""
    for _ in range(rounds):
        for contender in contenders:
            contender.run_whole()


def as_markdown(rows: Sequence[Row], cell: Callable[[float], str] = "{:.2f}".format) -> str:
    lines = ["| job | figure | ratio | target | met | |", "|---|---|---|---|---|---|"]
    for row in rows:
        sign = "≥" if row.floor else "≤"
        target = "" if row.target is None else f"{sign} {cell(row.target)}"
        met = {None: "", True: "yes", False: "**no**"}[row.met]
        lines.append(f"| {row.job} | {row.figure} | {cell(row.ratio)} | {target} | {met} | {row.words} |")
    return "\n".join(lines)
