"""Cases of bad networks: links that go down, and connections that are slow, stall, drop data or are reset."""

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
from harness import (
    ACCOUNTS,
    KIND,
    RESOURCE,
    Setup,
    Simulator,
    Skipped,
    accounts,
    assert_fails,
    assert_pushed,
    case,
    push,
    wait_until,
)
from lossy_link import LossyLink
from nginx import ANY_REMOVALS, Nginx

CLONE_NEWNET = 0x40000000


class Relay:
    """Forwards bytes between a client and a port, with faults.

    Each piece of at most `piece` bytes waits `delay`, those of responses `response_delay` more. After `drop_up` or
    `drop_down` bytes in that direction nothing more is forwarded. After `cut` bytes of a request the connection is
    reset.
    """

    def __init__(self, setup: Setup, port: int) -> None:
        self.to = port
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.server.getsockname()[1])
        self.delay, self.response_delay, self.piece = 0.0, 0.0, 65536
        self.drop_up: Optional[int] = None
        self.drop_down: Optional[int] = None
        self.cut: Optional[int] = None
        self.connections = 0
        setup.cleanup.callback(self.server.close)
        threading.Thread(target=self.run, daemon=True).start()

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.server.accept()
                self.connections += 1
                threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.to)) as up:
            back = threading.Thread(target=self.forward, args=(up, client, False), daemon=True)
            back.start()
            self.forward(client, up, True)
            back.join()
        client.close()

    def forward(self, source: socket.socket, sink: socket.socket, upwards: bool) -> None:
        forwarded = 0
        with contextlib.suppress(OSError):
            while piece := source.recv(self.piece):
                time.sleep(self.delay if upwards else self.delay + self.response_delay)
                forwarded += len(piece)
                limit = self.drop_up if upwards else self.drop_down
                if upwards and self.cut is not None and forwarded > self.cut:
                    self.cut = None
                    source.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    source.close()
                    break
                if limit is None or forwarded <= limit:
                    sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)


def relayed(setup: Setup) -> Any:
    """Starts a simulator and a relay to it. Returns both, and the setting that leads through the relay."""
    direct = Simulator(setup)
    relay = Relay(setup, direct.port)
    return direct, relay, {"origin": f"https://localhost:{relay.port}"}


def within(seconds: float, run: Callable[[], Any]) -> Any:
    began = time.monotonic()
    result = run()
    took = time.monotonic() - began
    assert took < seconds, f"it took {took:.2f} s"
    return result


@case("a slow connection (100 ms each way, small pieces): a push and a verification succeed")
def slow(setup: Setup) -> None:
    direct, relay, changes = relayed(setup)
    relay.delay, relay.piece = 0.1, 32_768
    client = setup.client(direct, **changes, deadline=30)
    body = libvanta.Body.from_file(ACCOUNTS)
    # A token request, a read and the write.
    assert client.push(KIND, body).attempts == 3
    client.verify(KIND, body)


@case("a connection that drips: the deadline holds")
def dripping(setup: Setup) -> None:
    direct, relay, changes = relayed(setup)
    client = setup.client(direct, **changes)
    client.push(KIND, accounts())
    relay.piece, relay.delay = 700, 0.02
    run = lambda: client.list(KIND, RESOURCE, deadline=2)  # noqa: E731
    within(3, lambda: assert_fails(run, "DEADLINE_EXCEEDED"))


@case("a connection that drops half of a body: the deadline holds, and verify finds the old records")
def body_dropped(setup: Setup) -> None:
    direct, relay, changes = relayed(setup)
    client = setup.client(direct, **changes)
    client.push(KIND, accounts(3))
    relay.drop_up = 200_000
    large = accounts(weight=7000)
    run = lambda: client.push(KIND, large, ANY_REMOVALS, deadline=2)  # noqa: E731
    within(3, lambda: assert_fails(run, "DEADLINE_EXCEEDED|OUTCOME_UNKNOWN"))
    relay.drop_up = None
    client.verify(KIND, accounts(3))


@case("a connection that drops the response to a push: OutcomeUnknown in time, and verify settles it")
def response_lost(setup: Setup) -> None:
    direct, relay, changes = relayed(setup)
    client = setup.client(direct, **changes)
    client.push(KIND, accounts(3))

    def whole(sent: int, total: int, _: int) -> None:
        if sent == total:
            relay.drop_down = 0

    relay.response_delay = 0.5
    run = lambda: client.push(KIND, accounts(4), ANY_REMOVALS, deadline=2, progress=whole)  # noqa: E731
    error = within(3, lambda: assert_fails(run, "OUTCOME_UNKNOWN", stage="wait"))
    assert isinstance(error, libvanta.OutcomeUnknown), error
    relay.drop_down, relay.response_delay = None, 0
    client.verify(KIND, accounts(4))


