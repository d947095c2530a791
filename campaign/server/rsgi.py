"""Adapt RSGI, granian's asynchronous interface, to a WSGI application.

granian's own WSGI adapter calls the application as soon as it has the head of a request, and a thread then waits for the body: as
many clients as there are threads, each with half a form, block the whole site. This adapter buffers the body asynchronously,
within limits, and calls the application with whole requests only.
"""

import asyncio
import io
import logging
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from wsgiref.types import WSGIApplication, WSGIEnvironment

from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]  # it is public, but granian's types do not say so
from werkzeug.wsgi import FileWrapper

from campaign.log import exception_at
from campaign.organizers.auth.factors import PASSPHRASE_PATHS, PASSPHRASES_BUSY
from campaign.public.copies import ZIP_BUSY, ZIP_PATHS
from campaign.server.streaming import stream_to_fifo
from campaign.server.threads import ThreadPool
from campaign.web.request_checks import MAX_BODY

BODY_TIMEOUT = 15
"""The seconds that a client may take to send its body; a form over a line of 2 kB/s takes two."""

POSTING_THREADS = 8
"""Threads of one process for posts. They wait for the disk, where on SQLite they share commits (campaign/shared_commit.py), while
other requests are answered. Measured on SQLite: with four, a third fewer people sign each second; twelve gain nothing; without
any, reading is as slow as signing."""

MAX_PASSPHRASES_WAITING = 8
"""Posts with a passphrase that wait for the one thread which looks at them, for two seconds or so; more are sent back at once."""

MAX_SENT_BACK = 500
"""Posts that wait to be sent back with their form; more get an answer without a page."""

MAX_ZIPS_WAITING = 50
"""Readers who wait for the ZIP file; more are asked to come again."""

ENVIRON: WSGIEnvironment = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
    # The body is whole, so the site may read to its end.
    "wsgi.input_terminated": True,
    "wsgi.file_wrapper": FileWrapper,
}

WsgiAnswer = tuple[int, list[tuple[str, str]], "bytes | FileWrapper"]
log = logging.getLogger(__name__)


class BodyTooLarge(Exception):
    """The body is longer than the site accepts."""


class RsgiAdapter:
    """An RSGI application that calls a WSGI application."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app
        self.posting = ThreadPool("posting", POSTING_THREADS)
        self.passphrases = BoundedThread("passphrases", MAX_PASSPHRASES_WAITING)
        self.sending_back = BoundedThread("sending-back", MAX_SENT_BACK)
        self.zips = BoundedThread("zips", MAX_ZIPS_WAITING)

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request; one that is malformed (400) or late (408) never reaches the site."""
        try:
            environ = build_environ(scope)
            if scope.method in ("GET", "HEAD", "OPTIONS"):
                answer = await self.get(environ)
            else:
                await buffer_body(environ, protocol)
                answer = await self.post(environ)
        except (ValueError, ProtocolClosed):  # the second is granian's, for a body that was cut off
            answer = error_answer(400)
        except TimeoutError:
            answer = error_answer(408)
        except Exception as error:
            exception_at(log, "a request that was not answered", error)
            answer = error_answer(500)
        status, headers, body = answer
        if isinstance(body, FileWrapper):
            protocol.response_file(status, headers, str(stream_to_fifo(body)))
        else:
            protocol.response_bytes(status, headers, body)

    async def get(self, environ: WSGIEnvironment) -> WsgiAnswer:
        """Answer with a page at once, with the ZIP file, which takes as long as some dozens of pages, from a thread for it."""
        if not ZIP_PATHS.fullmatch(environ["PATH_INFO"]):
            return call_app(self.app, environ)
        if self.zips.has_room():
            return await self.zips.run(call_app, self.app, environ)
        return call_app(self.app, environ | {ZIP_BUSY: True})

    async def post(self, environ: WSGIEnvironment) -> WsgiAnswer:
        """Answer a post; use a separate thread for one with a passphrase, which takes as long as ten signatures."""
        if not PASSPHRASE_PATHS.fullmatch(environ["PATH_INFO"]):
            return await self.posting.run(call_app, self.app, environ)
        if self.passphrases.has_room():
            return await self.passphrases.run(call_app, self.app, environ)
        if self.sending_back.has_room():
            return await self.sending_back.run(call_app, self.app, environ | {PASSPHRASES_BUSY: True})
        return 503, [("connection", "close"), ("retry-after", "60")], b""


