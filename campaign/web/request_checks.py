"""Check what a request brings: the size and encoding of its body, the site that sent it, and the age of its form."""

import hashlib
import time
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from flask import Flask, Request
from itsdangerous import BadSignature, Signer
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.routing import BaseConverter, IntegerConverter

from campaign.config import Settings
from campaign.crypto import sealing
from campaign.origins import host_of, is_loopback, port_of

ORIGIN = "campaign.origin"  # the key in the environ of a request: the address of ours that it was sent to
MAX_BODY = 32 * 1024  # bytes
MAX_FIELDS = 30
MAX_PARTS = 1000  # of a body in parts, which no form of ours sends
FORM_TOKEN_LIFETIME = 48  # hours
CLOCK_DIFFERENCE = 5 * 60  # seconds by which the clock of another machine, or ours before it was set back, may be ahead
LARGEST_NUMBER = 2**31 - 1  # that the columns of row numbers take on both databases


def init_app(app: Flask) -> None:
    """Limit requests, match only numbers that a row can have in `<int:...>`, and find the token in `<token:...>`."""
    app.url_map.converters["int"] = RowNumberConverter
    app.url_map.converters["token"] = LinkTokenConverter
    app.request_class = SiteRequest


class SiteRequest(Request):
    """A request with constant limits; Flask looks its own up in the settings whenever it reads a body."""

    max_content_length = max_form_memory_size = MAX_BODY
    max_form_parts = MAX_PARTS


class RowNumberConverter(IntegerConverter):
    """The number of a row in an address; a larger one is no address of ours."""

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **{"max": LARGEST_NUMBER} | options)  # type: ignore[arg-type]


class LinkTokenConverter(BaseConverter):
    """The end of a link from an e-mail: its token, or what was sent where no token can be found in it."""

    regex = "(?s:.+)"  # also over line ends
    part_isolating = False  # what hangs onto a link may have a slash in it

    def to_python(self, value: str) -> str:
        """Return the token alone."""
        return sealing.find_token(value) or value


def row_number(text: str) -> int:
    """Return the number of a row as somebody sent it; raise ValueError for what no row can have."""
    number = int(text)
    if not 0 <= number <= LARGEST_NUMBER:
        raise ValueError(text)
    return number


def requested_origin(request: Request, settings: Settings) -> str:
    """Return the address of ours that a request was sent to."""
    return str(request.environ.get(ORIGIN, settings.origin))


class CrossSite(BadRequest):
    """The form was sent from another site."""


def validate_form_body(request: Request, most: int = MAX_FIELDS) -> bool:
    """Refuse a body that none of our forms sends, before reading it into fields; return whether it is UTF-8.

    Raise UnsupportedMediaType or RequestEntityTooLarge.
    """
    if (request.content_length or 0) > MAX_BODY:
        raise RequestEntityTooLarge
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.content_encoding or request.mimetype != "application/x-www-form-urlencoded" or charset != "utf-8":
        raise UnsupportedMediaType
    body = request.get_data(cache=True)
    if body.count(b"&") >= most:
        raise RequestEntityTooLarge
    try:
        unquote_to_bytes(body).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def is_cross_site(request: Request, settings: Settings) -> bool:
    """Return whether a browser says that another site sent this.

    A missing header is accepted, as plain http sends none. So is `Origin: null`, which browsers post from a page with
    `Referrer-Policy: no-referrer`: a proxy may add that header to every page, and `Sec-Fetch-Site` still names another site.
    Another address of ours is another site too, also under the same domain or at another port of the same host: somebody who
    takes one of them over gains nothing at the others.
    """
    fetched = request.headers.get("Sec-Fetch-Site", "none")
    sent_from = request.headers.get("Origin", "null")
    if fetched == "cross-site" or sent_from == "null":
        return fetched not in {"same-origin", "none"}
    own = requested_origin(request, settings)
    if settings.origin_of(sent_from.partition("://")[2]) != own:
        return True
    return not is_loopback(host_of(own)) and port_of(sent_from) != port_of(own)


class FormToken:
    """The freshness stamp of the public forms: signed, the same for everybody within the hour, valid 48 hours.

    It lets a page with a form be kept as bytes. It is no defence against cross-site posts; `is_cross_site` is.
    """

    def __init__(self, key: bytes) -> None:
        self._signer = Signer(key, salt="stamp", digest_method=hashlib.sha256)
        self._made = lru_cache(maxsize=1)(lambda hour: self._signer.sign(str(hour)).decode())

    def make(self) -> str:
        """Return the stamp of this hour."""
        return self._made(current_hour())

    def age(self, stamp: str) -> int | None:
        """Return the age of a stamp in hours, None if it is not ours; one from a clock a few minutes ahead counts as new."""
        try:
            made = int(self._signer.unsign(stamp))
        except (BadSignature, ValueError):
            return None
        is_just_ahead = current_hour() < made <= hour_at(time.time() + CLOCK_DIFFERENCE)
        return 0 if is_just_ahead else current_hour() - made


def current_hour() -> int:
    """Return the hours since 1970."""
    return hour_at(time.time())


def hour_at(seconds: float) -> int:
    """Return the same for a time in seconds."""
    return int(seconds // 3600)
