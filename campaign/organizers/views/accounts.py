"""Accounts: one's own, those of all with the rule of a second agreement, and setting one up.

The command prints a link to set an account up: first the passphrase, then the second factor.
"""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from campaign.database import now
from campaign.languages import current
from campaign.organizers import accounts as rules
from campaign.organizers import audit, bp, daily_email, four_eyes, locking
from campaign.organizers.actions import Action
from campaign.organizers.auth import factors, guards, sessions
from campaign.organizers.auth.guards import current_account, requires_role
from campaign.organizers.forms import CodeForm, NewPassphraseForm
from campaign.organizers.models import ORGANIZER, ROLES, Account
from campaign.organizers.views.requests import approval_handlers
from campaign.state import state
from campaign.web.request_checks import row_number

SETUP_HEADERS = {"Referrer-Policy": "no-referrer"}
Page = Response | str | tuple[str, int] | tuple[str, int, dict[str, str]]


@bp.route("/account", methods=["GET", "POST"])
@requires_role(*ROLES)
def account() -> Page:
    """Show what belongs to the account and where it is logged in; end one session, or every one but this."""
    if request.method == "POST":
        return _end_sessions()
    with state().database.reading() as session:
        here = sessions.list_sessions(session, current_account(), now())
        codes = factors.count_recovery_codes(session, current_account())
        before = rules.previous_visit(session, current_account())
    this = guards.current_session().id
    return render_template("organizers/account.html", logins=here, this=this, codes=codes, before=before)


def _end_sessions() -> Page:
    chosen, this = request.form.get("login", type=row_number), guards.current_session().id
    with state().database.writing() as session:
        ids = [
            login.id
            for login in sessions.list_sessions(session, current_account(), now())
            if login.id != this and chosen in (None, login.id)
        ]
        if ids:
            sessions.end_sessions(session, current_account(), *ids)
            audit.record(session, current_account().email, Action.SESSIONS_ENDED, number=len(ids))
    guards.say_saved()
    return redirect(url_for(".account"), 303)


@bp.post("/account/daily")
@requires_role(*ROLES)
def turn_daily() -> Response:
    """Have the daily e-mail sent, in the language of this page, or no more."""
    wanted = request.form.get("daily")
    if wanted not in ("on", "off"):
        raise BadRequest
    with state().database.writing() as session:
        daily_email.set_daily(session, current_account(), current().code if wanted == "on" else None)
    guards.say_saved()
    return redirect(url_for(".account"), 303)


@bp.route("/account/passphrase", methods=["GET", "POST"])
@requires_role(*ROLES, reauthenticate=True)
def passphrase() -> Page:
    """Take a new passphrase: every session ends, and this browser goes on under a new token."""
    form = NewPassphraseForm(current_account().email)
    if not form.validate_on_submit():
        return form.page("passphrase")
    if guards.are_passphrases_busy():
        return *form.refused("passphrase", guards.busy_message(), 503), guards.BUSY_HEADERS
    kept = factors.hash_passphrase(form.new.data or "")
    with state().database.writing() as session:
        mine = rules.get_account(session, current_account().email)
        rules.change_passphrase(session, mine, kept)
        token = sessions.begin_session(session, mine, now())
    guards.store_session(token)
    guards.say_saved()
    return redirect(url_for(".account"), 303)


@bp.route("/account/recovery-codes", methods=["GET", "POST"])
@requires_role(*ROLES, reauthenticate=True)
def recovery_codes() -> Page:
    """Show a button for new recovery codes; make them and show them once, which ends the old ones."""
    if request.method != "POST":
        return render_template("organizers/new_codes.html")
    with state().database.writing() as session:
        codes = factors.new_recovery_codes(session, current_account())
        audit.record(session, current_account().email, Action.RECOVERY_CODES_MADE)
    return render_template("organizers/recovery_codes.html", codes=codes)


@bp.get("/accounts")
@requires_role(ORGANIZER)
def accounts() -> str:
    """Show who works at the desk."""
    with state().database.reading() as session:
        everyone, is_on = rules.list_accounts(session), four_eyes.is_enabled(session)
    organizers = [account for account in everyone if account.is_organizer]
    return render_template("organizers/accounts.html", accounts=everyone, is_on=is_on, alone=len(organizers) == 1)


@bp.post("/accounts")
@requires_role(ORGANIZER, reauthenticate=True)
def turn_four_eyes() -> Response:
    """Turn the rule of four eyes on; or off, where there is nobody else."""
    wanted = request.form.get("four_eyes")
    if wanted not in ("on", "off"):
        raise BadRequest
    try:
        with state().database.writing() as session:
            four_eyes.set_enabled(session, current_account(), on=wanted == "on")
    except four_eyes.NotDecidable:
        raise BadRequest from None
    return redirect(url_for(".accounts"), 303)


