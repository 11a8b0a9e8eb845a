"""How large the finished library is, and what it is made of."""

import resource
import shutil
import subprocess
import tempfile
from typing import List

from measure import ROOT, Bench, Row

MB = 1e6


def crates() -> int:
    told = subprocess.run(
        ["cargo", "tree", "--locked", "-p", "libvanta", "-e", "normal", "--prefix", "none"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    ).stdout
    return len({line.replace(" (*)", "") for line in told.splitlines() if line})


def build() -> float:
    """Processor seconds of a clean release build of the library."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["cargo", "build", "--locked", "--release", "-p", "libvanta", "--target-dir", folder],
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
            check=True,
        )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def stripped(bench: Bench) -> int:
    """Bytes of the shared library without its symbols."""
    copy = bench.folder / "stripped.so"
    shutil.copy(bench.prefix / "lib" / "libvanta.so", copy)
    subprocess.run(["strip", str(copy)], check=True)
    return copy.stat().st_size


def rows(bench: Bench) -> List[Row]:
    archive = (bench.prefix / "lib" / "libvanta.a").stat().st_size
    return [
        Row("size", "stripped .so, MB", stripped(bench) / MB, 3.0, ""),
        Row("size", "localised .a, MB", archive / MB, 5, ""),
        Row("size", "crates in the runtime tree", crates(), 40, "the library itself among them"),
        Row("size", "clean release build, cpu s", build(), 80, ""),
    ]
