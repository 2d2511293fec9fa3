"""A TCP proxy that can be told to misbehave: the network between our processes and their servers.

It stands in front of one server and lives in a thread of the test. Modes:

pass      bytes go through
refuse    nobody listens any more, open connections are reset
blackhole connections are accepted and stay open, no byte moves; when the mode ends they move on
half_open connections that are open now stay silent for ever, new ones pass
latency   every chunk of bytes waits `seconds`

In whatever mode, `lose_answer`: the next client that says `word` is heard by the server, but never gets the answer: its
connection is reset when the answer comes. `dropped` says how often that happened.
"""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from dataclasses import dataclass

Upstream = str | tuple[str, int]  # the path of a unix socket, or host and port


@dataclass(eq=False)
class Link:
    """One client's connection."""

    client: asyncio.StreamWriter
    is_mute: bool = False
    answer_is_lost: bool = False


class Proxy:
    def __init__(self, upstream: Upstream, *, port: int = 0) -> None:
        self.upstream = upstream
        self.mode, self.seconds, self.word, self.to_lose, self.dropped = "pass", 0.0, b"", 0, 0
        self._links: set[Link] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._do(self._listen(port))
        self.port: int = self._server.sockets[0].getsockname()[1]

    def turn(self, mode: str, *, seconds: float = 0.0) -> None:
        """Behave like this from now on."""
        self._do(self._turn(mode, seconds))

    def lose_answer(self, *, word: bytes) -> None:
        self.word, self.to_lose = word, self.to_lose + 1

    def close(self) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _do(self, work: Coroutine) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=5)

    async def _listen(self, port: int) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)

    async def _stop_listening(self) -> None:
        self._server.close()
        for link in self._links:
            link.client.transport.abort()

    async def _end(self) -> None:
        await self._stop_listening()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _turn(self, mode: str, seconds: float) -> None:
        was, self.mode, self.seconds = self.mode, mode, seconds
        if mode == "refuse":
            await self._stop_listening()
        elif was == "refuse":
            await self._listen(self.port)
        if mode == "half_open":
            for link in self._links:
                link.is_mute = True

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(writer)
        self._links.add(link)
        server = None
        try:
            await self._let_pass(link)
            server_reader, server = await self._connect()
            ways = [
                asyncio.ensure_future(self._carry(reader, server, link, to_server=True)),
                asyncio.ensure_future(self._carry(server_reader, writer, link, to_server=False)),
            ]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
        except (OSError, asyncio.CancelledError):
            pass  # the server is away, or the test is over: the client sees its connection reset
        finally:
            self._links.discard(link)
            for end in (server, writer):
                if end is not None:
                    end.transport.abort()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.upstream, str):
            return await asyncio.open_unix_connection(self.upstream)
        return await asyncio.open_connection(*self.upstream)

    async def _carry(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, link: Link, *, to_server: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                await self._let_pass(link)
                if to_server and self.to_lose and self.word in data:
                    self.to_lose, link.answer_is_lost = self.to_lose - 1, True
                if not to_server and link.answer_is_lost:
                    self.dropped += 1
                    return
                sink.write(data)
                await sink.drain()

    async def _let_pass(self, link: Link) -> None:
        if self.mode == "latency":
            await asyncio.sleep(self.seconds)
        while link.is_mute or self.mode == "blackhole":
            await asyncio.sleep(0.02)
