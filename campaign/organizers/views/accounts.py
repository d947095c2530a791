"""Accounts: one's own, those of all with the rule of a second agreement, and setting one up.

The command prints a link to set an account up: first the passphrase, then the second factor.
"""

from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from campaign.database import now
from campaign.organizers import accounts as rules
from campaign.organizers import audit, bp, four_eyes
from campaign.organizers.actions import Action
from campaign.organizers.auth import factors, guards, sessions
from campaign.organizers.auth.guards import current_account, requires_role
from campaign.organizers.forms import CodeForm, NewPassphraseForm
from campaign.organizers.models import ORGANIZER, ROLES, Account
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
    changed, this = request.args.get("changed"), guards.current_session().id
    return render_template("organizers/account.html", logins=here, this=this, codes=codes, changed=changed)


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
    return redirect(url_for(".account", changed="sessions"), 303)


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
    return redirect(url_for(".account", changed="passphrase"), 303)


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
        return *form.page("set_up"), SETUP_HEADERS
    if guards.are_passphrases_busy():
        return *form.refused("set_up", guards.busy_message(), 503), SETUP_HEADERS | guards.BUSY_HEADERS
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
        form.code.errors = [
            gettext("This is not the code of this moment. Compare the clock of the telephone, and take the next one.")
        ]
        return _second_step(account, form)
    return render_template("organizers/recovery_codes.html", codes=codes), 200, SETUP_HEADERS


def _second_step(account: Account, form: CodeForm) -> Page:
    key = state().keys.desk
    picture = Markup(factors.qr_svg(key, account))  # noqa: S704  # drawn by segno
    secret = factors.format_secret(factors.totp_secret(key, account))
    return *form.page("second_factor", picture=picture, secret=secret), SETUP_HEADERS
