"""The outage: since when and why the mail server takes none of our e-mails, as all mail workers share it.

While it lasts, one e-mail a minute is tried, and none loses a try or is given up. It ends with the first that is taken.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.database import Base, insert
from campaign.outbox.smtp_answers import RelayTrouble, Trouble

log = logging.getLogger(__name__)
PROBE_EVERY = timedelta(minutes=1)
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


class Outage(Base):
    """The outage that lasts; one row, none while e-mails are taken."""

    __tablename__ = "outage"

    id: Mapped[int] = mapped_column(primary_key=True)
    since: Mapped[datetime]  # the minute
    category: Mapped[str] = mapped_column(sa.String(20))  # a Trouble
    answer: Mapped[str] = mapped_column(sa.String(20))  # its code and enhanced code, never its text
    probe_at: Mapped[datetime]  # when the next e-mail may be tried


class Refusal(Base):
    """An e-mail that was refused for good since the mail server last took one."""

    __tablename__ = "refusal"

    letter_id: Mapped[bytes] = mapped_column(sa.LargeBinary(16), sa.ForeignKey("letter.id", ondelete="CASCADE"), primary_key=True)
    domain: Mapped[bytes] = mapped_column(sa.LargeBinary(16))  # a hash under the mail key


def current_outage(session: Session) -> Outage | None:
    """Return the outage, if one lasts."""
    return session.get(Outage, 1)


def is_waiting(session: Session, at: datetime) -> bool:
    """Return whether no e-mail may be tried yet."""
    outage = current_outage(session)
    return outage is not None and outage.probe_at > at


def allowance(session: Session, at: datetime, batch: int) -> int:
    """Return how many e-mails may be claimed now: a batch, or in an outage the one that this call takes for its minute."""
    if current_outage(session) is None:
        return batch
    probe = sa.update(Outage).where(Outage.id == 1, Outage.probe_at <= at).values(probe_at=at + PROBE_EVERY)
    return len(session.execute(probe.returning(Outage.id)).all())


def begin(session: Session, trouble: RelayTrouble, at: datetime) -> None:
    """Begin an outage, or note the newest reason of the one that lasts.

    What was about one e-mail after all shows at once: after an answer to an e-mail, another one is tried without waiting.
    """
    reason = {"category": trouble.category.value, "answer": trouble.answer[:20]}
    if current_outage(session) is None:
        log.warning("The mail server takes no e-mail (answer %s). %s", trouble.answer or "none", ADVICE[trouble.category])
    probe_at = at if trouble.in_conversation else at + PROBE_EVERY
    row = insert(session, Outage).values(id=1, since=at.replace(second=0, microsecond=0), probe_at=probe_at, **reason)
    session.execute(row.on_conflict_do_update(index_elements=["id"], set_=reason))


def end(session: Session) -> None:
    """Note that an e-mail was taken: no outage lasts, and no refusal before it is one in a row."""
    session.execute(sa.delete(Outage))
    session.execute(sa.delete(Refusal))


def are_all_refused(session: Session, letter: bytes, domain: bytes) -> bool:
    """Note that an e-mail was refused for good; return whether five domains in a row were."""
    session.add(Refusal(letter_id=letter, domain=domain))
    session.flush()
    number = session.scalar(sa.select(sa.func.count(sa.distinct(Refusal.domain)))) or 0
    return number >= DOMAINS_IN_A_ROW
