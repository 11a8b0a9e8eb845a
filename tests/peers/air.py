"""A network between two devices, which delays, reorders and loses packets."""

import contextlib
import heapq
import os
import random
import select
import threading
import time
from typing import List, Tuple


class Air:
    """Carries packets between two devices: late, in another order, and not all of them."""

    def __init__(self, delay: float, jitter: float, loss: float) -> None:
        self.delay, self.jitter, self.loss = delay, jitter, loss
        self.chance, self.carried, self.lost = random.Random(7), 0, 0

    def between(self, near: int, far: int) -> None:
        threading.Thread(target=self.run, args=(near, far), daemon=True).start()

    def run(self, near: int, far: int) -> None:
        waiting: List[Tuple[float, int, int, bytes]] = []
        with contextlib.suppress(OSError, ValueError):
            while True:
                wait = max(0, waiting[0][0] - time.monotonic()) if waiting else 0.2
                for device in select.select([near, far], [], [], wait)[0]:
                    packet = os.read(device, 65536)
                    self.carried += 1
                    if self.chance.random() < self.loss:
                        self.lost += 1
                        continue
                    due = time.monotonic() + self.delay + self.jitter * self.chance.random()
                    to = far if device == near else near
                    heapq.heappush(waiting, (due, self.carried, to, packet))
                while waiting and waiting[0][0] <= time.monotonic():
                    _, _, to, packet = heapq.heappop(waiting)
                    # A device that is not up takes none, and the packet is lost.
                    with contextlib.suppress(OSError):
                        os.write(to, packet)
