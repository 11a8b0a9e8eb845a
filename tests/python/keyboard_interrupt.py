"""Interrupts a call by SIGINT while it waits for a server that never responds. Also checks the events of the calls."""

import os
import signal
import sys
import threading
import time

import libvanta


def main() -> None:
    # A shell makes jobs in the background ignore SIGINT.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    events = []
    config = libvanta.Config(environment=True, on_event=lambda *event: events.append(event))
    with libvanta.Client(config) as client:
        client.token()
        assert [event[:2] for event in events] == [("new_token", False)], events
        assert "new token, generation 1" in events[0][2], events
        threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()
        began = time.monotonic()
        try:
            client.list("user_account", "x", deadline=60)
            sys.exit("it must be interrupted")
        except KeyboardInterrupt:
            took = time.monotonic() - began
        # The client can be used again.
        client.list("user_account", "x")
    print("interrupted after at most 1.5 s" if took < 1.5 else f"interrupted after {took:.1f} s")


main()
