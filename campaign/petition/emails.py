"""What we write to a signer. Plain text, a neutral subject, one link, and no word that a stranger typed."""

from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from functools import cache, lru_cache

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext
from sqlalchemy.orm import Session

from campaign.config import Settings
from campaign.database import now
from campaign.languages import LANGUAGES, SOURCE, Language, clock, day, speaking
from campaign.outbox import queue
from campaign.outbox.address import EmailAddress
from campaign.outbox.message import plain_message
from campaign.outbox.queue import Envelope, OutboxMessage
from campaign.petition.links import LinkRequest
from campaign.petition.lost_links import SEND_LINK, waiting_message
from campaign.petition.mailbox_signature import is_same_spelling, removed_signature_of, signature_of
from campaign.petition.models import Signature, Submission
from campaign.petition.plan import current_days
from campaign.petition.signature_request import CONFIRMING
from campaign.state import state

LINK_PLACE = "\0"  # no text of ours has it


@dataclass(frozen=True)
class Dates:
    """When something was asked for, and until when the link in the e-mail is good."""

    asked_on: date
    good_until: datetime
    plan: str = ""  # its days in sentences

    @classmethod
    def of(cls, entry: OutboxMessage, plan: str = "") -> "Dates":
        """Return those of an e-mail that is sent now, or once more."""
        return cls(entry.posted_at.date(), queue.expires_at(entry, now()), plan)


def compose(session: Session, entry: OutboxMessage, envelope: Envelope) -> EmailMessage | None:
    """Write an e-mail of the outbox in its language; None when nobody needs it any more. Needs an application context."""
    with speaking(envelope.language):
        if entry.kind == SEND_LINK:
            return _link_again(session, entry, envelope)
        submission = session.get(Submission, entry.id)
        if entry.kind != CONFIRMING or submission is None:
            return None
        signed = signature_of(session, submission)
        dates = Dates.of(entry, _plan(session, envelope, signed or submission))
        if entry.sent_at is not None:
            return None if signed or _was_submitted_again(session, submission) else remind(envelope, dates)
        if signed is None:
            return ask_to_confirm(envelope, dates)
        return already_signed(envelope, dates) if is_same_spelling(signed, submission) else other_spelling(envelope, dates)


def _link_again(session: Session, entry: OutboxMessage, envelope: Envelope) -> EmailMessage | None:
    """Write the e-mail with a link that was asked for once more: of a signature, or of what still waits."""
    request = session.get(LinkRequest, entry.id)
    if request is None or entry.sent_at is not None:
        return None
    signed = signature_of(session, request) or removed_signature_of(session, request)
    if signed:
        write = send_link if is_same_spelling(signed, request) else other_spelling
        return write(envelope, Dates.of(entry, _plan(session, envelope, signed)))
    waiting = waiting_message(session, request, now())
    if waiting is None:
        return None
    token = queue.open_envelope(state().keys.mail, waiting.box).token
    dates = Dates.of(waiting, _plan(session, envelope, session.get_one(Submission, waiting.id)))
    return ask_to_confirm(Envelope(envelope.address, envelope.language, token), dates)


def ask_to_confirm(envelope: Envelope, dates: Dates) -> EmailMessage:
    """Return the e-mail that a new submission waits for."""
    return _email(envelope, "ask_to_confirm", confirm_subject(), dates)


def remind(envelope: Envelope, dates: Dates) -> EmailMessage:
    """Return the one reminder, a day later."""
    return _email(envelope, "remind", gettext("A reminder: the signature is not confirmed yet"), dates)


def already_signed(envelope: Envelope, dates: Dates) -> EmailMessage:
    """Tell somebody who signed before that the signature counts, with a link to it."""
    return _email(envelope, "already_signed", gettext("The signature is already confirmed"), dates)


def other_spelling(envelope: Envelope, dates: Dates) -> EmailMessage:
    """Tell another spelling of an address that has signed; no link, as only the providers say that it is the same mailbox."""
    return _email(envelope, "other_spelling", gettext("The signature is already confirmed"), dates)


def send_link(envelope: Envelope, dates: Dates) -> EmailMessage:
    """Return the link to a signature, for somebody who asked for it once more."""
    return _email(envelope, "send_link", link_subject(), dates)


def trial(address: EmailAddress, language: str) -> EmailMessage:
    """Return the e-mail of `campaign mail test`."""
    with speaking(language):
        return _email(Envelope(address, language, ""), "trial", gettext("A test e-mail"), Dates(now().date(), now()))


def confirm_subject() -> str:
    """Return the subject of the e-mail that asks to confirm; the page after the form says it too."""
    return str(gettext("Please confirm the signature"))


def link_subject() -> str:
    """Return the subject of the e-mail with a link that was asked for once more."""
    return str(gettext("The link you asked for"))


def first_words(asked_on: date, language: Language) -> str:
    """Return how the e-mail that asks to confirm begins, which the page after the form says too."""
    return str(
        gettext("On %(day)s someone filled in a form to sign a petition with this e-mail address.", day=day(asked_on, language))
    )


def sender(settings: Settings) -> str:
    """Return who our e-mails are from, with a neutral name where the setting has none."""
    return _sender(settings.sender, gettext("The campaign team"))


@cache
def _sender(setting: str, neutral_name: str) -> str:
    name, address = parseaddr(setting)
    return str(Address(display_name=name or neutral_name, addr_spec=address))


def _language(envelope: Envelope) -> Language:
    return LANGUAGES.get(envelope.language, LANGUAGES[SOURCE])  # no page is asked for here, so none has a language


def _plan(session: Session, envelope: Envelope, promised: Submission | Signature) -> str:
    """Return the days of the plan in sentences, with the day of deletion that this signer is promised; empty without any."""
    days, language, said = current_days(session), _language(envelope), []
    if days.closes_on:
        said.append(gettext("The last day to sign is %(day)s.", day=day(days.closes_on, language)))
    if days.hand_over_on:
        said.append(gettext("The letter is to be handed over on %(day)s.", day=day(days.hand_over_on, language)))
    if promised.delete_on:
        said.append(gettext("Names and e-mail addresses are deleted on %(day)s.", day=day(promised.delete_on, language)))
    return " ".join(said)


def _email(envelope: Envelope, template: str, subject: str, dates: Dates) -> EmailMessage:
    settings = state().settings
    body = _body(template, _language(envelope), dates.asked_on, dates.good_until.replace(second=0, microsecond=0), dates.plan)
    url = f"{settings.origin}/{envelope.language}/confirm/{envelope.token}"
    return plain_message(sender(settings), to=envelope.address, subject=subject, body=body.replace(LINK_PLACE, url))


@lru_cache(maxsize=16)
def _body(template: str, language: Language, asked_on: date, good_until: datetime, plan: str) -> str:
    """Return the text of an e-mail with LINK_PLACE instead of its link; e-mails of the same minute share it."""
    return current_app.jinja_env.get_template(f"emails/{template}.txt").render(
        plan=plan,
        url=LINK_PLACE,
        asked=first_words(asked_on, language),
        day=day(asked_on, language),
        until=gettext("%(day)s, %(time)s UTC", day=day(good_until.date(), language), time=clock(good_until, language)),
    )


def _was_submitted_again(session: Session, submission: Submission) -> bool:
    """Return whether a later submission of the same mailbox waits, whose own e-mail is enough."""
    later = sa.select(Submission.id).where(Submission.tag == submission.tag, Submission.created_at > submission.created_at)
    return session.scalar(later.limit(1)) is not None
