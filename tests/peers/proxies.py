"""Cases with forward proxies, tinyproxy and squid, which require a password and allow only some hosts."""

import os
import shutil
import signal
import subprocess
import urllib.parse
from typing import Any, Callable, Dict, List, Optional

from harness import (
    KIND,
    Program,
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
from nginx import ANY_REMOVALS, front


class Proxy:
    """A proxy that allows the user `jobs` to reach localhost, and no other host."""

    def __init__(self, setup: Setup) -> None:
        self.setup, self.port = setup, free_port()
        self.program: Optional[Program] = None
        self.address = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.address}"
        self.credentials = setup.write("credentials", f"jobs:{self.password}\n")
        self.logs = setup.folder / "proxy"
        self.logs.mkdir()
        if os.geteuid() == 0:
            shutil.chown(self.logs, "nobody")
        self.words = self.prepare(setup)

    def prepare(self, setup: Setup) -> List[str]:
        raise NotImplementedError

    def serve(self) -> None:
        self.program = self.setup.start(type(self).__name__, self.words)
        self.program.ready(lambda: listens(self.port))

    def stop(self) -> None:
        assert self.program is not None
        self.program.stop(signal.SIGKILL)

    def settings(self, **changes: Any) -> Dict[str, Any]:
        return {"proxy": self.url, "proxy_credentials_file": self.credentials, **changes}

    def tunnels(self) -> int:
        """Counts the tunnels in the proxy's log."""
        log = self.logs / "access.log"
        return log.read_text(errors="replace").count(self.tunnel) if log.exists() else 0

    tunnel = password = ""


class Tinyproxy(Proxy):
    tunnel, password = "Established connection to host", "swordfish"

    def prepare(self, setup: Setup) -> List[str]:
        allowed = setup.write("allowed", "^localhost$\n")
        lines = [
            f"Port {self.port}",
            "Listen 127.0.0.1",
            "Timeout 60",
            f'LogFile "{self.logs}/access.log"',
            "LogLevel Connect",
            f'DefaultErrorFile "{setup.file("share/tinyproxy/default.html")}"',
            f'Filter "{allowed}"',
            "FilterExtended On",
            "FilterDefaultDeny Yes",
            f"BasicAuth jobs {self.password}",
        ]
        path = setup.write("tinyproxy.conf", "\n".join(lines) + "\n")
        return [setup.find("tinyproxy"), "-d", "-c", path]


class Squid(Proxy):
    tunnel, password = "TCP_TUNNEL/200", "sword:fish ä"

    def rules(self, setup: Setup) -> List[str]:
        """Returns the lines of the configuration that allow requests."""
        words = ["openssl", "passwd", "-apr1", self.password]
        output = subprocess.run(words, check=True, capture_output=True, text=True)
        users = setup.write("users", f"jobs:{output.stdout}")
        program = setup.file("lib/squid/basic_ncsa_auth")
        return [
            f"auth_param basic program {program} {users}",
            "auth_param basic children 1 startup=1",
            "acl known proxy_auth REQUIRED",
            "acl allowed dstdomain localhost",
            "http_access deny !known",
            "http_access allow allowed",
        ]

    def prepare(self, setup: Setup) -> List[str]:
        lines = [
            f"http_port 127.0.0.1:{self.port}",
            *self.rules(setup),
            "http_access deny all",
            f"access_log stdio:{self.logs}/access.log",
            f"cache_log {self.logs}/cache.log",
            f"coredump_dir {self.logs}",
            f"error_directory {setup.file('share/squid-langpack/en')}",
            f"mime_table {setup.file('share/squid/mime.conf')}",
            f"icon_directory {setup.file('share/squid/icons')}",
            f"unlinkd_program {setup.file('lib/squid/unlinkd')}",
            # As root, squid changes to this user; started by another user, it ignores the line.
            "cache_effective_user nobody",
            "pid_filename none",
            "pinger_enable off",
            "netdb_filename none",
            "cache deny all",
            # No shared memory: a squid that ends by SIGKILL would leave it behind.
            "memory_cache_shared off",
            "collapsed_forwarding off",
            "shutdown_lifetime 0 seconds",
            "visible_hostname peer.example",
            "max_filedescriptors 256",
        ]
        path = setup.write("squid.conf", "\n".join(lines) + "\n")
        return [setup.find("squid"), "-N", "-f", path]


