"""Reads or writes the record of a token store without the library, by docs/token-store.md.

store_record.py write|read TOKEN, configured from the environment.
"""

import fcntl
import json
import os
import sys
import time


def main() -> None:
    verb, token = sys.argv[1:]
    path = os.environ["VANTA_TOKEN_STORE"]
    lock = os.open(path + ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    held, named = os.fstat(lock), os.stat(path + ".lock")
    assert (held.st_dev, held.st_ino) == (named.st_dev, named.st_ino)
    if verb == "read":
        with open(path, encoding="utf-8") as file:
            record = json.load(file)
        assert record["format"] == 1 and record["client_id"] == os.environ["VANTA_CLIENT_ID"]
        print("the same token" if record["token"]["access_token"] == token else "another token")
        return
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        boot_id = file.read().strip()
    now = {
        "boot_id": boot_id,
        "boot_ms": time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000,
        "wall_ms": time.time_ns() // 1_000_000,
    }
    record = {
        "format": 1,
        "origin": os.environ["VANTA_ORIGIN"],
        "client_id": os.environ["VANTA_CLIENT_ID"],
        "salt": "any text",
        "generation": 1,
        "token": {
            "access_token": token,
            "scopes": "connectors.self:write-resource connectors.self:read-resource",
            "granted": None,
            "asked": now,
            "lifetime_s": 3599,
        },
        "started": None,
        "requests": [now],
        "refusals": [],
        "pause": None,
        "revoked": [],
    }
    draft = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.write(draft, json.dumps(record).encode())
    os.fsync(draft)
    os.close(draft)
    os.rename(path + ".new", path)


main()
