"""Checks what is installed: the table of functions, and which library is loaded."""

import base64
import ctypes
import hashlib
import os
import re
import shutil
import subprocess
from ctypes import POINTER, c_char_p, c_double, c_int32, c_int64, c_size_t, c_ssize_t
from ctypes import c_uint32, c_uint64, c_void_p
from importlib import metadata
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import pytest
from conftest import run

import libvanta
from libvanta import _native
from libvanta._prototypes import PROTOTYPES

HEADER = Path(__file__).parents[2] / "include" / "vanta.h"
PLAIN: Dict[str, Any] = {
    "int32_t": c_int32,
    "uint32_t": c_uint32,
    "int64_t": c_int64,
    "uint64_t": c_uint64,
    "size_t": c_size_t,
    "ptrdiff_t": c_ssize_t,
    "double": c_double,
    "void": None,
    "char *": c_char_p,
    "size_t *": POINTER(c_size_t),
}
LOADED = "from libvanta import _native; print(_native.library()._name)"


def declared() -> Iterator[Tuple[str, str, List[str]]]:
    """Yields the name, result type and parameter types of every function of the header."""
    text = re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.S)
    for result, name, given in re.findall(r"^([a-z][\w ]*?[ *]+)(vanta_\w+)\(([^;]*)\);", text, re.M):
        every = [] if given == "void" else re.split(r",\s*(?![^()]*\))", given)
        yield name, result, [re.sub(r"\w+$", "", one.strip()) for one in every]


def in_ctypes(c_type: str) -> Any:
    bare = " ".join(c_type.replace("const", "").split()).replace("* *", "**")
    numbers = re.findall(rf"^typedef (\w+) {bare.rstrip(' *')};$", HEADER.read_text(), re.M)
    if bare in PLAIN or numbers:
        return PLAIN[bare if bare in PLAIN else numbers[0]]
    return POINTER(c_void_p) if bare.endswith("**") else c_void_p


def test_every_export_has_the_types_of_the_header() -> None:
    library = _native.library()
    output = subprocess.run(["nm", "-D", "--defined-only", library._name], capture_output=True, text=True)
    exports = set(re.findall(r" T (vanta_\w+)", output.stdout))
    functions = list(declared())
    assert exports == set(PROTOTYPES) == {name for name, _, _ in functions}
    assert len(exports) > 100
    for name, result, parameters in functions:
        function = getattr(library, name)
        # A text with a size parameter has no NUL at its end.
        is_sized = result.endswith("char *") and parameters[-1:] == ["size_t *"]
        assert function.restype is (c_void_p if is_sized else in_ctypes(result)), name
        assert function.argtypes is not None and len(function.argtypes) == len(parameters), name
        for given, c_type in zip(function.argtypes, parameters):
            # Callbacks and structures have their own types in ctypes.
            is_own = given is not c_void_p and in_ctypes(c_type) is c_void_p
            assert given is in_ctypes(c_type) or is_own and hasattr(given, "from_param"), (name, c_type)
            assert not is_own or not issubclass(given, ctypes._SimpleCData), (name, c_type)


def test_installed_files_are_those_of_the_wheel() -> None:
    installed = metadata.distribution("libvanta")
    assert installed.version == libvanta.__version__ == libvanta.library_version()
    names = [str(path) for path in installed.files or []]
    for name in ("py.typed", "libvanta.so.0", "records.py"):
        assert f"libvanta/{name}" in names
    for name in ("LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY"):
        assert any(listed.endswith(f".dist-info/licenses/{name}") for listed in names)
    listed = [path for path in installed.files or [] if path.hash is not None]
    assert len(listed) > 15
    for path in listed:
        held = path.read_binary()
        digest = base64.urlsafe_b64encode(hashlib.sha256(held).digest()).decode().rstrip("=")
        assert (path.hash and path.hash.value, path.size) == (digest, len(held)), path


def test_the_bundled_library_is_taken_unless_another_is_named(tmp_path: Path) -> None:
    bundled = Path(libvanta.__file__).parent / "libvanta.so.0"
    other = tmp_path / "another.so"
    shutil.copy(_native.library()._name, other)
    # The system's loader would find this one: a bundled library is loaded by its path.
    shutil.copy(other, tmp_path / "libvanta.so.0")
    output = run("-c", LOADED, LIBVANTA_LIBRARY="", LD_LIBRARY_PATH=str(tmp_path))
    assert output.stdout == f"{bundled}\n"
    assert run("-c", LOADED, LIBVANTA_LIBRARY=str(other)).stdout == f"{other}\n"


def compiled(folder: Path, code: str) -> str:
    path = folder / "wrong.so"
    source = folder / "wrong.c"
    source.write_text(code)
    subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-o", path, source], check=True)
    return str(path)


def test_a_library_with_another_abi_raises_import_error_with_the_reason(tmp_path: Path) -> None:
    newer = compiled(tmp_path, "unsigned vanta_abi_version(void) { return 7; }")
    load = "import libvanta\ntry: libvanta.library_version()\nexcept ImportError as error: print(error)"
    output = run("-c", load, LIBVANTA_LIBRARY=newer).stdout
    assert output == f"{newer} has ABI version 7, this package needs {_native.ABI_VERSION}\n"
    older = compiled(tmp_path, "unsigned vanta_abi_version(void) { return 0; }")
    output = run("-c", load, LIBVANTA_LIBRARY=older).stdout
    assert output.startswith(f"{older} is not the library of this package: ") and "vanta_" in output
    output = run("-c", load, LIBVANTA_LIBRARY="/nowhere.so").stdout
    assert output.startswith("the library cannot be loaded: /nowhere.so: ")


@pytest.mark.parametrize("options", [["-O"], ["-OO"], ["-bb"], []], ids=" ".join)
def test_a_push_works_whatever_options_python_has(options: List[str]) -> None:
    push = """
import libvanta
body = libvanta.Body.from_records("66f0c0ffee0000000000a0ff", [
    {"uniqueId": "a", "displayName": "a", "externalUrl": "https://x.example.com"}])
with libvanta.Client(libvanta.Config(environment=True)) as client:
    client.push("custom_resource", body)
    print(client.verify("custom_resource", body).receipt_kind)
"""
    assert run(*options, "-c", push).stdout == "verified\n"
