"""The pages behind the one link in an e-mail: confirm, the signer's own page, withdrawn."""

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import UnprocessableEntity

from campaign.crypto import sealing
from campaign.database import now
from campaign.languages import countries, current
from campaign.petition import confirming, links, news, signing
from campaign.petition.forms import NameForm, NewsForm, ShownForm, field_errors
from campaign.petition.mailbox_signature import signature_of
from campaign.petition.models import NameReview, Removal, Signature, Submission
from campaign.petition.own_page import change, newer_version
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
            return _gone(session, token)
    if found.removal:
        return _removed(found.removal)
    if request.args.get("ask") == "withdraw":
        return render_template("petition/withdraw.html"), 200, TOKEN_HEADERS
    return _yours(found)


def _act(token: str) -> Page:
    """Confirm or delete, and once it is confirmed show, hide, change or withdraw. Pressing again changes nothing more."""
    if not request_checks.validate_form_body(request):
        raise UnprocessableEntity
    if request_checks.is_cross_site(request, state().settings):
        raise request_checks.CrossSite
    action = request.form.get("act", "confirm")
    return _confirm(token) if action == "confirm" else _change(token, action)


def _confirm(token: str) -> Page:
    keys, hold, limits = state().keys, current_snapshot().are_words_held, state().settings.limits
    found = confirming.confirm(state().database, keys, token, now(), hold=hold, limit_domains=limits)
    if isinstance(found, Signature) and found.removal:
        return _removed(found.removal)
    if isinstance(found, Signature | confirming.Confirmed):
        return redirect(url_for(".thanks", review=None if found.held_in is None else "y"), 303)
    with state().database.reading() as session:
        return _waiting(session, found) if found else _gone(session, token)


def _change(token: str, action: str) -> Page:
    """Do what another button says, to what is confirmed or waits."""
    with state().database.writing() as session:
        found = signing.find(session, token, now())
        if found is None:
            return _gone(session, token, action)
        if isinstance(found, Submission):
            return _act_on_waiting(session, found, action)
        if found.removal and action != "withdraw":  # it can be deleted; other buttons were on an older page
            return _removed(found.removal)
        refused = change(session, found, action)
    if refused:
        return _yours(found, form=refused)
    if action == "withdraw":
        return redirect(url_for(".withdrawn"), 303)
    return redirect(url_for(".confirm", token=token, changed=None if action == "delete" else action), 303)


def _act_on_waiting(session: Session, waiting: Submission, action: str) -> Page:
    """Delete what waits when its mailbox says that it is not theirs; other buttons are on another page."""
    if action != "delete":
        return _waiting(session, waiting)
    signing.delete_waiting(session, waiting)
    return redirect(url_for(".deleted"), 303)


@bp.get("/sign/thanks")
def thanks() -> Page:
    """Thank somebody who confirmed, at an address that says nothing about them, and offer to pass the campaign on."""
    settings = state().settings
    return (
        render_template("petition/thanks.html", batch=settings.count_batch, minutes=-(-settings.count_every // 60)),
        200,
        TOKEN_HEADERS,
    )


@bp.get("/sign/deleted")
def deleted() -> Page:
    """Say that what somebody sent with the address of another is gone."""
    return render_template("petition/deleted.html"), 200, TOKEN_HEADERS


@bp.get("/sign/withdrawn")
def withdrawn() -> Page:
    """Say that the signature is gone."""
    return render_template("petition/withdrawn.html"), 200, TOKEN_HEADERS


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


def _yours(signature: Signature, form: ShownForm | NameForm | NewsForm | None = None) -> Page:
    """Show the signer's own page: what is stored and how to change it."""
    with state().database.reading() as session:
        review, has_news = session.get(NameReview, signature.id), news.is_agreed(session, signature.id)
    shown_as = signature.shown_as or (review and review.held) or ""
    answer = render_template(
        "petition/yours.html",
        signature=signature,
        country=_country_name(signature),
        review=review,
        newer=newer_version(signature),
        is_not_shown_yet=signature.first_shown_on > now().date(),
        shown_form=form if isinstance(form, ShownForm) else ShownForm(formdata=None, shown_as=shown_as),
        name_form=form if isinstance(form, NameForm) else NameForm(formdata=None),
        news_form=form if isinstance(form, NewsForm) else NewsForm(formdata=None),
        has_news=has_news,
        errors=field_errors(form) if form else [],
        changed=None if form else request.args.get("changed"),
    )
    return answer, 422 if form else 200, TOKEN_HEADERS


def _removed(removal: Removal) -> Page:
    """Tell a signer that an organizer removed the signature; nobody else learns the reason."""
    return render_template("petition/removed.html", removal=removal), 200, TOKEN_HEADERS


def _gone(session: Session, token: str, action: str = "") -> Page:
    """Show the end of a link: withdrawn or deleted, just now or before; or too old, or never ours."""
    if action in ("withdraw", "delete"):
        return redirect(url_for(".withdrawn" if action == "withdraw" else ".deleted"), 303)
    if links.is_withdrawn(session, token):
        return render_template("petition/withdrawn.html"), 410, TOKEN_HEADERS
    return render_template("petition/expired.html"), 404, TOKEN_HEADERS
