"""Prints whether requests go through the proxy under a no_proxy list: "proxied", "exempt", or the error of the list.

Reads rows of "origin<TAB>list in JSON", and prints a line for each. The proxy at TEST_PROXY refuses all requests. The
hosts of the rows have loopback addresses only.
"""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Union

import libvanta


def client(number: int, origin: str, exempt: str) -> Union[libvanta.Client, str]:
    os.environ.update(https_proxy=os.environ["TEST_PROXY"], no_proxy=exempt)
    try:
        return libvanta.Client(
            libvanta.Config(
                client_id=f"vci_{number}",
                client_secret="vcs_no_proxy",
                origin=origin,
                proxy="environment",
                deadline=3,
            )
        )
    except libvanta.VantaError as error:
        return str(error)


def route(made: Union[libvanta.Client, str]) -> str:
    if isinstance(made, str):
        return made
    try:
        made.token()
    except libvanta.VantaError as error:
        return "proxied" if error.stage == "proxy" else "exempt"
    raise AssertionError("no server gives a token")


rows = [line.rstrip("\n").split("\t") for line in sys.stdin]
made = [client(number, origin, json.loads(text)) for number, (origin, text) in enumerate(rows)]
with ThreadPoolExecutor(len(rows)) as pool:
    for word in pool.map(route, made):
        print(word)
