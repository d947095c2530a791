"""A backup during a restore: loaded beside the existing database, which it has not replaced yet."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from campaign.backup.container import BackupHeader
from campaign.backup.forgotten_list import ForgottenList


@dataclass
class Loaded:
    """A loaded backup, up to date, in a transaction that `replace` commits."""

    header: BackupHeader
    session: Session  # of the loaded database
    old_list: ForgottenList | None  # of the database that is there; none where it cannot be read
    old_schema: str  # in which the session sees its tables
    replace: Callable[[], list[str]]  # puts it in the place of the old one; returns where that is kept, a sentence each
    said: list[str] = field(default_factory=list)  # what is to be said of the old one
