"""The organizer's own account, the accounts of all, and the rule of a second agreement."""

from flask import redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from campaign.database import now
from campaign.organizers import accounts as rules
from campaign.organizers import audit, bp, four_eyes
from campaign.organizers.actions import Action
from campaign.organizers.auth import factors, guards, sessions
from campaign.organizers.auth.guards import current_account, requires_role
from campaign.organizers.forms import NewPassphraseForm
from campaign.organizers.models import ORGANIZER, ROLES
from campaign.state import state
from campaign.web.request_checks import row_number

Page = Response | str | tuple[str, int]


@bp.route("/account", methods=["GET", "POST"])
@requires_role(*ROLES)
def account() -> Page:
    """Show what belongs to the account and where it is logged in; end one session, or every one but this."""
    if request.method == "POST":
        return _end_sessions()
    with state().database.reading() as session:
        here, codes = (
            sessions.list_sessions(session, current_account(), now()),
            factors.count_recovery_codes(session, current_account()),
        )
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
        status = 422 if form.is_submitted() else 200
        return render_template("organizers/passphrase.html", form=form, errors=form.mistakes), status
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
