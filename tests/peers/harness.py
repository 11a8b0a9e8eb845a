"""Shared by all cases: starts and stops programs, makes certificates, finds ports, and lists the cases."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

import libvanta

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RESOURCE = "66f0c0ffee0000000000a001"
ACCOUNTS = ROOT / "tests/fixtures/02_user_account_1200.json"
KIND = "user_account"

# The numbers of vanta.h by their names there, without VANTA_ERR_.
STATUS = {
    name: int(number)
    for name, number in re.findall(
        r"^#define VANTA_ERR_(\w+) \((-\d+)\)$", (ROOT / "include/vanta.h").read_text(), re.MULTILINE
    )
}

Case = Callable[["Setup"], None]
CASES: List[Tuple[str, Case]] = []


class Skipped(Exception):
    """Raised where the machine does not allow a case, with the reason."""


def case(title: str) -> Callable[[Case], Case]:
    def add(run: Case) -> Case:
        CASES.append((title, run))
        return run

    return add


def wait_until(what: str, condition: Callable[[], Any], seconds: float = 60) -> Any:
    """Waits until a condition holds that another program changes, and returns its value."""
    latest = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < latest, f"{what}: not within {seconds} s"
        time.sleep(0.01)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Program:
    """A program in the foreground, and the processes that it starts."""

    def __init__(self, folder: Path, name: str, words: List[str]) -> None:
        self.output = folder / f"{name}.output"
        with open(self.output, "ab") as output:
            self.process = subprocess.Popen(
                words, stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True
            )

    def ready(self, condition: Callable[[], Any]) -> Any:
        """Waits until a condition holds. Fails if the program ends before that."""

        def found() -> Any:
            code = self.process.poll()
            assert code is None, f"{self.output.name} ended with {code}"
            return condition()

        return wait_until(f"{self.output.name} is ready", found)

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, how)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(5)


class Setup:
    """The folder, the programs and the certificates of one case."""

    def __init__(self, folder: Path, packages: Path, modules: Path) -> None:
        self.folder, self.packages, self.modules = folder, packages, modules
        self.cleanup = contextlib.ExitStack()

    @contextlib.contextmanager
    def of_case(self, number: int) -> Iterator["Setup"]:
        """Makes the setup of one case, and stops its programs in the end."""
        own = Setup(self.folder / str(number), self.packages, self.modules)
        own.folder.mkdir()
        for name in ("root.pem", "chain.pem", "leaf.pem", "leaf.key"):
            os.link(self.folder / name, own.folder / name)
        with own.cleanup:
            yield own

    def find(self, name: str) -> str:
        """Finds a program in the unpacked packages or on the machine."""
        for folder in ("usr/sbin", "usr/bin"):
            if (self.packages / folder / name).exists():
                return str(self.packages / folder / name)
        found = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin")
        if found is None:
            raise Skipped(f"{name} is not available")
        return found

    def file(self, name: str) -> str:
        """Finds a file below /usr that belongs to such a program."""
        unpacked = self.packages / "usr" / name
        return str(unpacked if unpacked.exists() else Path("/usr") / name)

    def start(self, name: str, words: List[str]) -> Program:
        program = Program(self.folder, name, words)
        self.cleanup.callback(program.stop)
        return program

    def write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text)
        return str(path)

    def config(self, server: "Service", **changes: Any) -> libvanta.Config:
        settings: Dict[str, Any] = {
            "origin": server.origin,
            "client_id": server.client_id,
            "client_secret_file": server.secret_file,
            "ca_file": server.ca_file,
            "requests_per_minute": 0,
            "deadline": 10,
        }
        return libvanta.Config(**{**settings, **changes})

    def client(self, server: "Service", **changes: Any) -> libvanta.Client:
        return self.cleanup.enter_context(libvanta.Client(self.config(server, **changes)))


class Service:
    """What a client is configured with: a Vanta, or a gateway in front of it."""

    origin: str
    client_id: str
    secret_file: str
    ca_file: str


class Simulator(Service):
    """The simulated Vanta, with TLS of its own, or with plain http behind a gateway."""

    def __init__(self, setup: Setup, http: bool = False, before: Tuple[str, ...] = ()) -> None:
        folder = setup.folder / ("plain" if http else "secured")
        words = [os.environ["VANTA_SIMULATOR"], "--no-limits", "--folder", str(folder)]
        words = [*before, *words, *(["--http"] if http else [])]
        program = setup.start(folder.name, words)
        program.ready(lambda: "Ctrl-C" in program.output.read_text())
        lines = re.findall(r"^export VANTA_(\w+)=(.*)$", program.output.read_text(), re.MULTILINE)
        settings = dict(lines)
        self.origin, self.client_id = settings["ORIGIN"], settings["CLIENT_ID"]
        self.secret_file = settings["CLIENT_SECRET_FILE"]
        self.ca_file = settings.get("CA_FILE", str(setup.folder / "root.pem"))
        self.program = program

    @property
    def port(self) -> int:
        return int(self.origin.rsplit(":", 1)[1])


def accounts(count: int = 1200, weight: int = 0, text: str = "") -> libvanta.Body:
    """Makes accounts with `weight` more bytes in each name, and with a text in it."""
    return libvanta.Body.from_records(
        RESOURCE,
        [
            {
                "uniqueId": f"a-{number}",
                "displayName": f"{number}{text}" + "x" * weight,
                "externalUrl": f"https://x.example.com/{number}",
                "fullName": "A",
                "accountName": "a",
                "email": "a@example.com",
                "permissionLevel": "BASE",
                "createdTimestamp": "2026-01-01T00:00:00Z",
                "status": "ACTIVE",
                "mfaEnabled": True,
                "mfaMethods": ["OTP"],
                "authMethod": "PASSWORD",
            }
            for number in range(count)
        ],
    )


def assert_fails(
    run: Callable[[], Any], kinds: str, *words: str, stage: Optional[str] = None
) -> libvanta.VantaError:
    """Checks that a call fails with one of the kinds (`TLS|CONNECT`) and a message that contains the words."""
    try:
        result = run()
    except libvanta.VantaError as error:
        line = f"{error} (status {error.code}, stage {error.stage})"
        assert error.code in [STATUS[kind] for kind in kinds.split("|")], f"not {kinds}: {line}"
        assert stage is None or error.stage == stage, f"not at {stage}: {line}"
        for word in words:
            assert word in str(error), f"without {word!r}: {line}"
        return error
    raise AssertionError(f"{kinds} was expected, and it succeeded: {result}")


def push(
    setup: Setup, server: Service, before: Tuple[str, ...] = (), **environment: str
) -> "subprocess.CompletedProcess[str]":
    """Runs the example program in Rust, which is configured from its environment."""
    kept = {name: value for name, value in os.environ.items() if not is_ours(name)}
    kept.update(
        VANTA_ORIGIN=server.origin,
        VANTA_CLIENT_ID=server.client_id,
        VANTA_CLIENT_SECRET_FILE=server.secret_file,
        VANTA_CA_FILE=server.ca_file,
        VANTA_REQUESTS_PER_MINUTE="0",
    )
    kept.update(environment)
    words = [*before, os.environ["VANTA_PUSH"], KIND, str(ACCOUNTS)]
    return subprocess.run(words, env=kept, capture_output=True, text=True, timeout=60)


def is_ours(name: str) -> bool:
    return name.startswith("VANTA_") or name.lower().endswith("_proxy") or name in ("SSL_CERT_FILE", "SSL_CERT_DIR")


def assert_pushed(ended: "subprocess.CompletedProcess[str]") -> None:
    assert ended.returncode == 0 and "1,200 records live" in ended.stdout, ended


def certificates(folder: Path) -> None:
    """Makes a root certificate, an intermediate and a leaf."""

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *key, "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=Root")
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:10.77.0.2\n"
    (folder / "leaf.ext").write_text(names)
    (folder / "middle.ext").write_text("basicConstraints=critical,CA:TRUE\n")
    for name, issuer in (("middle", "root"), ("leaf", "middle")):
        asked = ("-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        openssl("req", *key, *asked)
        by = ("-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-CAcreateserial", "-days", "2")
        openssl(
            "x509",
            "-req",
            "-in",
            f"{name}.csr",
            *by,
            "-extfile",
            f"{name}.ext",
            "-out",
            f"{name}.pem",
        )
    chain = (folder / "leaf.pem").read_text() + (folder / "middle.pem").read_text()
    (folder / "chain.pem").write_text(chain)
