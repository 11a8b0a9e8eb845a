"""What networks do: links that go down, lines that are slow, lose, drip, swallow and break."""

import contextlib
import ctypes
import fcntl
import os
import shutil
import socket
import struct
import subprocess
import threading
import time
from pathlib import Path
from typing import Any, Callable, Iterator, List, Optional

import libvanta
from air import Air
from fronts import BLUNT, Nginx
from stage import (
    ACCOUNTS,
    KIND,
    RESOURCE,
    Simulator,
    Skipped,
    Stage,
    accounts,
    arrived,
    push,
    refused,
    scene,
    until,
)

CLONE_NEWNET = 0x40000000


class Relay:
    """Carries bytes between a client and a port, and does with them what it is told to.

    `delay` is what each piece waits, `piece` the most bytes of one. After `swallow` bytes in a
    direction nothing more of it arrives; after `cut` bytes of a request the connection is reset.
    """

    def __init__(self, stage: Stage, port: int) -> None:
        self.to = port
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.server.getsockname()[1])
        self.delay, self.answers_delay, self.piece = 0.0, 0.0, 65536
        self.swallow_up: Optional[int] = None
        self.swallow_down: Optional[int] = None
        self.cut: Optional[int] = None
        self.connections = 0
        stage.playing.callback(self.server.close)
        threading.Thread(target=self.run, daemon=True).start()

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.server.accept()
                self.connections += 1
                threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.to)) as up:
            back = threading.Thread(target=self.carry, args=(up, client, False), daemon=True)
            back.start()
            self.carry(client, up, True)
            back.join()
        client.close()

    def carry(self, source: socket.socket, sink: socket.socket, upwards: bool) -> None:
        carried = 0
        with contextlib.suppress(OSError):
            while piece := source.recv(self.piece):
                time.sleep(self.delay if upwards else self.delay + self.answers_delay)
                carried += len(piece)
                limit = self.swallow_up if upwards else self.swallow_down
                if upwards and self.cut is not None and carried > self.cut:
                    self.cut = None
                    source.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    source.close()
                    break
                if limit is None or carried <= limit:
                    sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)


def relayed(stage: Stage) -> Any:
    """A simulator, the same one behind a relay, and the relay."""
    direct = Simulator(stage)
    relay = Relay(stage, direct.port)
    return direct, relay, {"origin": f"https://localhost:{relay.port}"}


def within(seconds: float, run: Callable[[], Any]) -> Any:
    began = time.monotonic()
    given = run()
    took = time.monotonic() - began
    assert took < seconds, f"it took {took:.2f} s"
    return given


@scene("a slow line (100 ms each way, small pieces): a push and its verification arrive")
def slow(stage: Stage) -> None:
    direct, relay, way = relayed(stage)
    relay.delay, relay.piece = 0.1, 32_768
    client = stage.client(direct, **way, deadline=30)
    body = libvanta.Body.from_file(ACCOUNTS)
    # A token request, a read and the write.
    assert client.push(KIND, body).attempts == 3
    client.verify(KIND, body)


@scene("a line that drips: the deadline holds")
def dripping(stage: Stage) -> None:
    direct, relay, way = relayed(stage)
    client = stage.client(direct, **way)
    client.push(KIND, accounts())
    relay.piece, relay.delay = 700, 0.02
    run = lambda: client.list(KIND, RESOURCE, deadline=2)  # noqa: E731
    within(3, lambda: refused(run, "DEADLINE_EXCEEDED"))


@scene("a line that swallows a body half way: the deadline holds, and verify tells what is live")
def swallowing(stage: Stage) -> None:
    direct, relay, way = relayed(stage)
    client = stage.client(direct, **way)
    client.push(KIND, accounts(3))
    relay.swallow_up = 200_000
    large = accounts(weight=7000)
    run = lambda: client.push(KIND, large, BLUNT, deadline=2)  # noqa: E731
    within(3, lambda: refused(run, "DEADLINE_EXCEEDED|OUTCOME_UNKNOWN"))
    relay.swallow_up = None
    client.verify(KIND, accounts(3))


@scene("a line that swallows the answer to a push: OutcomeUnknown in time, and verify settles it")
def answerless(stage: Stage) -> None:
    direct, relay, way = relayed(stage)
    client = stage.client(direct, **way)
    client.push(KIND, accounts(3))

    def whole(sent: int, total: int, _: int) -> None:
        if sent == total:
            relay.swallow_down = 0

    relay.answers_delay = 0.5
    run = lambda: client.push(KIND, accounts(4), BLUNT, deadline=2, progress=whole)  # noqa: E731
    error = within(3, lambda: refused(run, "OUTCOME_UNKNOWN", stage="wait"))
    assert isinstance(error, libvanta.OutcomeUnknown), error
    relay.swallow_down, relay.answers_delay = None, 0
    client.verify(KIND, accounts(4))


