"""One's own account: passphrase, sessions, recovery codes."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from campaign.database import now
from campaign.organizers import access, accounts, audit, factors, logins, passphrases
from campaign.organizers.access import me, open_to
from campaign.organizers.forms import NewPassphrase
from campaign.organizers.models import ROLES
from campaign.organizers.room import room
from campaign.site import site

Page = Response | str | tuple[str, int]


@room.get("/account")
@open_to(*ROLES)
def account() -> Page:
    """What belongs to the account."""
    return _page(NewPassphrase(me().email))


@room.post("/account/passphrase")
@open_to(*ROLES, asked_again=True)
def change_passphrase() -> Page:
    """A new passphrase: every other session ends, and this one goes on under a new token."""
    form = NewPassphrase(me().email)
    if not form.validate():
        return _page(form, 422)
    kept = passphrases.keep(form.new.data or "")
    with site().database.writing() as session:
        mine = accounts.get(session, me().email)
        accounts.change_passphrase(session, mine, kept)
        token = logins.begin(session, mine, now())
    access.begin(token)
    return redirect(url_for(".account", changed="passphrase"), 303)


@room.post("/account/sessions")
@open_to(*ROLES)
def end_sessions() -> Page:
    """Ends every session but this one."""
    with site().database.writing() as session:
        others = [login.id for login in logins.of(session, me(), now()) if login.id != access.my_login().id]
        if others:
            logins.end(session, me(), *others)
            audit.note(session, me().email, "sessions ended", number=len(others))
    return redirect(url_for(".account", changed="sessions"), 303)


@room.post("/account/recovery-codes")
@open_to(*ROLES, asked_again=True)
def make_recovery_codes() -> Page:
    """New recovery codes, shown once; the old ones are over."""
    with site().database.writing() as session:
        codes = factors.new_recovery_codes(session, me())
        audit.note(session, me().email, "recovery codes made")
    return render_template("organizers/recovery_codes.html", codes=codes)


def _page(form: NewPassphrase, status: int = 200) -> Page:
    with site().database.reading() as session:
        open_logins, codes = logins.of(session, me(), now()), factors.recovery_codes_left(session, me())
    answer = render_template(
        "organizers/account.html",
        form=form,
        errors=form.mistakes,
        logins=open_logins,
        this=access.my_login().id,
        codes=codes,
        changed=request.args.get("changed"),
    )
    return answer, status
