"""Pushes a file of records, verifies that they arrived, and exits with a code that says what to do.

push.py KIND PAYLOAD.json, configured from the environment: see docs/configuration.md.
"""

import sys

import libvanta


def main() -> int:
    if len(sys.argv) != 3:
        print("usage: push.py KIND PAYLOAD.json", file=sys.stderr)
        return 64
    kind, path = sys.argv[1:]
    try:
        with libvanta.Client(libvanta.Config(environment=True)) as client:
            body = libvanta.Body.from_file(path)
            print(client.push(kind, body))
            print(client.verify(kind, body))
            return 0
    except libvanta.VantaError as error:
        print(error, file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