@bp.route("/accounts/<int:number>/lock", methods=["GET", "POST"])
@requires_role(ORGANIZER, reauthenticate=True)
def lock_account(number: int) -> Page:
    """Say what locking an account does, or unlocking it; lock it at once, or ask a second organizer to unlock it."""
    if request.method != "POST":
        return _lock_page(number)
    waits = False
    try:
        with state().database.writing() as session:
            if request.form.get("deed") == "unlock":
                handlers = approval_handlers(state().keys)
                asked = locking.request_unlocking(session, number, by=current_account(), handlers=handlers)
                waits = not asked.is_done
            elif request.form.get("deed") == "lock":
                told = locking.lock(session, number, by=current_account(), at=now())
                daily_email.tell_organizers(session, state().keys, daily_email.ACCOUNT_LOCKED, told, now())
            else:
                raise BadRequest
    except locking.NotLockable:
        return _lock_page(number, 409)
    guards.say_waiting() if waits else guards.say_saved()
    return redirect(url_for(".accounts"), 303)


def _lock_page(number: int, status: int = 200) -> Page:
    with state().database.reading() as session:
        account, is_on = session.get(Account, number) or abort(404), four_eyes.is_enabled(session)
    values = {"account": account, "is_refused": status == 409, "needs_second": is_on}
    return render_template("organizers/lock_account.html", **values), status


@bp.route("/set-up/<token:token>", methods=["GET", "POST"])
def set_up(token: str) -> Page:
    """Show or do the step that comes next: the passphrase, then the second factor with the first code of the app."""
    with state().database.reading() as session:
        account = rules.get_by_setup_token(session, token, now())
    if account is None:
        return render_template("organizers/over.html"), 404, SETUP_HEADERS
    return _confirm_factor(account, token) if account.passphrase_hash else _choose_passphrase(account, token)


def _choose_passphrase(account: Account, token: str) -> Page:
    form = NewPassphraseForm(account.email)
    if not form.validate_on_submit():
        return *form.page("set_up", until=account.link_until), SETUP_HEADERS
    if guards.are_passphrases_busy():
        return *form.refused("set_up", guards.busy_message(), 503, until=account.link_until), SETUP_HEADERS | guards.BUSY_HEADERS
    kept = factors.hash_passphrase(form.new.data or "")
    with state().database.writing() as session:
        found = rules.get_by_setup_token(session, token, now())
        if found and found.passphrase_hash is None:
            rules.choose_passphrase(session, found, kept, state().keys.desk)
    return redirect(url_for(".set_up", token=token), 303)


def _confirm_factor(account: Account, token: str) -> Page:
    """Take the second step; of two that take it at once, one gets the recovery codes."""
    form = CodeForm()
    if not form.validate_on_submit():
        return _second_step(account, form)
    with state().database.writing() as session:
        found, code = rules.get_by_setup_token(session, token, now()), form.code.data or ""
        codes = rules.confirm_second_factor(session, found, code, state().keys.desk, now()) if found else None
    if codes is None:
        form.code.errors = [_wrong_code()]
        return _second_step(account, form)
    return render_template("organizers/recovery_codes.html", codes=codes), 200, SETUP_HEADERS


def _second_step(account: Account, form: CodeForm) -> Page:
    secret = factors.totp_secret(state().keys.desk, account)
    return *form.page("second_factor", **_shown(secret, account)), SETUP_HEADERS


def _shown(secret: str, account: Account) -> dict[str, str]:
    """Return a secret as a picture, to be typed, and as a link for the app on this telephone."""
    otpauth = factors.otpauth_url(secret, account, state().identity.issuer or state().words.title(current().code))
    picture = Markup(factors.qr_svg(otpauth))  # noqa: S704  # drawn by segno
    return {"picture": picture, "secret": factors.format_secret(secret), "otpauth": otpauth}


@bp.route("/account/authenticator", methods=["GET", "POST"])
@requires_role(*ROLES, reauthenticate=True)
def authenticator() -> Page:
    """Show a new secret for another telephone, and have it in force once its first code is right."""
    form, key, mine = CodeForm(), state().keys.desk, current_account()
    box = request.form.get("box", "")
    secret = factors.open_secret_box(key, mine, box)
    if secret is None:
        secret, box = factors.new_secret_box(key, mine)
    elif form.validate_on_submit():
        with state().database.writing() as session:
            account = rules.get_account(session, mine.email)
            is_right = rules.change_authenticator(session, account, secret, form.code.data or "", key, now())
        if is_right:
            flash(gettext("Codes from the earlier phone no longer work. Delete the earlier entry from the app."), "status")
            return redirect(url_for(".account"), 303)
        form.code.errors = [
            gettext(
                "This is not the code of the new entry. If you took it from there, check the clock on the phone and enter"
                " the next code."
            )
        ]
    return form.page("authenticator", box=box, **_shown(secret, mine))


def _wrong_code() -> Any:
    return gettext("That code is not current. Check the clock on your phone and enter the next code.")
