"""Cache the pages that people read as bytes, and answer with them without calling Flask or the database.

Such a page is a pure function of its address, the texts, the published count and the hour (of the form's stamp). A view
says so with `Cache-Control: public`. Static files are cached the same way, for ever, under names with their hash.
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
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response

from campaign.config import Settings, canonical_host
from campaign.web.context import COPIED_ON
from campaign.web.request_checks import current_hour

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
MAX_PAGES = 1000  # the site has some dozens in each language
IMMUTABLE = "public, max-age=31536000, immutable"
HEALTH_PAGES = {"/healthz", "/readyz"}  # load balancers ask for them by the address of the machine, or with an empty Host
COMPRESSIBLE = ("text/", "application/json", "application/xml", "image/svg+xml")


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
        bodies = {"br": brotli.compress(body, quality=9), "gzip": gzip.compress(body, 9, mtime=0), "": body}
        headers = [*headers, ("Vary", "Accept-Encoding")]
    return CachedPage(stamp, bodies, headers, hashlib.sha256(body).hexdigest()[:20])


@lru_cache(maxsize=256)
def _encoding(accepted: str) -> str:
    """Return the smallest encoding that the browser accepts (RFC 9110 12.5.3); empty for none."""
    wanted = parse_accept_header(accepted[:1000], Accept)
    return next((encoding for encoding in ("br", "gzip") if wanted.quality(encoding) > 0), "")


class PageCache:
    """The WSGI application around Flask's that answers with what is cached, and refuses hosts that are not ours."""

    def __init__(self, app: Flask, published: Callable[[], object], settings: Settings) -> None:
        self.pages: dict[str, CachedPage] = {}
        self._inner: WSGI = app.wsgi_app
        self._published = published
        self._host = urlsplit(settings.base_url).netloc
        self._is_ours = lru_cache(maxsize=256)(lambda host: canonical_host(host) in settings.hosts)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer with a cached page, or call Flask; it alone answers other methods than GET and HEAD.

        Flask sees one host, that of the settings, however a request spells it.
        """
        if not self._is_ours(environ.get("HTTP_HOST", "")) and environ["PATH_INFO"] not in HEALTH_PAGES:
            return Response("This site has another address.\n", 400)(environ, start_response)
        environ["HTTP_HOST"] = self._host
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return self._inner(environ, start_response)
        cached = self.pages.get(environ["PATH_INFO"])
        if COPIED_ON in environ and not (cached and cached.stamp is None):
            return self._inner(environ, start_response)  # a page of a copy says so, and is nobody else's
        stamp = self._stamp() if cached is None or cached.stamp else None
        if cached and cached.stamp == stamp:
            return cached.answer(environ, start_response)
        response = Response.from_app(self._inner, environ | {"REQUEST_METHOD": "GET"}, buffered=True)
        if response.status_code != 200 or not response.cache_control.public:
            self.pages.pop(environ["PATH_INFO"], None)  # nor is an older page cached any longer
            return response(environ, start_response)
        cached = self._cache(environ["PATH_INFO"], response, stamp)
        return cached.answer(environ, start_response)

    def _stamp(self) -> tuple[object, int]:
        """Return what a page with the count and a form is made from, besides its address and the texts.

        It is taken before the page is made, so a page made from a newer count is made again, never the other way round.
        """
        return self._published(), current_hour()

    def _cache(self, path: str, response: Response, stamp: object) -> CachedPage:
        """Cache a page with its final headers, so that the first reader gets what later ones get."""
        headers = [(name, value) for name, value in response.headers if name != "Content-Length"]
        cached = cache_page(response.get_data(), headers, stamp)
        if path in self.pages or len(self.pages) < MAX_PAGES:
            self.pages[path] = cached
        return cached


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
