"""Cases with nginx as a gateway in front of Vanta: large bodies, restarts, failing upstreams, old TLS versions."""

import os
import signal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, List, Optional

import libvanta
from harness import (
    ACCOUNTS,
    KIND,
    RESOURCE,
    Program,
    Service,
    Setup,
    Simulator,
    accounts,
    assert_fails,
    assert_pushed,
    case,
    free_port,
    listens,
    push,
    wait_until,
)

ANY_REMOVALS = libvanta.PushOptions(allow_any_removals=True)

CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
{user}
events {{}}
http {{
    log_format seen '$ssl_protocol $ssl_session_reused $request_method $status $connection $request_length';
    access_log {folder}/nginx-access.log seen;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
    client_max_body_size 11m;
    {servers}
    server {{
        listen {address}:{port} ssl;
        ssl_certificate {folder}/{certificate};
        ssl_certificate_key {folder}/leaf.key;
        {settings}
        location / {{
            proxy_pass {upstream};
            proxy_http_version 1.1;
        }}
    }}
}}
"""


class Nginx(Service):
    """nginx in front of a simulator. A client is configured for it as for the simulator."""

    def __init__(
        self, setup: Setup, behind: Any, address: str = "127.0.0.1", before: Any = ()
    ) -> None:
        self.setup, self.behind, self.address, self.before = setup, behind, address, list(before)
        self.port = free_port()
        self.program: Optional[Program] = None
        host = "localhost" if address == "127.0.0.1" else address
        self.origin = f"https://{host}:{self.port}"
        self.client_id, self.secret_file = behind.client_id, behind.secret_file
        self.ca_file = str(setup.folder / "root.pem")

    def serve(
        self,
        settings: str = "",
        upstream: Optional[str] = None,
        certificate: str = "chain.pem",
        servers: str = "",
    ) -> "Nginx":
        """Starts nginx, or restarts it with other settings. `servers` are added to its configuration."""
        self.stop()
        configuration = CONFIGURATION.format(
            folder=self.setup.folder,
            user="user root;" if os.geteuid() == 0 else "",
            address=self.address,
            port=self.port,
            certificate=certificate,
            settings=settings,
            servers=servers,
            upstream=upstream or self.behind.origin,
        )
        path = self.setup.write("nginx.conf", configuration)
        folder = str(self.setup.folder)
        words = [
            self.setup.find("nginx"),
            "-c",
            path,
            "-p",
            folder,
            "-e",
            f"{folder}/nginx-error.log",
        ]
        self.program = self.setup.start("nginx", [*self.before, *words])
        ready = self.setup.folder / "nginx.pid"
        self.program.ready(lambda: ready.exists() and ready.read_text().strip())
        if self.address == "127.0.0.1":
            self.program.ready(lambda: listens(self.port))
        return self

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.program is not None:
            self.program.stop(how)
            (self.setup.folder / "nginx.pid").unlink(missing_ok=True)

    def seen(self) -> List[SimpleNamespace]:
        """Returns the requests that nginx has responded to."""
        names = ("protocol", "resumed", "method", "status", "connection", "length")
        path = self.setup.folder / "nginx-access.log"
        lines = path.read_text().splitlines() if path.exists() else []
        return [SimpleNamespace(**dict(zip(names, line.split()))) for line in lines]


def front(setup: Setup, **settings: Any) -> Nginx:
    return Nginx(setup, Simulator(setup, http=True)).serve(**settings)


@case("nginx: 1,200 accounts are pushed and verified through it, with a certificate chain")
def through(setup: Setup) -> None:
    nginx = front(setup, settings="ssl_protocols TLSv1.2 TLSv1.3;")
    assert_pushed(push(setup, nginx))
    seen = nginx.seen()
    assert [one.method for one in seen] == ["POST", "GET", "PUT", "GET"], seen
    assert {one.protocol for one in seen} == {"TLSv1.3"}, seen
    assert int(seen[2].length) > ACCOUNTS.stat().st_size, seen
    # The requests share one connection, that of the token too.
    assert len({one.connection for one in seen}) == 1, seen


@case("nginx: in front of Vanta with TLS of its own")
def before_tls(setup: Setup) -> None:
    simulator = Simulator(setup)
    verify = f"proxy_ssl_trusted_certificate {simulator.ca_file}; proxy_ssl_verify on;"
    nginx = Nginx(setup, simulator).serve(verify + " proxy_ssl_name localhost;")
    assert_pushed(push(setup, nginx))


for protocol in ("TLSv1.2", "TLSv1.3"):

    @case(f"nginx: {protocol} alone")
    def one_protocol(setup: Setup, protocol: str = protocol) -> None:
        nginx = front(setup, settings=f"ssl_protocols {protocol};")
        assert_pushed(push(setup, nginx))
        assert {one.protocol for one in nginx.seen()} == {protocol}, nginx.seen()


@case("nginx: TLS 1.1 is refused as Tls, and no request is sent")
def old_protocol(setup: Setup) -> None:
    nginx = front(setup, settings="ssl_protocols TLSv1.1; ssl_ciphers ALL@SECLEVEL=0;")
    assert_fails(setup.client(nginx, deadline=3).token, "TLS", stage="tls")
    assert nginx.seen() == [], nginx.seen()


@case("nginx: a chain without its intermediate, and an unknown authority, are refused as Tls")
def broken_chain(setup: Setup) -> None:
    nginx = front(setup, certificate="leaf.pem")
    assert_fails(setup.client(nginx).token, "TLS", "unknown issuer", "CA file", stage="tls")
    nginx.serve()
    assert_fails(setup.client(nginx, ca_file=None).token, "TLS", "unknown issuer", stage="tls")
    setup.client(nginx, ca_file=nginx.ca_file, roots="none").token()


@case("nginx: a body over client_max_body_size: the error names the gateway and the size it must allow")
def too_large(setup: Setup) -> None:
    nginx = front(setup, settings="client_max_body_size 16k;")
    client = setup.client(nginx)
    for body in (accounts(), accounts(weight=7000)):
        error = assert_fails(lambda: client.push(KIND, body, ANY_REMOVALS), "GATEWAY_RESPONSE", "413")
        assert "10,485,760 bytes" in str(error) and "object to" not in str(error), error
        # The first needs a token request too.
        assert error.attempts <= 2 and "<" not in str(error), error
    assert client.list(KIND, RESOURCE).live == []


@case("nginx: 502 leaves a push OutcomeUnknown, a list Unavailable; both are retried")
def upstream_down(setup: Setup) -> None:
    nginx = front(setup)
    client = setup.client(nginx)
    client.push(KIND, accounts(3))
    nginx.serve(upstream=f"http://127.0.0.1:{free_port()}")
    error = assert_fails(
        lambda: client.push(KIND, accounts(4), ANY_REMOVALS, deadline=5), "OUTCOME_UNKNOWN", "502"
    )
    assert error.attempts == 2 and error.stage == "read", (error.attempts, error.stage)
    assert_fails(lambda: client.list(KIND, RESOURCE, deadline=3), "UNAVAILABLE", "502")
    nginx.serve()
    assert_fails(lambda: client.verify(KIND, accounts(4), deadline=1), "NOT_VERIFIED")
    client.verify(KIND, accounts(3))
    client.push(KIND, accounts(4))


@case("nginx: a token request with a 502 may have issued a token: TokenResponseLost")
def token_lost(setup: Setup) -> None:
    nginx = front(setup, upstream=f"http://127.0.0.1:{free_port()}")
    assert_fails(setup.client(nginx, deadline=3).token, "TOKEN_RESPONSE_LOST", "502")


@case("nginx: 504 after proxy_read_timeout leaves a push OutcomeUnknown")
def upstream_slow(setup: Setup) -> None:
    nginx = front(setup)
    client = setup.client(nginx)
    client.push(KIND, accounts(3))
    os.killpg(nginx.behind.program.process.pid, signal.SIGSTOP)
    nginx.serve("proxy_read_timeout 500ms; proxy_next_upstream off;")
    assert_fails(lambda: client.push(KIND, accounts(4), ANY_REMOVALS, deadline=1.4), "OUTCOME_UNKNOWN", "504")
    os.killpg(nginx.behind.program.process.pid, signal.SIGCONT)
    # The stopped server handles the request from its buffers when it continues.
    wait_until("the push is served", lambda: client.list(KIND, RESOURCE).live)
    client.push(KIND, accounts(4))
    client.verify(KIND, accounts(4))


@case("nginx: a restart between two calls of one process needs no retry")
def restarted(setup: Setup) -> None:
    nginx = front(setup)
    client = setup.client(nginx)
    for how in (signal.SIGQUIT, signal.SIGTERM, signal.SIGKILL):
        client.push(KIND, accounts(3))
        nginx.stop(how)
        nginx.serve()
        receipt = client.push(KIND, accounts(3))
        # The read and the write.
        assert receipt.attempts == 2, receipt
    assert client.snapshot().token_requests == 1, client.snapshot()


@case("nginx: an idle connection that nginx has closed needs no retry")
def idle(setup: Setup) -> None:
    nginx = front(setup, settings="keepalive_timeout 1s;")
    client = setup.client(nginx)
    body = accounts(3)
    for _ in range(3):
        # The first needs a token request too.
        assert client.push(KIND, body).attempts <= 3
        wait_until("nginx closes it", lambda: half_closed(nginx.port))
    assert len([one for one in nginx.seen() if one.method == "PUT"]) == 3, nginx.seen()


def half_closed(port: int) -> bool:
    """Whether the peer at that port has closed a connection that this host has not closed yet."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(row[2].endswith(f":{port:04X}") and row[3] == "08" for row in rows)


