"""What becomes of a host under a list in no_proxy: "proxied", "exempt", or the error of the list.

Reads rows of "origin<TAB>list in JSON", and writes a word or an error for each. The proxy at
TEST_PROXY refuses all. No host of a row has addresses other than loopback ones.
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


def way(made: Union[libvanta.Client, str]) -> str:
    if isinstance(made, str):
        return made
    try:
        made.token()
    except libvanta.VantaError as error:
        return "proxied" if error.stage == "proxy" else "exempt"
    raise AssertionError("a token from nowhere")


rows = [line.rstrip("\n").split("\t") for line in sys.stdin]
made = [client(number, origin, json.loads(text)) for number, (origin, text) in enumerate(rows)]
with ThreadPoolExecutor(len(rows)) as pool:
    for word in pool.map(way, made):
        print(word)
