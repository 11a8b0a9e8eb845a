"""Rows about the size of the library, and the time of its build."""

import os
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


def build(*command: str) -> float:
    """Returns the processor seconds of a command that builds the library into an empty folder."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "CARGO_TARGET_DIR": folder, "PREFIX": f"{folder}/prefix"}
        subprocess.run(
            ["sh", "-c", " ".join(command)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def stripped(bench: Bench) -> int:
    """Returns the size of the shared library without its symbols."""
    copy = bench.folder / "stripped.so"
    shutil.copy(bench.prefix / "lib" / "libvanta.so", copy)
    subprocess.run(["strip", str(copy)], check=True)
    return copy.stat().st_size


def rows(bench: Bench) -> List[Row]:
    cargo = "cargo build --locked -p libvanta"
    archive = (bench.prefix / "lib" / "libvanta.a").stat().st_size
    return [
        Row("size", "stripped .so, MB", stripped(bench) / MB, 3.0, ""),
        Row("size", "localised .a, MB", archive / MB, 5, ""),
        Row("size", "crates in the runtime tree", crates(), 40, "the library itself among them"),
        Row("build", "cargo build --release, cpu s", build(f"{cargo} --release"), 80, "from nothing; default features"),
        Row("build", "cargo build, cpu s", build(cargo), None, "from nothing; default features"),
        Row("build", "install.sh, cpu s", build("bindings/c/install.sh --prefix $PREFIX"), None, "both libraries"),
    ]