@scene("a line that breaks in the middle of a body: it is sent again, once")
def breaking(stage: Stage) -> None:
    direct, relay, way = relayed(stage)
    client = stage.client(direct, **way)
    client.push(KIND, accounts(3))
    relay.cut = 100_000
    # More than the buffers of two sockets take: else it may have left whole when the line breaks.
    large = accounts(weight=7000)
    receipt = client.push(KIND, large)
    # A read and the write, twice.
    assert receipt.attempts == 4 and relay.cut is None, receipt
    client.verify(KIND, large)


class Far:
    """Vanta behind nginx in one network namespace, the client in another, a link between them."""

    def __init__(self, stage: Stage, air: Optional["Air"] = None) -> None:
        self.stage = stage
        name = f"vanta-{os.getpid()}"
        self.near, self.far = f"{name}-near", f"{name}-far"
        if os.geteuid() != 0:
            raise Skipped("network namespaces take root")
        for space in (self.near, self.far):
            told = subprocess.run(["ip", "netns", "add", space], capture_output=True, text=True)
            if told.returncode != 0:
                raise Skipped(f"no network namespaces here: {told.stderr.strip()}")
            stage.playing.callback(ip, "netns", "del", space)
            ip("-n", space, "link", "set", "lo", "up")
        if air is None:
            peer = ("type", "veth", "peer", "name", "far", "netns", self.far)
            ip("link", "add", "near", "netns", self.near, *peer)
        else:
            with inside(self.near):
                near = tunnel(stage, "near")
            with inside(self.far):
                air.between(near, tunnel(stage, "far"))
        ip("-n", self.near, "address", "add", "10.77.0.1/30", "dev", "near")
        ip("-n", self.far, "address", "add", "10.77.0.2/30", "dev", "far")
        self.link("up")
        ip("-n", self.near, "link", "set", "near", "up")
        before = ("ip", "netns", "exec", self.far)
        self.vanta = Simulator(stage, http=True, before=before)
        with inside(self.far):
            self.relay = Relay(stage, self.vanta.port)
        self.nginx = Nginx(stage, self.vanta, "10.77.0.2", before)
        self.nginx.serve(upstream=f"http://127.0.0.1:{self.relay.port}")
        with inside(self.near):
            until("the link", lambda: reaches("10.77.0.2", self.nginx.port))

    def link(self, state: str) -> None:
        ip("-n", self.far, "link", "set", "far", state)


