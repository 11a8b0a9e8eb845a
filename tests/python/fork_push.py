"""Pushes a resource in the child of a fork while its parent pushes the same resource.

fork_push.py, configured from the environment. Forks when it reads a line, and prints the child's outcome.
"""

import os
import sys
import threading

import libvanta

RESOURCE = "66f0c0ffee0000000000a001"


def push(client: libvanta.Client, name: str) -> None:
    record = {
        "uniqueId": name,
        "displayName": name,
        "externalUrl": "https://x.example.com/" + name,
        "fullName": name,
        "accountName": name,
        "email": name + "@example.com",
        "permissionLevel": "BASE",
        "createdTimestamp": "2026-01-01T00:00:00Z",
        "status": "ACTIVE",
        "mfaEnabled": True,
        "mfaMethods": ["OTP"],
        "authMethod": "PASSWORD",
    }
    body = libvanta.Body.from_records(RESOURCE, [record])
    client.push("user_account", body, libvanta.PushOptions(allow_any_removals=True))


def main() -> None:
    client = libvanta.Client(libvanta.Config(environment=True))
    client.token()
    threading.Thread(target=push, args=(client, "parent"), daemon=True).start()
    sys.stdin.readline()
    child = os.fork()
    if child == 0:
        try:
            push(client, "child")
            print("pushed", flush=True)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    print("the child has ended", flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    main()
