"""Compares the cost of the library with that of others, and prints the table; see benches/run.

    python3 benches/suite [WORD]    only groups of rows whose name holds WORD
"""

import importlib
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import List

sys.path.insert(0, str(Path(__file__).parent))
from measure import ROOT, Bench, Row, as_markdown, on_one_cpu  # noqa: E402

GROUPS = ("token", "cold", "trips", "processes", "push", "read", "small", "size")
ONE_CLIENT = ("cold", "push", "read", "small")
"""Groups in which one client at a time talks to the server."""


def machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "?")
    return f"{model}, {os.cpu_count()} cores, Linux {platform.release()}"


def main() -> int:
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    rows: List[Row] = []
    for group in (group for group in GROUPS if wanted in group):
        with on_one_cpu(group in ONE_CLIENT), tempfile.TemporaryDirectory() as folder, Bench(Path(folder)) as bench:
            rows += importlib.import_module(f"rows_{group}").rows(bench)
    commit = subprocess.run(
        ["git", "-C", str(ROOT), "describe", "--always"], stdout=subprocess.PIPE, text=True
    ).stdout.strip()
    print(f"`benches/run` at {commit} on {machine()}\n")
    print(as_markdown(rows))
    missed = [row for row in rows if row.met is False]
    print(f"\n{len(rows)} figures, {len(missed)} beyond their target")
    return 0


sys.exit(main())
