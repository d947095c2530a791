"""What the buttons on a signer's own page do."""

from collections.abc import Callable

from flask import request
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest, Conflict

from campaign.database import now
from campaign.languages import LANGUAGES, current
from campaign.petition import display_names, mailbox_signature, news, signing
from campaign.petition.active_key import active_keys
from campaign.petition.forms import NameForm, NewsForm, ShownForm
from campaign.petition.models import Signature
from campaign.petition.snapshot import current_snapshot
from campaign.petition.versions import Version, current_version
from campaign.state import state

Refused = ShownForm | NameForm | NewsForm | None


def change(session: Session, signature: Signature, action: str) -> Refused:
    """Do what a button says; return the form when what was typed cannot be taken."""
    if action in ("confirm", "delete"):  # what is confirmed is withdrawn, and not deleted by a button on an older page
        return None
    if action not in CHANGES:
        raise BadRequest
    return CHANGES[action](session, signature)


def _show_name(session: Session, signature: Signature) -> Refused:
    form = ShownForm()
    if not form.validate():
        return form
    display_names.change_display_name(
        session, signature, form.words(), today=now().date(), hold=current_snapshot().are_words_held
    )
    return None


def _hide_name(session: Session, signature: Signature) -> None:
    display_names.change_display_name(session, signature, None, today=now().date(), hold=False)


def _seal_name(_session: Session, signature: Signature) -> Refused:
    form = NameForm()
    if not form.validate():
        return form
    mailbox_signature.seal_anew(active_keys(), signature, name=form.clean_name, email=form.address)
    return None


def _choose_language(_session: Session, signature: Signature) -> None:
    signature.language = LANGUAGES.get(request.form.get("language", ""), current()).code


def _start_news(session: Session, signature: Signature) -> Refused:
    keys = state().keys
    form = NewsForm(lambda email: mailbox_signature.is_signed_with(keys.tag, signature, email))
    if not form.validate():
        return form
    if not news.agree(session, keys, signature=signature.id, email=form.address, language=signature.language):
        raise Conflict
    return None


def _stop_news(session: Session, signature: Signature) -> None:
    news.stop(session, signature.id)


def _take_over(session: Session, signature: Signature) -> None:
    """Move the signature to the current letter, if it is the one that the signer has seen."""
    newer = newer_version(signature)
    if newer is None or request.form.get("text") != newer.sha256:
        raise Conflict
    mailbox_signature.move_to_version(session, signature, newer.sha256)


def newer_version(signature: Signature) -> Version | None:
    """Return the version that a signer can move to; None if the signature already has it, or signing has closed."""
    versions = state().snapshots.shown().versions
    signed = versions.get(signature.text_sha256)
    if (signed and signed.is_current) or not current_snapshot().is_open:
        return None
    return current_version(versions, signed.language.code if signed else current().code)


def _withdraw(session: Session, signature: Signature) -> None:
    signing.withdraw(session, signature, now().date())


CHANGES: dict[str, Callable[[Session, Signature], Refused]] = {
    "show": _show_name,
    "hide": _hide_name,
    "name": _seal_name,
    "language": _choose_language,
    "ask": _start_news,
    "news": _stop_news,
    "version": _take_over,
    "withdraw": _withdraw,
}
