"""Copies to take along: everything there is to read as one ZIP file, and one small file for messengers."""

import contextvars
import logging
import re
import threading
from collections.abc import Callable

from flask import Blueprint, Flask, Response, render_template, request
from markupsafe import Markup
from werkzeug.exceptions import ServiceUnavailable

from campaign.database import now
from campaign.languages import LANGUAGES, Language, current, speaking
from campaign.petition.counting import Snapshot
from campaign.public.mirror import MirrorError, rewrite_links, whole_mirror, zip_files
from campaign.state import state
from campaign.web.request_checks import current_hour

bp = Blueprint("copies", __name__)
log = logging.getLogger(__name__)

FOLDER = "copy"  # neither this nor the names of the files says what they are about
HEADERS = {"Cache-Control": "public, max-age=60", "X-Robots-Tag": "noindex"}
RETRY_COPY_AFTER = 60  # seconds
ZIP_PATHS = re.compile(r"/[^/]+/copy\.zip")
ZIP_BUSY = "campaign.zip_busy"  # the key in the environ of a request that finds no room among those who wait for the ZIP file


class ZippedMirror:
    """The mirror as one ZIP file, made when it is asked for: again after an hour, or once more than a count is published.

    To make it takes as long as some dozens of pages, so it does not follow each count, as pages do, and the server asks for it
    in a thread of its own (`ZIP_PATHS`).
    """

    def __init__(self, app: Flask, published: Callable[[], Snapshot]) -> None:
        self._app, self._published = app, published
        self._made: tuple[object, bytes] = (None, b"")
        self._making = threading.Lock()

    def __call__(self) -> bytes:
        """Return the ZIP file of the public pages; raise MirrorError. While one thread makes it, the others wait."""
        with self._making:
            while self._made[0] != (made_from := self._made_from()):  # also when the testimony was withdrawn meanwhile
                # Its pages are requests of their own, which must not find the context of this one.
                self._made = made_from, contextvars.Context().run(self._make)
            return self._made[1]

    def _made_from(self) -> object:
        return self._published().without_numbers(), current_hour()

    def _make(self) -> bytes:
        return zip_files(whole_mirror(self._app), FOLDER, now().date())


@bp.get("/<lang:lang>/copy.zip")
def zip_file() -> Response:
    """Give out the mirror, the same in every language; 503 while too many wait for it."""
    if ZIP_BUSY in request.environ:
        raise ServiceUnavailable(retry_after=RETRY_COPY_AFTER)
    try:
        body = state().zipped_mirror()
    except MirrorError as error:
        log.warning("%s", error)
        raise ServiceUnavailable(retry_after=RETRY_COPY_AFTER) from None
    return _download(body, "application/zip", "zip")


@bp.get("/<lang:lang>/copy.html")
def html_file() -> Response:
    """Give out the testimony and the letter in every language as one file that loads nothing."""
    languages = sorted(LANGUAGES.values(), key=lambda language: language != current())
    page = render_template("copies/html_file.html", parts={language: _part(language) for language in languages})
    return _download(rewrite_links(page, "/copy.html", set(), state().settings.origin), "text/html; charset=utf-8", "html")


def _part(language: Language) -> Markup:
    """Return what the file says in one language."""
    with speaking(language.code):
        part = render_template(
            "copies/_part.html",
            lang=language.code,
            dir=language.dir,
            language=language,
            texts=state().texts[language.code],
            campaign_name=state().words.title(language.code),
            made_on=now().date(),
        )
    return Markup(part)  # noqa: S704  # a template of ours, which escapes


def _download(body: str | bytes, content_type: str, ending: str) -> Response:
    name = {"Content-Disposition": f'attachment; filename="{FOLDER}.{ending}"'}
    return Response(body, headers=HEADERS | name, content_type=content_type)
