"""The gateway: how a request reaches the site, and what never does.

granian's own WSGI bridge hands a request over as soon as its head is read, and a thread then waits for the body: as many clients
as there are threads, each with half a form, hold up the whole site. So the gateway speaks RSGI, granian's asynchronous
interface: it gathers the body without holding anybody up, within limits, and asks the site (any WSGI application) with whole
requests only.
"""

import asyncio
import io
import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any
from wsgiref.types import WSGIApplication, WSGIEnvironment

from campaign.server.streaming import FileWrapper, stream_to_fifo
from campaign.web.request_checks import MAX_BODY

BODY_TIMEOUT = 15
"""How long a client may take over its body; a form over a line of 2 kB/s takes two."""

POSTING_THREADS = 2
"""Posts that one process works on at a time: they wait for the disk and for one another while reading goes on. Measured: more
only wait for the interpreter, and without any, reading slows to the speed of signing."""

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
    """The body is longer than the site reads."""


class RsgiAdapter:
    """Serves one WSGI application in one process; an object that granian can call through RSGI."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app
        self.posting = ThreadPoolExecutor(POSTING_THREADS, thread_name_prefix="posting")

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answers one request; what is malformed or does not arrive in time never reaches the site (400, 408)."""
        try:
            environ = build_environ(scope)
            if scope.method in ("GET", "HEAD", "OPTIONS"):
                answer = call_app(self.app, environ)
            else:
                await buffer_body(environ, protocol)
                answer = await asyncio.get_running_loop().run_in_executor(self.posting, call_app, self.app, environ)
        except ValueError:
            answer = error_answer(400)
        except TimeoutError:
            answer = error_answer(408)
        except Exception:
            log.exception("The site did not answer.")
            answer = error_answer(500)
        status, headers, body = answer
        if isinstance(body, FileWrapper):
            protocol.response_file(status, headers, str(stream_to_fifo(body)))
        else:
            protocol.response_bytes(status, headers, body)


def call_app(app: WSGIApplication, environ: WSGIEnvironment) -> WsgiAnswer:
    """Asks the site and gathers the whole answer, so that a slow reader holds no thread either; a file is not gathered."""
    head: list[Any] = []
    parts = app(environ, lambda status, headers, _failure=None: head.extend((int(status[:3]), headers)))  # type: ignore[arg-type]
    if isinstance(parts, FileWrapper):
        return head[-2], head[-1], parts
    try:
        body = b"".join(parts)
    finally:
        getattr(parts, "close", bool)()
    return head[-2], head[-1], body


def build_environ(scope: Any) -> WSGIEnvironment:
    """Writes the head of a request as PEP 3333 wants it, with no body yet.

    Raises ValueError for no Host or two (RFC 9112, 3.2) and for a target that is no path: the proxy's forms.
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
    """Names a header as CGI does; nothing for one that would pass for another, as `X_Forwarded_For` would."""
    if "_" in name:
        return ""
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else "HTTP_" + key


async def buffer_body(environ: WSGIEnvironment, protocol: Any) -> None:
    """Puts the body into the environ; one that is too long stays unread, for the site to refuse in the reader's language.

    Raises TimeoutError when the client takes too long, ValueError when less arrives than it declared.
    """
    declared = int(environ.get("CONTENT_LENGTH") or 0)
    try:
        async with asyncio.timeout(BODY_TIMEOUT):
            body = await read_body(protocol, declared)
    except BodyTooLarge:
        environ["CONTENT_LENGTH"] = str(max(declared, MAX_BODY + 1))
        environ.pop("HTTP_TRANSFER_ENCODING", None)  # next to it the site would not look at the length
        return
    # granian ends a chunked body in silence, whether it is complete, cut off or malformed: no form comes that way.
    if len(body) != declared or "HTTP_TRANSFER_ENCODING" in environ:
        raise ValueError
    environ["wsgi.input"] = io.BytesIO(body)


async def read_body(protocol: Any, declared: int) -> bytes:
    """Reads the body to its end; raises BodyTooLarge, before reading where the length is declared."""
    if declared > MAX_BODY:
        raise BodyTooLarge
    body = bytearray()
    async for chunk in protocol:
        body += chunk
        if len(body) > MAX_BODY:
            raise BodyTooLarge
    return bytes(body)


def error_answer(status: int) -> WsgiAnswer:
    """Answers in place of the site, and lets the connection go."""
    return status, [("connection", "close")], b""
