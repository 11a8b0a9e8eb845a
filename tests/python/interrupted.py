"""Ctrl-C while a call waits for a server that never answers; what happens inside calls is told."""

import os
import signal
import sys
import threading
import time

import libvanta


def main() -> None:
    # Who starts jobs in the background lets them ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    heard = []
    config = libvanta.Config(environment=True, on_event=lambda *told: heard.append(told))
    with libvanta.Client(config) as client:
        client.token()
        assert [told[:2] for told in heard] == [("new_token", False)], heard
        assert "new token, generation 1" in heard[0][2], heard
        threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()
        began = time.monotonic()
        try:
            client.list("user_account", "x", deadline=60)
            sys.exit("it must be interrupted")
        except KeyboardInterrupt:
            took = time.monotonic() - began
        # The next call is none the worse for it.
        client.list("user_account", "x")
    print("interrupted after at most 1.5 s" if took < 1.5 else f"interrupted after {took:.1f} s")


main()
