"""Forward proxies as companies run them, tinyproxy and squid, with passwords and lists of hosts."""

import os
import shutil
import signal
import subprocess
import urllib.parse
from typing import Any, Callable, Dict, List, Optional

from fronts import BLUNT, front
from stage import (
    KIND,
    Program,
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


class Proxy:
    """A proxy that lets `jobs` reach localhost, and no other host."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.port = stage, free_port()
        self.program: Optional[Program] = None
        self.address = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.address}"
        self.credentials = stage.write("credentials", f"jobs:{self.password}\n")
        self.logs = stage.folder / "proxy"
        self.logs.mkdir()
        if os.geteuid() == 0:
            shutil.chown(self.logs, "nobody")
        self.words = self.prepare(stage)

    def prepare(self, stage: Stage) -> List[str]:
        raise NotImplementedError

    def serve(self) -> None:
        self.program = self.stage.start(type(self).__name__, self.words)
        self.program.ready(lambda: listens(self.port))

    def kill(self) -> None:
        assert self.program is not None
        self.program.stop(signal.SIGKILL)

    def through(self, **changes: Any) -> Dict[str, Any]:
        return {"proxy": self.url, "proxy_credentials_file": self.credentials, **changes}

    def tunnels(self) -> int:
        """How often it let somebody through."""
        log = self.logs / "access.log"
        return log.read_text(errors="replace").count(self.tunnel) if log.exists() else 0

    tunnel = password = ""


class Tinyproxy(Proxy):
    tunnel, password = "Established connection to host", "swordfish"

    def prepare(self, stage: Stage) -> List[str]:
        allowed = stage.write("allowed", "^localhost$\n")
        lines = [
            f"Port {self.port}",
            "Listen 127.0.0.1",
            "Timeout 60",
            f'LogFile "{self.logs}/access.log"',
            "LogLevel Connect",
            f'DefaultErrorFile "{stage.file("share/tinyproxy/default.html")}"',
            f'Filter "{allowed}"',
            "FilterExtended On",
            "FilterDefaultDeny Yes",
            f"BasicAuth jobs {self.password}",
        ]
        path = stage.write("tinyproxy.conf", "\n".join(lines) + "\n")
        return [stage.find("tinyproxy"), "-d", "-c", path]


class Squid(Proxy):
    tunnel, password = "TCP_TUNNEL/200", "sword:fish ä"

    def rules(self, stage: Stage) -> List[str]:
        """Who is let through."""
        words = ["openssl", "passwd", "-apr1", self.password]
        told = subprocess.run(words, check=True, capture_output=True, text=True)
        users = stage.write("users", f"jobs:{told.stdout}")
        helper = stage.file("lib/squid/basic_ncsa_auth")
        return [
            f"auth_param basic program {helper} {users}",
            "auth_param basic children 1 startup=1",
            "acl known proxy_auth REQUIRED",
            "acl allowed dstdomain localhost",
            "http_access deny !known",
            "http_access allow allowed",
        ]

    def prepare(self, stage: Stage) -> List[str]:
        lines = [
            f"http_port 127.0.0.1:{self.port}",
            *self.rules(stage),
            "http_access deny all",
            f"access_log stdio:{self.logs}/access.log",
            f"cache_log {self.logs}/cache.log",
            f"coredump_dir {self.logs}",
            f"error_directory {stage.file('share/squid-langpack/en')}",
            f"mime_table {stage.file('share/squid/mime.conf')}",
            f"icon_directory {stage.file('share/squid/icons')}",
            f"unlinkd_program {stage.file('lib/squid/unlinkd')}",
            # It does not run as root; where we are somebody else, it stays who we are.
            "cache_effective_user nobody",
            "pid_filename none",
            "pinger_enable off",
            "netdb_filename none",
            "cache deny all",
            # Nothing in shared memory, where a squid that is killed leaves it.
            "memory_cache_shared off",
            "collapsed_forwarding off",
            "shutdown_lifetime 0 seconds",
            "visible_hostname peer.example",
            "max_filedescriptors 256",
        ]
        path = stage.write("squid.conf", "\n".join(lines) + "\n")
        return [stage.find("squid"), "-N", "-f", path]


class NegotiateSquid(Squid):
    """Offers no Basic. Nobody gets as far as its helpers, so any program will do for them."""

    def rules(self, stage: Stage) -> List[str]:
        return [
            "auth_param negotiate program /bin/cat",
            "auth_param negotiate children 1 startup=1",
            "auth_param ntlm program /bin/cat",
            "auth_param ntlm children 1 startup=1",
            "acl known proxy_auth REQUIRED",
            "http_access allow known",
        ]


class UserAgentSquid(Squid):
    """Demands a User-Agent that its policy knows."""

    def rules(self, stage: Stage) -> List[str]:
        return ["acl agent browser ^libvanta/.*nightly/", "http_access allow agent"]


Made = Callable[[Stage], Proxy]


def each(title: str) -> Callable[[Callable[[Stage, Made], None]], None]:
    """The same scene for both."""

    def add(play: Callable[[Stage, Made], None]) -> None:
        for made in (Tinyproxy, Squid):

            @scene(f"{made.__name__.lower()}: {title}")
            def of_one(stage: Stage, made: Made = made) -> None:
                play(stage, made)

    return add


def served(stage: Stage, made: Made) -> Proxy:
    proxy = made(stage)
    proxy.serve()
    return proxy


@each("1,200 accounts go through it, with a password from a file and Vanta's private CA")
def through(stage: Stage, made: Made) -> None:
    proxy, server = served(stage, made), Simulator(stage)
    file = {"VANTA_PROXY": proxy.url, "VANTA_PROXY_CREDENTIALS_FILE": proxy.credentials}
    arrived(push(stage, server, **file))
    until("its log", lambda: proxy.tunnels() == 2)


@each("no password, and a wrong one, are ProxyRefused and named")
def password(stage: Stage, made: Made) -> None:
    proxy, server = served(stage, made), Simulator(stage)
    silent = stage.client(server, proxy=proxy.url)
    words = ("requires a user name and password", "proxy_credentials_file", "(HTTP 40")
    refused(silent.token, "PROXY_REFUSED", proxy.address, *words, stage="proxy")
    wrong = stage.write("wrong", "jobs:wrong")
    client = stage.client(server, **proxy.through(proxy_credentials_file=wrong))
    error = refused(client.token, "PROXY_REFUSED", proxy.address, "does not accept the credentials")
    assert error.attempts == 1 and not error.is_retryable, error
    # The same process is well as soon as the file is right.
    stage.client(server, **proxy.through()).token()


@scene("squid: only Negotiate and NTLM are named, with and without a password, and so is a way out")
def negotiate(stage: Stage) -> None:
    proxy, server = served(stage, NegotiateSquid), Simulator(stage)
    words = ("offers only Negotiate and NTLM", "only Basic is supported", "cntlm", "(HTTP 407)")
    for settings in ({"proxy": proxy.url}, proxy.through()):
        client = stage.client(server, **settings)
        error = refused(client.token, "PROXY_REFUSED", proxy.address, *words, stage="proxy")
        assert "proxy_credentials" not in str(error), error


@scene("squid: a rule that demands a User-Agent lets CONNECT through; its page is quoted otherwise")
def user_agent(stage: Stage) -> None:
    proxy, server = served(stage, UserAgentSquid), Simulator(stage)
    client = stage.client(server, proxy=proxy.url, user_agent="nightly/1")
    client.push(KIND, accounts(3))
    words = (proxy.address, 'server "squid/', "Forbidden", "Access Denied", "(HTTP 403)")
    other = stage.client(server, proxy=proxy.url, client_id="vci_other")
    refused(other.token, "PROXY_REFUSED", *words, stage="proxy")


@scene("nginx: a port for TLS in the place of a proxy is named as such, or as no HTTP proxy")
def tls_port(stage: Stage) -> None:
    nginx = front(stage)
    client = stage.client(nginx, proxy=nginx.origin.replace("https", "http"))
    words = ("server \"nginx", "(HTTP 40")
    error = refused(client.token, "PROXY_REFUSED", *words, stage="proxy")
    assert "speaks TLS on port" in str(error) or "are those of an HTTP proxy" in str(error), error


@each("credentials from memory are as good as from a file")
def from_memory(stage: Stage, made: Made) -> None:
    proxy, server = served(stage, made), Simulator(stage)
    credentials = f"jobs:{proxy.password}"
    stage.client(server, proxy=proxy.url, proxy_credentials=credentials).token()


@each("a host that it does not allow is ProxyRefused")
def host(stage: Stage, made: Made) -> None:
    proxy, server = served(stage, made), Simulator(stage)
    other = server.origin.replace("localhost", "127.0.0.1")
    client = stage.client(server, origin=other, **proxy.through())
    refused(client.token, "PROXY_REFUSED", proxy.address, "allow this host and port")


@each("Vanta cannot be reached from it: tried again while time is left, and named")
def unreached(stage: Stage, made: Made) -> None:
    proxy, server = served(stage, made), Simulator(stage)
    nowhere = f"https://localhost:{free_port()}"
    client = stage.client(server, origin=nowhere, **proxy.through())
    run = lambda: client.list(KIND, "66f0c0ffee0000000000a001", deadline=3)  # noqa: E731
    error = refused(run, "CONNECT", proxy.address, "could not reach localhost", "(HTTP 50")
    assert error.is_retryable, error


@each("killed between two pushes of a batch: Connect names it, and the next run is well")
def killed(stage: Stage, made: Made) -> None:
    proxy, server = served(stage, made), Simulator(stage)
    client = stage.client(server, **proxy.through())
    client.push(KIND, accounts(3))
    proxy.kill()
    refused(lambda: client.push(KIND, accounts(4), deadline=2), "CONNECT", proxy.address)
    proxy.serve()
    receipt = client.push(KIND, accounts(5))
    # The read and the write.
    assert receipt.attempts == 2 and client.verify(KIND, accounts(5)), receipt


@each("killed while a body is being sent: what became of it is told, and the next run is well")
def killed_in_a_body(stage: Stage, made: Made) -> None:
    proxy, server = served(stage, made), Simulator(stage)
    client = stage.client(server, **proxy.through())
    client.push(KIND, accounts(3))

    def halfway(sent: int, total: int, _: int) -> None:
        if sent > total // 2:
            proxy.kill()

    large = accounts(weight=7000)
    run = lambda: client.push(KIND, large, BLUNT, deadline=3, progress=halfway)  # noqa: E731
    refused(run, "CONNECT|SEND|OUTCOME_UNKNOWN")
    proxy.serve()
    client.verify(KIND, accounts(3))
    client.push(KIND, large)
    client.verify(KIND, large)


@each("https_proxy is followed when the environment is asked, and only then")
def environment(stage: Stage, made: Made) -> None:
    proxy, server = served(stage, made), Simulator(stage)
    url = f"http://jobs:{urllib.parse.quote(proxy.password)}@{proxy.address}"
    arrived(push(stage, server, https_proxy=url))
    arrived(push(stage, server, https_proxy=url, VANTA_PROXY="environment", no_proxy="localhost"))
    assert proxy.tunnels() == 0
    arrived(push(stage, server, https_proxy=url, VANTA_PROXY="environment"))
    until("its log", lambda: proxy.tunnels() == 2)
