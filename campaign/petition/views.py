"""The pages in the order a signer meets them: sign, sent, confirm, yours, withdrawn; and the names of those who chose so."""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest, UnprocessableEntity
from werkzeug.wrappers import Response

from campaign.database import DATABASE_UNAVAILABLE, now
from campaign.languages import LANGUAGES, countries, current
from campaign.outbox import smtp
from campaign.petition import display_names, signing
from campaign.petition.active_key import active_keys
from campaign.petition.counting import read_snapshot
from campaign.petition.forms import ShownForm, SignForm
from campaign.petition.models import NameReview, Signature, SignatureColumns
from campaign.petition.names import NamesPage, shown_names
from campaign.petition.removed import Removed
from campaign.petition.sharing import share_links
from campaign.petition.snapshot import current_snapshot
from campaign.petition.validation import suggest_domain
from campaign.state import state
from campaign.web import request_checks

bp = Blueprint("petition", __name__, url_prefix="/<lang:lang>")

# What says `public` is kept as bytes, see web/page_cache.py. A form's page may tell its own site where a post comes from;
# a page with a token in its address tells nobody.
CACHED_FORM = {"Cache-Control": "public, max-age=60", "Referrer-Policy": "same-origin"}
FORM_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
TOKEN_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
RETRY_HEADERS = {"Retry-After": "10"}  # seconds
Page = Response | tuple[str, int, dict[str, str]]


