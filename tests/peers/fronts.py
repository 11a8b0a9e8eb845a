"""nginx as the TLS front of Vanta: what large bodies, restarts, lost upstreams and old protocols do."""

import os
import signal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, List, Optional

import libvanta
from stage import (
    ACCOUNTS,
    KIND,
    RESOURCE,
    Program,
    Service,
    Simulator,
    Stage,
    accounts,
    arrived,
    free_port,
    listens,
    push,
    refused,
    scene,
    until,
)

BLUNT = libvanta.PushOptions(allow_any_removals=True)

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
    """nginx before a simulator; to a client it looks as that does."""

    def __init__(
        self, stage: Stage, behind: Any, address: str = "127.0.0.1", before: Any = ()
    ) -> None:
        self.stage, self.behind, self.address, self.before = stage, behind, address, list(before)
        self.port = free_port()
        self.program: Optional[Program] = None
        host = "localhost" if address == "127.0.0.1" else address
        self.origin = f"https://{host}:{self.port}"
        self.client_id, self.secret_file = behind.client_id, behind.secret_file
        self.ca_file = str(stage.folder / "root.pem")

    def serve(
        self,
        settings: str = "",
        upstream: Optional[str] = None,
        certificate: str = "chain.pem",
        servers: str = "",
    ) -> "Nginx":
        """Starts it, or starts it anew with other settings; `servers` stand beside its own."""
        self.stop()
        configuration = CONFIGURATION.format(
            folder=self.stage.folder,
            user="user root;" if os.geteuid() == 0 else "",
            address=self.address,
            port=self.port,
            certificate=certificate,
            settings=settings,
            servers=servers,
            upstream=upstream or self.behind.origin,
        )
        path = self.stage.write("nginx.conf", configuration)
        folder = str(self.stage.folder)
        words = [
            self.stage.find("nginx"),
            "-c",
            path,
            "-p",
            folder,
            "-e",
            f"{folder}/nginx-error.log",
        ]
        self.program = self.stage.start("nginx", [*self.before, *words])
        ready = self.stage.folder / "nginx.pid"
        self.program.ready(lambda: ready.exists() and ready.read_text().strip())
        if self.address == "127.0.0.1":
            self.program.ready(lambda: listens(self.port))
        return self

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.program is not None:
            self.program.stop(how)
            (self.stage.folder / "nginx.pid").unlink(missing_ok=True)

    def seen(self) -> List[SimpleNamespace]:
        """The requests that it has answered."""
        names = ("protocol", "resumed", "method", "status", "connection", "length")
        path = self.stage.folder / "nginx-access.log"
        lines = path.read_text().splitlines() if path.exists() else []
        return [SimpleNamespace(**dict(zip(names, line.split()))) for line in lines]


def front(stage: Stage, **settings: Any) -> Nginx:
    return Nginx(stage, Simulator(stage, http=True)).serve(**settings)


@scene("nginx: 1,200 accounts are pushed and verified through it, with its chain of certificates")
def through(stage: Stage) -> None:
    nginx = front(stage, settings="ssl_protocols TLSv1.2 TLSv1.3;")
    arrived(push(stage, nginx))
    seen = nginx.seen()
    assert [one.method for one in seen] == ["POST", "GET", "PUT", "GET"], seen
    assert {one.protocol for one in seen} == {"TLSv1.3"}, seen
    assert int(seen[2].length) > ACCOUNTS.stat().st_size, seen
    # The connection that carried the secret is not kept; the other one is.
    assert len({one.connection for one in seen}) == 2, seen


@scene("nginx: as a front of Vanta's own TLS")
def before_tls(stage: Stage) -> None:
    simulator = Simulator(stage)
    verify = f"proxy_ssl_trusted_certificate {simulator.ca_file}; proxy_ssl_verify on;"
    nginx = Nginx(stage, simulator).serve(verify + " proxy_ssl_name localhost;")
    arrived(push(stage, nginx))


for protocol in ("TLSv1.2", "TLSv1.3"):

    @scene(f"nginx: {protocol} alone")
    def one_protocol(stage: Stage, protocol: str = protocol) -> None:
        nginx = front(stage, settings=f"ssl_protocols {protocol};")
        arrived(push(stage, nginx))
        assert {one.protocol for one in nginx.seen()} == {protocol}, nginx.seen()


@scene("nginx: TLS 1.1 is refused as Tls, and nothing is said")
def old_protocol(stage: Stage) -> None:
    nginx = front(stage, settings="ssl_protocols TLSv1.1; ssl_ciphers ALL@SECLEVEL=0;")
    refused(stage.client(nginx, deadline=3).token, "TLS", stage="tls")
    assert nginx.seen() == [], nginx.seen()


@scene("nginx: a chain without its middle, and an authority that is not ours, are refused as Tls")
def broken_chain(stage: Stage) -> None:
    nginx = front(stage, certificate="leaf.pem")
    refused(stage.client(nginx).token, "TLS", "unknown issuer", "CA file", stage="tls")
    nginx.serve()
    refused(stage.client(nginx, ca_file=None).token, "TLS", "unknown issuer", stage="tls")
    stage.client(nginx, ca_file=nginx.ca_file, roots="none").token()


