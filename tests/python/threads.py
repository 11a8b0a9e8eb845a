"""Gets a token on eight threads of one client, and checks that another thread runs meanwhile."""

import copy
import threading

import libvanta

assert "hunter2" not in repr(libvanta.Config(client_secret="hunter2"))

client = libvanta.Client(libvanta.Config(environment=True))
tokens = []
ticks = 0
done = threading.Event()
start = threading.Barrier(9)


def get_token() -> None:
    start.wait()
    tokens.append(client.token())


def tick() -> None:
    global ticks
    start.wait()
    while not done.wait(0.01):
        ticks += 1


ticker = threading.Thread(target=tick)
workers = [threading.Thread(target=get_token) for _ in range(8)]
for thread in [ticker, *workers]:
    thread.start()
for thread in workers:
    thread.join()
done.set()
ticker.join()
assert ticks > 10, f"the other thread stood still: {ticks} ticks"
print(len([token for token in tokens if token == tokens[0]]), "equal tokens")

try:
    copy.copy(client)
    raise SystemExit("a client was copied")
except TypeError:
    pass
client.close()
client.close()
try:
    client.token()
    raise SystemExit("a closed client was used")
except ValueError:
    pass
