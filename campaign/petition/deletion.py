"""Delete what was promised to be deleted on a day: sealed records, shown words, fingerprints of addresses and of links.

The count stays: each day, country, language and text keeps the number of its signatures.
"""

from collections import Counter
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.database import Base, Database, insert, table
from campaign.outbox import purge_clock
from campaign.outbox.queue import OutboxMessage
from campaign.petition import plan
from campaign.petition.inquiries import Inquiry
from campaign.petition.links import LinkRequest, WithdrawnLink
from campaign.petition.models import (
    BurstMember,
    DeletedCount,
    NameReview,
    Publication,
    RecentConfirmation,
    Signature,
    Submission,
)
from campaign.petition.name_index import NameWord
from campaign.petition.news import NewsAgreement
from campaign.petition.supporters import Supporter

PIECE = 1000  # signatures deleted in one transaction
WARN_BEFORE = timedelta(weeks=4)
WIPED: tuple[type[Base], ...] = (
    Signature,
    Submission,
    OutboxMessage,
    NameWord,
    NameReview,
    NewsAgreement,
    RecentConfirmation,
    BurstMember,
    LinkRequest,
    WithdrawnLink,
    Inquiry,
    Supporter,
)


def delete_due(database: Database, today: date) -> int:
    """Delete everything whose day has come; return how many signatures that were. Killed in the middle, it goes on later."""
    number = 0
    while _is_due(database, today):
        with database.writing() as session:
            number += _delete_piece(session, today)
            purge_clock.note_wiping(session, is_to_wipe=True)
    with database.reading() as session:
        is_to_wipe = purge_clock.is_to_wipe(session)
    if is_to_wipe and _wipe_deleted(database):
        with database.writing() as session:
            purge_clock.note_wiping(session, is_to_wipe=False)
    return number


def _wipe_deleted(database: Database) -> bool:
    """Leave nothing of deleted rows in the files of the database; return False where it is to be tried again.

    SQLite overwrites what it deletes, so only its log is emptied. PostgreSQL writes the tables anew. The samples it
    keeps of their columns go when a column is given its type again, and are then taken from the rows that are left.
    """
    if database.is_sqlite:
        return database.truncate_log()
    tables = [table(record) for record in WIPED]
    names = ", ".join(one.name for one in tables)
    with database.maintaining() as connection:
        connection.exec_driver_sql(f"VACUUM (FULL) {names}")
        for one in tables:
            types = [f"ALTER {column.name} TYPE {column.type.compile(connection.dialect)}" for column in one.columns]
            connection.exec_driver_sql(f"ALTER TABLE {one.name} {', '.join(types)}")
        connection.exec_driver_sql(f"ANALYZE {names}")
        connection.exec_driver_sql("VACUUM (FULL) pg_statistic")
    return True


def finish(database: Database, today: date) -> bool:
    """Note the day on which the last record went; return whether none is left, for good."""
    with database.reading() as session:
        if session.get_one(Publication, 1).deleted_on:
            return True
        if not _is_over(session, today):
            return False
    with database.writing() as session:
        if not _is_over(session, today):
            return False
        for kind in (OutboxMessage, WithdrawnLink, Inquiry, Supporter):  # what else may still know of somebody
            session.execute(sa.delete(kind))
        session.execute(sa.update(Publication).where(Publication.deleted_on.is_(None)).values(deleted_on=today))
        purge_clock.note_wiping(session, is_to_wipe=True)
    return True


def next_day(session: Session, today: date) -> date | None:
    """Return the next day of deletion that the plan has named, if it is less than four weeks away."""
    days = {change.days.delete_on for change in plan.history(session)}
    return min((day for day in days if day and today <= day <= today + WARN_BEFORE), default=None)


def _is_due(database: Database, today: date) -> bool:
    with database.reading() as session:
        limit = _planned(session)
        found = (sa.select(kind.id).where(_due(kind, today, limit)).limit(1) for kind in plan.PROMISING)
        return any(session.scalar(query) is not None for query in found)


def _delete_piece(session: Session, today: date) -> int:
    """Delete what waits, and a thousand signatures; those that counted stay in the numbers."""
    planned = _planned(session)
    waiting = sa.select(Submission.id).where(_due(Submission, today, planned)).limit(PIECE)
    session.execute(sa.delete(OutboxMessage).where(OutboxMessage.id.in_(waiting)))  # each takes its submission with it
    columns = Signature.confirmed_on, Signature.country, Signature.language, Signature.text_sha256
    chosen = sa.select(Signature.id).where(_due(Signature, today, planned)).limit(PIECE)
    gone = sa.delete(Signature).where(Signature.id.in_(chosen)).returning(*columns, Signature.removal_id, Signature.held_in)
    rows = session.execute(gone).all()
    counted = Counter((row[0], row[1] or "", *row[2:4]) for row in rows if row.removal_id is None and row.held_in is None)
    names = ("day", "country", "language", "text_sha256")
    for cell, number in sorted(counted.items()):
        more = insert(session, DeletedCount).values(**dict(zip(names, cell, strict=True)), number=number)
        added = {"number": DeletedCount.number + number}
        session.execute(more.on_conflict_do_update(index_elements=names, set_=added))
    return len(rows)


def _planned(session: Session) -> date | None:
    """Return the day that holds for what was promised none."""
    return plan.current_days(session).delete_on


def _due(kind: plan.Promising, today: date, planned: date | None) -> sa.ColumnElement[bool]:
    """Return which rows were promised to be deleted by today."""
    is_over = kind.delete_on <= today
    return sa.or_(is_over, kind.delete_on.is_(None)) if planned and planned <= today else is_over


def _is_over(session: Session, today: date) -> bool:
    """Return whether the day of the plan has come and nothing is left to delete."""
    planned = _planned(session)
    if planned is None or planned > today:
        return False
    return all(session.scalar(sa.select(kind.id).limit(1)) is None for kind in plan.PROMISING)