@case("a connection that is reset in the middle of a body: the push is retried once")
def breaking(setup: Setup) -> None:
    direct, relay, changes = relayed(setup)
    client = setup.client(direct, **changes)
    client.push(KIND, accounts(3))
    relay.cut = 100_000
    # Larger than the buffers of two sockets, so that it is not sent completely before the reset.
    large = accounts(weight=7000)
    receipt = client.push(KIND, large)
    # A read and the write, twice.
    assert receipt.attempts == 4 and relay.cut is None, receipt
    client.verify(KIND, large)


class RemoteVanta:
    """Vanta behind nginx in one network namespace, the client in another, and a link between them."""

    def __init__(self, setup: Setup, link: Optional["LossyLink"] = None) -> None:
        self.setup = setup
        name = f"vanta-{os.getpid()}"
        self.near, self.far = f"{name}-near", f"{name}-far"
        if os.geteuid() != 0:
            raise Skipped("network namespaces need root")
        for space in (self.near, self.far):
            output = subprocess.run(["ip", "netns", "add", space], capture_output=True, text=True)
            if output.returncode != 0:
                raise Skipped(f"no network namespaces here: {output.stderr.strip()}")
            setup.cleanup.callback(ip, "netns", "del", space)
            ip("-n", space, "link", "set", "lo", "up")
        if link is None:
            peer = ("type", "veth", "peer", "name", "far", "netns", self.far)
            ip("link", "add", "near", "netns", self.near, *peer)
        else:
            with in_namespace(self.near):
                near = tunnel(setup, "near")
            with in_namespace(self.far):
                link.connect(near, tunnel(setup, "far"))
        ip("-n", self.near, "address", "add", "10.77.0.1/30", "dev", "near")
        ip("-n", self.far, "address", "add", "10.77.0.2/30", "dev", "far")
        self.link("up")
        ip("-n", self.near, "link", "set", "near", "up")
        before = ("ip", "netns", "exec", self.far)
        self.vanta = Simulator(setup, http=True, before=before)
        with in_namespace(self.far):
            self.relay = Relay(setup, self.vanta.port)
        self.nginx = Nginx(setup, self.vanta, "10.77.0.2", before)
        self.nginx.serve(upstream=f"http://127.0.0.1:{self.relay.port}")
        with in_namespace(self.near):
            wait_until("the link", lambda: reaches("10.77.0.2", self.nginx.port))

    def link(self, state: str) -> None:
        ip("-n", self.far, "link", "set", "far", state)


@contextlib.contextmanager
def in_namespace(space: str) -> Iterator[None]:
    """Moves this thread, and threads that it starts, into a network namespace."""
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


def tunnel(setup: Setup, name: str) -> int:
    """Makes a network device whose packets this process reads and writes."""
    try:
        device = os.open("/dev/net/tun", os.O_RDWR)
    except OSError as error:
        raise Skipped(f"no network devices of our own: {error}") from None
    setup.cleanup.callback(os.close, device)
    without_header = 0x1000
    fcntl.ioctl(device, 0x400454CA, struct.pack("16sH22x", name.encode(), 1 | without_header))
    return device


@contextlib.contextmanager
def far(setup: Setup, link: Optional[LossyLink] = None) -> Iterator[Any]:
    """Makes the two namespaces, and a client in the near one that has pushed three accounts."""
    there = RemoteVanta(setup, link)
    with in_namespace(there.near):
        client = setup.client(there.nginx)
        client.push(KIND, accounts(3))
        yield there, client


@case("link down in the middle of a body: the deadline holds; up again, verify finds the old records")
def down_in_a_body(setup: Setup) -> None:
    with far(setup) as (there, client):

        def halfway(sent: int, total: int, _: int) -> None:
            if sent > total // 4:
                there.link("down")

        large = accounts(weight=7000)
        run = lambda: client.push(KIND, large, ANY_REMOVALS, deadline=2, progress=halfway)  # noqa: E731
        error = within(3, lambda: assert_fails(run, "DEADLINE_EXCEEDED|OUTCOME_UNKNOWN"))
        there.link("up")
        client.verify(KIND, accounts(3))
        client.push(KIND, large)
        client.verify(KIND, large)
        assert error.stage in ("send", "wait"), error.stage