class NegotiateSquid(Squid):
    """Offers Negotiate and NTLM, but not Basic. Their programs are never used, so any program will do."""

    def rules(self, setup: Setup) -> List[str]:
        return [
            "auth_param negotiate program /bin/cat",
            "auth_param negotiate children 1 startup=1",
            "auth_param ntlm program /bin/cat",
            "auth_param ntlm children 1 startup=1",
            "acl known proxy_auth REQUIRED",
            "http_access allow known",
        ]


class UserAgentSquid(Squid):
    """Requires a User-Agent that its policy knows."""

    def rules(self, setup: Setup) -> List[str]:
        return ["acl agent browser ^libvanta/.*nightly/", "http_access allow agent"]


Made = Callable[[Setup], Proxy]


def each(title: str) -> Callable[[Callable[[Setup, Made], None]], None]:
    """Adds a case for each of the two proxies."""

    def add(run: Callable[[Setup, Made], None]) -> None:
        for made in (Tinyproxy, Squid):

            @case(f"{made.__name__.lower()}: {title}")
            def of_one(setup: Setup, made: Made = made) -> None:
                run(setup, made)

    return add


def served(setup: Setup, made: Made) -> Proxy:
    proxy = made(setup)
    proxy.serve()
    return proxy


@each("1,200 accounts are pushed through it, with a password from a file and a private CA")
def through(setup: Setup, made: Made) -> None:
    proxy, server = served(setup, made), Simulator(setup)
    file = {"VANTA_PROXY": proxy.url, "VANTA_PROXY_CREDENTIALS_FILE": proxy.credentials}
    assert_pushed(push(setup, server, **file))
    wait_until("its log", lambda: proxy.tunnels() == 1)


@each("no password, and a wrong one, are ProxyRefused and named")
def password(setup: Setup, made: Made) -> None:
    proxy, server = served(setup, made), Simulator(setup)
    without = setup.client(server, proxy=proxy.url)
    words = ("requires a user name and password", "proxy_credentials_file", "(HTTP 40")
    assert_fails(without.token, "PROXY_REFUSED", proxy.address, *words, stage="proxy")
    wrong = setup.write("wrong", "jobs:wrong")
    client = setup.client(server, **proxy.settings(proxy_credentials_file=wrong))
    error = assert_fails(client.token, "PROXY_REFUSED", proxy.address, "does not accept the credentials")
    assert error.attempts == 1 and not error.is_retryable, error
    # The same process succeeds with the right file.
    setup.client(server, **proxy.settings()).token()


@case("squid: only Negotiate and NTLM: the error names them and a workaround, with and without a password")
def negotiate(setup: Setup) -> None:
    proxy, server = served(setup, NegotiateSquid), Simulator(setup)
    words = ("offers only Negotiate and NTLM", "only Basic is supported", "cntlm", "(HTTP 407)")
    for settings in ({"proxy": proxy.url}, proxy.settings()):
        client = setup.client(server, **settings)
        error = assert_fails(client.token, "PROXY_REFUSED", proxy.address, *words, stage="proxy")
        assert "proxy_credentials" not in str(error), error


@case("squid: a rule that requires a User-Agent allows CONNECT; its error page is quoted otherwise")
def user_agent(setup: Setup) -> None:
    proxy, server = served(setup, UserAgentSquid), Simulator(setup)
    client = setup.client(server, proxy=proxy.url, user_agent="nightly/1")
    client.push(KIND, accounts(3))
    words = (proxy.address, 'server "squid/', "Forbidden", "Access Denied", "(HTTP 403)")
    other = setup.client(server, proxy=proxy.url, client_id="vci_other")
    assert_fails(other.token, "PROXY_REFUSED", *words, stage="proxy")