@scene("nginx: a body over client_max_body_size names the gateway and the size that it must let pass")
def too_large(stage: Stage) -> None:
    nginx = front(stage, settings="client_max_body_size 16k;")
    client = stage.client(nginx)
    for body in (accounts(), accounts(weight=7000)):
        error = refused(lambda: client.push(KIND, body, BLUNT), "GATEWAY_RESPONSE", "413")
        assert "10,485,760 bytes" in str(error) and "object to" not in str(error), error
        # The first needs a token request too.
        assert error.attempts <= 2 and "<" not in str(error), error
    assert client.list(KIND, RESOURCE).live == []


@scene("nginx: 502 leaves a push OutcomeUnknown, a list Unavailable; both are tried again")
def upstream_down(stage: Stage) -> None:
    nginx = front(stage)
    client = stage.client(nginx)
    client.push(KIND, accounts(3))
    nginx.serve(upstream=f"http://127.0.0.1:{free_port()}")
    error = refused(
        lambda: client.push(KIND, accounts(4), BLUNT, deadline=5), "OUTCOME_UNKNOWN", "502"
    )
    assert error.attempts == 2 and error.stage == "read", (error.attempts, error.stage)
    refused(lambda: client.list(KIND, RESOURCE, deadline=3), "UNAVAILABLE", "502")
    nginx.serve()
    refused(lambda: client.verify(KIND, accounts(4), deadline=1), "NOT_VERIFIED")
    client.verify(KIND, accounts(3))
    client.push(KIND, accounts(4))


@scene("nginx: a token request that met 502 may have made one: TokenResponseLost")
def token_lost(stage: Stage) -> None:
    nginx = front(stage, upstream=f"http://127.0.0.1:{free_port()}")
    refused(stage.client(nginx, deadline=3).token, "TOKEN_RESPONSE_LOST", "502")


@scene("nginx: 504 after proxy_read_timeout leaves a push OutcomeUnknown")
def upstream_slow(stage: Stage) -> None:
    nginx = front(stage)
    client = stage.client(nginx)
    client.push(KIND, accounts(3))
    os.killpg(nginx.behind.program.process.pid, signal.SIGSTOP)
    nginx.serve("proxy_read_timeout 500ms; proxy_next_upstream off;")
    refused(lambda: client.push(KIND, accounts(4), BLUNT, deadline=1.4), "OUTCOME_UNKNOWN", "504")
    os.killpg(nginx.behind.program.process.pid, signal.SIGCONT)
    # What the stopped server had in its buffers is served when it wakes, and verify tells so.
    until("the push is served", lambda: client.list(KIND, RESOURCE).live)
    client.push(KIND, accounts(4))
    client.verify(KIND, accounts(4))


@scene("nginx: a restart between two calls of one process costs nothing")
def restarted(stage: Stage) -> None:
    nginx = front(stage)
    client = stage.client(nginx)
    for how in (signal.SIGQUIT, signal.SIGTERM, signal.SIGKILL):
        client.push(KIND, accounts(3))
        nginx.stop(how)
        nginx.serve()
        receipt = client.push(KIND, accounts(3))
        # The read and the write.
        assert receipt.attempts == 2, receipt
    assert client.snapshot().token_requests == 1, client.snapshot()


@scene("nginx: a pooled connection that it has closed for idleness costs nothing")
def idle(stage: Stage) -> None:
    nginx = front(stage, settings="keepalive_timeout 1s;")
    client = stage.client(nginx)
    body = accounts(3)
    for _ in range(3):
        # The first needs a token request too.
        assert client.push(KIND, body).attempts <= 3
        until("nginx closes it", lambda: half_closed(nginx.port))
    assert len([one for one in nginx.seen() if one.method == "PUT"]) == 3, nginx.seen()


def half_closed(port: int) -> bool:
    """Whether a connection of this host was ended by the peer at that port, and not by us yet."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(row[2].endswith(f":{port:04X}") and row[3] == "08" for row in rows)


@scene("nginx: a connection for each request (keepalive_timeout 0), and gzip on, are well")
def closing(stage: Stage) -> None:
    nginx = front(stage, settings="keepalive_timeout 0; gzip on; gzip_types *; gzip_min_length 1;")
    arrived(push(stage, nginx))
    assert len({one.connection for one in nginx.seen()}) == 4, nginx.seen()


OBJECTION = "<script>"

# The mirror is there to have the body read before it is decided where the request goes.
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


@scene("nginx: as a firewall that objects to a text in a record: the push is not sent again, and named")
def firewall(stage: Stage) -> None:
    simulator = Simulator(stage, http=True)
    servers = FIREWALL_SERVERS.format(text=OBJECTION, port=simulator.port, folder=stage.folder)
    nginx = Nginx(stage, simulator)
    nginx.serve(FIREWALL.format(), upstream="http://$goes_to", servers=servers)
    client = stage.client(nginx)
    client.push(KIND, accounts(3))
    blocked = accounts(4, text=OBJECTION)
    # The firewall had the whole request, and nobody but the service knows what it did with it.
    error = refused(
        lambda: client.push(KIND, blocked, BLUNT),
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
    refused(lambda: client.verify(KIND, blocked, deadline=1), "NOT_VERIFIED")
    # Nothing was changed, and a push without the text goes through.
    client.verify(KIND, accounts(3))
    client.push(KIND, accounts(5))
    arrived(push(stage, nginx))
