"""Find out who sends a request, check the role that a view asks for, and check that a POST comes from a page of the desk.

A login is a row in the database; its token is in Flask's signed session, because Flask-WTF keeps its token there
against forged posts, and no page but the desk's ever touches it.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Flask, Response, abort, current_app, flash, g, redirect, request, session, url_for
from flask_babel import gettext
from flask_wtf.csrf import generate_csrf, validate_csrf
from werkzeug.exceptions import BadRequest, Forbidden, MethodNotAllowed, NotFound, UnprocessableEntity
from werkzeug.routing import RequestRedirect
from wtforms import ValidationError

from campaign.database import DATABASE_UNAVAILABLE, now
from campaign.organizers import audit, bp, waiting
from campaign.organizers.actions import PIECE_LABELS, action_label, role_label
from campaign.organizers.auth import sessions
from campaign.organizers.auth.cookies import DeskSessions
from campaign.organizers.auth.factors import PASSPHRASES_BUSY
from campaign.organizers.auth.kept_form import CSRF_FIELD, new_csrf_value
from campaign.organizers.fact_labels import detail_labels
from campaign.organizers.ledger import NotOurs
from campaign.organizers.models import Account, Login
from campaign.petition.active_key import active_keys
from campaign.state import AppState, state
from campaign.web import request_checks
from campaign.web.errors import render_unavailable

PRIVATE_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex"}
MAX_ORGANIZER_FIELDS = 60  # a page of signatures, each with a box to tick
BUSY_HEADERS = {"Retry-After": "10"}  # seconds
SESSION_KEY = "login"  # its name in the session
View = Callable[..., Any]


class WrongSession(BadRequest):
    """A form is not from a page of the session that this browser has now."""


class NotFresh(Forbidden):
    """Passphrase and code are to be given again before this is done."""


def init_app(app: Flask) -> None:
    """Set up the cookie of the session, and what is answered when nothing at the desk can be written."""
    app_state: AppState = app.extensions["campaign"]
    app.config.update(
        SECRET_KEY=app_state.keys.desk,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_TIME_LIMIT=None,  # it is over when the login is
    )
    app.session_interface = DeskSessions()
    app.register_error_handler(NotOurs, render_unavailable)  # somebody has put another database there meanwhile


def requires_role(*roles: str, reauthenticate: bool = False) -> Callable[[View], View]:
    """Open a view to some roles; where it shows personal data, only to those who gave passphrase and code just now."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(**values: Any) -> Any:
            if g.login is None:
                if request.method == "POST":
                    raise WrongSession
                return redirect(f"{url_for('organizers.enter')}?{urlencode({'next': safe_next_url()})}", 303)
            if g.login.account.role not in roles:
                abort(403)
            if reauthenticate and not sessions.is_recently_authenticated(g.login, now()):
                if request.method == "POST":
                    raise NotFresh
                return redirect(f"{url_for('organizers.again')}?{urlencode({'next': safe_next_url()})}", 303)
            return view(**values)

        guarded.required_roles = roles  # type: ignore[attr-defined]  # a test sees that no view was forgotten
        guarded.reauthenticate = reauthenticate  # type: ignore[attr-defined]
        return guarded

    return guard


def current_account() -> Account:
    """Return the account that is logged in, in a view with a guard."""
    return current_session().account


def current_session() -> Login:
    """Return the login of this browser, in a view with a guard."""
    login: Login = g.login
    return login


def can_unseal() -> bool:
    """Return whether the only private key is on this server, so that the desk can show sealed data."""
    return active_keys().private is not None


def was_key_changed() -> bool:
    """Return whether another key than the first one is in force."""
    return active_keys().public != state().keys.public


def are_passphrases_busy() -> bool:
    """Return whether so many passphrases wait to be looked at that this one must be sent again later."""
    return bool(request.environ.get(PASSPHRASES_BUSY))


def busy_message() -> Any:
    """Return what to say then."""
    return gettext("Too many people are logging in right now, so nothing was checked. Try again in a few seconds.")


