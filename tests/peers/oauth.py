"""Cases with an OAuth server, npm's oidc-provider, behind a proxy that converts JSON requests to forms."""

import json
import os
import re
import urllib.parse
import urllib.request
from types import SimpleNamespace
from typing import Any, Dict

import libvanta
from harness import HERE, Setup, Skipped, assert_fails, case

SECRET = "vcs_peer-secret"


def provider(setup: Setup) -> Any:
    if not (setup.modules / "oidc-provider").exists():
        raise Skipped("oidc-provider could not be installed: no node, no npm or no registry")
    script = setup.folder / "oauth.mjs"
    script.write_text((HERE / "oauth.mjs").read_text())
    # Node.js looks for modules in the folder of the importing file and above it.
    os.symlink(setup.modules, setup.folder / "node_modules")
    secret = setup.write("secret", SECRET)
    words = ["chain.pem", "leaf.key", "secret"]
    program = setup.start(
        "oauth", [setup.find("node"), str(script), *(str(setup.folder / word) for word in words)]
    )
    ports = program.ready(lambda: re.search(r"^(\d+) (\d+)$", program.output.read_text(), re.M))
    # A client is configured for it as for the simulator.
    return SimpleNamespace(
        origin=f"https://localhost:{ports[1]}",
        port=int(ports[2]),
        client_id="vci_peer",
        secret_file=secret,
        ca_file=str(setup.folder / "root.pem"),
    )


def introspected(server: Any, token: str) -> Dict[str, Any]:
    """Returns the provider's introspection of a token (RFC 7662)."""
    url = f"http://127.0.0.1:{server.port}/token/introspection"
    form = urllib.parse.urlencode(
        {"token": token, "client_id": server.client_id, "client_secret": SECRET}
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(url, form.encode(), timeout=10) as response:
        members: Dict[str, Any] = json.load(response)
    return members


@case("oidc-provider: a token has the lifetime of its response, and the provider knows it")
def granted(setup: Setup) -> None:
    server = provider(setup)
    client = setup.client(server, strict_token_response=True)
    token = client.token()
    members, snapshot = introspected(server, token), client.snapshot()
    assert members["active"] and members["client_id"] == "vci_peer", members
    assert members["exp"] - members["iat"] == 1234 and 1225 <= snapshot.seconds_left <= 1234, snapshot
    assert snapshot.scope == members["scope"] and not snapshot.lifetime_assumed, snapshot
    assert client.token() == token and client.snapshot().token_requests == 1, client.snapshot()


@case("oidc-provider: a narrower scope is requested and granted")
def narrower(setup: Setup) -> None:
    server = provider(setup)
    client = setup.client(server, scope="connectors.self:read-resource")
    assert introspected(server, client.token())["scope"] == "connectors.self:read-resource"


@case("oidc-provider: a wrong secret and an unknown client are InvalidClient")
def unknown(setup: Setup) -> None:
    server = provider(setup)
    wrong = setup.write("wrong", "vcs_wrong")
    for changes in ({"client_secret_file": wrong}, {"client_id": "vci_nobody"}):
        error = assert_fails(setup.client(server, **changes).token, "INVALID_CLIENT")
        assert error.http_status == 401 and error.oauth_error == "invalid_client", error
        assert isinstance(error, libvanta.CredentialsError) and "vcs_" not in str(error), error


@case("oidc-provider: a scope that the client may not have is InvalidScope")
def scope(setup: Setup) -> None:
    client = setup.client(provider(setup), scope="self:write-document")
    error = assert_fails(client.token, "INVALID_SCOPE", "requested scope is not allowed")
    assert error.http_status == 400 and error.oauth_error == "invalid_scope", error


@case("oidc-provider: a client without this grant type gets an error with the provider's words")
def grant(setup: Setup) -> None:
    client = setup.client(provider(setup), client_id="vci_other")
    # RFC 6749 has unauthorized_client for this, but not every version of the provider returns it.
    assert_fails(client.token, "UNAUTHORIZED_CLIENT|INVALID_TOKEN_REQUEST", "grant type is not allowed")


@case("oidc-provider: a scope that it does not know is not granted: an error names it")
def lesser(setup: Setup) -> None:
    scope = "connectors.self:read-resource connectors.self:no-such"
    strict = setup.client(provider(setup), scope=scope, strict_token_response=True)
    assert_fails(strict.token, "INVALID_SCOPE|INVALID_TOKEN_RESPONSE", "no-such")
