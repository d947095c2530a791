"""Log in, give passphrase and code again, log out."""

from typing import Any

from flask import Response, g, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Answer

from campaign.database import now
from campaign.organizers import audit, bp, ledger
from campaign.organizers.actions import Action
from campaign.organizers.auth import guards, sessions
from campaign.organizers.auth import login as rules
from campaign.organizers.auth.guards import requires_role
from campaign.organizers.forms import LoginForm, ReauthenticationForm
from campaign.organizers.models import ROLES
from campaign.state import state

Page = Answer | str | tuple[str, int] | tuple[str, int, dict[str, str]]


@bp.route("/enter", methods=["GET", "POST"])
def enter() -> Page:
    """Show the login form; log in an organizer with the right passphrase and an unused code."""
    if request.method == "POST":
        return _log_in()
    if g.login:
        return redirect(url_for(".overview"), 303)
    return _enter_page(LoginForm(), [])


def _log_in() -> Page:
    """Log in; the answer does not say what was wrong."""
    form, wait = LoginForm(), _seconds_to_wait()
    if wait:
        errors = [("main", gettext("Please wait a while, then try again."))]
        return _enter_page(form, errors), 429, {"Retry-After": str(wait)}
    if not form.validate():
        return _enter_page(form, form.mistakes), 422
    if guards.are_passphrases_busy():
        return _enter_page(form, [("main", guards.busy_message())]), 503, guards.BUSY_HEADERS
    credentials = form.credentials(_device())
    result = rules.log_in(state().database, state().keys.desk, form.email.data or "", credentials, now())
    if result is None:
        return _enter_page(form, [("main", _refused_message())]), 422
    guards.store_session(result.token)
    return _remember_device(redirect(guards.safe_next_url(request.args.get("next", "")), 303), result.device)


def _enter_page(form: LoginForm, errors: list[tuple[str, str]]) -> str:
    """Return the login form; it says when nobody can log in."""
    with state().database.reading() as opened:
        is_closed = ledger.find_trouble(opened) is not None
    return render_template("organizers/enter.html", form=form, errors=errors, is_closed=is_closed)


@bp.route("/again", methods=["GET", "POST"])
@requires_role(*ROLES)
def again() -> Page:
    """Ask for passphrase and code again before a page with personal data, and go on to that page."""
    form = ReauthenticationForm()
    if not form.validate_on_submit():
        return form.page("again")
    if guards.are_passphrases_busy():
        return *form.refused("again", guards.busy_message(), 503), guards.BUSY_HEADERS
    login = guards.current_session()
    is_proved = rules.verify_credentials(
        state().database,
        state().keys.desk,
        login.account,
        form.credentials(_device()),
        now(),
        lambda opened, _: sessions.mark_reauthenticated(opened, login, now()),
    )
    if not is_proved:
        return form.refused("again", _refused_message(), 422)
    return redirect(guards.safe_next_url(request.args.get("next", "")), 303)


@bp.post("/leave")
@requires_role(*ROLES)
def leave() -> Page:
    """End the login."""
    with state().database.writing() as opened:
        sessions.end_sessions(opened, guards.current_account(), guards.current_session().id)
        audit.record(opened, guards.current_account().email, Action.LOGGED_OUT)
    session.clear()
    return redirect(url_for(".enter"), 303)


def _refused_message() -> Any:
    return gettext(
        "This did not work. Address, passphrase or code is not right, the code was used before, or there were many attempts."
        " Wait for the next code, and after several attempts some minutes."
    )


def _seconds_to_wait() -> int:
    """Return the seconds that a network must wait after many attempts; a known browser need not."""
    with state().database.reading() as opened:
        return 0 if rules.is_known_device(opened, _device()) else state().rate_limiter.login_wait(request.remote_addr)


def _device_cookie() -> str:
    """Return the name of the cookie of a browser that an organizer has logged in with."""
    return guards.cookie_name(state().settings, "desk-known")


def _device() -> str | None:
    return request.cookies.get(_device_cookie())


def _remember_device(answer: Answer, device: str) -> Answer:
    """Set the cookie of a known browser, for a year."""
    made: Response = make_response(answer)
    is_secure = state().settings.is_https
    made.set_cookie(
        _device_cookie(), device, max_age=rules.DEVICE_LIFETIME, path="/", secure=is_secure, httponly=True, samesite="Lax"
    )
    return made
