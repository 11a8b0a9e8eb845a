"""Gets the client secret from a callback, which may raise and must not use the client."""

import sys
from typing import List

import libvanta

calls: List[int] = []
sealed = True


def status(client: libvanta.Client) -> int:
    try:
        client.token()
        return 0
    except libvanta.VantaError as error:
        return error.code


def read() -> str:
    if sealed:
        raise RuntimeError("the vault is sealed")
    calls.append(1)
    print("inside", status(client))
    return sys.argv[1]


with libvanta.Client(libvanta.Config(environment=True, client_secret_callback=read)) as client:
    print("calls", len(calls))
    try:
        client.token()
    except libvanta.RetryLater as error:
        print("sealed", error.code, int("RuntimeError: the vault is sealed" in str(error)))
    sealed = False
    print("token", status(client))
    print("calls", len(calls))
    client.list(libvanta.Kind.USER_ACCOUNT, "66f0c0ffee0000000000a001")
    print("list 0")
    print("calls", len(calls))

for wrong in (7, "\ud800"):
    with libvanta.Client(libvanta.Config(environment=True, client_id="vci_other",
                                         client_secret_callback=lambda: wrong)) as client:
        assert status(client) == -26
