"""A crowd: many visitors at once over connections that stay open, and a mail server that keeps up with them."""

import asyncio
import contextlib
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode

from aiosmtpd.smtp import SMTP

from tests.people import hidden_fields
from tests.servers import LONG, Mailbox

LINK = re.compile(rb"^https?://[^/\s]+(/\S+)\r?$", re.MULTILINE)
Result = TypeVar("Result")


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


class SortingOffice(Mailbox):
    """A mail server that keeps only the links, by recipient: `links[address]` has one for each letter."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.links: dict[str, list[str]] = defaultdict(list)

    async def handle_DATA(self, _server: SMTP, _session: object, envelope: object) -> str:  # noqa: N802  # aiosmtpd's name
        if self.answer.startswith("250"):
            for address in envelope.rcpt_tos:  # type: ignore[attr-defined]
                self.links[address] += [link.decode() for link in LINK.findall(envelope.content)]  # type: ignore[attr-defined]
        return self.answer

    @property
    def number(self) -> int:
        """How many letters arrived."""
        return sum(map(len, list(self.links.values())))


class Line(asyncio.Protocol):
    """One connection that stays open; opened again when the other side has let it go."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.transport: asyncio.Transport | None = None
        self.heard = b""
        self.answer: asyncio.Future[Answer] | None = None

    async def ask(self, request: bytes) -> Answer:
        """The answer; raises ConnectionError or TimeoutError, and then nobody knows what came of the request."""
        self.answer, self.heard = asyncio.get_running_loop().create_future(), b""
        try:
            async with asyncio.timeout(LONG):
                if self.transport is None or self.transport.is_closing():
                    await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self.port)
                assert self.transport
                self.transport.write(request)
                return await self.answer
        except (OSError, TimeoutError):
            self.close()
            raise

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Open."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Part of an answer; the future has it once it is whole."""
        self.heard += data
        head, end, body = self.heard.partition(b"\r\n\r\n")
        if not end or self.answer is None or self.answer.done():
            return
        status, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if len(body) >= int(headers.get("content-length", 0)):
            self.answer.set_result(Answer(int(status.split()[1]), headers, body))

    def connection_lost(self, error: Exception | None) -> None:
        """The other side let go; who waits is told."""
        self.transport = None
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(ConnectionResetError("no answer"))

    def close(self) -> None:
        """Lets the connection go at once."""
        self.answer = None
        if self.transport is not None:
            self.transport.abort()


def together(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Runs it in a thread of its own: a browser that other tests left open keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


@contextlib.asynccontextmanager
async def lines(port: int, number: int) -> AsyncIterator[list[Line]]:
    """So many connections, closed at the end."""
    held = [Line(port) for _ in range(number)]
    try:
        yield held
    finally:
        for line in held:
            line.close()
        await asyncio.sleep(0)  # the loop closes them


def get(port: int, path: str) -> bytes:
    """A request as bytes."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode()


def post(port: int, path: str, fields: dict[str, str], sender: str = "192.0.2.1") -> bytes:
    """A form as bytes, as a proxy passes on what an address sent."""
    body = urlencode(fields)
    head = [
        f"POST {path} HTTP/1.1",
        f"Host: localhost:{port}",
        f"X-Forwarded-For: {sender}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*head, "", body]).encode()


async def blank_form(port: int, language: str = "en") -> dict[str, str]:
    """The hidden fields of the form, its consent ticked, as everybody gets them."""
    return hidden_fields((await ask(port, f"/{language}/sign")).body.decode(), "/sign")


async def ask(port: int, path: str) -> Answer:
    """Opens one page."""
    async with lines(port, 1) as (line,):
        return await line.ask(get(port, path))
