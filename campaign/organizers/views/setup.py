"""Setting an account up from the link that the command printed: first the passphrase, then the second factor."""

from flask import redirect, render_template, url_for
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from campaign.database import now
from campaign.organizers import accounts, bp
from campaign.organizers.auth import factors
from campaign.organizers.forms import CodeForm, NewPassphraseForm
from campaign.organizers.models import Account
from campaign.state import state

SETUP_HEADERS = {"Referrer-Policy": "no-referrer"}
Page = Response | tuple[str, int, dict[str, str]]


@bp.route("/set-up/<token>", methods=["GET", "POST"])
def set_up(token: str) -> Page:
    """Show or do the step that comes next: the passphrase, then the second factor with the first code of the app."""
    with state().database.reading() as session:
        account = accounts.get_by_setup_token(session, token, now())
    if account is None:
        return _over()
    return _confirm_factor(account, token) if account.passphrase_hash else _choose_passphrase(account, token)


def _choose_passphrase(account: Account, token: str) -> Page:
    form = NewPassphraseForm(account.email)
    if not form.validate_on_submit():
        return _first(form, 422 if form.is_submitted() else 200)
    kept = factors.hash_passphrase(form.new.data or "")
    with state().database.writing() as session:
        found = accounts.get_by_setup_token(session, token, now())
        if found and found.passphrase_hash is None:
            accounts.choose_passphrase(found, kept, state().keys.desk)
    return redirect(url_for(".set_up", token=token), 303)


def _confirm_factor(account: Account, token: str) -> Page:
    """Take the second step; of two that take it at once, one gets the recovery codes."""
    form = CodeForm()
    if not form.validate_on_submit():
        return _second(account, form, 422 if form.is_submitted() else 200)
    with state().database.writing() as session:
        found, code = accounts.get_by_setup_token(session, token, now()), form.code.data or ""
        codes = accounts.confirm_second_factor(session, found, code, state().keys.desk, now()) if found else None
    if codes is None:
        form.code.errors = [
            gettext("This is not the code of this moment. Compare the clock of the telephone, and take the next one.")
        ]
        return _second(account, form, 422)
    return render_template("organizers/recovery_codes.html", codes=codes), 200, SETUP_HEADERS


def _first(form: NewPassphraseForm, status: int) -> Page:
    return render_template("organizers/set_up.html", form=form, errors=form.mistakes), status, SETUP_HEADERS


def _second(account: Account, form: CodeForm, status: int) -> Page:
    key = state().keys.desk
    picture = Markup(factors.qr_svg(key, account))  # noqa: S704  # drawn by segno
    secret = factors.format_secret(factors.totp_secret(key, account))
    answer = render_template("organizers/second_factor.html", form=form, errors=form.mistakes, picture=picture, secret=secret)
    return answer, status, SETUP_HEADERS


def _over() -> Page:
    return render_template("organizers/over.html"), 404, SETUP_HEADERS
