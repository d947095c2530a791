"""E-mails to organizers: a daily one for those who chose it, and one to all when one of them acts alone in a way all should know.

The daily one says how many things wait, and has no word of what, no name and no link.

The timed work puts it into the outbox each morning; what is in it is found when it is sent, so that nothing is sent where
nothing waits any more.
"""

import secrets
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.utils import parseaddr

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from campaign.crypto.keys import Keys
from campaign.database import Database, now
from campaign.health import checklist
from campaign.languages import SOURCE, current, number, speaking
from campaign.organizers import accounts, audit, waiting
from campaign.organizers.actions import Action
from campaign.organizers.models import Account
from campaign.outbox import queue
from campaign.outbox.address import NotAnAddress, parse_address
from campaign.outbox.message import plain_message
from campaign.outbox.queue import Envelope, OutboxMessage
from campaign.petition import emails
from campaign.state import state

DAILY, ACCOUNT_LOCKED, EMERGENCY = "daily", "account locked", "emergency"  # kinds of e-mails
TOLD_TO_ALL = (ACCOUNT_LOCKED, EMERGENCY)
FIRST_HOUR = 6  # UTC: morning from Lisbon to Tehran


def set_daily(session: Session, account: Account, language: str | None) -> None:
    """Have the e-mail sent in a language from today on, or no more; the same again changes nothing."""
    mine = accounts.get_account(session, account.email)
    if mine.daily_language != language:
        mine.daily_language = language
        audit.record(session, account.email, Action.DAILY_EMAIL_ON if language else Action.DAILY_EMAIL_OFF)


def enqueue_due(database: Database, keys: Keys, at: datetime) -> None:
    """Put today's e-mails into the outbox, each once, however often this is called."""
    with database.reading() as session:  # most of the time there is none, and looking costs no writer's turn
        if at.hour < FIRST_HOUR or session.scalar(sa.select(Account.id).where(*_due(at)).limit(1)) is None:
            return
    with database.writing() as session:
        taken = sa.update(Account).where(*_due(at)).values(daily_sent_on=at.date())
        # One statement: a lock of rows before it could wait for somebody who changes the desk, and they for it.
        for email, language in session.execute(taken.returning(Account.email, Account.daily_language)).all():
            with suppress(NotAnAddress):
                envelope = Envelope(parse_address(email), language or SOURCE, "")
                queue.enqueue(session, keys.mail, entry=secrets.token_bytes(16), kind=DAILY, envelope=envelope, at=at)


def _due(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    not_today = sa.or_(Account.daily_sent_on.is_(None), Account.daily_sent_on < at.date())
    return Account.daily_language.is_not(None), Account.ready_at.is_not(None), not_today


def compose_any(session: Session, entry: OutboxMessage, envelope: Envelope) -> EmailMessage | None:
    """Write an e-mail of the outbox: one to an organizer, or to a signer. Needs an application context."""
    if entry.kind in TOLD_TO_ALL:
        return told_to_all(envelope, entry.kind) if entry.sent_at is None else None
    if entry.kind != DAILY:
        return emails.compose(session, entry, envelope)
    account = accounts.find_ready_account(session, envelope.address.text)
    if entry.sent_at is not None or account is None or account.daily_language is None:
        return None
    if account.daily_sent_on and entry.posted_at.date() < account.daily_sent_on:  # after an outage
        return None
    site, moment = state(), now()
    tasks = waiting.find_tasks(
        session,
        account,
        at=moment,
        texts=site.texts,
        is_key_here=site.keys.private is not None,
        unready=checklist.count_left(site, moment.date()),
        quota=site.quota,
    )
    return things_wait(envelope, sum(task.number for task in tasks)) if tasks else None


def tell_organizers(session: Session, keys: Keys, kind: str, organizers: list[Account], at: datetime) -> None:
    """Tell organizers what one of them has done: the kind is one of TOLD_TO_ALL."""
    for account in organizers:
        with suppress(NotAnAddress):
            envelope = Envelope(parse_address(account.email), account.daily_language or current().code, "")
            queue.enqueue(session, keys.mail, entry=secrets.token_bytes(16), kind=kind, envelope=envelope, at=at)


def told_to_all(envelope: Envelope, kind: str) -> EmailMessage:
    """Return the e-mail that says what was done, without any person; for an emergency it does not even say what."""
    with speaking(envelope.language):
        subject = gettext("An account was locked") if kind == ACCOUNT_LOCKED else gettext("Something was changed at once")
        body = current_app.jinja_env.get_template(f"organizers/{kind.replace(' ', '_')}.txt").render()
    return plain_message(parseaddr(state().settings.sender)[1], to=envelope.address, subject=subject, body=body)


def things_wait(envelope: Envelope, count: int) -> EmailMessage:
    """Return the e-mail. Its sender is the bare address, as a name could be the campaign's."""
    with speaking(envelope.language) as language:
        said = ngettext("%(count)s thing waits", "%(count)s things wait", count, count=number(count, language))
        body = current_app.jinja_env.get_template("organizers/things_wait.txt").render(said=said)
    return plain_message(parseaddr(state().settings.sender)[1], to=envelope.address, subject=said, body=body)
