"""The headers that every response carries: security headers, HSTS, and `no-store` by default; redirects have no host.

They are added while a response is handed to the server, in one list: Flask's way looks at each header some twenty times.
"""

import re
from collections.abc import Iterable
from urllib.parse import quote
from wsgiref.types import WSGIEnvironment

from flask import Flask, Response, request

from campaign.origins import is_https, is_onion
from campaign.state import state
from campaign.web.context import PRIVATE_BLUEPRINT
from campaign.web.request_checks import requested_origin

FRAMEABLE = "public.embed"
SECURITY_HEADERS = {
    # No script of ours fetches anything; connect-src lets programs that look pages over read robots.txt from within a page.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
UNFRAMED_HEADERS = SECURITY_HEADERS | {"X-Frame-Options": "DENY"}  # for browsers that know no frame-ancestors
HSTS_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}
BODILESS = {204, 304}
# An address of ours in which Werkzeug would find nothing left to encode.
ENCODED = re.compile(r"(/(?!/)[\w%!$&'()*+,/:;=?@.~-]*)?", re.ASCII)
Header = tuple[str, str]


def init_app(app: Flask) -> None:
    """Let every response be one of ours."""
    app.response_class = SiteResponse


class SiteResponse(Response):
    """A response that adds what every response has to the headers that the view has set."""

    def get_wsgi_response(self, environ: WSGIEnvironment) -> tuple[Iterable[bytes], str, list[Header]]:
        """Return body, status and headers; a response that the view does not call public is not stored."""
        has = {name.lower(): value for name, value in self.headers}
        added = [(name, value) for name, value in general_headers(self).items() if name.lower() not in has]
        location = has.get("location", "")
        if location[:1] not in {"", "/"}:
            location = self.location = without_host(location)
        if self.status_code in BODILESS or "content-length" not in has or not ENCODED.fullmatch(location):
            parts, status, headers = super().get_wsgi_response(environ)
            return parts, status, headers + added
        # Werkzeug would return the same, and copies the headers one by one.
        return self.get_app_iter(environ), self.status, [*self.headers, *added]


def without_host(location: str) -> str:
    """Return the address of a redirect, with its path alone where it is within the site: only the proxy knows the scheme."""
    path = location.removeprefix(request.host_url)
    return location if path == location else "/" + path.lstrip("/")


def general_headers(response: Response) -> dict[str, str]:
    """Return the headers that a response to this request has unless its view has set them."""
    settings = state().settings
    origin = requested_origin(request, settings)
    headers = SECURITY_HEADERS if request.endpoint == FRAMEABLE else UNFRAMED_HEADERS
    if is_https(origin):
        headers = headers | HSTS_HEADERS
    is_page = response.status_code == 200 and response.mimetype == "text/html" and request.blueprint != PRIVATE_BLUEPRINT
    if settings.onion and is_page and not is_onion(origin):
        headers = headers | {"Onion-Location": settings.onion + quote(request.path)}
    return headers
