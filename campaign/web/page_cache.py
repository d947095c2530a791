"""Cache the pages that people read as bytes, and answer with them without calling Flask or the database.

Such a page is a pure function of its address with the host, the texts, the published count and the hour (of the form's stamp).
A view says so with `Cache-Control: public`. Static files are cached the same way, for ever, under names with their hash.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import brotli
from flask import Flask
from flask_babel import gettext
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response

from campaign.config import Settings
from campaign.languages import LANGUAGES, speaking
from campaign.petition.snapshot import NothingKnown
from campaign.web.context import COPIED_ON
from campaign.web.request_checks import ORIGIN, current_hour

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
MAX_PAGES = 1000  # some dozens in each language, and the updates, for each address of the site; of more the oldest goes
IMMUTABLE = "public, max-age=31536000, immutable"
HEALTH_PAGES = {"/healthz", "/readyz", "/metrics"}  # asked for by the address of the machine, or with an empty Host
NEED_NOTHING_PUBLIC = {"/healthz", "/readyz"}
RETRY_UNKNOWN_AFTER = "15"  # seconds
COMPRESSIBLE = ("text/", "application/json", "application/xml", "image/svg+xml")
BROTLI_WINDOW = 16
"""As a power of two, in bytes. With a larger one, Brotli takes 13 MB for a page of 15 kB, not 2, and several times as long. The
result is as small, because pages are shorter than this."""


@dataclass(frozen=True)
class CachedPage:
    """One page as bytes, in each encoding, with its headers."""

    stamp: object  # what it was made from; with another stamp it is made again; None for a file, which never is
    bodies: dict[str, bytes]  # by Content-Encoding; "" is plain
    headers: list[tuple[str, str]]
    etag: str

    def answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer GET and HEAD, with 304 where the browser has the page already."""
        etag = environ.get("HTTP_IF_NONE_MATCH")
        encoding = _encoding(environ.get("HTTP_ACCEPT_ENCODING", "")) if len(self.bodies) > 1 else ""
        headers = [*self.headers, ("ETag", f'W/"{self.etag}"')]
        if etag and self.etag in etag:
            start_response("304 Not Modified", headers)
            return []
        body = self.bodies[encoding]
        headers.append(("Content-Length", str(len(body))))
        if encoding:
            headers.append(("Content-Encoding", encoding))
        start_response("200 OK", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def cache_page(body: bytes, headers: list[tuple[str, str]], stamp: object = None) -> CachedPage:
    """Return a page to be cached, compressed where its type can be."""
    bodies = {"": body}
    if dict(headers)["Content-Type"].startswith(COMPRESSIBLE):
        brotli_body = brotli.compress(body, quality=9, lgwin=BROTLI_WINDOW)
        bodies = {"br": brotli_body, "gzip": gzip.compress(body, 9, mtime=0), "": body}
        headers = [*headers, ("Vary", "Accept-Encoding")]
    return CachedPage(stamp, bodies, headers, hashlib.sha256(body).hexdigest()[:20])


def page_address(origin: str, path: str) -> str:
    """Return what a page is kept under: its headers differ from one address of the site to the next; those of files do not."""
    return path if path.startswith("/static/") else origin + path


@lru_cache(maxsize=256)
def _encoding(accepted: str) -> str:
    """Return the smallest encoding that the browser accepts (RFC 9110 12.5.3); empty for none."""
    wanted = parse_accept_header(accepted[:1000], Accept)
    return next((encoding for encoding in ("br", "gzip") if wanted.quality(encoding) > 0), "")


class PageCache:
    """The WSGI application around Flask's that answers with what is cached, and refuses hosts that are not ours."""

    def __init__(self, app: Flask, published: Callable[[], object], settings: Settings) -> None:
        self.pages: dict[str, CachedPage] = {}
        self._app, self._inner = app, app.wsgi_app
        self._published = published
        self._canonical = settings.origin
        self._origin_of = lru_cache(maxsize=256)(settings.origin_of)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer with a cached page, or call Flask; it alone answers other methods than GET and HEAD.

        Flask sees each of our hosts as the settings have it, however a request spells it.
        """
        origin = self._origin_of(environ.get("HTTP_HOST", ""))
        if not origin and environ["PATH_INFO"] not in HEALTH_PAGES:
            return Response("This site has another address.\n", 400)(environ, start_response)
        environ[ORIGIN] = origin or self._canonical
        environ["HTTP_HOST"] = urlsplit(environ[ORIGIN]).netloc
        if not self._is_anything_known():
            answer = self._inner if environ["PATH_INFO"] in NEED_NOTHING_PUBLIC else self._unavailable()
            return answer(environ, start_response)
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return self._inner(environ, start_response)
        address = page_address(environ[ORIGIN], environ["PATH_INFO"])
        cached = self.pages.get(address)
        if COPIED_ON in environ and not (cached and cached.stamp is None):
            return self._inner(environ, start_response)  # a page of a copy says so, and is nobody else's
        stamp = self._stamp() if cached is None or cached.stamp else None
        if cached and cached.stamp == stamp:
            return cached.answer(environ, start_response)
        response = Response.from_app(self._inner, environ | {"REQUEST_METHOD": "GET"}, buffered=True)
        if response.status_code != 200 or not response.cache_control.public:
            self.pages.pop(address, None)  # nor is an older page cached any longer
            return response(environ, start_response)
        cached = self._cache(address, response, stamp)
        return cached.answer(environ, start_response)

    def _is_anything_known(self) -> bool:
        """Return whether this worker has read the public words: until then it must not show what may have been withdrawn."""
        try:
            self._published()
        except NothingKnown:
            return False
        return True

    def _unavailable(self) -> Response:
        """Return an answer in every language that is made of nothing that is public."""
        lines = []
        with self._app.app_context():
            for code in LANGUAGES:
                with speaking(code):
                    lines.append(gettext("Please try again shortly"))
        return Response("\n".join([*lines, ""]), 503, {"Retry-After": RETRY_UNKNOWN_AFTER, "Cache-Control": "no-store"})

    def _stamp(self) -> tuple[object, int]:
        """Return what a page with the count and a form is made from, besides its address and the texts.

        It is taken before the page is made, so a page made from a newer count is made again, never the other way round.
        """
        return self._published(), current_hour()

    def _cache(self, address: str, response: Response, stamp: object) -> CachedPage:
        """Cache a page with its final headers, so that the first reader gets what later ones get."""
        headers = [(name, value) for name, value in response.headers if name != "Content-Length"]
        cached = cache_page(response.get_data(), headers, stamp)
        self.pages.pop(address, None)  # it goes to the end, as the newest
        while len(self.pages) >= MAX_PAGES and (oldest := self._oldest()):
            self.pages.pop(oldest, None)
        self.pages[address] = cached
        return cached

    def _oldest(self) -> str | None:
        """Return the address of the page that was made first; files are never left out."""
        return next((address for address, page in list(self.pages.items()) if page.stamp is not None), None)


class StaticFiles:
    """The files in `static/`, cached for ever under names that carry their hash."""

    def __init__(self, folder: Path, page_cache: PageCache) -> None:
        self._addresses: dict[str, str] = {}
        files = [file for file in sorted(folder.rglob("*")) if mimetypes.guess_type(file.name)[0]]
        for file in sorted(files, key=lambda file: file.suffix == ".css"):  # a style sheet names the others
            self._add(file.relative_to(folder).as_posix(), file.read_bytes(), page_cache)

    def __call__(self, name: str) -> str:
        """Return the address of a file."""
        return self._addresses[name]

    def _add(self, name: str, body: bytes, page_cache: PageCache) -> None:
        kind = mimetypes.guess_type(name)[0] or ""
        if kind == "text/css":
            body = re.sub(rb'url\("([^"/][^"]*)"\)', lambda found: f'url("{self(found[1].decode())}")'.encode(), body)
        stem, _, ending = name.rpartition(".")
        address = f"/static/{stem}.{hashlib.sha256(body).hexdigest()[:10]}.{ending}"
        charset = "; charset=utf-8" if kind.startswith("text/") else ""
        headers = [("Content-Type", kind + charset), ("Cache-Control", IMMUTABLE), ("X-Content-Type-Options", "nosniff")]
        self._addresses[name] = address
        page_cache.pages[address] = cache_page(body, headers)
