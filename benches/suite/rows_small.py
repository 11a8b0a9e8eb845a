"""Rows about small requests on one connection: pushes of one record, one after the other."""

import re
import shutil
import subprocess
from typing import Dict, List, Sequence

from measure import ROOT, Bench, Contender, Row, in_turn

TIMES = 4000
SLOW = 400
CHECKS = "schema on, deletion guard on with a baseline, receipt with SHA-256"


def traced(contender: Contender, times: int, *words: str) -> str:
    """Returns the trace of a number of requests."""
    return subprocess.run(
        ["strace", "-f", "-qq", *words, *contender.command[:-1], str(times)],
        env={**contender.everything},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
        timeout=300,
    ).stderr


def calls(contender: Contender, more: int) -> Dict[str, float]:
    """Returns the system calls of one request: the difference that `more` requests make, counted by strace."""
    counted = []
    for times in (100, 100 + more):
        lines = [line.split() for line in traced(contender, times, "-c").splitlines()]
        counted.append({words[-1]: int(words[3]) for words in lines if len(words) > 4 and words[3].isdigit()})
    return {name: (counted[1][name] - counted[0].get(name, 0)) / more for name in counted[1] if name != "total"}


def heads(sent: bytes) -> int:
    """How many records of data one write has: each begins with its type, version and length."""
    count = 0
    while len(sent) >= 5:
        count += sent[:3] == b"\x17\x03\x03"
        sent = sent[5 + int.from_bytes(sent[3:5], "big") :]
    return count


def records(contender: Contender, times: int) -> float:
    """TLS records of one request, in what is written, as strace shows it."""
    told = traced(contender, times, "-e", "trace=write,writev,sendto,sendmsg", "-xx", "-s", "65536")
    written = (bytes.fromhex(text.replace("\\x", "")) for text in re.findall(r'"((?:\\x[0-9a-f]{2})+)"', told))
    return sum(map(heads, written)) / times


def rows(bench: Bench) -> List[Row]:
    def made(words: Dict[str, Sequence[object]], times: int) -> List[Contender]:
        return [bench.contender(name, *command, "small", times) for name, command in words.items()]

    python = bench.built / "venv" / "bin" / "python"
    quick = {
        "limit": [bench.built / "limit_small"],
        "ours": [bench.rust / "ours_small"],
        "tuned": [bench.rust / "tuned"],
        "curl": [bench.built / "curl"],
    }
    slow = {"requests": [python, ROOT / "benches" / "python" / "requests_jobs.py"]}
    for name in ("reqwest", "go"):
        if (bench.built / name).exists():
            quick[name] = [bench.built / name]
    contenders = made(quick, TIMES) + made(slow, SLOW)
    in_turn(contenders[: len(quick)])
    in_turn(contenders[len(quick) :], 2)
    least = {one.name: one.least("cpu_ns") / 1e3 for one in contenders}
    ours = least["ours"]
    job = "small requests on one connection"
    found = [
        Row(job, "cpu / OpenSSL and sockets by hand", ours / least["limit"], 1.5, f"{ours:.1f} µs; {CHECKS}"),
        Row(job, "cpu / tuned ureq program", ours / least["tuned"], None, f"{least['tuned']:.1f} µs"),
        Row(job, "cpu / libcurl by hand", ours / least["curl"], 0.8, f"{least['curl']:.1f} µs"),
    ]
    for name in ("reqwest", "go", "requests"):
        if name in least:
            shown = {"go": "Go, x/oauth2", "reqwest": "reqwest, oauth2"}.get(name, name)
            found.append(Row(job, f"cpu / {shown}", ours / least[name], None, f"{least[name]:.1f} µs"))
    if shutil.which("strace"):
        one = next(contender for contender in contenders if contender.name == "ours")
        each = {name: count for name, count in calls(one, 400).items() if count > 0.01}
        shown = ", ".join(f"{name} {count:.1f}" for name, count in sorted(each.items()))
        helpers = sum(each.get(name, 0) for name in ("clone", "clone3", "openat", "socket", "connect"))
        found += [
            Row(job, "system calls of a request", sum(each.values()), 4, shown),
            Row(job, "threads, lookups and dials of a request", helpers, 0, ""),
            Row(job, "TLS records of a request", round(records(one, 400), 1), 1, "the handshakes' few left out"),
        ]
    return found
