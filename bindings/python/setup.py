"""Builds the C library with cargo, and puts it into a wheel that says which glibc it needs; makes an
sdist that holds the sources of both."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Iterator, List, Tuple

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

HERE = Path(__file__).resolve().parent
# An sdist has what it needs of the repository in a folder of its own.
INSIDE = HERE / "repository"
ROOT = INSIDE if INSIDE.exists() else HERE.parents[1]
LICENCES = ("LICENSE-APACHE", "LICENSE-MIT")
# Cargo wants the whole workspace to be there, and the library's documentation is its README.
SOURCES = (
    *("Cargo.toml", "Cargo.lock", "build.rs", "cbindgen.toml", "deny.toml", "README.md", "CHANGELOG.md"),
    *("src", "include", "docs", "benches/rust", "bindings/c", "bindings/cli", "examples"),
    *("tests/simulator", "tests/store-model", "tests/universe"),
)


@contextlib.contextmanager
def copy_of_this_folder() -> Iterator[None]:
    """Setuptools writes into the folder that it builds, so it builds a copy. The checkout may be read-only."""
    if "editable_wheel" in sys.argv:
        raise SystemExit("pip install -e is not supported: set PYTHONPATH and LIBVANTA_LIBRARY instead")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / HERE.name
        left_out = shutil.ignore_patterns("repository", "__pycache__", "build", "*.egg-info", "LICENSE-*")
        shutil.copytree(HERE, copy, ignore=left_out)
        for path in (copy, *copy.rglob("*")):  # the modes of a read-only checkout are copied too
            path.chmod(0o755 if path.is_dir() else 0o644)
        for licence in LICENCES:  # setuptools takes them from beside setup.py only
            shutil.copyfile(ROOT / licence if ROOT != INSIDE else HERE / licence, copy / licence)
        before = Path.cwd()
        os.chdir(copy)
        try:
            yield
        finally:
            os.chdir(before)


def run_script(name: str, *words: str, **options: Any) -> None:
    """A script of the C library's."""
    if shutil.which("cargo") is None:
        raise SystemExit("libvanta is built from Rust: cargo 1.85 or later is needed, see rustup.rs")
    subprocess.run(["sh", ROOT / "bindings" / "c" / name, *words], check=True, **options)


class ForOnePlatform(Distribution):
    def has_ext_modules(self) -> bool:
        return True


class BuildWithLibrary(build_py):
    def run(self) -> None:
        super().run()
        package = Path(self.build_lib) / "libvanta"
        package.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as built:
            target = os.environ.get("CARGO_TARGET_DIR", str(Path(built) / "cargo"))
            run_script("build.sh", built, env={**os.environ, "CARGO_TARGET_DIR": target})
            names = ("libvanta.so.0", "libvanta.0.dylib", "vanta.dll")
            (library,) = (file for file in map(Path(built).joinpath, names) if file.exists())
            shutil.copy2(library, package / library.name)


def glibc_floor(folder: Path) -> Tuple[int, ...]:
    """The oldest glibc that has all that the ELF files of a folder ask for; () if they ask for none."""
    versions: List[Tuple[int, ...]] = []
    for file in folder.rglob("*"):
        if file.is_file() and file.open("rb").read(4) == b"\x7fELF":
            told = subprocess.run(["readelf", "-VW", file], check=True, capture_output=True, text=True)
            asked = re.findall(r"\bName: GLIBC_([0-9.]+)\b", told.stdout)
            versions += [tuple(map(int, version.split("."))) for version in asked]
    return max(versions, default=())


def mac_processor(folder: Path) -> str:
    """The processor that a library for macOS is for; "" for other systems. Python itself may be for both."""
    known = {b"\xcf\xfa\xed\xfe\x0c\0\0\x01": "arm64", b"\xcf\xfa\xed\xfe\x07\0\0\x01": "x86_64"}
    return next((known[file.read_bytes()[:8]] for file in folder.rglob("*.dylib")), "")


class PlatformWheel(bdist_wheel):
    """The library is for one platform, but for every Python of it."""

    def egg2dist(self, egginfo_path: str, distinfo_path: str) -> None:
        super().egg2dist(egginfo_path, distinfo_path)
        with open(Path(distinfo_path) / "licenses" / "THIRD-PARTY", "w") as notices:
            run_script("third-party.sh", stdout=notices)

    def get_tag(self) -> Tuple[str, str, str]:
        platform = super().get_tag()[2]
        built = Path(self.get_finalized_command("build_py").build_lib)
        processor, floor = mac_processor(built), glibc_floor(built)
        if processor:
            return ("py3", "none", re.sub("(universal2|arm64|x86_64)$", processor, platform))
        if not floor:
            return ("py3", "none", platform)
        named = re.fullmatch(r"manylinux_(\d+)_(\d+)_\w+", platform)
        if named is None:
            platform = re.sub("^linux", "manylinux_" + "_".join(map(str, floor[:2])), platform)
        elif tuple(map(int, named.groups())) < floor:
            needed = ".".join(map(str, floor))
            raise SystemExit(f"{platform} promises too much: the library needs glibc {needed}")
        return ("py3", "none", platform)


class SourcesOfBoth(sdist):
    def make_release_tree(self, base_dir: str, files: List[str]) -> None:
        super().make_release_tree(base_dir, files)
        inside = Path(base_dir) / "repository"
        for name in SOURCES:
            source, target = ROOT / name, inside / name
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("target", ".*"))
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)


with copy_of_this_folder():
    setup(
        distclass=ForOnePlatform,
        cmdclass={"build_py": BuildWithLibrary, "bdist_wheel": PlatformWheel, "sdist": SourcesOfBoth},
    )
