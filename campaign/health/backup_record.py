"""When the last backup was made: so that one which is missing shows."""

from contextlib import suppress
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.database import DATABASE_UNAVAILABLE, Base, Database, insert


class BackupMade(Base):
    """The time of the last backup; one row, none before the first backup."""

    __tablename__ = "backup_made"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]


def note_backup(database: Database, at: datetime) -> None:
    """Note that a backup was made; one that is whole is no failure because the note cannot be written.

    Tables of an older version of the program have no place for it.
    """
    with suppress(*DATABASE_UNAVAILABLE, sa.exc.ProgrammingError), database.writing() as session:
        new = insert(session, BackupMade).values(id=1, at=at)
        session.execute(new.on_conflict_do_update(index_elements=["id"], set_={"at": at}))


def last_backup(session: Session) -> datetime | None:
    """Return when the last backup was made; None where none ever was."""
    return session.scalar(sa.select(BackupMade.at))