@case("link down when the response is due: OutcomeUnknown in time; up again, verify settles it")
def down_at_the_response(setup: Setup) -> None:
    with far(setup) as (there, client):
        there.relay.response_delay = 1.0

        def whole(sent: int, total: int, _: int) -> None:
            if sent == total:
                threading.Timer(0.3, there.link, ["down"]).start()

        run = lambda: client.push(
            KIND, accounts(4), ANY_REMOVALS, deadline=3, progress=whole
        )  # noqa: E731
        within(4, lambda: assert_fails(run, "OUTCOME_UNKNOWN", stage="wait"))
        there.relay.response_delay = 0.0
        there.link("up")
        client.verify(KIND, accounts(4))


@case("link down for a second in the middle of a body: the push waits, and succeeds without a retry")
def down_for_a_moment(setup: Setup) -> None:
    with far(setup) as (there, client):
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


@case("no link before a call: it ends in time with an error about the connection")
def down_before(setup: Setup) -> None:
    with far(setup) as (there, client):
        there.nginx.stop()
        there.link("down")
        run = lambda: client.push(KIND, accounts(4), deadline=2)  # noqa: E731
        within(3, lambda: assert_fails(run, "CONNECT|DEADLINE_EXCEEDED", stage="connect"))
        ip("-n", there.near, "link", "set", "near", "down")
        within(3, lambda: assert_fails(run, "CONNECT", "10.77.0.2", stage="connect"))


@case("an unreachable IPv6 address beside an IPv4 address: a push takes at most a second more")
def nowhere(setup: Setup) -> None:
    name = f"vanta-{os.getpid()}-nowhere"
    if os.geteuid() != 0:
        raise Skipped("network namespaces need root")
    output = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True)
    if output.returncode != 0:
        raise Skipped(f"no network namespaces here: {output.stderr.strip()}")
    setup.cleanup.callback(ip, "netns", "del", name)
    ip("-n", name, "link", "set", "lo", "up")
    with in_namespace(name):
        # Nothing reads its packets.
        tunnel(setup, "nowhere")
    ip("-n", name, "link", "set", "nowhere", "up")
    ip("-n", name, "address", "add", "2001:db8:77::2/64", "dev", "nowhere", "nodad")
    # `ip netns exec` mounts this file over /etc/hosts.
    hosts = Path(f"/etc/netns/{name}/hosts")
    hosts.parent.mkdir(parents=True)
    setup.cleanup.callback(shutil.rmtree, hosts.parent)
    before = ("ip", "netns", "exec", name)
    vanta = Simulator(setup, before=before)
    took = []
    for addresses in (["127.0.0.1"], ["127.0.0.1", "2001:db8:77::1"]):
        hosts.write_text("".join(f"{address} localhost\n" for address in addresses))
        began = time.monotonic()
        assert_pushed(push(setup, vanta, before=before))
        took.append(time.monotonic() - began)
    assert took[0] + 0.1 < took[1] < took[0] + 1, took


@case("a link of 16 Mbit/s: a large push succeeds")
def narrow(setup: Setup) -> None:
    with far(setup) as (there, client):
        shape = ("tbf", "rate", "16mbit", "burst", "64kb", "latency", "50ms")
        command = ["tc", "-n", there.near, "qdisc", "add", "dev", "near", "root", *shape]
        output = subprocess.run(command, capture_output=True, text=True)
        if output.returncode != 0:
            raise Skipped(f"the kernel has no traffic shaping: {output.stderr.strip()}")
        large = accounts(weight=2000)
        assert client.push(KIND, large, deadline=30).attempts <= 3
        client.verify(KIND, large)


@case("packets that are late (30 to 50 ms), out of order, and lost (2 %): a push succeeds")
def lossy(setup: Setup) -> None:
    link = LossyLink(delay=0.03, jitter=0.02, loss=0.02)
    with far(setup, link) as (_, client):
        body = libvanta.Body.from_file(ACCOUNTS)
        assert client.push(KIND, body, deadline=60).attempts <= 3
        client.verify(KIND, body, deadline=60)
        assert link.lost > 5, (link.forwarded, link.lost)


@case("half of the packets lost: the deadline holds, and verify settles it")
def half_lost(setup: Setup) -> None:
    link = LossyLink(delay=0.01, jitter=0.01, loss=0)
    with far(setup, link) as (_, client):
        link.loss = 0.5
        large = accounts(weight=1000)
        run = lambda: client.push(KIND, large, ANY_REMOVALS, deadline=2)  # noqa: E731
        within(3, lambda: assert_fails(run, "DEADLINE_EXCEEDED|OUTCOME_UNKNOWN"))
        link.loss = 0
        client.verify(KIND, accounts(3), deadline=20)
