"""What we write to a signer. Plain text, a neutral subject, one link, and no word that a stranger typed."""

from email.message import EmailMessage

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from campaign.languages import number, speaking
from campaign.outbox import queue
from campaign.outbox.address import EmailAddress
from campaign.outbox.queue import Envelope, OutboxMessage
from campaign.petition.mailbox_signature import is_same_spelling, signature_of
from campaign.petition.models import Submission
from campaign.petition.signing import CONFIRMING
from campaign.state import state


def compose(session: Session, entry: OutboxMessage, envelope: Envelope) -> EmailMessage | None:
    """Writes an e-mail of the outbox in its language; None when nobody needs it any more. Needs an application context."""
    submission = session.get(Submission, entry.id)
    if entry.kind != CONFIRMING or submission is None:
        return None
    signed = signature_of(session, submission)
    with speaking(envelope.language):
        if entry.sent_at is not None:
            return None if signed or _was_submitted_again(session, submission) else remind(envelope)
        if signed is None:
            return ask_to_confirm(envelope)
        return already_signed(envelope) if is_same_spelling(signed, submission) else other_spelling(envelope)


def ask_to_confirm(envelope: Envelope) -> EmailMessage:
    """The e-mail that a new submission waits for."""
    return _email(envelope, "ask_to_confirm", gettext("Please confirm the signature"))


def remind(envelope: Envelope) -> EmailMessage:
    """The one reminder, a day later."""
    return _email(envelope, "remind", gettext("A reminder: the signature is not confirmed yet"))


def already_signed(envelope: Envelope) -> EmailMessage:
    """To somebody who signed before: the signature stands, and this is the link to it."""
    return _email(envelope, "already_signed", gettext("The signature is already confirmed"))


def other_spelling(envelope: Envelope) -> EmailMessage:
    """To another spelling of an address that has signed: no link, as only the providers say that it is the same mailbox."""
    return _email(envelope, "other_spelling", gettext("The signature is already confirmed"))


def trial(address: EmailAddress, language: str) -> EmailMessage:
    """The e-mail of `campaign mail test`."""
    with speaking(language):
        return _email(Envelope(address, language, ""), "trial", gettext("A test letter"))


def _email(envelope: Envelope, template: str, subject: str) -> EmailMessage:
    settings = state().settings
    days = queue.LINK_LIFETIME.days
    body = current_app.jinja_env.get_template(f"emails/{template}.txt").render(
        url=f"{settings.base_url}/{envelope.language}/confirm/{envelope.token}",
        validity=ngettext(
            "The link is valid for %(count)s day.", "The link is valid for %(count)s days.", days, count=number(days)
        ),
    )
    return queue.build_message(settings, to=envelope.address, subject=subject, body=body)


def _was_submitted_again(session: Session, submission: Submission) -> bool:
    """Whether a later submission of the same mailbox waits, whose own e-mail will do."""
    later = sa.select(Submission.id).where(Submission.tag == submission.tag, Submission.created_at > submission.created_at)
    return session.scalar(later.limit(1)) is not None