class BoundedThread:
    """One thread, and how much may wait for it. Used from one event loop."""

    def __init__(self, name: str, most: int) -> None:
        self.thread, self.most, self.waiting = ThreadPool(name, 1), most, 0

    def has_room(self) -> bool:
        """Return whether one more may wait."""
        return self.waiting < self.most

    async def run(self, work: Callable[..., WsgiAnswer], *arguments: Any) -> WsgiAnswer:
        """Return what the work returns, once it was its turn."""
        self.waiting += 1
        try:
            return await self.thread.run(work, *arguments)
        finally:
            self.waiting -= 1


def call_app(app: WSGIApplication, environ: WSGIEnvironment) -> WsgiAnswer:
    """Return the whole response, so that a slow client holds no thread either; a file is not read."""
    head: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> None:
        head[:] = int(status[:3]), headers

    parts = app(environ, start_response)  # type: ignore[arg-type]  # no `write`, which is for old frameworks
    if isinstance(parts, FileWrapper):
        return *head, parts
    try:
        body = b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    return *head, body


def build_environ(scope: Any) -> WSGIEnvironment:
    """Return the WSGI environ of a request (PEP 3333), with no body yet.

    Raises ValueError for no Host or two (RFC 9112, 3.2), and for a target that is no path, as proxies are sent.
    """
    environ = ENVIRON | {
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string.encode().decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(),
    }
    environ["SERVER_NAME"], _, environ["SERVER_PORT"] = scope.server.rpartition(":")
    for name, value in scope.headers.items():
        if key := environ_key(name):
            environ[key] = f"{environ[key]},{value}" if key in environ else value
    if scope.authority:
        environ["HTTP_HOST"] = scope.authority
    if "," in environ.get("HTTP_HOST", ",") or not environ["HTTP_HOST"] or not scope.path.startswith("/"):
        raise ValueError
    return environ


@lru_cache(256)
def environ_key(name: str) -> str:
    """Return the CGI name of a header; empty for one that would pass for another, as `X_Forwarded_For` would."""
    if "_" in name:
        return ""
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else "HTTP_" + key


async def buffer_body(environ: WSGIEnvironment, protocol: Any) -> None:
    """Read the body into the environ; leave one that is too long unread, for the site to refuse in the reader's language.

    Raises TimeoutError when the client takes too long, ValueError when the body has not the declared length.
    """
    declared, in_pieces = int(environ.get("CONTENT_LENGTH") or 0), "HTTP_TRANSFER_ENCODING" in environ
    try:
        async with asyncio.timeout(BODY_TIMEOUT):
            body = await read_body(protocol, declared, in_pieces=in_pieces)
    except BodyTooLarge:
        environ["CONTENT_LENGTH"] = str(max(declared, MAX_BODY + 1))
        environ.pop("HTTP_TRANSFER_ENCODING", None)  # next to it the site would not look at the length
        return
    # granian does not say whether a chunked body is complete, cut off or malformed. Browsers send no form that way.
    if len(body) != declared or in_pieces:
        raise ValueError
    environ["wsgi.input"] = io.BytesIO(body)


async def read_body(protocol: Any, declared: int, *, in_pieces: bool) -> bytes:
    """Return the whole body; raises BodyTooLarge, before reading where the length is declared."""
    if declared > MAX_BODY:
        raise BodyTooLarge
    if not in_pieces:
        return bytes(await protocol())  # no longer than declared, and read at once: each piece would wake the event loop again
    body = bytearray()
    async for chunk in protocol:
        body += chunk
        if len(body) > MAX_BODY:
            raise BodyTooLarge
    return bytes(body)


def error_answer(status: int) -> WsgiAnswer:
    """Return a response without a body that closes the connection."""
    return status, [("connection", "close")], b""
