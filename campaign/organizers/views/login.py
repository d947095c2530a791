"""In and out: entering, being asked again, leaving."""

from typing import Any

from flask import Response, g, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Answer

from campaign.database import now
from campaign.organizers import audit
from campaign.organizers.actions import Action
from campaign.organizers.auth import guards, sessions, throttling
from campaign.organizers.auth import login as rules
from campaign.organizers.auth.guards import requires_role
from campaign.organizers.blueprint import bp
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
    return render_template("organizers/enter.html", form=LoginForm(), errors=[])


def _log_in() -> Page:
    """The answer does not tell what was wrong."""
    form, wait = LoginForm(), _wait()
    if wait:
        page = render_template("organizers/enter.html", form=form, errors=[("main", _too_many())])
        return page, 429, {"Retry-After": str(wait)}
    if not form.validate():
        return render_template("organizers/enter.html", form=form, errors=form.mistakes), 422
    credentials = form.credentials(_device())
    result = rules.log_in(state().database, state().keys.desk, form.email.data or "", credentials, now())
    if result is None:
        return render_template("organizers/enter.html", form=form, errors=[("main", _refused())]), 422
    guards.store_session(result.token)
    return _known(redirect(guards.safe_next_url(request.args.get("next", "")), 303), result.device)


@bp.route("/again", methods=["GET", "POST"])
@requires_role(*ROLES)
def again() -> Page:
    """Ask for passphrase and code again before a page with personal data, and go on to that page."""
    form = ReauthenticationForm()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("organizers/again.html", form=form, errors=form.mistakes), status
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
        return render_template("organizers/again.html", form=form, errors=[("main", _refused())]), 422
    return redirect(guards.safe_next_url(request.args.get("next", "")), 303)


@bp.post("/leave")
@requires_role(*ROLES)
def leave() -> Page:
    """Ends the login."""
    with state().database.writing() as opened:
        sessions.end_sessions(opened, guards.current_account(), guards.current_session().id)
        audit.record(opened, guards.current_account().email, Action.LOGGED_OUT)
    session.clear()
    return redirect(url_for(".enter"), 303)


def _refused() -> Any:
    return gettext(
        "This did not work. Address, passphrase or code is not right, the code was used before, or there were many attempts."
        " Wait for the next code, and after several attempts some minutes."
    )


def _too_many() -> Any:
    return gettext("Please wait a while, then try again.")


def _wait() -> int:
    """Seconds that a network is to wait after many attempts; a browser that was let in before need not."""
    with state().database.reading() as opened:
        return 0 if throttling.is_known_device(opened, _device()) else state().rate_limiter.wait(request.remote_addr)


def _name() -> str:
    """The name of the cookie that says that this browser was let in before."""
    return guards.cookie_name(state().settings, "desk-known")


def _device() -> str | None:
    return request.cookies.get(_name())


def _known(answer: Answer, device: str) -> Answer:
    """Lets the browser keep for a year that somebody was let in with it."""
    made: Response = make_response(answer)
    is_secure = state().settings.is_https
    made.set_cookie(
        _name(), device, max_age=throttling.DEVICE_LIFETIME, path="/", secure=is_secure, httponly=True, samesite="Lax"
    )
    return made
