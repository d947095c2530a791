"""The pages behind the one link in an e-mail: confirm, the signer's own page, withdrawn."""

from collections.abc import Callable
from urllib.parse import quote

from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest, UnprocessableEntity

from campaign.crypto import sealing
from campaign.database import now
from campaign.languages import LANGUAGES, countries, current
from campaign.petition import display_names, signing
from campaign.petition.forms import ShownForm, field_errors
from campaign.petition.mailbox_signature import signature_of
from campaign.petition.models import NameReview, Removal, Signature, Submission
from campaign.petition.snapshot import current_snapshot
from campaign.petition.views import Page, bp
from campaign.state import state
from campaign.web import request_checks

__all__ = ["bp"]

# A page with a token in its address tells nobody where somebody comes from.
TOKEN_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


@bp.route("/confirm/<token:token>", methods=["GET", "POST"])
def confirm(token: str) -> Page:
    """Show the page behind the one link in an e-mail, or do what one of its buttons says."""
    if request.method == "POST":
        return _act(token)
    with state().database.reading() as session:
        found = signing.find(session, token, now())
        if isinstance(found, Submission):
            return _waiting(session, found)
    if found is None:
        return render_template("petition/expired.html"), 404, TOKEN_HEADERS
    return _removed(found.removal) if found.removal else _yours(found)


def _act(token: str) -> Page:
    """Confirm or delete, and once it is confirmed show, hide, change or withdraw. Pressing again changes nothing more."""
    if not request_checks.validate_form_body(request):
        raise UnprocessableEntity
    if request_checks.is_cross_site(request, state().settings):
        raise request_checks.CrossSite
    action = request.form.get("act", "confirm")
    with state().database.writing() as session:
        found = _confirm(session, token) if action == "confirm" else signing.find(session, token, now())
        if found is None:
            return _gone(action)
        if isinstance(found, Submission):
            return _act_on_waiting(session, found, action)
        if found.removal and action != "withdraw":  # it can be deleted; other buttons were on an older page
            return _removed(found.removal)
        refused = _change(session, found, action)
    if refused:
        return _yours(found, form=refused)
    if action == "withdraw":
        return _gone(action)
    return redirect(url_for(".confirm", token=token, changed=None if action == "delete" else action), 303)


def _act_on_waiting(session: Session, waiting: Submission, action: str) -> Page:
    """Delete what waits when its mailbox says that it is not theirs; other buttons are on another page."""
    if action != "delete":
        return _waiting(session, waiting)
    signing.delete_waiting(session, waiting)
    return _gone(action)


@bp.get("/sign/deleted")
def deleted() -> Page:
    """What somebody sent with the address of another is gone."""
    return render_template("petition/deleted.html"), 200, TOKEN_HEADERS


@bp.get("/sign/withdrawn")
def withdrawn() -> Page:
    """The signature is gone."""
    return render_template("petition/withdrawn.html"), 200, TOKEN_HEADERS


def _confirm(session: Session, token: str) -> Signature | Submission | None:
    hold, limits = current_snapshot().are_words_held, state().settings.limits
    return signing.confirm(session, state().keys, token, now(), hold=hold, limit_domains=limits)


def _change(session: Session, signature: Signature, action: str) -> ShownForm | None:
    """Do what a button on the signer's own page says; return the form when its words cannot be shown."""
    if action in ("confirm", "delete"):  # what is confirmed is withdrawn, and not deleted by a button on an older page
        return None
    if action not in CHANGES:
        raise BadRequest
    return CHANGES[action](session, signature)


def _show_name(session: Session, signature: Signature) -> ShownForm | None:
    form = ShownForm()
    if not form.validate():
        return form
    display_names.change_display_name(
        session, signature, form.words(), today=now().date(), hold=current_snapshot().are_words_held
    )
    return None


def _hide_name(session: Session, signature: Signature) -> None:
    display_names.change_display_name(session, signature, None, today=now().date(), hold=False)


def _choose_language(_session: Session, signature: Signature) -> None:
    signature.language = LANGUAGES.get(request.form.get("language", ""), current()).code


def _choose_news(_session: Session, signature: Signature) -> None:
    signature.news = "news" in request.form


def _withdraw(session: Session, signature: Signature) -> None:
    signing.withdraw(session, signature, now().date())


CHANGES: dict[str, Callable[[Session, Signature], ShownForm | None]] = {
    "show": _show_name,
    "hide": _hide_name,
    "language": _choose_language,
    "news": _choose_news,
    "withdraw": _withdraw,
}


def _waiting(session: Session, waiting: Submission) -> Page:
    """Show what is about to be signed; where the mailbox has signed with another spelling of its address, where to look instead.

    The name and the address are sealed by then.
    """
    if signature_of(session, waiting):
        return render_template("petition/other_spelling.html"), 200, TOKEN_HEADERS
    shown_as = sealing.decrypt(state().keys.mail, waiting.shown_box)
    answer = render_template("petition/confirm.html", waiting=waiting, shown_as=shown_as, country=_country_name(waiting))
    return answer, 200, TOKEN_HEADERS


def _country_name(signed: Submission | Signature) -> str | None:
    return dict(countries(current().code)).get(signed.country or "")


def _yours(signature: Signature, form: ShownForm | None = None) -> Page:
    """The signer's own page: thanks and sharing first, then what is held and how to change it."""
    with state().database.reading() as session:
        review = session.get(NameReview, signature.id)
    url = f"{state().settings.base_url}/{current().code}/"
    pitch = gettext("I signed a petition asking world leaders for a political solution in Syria.")
    answer = render_template(
        "petition/yours.html",
        signature=signature,
        country=_country_name(signature),
        review=review,
        is_not_shown_yet=signature.first_shown_on > now().date(),
        shown_form=form or ShownForm(formdata=None, shown_as=signature.shown_as or (review and review.held) or ""),
        errors=field_errors(form) if form else [],
        changed=None if form else request.args.get("changed"),
        share=share_links(url, pitch),
        share_url=url,
        share_text=pitch,
    )
    return answer, 422 if form else 200, TOKEN_HEADERS


def _removed(removal: Removal) -> Page:
    """Tell a signer that an organizer removed the signature; nobody else learns the reason."""
    return render_template("petition/removed.html", removal=removal), 200, TOKEN_HEADERS


def _gone(action: str) -> Page:
    """The end of a link: withdrawn or deleted, just now or before; or too old, or never ours."""
    if action in ("withdraw", "delete"):
        return redirect(url_for(".withdrawn" if action == "withdraw" else ".deleted"), 303)
    return render_template("petition/expired.html"), 404, TOKEN_HEADERS


def share_links(url: str, text: str) -> list[tuple[str, str]]:
    """The services' names and addresses, the most used among Syrians first. Signal has no address that shares a link."""
    there, words, both = quote(url, safe=""), quote(text, safe=""), quote(f"{text}\n{url}", safe="")
    return [
        (gettext("WhatsApp"), f"https://wa.me/?text={both}"),
        (gettext("Facebook"), f"https://www.facebook.com/sharer/sharer.php?u={there}"),
        (gettext("Telegram"), f"https://t.me/share/url?url={there}&text={words}"),
        (gettext("X"), f"https://x.com/intent/post?text={words}&url={there}"),
        (gettext("Mastodon"), f"https://mastodonshare.com/?text={both}"),
        (gettext("E-mail"), f"mailto:?subject={words}&body={both}"),
    ]