@contextlib.contextmanager
def inside(space: str) -> Iterator[None]:
    """What this thread, and threads that it starts, connect and listen to is in that one."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/proc/self/ns/net") as home, open(f"/run/netns/{space}") as there:
        assert libc.setns(there.fileno(), CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
        try:
            yield
        finally:
            assert libc.setns(home.fileno(), CLONE_NEWNET) == 0


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def reaches(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def tunnel(stage: Stage, name: str) -> int:
    """A network device whose packets this process reads and writes."""
    try:
        device = os.open("/dev/net/tun", os.O_RDWR)
    except OSError as error:
        raise Skipped(f"no network devices of our own: {error}") from None
    stage.playing.callback(os.close, device)
    without_header = 0x1000
    fcntl.ioctl(device, 0x400454CA, struct.pack("16sH22x", name.encode(), 1 | without_header))
    return device


@contextlib.contextmanager
def far(stage: Stage, air: Optional[Air] = None) -> Iterator[Any]:
    """The two namespaces, and a client in the near one that has pushed three accounts."""
    there = Far(stage, air)
    with inside(there.near):
        client = stage.client(there.nginx)
        client.push(KIND, accounts(3))
        yield there, client


@scene("link down in the middle of a body: the deadline holds; up again, verify tells what is live")
def down_in_a_body(stage: Stage) -> None:
    with far(stage) as (there, client):

        def halfway(sent: int, total: int, _: int) -> None:
            if sent > total // 4:
                there.link("down")

        large = accounts(weight=7000)
        run = lambda: client.push(KIND, large, BLUNT, deadline=2, progress=halfway)  # noqa: E731
        error = within(3, lambda: refused(run, "DEADLINE_EXCEEDED|OUTCOME_UNKNOWN"))
        there.link("up")
        client.verify(KIND, accounts(3))
        client.push(KIND, large)
        client.verify(KIND, large)
        assert error.stage in ("send", "wait"), error.stage


@scene("link down when the answer is due: OutcomeUnknown in time; up again, verify settles it")
def down_at_the_answer(stage: Stage) -> None:
    with far(stage) as (there, client):
        there.relay.answers_delay = 1.0

        def whole(sent: int, total: int, _: int) -> None:
            if sent == total:
                threading.Timer(0.3, there.link, ["down"]).start()

        run = lambda: client.push(
            KIND, accounts(4), BLUNT, deadline=3, progress=whole
        )  # noqa: E731
        within(4, lambda: refused(run, "OUTCOME_UNKNOWN", stage="wait"))
        there.relay.answers_delay = 0.0
        there.link("up")
        client.verify(KIND, accounts(4))


@scene("link down for a moment in the middle of a body: the push waits, and succeeds at once")
def down_for_a_moment(stage: Stage) -> None:
    with far(stage) as (there, client):
        is_down: List[bool] = []

        def halfway(sent: int, total: int, _: int) -> None:
            if sent > total // 4 and not is_down:
                is_down.append(True)
                there.link("down")
                threading.Timer(1, there.link, ["up"]).start()

        large = accounts(weight=7000)
        receipt = client.push(KIND, large, deadline=30, progress=halfway)
        assert is_down and receipt.attempts <= 3, receipt
        client.verify(KIND, large)


@scene("no link before a call: it ends in time, and says that it could not connect")
def down_before(stage: Stage) -> None:
    with far(stage) as (there, client):
        there.nginx.stop()
        there.link("down")
        run = lambda: client.push(KIND, accounts(4), deadline=2)  # noqa: E731
        within(3, lambda: refused(run, "CONNECT|DEADLINE_EXCEEDED", stage="connect"))
        ip("-n", there.near, "link", "set", "near", "down")
        within(3, lambda: refused(run, "CONNECT", "10.77.0.2", stage="connect"))


@scene("an IPv6 address that leads nowhere, and an IPv4 address: a push costs a second more at most")
def nowhere(stage: Stage) -> None:
    name = f"vanta-{os.getpid()}-nowhere"
    if os.geteuid() != 0:
        raise Skipped("network namespaces take root")
    told = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True)
    if told.returncode != 0:
        raise Skipped(f"no network namespaces here: {told.stderr.strip()}")
    stage.playing.callback(ip, "netns", "del", name)
    ip("-n", name, "link", "set", "lo", "up")
    with inside(name):
        # What is sent to it is read by nobody.
        tunnel(stage, "nowhere")
    ip("-n", name, "link", "set", "nowhere", "up")
    ip("-n", name, "address", "add", "2001:db8:77::2/64", "dev", "nowhere", "nodad")
    # `ip netns exec` mounts it over /etc/hosts.
    hosts = Path(f"/etc/netns/{name}/hosts")
    hosts.parent.mkdir(parents=True)
    stage.playing.callback(shutil.rmtree, hosts.parent)
    before = ("ip", "netns", "exec", name)
    vanta = Simulator(stage, before=before)
    took = []
    for addresses in (["127.0.0.1"], ["127.0.0.1", "2001:db8:77::1"]):
        hosts.write_text("".join(f"{address} localhost\n" for address in addresses))
        began = time.monotonic()
        arrived(push(stage, vanta, before=before))
        took.append(time.monotonic() - began)
    assert took[0] + 0.1 < took[1] < took[0] + 1, took


@scene("a link of 16 Mbit/s: a large push arrives")
def narrow(stage: Stage) -> None:
    with far(stage) as (there, client):
        shape = ("tbf", "rate", "16mbit", "burst", "64kb", "latency", "50ms")
        command = ["tc", "-n", there.near, "qdisc", "add", "dev", "near", "root", *shape]
        told = subprocess.run(command, capture_output=True, text=True)
        if told.returncode != 0:
            raise Skipped(f"the kernel shapes no traffic: {told.stderr.strip()}")
        large = accounts(weight=2000)
        assert client.push(KIND, large, deadline=30).attempts <= 3
        client.verify(KIND, large)


@scene("packets that are late (30 to 50 ms), out of order, and lost (2 %): a push arrives")
def lossy(stage: Stage) -> None:
    air = Air(delay=0.03, jitter=0.02, loss=0.02)
    with far(stage, air) as (_, client):
        body = libvanta.Body.from_file(ACCOUNTS)
        assert client.push(KIND, body, deadline=60).attempts <= 3
        client.verify(KIND, body, deadline=60)
        assert air.lost > 5, (air.carried, air.lost)


@scene("packets of which half is lost: the deadline holds, and verify settles it")
def broken_air(stage: Stage) -> None:
    air = Air(delay=0.01, jitter=0.01, loss=0)
    with far(stage, air) as (_, client):
        air.loss = 0.5
        large = accounts(weight=1000)
        run = lambda: client.push(KIND, large, BLUNT, deadline=2)  # noqa: E731
        within(3, lambda: refused(run, "DEADLINE_EXCEEDED|OUTCOME_UNKNOWN"))
        air.loss = 0
        client.verify(KIND, accounts(3), deadline=20)