@case("nginx: a connection for each request (keepalive_timeout 0), and gzip on")
def closing(setup: Setup) -> None:
    nginx = front(setup, settings="keepalive_timeout 0; gzip on; gzip_types *; gzip_min_length 1;")
    assert_pushed(push(setup, nginx))
    assert len({one.connection for one in nginx.seen()}) == 4, nginx.seen()


BLOCKED_TEXT = "<script>"

# The mirror makes nginx read the body before it chooses the upstream.
FIREWALL = """
    client_body_buffer_size 11m;
    client_body_in_single_buffer on;
    proxy_set_header Host $http_host;
    mirror /mirror;
    location = /mirror {{ internal; return 204; }}
"""
FIREWALL_SERVERS = """
    map $request_body $goes_to {{ default vanta; "~{text}" firewall; }}
    upstream vanta {{ server 127.0.0.1:{port}; }}
    upstream firewall {{ server unix:{folder}/firewall.sock; }}
    server {{
        listen unix:{folder}/firewall.sock;
        access_log off;
        default_type text/html;
        return 403 "<html><head><title>Request blocked</title></head><body>Rule 941110</body></html>";
    }}
"""


@case("nginx: as a firewall that blocks a text in a record: the push is not retried, the error names it")
def firewall(setup: Setup) -> None:
    simulator = Simulator(setup, http=True)
    servers = FIREWALL_SERVERS.format(text=BLOCKED_TEXT, port=simulator.port, folder=setup.folder)
    nginx = Nginx(setup, simulator)
    nginx.serve(FIREWALL.format(), upstream="http://$goes_to", servers=servers)
    client = setup.client(nginx)
    client.push(KIND, accounts(3))
    blocked = accounts(4, text=BLOCKED_TEXT)
    # The firewall received the whole request and may have forwarded it.
    error = assert_fails(
        lambda: client.push(KIND, blocked, ANY_REMOVALS),
        "OUTCOME_UNKNOWN",
        'a gateway (server "nginx/',
        "Request blocked",
        "its rules may object to a text in the records",
        "403",
        stage="read",
    )
    assert "<" not in str(error), error
    puts = [one.status for one in nginx.seen() if one.method == "PUT"]
    assert puts == ["200", "403"], nginx.seen()
    assert_fails(lambda: client.verify(KIND, blocked, deadline=1), "NOT_VERIFIED")
    # No record has changed, and a push without the text succeeds.
    client.verify(KIND, accounts(3))
    client.push(KIND, accounts(5))
    assert_pushed(push(setup, nginx))
