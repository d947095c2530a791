"""The addresses of what is printed."""

import logging

from flask import Blueprint, Response, abort
from werkzeug.exceptions import ServiceUnavailable

from campaign.languages import current
from campaign.prints import documents
from campaign.prints.render import RETRY_RENDER_AFTER, RenderError, get_or_render
from campaign.state import state

bp = Blueprint("prints", __name__)
log = logging.getLogger(__name__)

PRINT_TYPES = {"pdf": "application/pdf", "png": "image/png"}
PRINT_HEADERS = {"Cache-Control": "public, max-age=3600"}


@bp.get("/<lang:lang>/testimony.pdf")
def testimony() -> Response:
    """Show the testimony to print and to pass on."""
    return _answer(documents.testimony(current().code))


@bp.get("/<lang:lang>/testimony/beside/<lang:other>.pdf")
def beside(other: str) -> Response:
    """Show the testimony in two languages, paragraph by paragraph."""
    if other == current().code:
        abort(404)
    return _answer(documents.beside(current().code, other))


@bp.get("/<lang:lang>/sheet.pdf")
def sheet() -> Response:
    """Show the sheet for signatures on paper."""
    return _answer(documents.sheet(current().code))


@bp.get("/<lang:lang>/card.png")
def card() -> Response:
    """Show the picture for shared links, which other sites may show."""
    answer = _answer(documents.card(current().code))
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def _answer(wanted: documents.Print) -> Response:
    """Return the print as a file with a name to save it by; 503 when it cannot be drawn."""
    try:
        body = get_or_render(wanted, state().settings.data / "prints")
    except RenderError as error:
        log.warning("%s", error)
        raise ServiceUnavailable(retry_after=int(RETRY_RENDER_AFTER)) from None
    name = {"Content-Disposition": f'inline; filename="{wanted.name}.{wanted.ending}"'}
    return Response(body, headers=PRINT_HEADERS | name, content_type=PRINT_TYPES[wanted.ending])
