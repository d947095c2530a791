"""Errors in the reader's language. A 500 is a bug; when the database is away it is a 503 and nothing was lost."""

from types import TracebackType
from urllib.parse import quote

from flask import Flask, abort, current_app, redirect, render_template, request
from flask_babel import gettext
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wrappers import Response

from campaign import log
from campaign.database import DATABASE_UNAVAILABLE
from campaign.languages import LANGUAGES

RETRY_AFTER = "10"  # seconds
NO_ADDRESS = {"canonical": None, "noindex": True}  # what an address shows that shows no page of its own
NO_NUMBERS = {"numbers_by_page": dict}  # the database, which is asked for those of the navigation, may be what failed
DESK_FOLDER = "organize"  # the second part of the addresses of the desk
ErrorPage = tuple[str, int, dict[str, str]]


def init_app(app: Flask) -> None:
    """Show every error as a page, and log those of ours."""
    app.log_exception = log_exception  # type: ignore[assignment,method-assign]  # Flask's own names the path, and so the token in it
    app.before_request(reject_leading_slashes)
    app.register_error_handler(HTTPException, render_error)
    app.register_error_handler(NotFound, redirect_or_render)
    for trouble in DATABASE_UNAVAILABLE:
        app.register_error_handler(trouble, render_unavailable)


def reject_leading_slashes() -> None:
    """Answer 404 to `//en/`, which the routing would take for `/en/`: each number of slashes would be a separate page."""
    if request.environ["PATH_INFO"].startswith("//"):
        abort(404)


def log_exception(error: tuple[type, BaseException, TracebackType] | tuple[None, None, None]) -> None:
    """Log where an exception was raised while a page was made, and nothing of what was asked for."""
    if error[1] is not None:
        log.exception_at(current_app.logger, request.endpoint or "no endpoint", error[1])


def redirect_or_render(error: NotFound) -> Response | ErrorPage:
    """Redirect to the page whose address was written with a slash behind it or its language in capitals."""
    path = mended_path(request.path) if request.method in {"GET", "HEAD"} and request.url_rule is None else None
    if path is None:
        return render_error(error)
    query = request.query_string.decode("latin-1")
    return redirect(quote(path) + (f"?{query}" if query else ""), 308)


def mended_path(path: str) -> str | None:
    """Return the path of a page of ours that differs from this one only by slashes behind it or capitals in its language."""
    first, _, rest = path.removeprefix("/").partition("/")
    lower = f"/{first.lower()}/{rest}" if first.lower() in LANGUAGES else path
    adapter = current_app.create_url_adapter(request)
    candidates = (one for one in (lower, lower.rstrip("/")) if one not in {path, ""})
    return next((one for one in candidates if adapter and adapter.test(one, method="GET")), None)


def render_error(error: HTTPException) -> ErrorPage:
    """Return the page for every error that HTTP names."""
    is_desk = request.path.split("/")[2:3] == [DESK_FOLDER]
    heading, sentence = (desk_message if is_desk else error_message)(error.code or 500)
    headers = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    template = "errors/desk.html" if is_desk else "errors/error.html"
    page = render_template(template, code=error.code, heading=heading, sentence=sentence, **NO_ADDRESS, **NO_NUMBERS)
    return page, error.code or 500, headers


def render_unavailable(_error: Exception) -> ErrorPage:
    """Return the page for a database that cannot be used now."""
    heading, sentence = error_message(503)
    page = render_template("errors/error.html", code=503, heading=heading, sentence=sentence)
    return page, 503, {"Retry-After": RETRY_AFTER}


def desk_message(code: int) -> tuple[str, str]:
    """Return heading and sentence for a status at the desk of the organizers."""
    heading, sentence = error_message(code)
    return heading, {
        400: gettext("The desk could not accept this, perhaps because the page was open for too long. Nothing was changed."),
        403: gettext("Only organizers can do this; moderators cannot. Nothing was changed."),
        404: gettext("There is nothing here: the number or the address is wrong, or it has been deleted."),
    }.get(code, sentence)


def error_message(code: int) -> tuple[str, str]:
    """Return heading and sentence for a status."""
    return {
        403: (gettext("Not allowed"), gettext("You do not have access to this page.")),
        404: (gettext("Page not found"), gettext("There is no page at this address. It may have moved.")),
        405: (gettext("Not possible this way"), gettext("This address does not accept what was sent to it.")),
        410: (gettext("No longer here"), gettext("This testimony has been withdrawn.")),
        413: (gettext("Too large"), gettext("What was sent is too large. Nothing was kept.")),
        415: (gettext("The form could not be read"), gettext("What was sent is not a form from this site. Nothing was kept.")),
        429: (gettext("Too many attempts"), gettext("Please wait a while, then try again.")),
        500: (gettext("Something went wrong"), gettext("Something went wrong on our side. Please try again shortly.")),
        503: (gettext("Please try again shortly"), gettext("The site cannot accept this right now. Nothing was kept.")),
    }.get(code, (gettext("That did not work"), gettext("The request could not be understood. Nothing was kept.")))
