"""Tokens of a real OAuth server: npm's oidc-provider, behind a shim that makes forms of JSON."""

import json
import os
import re
import urllib.parse
import urllib.request
from types import SimpleNamespace
from typing import Any, Dict

import libvanta
from stage import HERE, Skipped, Stage, refused, scene

SECRET = "vcs_peer-secret"


def provider(stage: Stage) -> Any:
    if not (stage.modules / "oidc-provider").exists():
        raise Skipped("oidc-provider could not be installed: no node, no npm or no registry")
    script = stage.folder / "oauth.mjs"
    script.write_text((HERE / "oauth.mjs").read_text())
    # A module is looked for beside and above the file that imports it.
    os.symlink(stage.modules, stage.folder / "node_modules")
    secret = stage.write("secret", SECRET)
    words = ["chain.pem", "leaf.key", "secret"]
    program = stage.start(
        "oauth", [stage.find("node"), str(script), *(str(stage.folder / word) for word in words)]
    )
    ports = program.ready(lambda: re.search(r"^(\d+) (\d+)$", program.told.read_text(), re.M))
    # To a client it looks as the simulator does.
    return SimpleNamespace(
        origin=f"https://localhost:{ports[1]}",
        port=int(ports[2]),
        client_id="vci_peer",
        secret_file=secret,
        ca_file=str(stage.folder / "root.pem"),
    )


def introspected(server: Any, token: str) -> Dict[str, Any]:
    """What the provider itself says of a token (RFC 7662)."""
    url = f"http://127.0.0.1:{server.port}/token/introspection"
    form = urllib.parse.urlencode(
        {"token": token, "client_id": server.client_id, "client_secret": SECRET}
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(url, form.encode(), timeout=10) as answer:
        told: Dict[str, Any] = json.load(answer)
    return told


@scene("oidc-provider: a token is got, lives as long as its answer says, and the provider knows it")
def granted(stage: Stage) -> None:
    server = provider(stage)
    client = stage.client(server, strict_token_response=True)
    token = client.token()
    told, snapshot = introspected(server, token), client.snapshot()
    assert told["active"] and told["client_id"] == "vci_peer", told
    assert told["exp"] - told["iat"] == 1234 and 1225 <= snapshot.seconds_left <= 1234, snapshot
    assert snapshot.scope == told["scope"] and not snapshot.lifetime_assumed, snapshot
    assert client.token() == token and client.snapshot().token_requests == 1, client.snapshot()


@scene("oidc-provider: a narrower scope is asked for and granted")
def narrower(stage: Stage) -> None:
    server = provider(stage)
    client = stage.client(server, scope="connectors.self:read-resource")
    assert introspected(server, client.token())["scope"] == "connectors.self:read-resource"


@scene("oidc-provider: a wrong secret and an unknown client are InvalidClient")
def unknown(stage: Stage) -> None:
    server = provider(stage)
    wrong = stage.write("wrong", "vcs_wrong")
    for changes in ({"client_secret_file": wrong}, {"client_id": "vci_nobody"}):
        error = refused(stage.client(server, **changes).token, "INVALID_CLIENT")
        assert error.http_status == 401 and error.oauth_error == "invalid_client", error
        assert isinstance(error, libvanta.CredentialsError) and "vcs_" not in str(error), error


@scene("oidc-provider: a scope that the client may not have is InvalidScope")
def scope(stage: Stage) -> None:
    client = stage.client(provider(stage), scope="self:write-document")
    error = refused(client.token, "INVALID_SCOPE", "requested scope is not allowed")
    assert error.http_status == 400 and error.oauth_error == "invalid_scope", error


@scene("oidc-provider: a client without this grant is told so in the provider's words")
def grant(stage: Stage) -> None:
    client = stage.client(provider(stage), client_id="vci_other")
    # RFC 6749 has unauthorized_client for this; not every version of the provider says so.
    refused(client.token, "UNAUTHORIZED_CLIENT|INVALID_TOKEN_REQUEST", "grant type is not allowed")


@scene("oidc-provider: a scope that it does not know is left out of the grant, and missed")
def lesser(stage: Stage) -> None:
    asked = "connectors.self:read-resource connectors.self:no-such"
    strict = stage.client(provider(stage), scope=asked, strict_token_response=True)
    refused(strict.token, "INVALID_SCOPE|INVALID_TOKEN_RESPONSE", "no-such")