@bp.route("/sign", methods=["GET", "POST"])
def sign() -> Page:
    """Show the form, or take it; the answer is the same whoever signed before."""
    if request.method != "POST":
        return _form(SignForm(_consent_hash()), 200, CACHED_FORM)
    is_readable = request_checks.validate_form_body(request)
    form = SignForm(_consent_hash())
    if not is_readable:
        return _form(form, 422, FORM_HEADERS, message=gettext("The form could not be read. Nothing was sent. Send it again."))
    if request_checks.is_cross_site(request, state().settings):
        return _form(
            form, 400, FORM_HEADERS, message=gettext("The form came from another site. Nothing was sent. Send it from here.")
        )
    wait = state().rate_limiter.wait(request.remote_addr)
    if wait:
        return _form(form, 429, FORM_HEADERS | {"Retry-After": str(wait)}, wait_minutes=-(-wait // 60))
    if not form.validate():
        return _form(form, 400 if form.has_no_token else 422, FORM_HEADERS)
    try:
        return _store(form)
    except DATABASE_UNAVAILABLE:
        return _form(
            form, 503, FORM_HEADERS | RETRY_HEADERS, message=gettext("The site cannot take this just now. Nothing was kept.")
        )


@bp.get("/sign/sent")
def sent() -> Page:
    """One more step: the letter. With a doubtful domain in the query, a question whether it was meant."""
    domain = request.args.get("domain", "")[:253]
    suggestion = suggest_domain(f"@{domain}")
    typo = {"domain": domain, "suggestion": suggestion} if suggestion else None
    return render_template("petition/sent.html", typo=typo), 200, CACHED_FORM | {"Cache-Control": "no-store"}


@bp.route("/confirm/<token>", methods=["GET", "POST"])
def confirm(token: str) -> Page:
    """Show the page behind the one link in a letter, or do what one of its buttons says."""
    if request.method == "POST":
        return _act(token)
    with state().database.reading() as session:
        found = signing.find(session, token, now())
    if found is None:
        return render_template("petition/expired.html"), 404, TOKEN_HEADERS
    if isinstance(found, Removed):
        return _removed(found)
    if isinstance(found, Signature):
        return _yours(found)
    return render_template("petition/confirm.html", token=token), 200, TOKEN_HEADERS


def _act(token: str) -> Page:
    """Confirm, and once it is confirmed show, hide, change or withdraw. Pressing again changes nothing more."""
    if not request_checks.validate_form_body(request):
        raise UnprocessableEntity
    if request_checks.is_cross_site(request, state().settings, token_page=True):
        raise request_checks.CrossSite
    action = request.form.get("act", "confirm")
    with state().database.writing() as session:
        confirming = action == "confirm"
        found = _confirm(session, token) if confirming else signing.find(session, token, now())
        if found is None:
            return _gone(action)
        if isinstance(found, Removed):
            return _answer_removed(session, found, action)
        if not isinstance(found, Signature):
            return render_template("petition/confirm.html", token=token), 200, TOKEN_HEADERS
        refused = _change(session, found, action)
    if refused:
        return _yours(found, form=refused)
    return _gone(action) if action == "withdraw" else redirect(url_for(".confirm", token=token, changed=action), 303)


@bp.get("/sign/withdrawn")
def withdrawn() -> Page:
    """The signature is gone."""
    return render_template("petition/withdrawn.html"), 200, TOKEN_HEADERS


@bp.get("/signatures")
def signatures() -> Page:
    """The names. With a count that moves in batches, those of today wait until the day is over."""
    before = now().date() if state().settings.count_batch > 1 else None
    with state().database.reading() as session:
        # asked anew each time: when names are to be hidden, it is to be so at once
        hidden = read_snapshot(session).are_names_hidden
        page = NamesPage([], None) if hidden else shown_names(session, after=request.args.get("after", ""), before=before)
    next_url = url_for(".signatures", after=page.next) if page.next else None
    answer = render_template("petition/signatures.html", days=page.days, next_url=next_url, hidden=hidden)
    return answer, 200, {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


def _store(form: SignForm) -> Page:
    """Stores what was sent, unless the collecting is over or no letter could reach the address."""
    submitted = form.signature_request()
    if current_snapshot().is_closed:
        return _form(form, 403, FORM_HEADERS)
    if submitted.email.needs_smtputf8 and not _server_accepts_utf8():
        form.email.errors = [gettext("Our mail server cannot write to this address. Please use another.")]
        return _form(form, 422, FORM_HEADERS)
    if not form.is_honeypot_filled:
        keys = active_keys()
        with state().database.writing() as session:
            signing.sign(state().database, session, keys, submitted, now())
    return redirect(url_for(".sent", domain=_suspect_domain(submitted.email.domain)), 303)


def _confirm(session: Session, token: str) -> SignatureColumns | None:
    return signing.confirm(session, state().keys, token, now(), hold=current_snapshot().are_words_held)


def _change(session: Session, signature: Signature, action: str) -> ShownForm | None:
    """Do what a button on the signer's own page says; return the form when its words cannot be shown."""
    if action == "confirm":
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


def _yours(signature: Signature, form: ShownForm | None = None) -> Page:
    """The signer's own page: thanks and sharing first, then what is held and how to change it."""
    with state().database.reading() as session:
        review = session.get(NameReview, signature.id)
    url = f"{state().settings.base_url}/{current().code}/"
    pitch = gettext("I signed a petition asking world leaders for a political solution in Syria.")
    answer = render_template(
        "petition/yours.html",
        signature=signature,
        country=dict(countries(current().code)).get(signature.country or ""),
        review=review,
        shown_form=form or ShownForm(formdata=None, shown_as=signature.shown_as or (review and review.held) or ""),
        errors=_errors(form) if form else [],
        changed=None if form else request.args.get("changed"),
        share=share_links(url, pitch),
        share_url=url,
        share_text=pitch,
    )
    return answer, 422 if form else 200, TOKEN_HEADERS


def _removed(removed: Removed) -> Page:
    """What a signer sees whose signature an organizer removed; nobody else learns the reason."""
    return render_template("petition/removed.html", removal=removed.removal), 200, TOKEN_HEADERS


def _answer_removed(session: Session, removed: Removed, action: str) -> Page:
    """A removed signature can be deleted at once, and nothing else; other buttons were on an older page."""
    if action != "withdraw":
        return _removed(removed)
    signing.withdraw(session, removed, now().date())
    return _gone(action)


def _gone(action: str) -> Page:
    """The end of a link: withdrawn, just now or before; or too old, or never ours."""
    if action == "withdraw":
        return redirect(url_for(".withdrawn"), 303)
    return render_template("petition/expired.html"), 404, TOKEN_HEADERS


def _form(form: SignForm, status: int, headers: dict[str, str], message: str = "", wait_minutes: int = 0) -> Page:
    """The form, with what was typed and what is wrong with it."""
    errors = [("main", message)] if message else _errors(form)
    answer = render_template("petition/sign.html", form=form, errors=errors, wait_minutes=wait_minutes)
    return answer, status, headers


def _errors(form: SignForm | ShownForm) -> list[tuple[str, str]]:
    """Each field with its first error, in the order of the page; the stamp's error has no field of its own."""
    return [("main" if field.name == "csrf_token" else field.id, field.errors[0]) for field in form if field.errors]


def _consent_hash() -> str:
    return state().texts[current().code].consent_hash


def _server_accepts_utf8() -> bool:
    with state().database.reading() as session:
        return smtp.accepts_utf8(session)


def _suspect_domain(domain: str) -> str | None:
    """The domain to ask about on the next page, when it looks like a slip of the finger."""
    return domain if suggest_domain(f"@{domain}") else None
