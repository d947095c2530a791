"""One's own account: passphrase, sessions, recovery codes."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from campaign.database import now
from campaign.organizers import accounts, audit
from campaign.organizers.actions import Action
from campaign.organizers.auth import guards, passphrases, sessions, two_factor
from campaign.organizers.auth.guards import me, open_to
from campaign.organizers.blueprint import room
from campaign.organizers.forms import NewPassphrase
from campaign.organizers.models import ROLES
from campaign.state import site

Page = Response | str | tuple[str, int]


@room.route("/account", methods=["GET", "POST"])
@open_to(*ROLES)
def account() -> Page:
    """Show what belongs to the account and where it is logged in; end one session, or every one but this."""
    if request.method == "POST":
        return _end_sessions()
    with site().database.reading() as session:
        here, codes = sessions.of(session, me(), now()), two_factor.recovery_codes_left(session, me())
    changed, this = request.args.get("changed"), guards.my_login().id
    return render_template("organizers/account.html", logins=here, this=this, codes=codes, changed=changed)


def _end_sessions() -> Page:
    chosen, this = request.form.get("login", type=int), guards.my_login().id
    with site().database.writing() as session:
        ids = [login.id for login in sessions.of(session, me(), now()) if login.id != this and chosen in (None, login.id)]
        if ids:
            sessions.end(session, me(), *ids)
            audit.note(session, me().email, Action.SESSIONS_ENDED, number=len(ids))
    return redirect(url_for(".account", changed="sessions"), 303)


@room.route("/account/passphrase", methods=["GET", "POST"])
@open_to(*ROLES, asked_again=True)
def passphrase() -> Page:
    """Take a new passphrase: every session ends, and this browser goes on under a new token."""
    form = NewPassphrase(me().email)
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("organizers/passphrase.html", form=form, errors=form.mistakes), status
    kept = passphrases.keep(form.new.data or "")
    with site().database.writing() as session:
        mine = accounts.get(session, me().email)
        accounts.change_passphrase(session, mine, kept)
        token = sessions.begin(session, mine, now())
    guards.begin(token)
    return redirect(url_for(".account", changed="passphrase"), 303)


@room.route("/account/recovery-codes", methods=["GET", "POST"])
@open_to(*ROLES, asked_again=True)
def recovery_codes() -> Page:
    """Show a button for new recovery codes; make them and show them once, which ends the old ones."""
    if request.method != "POST":
        return render_template("organizers/new_codes.html")
    with site().database.writing() as session:
        codes = two_factor.new_recovery_codes(session, me())
        audit.note(session, me().email, Action.RECOVERY_CODES_MADE)
    return render_template("organizers/recovery_codes.html", codes=codes)
