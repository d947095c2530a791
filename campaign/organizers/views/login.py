"""Log in, give passphrase and code again, log out."""

from typing import Any

from flask import Response, flash, g, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as Answer

from campaign.database import now
from campaign.organizers import audit, bp, form_labels, four_eyes, ledger
from campaign.organizers.actions import Action
from campaign.organizers.auth import cookies, guards, kept_form, sessions
from campaign.organizers.auth import login as rules
from campaign.organizers.auth.guards import requires_role
from campaign.organizers.forms import LoginForm, ReauthenticationForm
from campaign.organizers.models import ROLES
from campaign.state import state
from campaign.web.errors import render_error

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
    return _remember_device(make_response(_go_on()), result.device)


def _enter_page(form: LoginForm, errors: list[tuple[str, str]], **values: str) -> str:
    """Return the login form; it says when nobody can log in."""
    with state().database.reading() as opened:
        is_closed = ledger.find_trouble(opened) is not None
    return render_template("organizers/enter.html", form=form, errors=errors, is_closed=is_closed, **_carried(), **values)


def _carried() -> dict[str, Any]:
    """Return what the forms on the way in carry: where to go on, and a form that was sent before or has to be sent again."""
    kept = request.form.get(kept_form.KEPT_FIELD, "")
    return {"next_url": request.args.get("next", ""), "kept": kept, "unsent": kept_form.is_unsent()}


def _go_on() -> Answer | str:
    """Return what follows a login: the page that was wanted, or a form that was sent before, to be confirmed."""
    kept = kept_form.read_kept(guards.current_account()) if g.login else None
    if kept is None:
        if kept_form.is_unsent():
            flash(gettext("Nothing has been done yet. Look at this once more, then press the button again."), "status")
        return redirect(guards.safe_next_url(request.args.get("next", "")), 303)
    return _confirm_page(kept)


def _confirm_page(kept: kept_form.KeptForm) -> str:
    with state().database.reading() as opened:
        needs_second = four_eyes.is_enabled(opened)
    page, button = form_labels.labels_of(kept.path, kept.fields, needs_second=needs_second)
    values = {"next_url": guards.safe_next_url(kept.path), "page_name": page, "button": button}
    return render_template("organizers/confirm.html", kept=kept, **values)


@bp.errorhandler(guards.WrongSession)
def answer_wrong_session(_error: guards.WrongSession) -> Page:
    """Say what is wrong with the session, and lead on: to the login, or to the form as it was sent."""
    blob = kept_form.keep_form()
    if request.endpoint == "organizers.enter":
        message = _no_cookies_message() if not request.cookies else gettext("This page was open for too long. Enter it again.")
        return _enter_page(LoginForm(formdata=None), [("main", message)]), 400
    if g.login is None and request.endpoint != "organizers.set_up":
        wanted = request.args.get("next", "") if request.endpoint == "organizers.again" else request.path
        page = {"next_url": guards.safe_next_url(wanted), "kept": blob, "unsent": kept_form.is_unsent(), "is_over": True}
        return render_template("organizers/enter.html", form=LoginForm(formdata=None), errors=[], **page), 400
    kept = kept_form.read_blob(guards.current_account(), blob) if g.login else None
    return (_confirm_page(kept), 400) if kept else render_error(BadRequest())


@bp.errorhandler(guards.NotFresh)
def answer_not_fresh(_error: guards.NotFresh) -> Page:
    """Ask for passphrase and code; what was sent is kept meanwhile."""
    page = {"next_url": guards.safe_next_url(request.path), "kept": kept_form.keep_form(), "unsent": kept_form.is_unsent()}
    return render_template("organizers/again.html", form=ReauthenticationForm(formdata=None), errors=[], **page), 403


@bp.route("/again", methods=["GET", "POST"])
@requires_role(*ROLES)
def again() -> Page:
    """Ask for passphrase and code again before a page with personal data, and go on to that page."""
    form = ReauthenticationForm()
    if not form.validate_on_submit():
        return form.page("again", **_carried())
    if guards.are_passphrases_busy():
        return *form.refused("again", guards.busy_message(), 503, **_carried()), guards.BUSY_HEADERS
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
        return form.refused("again", _refused_message(), 422, **_carried())
    return _go_on()


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
        "That did not work. The address, passphrase or code is wrong, the code was already used, or there were "
        "too many attempts. Wait for the next code; after several attempts, wait a few minutes."
    )


def _no_cookies_message() -> Any:
    return gettext("Your browser sent no cookie. The desk needs one to know who you are: allow cookies for this site.")


def _seconds_to_wait() -> int:
    """Return the seconds that a network must wait after many attempts; a known browser need not."""
    with state().database.reading() as opened:
        return 0 if rules.is_known_device(opened, _device()) else state().rate_limiter.login_wait(request.remote_addr)


def _device_cookie() -> str:
    """Return the name of the cookie of a browser that an organizer has logged in with."""
    return cookies.cookie_name("desk-known")


def _device() -> str | None:
    return request.cookies.get(_device_cookie())


def _remember_device(answer: Answer, device: str) -> Answer:
    """Set the cookie of a known browser, for a year."""
    made: Response = make_response(answer)
    is_secure = cookies.is_secure()
    made.set_cookie(
        _device_cookie(), device, max_age=rules.DEVICE_LIFETIME, path="/", secure=is_secure, httponly=True, samesite="Lax"
    )
    return made
