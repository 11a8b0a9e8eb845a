"""A relay in front of a server that counts what a distant network would charge for, and delays it as one would."""

import asyncio
import contextlib
import threading
from dataclasses import dataclass
from typing import Callable, Optional, Tuple

Address = Tuple[str, int]


@dataclass
class Counts:
    """TCP and TLS handshakes, and round trips: each handshake of TCP, and each flight to the server that it responds to."""

    tcp: int = 0
    tls: int = 0
    trips: int = 0


class Relay:
    """Delays what it passes on by half the round trip in each direction.

    On loopback a connect takes no time. So what a client sends first waits for a whole round trip more: the
    client of TLS speaks first, so it would have waited that long for the handshake of TCP.
    """

    def __init__(self, behind: Address, round_trip: float) -> None:
        self.behind = behind
        self.round_trip = round_trip
        self.counts = Counts()
        self.port = 0
        self.loop = asyncio.new_event_loop()
        self.ready = threading.Event()
        self.stopped: Optional[asyncio.Event] = None
        self.thread = threading.Thread(target=self.loop.run_until_complete, args=(self.run(),))

    def __enter__(self) -> "Relay":
        self.thread.start()
        self.ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        assert self.stopped is not None
        self.loop.call_soon_threadsafe(self.stopped.set)
        self.thread.join()
        self.loop.close()

    async def run(self) -> None:
        self.stopped = asyncio.Event()
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        async with server:
            await self.stopped.wait()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        self.counts.tcp += 1
        self.counts.trips += 1
        server, to_server = await asyncio.open_connection(*self.behind)
        flight = Flight(self.counts)
        up = self.passes(client, to_server, self.round_trip, flight.sent, lambda _: None)
        down = self.passes(server, to_client, 0, lambda _: None, flight.received)
        # Either end may be gone before the other.
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await asyncio.gather(up, down)
        to_client.close()
        to_server.close()

    async def passes(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        first: float,
        came: Callable[[bytes], None],
        goes: Callable[[bytes], None],
    ) -> None:
        """Passes bytes on in their order, each as late as it must be; the first of them by so much more."""
        queue: asyncio.Queue[Tuple[float, bytes]] = asyncio.Queue()

        async def read() -> None:
            late = self.loop.time() + first
            data = b"-"
            while data:
                data = await reader.read(1 << 16)
                came(data)
                due = max(self.loop.time(), late) + self.round_trip / 2
                await queue.put((due, data))

        async def write() -> None:
            while True:
                due, data = await queue.get()
                await asyncio.sleep(max(due - self.loop.time(), 0))
                goes(data)
                if not data:
                    return writer.write_eof()
                writer.write(data)
                await writer.drain()

        await asyncio.gather(read(), write())


class Flight:
    """Tells flights to the server apart: one ends where something comes back."""

    def __init__(self, counts: Counts) -> None:
        self.counts = counts
        self.is_first = True
        self.under_way = False

    def sent(self, data: bytes) -> None:
        # A record of the handshake, and in it a ClientHello.
        if self.is_first and data[:1] == b"\x16" and data[5:6] == b"\x01":
            self.counts.tls += 1
        self.is_first = False
        self.under_way = self.under_way or bool(data)

    def received(self, data: bytes) -> None:
        if self.under_way and data:
            self.counts.trips += 1
            self.under_way = False
