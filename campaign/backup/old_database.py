"""Take over what can still be read of the database that is replaced: who signed and what waits since the backup.

Its tables are in another schema than the loaded ones. Each part is taken whole or not at all, so that a file that is damaged in
one place gives what it has in the others.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.backup.applying import Report
from campaign.database import Base, table
from campaign.outbox.queue import OutboxMessage
from campaign.petition.links import LinkRequest, WithdrawnLink
from campaign.petition.models import (
    Burst,
    BurstMember,
    DomainCount,
    NameReview,
    RecentConfirmation,
    Removal,
    Signature,
    Submission,
)
from campaign.petition.news import NewsAgreement
from campaign.petition.supporters import Supporter

PART_UNREADABLE = "{} could not be read in the old database, and are as in the backup."
_signature, _letter = table(Signature), table(OutboxMessage)


def take_over(session: Session, schema: str, report: Report) -> bool:
    """Take over what the old database in `schema` has; return whether the signatures could be read."""
    has_signatures = _attempt(session, _take_signatures, schema, "The signatures", report)
    if has_signatures:
        _attempt(session, _take_reviews, schema, "The names that wait for a review", report)
        _attempt(session, _take_news, schema, "Who wants news", report)
    _attempt(session, _take_withdrawn, schema, "The links that say that a signature was withdrawn", report)
    _attempt(session, _take_waiting, schema, "What waits to be confirmed, and its e-mails,", report)
    _attempt(session, _take_supporters, schema, "The supporters", report)
    return has_signatures


def _attempt(session: Session, take: Callable[[Session, str], str], schema: str, what: str, report: Report) -> bool:
    try:
        with session.begin_nested():
            report.sentences.append(take(session, schema))
    except sa.exc.DBAPIError:
        report.sentences.append(PART_UNREADABLE.format(what))
        return False
    return True


def _take_signatures(session: Session, schema: str) -> str:
    """Take every signature as it was last, and those that were confirmed since. What only the backup has stays."""
    old = old_table(Signature, schema)
    theirs, mine = sa.select(old.c.id), sa.select(_signature.c.id)
    since = session.scalar(sa.select(sa.func.count()).select_from(old).where(old.c.id.not_in(mine)))
    for record in (Removal, Burst):
        _insert(session, record, schema, old_table(record, schema).c.id.not_in(sa.select(table(record).c.id)))
    standing = sa.select(old.c.tag).where(old.c.removal_id.is_(None))
    signed_anew = sa.and_(_signature.c.removal_id.is_(None), _signature.c.tag.in_(standing), _signature.c.id.not_in(theirs))
    loaded = _signature.alias()  # else the rows to delete would be those of the statement around it
    differs = sa.or_(*(loaded.c[column.name].is_distinct_from(column) for column in old.columns))
    stale = sa.select(loaded.c.id).join(old, old.c.id == loaded.c.id).where(differs)
    session.execute(sa.delete(RecentConfirmation))  # of the hour of the backup
    session.execute(sa.delete(DomainCount))
    session.execute(sa.delete(_signature).where(sa.or_(_signature.c.id.in_(stale), signed_anew)))
    _insert(session, Signature, schema, old.c.id.not_in(mine))
    return f"Taken from the old database: {since} signatures that were confirmed since the backup."


def _take_reviews(session: Session, schema: str) -> str:
    """Take what organizers have still to look at, or have refused, and who belongs to which group."""
    for record in (NameReview, BurstMember):
        _take_of_signatures(session, schema, record)
    return "Taken from the old database: the names that wait for a review."


def _take_news(session: Session, schema: str) -> str:
    _take_of_signatures(session, schema, NewsAgreement)
    return "Taken from the old database: who wants news."


def _take_of_signatures(session: Session, schema: str, record: type[Base]) -> None:
    """Take what belongs to signatures that the old database has, in place of what the backup has of them."""
    old, mine = old_table(record, schema), table(record)
    theirs = sa.select(old_table(Signature, schema).c.id)
    session.execute(sa.delete(mine).where(mine.c.signature_id.in_(theirs)))
    _insert(session, record, schema, old.c.signature_id.in_(sa.select(_signature.c.id)))


def _take_waiting(session: Session, schema: str) -> str:
    """Take what waits now, with its e-mails: what is sent is not sent again, and links that were sent since go on working."""
    session.execute(sa.delete(_letter))  # the submissions go with them
    _insert(session, OutboxMessage, schema)
    for record in (Submission, LinkRequest):
        _insert(session, record, schema)
    waiting = session.scalar(sa.select(sa.func.count()).select_from(Submission))
    return f"Taken from the old database: {waiting} that wait to be confirmed, with their e-mails."


def _take_withdrawn(session: Session, schema: str) -> str:
    session.execute(sa.delete(WithdrawnLink))
    _insert(session, WithdrawnLink, schema)
    return "Taken from the old database: the links that say that a signature was withdrawn."


def _take_supporters(session: Session, schema: str) -> str:
    """Take everybody who was entered, as they were last. What only the backup has stays, unless the list says that it is gone."""
    old, mine = old_table(Supporter, schema), table(Supporter)
    since = session.scalar(sa.select(sa.func.count()).select_from(old).where(old.c.id.not_in(sa.select(mine.c.id))))
    session.execute(sa.delete(mine).where(mine.c.id.in_(sa.select(old.c.id))))
    _insert(session, Supporter, schema)
    return f"Taken from the old database: the supporters as they were last, {since} of them entered since the backup."


def _insert(session: Session, record: type[Base], schema: str, *which: sa.ColumnElement[bool]) -> None:
    old = old_table(record, schema)
    names = [column.name for column in old.columns]
    session.execute(sa.insert(table(record)).from_select(names, sa.select(old).where(*which)))


@cache
def old_table(record: type[Base], schema: str) -> Any:
    """Return the table of a record in the old database."""
    return table(record).to_metadata(sa.MetaData(), schema=schema)