def store_session(token: str) -> None:
    """Store a new login in the browser, in place of all that its session held."""
    session.clear()
    g.pop(CSRF_FIELD, None)
    session[SESSION_KEY] = token
    g.login = _load_session()
    if g.login:
        session[CSRF_FIELD] = new_csrf_value(g.login.account)


def say_saved() -> None:
    """Say on the next page, once, that a change has been saved."""
    flash(gettext("The change has been saved."), "status")


def say_waiting() -> None:
    """Say on the next page that nothing was done yet."""
    sentence = gettext("Nothing has been done yet: a second organizer has to agree within 7 days. Tell them that it is waiting.")
    flash(sentence, "status")


def say_nothing_ticked() -> None:
    """Say on the next page that nothing was done."""
    flash(gettext("Nothing was selected, so nothing changed."), "alert")


def was_logged_in() -> bool:
    """Return whether this browser had a login that is over."""
    return g.login is None and SESSION_KEY in session


def safe_next_url(wanted: str | None = None) -> str:
    """Return the page of the desk to go on to: the requested one, or `wanted` if it is one, else the overview.

    The address is built from the route that was found, never what was sent: browsers read some of that as another host.
    """
    path, _, query = (request.full_path if wanted is None else wanted).partition("?")
    try:
        endpoint, values = current_app.url_map.bind(state().settings.host).match(path, "GET")
        asked = parse_qsl(query)
    except (NotFound, MethodNotAllowed, RequestRedirect, UnicodeError):
        endpoint, values, asked = "", {}, []
    if not endpoint.startswith("organizers.") or url_for(endpoint, **values) != path or not query.isprintable():
        return url_for("organizers.overview")
    return f"{path}?{urlencode(asked)}" if asked else path


@bp.before_request
def load_session_and_check_csrf() -> None:
    """Find the login of this browser, and refuse a POST that is not from a page of the desk."""
    g.login = _load_session()
    if any("\0" in value for value in request.args.values()):
        raise UnprocessableEntity  # PostgreSQL takes no NUL in a text
    if request.method != "POST":
        return
    if not request_checks.validate_form_body(request, MAX_ORGANIZER_FIELDS) or any(
        "\0" in text for text in request.form.values()
    ):
        raise UnprocessableEntity
    if request_checks.is_cross_site(request, state().settings):
        raise request_checks.CrossSite
    try:
        validate_csrf(request.form.get(CSRF_FIELD))
    except ValidationError:
        raise WrongSession from None


@bp.after_request
def add_private_headers(response: Response) -> Response:
    """Forbid browsers to store or pass on the page; after a POST, keep the end of the audit outside the database too."""
    for name, value in PRIVATE_HEADERS.items():
        response.headers.setdefault(name, value)
    if request.method == "POST":
        with suppress(*DATABASE_UNAVAILABLE, OSError):  # the timed work does it as well, and says what is wrong
            audit.store_head(state().database, state().settings.data)
    return response


@bp.context_processor
def organizer_context() -> dict[str, Any]:
    """Return what the templates of the desk use besides."""
    login: Login | None = g.get("login")
    labels = {
        "action_label": action_label,
        "detail_labels": detail_labels,
        "role_label": role_label,
        "piece_labels": PIECE_LABELS,
    }
    keys = {"can_open": can_unseal, "was_key_changed": was_key_changed}
    return {
        "current_account": login.account if login else None,
        "csrf_token": generate_csrf,
        "was_logged_in": was_logged_in,
        "numbers_by_page": numbers_of_navigation,
        **labels,
        **keys,
    }


def numbers_of_navigation() -> dict[str, int]:
    """Return how many things wait on each page of the navigation."""
    with state().database.reading() as opened:
        return waiting.numbers_by_page(waiting.page_tasks(opened, current_account(), now()))


def _load_session() -> Login | None:
    token = session.get(SESSION_KEY)
    if not isinstance(token, str):
        return None
    with state().database.reading() as opened:
        login = sessions.find_session(opened, token, now())
    if login and now() - login.seen_at > sessions.SEEN_INTERVAL:
        with state().database.writing() as opened:
            sessions.mark_seen(opened, login, now())
    return login
