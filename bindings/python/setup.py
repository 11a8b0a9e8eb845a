"""Builds the C library with cargo and puts it into the package."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from setuptools import setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parents[2]


class BuildWithLibrary(build_py):
    def run(self) -> None:
        super().run()
        package = Path(self.build_lib) / "libvanta"
        package.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as built:
            subprocess.run([ROOT / "bindings" / "c" / "build.sh", built], check=True)
            shutil.copy2(Path(built) / "libvanta.so", package / "libvanta.so.0")


class PlatformWheel(bdist_wheel):
    """The library is for one platform, but for every Python of it."""

    def finalize_options(self) -> None:
        super().finalize_options()
        self.root_is_pure = False

    def get_tag(self):
        return ("py3", "none", super().get_tag()[2])


setup(cmdclass={"build_py": BuildWithLibrary, "bdist_wheel": PlatformWheel})