@case("nginx: a TLS port in the place of a proxy: the error says that it is not an HTTP proxy")
def tls_port(setup: Setup) -> None:
    nginx = front(setup)
    client = setup.client(nginx, proxy=nginx.origin.replace("https", "http"))
    words = ("server \"nginx", "(HTTP 40")
    error = assert_fails(client.token, "PROXY_REFUSED", *words, stage="proxy")
    assert "speaks TLS on port" in str(error) or "are those of an HTTP proxy" in str(error), error


@each("credentials that the program sets are used as those of a file")
def credentials_in_code(setup: Setup, made: Made) -> None:
    proxy, server = served(setup, made), Simulator(setup)
    credentials = f"jobs:{proxy.password}"
    setup.client(server, proxy=proxy.url, proxy_credentials=credentials).token()


@each("a host that it does not allow is ProxyRefused")
def host(setup: Setup, made: Made) -> None:
    proxy, server = served(setup, made), Simulator(setup)
    other = server.origin.replace("localhost", "127.0.0.1")
    client = setup.client(server, origin=other, **proxy.settings())
    assert_fails(client.token, "PROXY_REFUSED", proxy.address, "allow this host and port")


@each("Vanta cannot be reached from it: retried until the deadline, and the error names it")
def unreached(setup: Setup, made: Made) -> None:
    proxy, server = served(setup, made), Simulator(setup)
    nowhere = f"https://localhost:{free_port()}"
    client = setup.client(server, origin=nowhere, **proxy.settings())
    run = lambda: client.list(KIND, "66f0c0ffee0000000000a001", deadline=3)  # noqa: E731
    error = assert_fails(run, "CONNECT", proxy.address, "could not reach localhost", "(HTTP 50")
    assert error.is_retryable, error


@each("stopped between two pushes of a batch: Connect names it, and the next push succeeds")
def stopped(setup: Setup, made: Made) -> None:
    proxy, server = served(setup, made), Simulator(setup)
    client = setup.client(server, **proxy.settings())
    client.push(KIND, accounts(3))
    proxy.stop()
    assert_fails(lambda: client.push(KIND, accounts(4), deadline=2), "CONNECT", proxy.address)
    proxy.serve()
    receipt = client.push(KIND, accounts(5))
    # The read and the write.
    assert receipt.attempts == 2 and client.verify(KIND, accounts(5)), receipt


@each("stopped while a body is sent: the outcome is reported, and the next push succeeds")
def stopped_in_a_body(setup: Setup, made: Made) -> None:
    proxy, server = served(setup, made), Simulator(setup)
    client = setup.client(server, **proxy.settings())
    client.push(KIND, accounts(3))

    def halfway(sent: int, total: int, _: int) -> None:
        if sent > total // 2:
            proxy.stop()

    large = accounts(weight=7000)
    run = lambda: client.push(KIND, large, ANY_REMOVALS, deadline=3, progress=halfway)  # noqa: E731
    assert_fails(run, "CONNECT|SEND|OUTCOME_UNKNOWN")
    proxy.serve()
    client.verify(KIND, accounts(3))
    client.push(KIND, large)
    client.verify(KIND, large)


@each("https_proxy is used where proxy is \"environment\", and only there")
def environment(setup: Setup, made: Made) -> None:
    proxy, server = served(setup, made), Simulator(setup)
    url = f"http://jobs:{urllib.parse.quote(proxy.password)}@{proxy.address}"
    assert_pushed(push(setup, server, https_proxy=url))
    assert_pushed(push(setup, server, https_proxy=url, VANTA_PROXY="environment", no_proxy="localhost"))
    assert proxy.tunnels() == 0
    assert_pushed(push(setup, server, https_proxy=url, VANTA_PROXY="environment"))
    wait_until("its log", lambda: proxy.tunnels() == 1)
