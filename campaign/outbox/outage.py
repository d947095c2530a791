"""The outage: since when and why the mail server takes none of our e-mails, as all mail workers share it.

While it lasts, one e-mail a minute is tried, and none loses a try or is given up. It ends with the first that is taken.
A server that is busy has the same for a moment, with an e-mail each half minute; it counts as an outage once that lasts.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.database import Base, insert, table
from campaign.outbox.smtp_answers import RelayTrouble, Trouble

PROBE_EVERY, PROBE_BUSY_EVERY = timedelta(minutes=1), timedelta(seconds=30)
BUSY_FOR = timedelta(minutes=5)  # in which a server that is busy is asked more often, and nobody is told
DOMAINS_IN_A_ROW = 5  # refused, with none taken between them: that is about us, not about five mailboxes
ADVICE: dict[str, Any] = {
    Trouble.UNREACHABLE: lazy_gettext(
        "We cannot reach the mail server. Check its name and port in CAMPAIGN_MAIL_URL, and that it is running."
    ),
    Trouble.NO_TLS: lazy_gettext(
        "We cannot encrypt the connection to the mail server. Check its name in CAMPAIGN_MAIL_URL, and its certificate."
    ),
    Trouble.LOGIN: lazy_gettext(
        "The mail server does not accept our login. Check the user and the password in CAMPAIGN_MAIL_URL."
    ),
    Trouble.SENDER: lazy_gettext(
        "The mail server does not accept our sender. Check CAMPAIGN_MAIL_FROM, and which senders our account may use."
    ),
    Trouble.POLICY: lazy_gettext(
        "The mail server refuses our e-mails. Check what our account may send, SPF, DKIM, DMARC and blocklists."
    ),
    Trouble.EVERY_DOMAIN: lazy_gettext("The mail server refuses our e-mails to every domain. Ask its operator why."),
    Trouble.BUSY: lazy_gettext(
        "The mail server asks us to try later, or ends the connection. If this lasts, ask its operator why."
    ),
}
OTHER_ADVICE = lazy_gettext("Ask the operator of the mail server why it accepts none of our e-mails.")


class Outage(Base):
    """The current outage; one row, none while the mail server accepts e-mails."""

    __tablename__ = "outage"

    id: Mapped[int] = mapped_column(primary_key=True)
    since: Mapped[datetime]  # the minute
    category: Mapped[str] = mapped_column(sa.String(20))  # a Trouble
    answer: Mapped[str] = mapped_column(sa.String(20))  # its code and enhanced code, never its text
    probe_at: Mapped[datetime]  # when the next e-mail may be tried


class Refusal(Base):
    """An e-mail that was refused for good since the mail server last accepted one."""

    __tablename__ = "refusal"

    letter_id: Mapped[bytes] = mapped_column(sa.LargeBinary(16), sa.ForeignKey("letter.id", ondelete="CASCADE"), primary_key=True)
    domain: Mapped[bytes] = mapped_column(sa.LargeBinary(16))  # a hash under the mail key


IS_TROUBLE_KNOWN = sa.select(sa.or_(sa.exists(sa.select(table(Outage).c.id)), sa.exists(sa.select(table(Refusal).c.letter_id))))
FORGET_TROUBLE = (sa.delete(table(Outage)), sa.delete(table(Refusal)))


def advice(category: str) -> str:
    """Return what to do about an outage; a newer version may have stored a reason that this one does not know."""
    return str(ADVICE.get(category, OTHER_ADVICE))


def current_outage(session: Session, at: datetime) -> Outage | None:
    """Return the outage that people are to know of, if one lasts."""
    found = slowed(session)
    return None if found is None or is_momentary(found, at) else found


def slowed(session: Session) -> Outage | None:
    """Return why few e-mails are tried: an outage, or a server that is busy for a moment."""
    return session.get(Outage, 1)


def is_momentary(found: Outage, at: datetime) -> bool:
    """Return whether the server is busy and may be ready again in a moment."""
    return found.category == Trouble.BUSY and at < found.since + BUSY_FOR


def is_waiting(session: Session, at: datetime) -> bool:
    """Return whether no e-mail may be tried yet."""
    found = slowed(session)
    return found is not None and found.probe_at > at


def allowance(session: Session, at: datetime, batch: int) -> int:
    """Return how many e-mails may be claimed now: a batch, or in an outage the one that this call takes for its minute."""
    found = slowed(session)
    if found is None:
        return batch
    pause = PROBE_BUSY_EVERY if is_momentary(found, at) else PROBE_EVERY
    probe = sa.update(Outage).where(Outage.id == 1, Outage.probe_at <= at).values(probe_at=at + pause)
    return len(session.execute(probe.returning(Outage.id)).all())


def begin(session: Session, trouble: RelayTrouble, at: datetime) -> None:
    """Begin an outage, or note the newest reason of the one that lasts.

    What was about one e-mail after all shows at once: after an answer to an e-mail, another one is tried without waiting.
    A server that is busy is left alone.
    """
    reason = {"category": trouble.category.value, "answer": trouble.answer[:20]}
    is_busy = trouble.category == Trouble.BUSY
    pause = PROBE_BUSY_EVERY if is_busy else timedelta(0) if trouble.in_conversation else PROBE_EVERY
    row = insert(session, Outage).values(id=1, since=at.replace(second=0, microsecond=0), probe_at=at + pause, **reason)
    session.execute(row.on_conflict_do_update(index_elements=["id"], set_=reason))


def end(session: Session) -> None:
    """Note that an e-mail was taken: no outage lasts, and no refusal before it is one in a row."""
    if session.scalar(IS_TROUBLE_KNOWN):
        for forget in FORGET_TROUBLE:
            session.execute(forget)


def are_all_refused(session: Session, letter: bytes, domain: bytes) -> bool:
    """Note that an e-mail was refused for good; return whether five domains in a row were."""
    session.add(Refusal(letter_id=letter, domain=domain))
    session.flush()
    number = session.scalar(sa.select(sa.func.count(sa.distinct(Refusal.domain)))) or 0
    return number >= DOMAINS_IN_A_ROW
