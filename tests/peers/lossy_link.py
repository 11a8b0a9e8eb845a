"""A link between two network devices that delays, reorders and loses packets."""

import contextlib
import heapq
import os
import random
import select
import threading
import time
from typing import List, Tuple


class LossyLink:
    """Forwards packets between two devices, with a delay, jitter and loss."""

    def __init__(self, delay: float, jitter: float, loss: float) -> None:
        self.delay, self.jitter, self.loss = delay, jitter, loss
        self.chance, self.forwarded, self.lost = random.Random(7), 0, 0

    def connect(self, near: int, far: int) -> None:
        threading.Thread(target=self.run, args=(near, far), daemon=True).start()

    def run(self, near: int, far: int) -> None:
        waiting: List[Tuple[float, int, int, bytes]] = []
        with contextlib.suppress(OSError, ValueError):
            while True:
                wait = max(0, waiting[0][0] - time.monotonic()) if waiting else 0.2
                for device in select.select([near, far], [], [], wait)[0]:
                    packet = os.read(device, 65536)
                    self.forwarded += 1
                    if self.chance.random() < self.loss:
                        self.lost += 1
                        continue
                    due = time.monotonic() + self.delay + self.jitter * self.chance.random()
                    to = far if device == near else near
                    heapq.heappush(waiting, (due, self.forwarded, to, packet))
                while waiting and waiting[0][0] <= time.monotonic():
                    _, _, to, packet = heapq.heappop(waiting)
                    # A device that is down accepts no packet: it is lost.
                    with contextlib.suppress(OSError):
                        os.write(to, packet)
